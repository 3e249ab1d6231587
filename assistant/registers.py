"""The registers of recommendations and precedents: own-words entries, each resting on a section of a document.

:func:`register_texts` turns them into library texts, so that they are chunked, searched and quoted like any other.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shown
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.addresses import address_or_nothing
from assistant.dates import date_or_nothing
from assistant.errors import CatalogueError
from assistant.reading.builder import DocumentBuilder, mark
from assistant.records import Document, Footnote, LibraryText, Part, Source

Shift = Literal["shared-missions", "stewardship", "collaboration", "participation", "enabling-reforms"]
Polarity = Literal["worked", "mixed", "failed", "proposed", "ongoing"]
Level = Literal["local", "regional", "national", "international"]
FACTS_START = "Organisation: "
"""How the paragraph of a precedent's fields begins in its text."""
LESSON_START = "Lesson, in the register's reading: "
"""What stands before a precedent's lesson in its text."""


OUTSIDE = ("publisher", "title", "url", "published")
"""What a source outside the library must say of itself."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Row = TypeVar("Row", bound=_Row)


class Recommendation(_Row):
    """What a report asks of somebody."""

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
    """Where a case is told: a place in a document of the library, or another publication by its address."""

    document: str = ""
    """Catalogue id; empty where the case rests on a publication outside the library alone."""
    section: str = ""
    """Heading id in the document's briefing; of a passage that was chosen from an original, its section in words."""
    quote: str = ""
    """The passage chosen from the document, in its exact words; empty where a whole section tells the case."""
    pages: str | None = None
    notes: tuple[int, ...] = ()
    publisher: str | None = None
    title: str | None = None
    published: Annotated[str, AfterValidator(date_or_nothing)] = ""
    """ISO date of the other publication, as precise as known; empty where that is not known."""
    url: Annotated[str, AfterValidator(address_or_nothing)] = ""
    part: str | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        missing = [name for name in OUTSIDE if not self.document and not getattr(self, name)]
        if missing:
            raise ValueError(
                f"{', '.join(missing)} missing: a source is a document of the library with its section, "
                f"or another publication with {', '.join(OUTSIDE)}; add what is missing"
            )
        if self.document and not self.section:
            raise ValueError(f"section missing: name the section of {self.document!r} that tells the case")
        return self


class Precedent(_Row):
    """What was tried, where, by whom, what came of it and what a mission steward takes from it."""

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
    def told_in(self) -> PrecedentSource | None:
        """The first source in a document of the library; None where all are outside it."""
        return next((source for source in self.source if source.document), None)


