"""Where register entries come from, in plain words: publisher, section, page."""

from __future__ import annotations

import re

from assistant.library import Library
from assistant.precedents.cases import case_notes, source_notes
from assistant.records import Footnote, Part, Source, text_id_of
from assistant.registers.entries import Precedent, PrecedentSource
from assistant.registers.texts import section_paths
from assistant.text.quoting import heading_path

_ANCHOR = re.compile(r"[a-z0-9-]+")


def estimated_pages(pages: str) -> str:
    """Return the register's pages in words that say they are estimates below the level of a section.

    >>> estimated_pages("10, 15-17")
    'about pages 10, 15-17 of the report, by its table of contents'
    """
    noun = "pages" if re.search(r"\d\D+\d", pages) else "page"
    return f"about {noun} {pages} of the report, by its table of contents"


def place_words(entry: Precedent) -> str:
    """Return where a case took place, with its country if that is another name."""
    return entry.place if entry.country in ("", entry.place) else f"{entry.place} ({entry.country})"


class Places:
    """Looks up what the registers cite in the texts of one library, with a cache."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._paths: dict[str, dict[str, tuple[str, ...]]] = {}

    def speaker(self, entry: Precedent) -> str:
        """Return who told a case; where it does not say, its documents' publishers and whom these cite."""
        if entry.said_by:
            return entry.said_by
        described = [item for item in entry.source if item.document]
        publishers = dict.fromkeys(self._publisher(item.document) for item in described)
        notes = case_notes(self._library.generation, entry)
        cited = dict.fromkeys(
            name
            for name in (*(item.publisher for item in entry.source), *(note.publisher or note.author for note in notes))
            if name and name not in publishers
        )
        if not publishers:
            return "; ".join(cited)
        return "; ".join(publishers) + (f", citing {'; '.join(cited)}" if cited else "")

    def document(self, name: str) -> Source | None:
        """Return a document as the catalogue has it; None for one that it lacks."""
        return self._library.sources.get(name)

    def notes(self, source: PrecedentSource) -> list[Footnote]:
        """Return the notes that a source names, in its order."""
        return source_notes(self._library.generation, source)

    def section(self, document: str, anchor: str, entry: str, part: Part = "precedents") -> str:
        """Return the titles of a section's headings below the document's own; its id in words for an unknown
        section.
        """
        if not _ANCHOR.fullmatch(anchor):
            return anchor  # for a chosen passage the section is in words already
        path = self._section_paths(document, "body").get(anchor) if self.is_summary(document) else None
        # An entry's text comes under the headings of the first section that it rests on.
        path = path or self._section_paths(document, part).get(entry, ())[:-1]
        return heading_path(path[1:] or path) or anchor.replace("-", " ").capitalize()

    def is_summary(self, document: str) -> bool:
        """Return whether the library holds a document as a summary in our own words."""
        entry = self._library.generation.manifest.texts.get(document)
        return entry is not None and entry.form == "summary"

    def _publisher(self, document: str) -> str:
        source = self.document(document)
        return source.publisher if source else document

    def _section_paths(self, document: str, part: Part) -> dict[str, tuple[str, ...]]:
        name = text_id_of(document, part)
        if name not in self._paths:
            # The registers may be newer than the index.
            known = name in self._library.generation.manifest.texts
            self._paths[name] = section_paths(self._library.generation.document(name)) if known else {}
        return self._paths[name]
