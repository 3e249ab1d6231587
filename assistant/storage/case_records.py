"""A case and its history, as the database returns them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.errors import StorageError
from assistant.roles import Person, Role
from assistant.storage.case_life import CaseAction, CaseState, possible_actions


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event in the life of a case."""

    number: int
    """1-based within the case."""
    action: CaseAction
    who: str
    role: Role
    when: datetime
    """In UTC."""
    state: CaseState
    """State of the case after it."""
    comment: str
    fields: Mapping[str, Any]
    """All fields of the case after it, in the shape of ``Precedent.model_dump(mode="json")``."""


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it is now."""

    id: str
    state: CaseState
    version: int
    """Number of its newest event; to change the case, give the version that you saw."""
    begun_by: str
    """Who began the current draft: the case itself, or a draft made after it was accepted or retired."""
    updated: datetime
    """When the newest event happened, in UTC."""
    fields: Mapping[str, Any]
    """The fields as last written; readers see them only once they are accepted."""
    in_force: Mapping[str, Any] | None
    """The fields that readers see; None where the case is not accepted yet, or retired."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0


class DuplicateCaseError(StorageError):
    """The database already holds a case with this id, in ``theirs``."""

    def __init__(self, message: str, theirs: StoredCase) -> None:
        super().__init__(message)
        self.theirs = theirs


class CaseChangedError(StorageError):
    """Somebody changed the case after it was read, so nothing was saved.

    ``theirs`` is the case as it is now, and ``event`` its newest change, with who made it and when.
    """

    def __init__(self, message: str, theirs: StoredCase, event: CaseEvent) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.event = event


def possible_for(person: Person, case: StoredCase) -> tuple[CaseAction, ...]:
    """Return what the person may do with the case next."""
    own, in_force = case.begun_by == person.name, case.in_force is not None
    return possible_actions(person.role, case.state, own=own, in_force=in_force)