@dataclass(frozen=True, slots=True)
class Registers:
    """Both registers, validated."""

    recommendations: tuple[Recommendation, ...] = ()
    precedents: tuple[Precedent, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One register entry as blocks of text: a heading, paragraphs, and the notes its last paragraph carries."""

    document: str
    section: str
    anchor: str
    heading: str
    paragraphs: tuple[str, ...]
    is_passage: bool = False
    """Whether it rests on a passage, which may stand in an original whose sections the briefing does not have."""
    notes: tuple[str, ...] = ()
    sources: tuple[Footnote, ...] = ()


def load_registers(corpus: Path) -> Registers:
    """Both registers of the corpus; an absent file counts as an empty register.

    Raises:
        CatalogueError: an entry is wrong or an id stands twice; names file, entry and field.
    """
    folder = corpus / "registers"
    return Registers(
        _rows(folder / "recommendations.toml", "recommendation", Recommendation),
        _rows(folder / "precedents.toml", "precedent", Precedent),
    )


def register_texts(
    registers: Registers, sources: Mapping[str, Source], briefings: Mapping[str, Document]
) -> list[LibraryText]:
    """One library text per document and register, its entries under the headings of the sections they rest on.

    ``briefings`` holds the briefing of each document by catalogue id: it gives the section titles and the notes. A case
    that rests on a passage of an original stands under the document's title where the briefing has no such section; one
    that rests on publications outside the library alone stands in no text.

    Raises:
        CatalogueError: an entry names a document or section that is not there.
    """
    entries: dict[tuple[str, Part], list[_Entry]] = {}
    for recommendation in registers.recommendations:
        entries.setdefault((recommendation.document, "recommendations"), []).append(_recommendation(recommendation))
    for precedent in registers.precedents:
        if told := precedent.told_in:
            entries.setdefault((told.document, "precedents"), []).append(_precedent(precedent, told))
    texts = []
    for (document, part), items in sorted(entries.items()):
        briefing = briefings.get(document)
        if document not in sources or (briefing is None and not all(item.is_passage for item in items)):
            raise CatalogueError(
                f"{part}.toml, entry {items[0].anchor}, field document: found {document!r}; "
                f"expected a document of catalogue.toml with a briefing."
            )
        built = _build(items, briefing or Document("", ()), part, sources[document].title)
        digest = hashlib.sha256(repr(built).encode()).hexdigest()
        texts.append(LibraryText(sources[document], "briefing", part, built, digest))
    return texts


def precedent_text(item: Precedent, above: tuple[str, ...] = ()) -> Document:
    """The text of one case as the library has it, below the titles of the sections above it; without notes."""
    builder = DocumentBuilder()
    for level, title in enumerate(above, 1):
        builder.add("heading", title, level=level)
    builder.add("heading", _precedent_heading(item), level=len(above) + 1, anchor=item.id)
    for paragraph in _precedent_paragraphs(item):
        builder.add("paragraph", paragraph)
    return builder.build()


def section_paths(document: Document) -> dict[str, tuple[str, ...]]:
    """The titles from the top heading down to each heading that has an anchor, by anchor, in order."""
    path: list[tuple[int, str]] = []
    paths: dict[str, tuple[str, ...]] = {}
    for block in document.blocks:
        if block.kind == "heading":
            path = [item for item in path if item[0] < block.level]
            path.append((block.level, document.text[block.start : block.end]))
            if block.anchor:
                paths[block.anchor] = tuple(title for _, title in path)
    return paths


def _build(entries: list[_Entry], briefing: Document, part: Part, title: str) -> Document:
    paths = section_paths(briefing)
    top = next(iter(paths.values()), (title,))[:1]
    order = {anchor: number for number, anchor in enumerate(paths)}
    notes = {note.number: note for note in briefing.footnotes}
    for entry in entries:
        if entry.section not in paths and not entry.is_passage:
            raise CatalogueError(
                f"{part}.toml, entry {entry.anchor}, field section: found {entry.section!r}; "
                f"expected a heading id of the briefing of {entry.document}."
            )
    builder = DocumentBuilder()
    above: tuple[str, ...] = ()
    for entry in sorted(entries, key=lambda item: order.get(item.section, -1)):
        path = paths.get(entry.section, top)
        for level, title in enumerate(path, 1):
            if path[:level] != above[:level]:
                builder.add("heading", title, level=level)
        above = path
        builder.add("heading", entry.heading, level=len(path) + 1, anchor=entry.anchor)
        calls = "".join(mark(number) for number in (*entry.notes, *(note.number for note in entry.sources)))
        for number, paragraph in enumerate(entry.paragraphs, 1):
            builder.add("paragraph", paragraph + (calls if number == len(entry.paragraphs) else ""))
        for called in entry.notes:
            if called not in notes:
                builder.report(f"Entry {entry.anchor} names note {called}, which the briefing does not hold.")
            elif not builder.has_footnote(called):
                builder.add_footnote(notes[called])
        for note in entry.sources:
            builder.add_footnote(note)
    return builder.build()


def _recommendation(item: Recommendation) -> _Entry:
    who = f"Who should act: {item.actor}."
    when = f"When: {item.timeframe}." if item.timeframe else ""
    title = item.id.replace("-", " ")
    return _Entry(
        item.document, item.section, item.id, f"Recommendation: {title}", (item.text, f"{who} {when}".strip())
    )


def _precedent_heading(item: Precedent) -> str:
    return f"Precedent: {item.title}"


def _precedent_paragraphs(item: Precedent) -> tuple[str, ...]:
    facts = [
        f"{FACTS_START}{item.organisation}",
        f"Place: {item.place}",
        f"Period: {item.period}",
        f"Outcome: {item.polarity}",
    ]
    return "; ".join(facts) + ".", item.summary, f"{LESSON_START}{item.lesson}"


def _precedent(item: Precedent, told: PrecedentSource) -> _Entry:
    sources = tuple(
        Footnote(
            f"{item.id}/{number}",
            ", ".join(part for part in (source.publisher, source.title, source.part) if part),
            publisher=source.publisher,
            title=source.title,
            date=source.published or None,
            url=source.url or None,
        )
        for number, source in enumerate(item.source, 1)
        if source.title
    )
    return _Entry(
        told.document,
        told.section,
        item.id,
        _precedent_heading(item),
        _precedent_paragraphs(item),
        bool(told.quote),
        tuple(str(number) for number in told.notes),
        sources,
    )


def _rows(path: Path, key: str, model: type[Row]) -> tuple[Row, ...]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    rows = tuple(_row(raw, path, number, model) for number, raw in enumerate(content.get(key, []), 1))
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
            raise CatalogueError(f"{path}: the id {identifier!r} stands twice; ids must be unique.")
        seen.add(identifier)
