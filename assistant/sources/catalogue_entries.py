"""The form of a catalogue entry: what each field must hold."""

from __future__ import annotations

import re
from reprlib import Repr
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import AssistantError, CatalogueError
from assistant.reading.builder import unseen_characters
from assistant.records import Authority, Source, Status
from assistant.text.dates import first_and_last_day

_SHOWN = Repr()
_SHOWN.maxstring = 200


def shown(value: object) -> str:
    """Return a value as messages quote it: a long one is cut."""
    return _SHOWN.repr(value)


def _https_or_nothing(value: str) -> str:
    return _https(value) if value else value


def _https(value: str) -> str:
    parts = urlsplit(value)
    # urlsplit ignores line breaks.
    if parts.scheme != "https" or not parts.hostname or re.search(r"\s", value) or unseen_characters(value):
        raise ValueError("expected an address that begins with https://")
    return value


def _one_line(value: str) -> str:
    """Refuse characters that would make a title look like other lines, or in another order, than it is."""
    if len(value.splitlines()) > 1 or "\t" in value:
        raise ValueError("it holds line breaks or tabs. Write it on one line")
    if unseen := unseen_characters(value):
        raise ValueError(
            f"it holds characters that are invisible or reorder words ({', '.join(unseen)}). Type it again"
        )
    return value


def _iso_date(value: str) -> str:
    try:
        first_and_last_day(value)
    except AssistantError:
        raise ValueError("expected a date as precise as it is known: 2025, 2025-03 or 2025-03-07") from None
    return value


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line)]
IsoDate = Annotated[str, AfterValidator(_iso_date)]
Address = Annotated[str, AfterValidator(_https)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    title: Words
    publisher: Words
    published: IsoDate
    authority: Authority
    status: Status
    jurisdiction: Words
    licence: Words
    credit: Words
    landing_page: Annotated[str, AfterValidator(_https_or_nothing)] = ""
    authors: tuple[Words, ...] = ()
    topics: tuple[Words, ...] = ()
    supersedes: tuple[Words, ...] = ()
    superseded_by: Words | None = None
    originals: tuple[Address, ...] = ()
    summary: str | None = None
    comments_on: Identifier | None = None
    own_notes: bool = False
    as_at: IsoDate | None = None
    note: Annotated[str, Field(max_length=2000), AfterValidator(_one_line)] = ""
    file: str | None = None
    reader: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


def source_of(row: Any, where: str) -> Source:
    """Return the source that an entry describes; messages call the entry ``where``.

    Raises:
        CatalogueError: a field is wrong; names the entry, the field, what was found and what was expected.
    """
    name = row.get("id", "without id") if isinstance(row, dict) else "not a table"
    try:
        return Source(**_Entry.model_validate(row).model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        field, found = ".".join(map(str, first["loc"])), shown(first["input"])
        raise CatalogueError(
            f"{where} ({str(name)[:100]}), field {field}: found {found}; {first['msg'].removeprefix('Value error, ')}."
        ) from error
