"""Types of the values that programs give, with their bounds and error messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from assistant.errors import AssistantError
from assistant.text.dates import first_and_last_day
from assistant.web.api.parameters import shown


def filled(value: str) -> str:
    """Return the text; raise ValueError if it is blank."""
    if not value.strip():
        raise ValueError(f"found {shown(value)}; expected some text.")
    return value


def valid_date(value: str) -> str:
    """Return the date or the empty string; raise ValueError for anything else."""
    if value:
        try:
            first_and_last_day(value)
        except AssistantError as error:
            raise ValueError(f"{shown(value)} is not a date; expected 2025, 2025-03 or 2025-03-07.") from error
    return value


def different(values: list[str]) -> list[str]:
    """Return the values; raise ValueError if one is repeated."""
    if len(set(values)) < len(values):
        raise ValueError(f"found {shown(values)}; expected different ids.")
    return values


Query = Annotated[str, Field(max_length=2_000), AfterValidator(filled)]
Limit = Annotated[int, Field(ge=1, le=50)]
Date = Annotated[str, AfterValidator(valid_date)]
Ids = Annotated[list[str], Field(max_length=100)]
