"""From a question to an answer: passages of the library with who says them, or an abstention."""

from assistant.answering.asking import ask, check_request, search, stream
from assistant.answering.follow_ups import Turn

__all__ = ["Turn", "ask", "check_request", "search", "stream"]
