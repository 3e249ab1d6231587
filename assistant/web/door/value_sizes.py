"""Size limits for the values of any call; each function has tighter limits of its own."""

from __future__ import annotations

import math
from typing import Any

from assistant.errors import AssistantError

MOST_CHARACTERS = 1_000_000
"""Longest text of any function: the plan of a chapter."""
BOX_CHARACTERS = 100_000
"""Longest text in a box without a limit of its own; more than the longest draft."""
MOST_VALUES = 5_000
"""Most texts, numbers, names and lists in one call."""
MAX_DEPTH = 12
"""Most levels of nested lists."""


def bounded(values: Any) -> Any:
    """Return the values of a call unchanged, except that lone surrogates are replaced.

    Raises:
        AssistantError: a text is too long, there are too many values or levels, or a number is not finite.
    """
    return _Values().taken(values, 0)


def within_box(label: str, words: Any, most: int | None) -> None:
    """Check the length of a text box's value; ``most`` is the box's own limit, which only browsers enforce.

    Raises:
        AssistantError: it is longer.
    """
    most = most or BOX_CHARACTERS
    if isinstance(words, str) and len(words) > most:
        raise AssistantError(f"{label}: found {len(words):,} characters; the limit is {most:,}. Shorten it.")


class _Values:
    def __init__(self) -> None:
        self._count = 0

    def taken(self, value: Any, depth: int) -> Any:
        self._count += 1
        if self._count > MOST_VALUES:
            raise AssistantError(f"The request has more than {MOST_VALUES:,} values. Send fewer.")
        if depth > MAX_DEPTH:
            raise AssistantError(f"The request has lists nested more than {MAX_DEPTH} deep. Send flatter lists.")
        if isinstance(value, str):
            if len(value) > MOST_CHARACTERS:
                raise AssistantError(
                    f"A text has {len(value):,} characters; the limit is {MOST_CHARACTERS:,}. Shorten it."
                )
            return value.encode("utf-8", "replace").decode()
        if isinstance(value, float) and not math.isfinite(value):
            raise AssistantError("A number is too large or not a number. Send another.")
        if isinstance(value, list):
            return [self.taken(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {self.taken(name, depth + 1): self.taken(item, depth + 1) for name, item in value.items()}
        return value
