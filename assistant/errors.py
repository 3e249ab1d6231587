"""The exceptions that a caller may meet.

::

    AssistantError
    ├── BusyError                too much was asked at once, or in a minute; says when to try again
    ├── SettingsError            a setting or variable is wrong
    ├── CatalogueError           an entry of the catalogue or of a register is wrong
    ├── CaseFieldsError          fields of a case are wrong; says which, and how to fix them
    ├── DocumentError            one file cannot be read; others can
    ├── FetchError               an original cannot be downloaded
    ├── NoteError                a note cannot be saved there
    ├── OutOfTimeError           a call took too long and was stopped
    ├── PlanError                an entry of a chapter's plan is wrong
    ├── StorageError             the database cannot be used, or refuses what it was given
    │   ├── StorageUnavailableError    it cannot be reached, read or written
    │   ├── ConversationNotFoundError  no such conversation, or another reader's
    │   ├── CaseNotFoundError          no such case
    │   ├── DuplicateCaseError         a case with this id exists
    │   ├── CaseChangedError           somebody else has changed the case since
    │   └── NotAllowedError            this person, or this stage of the case, does not allow it
    ├── ModelUnavailableError    an embedding or language model is missing, or is not the expected one
    └── LibraryIndexError
        ├── IndexNotFoundError   no index has been built
        ├── IndexMismatchError   built with another model, version or settings
        ├── IndexDamagedError    its files are missing or have changed
        ├── IndexLockedError     another process is writing
        ├── VectorsUnavailableError  the Chroma server does not answer
        └── PublicationError     a published index cannot be read, used or written

`DuplicateCaseError` and `CaseChangedError` live in `assistant.storage.case_records`, since they carry a case.

A message says what happened, with the value, and then what to do. Wrong arguments stay ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class AssistantError(Exception):
    """Root of every error that Steward raises on purpose."""


class BusyError(AssistantError):
    """Too much was asked at once, or in a minute; ``retry_s`` is when to try again, in seconds."""

    def __init__(self, message: str, retry_s: int) -> None:
        super().__init__(message)
        self.retry_s = retry_s


class SettingsError(AssistantError):
    """A setting is missing, misspelt or out of range."""


class CatalogueError(AssistantError):
    """An entry of the catalogue or of a register is wrong."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with a case."""

    field: str
    """Such as ``summary`` or ``source.1.url``; sources, sectors and shifts count from 1."""
    message: str
    """What is wrong, with the value where there is one, shortened, and what to write instead."""


class CaseFieldsError(AssistantError):
    """Fields of a case are wrong; nothing is saved."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        """Put each of ``problems`` on a line of the message."""
        self.problems = tuple(problems)
        lines = [f"{item.field}: {item.message}" if item.field else item.message for item in self.problems]
        count = f"{len(lines)} fields are wrong; nothing was saved."
        super().__init__(lines[0] if len(lines) == 1 else "\n  ".join((count, *lines)))


class DocumentError(AssistantError):
    """A file cannot be read; nothing of it enters the library."""


class FetchError(AssistantError):
    """An original cannot be downloaded, or was refused; ``status`` is what the server answered, if it did."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NoteError(AssistantError):
    """A note cannot be saved in this place."""


class OutOfTimeError(AssistantError):
    """A call took too long and was stopped."""


class PlanError(AssistantError):
    """An entry of a chapter's plan is wrong; the message says which, and how to fix it."""


class StorageError(AssistantError):
    """The database cannot be used, or refuses what it was given."""


class StorageUnavailableError(StorageError):
    """The database cannot be reached, read or written; the message is for whoever runs the app, not for readers.

    ``why`` is for readers: a clause such as "its disk is full", which does not say where the database is.
    """

    def __init__(self, message: str, why: str = "it does not answer") -> None:
        super().__init__(message)
        self.why = why


class ConversationNotFoundError(StorageError):
    """No such conversation, or another reader's; it does not say which."""


class CaseNotFoundError(StorageError):
    """The database holds no such case, or the case no such version."""


class NotAllowedError(StorageError):
    """The person's role, or the stage of the case, does not allow it; the message says which one does."""


class ModelUnavailableError(AssistantError):
    """A model is missing, or its files are not the published ones."""


BUILD_AGAIN = "Run `steward ingest` to build it again."
"""What to do about an index that is damaged, or built for another version or settings."""


class LibraryIndexError(AssistantError):
    """Something is wrong with the index; see the subclasses."""


class IndexNotFoundError(LibraryIndexError):
    """No index has been built."""


class IndexMismatchError(LibraryIndexError):
    """The index was built with another embedding model, version or settings; searching it would mislead."""


class IndexDamagedError(LibraryIndexError):
    """A file of the index is missing or has changed; no question is answered from such an index."""

    def __init__(self, path: Path, what: str) -> None:
        """Say what is wrong with the file: ``what`` is the rest of a sentence."""
        super().__init__(f"The index is damaged: {path} {what}. {BUILD_AGAIN}")
        self.path = path


class IndexLockedError(LibraryIndexError):
    """Another process is writing to the index."""


class VectorsUnavailableError(LibraryIndexError):
    """The Chroma server does not answer, or fails; the message is for whoever runs the app, not for readers."""


class PublicationError(LibraryIndexError):
    """A published index cannot be read, used or written; the message is for whoever runs the app, not for readers.

    ``why`` is a clause such as "it does not answer", which does not say where the index is published.
    """

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why
