"""Questions whose retrieved sentences, items and rows were graded, and those candidates in a library.

``judged_candidates.jsonl`` holds questions on dev sections with the grade of each candidate: 3 answers, 2 helps, 1 near
miss, 0 beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assistant.answering.evidence import Signals, weigh_sentences
from assistant.library import Library
from assistant.records import Array, Chunk, Span
from evals.cases import Record, load_lines

CANDIDATES = Path(__file__).with_name("judged_candidates.jsonl")
RIGHT = 3


class Judged(Record):
    """A question with its graded candidates, each by its text, how it begins, and its grade."""

    kind: str
    """``eval``, ``answered``, ``absent`` (on the library's subject), or ``elsewhere``."""
    near: str
    question: str
    candidates: tuple[tuple[str, str, int], ...]

    @property
    def cluster(self) -> str:
        """The section that it is on; of another subject, the question itself."""
        return self.near or self.question


def load_judged() -> list[Judged]:
    """Read all of them."""
    return load_lines(CANDIDATES, Judged)


def graded(item: Judged, library: Library, vector: Array | None = None) -> Iterator[tuple[Chunk, Span, Signals, int]]:
    """Yield the candidates that a library retrieves and that were graded, with their signals and grades.

    ``vector`` is what the signals compare, ``(dimensions,)``; by default it is that of the search.
    """
    retriever, generation = library.retriever, library.generation
    grades = {(text_id, begins): grade for text_id, begins, grade in item.candidates}
    length = max(len(begins) for _, begins, _ in item.candidates)
    searched = library.embedder.embed_question(item.question)
    retrieved = retriever.retrieve(item.question, vector=searched)
    vector = searched if vector is None else vector
    for chunk, span, signals in weigh_sentences(item.question, vector, retrieved, generation, retriever.rarity):
        text = generation.document(chunk.text_id).text
        # A recommendation is one candidate, whichever of its sentences was graded.
        spans = chunk.sentences if chunk.part == "recommendations" else [span]
        found = [grades.get((chunk.text_id, text[one.start : one.end][:length])) for one in spans]
        known = [grade for grade in found if grade is not None]
        if known:
            yield chunk, span, signals, max(known)
