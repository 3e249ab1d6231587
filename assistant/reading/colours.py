"""Colours of letters and of what lies beneath them, as readers of several formats compare them."""

from __future__ import annotations

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
WHITE: Colour = (255, 255, 255)
NEAR = 24
"""Colours that differ by less, of 255, are one to the eye."""


def look_alike(first: Colour, second: Colour) -> bool:
    """Whether letters of one colour cannot be seen on the other.

    >>> look_alike((255, 255, 255), (250, 250, 240)), look_alike((255, 255, 255), (230, 255, 255))
    (True, False)
    """
    return all(abs(a - b) < NEAR for a, b in zip(first, second, strict=True))
