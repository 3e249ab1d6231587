"""The registers as library texts, so that entries are chunked, searched and quoted like any other text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import CatalogueError
from assistant.reading.builder import DocumentBuilder, mark
from assistant.records import Document, Footnote, LibraryText, Part, Source, Speaker
from assistant.registers.entries import Precedent, PrecedentSource, Recommendation, Registers

FACTS_START = "Organisation: "
"""Start of the paragraph of a precedent's fields in its text."""
LESSON_START = "Lesson, in the register's reading: "
"""Start of a precedent's lesson in its text."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A register entry as blocks of text: a heading, paragraphs, and the notes of its last paragraph."""

    document: str
    section: str
    anchor: str
    heading: str
    paragraphs: tuple[str, ...]
    is_passage: bool = False
    """Whether it rests on a passage, which may be in an original with sections that the summary lacks."""
    notes: tuple[str, ...] = ()
    sources: tuple[Footnote, ...] = ()


def register_texts(
    registers: Registers, sources: Mapping[str, Source], summaries: Mapping[str, Document]
) -> list[LibraryText]:
    """Return one library text per document and register, its entries under the headings of their sections.

    ``summaries`` holds the summary of each document by catalogue id: it gives the section titles and the notes. A case
    that rests on a passage of an original goes under the document's title where the summary lacks the section; one
    that rests only on publications outside the library goes nowhere.

    Raises:
        CatalogueError: an entry names an unknown document or section.
    """
    entries: dict[tuple[str, Part], list[_Entry]] = {}
    for recommendation in registers.recommendations:
        entries.setdefault((recommendation.document, "recommendations"), []).append(_recommendation(recommendation))
    for precedent in registers.precedents:
        if source := precedent.library_source:
            entries.setdefault((source.document, "precedents"), []).append(_precedent(precedent, source))
    texts = []
    for (document, part), items in sorted(entries.items()):
        summary = summaries.get(document)
        if document not in sources or (summary is None and not all(item.is_passage for item in items)):
            raise CatalogueError(
                f"{part}.toml, entry {items[0].anchor}, field document: found {document!r}; "
                f"expected a document of catalogue.toml with a summary."
            )
        built = _build(items, summary or Document("", ()), part, sources[document].title)
        digest = hashlib.sha256(repr(built).encode()).hexdigest()
        told = registers.precedents if part == "precedents" else ()
        speakers = {item.id: teller_of(item, sources[document]) for item in told}
        texts.append(LibraryText(sources[document], "summary", part, built, digest, speakers))
    return texts


def precedent_text(item: Precedent, above: tuple[str, ...] = ()) -> Document:
    """Return the text of one case as the library has it, under the section titles ``above``; without notes."""
    builder = DocumentBuilder()
    for level, title in enumerate(above, 1):
        builder.add("heading", title, level=level)
    builder.add("heading", _precedent_heading(item), level=len(above) + 1, anchor=item.id)
    for paragraph in _precedent_paragraphs(item):
        builder.add("paragraph", paragraph)
    return builder.build()


def section_paths(document: Document) -> dict[str, tuple[str, ...]]:
    """Return the titles from the top heading down to each heading with an anchor, by anchor, in order."""
    path: list[tuple[int, str]] = []
    paths: dict[str, tuple[str, ...]] = {}
    for block in document.blocks:
        if block.kind == "heading":
            path = [item for item in path if item[0] < block.level]
            path.append((block.level, document.text[block.start : block.end]))
            if block.anchor:
                paths[block.anchor] = tuple(title for _, title in path)
    return paths


def _build(entries: list[_Entry], summary: Document, part: Part, title: str) -> Document:
    paths = section_paths(summary)
    top = next(iter(paths.values()), (title,))[:1]
    order = {anchor: number for number, anchor in enumerate(paths)}
    notes = {note.number: note for note in summary.footnotes}
    for entry in entries:
        if entry.section not in paths and not entry.is_passage:
            raise CatalogueError(
                f"{part}.toml, entry {entry.anchor}, field section: found {entry.section!r}; "
                f"expected a heading id of the summary of {entry.document}."
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
                builder.report(f"Entry {entry.anchor} names note {called}, which the summary does not have.")
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


def _precedent(item: Precedent, source: PrecedentSource) -> _Entry:
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
        source.document,
        source.section,
        item.id,
        _precedent_heading(item),
        _precedent_paragraphs(item),
        bool(source.quote),
        tuple(str(number) for number in source.notes),
        sources,
    )


def teller_of(item: Precedent, source: Source) -> Speaker:
    """Return whose account a case rests on; where nothing else says so, on that of the document that tells it."""
    publishers = dict.fromkeys(named.publisher for named in item.source if named.publisher)
    name = item.said_by or "; ".join(publishers) or source.publisher
    # The words of `said_by` name the dates of each source already.
    return Speaker(name, "reported", item.evidence, "" if item.said_by else item.as_at)
