"""Cases that may be the one that somebody is about to add: shown, never decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answering import Assistant

MOST_SHOWN = 5
SCORE_SHOWN = 1.0
"""Score from which on a case is shown."""
TITLE_SHOWN = 0.6
"""Likeness of titles, 0 to 1, from which on it is a reason by itself."""
NEAR = 0.6
"""Cosine of two sentences from which on it is a reason."""


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A case that may be the same. A higher ``score`` is more likely, within one list."""

    id: str
    title: str
    reasons: tuple[str, ...]
    """In words, the strongest first."""
    score: float


def possible_duplicates(
    assistant: Assistant, fields: Mapping[str, Any], waiting: Iterable[Mapping[str, Any]] = ()
) -> tuple[PossibleDuplicate, ...]:
    """Cases that may be the one of these fields, best first, at most `MOST_SHOWN`; the case of its own id is left out.

    Against the cases in force by title, address, who, where and when, and by the nearness of sentences; against those
    of ``waiting``, which are worked on and have no vectors, by all but the last.
    """
    return ()
