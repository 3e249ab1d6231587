"""Two who change one case at once: where their words differ, and what both together make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.contributing.checking import FIELD_TITLES
from assistant.contributing.contributions import Contributions

Fields = Mapping[str, Any]
_WHO = {(True, False): "them", (False, True): "you", (True, True): "both of you"}
"""Who changed a field, by whether they did and whether one did oneself; where the two differ, somebody did."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which another's words and one's own differ."""

    field: str
    theirs: Any
    mine: Any
    changed_by: str
    """Since both had the same words: ``them``, ``you`` or ``both of you``."""


def words_begun_from(contributions: Contributions, case_id: str, version: int | None) -> Fields:
    """The words that a form began from; those of the register's file, version 0, came into the database as its first.

    Raises:
        CaseNotFoundError: there is no such case.
    """
    events = contributions.store.history(case_id)
    return next((event.fields for event in events if event.number == (version or 1)), {})


def differences(began: Fields, theirs: Fields, mine: Fields) -> list[Difference]:
    """The fields in which the two differ, in the order of the form."""
    found = []
    for name in FIELD_TITLES:
        before, their, own = (words.get(name) for words in (began, theirs, mine))
        if differ(their, own):
            found.append(Difference(name, their, own, _WHO[differ(before, their), differ(before, own)]))
    return found


def on_top(began: Fields, theirs: Fields, mine: Fields) -> dict[str, Any]:
    """The other's words, but for the fields that one changed oneself.

    >>> on_top({"title": "a", "place": "b"}, {"title": "a", "place": "c"}, {"title": "d", "place": "b"})
    {'title': 'd', 'place': 'c'}
    """
    return {name: own if differ(began.get(name), own) else theirs.get(name) for name, own in mine.items()}


def differ(first: Any, second: Any) -> bool:
    """Whether two values of a field are different; nothing in any form is the same."""
    return (first or None) != (second or None)
