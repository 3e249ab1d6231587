"""The options by which commands take only some cases of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assistant.precedents import CaseFilters


def _facet(name: str, words: str) -> Any:
    return typer.Option(name, help=f"{words} (repeatable).")


Shifts = Annotated[list[str] | None, _facet("--shift", "Only this shift, such as stewardship")]
Themes = Annotated[list[str] | None, _facet("--theme", "Only this group of themes, such as procurement")]
Levels = Annotated[list[str] | None, _facet("--level", "local, regional, national or international")]
Regions = Annotated[list[str] | None, _facet("--region", "Only this nation or region, such as south-west")]
Places = Annotated[list[str] | None, _facet("--place", "Only this place, such as greater-manchester")]
Sectors = Annotated[list[str] | None, _facet("--sector", "Only this sector, such as local-government")]
Polarities = Annotated[list[str] | None, _facet("--polarity", "worked, mixed, failed, proposed or ongoing")]
Documents = Annotated[list[str] | None, _facet("--document", "Only cases of this document, by its id")]
Evidence = Annotated[list[str] | None, _facet("--evidence", "Only this kind of evidence")]
Began = Annotated[list[str] | None, _facet("--began", "Only cases that began in this year, or not-stated")]
FirstYear = Annotated[int | None, typer.Option("--from", help="Lasted until this year or longer.")]
LastYear = Annotated[int | None, typer.Option("--to", help="Began in this year or earlier.")]


def case_filters(
    first_year: int | None = None, last_year: int | None = None, **facets: Sequence[str] | None
) -> CaseFilters:
    """What the options ask for; ``facets`` by the fields of `CaseFilters`."""
    from assistant.precedents import CaseFilters

    return CaseFilters.of(facets, first_year, last_year)


def check_accepted() -> None:
    """See that what was accepted in the database can be read, before a file is made that stands for the register.

    Raises:
        StorageError: it cannot; searches do without it, with a warning.
    """
    from assistant.settings import load_settings
    from assistant.storage import find_cases

    store = find_cases(load_settings())
    if store is not None:
        try:
            store.stamp()
        finally:
            store.close()
