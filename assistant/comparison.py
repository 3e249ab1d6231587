"""What several documents say on one topic, theme by theme, each in its own words.

The first row is the topic itself. Further themes come from what the documents say on it: the question that a passage
answers, or else the heading that it stands under.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from assistant.addressing import is_addressed, weigh_topic
from assistant.answering import Assistant
from assistant.answering.arrangement import make_quote
from assistant.answering.ranking import Passage, rank_passages, shown
from assistant.chunking import block_at
from assistant.embedding import Array
from assistant.errors import AssistantError
from assistant.records import Quote
from assistant.retrieval import Filters

Addressed = Literal["addressed", "not addressed"]

CHUNKS_READ = 8
"""Chunks of each document that are read."""
MOST_THEMES = 5
"""Rows at most, the topic's own included."""
LIKELY = 0.4
"""Share of a document's likeliest passage's chance from which on a passage opens a theme."""
SAME_THEME = 0.75
"""Cosine similarity of two themes from which on they are one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says on one theme."""

    document: str
    status: Addressed
    text: str = ""
    """The passage so that it can be read on its own; empty where the theme is not addressed."""
    citation: int | None = None
    """Number of its quote."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One row: a theme, and a cell for each document in their order."""

    theme: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What documents say on a topic, with the exact quotes behind each cell."""

    topic: str
    documents: tuple[str, ...]
    themes: tuple[Theme, ...]
    citations: tuple[Quote, ...]
    library_version: str
    as_at: str
    seconds: float

    def quote(self, number: int) -> Quote:
        """The quote of this number."""
        return self.citations[number - 1]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may fill a cell, with its vector and the theme that it would open."""

    passage: Passage
    vector: Array
    theme: str
    theme_vector: Array


def compare_documents(topic: str, documents: Sequence[str], assistant: Assistant) -> Comparison:
    """One row per theme, one cell per document.

    Raises:
        ValueError: the topic is empty.
        AssistantError: fewer than two documents, one that stands twice, or one that is not in the library.
    """
    if not topic.strip():
        raise ValueError("The topic is empty.")
    if len(set(documents)) < max(2, len(documents)):
        raise AssistantError(f"A comparison needs two different documents or more; given: {', '.join(documents)}.")
    Filters(documents=tuple(documents)).text_ids(assistant.generation.manifest)
    started = time.perf_counter()
    vector = assistant.embedder.embed_question(topic)
    candidates = {document: _candidates(topic, vector, document, assistant) for document in documents}
    table = _Table(assistant, candidates)
    table.add(topic, vector, {name: own[0] for name, own in candidates.items() if own})
    for opening in _themes(candidates):
        if len(table.rows) == MOST_THEMES:
            break
        table.add(opening.theme, opening.theme_vector, table.cells_for(opening))
    return Comparison(
        topic,
        tuple(documents),
        tuple(table.rows),
        tuple(table.quotes),
        assistant.generation.manifest.library_version,
        date.today().isoformat(),
        time.perf_counter() - started,
    )


@dataclass
class _Table:
    """Rows made so far, with their quotes; a passage that fills two cells is one quote."""

    assistant: Assistant
    candidates: dict[str, list[_Candidate]]
    rows: list[Theme] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    vectors: list[Array] = field(default_factory=list)

    def add(self, theme: str, vector: Array, chosen: dict[str, _Candidate]) -> None:
        """Add a row, unless its theme is there already or its cells only repeat others."""
        if any(float(vector @ other) >= SAME_THEME for other in self.vectors):
            return
        before = len(self.quotes)
        cells = tuple(self._cell(document, chosen.get(document)) for document in self.candidates)
        if len(self.quotes) > before or not self.rows:
            self.rows.append(Theme(theme, cells))
            self.vectors.append(vector)

    def cells_for(self, opening: _Candidate) -> dict[str, _Candidate]:
        """The passage that opens a theme, and the nearest of each other document where that addresses the theme."""
        chosen = {opening.passage.chunk.document: opening}
        for document, own in self.candidates.items():
            if document in chosen or not own:
                continue
            near = max(own, key=lambda item: float(opening.theme_vector @ (item.vector + item.theme_vector)))
            signals = weigh_topic(
                opening.theme,
                opening.theme_vector,
                [near.passage.chunk],
                self.assistant.generation,
                self.assistant.retriever.rarity,
            )
            if is_addressed(signals):
                chosen[document] = near
        return chosen

    def _cell(self, document: str, candidate: _Candidate | None) -> Cell:
        if candidate is None:
            return Cell(document, "not addressed")
        chunk, span = candidate.passage.chunk, candidate.passage.span
        text = self.assistant.generation.document(chunk.text_id)
        quote = make_quote(len(self.quotes) + 1, chunk, span, text, self.assistant.sources[document])
        known = next((item for item in self.quotes if _place(item) == _place(quote)), None)
        if known is None:
            self.quotes.append(quote)
        return Cell(document, "addressed", shown(text, span), (known or quote).n)


def _place(quote: Quote) -> tuple[str, str, int, int]:
    return quote.document, quote.part, quote.start, quote.end


def _candidates(topic: str, vector: Array, document: str, assistant: Assistant) -> list[_Candidate]:
    """The document's passages on the topic, the likeliest first; none where it does not address the topic."""
    retriever = assistant.retriever
    found = retriever.retrieve(topic, CHUNKS_READ, Filters(documents=(document,)), vector)
    chunks = [item.chunk for item in found]
    if not is_addressed(weigh_topic(topic, vector, chunks, assistant.generation, retriever.rarity)):
        return []
    ranked = rank_passages(topic, vector, found, assistant.generation, retriever.rarity)
    least = LIKELY * ranked[0].score if ranked else 0.0
    return [_candidate(passage, assistant) for passage in ranked if passage.score >= least]


def _candidate(passage: Passage, assistant: Assistant) -> _Candidate:
    """The passage with the theme that it would open: the authored question nearest to it, or else its heading."""
    chunk = passage.chunk
    generation = assistant.generation
    start = block_at(generation.document(chunk.text_id), passage.span.start).start
    own = generation.sentence_vectors([chunk.id])[0][chunk.sentences.index(passage.span)]
    asked = [number for number, place in enumerate(chunk.question_places) if place == start]
    if asked:
        vectors = generation.question_vectors([chunk.id])[0]
        best = max(asked, key=lambda number: float(vectors[number] @ own))
        return _Candidate(passage, own, chunk.questions[best], vectors[best])
    return _Candidate(passage, own, chunk.section[-1], assistant.embedder.embed_question(chunk.section[-1]))


def _themes(candidates: dict[str, list[_Candidate]]) -> Iterator[_Candidate]:
    """What opens further themes: each document's passages in turn, the likeliest first."""
    for rank in range(max(map(len, candidates.values()), default=0)):
        yield from (own[rank] for own in candidates.values() if rank < len(own))
