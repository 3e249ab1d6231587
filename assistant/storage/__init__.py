"""What the web app keeps between reloads and restarts: conversations, their answers and feedback."""

from assistant.storage.conversations import (
    Conversations,
    ConversationSummary,
    StoredAnswer,
    StoredConversation,
    open_conversations,
)
from assistant.storage.database import Database, describe_database, open_database
from assistant.storage.feedback import FeedbackExport, FeedbackItem, export_feedback

__all__ = [
    "ConversationSummary",
    "Conversations",
    "Database",
    "FeedbackExport",
    "FeedbackItem",
    "StoredAnswer",
    "StoredConversation",
    "describe_database",
    "export_feedback",
    "open_conversations",
    "open_database",
]
