"""The registers of recommendations and precedents: entries in our own words, each resting on what a source says.

:mod:`assistant.registers.texts` turns them into library texts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shown
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import CatalogueError
from assistant.text.dates import date_or_nothing
from assistant.text.urls import address_or_nothing

Shift = Literal["shared-missions", "stewardship", "collaboration", "participation", "enabling-reforms"]
Polarity = Literal["worked", "mixed", "failed", "proposed", "ongoing"]
Level = Literal["local", "regional", "national", "international"]
OUTSIDE = ("publisher", "title", "url", "published")
"""The fields that a source outside the library must have."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Row = TypeVar("Row", bound=_Row)


class Recommendation(_Row):
    """What a report asks somebody to do."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    text: str = Field(min_length=1)
    actor: str = Field(min_length=1)
    theme: str
    section: str
    """Heading id in the briefing of the report that makes the recommendation."""
    pages: str
    """The report's pages; below section level an estimate, so never shown as a page reference."""
    shift: tuple[Shift, ...]
    document: str = "mission-ready-national-missions"
    related: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    timeframe: str | None = None


class PrecedentSource(_Row):
    """Where a case is described: a place in a document of the library, or another publication by its address."""

    document: str = ""
    """Catalogue id; empty for a publication outside the library."""
    section: str = ""
    """Heading id in the document's briefing; for a passage chosen from an original, its section in words."""
    quote: str = ""
    """The passage chosen from the document, in its exact words; empty where a whole section describes the case."""
    pages: str | None = None
    notes: tuple[int, ...] = ()
    publisher: str | None = None
    title: str | None = None
    published: Annotated[str, AfterValidator(date_or_nothing)] = ""
    """ISO date of the other publication, as precise as known; empty where unknown."""
    url: Annotated[str, AfterValidator(address_or_nothing)] = ""
    part: str | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        missing = [name for name in OUTSIDE if not self.document and not getattr(self, name)]
        if missing:
            raise ValueError(
                f"{', '.join(missing)} missing: a source is a document of the library with its section, or "
                f"another publication with {', '.join(OUTSIDE)}; add what is missing"
            )
        if self.document and not self.section:
            raise ValueError(f"section missing: name the section of {self.document!r} that describes the case")
        return self


class Precedent(_Row):
    """What was tried, where, by whom, what came of it, and what a mission steward learns from it."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    organisation: str
    place: str
    country: str
    level: Level
    period: str
    sectors: tuple[str, ...]
    shift: tuple[Shift, ...]
    theme: str
    polarity: Polarity
    summary: str = Field(min_length=1)
    lesson: str
    source: tuple[PrecedentSource, ...] = Field(min_length=1)
    url: Annotated[str, AfterValidator(address_or_nothing)] = ""

    @property
    def library_source(self) -> PrecedentSource | None:
        """The first source in a document of the library; None where all are outside it."""
        return next((source for source in self.source if source.document), None)


@dataclass(frozen=True, slots=True)
class Registers:
    """Both registers, validated."""

    recommendations: tuple[Recommendation, ...] = ()
    precedents: tuple[Precedent, ...] = ()


def load_registers(corpus: Path) -> Registers:
    """Return both registers of the corpus; a missing file counts as an empty register.

    Raises:
        CatalogueError: an entry is wrong or an id is used twice; names file, entry and field.
    """
    folder = corpus / "registers"
    return Registers(
        _rows(folder / "recommendations.toml", "recommendation", Recommendation),
        _rows(folder / "precedents.toml", "precedent", Precedent),
    )


def _rows(path: Path, key: str, model: type[Row]) -> tuple[Row, ...]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}). Check your rights to it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    given = content.get(key, [])
    if not isinstance(given, list):
        raise CatalogueError(f"{path}: expected [[{key}]] entries, found {shown(given)}.")
    rows = tuple(_row(raw, path, number, model) for number, raw in enumerate(given, 1))
    _check_unique((getattr(row, "id", "") for row in rows), path)
    return rows


def _row(raw: Any, path: Path, number: int, model: type[Row]) -> Row:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        name = raw.get("id", "without id") if isinstance(raw, dict) else "not a table"
        where = ".".join(map(str, first["loc"]))
        raise CatalogueError(
            f"{path}, entry {number} ({name}), field {where}: found {shown(first['input'])}; {first['msg']}."
        ) from error


def _check_unique(ids: Iterable[str], path: Path) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise CatalogueError(f"{path}: the id {identifier!r} is used twice. Give each entry its own id.")
        seen.add(identifier)
