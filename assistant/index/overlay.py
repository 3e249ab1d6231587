"""A generation with a few texts in place of its own or beside them, searched in memory until the next build."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.errors import LibraryIndexError
from assistant.index.generation import Generation, VectorHit, WordHit, weighted
from assistant.index.manifest import TextEntry, library_version
from assistant.index.representations import DECIMALS
from assistant.index.words import Words
from assistant.index.writer import ChunkVectors
from assistant.records import Array, Chunk, Document


@dataclass(frozen=True)
class OverlaidText:
    """A text as a build would index it."""

    entry: TextEntry
    document: Document
    chunks: Sequence[Chunk]
    vectors: ChunkVectors


@dataclass(frozen=True, slots=True)
class _Piece:
    """A chunk that the generation below does not have, with its vectors."""

    chunk: Chunk
    whole: Array
    sentences: Array
    questions: Array


class Overlay(Generation):
    """Answers as the next generation would. What it replaces still counts in how rare a word is."""

    def __init__(self, base: Generation, texts: Sequence[OverlaidText], without: Collection[str]) -> None:
        """Put ``texts`` over ``base``, which stays open as long as this; texts ``without`` are searched no more.

        Raises:
            LibraryIndexError: there is no room for a copy of the words.
        """
        self._base, self._without = base, without
        self._over = {text.entry.id: text for text in texts}
        self._pieces = {
            chunk.id: _Piece(chunk, whole, sentences, questions)
            for text in texts
            for chunk, whole, sentences, questions in zip(
                text.chunks, text.vectors.whole, text.vectors.sentences, text.vectors.questions, strict=True
            )
        }
        kept = {name: entry for name, entry in base.manifest.texts.items() if name not in without}
        entries = {name: self._over[name].entry if name in self._over else entry for name, entry in kept.items()}
        entries |= {name: text.entry for name, text in self._over.items()}
        version = library_version(entries.values(), base.manifest.embedding, base.manifest.chunking)
        self.manifest = replace(base.manifest, texts=entries, library_version=version)
        self._held = frozenset(kept) - self._over.keys()
        """Texts of the generation below that are searched there."""
        self.glossary = base.glossary
        self.vectors_problem = base.vectors_problem
        self.check = base.check
        numbers = {name: place.number for name, place in base._places.items()}
        self._text_numbers = {name: numbers.get(name, len(numbers) + n) for n, name in enumerate(entries)}
        replaced = [name for name in {*without, *self._over} if name in numbers]
        held = {_words(chunk): base._ordinals[chunk.id] for name in replaced for chunk in base.text_chunks(name)}
        # A chunk that only moved has another id, and the same words.
        self._ids = list(base._ids)
        further = []
        for piece in self._pieces.values():
            ordinal = held.pop(_words(piece.chunk), None)
            if ordinal is None:
                further.append(piece.chunk)
            else:
                self._ids[ordinal] = piece.chunk.id
        self._dead = np.array(list(held.values()), dtype=np.int64)
        """Ordinals of chunks that the copy of the words has and no text any more."""
        self._words = self._copied_words(further)
        self._ids += [chunk.id for chunk in further]
        own = weakref.proxy(self)  # as in any generation
        self._holding = lru_cache(maxsize=16384)(lambda word, most: len(own.search_words([word], most)))

    def kept_to(self, documents: Container[str]) -> Overlay:
        """Return the same over what is left of the generation below; see `Generation.kept_to`."""
        return Overlay(self._base.kept_to(documents), list(self._over.values()), self._without)

    def search_vectors(self, vector: Array, k: int, texts: frozenset[str] | None = None) -> list[VectorHit]:
        """Return the nearest chunks of both; see `Generation.search_vectors`."""
        held = self._held if texts is None else self._held & texts
        found = self._base.search_vectors(vector, k, held)
        own = [
            self._hit(piece, vector) for piece in self._pieces.values() if texts is None or piece.chunk.text_id in texts
        ]
        return sorted([*found, *own], key=lambda hit: -hit.score)[: max(k, 0)]

    def compare_vectors(self, vector: Array, ids: Sequence[str]) -> list[VectorHit]:
        """Return how near these chunks are to ``vector``; see `Generation.compare_vectors`."""
        held = iter(self._base.compare_vectors(vector, self._of_base(ids)))
        return [self._hit(self._pieces[id_], vector) if id_ in self._pieces else next(held) for id_ in ids]

    def search_words(
        self, terms: str | Sequence[str] | Mapping[str, float], k: int, texts: frozenset[str] | None = None
    ) -> list[WordHit]:
        """Return the best chunks of both; see `Generation.search_words`."""
        wanted = self._text_numbers.keys() if texts is None else self._text_numbers.keys() & texts
        if k <= 0 or not wanted:
            return []
        # The copy of the words holds every text of the generation below, also those that are not shown.
        is_everything = wanted >= self._base._places.keys()
        numbers = None if is_everything else [self._text_numbers[name] for name in wanted]
        found = self._words.search(weighted(terms), k + len(self._dead), numbers)
        order = np.lexsort((found.chunks, -found.scores))
        order = order[~np.isin(found.chunks[order], self._dead)][:k]
        return [WordHit(self._ids[found.chunks[i]], float(found.scores[i])) for i in order]

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks of these ids, in their order; see `Generation.chunks`."""
        held = iter(self._base.chunks(self._of_base(ids)))
        return [self._pieces[id_].chunk if id_ in self._pieces else next(held) for id_ in ids]

    def sentence_vectors(self, ids: Sequence[str]) -> list[Array]:
        """Return the vectors of each chunk's sentences; see `Generation.sentence_vectors`."""
        held = iter(self._base.sentence_vectors(self._of_base(ids)))
        return [np.array(self._pieces[id_].sentences) if id_ in self._pieces else next(held) for id_ in ids]

    def question_vectors(self, ids: Sequence[str]) -> list[Array]:
        """Return the vectors of each chunk's questions; see `Generation.question_vectors`."""
        held = iter(self._base.question_vectors(self._of_base(ids)))
        return [np.array(self._pieces[id_].questions) if id_ in self._pieces else next(held) for id_ in ids]

    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk | None]:
        """Return the chunks before and after one in its text; None at the text's ends."""
        if chunk_id not in self._pieces:
            return self._base.neighbours(chunk_id)
        own = self._pieces[chunk_id].chunk
        beside = [None, *self._over[own.text_id].chunks, None]
        place = beside.index(own)
        return beside[place - 1], beside[place + 1]

    def document(self, text_id: str) -> Document:
        """Return the document of a text; see `Generation.document`."""
        return self._over[text_id].document if text_id in self._over else self._base.document(text_id)

    def text_chunks(self, text_id: str, first: int = 0, count: int | None = None) -> list[Chunk]:
        """Return chunks of a text, in order; see `Generation.text_chunks`."""
        if text_id not in self._over:
            return self._base.text_chunks(text_id, first, count)
        return list(self._over[text_id].chunks[first : None if count is None else first + count])

    def close(self) -> None:
        """Close the generation below too."""
        self._remove()
        self._base.close()

    @property
    def is_closed(self) -> bool:
        """Whether the files of the generation below were released."""
        return self._base.is_closed

    def _of_base(self, ids: Sequence[str]) -> list[str]:
        return [id_ for id_ in ids if id_ not in self._pieces]

    def _copied_words(self, further: Sequence[Chunk]) -> Words:
        """Add chunks to a copy of the words, so that the scores of all are of one scale."""
        numbered = [(self._text_numbers[chunk.text_id], chunk) for chunk in further]
        try:
            folder = Path(tempfile.mkdtemp(prefix="over-", dir=self._base.folder.path))
            # The generation below removes its folder, with this in it, whatever becomes of this.
            self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            words = Path(shutil.copytree(self._base.folder.words, folder / "words", symlinks=True))
        except OSError as error:
            raise LibraryIndexError(f"The words of the index cannot be copied: {error.strerror or error}.") from error
        return Words.extended(words, numbered, len(self._ids))

    def _hit(self, piece: _Piece, vector: Array) -> VectorHit:
        whole, sentence, question = (
            float(np.round(rows.astype(np.float64) @ vector.astype(np.float64), DECIMALS).max()) if len(rows) else None
            for rows in (piece.whole[np.newaxis], piece.sentences, piece.questions)
        )
        best = max(value for value in (whole, sentence, question) if value is not None)
        return VectorHit(piece.chunk.id, best, whole, sentence, question)


def _words(chunk: Chunk) -> tuple[object, ...]:
    """Return all of a chunk that is searched by its words."""
    return chunk.text_id, chunk.text, chunk.questions, chunk.section, chunk.lead_text
