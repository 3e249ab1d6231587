"""Options to filter cases."""

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
Levels = Annotated[list[str] | None, _facet("--level", "Only local, regional, national or international")]
Regions = Annotated[list[str] | None, _facet("--region", "Only this nation or region, such as south-west")]
Places = Annotated[list[str] | None, _facet("--place", "Only this place, such as greater-manchester")]
Sectors = Annotated[list[str] | None, _facet("--sector", "Only this sector, such as local-government")]
Polarities = Annotated[list[str] | None, _facet("--polarity", "Only worked, cited, mixed, failed, proposed or ongoing")]
Documents = Annotated[list[str] | None, _facet("--document", "Only cases from this document, by id")]
Evidence = Annotated[list[str] | None, _facet("--evidence", "Only this kind of evidence")]
Began = Annotated[list[str] | None, _facet("--began", "Only cases that began in this year, or not-stated")]
FirstYear = Annotated[int | None, typer.Option("--from", help="Only cases that lasted until this year or later.")]
LastYear = Annotated[int | None, typer.Option("--to", help="Only cases that began in this year or earlier.")]


def case_filters(
    first_year: int | None = None, last_year: int | None = None, **facets: Sequence[str] | None
) -> CaseFilters:
    """Return the filters of the options; ``facets`` are fields of `CaseFilters`."""
    from assistant.precedents import CaseFilters

    return CaseFilters.of(facets, first_year, last_year)


def check_accepted() -> None:
    """Check that accepted cases can be read, before a file is made that must hold them all.

    Raises:
        StorageError: they cannot; searches only warn.
    """
    from assistant.settings import load_settings
    from assistant.storage import find_cases

    store = find_cases(load_settings())
    if store is not None:
        try:
            store.stamp()
        finally:
            store.close()
