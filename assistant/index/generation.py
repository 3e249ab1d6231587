"""Reads one finished generation: opened once, asked many questions from any thread."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isnan

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexNotFoundError, VectorsUnavailableError
from assistant.index import representations
from assistant.index.chunk_store import ChunkStore
from assistant.index.manifest import Manifest
from assistant.index.representations import Cosines, Representations, open_matrix
from assistant.index.sealing import Snapshot
from assistant.index.sketch import Sketch
from assistant.index.vectors import Vectors
from assistant.index.words import Words
from assistant.records import Array, Chunk, Document

NARROW = 0.25
"""A filter that leaves a smaller share of the vectors searches only those; a broader one filters Chroma's results."""
FETCHED_PER_CHUNK = 3
"""Vectors asked for at first, per chunk wanted: one chunk may be found by several."""
MOST_FETCHED = 4000
"""Most vectors asked of Chroma; if they hold too few chunks of the texts wanted, all of those texts are compared."""
MOST_WORD_HITS = 2000
"""Most word hits filtered here; a filter that needs more is passed to Tantivy."""


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A chunk and its cosine, -1 to 1, higher is better: the best of all representations, and of each kind."""

    chunk_id: str
    score: float
    whole: float | None
    sentence: float | None
    question: float | None


@dataclass(frozen=True, slots=True)
class WordHit:
    """A chunk and its BM25 score, above 0, higher is better; comparable within one search only."""

    chunk_id: str
    score: float


class Generation:
    """A searchable state of the library, unchanged while newer ones are built."""

    def __init__(self, snapshot: Snapshot, manifest: Manifest, vectors: Vectors, store: ChunkStore) -> None:
        """Take the parts that `IndexStore.open` opened."""
        self.manifest = manifest
        self._every_text = manifest.texts
        self.folder = folder = snapshot.folder
        """The private copy of its files."""
        self._vectors = vectors
        self._words = Words.open(folder.words)
        self._store = store
        self.glossary = self._store.glossary()
        """Long form of each acronym."""
        shapes = self._store.shapes()
        self._ids = [shape[0] for shape in shapes]
        self._ordinals = {id_: ordinal for ordinal, id_ in enumerate(self._ids)}
        self._places = self._store.places()
        self._texts = list(self._places.values())
        self._representations = Representations(
            open_matrix(folder.vectors, manifest.embedding.dimensions),
            Sketch(folder.sketch, manifest.embedding.dimensions),
            self._texts,
            np.array([shape[1:] for shape in shapes], dtype=np.int64).reshape(-1, 4),
        )
        self._document = lru_cache(maxsize=32)(self._store.document)
        self._whole: Generation | None = None
        self._count_anew()
        self.vectors_problem = vectors.problem
        """Return why Chroma cannot be asked for vectors, as a clause; questions are then answered without it."""
        self.check = snapshot.check
        """Raise `IndexDamagedError` if a file that is still read has changed since it was opened."""

    def keep_to(self, documents: Container[str]) -> None:
        """Give only the texts of these documents, if the library no longer holds the others.

        Call it before threads share the generation.
        """
        texts = {name: entry for name, entry in self._every_text.items() if entry.document in documents}
        self.manifest = replace(self.manifest, texts=texts)

    def kept_to(self, documents: Container[str]) -> Generation:
        """Return the same generation with the texts of these documents only; it opens nothing."""
        view = copy.copy(self)
        view._whole = self  # which closes the files once nobody holds it
        view._count_anew()
        view.keep_to(documents)
        return view

    def search_vectors(self, vector: Array, k: int, texts: frozenset[str] | None = None) -> list[VectorHit]:
        """Return the ``k`` chunks with a representation nearest to ``vector``, best first, then in library order.

        Args:
            vector: ``(dim,)``, unit length.
            k: how many chunks; fewer come back where the texts have fewer.
            texts: ids of the texts to search; None for all. Unknown ids are ignored.

        Raises:
            ValueError: the vector has another shape than the index.
        """
        if vector.shape != (self.manifest.embedding.dimensions,):
            raise ValueError(
                f"vector of shape {vector.shape}; the index has {self.manifest.embedding.dimensions} dimensions"
            )
        query = np.ascontiguousarray(vector, dtype=np.float32)
        numbers = self._numbers(texts)
        if k <= 0 or not numbers:
            return []
        found = self._candidates(query, k, numbers)
        return self._vector_hits(found, np.lexsort((found.chunks, -found.best))[:k])

    def compare_vectors(self, vector: Array, ids: Sequence[str]) -> list[VectorHit]:
        """Return how near these chunks are to ``vector``, a unit vector ``(dim,)``, in the order given."""
        if not ids:
            return []
        found = self._representations.cosines(vector, np.array([self._ordinals[id_] for id_ in ids], dtype=np.int64))
        return self._vector_hits(found, np.arange(len(ids)))

    def search_words(
        self, terms: str | Sequence[str] | Mapping[str, float], k: int, texts: frozenset[str] | None = None
    ) -> list[WordHit]:
        """Return the ``k`` best chunks for some words by BM25, best first, then in library order.

        Args:
            terms: words, or words with weights above 0, never read as query syntax; each word of a string or term is
                searched for by itself, stemmed as English.
            k: how many chunks; fewer come back where fewer have any of the words.
            texts: as for `search_vectors`.
        """
        words = weighted(terms)
        numbers = self._numbers(texts)
        if k <= 0 or not numbers:
            return []
        everything = len(numbers) == len(self._places)
        found = None if everything else self._filtered_words(words, k, numbers)
        if found is None:
            scores = self._words.search(words, k, None if everything else numbers)
            found = scores.chunks, scores.scores
        chunks, values = found
        order = np.lexsort((chunks, -values))[:k]
        return [WordHit(self._ids[chunks[i]], float(values[i])) for i in order]

    def count_holding(self, word: str, most: int) -> int:
        """Return how many chunks have a word in any form, counted up to ``most``; cached, since words repeat."""
        return self._holding(word, most)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks of these ids, in their order.

        Raises:
            KeyError: no such chunk in this generation.
        """
        found = self._store.chunks([self._ordinals[id_] for id_ in ids])
        for chunk in found:
            _ = self.manifest.texts[chunk.text_id]
        return found

    def sentence_vectors(self, ids: Sequence[str]) -> list[Array]:
        """Return the vectors of each chunk's sentences, ``(n_sentences, dim)`` float32, unit length, in ``ids``
        order.
        """
        return [self._representations.sentences(self._ordinals[id_]) for id_ in ids]

    def question_vectors(self, ids: Sequence[str]) -> list[Array]:
        """Return the vectors of each chunk's authored questions, as `sentence_vectors`."""
        return [self._representations.questions(self._ordinals[id_]) for id_ in ids]

    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk | None]:
        """Return the chunks before and after one in its text; None at the text's ends."""
        ordinal = self._ordinals[chunk_id]
        text_of = self._representations.text_of
        beside = [
            near if 0 <= near < len(self._ids) and text_of[near] == text_of[ordinal] else None
            for near in (ordinal - 1, ordinal + 1)
        ]
        chunks = iter(self._store.chunks([near for near in beside if near is not None]))
        before, after = (None if near is None else next(chunks) for near in beside)
        return before, after

    def document(self, text_id: str) -> Document:
        """Return the document of a text; the last 32 are cached.

        Raises:
            KeyError: no such text in this generation.
        """
        _ = self.manifest.texts[text_id]
        return self._document(text_id)

    def text_chunks(self, text_id: str, first: int = 0, count: int | None = None) -> list[Chunk]:
        """Return chunks of a text, in order: all, or at most ``count`` from number ``first``, 0-based.

        Raises:
            KeyError: no such text in this generation.
        """
        _ = self.manifest.texts[text_id]
        place = self._places[text_id]
        end = place.chunks if count is None else min(place.chunks, first + count)
        return self._store.range(place.first_chunk + first, place.first_chunk + end)

    def keep(self, opened: ExitStack) -> None:
        """Own what was opened: close it with the generation, or when nothing refers to the generation any more."""
        self._opened = weakref.finalize(self, opened.close)
        # Threads may still be asking when the process ends, which frees all of it anyway.
        self._opened.atexit = False

    def close(self) -> None:
        """Release files, threads and connections; a second call does nothing."""
        self._opened()

    @property
    def is_closed(self) -> bool:
        """Whether its files were released."""
        return not self._opened.alive

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _count_anew(self) -> None:
        # The cache must not hold the generation, which would then stay open after its last use.
        own = weakref.proxy(self)
        self._holding = lru_cache(maxsize=16384)(lambda word, most: len(own.search_words([word], most)))

    def _vector_hits(self, found: Cosines, order: NDArray[np.int64]) -> list[VectorHit]:
        return [
            VectorHit(
                self._ids[found.chunks[i]],
                float(found.best[i]),
                _known(found.whole[i]),
                _known(found.sentence[i]),
                _known(found.question[i]),
            )
            for i in order
        ]

    def _numbers(self, texts: Iterable[str] | None) -> list[int]:
        searched = self.manifest.texts if texts is None else texts
        return sorted(self._places[id_].number for id_ in searched if id_ in self._places)

    def _candidates(self, query: Array, k: int, numbers: list[int]) -> Cosines:
        """Return chunks of these texts with their cosines: the best ``k`` and all that tie with the last."""
        vectors = self._representations
        everything = len(numbers) == len(self._texts)
        rows = vectors.live if everything else vectors.rows_of(numbers)
        if rows and (everything or (rows > representations.EXACT_ROWS and rows > NARROW * vectors.live)):
            wanted = self._mask(numbers)
            fetch = k * FETCHED_PER_CHUNK * vectors.live // rows
            while fetch <= min(MOST_FETCHED, vectors.live // 2):
                try:
                    nearest = self._vectors.nearest(query, fetch)
                except (IndexNotFoundError, VectorsUnavailableError):
                    # The machine that built it has removed it, before a newer one is here; or the server is away.
                    break
                chunks = vectors.chunks_of(nearest)
                found = vectors.cosines(query, chunks[wanted[vectors.text_of[chunks]]])
                if len(found.chunks) > k and np.partition(found.best, -k)[-k] > vectors.cosine(query, nearest[-1]):
                    return found
                fetch *= 3
        return vectors.cosines(query, vectors.best_of_texts(query, numbers, k))

    def _filtered_words(
        self, terms: Mapping[str, float], k: int, numbers: list[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """Return the best of all texts, filtered; None where these may not be the best ``k``."""
        chunks = sum(self._texts[number].chunks for number in numbers)
        if not chunks:
            return None
        fetch = 2 * k * len(self._ids) // chunks
        if fetch > MOST_WORD_HITS:
            return None
        scores = self._words.search(terms, fetch)
        keep = self._mask(numbers)[self._representations.text_of[scores.chunks]]
        if keep.sum() < k and len(scores.chunks) == fetch:
            return None
        return scores.chunks[keep], scores.scores[keep]

    def _mask(self, numbers: list[int]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self._places), dtype=np.bool_)
        mask[numbers] = True
        return mask


def _known(value: np.float64) -> float | None:
    return None if isnan(value) else float(value)


def weighted(terms: str | Sequence[str] | Mapping[str, float]) -> Mapping[str, float]:
    """Return words with weights from any form that `Generation.search_words` takes."""
    if isinstance(terms, str):
        return {terms: 1.0}
    if isinstance(terms, Mapping):
        return terms
    return dict.fromkeys(terms, 1.0)
