"""All representations' vectors in one memory-mapped matrix, and which chunk each belongs to.

A text has consecutive rows; within them, each chunk has one row for its whole text, then one per sentence, then one per
question. Rows of removed texts may stay until the matrix is next rewritten; no chunk points to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.index.chunk_store import TextPlace
from assistant.index.sketch import Sketch
from assistant.records import Array

Ints = NDArray[np.int64]


EXACT_ROWS = 6000
"""Up to this many vectors, compare all, which takes about 1 ms."""
SKETCHED_PER_CHUNK = 6
"""Chunks chosen by their sketches, per chunk wanted."""
DECIMALS = 7
"""Single precision holds no more; rounding hides the order in which products were added."""


@dataclass(frozen=True)
class Cosines:
    """Cosine of a query with the representations of some chunks; one entry per chunk, NaN where a kind is missing."""

    chunks: Ints
    """By ordinal."""
    best: NDArray[np.float64]
    whole: NDArray[np.float64]
    sentence: NDArray[np.float64]
    question: NDArray[np.float64]


class Representations:
    """The matrix of a generation, and the place of each chunk in it."""

    def __init__(self, matrix: Array, sketch: Sketch, texts: list[TextPlace], shapes: Ints) -> None:
        """Take ``shapes`` as (n_chunks, 4): text number, offset in the text's rows, sentences, questions."""
        self._matrix = matrix
        self._sketch = sketch
        self._texts = texts
        first_rows = np.array([text.first_row for text in texts], dtype=np.int64)
        self.text_of = shapes[:, 0]
        """Text number of each chunk."""
        self._first = first_rows[shapes[:, 0]] + shapes[:, 1] if len(shapes) else np.empty(0, dtype=np.int64)
        self._sentences = shapes[:, 2]
        self._questions = shapes[:, 3]
        self._counts = 1 + shapes[:, 2] + shapes[:, 3]
        self._chunk_of = np.full(len(matrix), -1, dtype=np.int64)
        self._chunk_of[_ranges(self._first, self._counts)] = np.repeat(np.arange(len(shapes)), self._counts)

    @property
    def live(self) -> int:
        """Rows that belong to a chunk."""
        return int(self._counts.sum())

    def rows_of(self, texts: Sequence[int]) -> int:
        """Return how many rows these texts have."""
        return sum(self._texts[number].rows for number in texts)

    def chunks_of(self, rows: Ints) -> Ints:
        """Return the chunks with representations in these rows, each once, in the order of ``rows``."""
        chunks = self._chunk_of[rows]
        _, first = np.unique(chunks, return_index=True)
        ordered = chunks[np.sort(first)]
        return ordered[ordered >= 0]

    def sentences(self, chunk: int) -> Array:
        """Return the vectors of a chunk's sentences, ``(n_sentences, dim)``, as a copy."""
        start = self._first[chunk] + 1
        return np.array(self._matrix[start : start + self._sentences[chunk]])

    def questions(self, chunk: int) -> Array:
        """Return the vectors of a chunk's authored questions, ``(n_questions, dim)``, as a copy."""
        start = self._first[chunk] + 1 + self._sentences[chunk]
        return np.array(self._matrix[start : start + self._questions[chunk]])

    def best_of_texts(self, vector: Array, texts: Sequence[int], k: int) -> Ints:
        """Return chunks of these texts that include the best ``k`` (all, if there are fewer), in no order.

        Certain up to `EXACT_ROWS` vectors; beyond, the sketch may miss one whose sketch is much smaller than the
        vector.
        """
        rows, query = self._matrix, vector
        if self.rows_of(texts) > EXACT_ROWS:
            rows, query, k = self._sketch.rows, self._sketch.project(vector), k * SKETCHED_PER_CHUNK
        places = [self._texts[number] for number in sorted(texts) if self._texts[number].chunks]
        if not places:
            return np.empty(0, dtype=np.int64)
        scores = np.concatenate([rows[start:end] @ query for start, end in _merged(places)])
        chunks = _ranges(*np.array([(place.first_chunk, place.chunks) for place in places]).T)
        counts = self._counts[chunks]
        starts = np.cumsum(counts) - counts
        best = np.maximum.reduceat(scores, starts)
        # Single precision puts equal vectors slightly apart: the margin keeps both sides of a tie at the edge.
        return chunks if len(chunks) <= k else chunks[best >= np.partition(best, -k)[-k] - 1e-6]

    def cosine(self, vector: Array, row: int) -> float:
        """Return the cosine with one row, rounded as in `cosines`."""
        return round(float(self._matrix[row].astype(np.float64) @ vector.astype(np.float64)), DECIMALS)

    def cosines(self, vector: Array, chunks: Ints) -> Cosines:
        """Return exact cosines with all representations of these chunks, in double precision so that equal
        vectors tie.
        """
        counts = self._counts[chunks]
        scores = self._matrix[_ranges(self._first[chunks], counts)].astype(np.float64) @ vector.astype(np.float64)
        scores = np.round(scores, DECIMALS)
        starts = np.cumsum(counts) - counts
        sentences, questions = self._sentences[chunks], self._questions[chunks]
        return Cosines(
            chunks=chunks,
            best=_maxima(scores, starts, counts),
            whole=scores[starts],
            sentence=_maxima(scores, starts + 1, sentences),
            question=_maxima(scores, starts + 1 + sentences, questions),
        )


def open_matrix(path: Path, dimensions: int) -> Array:
    """Return the rows of a file, memory-mapped, ``(n_rows, dimensions)``."""
    if path.stat().st_size == 0:  # an empty file cannot be mapped
        return np.empty((0, dimensions), dtype=np.float32)
    # A plain array: reading a single number from a `memmap` makes a Python object each time.
    return np.asarray(np.memmap(path, dtype=np.float32, mode="r")).reshape(-1, dimensions)


def _ranges(starts: Ints, counts: Ints) -> Ints:
    """Return ``start, start + 1, …`` for each start, as many as its count, concatenated."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    rows: Ints = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return rows


def _merged(places: list[TextPlace]) -> list[tuple[int, int]]:
    """Return row ranges of texts, neighbours merged, in the same order."""
    cuts = [index for index, (one, two) in enumerate(pairwise(places), 1) if one.first_row + one.rows != two.first_row]
    edges = [0, *cuts, len(places)]
    return [(places[a].first_row, places[b - 1].first_row + places[b - 1].rows) for a, b in pairwise(edges)]


def _maxima(scores: NDArray[np.float64], starts: Ints, counts: Ints) -> NDArray[np.float64]:
    """Return the largest score of each range; NaN for an empty one."""
    result = np.full(len(starts), np.nan)
    some = counts > 0
    if some.any():
        # reduceat runs each range up to the next start: ends in between cut off the rest.
        edges = np.stack((starts[some], starts[some] + counts[some]), axis=1).ravel()
        result[some] = np.maximum.reduceat(np.append(scores, -np.inf), edges)[::2]
    return result
