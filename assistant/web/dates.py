"""Dates as readers write them."""

from __future__ import annotations

_MONTHS = "January February March April May June July August September October November December".split()


def date_words(date: str) -> str:
    """An ISO date, as precise as it is known, in words.

    >>> date_words("2024-12-05"), date_words("2025-03"), date_words("2025")
    ('5 December 2024', 'March 2025', '2025')
    """
    year, *rest = date.split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
