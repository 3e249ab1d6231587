"""ISO dates as precise as they are known: ``2025``, ``2025-03`` or ``2025-03-07``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from reprlib import repr as shown

from assistant.errors import AssistantError

_ISO = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)


def first_and_last_day(value: str) -> tuple[str, str]:
    """Return the first and last day of an ISO date of any precision.

    >>> first_and_last_day("2024-02")
    ('2024-02-01', '2024-02-29')

    Raises:
        AssistantError: the value is no such date.
    """
    parts = [int(part) for part in value.split("-")] if _ISO.fullmatch(value) else []
    try:
        year, month, day = (*parts, 1, 1)[:3]
        first = date(year, month, day)
    except ValueError as error:
        raise AssistantError(f"{shown(value)} is not a date. Write it as 2025, 2025-03 or 2025-03-07.") from error
    last_month = month if len(parts) > 1 else 12
    last_day = day if len(parts) > 2 else monthrange(year, last_month)[1]
    return first.isoformat(), date(year, last_month, last_day).isoformat()


def date_or_nothing(value: str) -> str:
    """Return the value, for pydantic; raises ValueError unless it is empty or such a date."""
    try:
        if value:
            first_and_last_day(value)
    except AssistantError as error:
        raise ValueError(str(error)) from error
    return value
