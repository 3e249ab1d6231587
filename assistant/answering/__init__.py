"""Question to answer: extractive passages, arranged under who says them, or an abstention."""

from assistant.answering.asking import Assistant
from assistant.answering.follow_ups import Turn

__all__ = ["Assistant", "Turn"]
