"""What several documents say on one topic, theme by theme, each in its own words.

Where a document has nothing near enough, its nearest passage is shown as such: that it says nothing is not known.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from assistant.answering.comparison_themes import Candidate, choose_rows
from assistant.answering.comparison_topics import chance, paragraphs_of, weigh_paragraph
from assistant.answering.evidence import gather_evidence
from assistant.json_records import quote_record
from assistant.library import Library
from assistant.records import Array, Authority, Quote, RetrievedChunk, Source, Status
from assistant.search.retrieval import Filters
from assistant.text.chunking import block_at, readable
from assistant.text.quoting import make_quote

CellStatus = Literal["found", "nothing near enough"]

CHUNKS_READ = 8
"""Chunks read of each document. Its register entries are left out: they repeat it in our words."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says on one theme."""

    document: str
    status: CellStatus
    text: str = ""
    """What was found, or else the nearest passage, readable on its own; empty where the document has no passage."""
    citation: int | None = None
    """Number of its quote."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A row: a theme, and a cell for each document, in order."""

    theme: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """The speaker of a column, and their authority."""

    id: str
    title: str
    publisher: str
    published: str
    authority: Authority
    status: Status


@dataclass(frozen=True, slots=True)
class Comparison:
    """What documents say on a topic, with the exact quotes behind each cell."""

    topic: str
    documents: tuple[ComparedDocument, ...]
    themes: tuple[Theme, ...]
    citations: tuple[Quote, ...]
    library_version: str
    as_at: str
    seconds: float


def compare_documents(topic: str, documents: Sequence[str], library: Library) -> Comparison:
    """Compare what documents say on a topic: one row per theme, one cell per document.

    Raises:
        ValueError: the topic is empty, or there are fewer than two different documents.
        AssistantError: a document is not in the library; lists those that are.
    """
    if not topic.strip():
        raise ValueError("The topic is empty.")
    if len(set(documents)) < max(2, len(documents)):
        raise ValueError(f"A comparison needs two or more different documents, found {list(documents)}.")
    Filters(documents=tuple(documents)).text_ids(library.generation.manifest)
    started = time.perf_counter()
    vector = library.embedder.embed_question(topic)
    candidates = {document: _candidates(topic, vector, document, library) for document in documents}
    table = _Table(library)
    themes = tuple(
        Theme(row.title, tuple(table.cell(name, row.found.get(name), row.nearest.get(name)) for name in documents))
        for row in choose_rows(topic, candidates, library)
    )
    return Comparison(
        topic,
        tuple(_compared(library.sources[document]) for document in documents),
        themes,
        tuple(table.quotes),
        library.generation.manifest.library_version,
        date.today().isoformat(),
        time.perf_counter() - started,
    )


@dataclass
class _Table:
    """The quotes of the cells made so far; a passage that fills two cells is one quote."""

    library: Library
    quotes: list[Quote] = field(default_factory=list)

    def cell(self, document: str, found: Candidate | None, nearest: Candidate | None) -> Cell:
        """Return a cell with what was found, or else the nearest passage."""
        status: CellStatus = "found" if found else "nothing near enough"
        candidate = found or nearest
        if candidate is None:
            return Cell(document, status)
        chunk, span = candidate.passage.chunk, candidate.passage.span
        text = self.library.generation.document(chunk.text_id)
        quote = make_quote(len(self.quotes) + 1, chunk, span, text, self.library.sources[document])
        known = next((item for item in self.quotes if _place(item) == _place(quote)), None)
        if known is None:
            self.quotes.append(quote)
        return Cell(document, status, readable(text, span), (known or quote).n)


def _compared(source: Source) -> ComparedDocument:
    return ComparedDocument(
        source.id, source.title, source.publisher, source.published, source.authority, source.status
    )


def _place(quote: Quote) -> tuple[str, str, int, int]:
    return quote.document, quote.part, quote.start, quote.end


def best_chunks(topic: str, vector: Array, document: str, library: Library) -> list[RetrievedChunk]:
    """Return the chunks of a document's own text nearest to a topic, best first."""
    found = library.retriever.retrieve(topic, 4 * CHUNKS_READ, Filters(documents=(document,)), vector)
    return [item for item in found if item.chunk.part == "body"][:CHUNKS_READ]


def _candidates(topic: str, vector: Array, document: str, library: Library) -> list[Candidate]:
    """Return the document's passages, likeliest to answer first, each with the chance that it is on the topic."""
    generation, rarity = library.generation, library.retriever.rarity
    found = best_chunks(topic, vector, document, library)
    chances = {
        (item.chunk.id, item.start): chance(weigh_paragraph(topic, vector, item, rarity))
        for item in paragraphs_of([item.chunk for item in found], generation)
    }
    candidates = []
    for passage in gather_evidence(topic, vector, found, generation, rarity, is_wide=True):
        chunk, span = passage.chunk, passage.span
        own = generation.sentence_vectors([chunk.id])[0][chunk.sentences.index(span)]
        text = generation.document(chunk.text_id)
        if not text.text[span.start : span.end].endswith(":"):  # a lead-in comes with its items
            candidates.append(Candidate(passage, own, chances[chunk.id, block_at(text, span.start).start]))
    return candidates


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """Return what `steward compare --json` prints; where nothing is near enough, a cell holds the nearest passage."""
    return {
        "topic": comparison.topic,
        "documents": [asdict(item) for item in comparison.documents],
        "themes": [
            {
                "theme": row.theme,
                "cells": [
                    {
                        "document": cell.document,
                        "status": cell.status,
                        "text": cell.text or None,
                        "citation": cell.citation,
                    }
                    for cell in row.cells
                ],
            }
            for row in comparison.themes
        ],
        "citations": [quote_record(quote) for quote in comparison.citations],
        "library_version": comparison.library_version,
        "as_at": comparison.as_at,
        "seconds": round(comparison.seconds, 4),
    }
