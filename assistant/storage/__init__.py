"""The database: conversations with their answers and feedback, people, and the cases that they contribute."""

from assistant.roles import Person, Role
from assistant.storage.case_life import ACTIONS, STATES, CaseAction, CaseState, needs_comment, possible_actions
from assistant.storage.case_records import CaseEvent, ImportCounts, StoredCase, possible_for
from assistant.storage.case_store import CaseStore, find_cases, open_cases
from assistant.storage.conversations import (
    Conversations,
    ConversationSummary,
    StoredAnswer,
    StoredConversation,
    open_conversations,
)
from assistant.storage.database import Database, describe_database, open_database
from assistant.storage.feedback import FeedbackExport, FeedbackItem, export_feedback
from assistant.storage.people import People, RegisteredPerson, open_people

__all__ = [
    "ACTIONS",
    "STATES",
    "CaseAction",
    "CaseEvent",
    "CaseState",
    "CaseStore",
    "ConversationSummary",
    "Conversations",
    "Database",
    "FeedbackExport",
    "FeedbackItem",
    "ImportCounts",
    "People",
    "Person",
    "RegisteredPerson",
    "Role",
    "StoredAnswer",
    "StoredCase",
    "StoredConversation",
    "describe_database",
    "export_feedback",
    "find_cases",
    "needs_comment",
    "open_cases",
    "open_conversations",
    "open_database",
    "open_people",
    "possible_actions",
    "possible_for",
]
