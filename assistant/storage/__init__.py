"""The database: conversations with answers and feedback, people with their accounts, the cases they contribute,
and the audit log."""

from assistant.roles import Person, Role
from assistant.storage.accounts import SCOPES, Account, Accounts, Identity, Scope, Token, open_accounts
from assistant.storage.audit import AuditLog, Checkpoint, Verified, open_audit, record_event
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
from assistant.storage.personal_records import DataSubject, Erased, erase_records, find_subject, personal_records
from assistant.storage.retention import Gone, Hold, Keep, hold, keep_of, list_holds, release, retain

__all__ = [
    "ACTIONS",
    "SCOPES",
    "STATES",
    "Account",
    "Accounts",
    "AuditLog",
    "CaseAction",
    "CaseEvent",
    "CaseState",
    "CaseStore",
    "Checkpoint",
    "ConversationSummary",
    "Conversations",
    "DataSubject",
    "Database",
    "Erased",
    "FeedbackExport",
    "FeedbackItem",
    "Gone",
    "Hold",
    "Identity",
    "ImportCounts",
    "Keep",
    "People",
    "Person",
    "RegisteredPerson",
    "Role",
    "Scope",
    "StoredAnswer",
    "StoredCase",
    "StoredConversation",
    "Token",
    "Verified",
    "describe_database",
    "erase_records",
    "export_feedback",
    "find_cases",
    "find_subject",
    "hold",
    "keep_of",
    "list_holds",
    "needs_comment",
    "open_accounts",
    "open_audit",
    "open_cases",
    "open_conversations",
    "open_database",
    "open_people",
    "personal_records",
    "possible_actions",
    "possible_for",
    "record_event",
    "release",
    "retain",
]
