"""BM25 over the chunks' words and the questions written for them, by Tantivy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from assistant.errors import LibraryIndexError
from assistant.records import Chunk

HEADING_BOOST = 0.3
"""Weight of a word in section titles and lead-in, against 1 in the chunk's own text and questions."""
_HEAP_BYTES = 64_000_000
_LEAST_HEAP_BYTES = 15_000_000
"""Below which Tantivy refuses to write."""
_MEMORY = "memory"
_ANALYSER = "english"
_NO_POSITIONS = "freq"


@dataclass(frozen=True)
class WordScores:
    """Chunks by ordinal and their BM25 scores, best first."""

    chunks: NDArray[np.int64]
    scores: NDArray[np.float64]


class WordWriter:
    """Fills a folder that nobody searches yet."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._where = str(folder)
        with _errors(self._where):
            # One thread: chunks stay in order, so that equal scores always come out in the same order.
            self._writer = _index(path=self._where).writer(heap_size=_HEAP_BYTES, num_threads=1)

    def add(self, chunks: Iterable[Chunk], text: int, first: int) -> None:
        """Append a text's chunks; ``text`` is its number, ``first`` the ordinal of its first chunk."""
        with _errors(self._where):
            for ordinal, chunk in enumerate(chunks, first):
                self._writer.add_document(_document(chunk, ordinal, text))

    def finish(self) -> None:
        """Write everything."""
        with _errors(self._where):
            self._writer.commit()
            self._writer.wait_merging_threads()
        for lock in Path(self._where).glob(".tantivy-*.lock"):
            lock.unlink()


class Words:
    """Searches chunks that do not change any more; safe to share between threads."""

    def __init__(self, index: Any, where: str) -> None:
        """Search a Tantivy index; `open` and `in_memory` make one."""
        self._where = where
        with _errors(where):
            index.config_reader("manual")  # nothing changes here any more: no thread need watch the folder
            index.reload()
            self._schema = index.schema
            self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Search a finished folder."""
        with _errors(str(folder)):
            return cls(tantivy.Index.open(str(folder)), str(folder))

    @classmethod
    def extended(cls, folder: Path, further: Iterable[tuple[int, Chunk]], first: int) -> Self:
        """Search a finished folder, of which nobody else knows, with further chunks, each after its text's number.

        ``first`` is the ordinal of the first of them.
        """
        with _errors(str(folder)):
            index = tantivy.Index.open(str(folder))
            index.register_tokenizer(_ANALYSER, _analyser())
            writer = index.writer(heap_size=_LEAST_HEAP_BYTES, num_threads=1)
            for ordinal, (number, chunk) in enumerate(further, first):
                writer.add_document(_document(chunk, ordinal, number))
            writer.commit()
            writer.wait_merging_threads()
            return cls(index, str(folder))

    @classmethod
    def in_memory(cls, chunks: Iterable[Chunk]) -> Self:
        """Search these chunks, with their places here as ordinals; nothing of it is on disk."""
        with _errors(_MEMORY):
            index = _index()
            writer = index.writer(heap_size=_LEAST_HEAP_BYTES, num_threads=1)
            for ordinal, chunk in enumerate(chunks):
                writer.add_document(_document(chunk, ordinal, 0))
            writer.commit()
            writer.wait_merging_threads()
            return cls(index, _MEMORY)

    def search(self, terms: Mapping[str, float], k: int, texts: Iterable[int] | None = None) -> WordScores:
        """Return the ``k`` best chunks for weighted words, of the texts with these numbers if given.

        Words are analysed as the chunks were, and never read as query syntax. Words unknown to the library count for
        nothing.
        """
        clauses = self._clauses(terms)
        if not clauses or k <= 0:
            return WordScores(np.empty(0, dtype=np.int64), np.empty(0))
        with _errors(self._where):
            query = tantivy.Query.boolean_query(clauses)
            if texts is not None:
                numbers = tantivy.Query.term_set_query(self._schema, "text", sorted(texts))
                only = tantivy.Query.const_score_query(numbers, 0.0)
                query = tantivy.Query.boolean_query([(tantivy.Occur.Must, only), (tantivy.Occur.Must, query)])
            hits = self._searcher.search(query, limit=k, count=False).hits
            ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in hits])
        return WordScores(np.array(ordinals, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float64))

    def _clauses(self, terms: Mapping[str, float]) -> list[tuple[Any, Any]]:
        weights: dict[str, float] = {}
        for term, weight in terms.items():
            for token in word_stems(term):
                weights[token] = max(weight, weights.get(token, 0.0))
        clauses = []
        for token, weight in weights.items():
            for field, boost in (("body", weight), ("heading", weight * HEADING_BOOST)):
                query = tantivy.Query.term_query(self._schema, field, token, _NO_POSITIONS)
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)))
        return clauses


def _document(chunk: Chunk, ordinal: int, text: int) -> Any:
    document = tantivy.Document()
    document.add_unsigned("ordinal", ordinal)
    document.add_unsigned("text", text)
    # A question written for the chunk adds words: users say "pay for" where a text says "fund".
    document.add_text("body", "\n".join((chunk.text, *chunk.questions)))
    document.add_text("heading", "\n".join((*chunk.section, chunk.lead_text)))
    return document


def _index(path: str | None = None) -> Any:
    """An empty index in a folder, or in memory."""
    index = tantivy.Index(_schema(), path=path)
    index.register_tokenizer(_ANALYSER, _analyser())
    return index


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("ordinal", fast=True)
    builder.add_unsigned_field("text", indexed=True)
    for field in ("body", "heading"):
        builder.add_text_field(field, tokenizer_name=_ANALYSER, index_option=_NO_POSITIONS)
    return builder.build()


def _analyser() -> Any:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


_stems = _analyser()


def word_stems(text: str) -> list[str]:
    """Return the words of a text in order, stemmed as in the index."""
    # Half a surrogate pair, as a browser may send it, has no UTF-8 and so no place in the index.
    return list(_stems.analyze(text.encode("utf-8", "replace").decode("utf-8")))


@contextlib.contextmanager
def _errors(where: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise LibraryIndexError(
            f"The word index at {where} failed: {error}. Build it again with `steward ingest --rebuild`."
        ) from error
