"""ISO dates as precise as they are known: ``2025``, ``2025-03`` or ``2025-03-07``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from reprlib import repr as shown

from assistant.errors import AssistantError

MONTHS = tuple("January February March April May June July August September October November December".split())
DATE_HINT = "Enter a date like 2025, 2025-03 or 2025-03-07."
_ISO = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)


def date_parts(value: str) -> tuple[int, ...]:
    """Return year, month and day of an ISO date, as many as it gives; nothing for anything else.

    >>> date_parts("2025-03"), date_parts("2025-02-30"), date_parts("March 2025")
    ((2025, 3), (), ())
    """
    parts = tuple(map(int, value.split("-"))) if _ISO.fullmatch(value) else (0,)
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError:
        return ()
    return parts


def first_and_last_day(value: str) -> tuple[str, str]:
    """Return the first and last day of an ISO date of any precision.

    >>> first_and_last_day("2024-02")
    ('2024-02-01', '2024-02-29')

    Raises:
        AssistantError: the value is not such a date.
    """
    parts = date_parts(value)
    if not parts:
        raise AssistantError(f"{shown(value)} is not a date. {DATE_HINT}")
    first = date(*(*parts, 1, 1)[:3])
    last_month = first.month if len(parts) > 1 else 12
    last_day = first.day if len(parts) > 2 else monthrange(first.year, last_month)[1]
    return first.isoformat(), date(first.year, last_month, last_day).isoformat()


def date_in_words(iso: str) -> str:
    """Return a date in words, as precise as given; anything else unchanged.

    >>> date_in_words("2025-03-07"), date_in_words("2025-03"), date_in_words("2025")
    ('7 March 2025', 'March 2025', '2025')
    """
    parts = date_parts(iso)
    day, month = map(str, parts[2:]), (MONTHS[number - 1] for number in parts[1:2])
    return " ".join((*day, *month, iso[:4])) if parts else iso
