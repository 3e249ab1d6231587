"""A case as one person may see it: its content, its history, and what they may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.contributing.contributions import Contributions
from assistant.errors import NotAllowedError
from assistant.storage import CaseAction, CaseEvent, Person, StoredCase, possible_for


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened case."""

    stored: StoredCase | None
    """None for a new case."""
    fields: Mapping[str, Any]
    events: tuple[CaseEvent, ...]
    """Oldest first; none for a case from the register's file."""
    may: tuple[CaseAction, ...]
    """What the person may do with it next."""

    @property
    def is_editable(self) -> bool:
        """Whether the person may change it."""
        return "edited" in self.may

    @property
    def is_submittable(self) -> bool:
        """Whether the person may submit it, if need be after changing it."""
        return "submitted" in self.may or self.is_editable


NEW = Opened(None, {}, (), ("edited",))
"""A case that nobody has saved yet."""


def open_case(case_id: str, person: Person, contributions: Contributions) -> Opened:
    """Return a case from the database or, if it has none with this id, from the register's file.

    Raises:
        NotAllowedError: another person is working on it, and it is not published.
        CaseNotFoundError: there is no such case.
    """
    stored = contributions.get(case_id)
    if not stored.version:
        # Whoever changes a case from the file brings it into the database, and counts as the one who started it.
        may: tuple[CaseAction, ...] = ("edited", "retired") if person.may("review") else ("edited",)
        return Opened(stored, stored.fields, (), may)
    may = possible_for(person, stored)
    if stored.begun_by == person.name or person.may("review"):
        return Opened(stored, stored.fields, contributions.store.history(case_id), may)
    # No history: it holds other people's words that were never accepted.
    if stored.in_force is not None or stored.state == "retired":
        return Opened(stored, stored.in_force or stored.fields, (), may)
    raise NotAllowedError("Someone else is working on this case. You can read it once it is accepted.")
