"""A case as one person may see it: its words, its history, and what that person may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.contributing.contributions import Contributions
from assistant.errors import NotAllowedError
from assistant.storage import CaseAction, CaseEvent, Person, StoredCase, possible_for


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened."""

    stored: StoredCase | None
    """None for a new case."""
    fields: Mapping[str, Any]
    events: tuple[CaseEvent, ...]
    """Oldest first; none for a case of the register's file."""
    may: tuple[CaseAction, ...]
    """What the person may do with it next."""

    @property
    def is_editable(self) -> bool:
        """Whether the person may change its words."""
        return "edited" in self.may

    @property
    def is_submittable(self) -> bool:
        """Whether the person may submit it, or may change it and then submit it."""
        return "submitted" in self.may or self.is_editable


NEW = Opened(None, {}, (), ("edited",))
"""A case that nobody has saved yet."""


def open_case(case_id: str, person: Person, contributions: Contributions) -> Opened:
    """A case of the database or, where that has none with this id, of the register's file.

    Raises:
        NotAllowedError: another person works on it, and it is not in force.
        CaseNotFoundError: there is no such case.
    """
    stored = contributions.get(case_id)
    if not stored.version:
        # Whoever changes a case of the file brings it into the database, and has then begun it there.
        may: tuple[CaseAction, ...] = ("edited", "retired") if person.role == "reviewer" else ("edited",)
        return Opened(stored, stored.fields, (), may)
    may = possible_for(person, stored)
    if stored.begun_by == person.name or person.role == "reviewer":
        return Opened(stored, stored.fields, contributions.store.history(case_id), may)
    # Its history holds words of others that were never accepted.
    if stored.in_force is not None or stored.state == "retired":
        return Opened(stored, stored.in_force or stored.fields, (), may)
    raise NotAllowedError("Another person works on this case; it can be read once it is accepted.")
