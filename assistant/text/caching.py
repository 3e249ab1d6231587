"""A cache for functions of texts, which skips long texts so that callers cannot fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, ParamSpec, TypeVar

LONGEST_KEPT = 2000
"""In characters; longer texts are not cached."""

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Kept(Generic[Given, Made]):
    """A function whose first argument is a text, with its latest results."""

    def __init__(self, function: Callable[Given, Made], maxsize: int) -> None:
        self._function = function
        self._remembered = lru_cache(maxsize)(function)
        self.cache_clear = self._remembered.cache_clear
        update_wrapper(self, function)

    def __call__(self, *given: Given.args, **named: Given.kwargs) -> Made:
        """Return the function's result, from the cache where the text is short enough."""
        if len(str(given[0])) > LONGEST_KEPT:
            return self._function(*given, **named)
        return self._remembered(*given, **named)  # type: ignore[arg-type]


def kept(maxsize: int) -> Callable[[Callable[Given, Made]], Kept[Given, Made]]:
    """Cache as `functools.lru_cache` does, except for texts longer than `LONGEST_KEPT`.

    >>> @kept(10)
    ... def size(text: str) -> int:
    ...     print("asked")
    ...     return len(text)
    >>> [size(text) for text in ("short", "short", "l" * 3000, "l" * 3000)]
    asked
    asked
    asked
    [5, 5, 3000, 3000]
    """
    return lambda function: Kept(function, maxsize)
