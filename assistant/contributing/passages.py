"""Passages of the library's documents: found by their exact words, and the nearest to words that are not there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document
from assistant.registers.texts import section_paths
from assistant.text.chunking import block_at
from assistant.text.quoting import heading_path
from assistant.text.sentences import split_sentences
from assistant.text.terms import content_terms

if TYPE_CHECKING:
    from assistant.library import Library

LONGEST_SECTION = 200
"""Characters of a section in words."""


class _Sentences:
    """The sentences of a document by their words."""

    def __init__(self, document: Document) -> None:
        told = [block for block in document.blocks if block.kind != "heading"]
        spans = [span for block in told for span in split_sentences(document.text, block.start, block.end)]
        self._texts = [" ".join(document.text[span.start : span.end].split()) for span in spans]
        self._holding: dict[str, list[int]] = {}
        self._counts = []
        for number, words in enumerate(self._texts):
            terms = {*content_terms(words)}
            self._counts.append(len(terms))
            for term in terms:
                self._holding.setdefault(term, []).append(number)

    def nearest(self, words: str) -> str:
        """The sentence that shares most of both its words and these; the first of equals, empty where none does."""
        asked = {*content_terms(words)}
        shared = Counter(number for term in asked for number in self._holding.get(term, ()))
        best = max(
            shared,
            key=lambda number: (shared[number] / (len(asked) + self._counts[number] - shared[number]), -number),
            default=None,
        )
        return "" if best is None else self._texts[best]


@dataclass(frozen=True, slots=True)
class Passage:
    """Exact words of a document and where they stand."""

    quote: str
    """White space is single spaces."""
    section: str
    """Heading id of the summary; of an original the section in words."""
    page: int | None = None
    """1-based page of the file; None where the document has no pages."""


class LibraryPassages:
    """Looks passages up in the documents of one generation of the index; what was read is kept."""

    def __init__(self, library: Library) -> None:
        """Reads nothing yet."""
        self._library = library
        self._sections: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._sentences: dict[str, _Sentences] = {}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The documents of the library by id, with publisher and title."""
        return {source.id: f"{source.publisher}: {source.title}" for source in self._library.sources.values()}

    def sections(self, document: str) -> Mapping[str, tuple[str, ...]]:
        """The headings of a document's summary by id, each with the titles above it; none without a summary."""
        if document not in self._sections:
            source = self._library.sources.get(document)
            path = self._library.settings.corpus / source.summary if source and source.summary else None
            held = path is not None and path.is_file()
            self._sections[document] = section_paths(read_markdown(path.read_bytes())) if path and held else {}
        return self._sections[document]

    def is_indexed(self, document: str) -> bool:
        """Whether the index holds the document's words, so that a passage can be looked up in them."""
        return document in self._library.generation.manifest.texts

    def is_summary(self, document: str) -> bool:
        """Whether what the index holds of a document is our summary of it, and not the original."""
        held = self._library.generation.manifest.texts.get(document)
        return held is not None and held.form == "summary"

    def find(self, document: str, quote: str) -> Passage | None:
        """The first place where a document has these very words, white space apart; None where it has not."""
        words = quote.split()
        if not words or not self.is_indexed(document):
            return None
        text = self._library.generation.document(document)
        places = re.finditer(r"\s+".join(map(re.escape, words)), text.text)
        found = next((place for place in places if _is_of_whole_words(text.text, place.span())), None)
        if found is None:
            return None
        page = text.page_at(found.start())
        section = self._section(document, text, found.start())
        return Passage(" ".join(found[0].split()), section, page.number if page else None)

    def nearest(self, document: str, words: str) -> str:
        """The sentence of a document that shares most words with others; empty where none shares any."""
        if not self.is_indexed(document):
            return ""
        if document not in self._sentences:
            self._sentences[document] = _Sentences(self._library.generation.document(document))
        return self._sentences[document].nearest(words)

    def _section(self, document: str, text: Document, position: int) -> str:
        path: list[tuple[int, str, str | None]] = []
        for block in text.blocks:
            if block.start > position:
                break
            if block.kind == "heading":
                path = [item for item in path if item[0] < block.level]
                path.append((block.level, text.text[block.start : block.end], block.anchor))
        if self.is_summary(document):
            anchor = next((anchor for _, _, anchor in reversed(path) if anchor), None)
            if anchor:
                return anchor
        titles = [title for _, title, _ in path]
        page = text.page_at(block_at(text, position).start)
        words = heading_path(titles[1:] or titles) or (f"Page {page.number}" if page else self.titles[document])
        return words if len(words) <= LONGEST_SECTION else words[: LONGEST_SECTION - 1] + "…"


def _is_of_whole_words(text: str, span: tuple[int, int]) -> bool:
    """Whether a stretch begins and ends with its words: "mission" does not stand in "commissioner"."""
    start, end = span
    before, after = text[start - 1 : start + 1] if start else "", text[end - 1 : end + 1]
    return not any(len(pair) == 2 and re.fullmatch(r"\w\w", pair) for pair in (before, after))
