"""The exceptions a caller may meet.

::

    AssistantError
    ├── SettingsError            a setting or variable is wrong
    ├── CatalogueError           an entry of the catalogue or of a register is wrong
    ├── CaseFieldsError          fields of a case are wrong; says which, and how to fix them
    ├── DocumentError            one file cannot be read: the others can
    ├── FetchError               an original could not be brought
    ├── NoteError                a note cannot be written where it is asked for
    ├── OutOfTimeError           a call took longer than it may, and was stopped
    ├── PlanError                the plan of a chapter holds what cannot stand in one
    ├── StorageError             the database of the web app cannot be used, or refuses what it was given
    │   ├── StorageUnavailableError    it cannot be reached, read or written
    │   ├── ConversationNotFoundError  no such conversation, or another reader's
    │   ├── CaseNotFoundError          the database holds no such case
    │   ├── DuplicateCaseError         it holds one with this id already
    │   ├── CaseChangedError           somebody else changed the case meanwhile
    │   └── NotAllowedError            this person may not do this, or not at this stage of the case
    ├── ModelUnavailableError    an embedding or language model is not there, or is not the one expected
    └── LibraryIndexError
        ├── IndexNotFoundError   nothing was built yet
        ├── IndexMismatchError   built with another model, version or settings
        ├── IndexDamagedError    files of it are missing or were changed
        └── IndexLockedError     another process is writing

`DuplicateCaseError` and `CaseChangedError` live in `assistant.storage.case_records`, since they carry a case.

A message says what happened, with the value, and then what to do. Wrong arguments stay ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


class AssistantError(Exception):
    """Root of every error that this project raises on purpose."""


class SettingsError(AssistantError):
    """A setting is missing, misspelt or out of range."""


class CatalogueError(AssistantError):
    """An entry of the catalogue or of a register does not hold what it must."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with a case."""

    field: str
    """Such as ``summary`` or ``source.1.url``; sources, sectors and shifts count from 1."""
    message: str
    """What is wrong, with the value where there is one, shortened, and what to write instead."""


class CaseFieldsError(AssistantError):
    """Fields of a case are wrong; nothing of it is kept."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        """``problems`` are told one a line."""
        self.problems = tuple(problems)
        lines = [f"{item.field}: {item.message}" if item.field else item.message for item in self.problems]
        count = f"{len(lines)} fields are wrong; nothing was saved."
        super().__init__(lines[0] if len(lines) == 1 else "\n  ".join((count, *lines)))


class DocumentError(AssistantError):
    """A file cannot be read; nothing of it enters the library."""


class FetchError(AssistantError):
    """An original could not be brought from its publisher, or was refused."""


class NoteError(AssistantError):
    """A note cannot be written where it is asked for."""


class OutOfTimeError(AssistantError):
    """A call took longer than it may; its work has stopped."""


class PlanError(AssistantError):
    """An entry of a chapter's plan is wrong; the message says which, and how to fix it."""


class StorageError(AssistantError):
    """The database of the web app cannot be used, or refuses what it was given."""


class StorageUnavailableError(StorageError):
    """The database cannot be reached, read or written; the message is for whoever runs the app, not for its readers.

    ``why`` is for readers: a clause such as "its disk is full", which names no place.
    """

    def __init__(self, message: str, why: str = "it does not answer") -> None:
        super().__init__(message)
        self.why = why


class ConversationNotFoundError(StorageError):
    """There is no such conversation, or it is another reader's; which of the two is not said."""


class CaseNotFoundError(StorageError):
    """The database holds no case with this id, or the case no such version."""


class NotAllowedError(StorageError):
    """The person's role, or the stage that the case is at, does not allow it; the message says which one does."""


class ModelUnavailableError(AssistantError):
    """A model is not there, or its files are not the published ones."""


BUILD_AGAIN = "Run `steward ingest` to build it again."
"""How an index is brought into order that was damaged, or made otherwise than it is read now."""


class LibraryIndexError(AssistantError):
    """Something about the index; see its subclasses."""


class IndexNotFoundError(LibraryIndexError):
    """No index was built yet."""


class IndexMismatchError(LibraryIndexError):
    """The index was made with another embedding model, version or settings, so a search would mislead."""


class IndexDamagedError(LibraryIndexError):
    """A file of the index is missing, or is not as it was built; nothing is answered from such an index."""

    def __init__(self, path: Path, what: str) -> None:
        """``what`` says what is wrong with the file, as the rest of a sentence."""
        super().__init__(f"The index is damaged: {path} {what}. {BUILD_AGAIN}")
        self.path = path


class IndexLockedError(LibraryIndexError):
    """Another process is writing to the index."""
