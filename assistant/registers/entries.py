"""The registers of recommendations and precedents: entries in our own words, each resting on what a source says.

:mod:`assistant.registers.texts` turns them into library texts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from assistant.errors import CatalogueError
from assistant.registers.evidence_kinds import EvidenceName
from assistant.registers.rules import (
    Rule,
    address_problem,
    date_problem,
    field_problems,
    given,
    refusal,
    rules_of,
    shown,
)
from assistant.text.slugs import slug

Shift = Literal["shared-missions", "stewardship", "collaboration", "participation", "enabling-reforms"]
Polarity = Literal["worked", "cited", "mixed", "failed", "proposed", "ongoing"]
Level = Literal["local", "regional", "national", "international"]
OUTSIDE = ("publisher", "title", "published", "url")
"""The fields that a source outside the library must have."""
LONGEST_QUOTE = 1000
MOST_NOTES = 50
ASK_SOURCE = (
    "Choose a document and a passage from the library, or give the publisher, title, web address and date of another "
    "publication"
)


def _id_problem(value: str) -> str | None:
    if value == slug(value):
        return None
    made = slug(value) or "leeds-repair-hubs"
    return f"{shown(value)} is not a valid id. Use lower-case letters, numbers and single hyphens, such as {made}."


def _notes(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not all(type(each) is int and 0 < each < 10_000 for each in value):
        raise refusal([("", f"Found {shown(value)}. Give the numbers of the document's notes as a list: [12, 13].")])
    return value


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _given(cls, fields: Any) -> Any:
        return given(fields)


Row = TypeVar("Row", bound=_Row)


class Recommendation(_Row):
    """What a report asks somebody to do."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    text: str
    actor: str
    theme: str
    section: str
    """Heading id in the summary of the report that makes the recommendation."""
    pages: str
    """The report's pages; below section level an estimate, so never shown as a page reference."""
    shift: tuple[Annotated[Shift, Rule("Shift", 100)], ...]
    document: str = "mission-ready-national-missions"
    related: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    timeframe: str | None = None


class PrecedentSource(_Row):
    """Where a case is described: a place in a document of the library, or another publication by its address.

    Checked with a context, its place must be in the library, and a passage gets the section in which it stands.
    """

    document: Annotated[str, Rule("Document", 200)] = ""
    """Catalogue id; empty for a publication outside the library."""
    section: Annotated[str, Rule("Section", 300)] = ""
    """Heading id in the document's summary; for a passage chosen from an original, its section in words."""
    quote: Annotated[str, Rule("Passage", LONGEST_QUOTE)] = ""
    """The passage chosen from the document, in its exact words; empty where a whole section describes the case."""
    pages: Annotated[str | None, Rule("Pages", 60)] = None
    notes: Annotated[tuple[int, ...], Rule("Notes", MOST_NOTES), BeforeValidator(_notes)] = ()
    publisher: Annotated[str | None, Rule("Publisher", 300, "Say who published it")] = None
    title: Annotated[str | None, Rule("Title of the publication", 300, "Give the title of the publication")] = None
    published: Annotated[str, Rule("Published", 10, "Give the date as 2025, 2025-03 or 2025-03-07", date_problem)] = ""
    """ISO date of the other publication, as precise as known; empty where unknown."""
    url: Annotated[str, Rule("Web address", 500, "Give the web address, starting with https://", address_problem)] = ""
    part: Annotated[str | None, Rule("Part", 300)] = None

    @model_validator(mode="after")
    def _check_complete(self, info: ValidationInfo) -> Self:
        if self.document:
            if info.context is not None:
                return self.model_copy(update=info.context.place(self.document, self.section, self.quote))
            if not self.section:
                raise refusal([("section", f"Name the section of {self.document} that describes the case.")])
            return self
        if self.section or self.quote:
            raise refusal([("document", "A section or passage has no document. Choose the document.")])
        missing = [name for name in OUTSIDE if not getattr(self, name)]
        if len(missing) == len(OUTSIDE):
            raise refusal([("", f"The source is empty. {ASK_SOURCE}.")], "missing")
        if missing:
            asks = {name: rules_of(PrecedentSource)[name].ask for name in missing}
            raise refusal(
                ((name, f"A source outside the library needs this. {ask}.") for name, ask in asks.items()), "missing"
            )
        return self


class Precedent(_Row):
    """What was tried, where, by whom, what came of it, and what a mission steward learns from it."""

    id: Annotated[
        str,
        Rule("Id", 80, "Use lower-case letters, numbers and hyphens, such as leeds-repair-hubs", _id_problem),
    ]
    title: Annotated[str, Rule("Title", 200, "Say in a few words what was tried")]
    organisation: Annotated[
        str, Rule("Organisation", 300, "Say who did it, or “Not stated” if the source does not say")
    ]
    place: Annotated[str, Rule("Place", 300, "Say where, or “Not stated” if the source does not say")]
    country: Annotated[str, Rule("Country", 300, "Name the country, such as England")]
    level: Annotated[Level, Rule("Level", 300, "Choose a level, such as local or national")]
    period: Annotated[
        str, Rule("Period", 300, "Say when, such as 2019-2021, or “Not stated” if the source does not say")
    ]
    sectors: Annotated[
        tuple[Annotated[str, Rule("Sector", 100)], ...], Rule("Sectors", 10, "Give at least one, such as housing")
    ]
    shift: Annotated[
        tuple[Annotated[Shift, Rule("Shift", 100)], ...], Rule("Shifts", 5, "Give at least one, such as stewardship")
    ]
    theme: Annotated[str, Rule("Theme", 300, "Choose a theme from the list")]
    polarity: Annotated[Polarity, Rule("Outcome", 300, "Choose an outcome, such as worked or failed")]
    evidence: Annotated[EvidenceName, Rule("Kind of evidence", 100, "Choose a kind of evidence")] = "evidence"
    said_by: Annotated[str, Rule("Who says so", 500)] = ""
    """Whose account it rests on, in words; empty where the sources' publishers say it all."""
    as_at: Annotated[str, Rule("As at", 10, "Give the date as 2025, 2025-03 or 2025-03-07", date_problem)] = ""
    """ISO date of the newest source, as precise as known; empty where unknown."""
    summary: Annotated[str, Rule("Summary", 2000, "Say what was tried and what came of it, in your own words")]
    lesson: Annotated[str, Rule("Lesson", 1000, "Say what mission stewards can learn from it")]
    source: Annotated[tuple[PrecedentSource, ...], Rule("Sources", 20, ASK_SOURCE)]
    url: Annotated[str, Rule("Web address", 500, "", address_problem)] = ""

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
        first = field_problems(error, model)[0]
        name = raw.get("id", "without id") if isinstance(raw, dict) else "not a table"
        raise CatalogueError(f"{path}, entry {number} ({name}), {first.field}: {first.message}") from error


def _check_unique(ids: Iterable[str], path: Path) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise CatalogueError(f"{path}: the id {identifier!r} is used twice. Give each entry its own id.")
        seen.add(identifier)
