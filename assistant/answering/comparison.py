"""What several documents say on one topic, theme by theme, each in its own words.

The first row is the topic itself. Other themes come from the documents: the question that a passage answers, or else
its heading.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from assistant.answering.comparison_topics import is_addressed, paragraphs_of, weigh_paragraph
from assistant.answering.evidence import Passage, gather_evidence
from assistant.deadlines import within_deadline
from assistant.json_records import quote_record
from assistant.library import Library
from assistant.records import Array, Authority, Quote, RetrievedChunk, Source, Status
from assistant.search.retrieval import Filters
from assistant.text.chunking import block_at, readable
from assistant.text.quoting import make_quote

_READS_AS_QUESTION = re.compile(r"[A-Z].*\?$")
"""Some authored questions are keywords, which make poor row titles."""

Addressed = Literal["addressed", "not addressed"]

CHUNKS_READ = 8
"""Chunks read of each document. Its register entries are left out: they repeat it in our words."""
MOST_THEMES = 5
"""Most rows, the topic's own included."""
SAME_THEME = 0.75
"""Least cosine similarity at which two themes are one."""
SAME_MATTER = 0.6
"""Least cosine similarity at which passages of two documents share a row; below, they have too little in common."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says on one theme."""

    document: str
    status: Addressed
    text: str = ""
    """The passage, readable on its own; empty where the document does not address the theme."""
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


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A passage that may fill a cell, with its vector and the theme that it would open."""

    passage: Passage
    paragraph: int
    """Where the passage's paragraph starts."""
    vector: Array
    theme: str
    theme_vector: Array

    def likeness(self, other: _Candidate) -> float:
        """Return the cosine similarity of the two passages."""
        return float(self.vector @ other.vector)


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
    table = _Table(library, candidates)
    table.add(topic, vector, {name: own[0] for name, own in candidates.items() if own})
    for opening in within_deadline(_openings(candidates)):
        if len(table.rows) == MOST_THEMES:
            break
        table.open(opening)
    return Comparison(
        topic,
        tuple(_compared(library.sources[document]) for document in documents),
        tuple(table.rows),
        tuple(table.quotes),
        library.generation.manifest.library_version,
        date.today().isoformat(),
        time.perf_counter() - started,
    )


@dataclass
class _Table:
    """Rows made so far, with their quotes; a passage that fills two cells is one quote."""

    library: Library
    candidates: dict[str, list[_Candidate]]
    rows: list[Theme] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    vectors: list[Array] = field(default_factory=list)
    shown: list[_Candidate] = field(default_factory=list)

    def add(self, theme: str, vector: Array, chosen: Mapping[str, _Candidate]) -> None:
        """Add a row with a cell for each document in ``chosen``."""
        self.rows.append(Theme(theme, tuple(self._cell(name, chosen.get(name)) for name in self.candidates)))
        self.vectors.append(vector)
        self.shown += chosen.values()

    def open(self, opening: _Candidate) -> None:
        """Add the row that a passage opens, unless it would repeat one."""
        if any(float(opening.theme_vector @ other) >= SAME_THEME for other in self.vectors):
            return
        if opening in self.shown:
            return
        chosen = {opening.passage.chunk.document: opening}
        for document, own in self.candidates.items():
            near = max((item for item in own if item not in self.shown), key=opening.likeness, default=None)
            if document not in chosen and near is not None and _alike(near, opening):
                chosen[document] = near
        # If another document said something similar in an earlier row, this one alone would look like the only one.
        if len(chosen) == 1 and any(_alike(item, opening) for item in self.shown):
            return
        title = max(chosen.values(), key=lambda item: sum(float(item.theme_vector @ c.vector) for c in chosen.values()))
        self.add(title.theme, title.theme_vector, chosen)

    def _cell(self, document: str, candidate: _Candidate | None) -> Cell:
        if candidate is None:
            return Cell(document, "not addressed")
        chunk, span = candidate.passage.chunk, candidate.passage.span
        text = self.library.generation.document(chunk.text_id)
        quote = make_quote(len(self.quotes) + 1, chunk, span, text, self.library.sources[document])
        known = next((item for item in self.quotes if _place(item) == _place(quote)), None)
        if known is None:
            self.quotes.append(quote)
        return Cell(document, "addressed", readable(text, span), (known or quote).n)


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


def _candidates(topic: str, vector: Array, document: str, library: Library) -> list[_Candidate]:
    """Return the document's passages on the topic, likeliest first; none where it does not address the topic."""
    retriever = library.retriever
    found = best_chunks(topic, vector, document, library)
    paragraphs = paragraphs_of([item.chunk for item in found], library.generation)
    on_topic = {
        (item.chunk.id, item.start)
        for item in paragraphs
        if is_addressed(weigh_paragraph(topic, vector, item, retriever.rarity))
    }
    if not on_topic:
        return []
    candidates = [
        _candidate(passage, library)
        for passage in gather_evidence(topic, vector, found, library.generation, retriever.rarity)
    ]
    return [item for item in candidates if (item.passage.chunk.id, item.paragraph) in on_topic]


def _candidate(passage: Passage, library: Library) -> _Candidate:
    """Return the passage with the theme that it would open: the authored question nearest to it, or its heading."""
    chunk = passage.chunk
    generation = library.generation
    start = block_at(generation.document(chunk.text_id), passage.span.start).start
    own = generation.sentence_vectors([chunk.id])[0][chunk.sentences.index(passage.span)]
    asked = [
        number
        for number, (words, place) in enumerate(zip(chunk.questions, chunk.question_places, strict=True))
        if place == start and _READS_AS_QUESTION.match(words)
    ]
    if asked:
        vectors = generation.question_vectors([chunk.id])[0]
        best = max(asked, key=lambda number: float(vectors[number] @ own))
        return _Candidate(passage, start, own, chunk.questions[best], vectors[best])
    return _Candidate(passage, start, own, chunk.section[-1], library.embedder.embed_question(chunk.section[-1]))


def _alike(one: _Candidate, other: _Candidate) -> bool:
    return one.likeness(other) >= SAME_MATTER


def _openings(candidates: Mapping[str, Sequence[_Candidate]]) -> Iterator[_Candidate]:
    """Yield what opens further rows: first what several documents share, then each document's passages in turn."""
    shared: list[tuple[float, _Candidate]] = []
    for document, own in candidates.items():
        others = [item for name, found in candidates.items() if name != document for item in found]
        shared += [(max(map(item.likeness, others), default=0.0), item) for item in own]
    yield from (item for likeness, item in sorted(shared, key=lambda pair: -pair[0]) if likeness >= SAME_MATTER)
    for rank in range(max(map(len, candidates.values()), default=0)):
        yield from (own[rank] for own in candidates.values() if rank < len(own))


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """Return what `steward compare --json` prints; a cell that is not addressed has neither text nor citation."""
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
