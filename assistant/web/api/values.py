"""Types of the values that programs give, with their bounds; a wrong one costs a sentence."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from assistant.errors import AssistantError
from assistant.text.dates import first_and_last_day
from assistant.web.api.parameters import shown


def filled(value: str) -> str:
    """Words, and not blanks alone."""
    if not value.strip():
        raise ValueError(f"found {shown(value)}; expected some words.")
    return value


def a_date(value: str) -> str:
    """A date or nothing."""
    if value:
        try:
            first_and_last_day(value)
        except AssistantError as error:
            raise ValueError(f"{shown(value)} is no date; expected 2025, 2025-03 or 2025-03-07.") from error
    return value


def different(values: list[str]) -> list[str]:
    """Values of which none stands twice."""
    if len(set(values)) < len(values):
        raise ValueError(f"found {shown(values)}; expected different ids.")
    return values


Query = Annotated[str, Field(max_length=2_000), AfterValidator(filled)]
Limit = Annotated[int, Field(ge=1, le=50)]
Date = Annotated[str, AfterValidator(a_date)]
Ids = Annotated[list[str], Field(max_length=100)]
