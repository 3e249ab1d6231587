"""The numbered references of a chapter, one for each place or publication, in order of first citation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.export.chapters.chapter import Reference
from assistant.precedents.cases import case_notes, source_notes
from assistant.precedents.citations import Places, estimated_pages
from assistant.text.dates import date_in_words
from assistant.text.printable import clean, in_one_line, web_address
from assistant.text.quoting import AUTHORITY_WORDS

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.records import Footnote, Part
    from assistant.registers.entries import Precedent, PrecedentSource, Recommendation


class References:
    """Numbers the sources of cases and recommendations; the same source has one number."""

    def __init__(self, library: Library, places: Places) -> None:
        self._library = library
        self._places = places
        self._numbers: dict[tuple[str, tuple[str, ...], str], int] = {}

    def all(self) -> tuple[Reference, ...]:
        """Return every reference cited, by number."""
        return tuple(Reference(number, *content) for content, number in self._numbers.items())

    def of_case(self, entry: Precedent) -> tuple[int, ...]:
        """Return the numbers of a case's places in documents and of its original publications."""
        found = []
        places = _places(entry)
        for source in entry.source:
            if source.document:
                found.append(self._number(*self._place(places[_place_key(source)], entry)))
            if source.title or source.publisher or not source.document:
                found.append(self._number(*_publication(source)))
        if entry.url and not self._is_named(entry):
            found.append(self._number("Web page about this case", (), entry.url))
        return tuple(dict.fromkeys(found))

    def of_recommendation(self, entry: Recommendation) -> tuple[int, ...]:
        """Return the number of the place of a recommendation."""
        # The register's page numbers of recommendations are too rough for a reference.
        section = self._section(entry.document, entry.section, entry.id, is_case=False)
        return (self._number(self._document(entry.document), (section,), self._address(entry.document)),)

    def _number(self, source: str, details: tuple[str, ...], url: str) -> int:
        lines = tuple(filter(None, map(in_one_line, details)))
        address = web_address(url)
        if url and not address:
            lines += (f"Web address as recorded: {in_one_line(url)}",)
        return self._numbers.setdefault((in_one_line(source), lines, address), len(self._numbers) + 1)

    def _place(self, source: PrecedentSource, entry: Precedent) -> tuple[str, tuple[str, ...], str]:
        details = [self._section(source.document, source.section, entry.id, is_case=True)]
        if source.pages:
            details.append(f"Pages (estimate): {estimated_pages(source.pages)}.")
        if source.quote:
            whose = "Passage in Steward’s summary" if self._places.is_summary(source.document) else "Passage"
            details.append(f"{whose}: “{clean(source.quote)}”")
        details += map(_note, source_notes(self._library.generation, source))
        return self._document(source.document), tuple(details), self._address(source.document)

    def _section(self, document: str, anchor: str, entry: str, *, is_case: bool) -> str:
        if not anchor:
            return ""
        whose = "Section in Steward’s summary" if self._places.is_summary(document) else "Section"
        part: Part = "precedents" if is_case else "recommendations"
        return f"{whose}: {self._places.section(document, anchor, entry, part)}."

    def _document(self, name: str) -> str:
        source = self._library.sources.get(name)
        if source is None:
            return f"Document {name}, which is no longer in the library"
        status = "" if source.status == "current" else f", {source.status}"
        standing = f"{AUTHORITY_WORDS[source.authority]}{status}"
        return f"{source.publisher}, {source.title}, {date_in_words(source.published)} ({standing})"

    def _address(self, name: str) -> str:
        source = self._library.sources.get(name)
        return source.landing_page if source else ""

    def _is_named(self, entry: Precedent) -> bool:
        """Return whether one of an entry's sources or their notes has its address."""
        return entry.url in _addresses(entry, case_notes(self._library.generation, entry))


def _places(entry: Precedent) -> dict[tuple[str, ...], PrecedentSource]:
    """Return an entry's places in documents, each once with the notes of all its sources there."""
    found: dict[tuple[str, ...], PrecedentSource] = {}
    for source in entry.source:
        before = found.get(_place_key(source))
        notes = tuple(dict.fromkeys((*(before.notes if before else ()), *source.notes)))
        found[_place_key(source)] = source.model_copy(update={"notes": notes})
    return found


def _place_key(source: PrecedentSource) -> tuple[str, ...]:
    return source.document, source.section, source.quote, source.pages or ""


def _publication(source: PrecedentSource) -> tuple[str, tuple[str, ...], str]:
    date = date_in_words(source.published) if source.published else ""
    words = ", ".join(filter(None, (source.publisher, source.title, date)))
    part = f"Part: {source.part}." if source.part else ""
    return words, (part,), source.url


def _addresses(entry: Precedent, notes: list[Footnote]) -> Iterator[str]:
    yield from (source.url for source in entry.source)
    yield from (note.url for note in notes if note.url)


def _note(note: Footnote) -> str:
    return f"Note {note.number} in the document: {note.text}"
