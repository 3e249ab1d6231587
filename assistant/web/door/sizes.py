"""How large what one call hands over may be, whatever it calls; each function has closer bounds of its own."""

from __future__ import annotations

import math
from typing import Any

from assistant.errors import AssistantError

MOST_CHARACTERS = 1_000_000
"""Of one text: the longest that any function takes, which is the plan of a chapter."""
BOX_CHARACTERS = 100_000
"""Of one text that is typed, in a box that has no bound of its own; more than the longest draft."""
MOST_VALUES = 5_000
"""Texts, numbers, names and lists of one call, together."""
DEEPEST = 12
"""Lists within lists."""


def bounded(values: Any) -> Any:
    """Return the values of a call as they are, but for half characters, which no text can be kept or sent with.

    Raises:
        AssistantError: a text is too long, there are too many values or too deep, or a number is none.
    """
    return _Values().taken(values, 0)


def within_box(label: str, words: Any, most: int | None) -> None:
    """Do nothing for words that a text box takes; ``most`` is its own bound, which browsers alone keep to.

    Raises:
        AssistantError: they are longer.
    """
    most = most or BOX_CHARACTERS
    if isinstance(words, str) and len(words) > most:
        raise AssistantError(f"{label}: found {len(words):,} characters, more than {most:,}. Shorten it.")


class _Values:
    def __init__(self) -> None:
        self._count = 0

    def taken(self, value: Any, depth: int) -> Any:
        self._count += 1
        if self._count > MOST_VALUES:
            raise AssistantError(f"More than {MOST_VALUES:,} values came at once. Give fewer.")
        if depth > DEEPEST:
            raise AssistantError(f"Lists came more than {DEEPEST} deep within each other. Give flatter ones.")
        if isinstance(value, str):
            if len(value) > MOST_CHARACTERS:
                raise AssistantError(
                    f"A text has {len(value):,} characters, more than {MOST_CHARACTERS:,}. Shorten it, or give less."
                )
            return value.encode("utf-8", "replace").decode()
        if isinstance(value, float) and not math.isfinite(value):
            raise AssistantError("A number is too large, or is none. Give another.")
        if isinstance(value, list):
            return [self.taken(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {self.taken(name, depth + 1): self.taken(item, depth + 1) for name, item in value.items()}
        return value
