"""The exceptions a caller may meet.

::

    AssistantError
    ├── SettingsError            a setting or variable is wrong
    ├── CatalogueError           an entry of the catalogue or of a register is wrong
    ├── DocumentError            one file cannot be read: the others can
    ├── FetchError               an original could not be brought
    ├── NoteError                a note cannot be written where it is asked for
    ├── PlanError                the plan of a chapter holds what cannot stand in one
    ├── StorageError             the database of the web app cannot be used, or refuses what it was given
    │   ├── StorageUnavailableError    it cannot be reached, read or written
    │   └── ConversationNotFoundError  no such conversation, or another reader's
    ├── ModelUnavailableError    an embedding or language model is not there, or is not the one expected
    └── LibraryIndexError
        ├── IndexNotFoundError   nothing was built yet
        ├── IndexMismatchError   built with another model, version or settings
        └── IndexLockedError     another process is writing

A message says what happened, with the value, and then what to do. Wrong arguments stay ``ValueError``.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Root of every error that this project raises on purpose."""


class SettingsError(AssistantError):
    """A setting is missing, misspelt or out of range."""


class CatalogueError(AssistantError):
    """An entry of the catalogue or of a register does not hold what it must."""


class DocumentError(AssistantError):
    """A file cannot be read; nothing of it enters the library."""


class FetchError(AssistantError):
    """An original could not be brought from its publisher, or was refused."""


class NoteError(AssistantError):
    """A note cannot be written where it is asked for."""


class PlanError(AssistantError):
    """An entry of a chapter's plan is wrong; the message says which, and how to mend it."""


class StorageError(AssistantError):
    """The database of the web app cannot be used, or refuses what it was given."""


class StorageUnavailableError(StorageError):
    """The database cannot be reached, read or written; the message is for whoever runs the app, not for its readers."""


class ConversationNotFoundError(StorageError):
    """There is no such conversation, or it is another reader's; which of the two is not said."""


class ModelUnavailableError(AssistantError):
    """A model is not there, or its files are not the published ones."""


class LibraryIndexError(AssistantError):
    """Something about the index; see its subclasses."""


class IndexNotFoundError(LibraryIndexError):
    """No index was built yet."""


class IndexMismatchError(LibraryIndexError):
    """The index was made with another embedding model, version or settings, so a search would mislead."""


class IndexLockedError(LibraryIndexError):
    """Another process is writing to the index."""
