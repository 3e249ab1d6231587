"""What the context has in place of something in the claim."""

from __future__ import annotations

from collections.abc import Callable

from assistant.claims.alignment import Alignment
from assistant.claims.tokens import Token

Fits = Callable[[tuple[Token, ...], int], bool]
MOSTLY = 0.6
"""Least share of a claim's words in the context's order at which places can be compared."""
_AMOUNTS = ("figure", "date", "rate")


def counterpart(found: Alignment, index: int, fits: Fits) -> Token | None:
    """Return what the context has in the claim's place: in the gap, or, for an amount, unmatched anywhere."""
    held = set(found.matches.values())
    in_gap = [column for column in found.gap_of(index).context if fits(found.context, column)]
    places = [column for column in in_gap if column not in held] or in_gap
    if not places and found.claim[index].kind in _AMOUNTS:
        places = [column for column in range(len(found.context)) if column not in held and fits(found.context, column)]
    return found.context[places[0]] if places else None


def mostly_in_order(found: Alignment) -> bool:
    """Return whether the claim keeps the context's order enough to compare places."""
    return len(found.anchors) >= MOSTLY * sum(token.content for token in found.claim)
