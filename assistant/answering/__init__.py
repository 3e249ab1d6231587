"""Question to answer: extractive passages, arranged under who says them, or an abstention."""

from assistant.answering.follow_ups import Turn
from assistant.answering.pipeline import Assistant

__all__ = ["Assistant", "Turn"]
