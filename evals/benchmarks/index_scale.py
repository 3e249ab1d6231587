"""How search time, recall, build time and disk grow from 1,000 to 100,000 chunks.

    python -m evals.benchmarks.index_scale [--chunks 1000,10000,100000] [--queries 200]

The library is synthetic: 384 dimensions; topics, subjects within topics, chunks within subjects, and for each chunk
its whole and two sentences, each drawn around the level above; 100 chunks to a text; words by Zipf's law. A query is a
vector near a random chunk and eight words, of which the most frequent 30 of 30,000 (the stop words) are left out.

Filters are sets of texts drawn at random: narrow is one text, medium a tenth of them, broad two thirds.
``recall@10`` compares the ten best chunks with those of an exact search. Times are of one query in a warm process,
k = 60. ``sum`` is the p50 of vectors plus words; ``growth`` is the sum over that of an unfiltered search in the
smallest library. With 100,000 chunks it takes several minutes and 2.5 GB of memory, with 1,000,000 an hour and 18 GB.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.index import ChunkVectors, Generation, IndexStore, TextEntry
from assistant.records import Block, Chunk, Document, EmbeddingIdentity, Span, Speaker
from assistant.settings import IndexSettings

DIMENSIONS = 384
CHUNKS_PER_TEXT = 100
SENTENCES = 2
WORDS_PER_CHUNK = 90
VOCABULARY = 30_000
STOP_WORDS = 30
K = 60
EMBEDDING = EmbeddingIdentity("synthetic", "0" * 64, "float32", DIMENSIONS)
FILTERS: dict[str, Callable[[int], int] | None] = {
    "none": None,
    "narrow": lambda texts: 1,
    "medium": lambda texts: max(1, texts // 10),
    "broad": lambda texts: max(1, texts * 2 // 3),
}


@dataclass(frozen=True)
class Library:
    """Vectors by chunk, words by chunk, and queries."""

    whole: NDArray[np.float32]
    sentences: NDArray[np.float32]
    words: NDArray[np.int64]
    queries: NDArray[np.float32]
    terms: list[list[str]]

    @property
    def text_ids(self) -> list[str]:
        """Ids of the texts, in order."""
        return [f"text-{number}" for number in range(len(self.whole) // CHUNKS_PER_TEXT)]


def make_library(n_chunks: int, n_queries: int) -> Library:
    """The same library for the same size, every time."""
    rng = np.random.default_rng(n_chunks)

    def around(centres: NDArray[np.float32], spread: float) -> NDArray[np.float32]:
        moved = rng.standard_normal(centres.shape, dtype=np.float32)
        moved *= spread / np.sqrt(DIMENSIONS)
        moved += centres
        moved /= np.linalg.norm(moved, axis=-1, keepdims=True)
        return moved

    topics = around(np.zeros((200, DIMENSIONS), dtype=np.float32), 1.0)
    subjects = around(topics[rng.integers(0, len(topics), 4000)], 0.8)
    whole = around(subjects[rng.integers(0, len(subjects), n_chunks)], 0.7)
    frequency = 1 / np.arange(1, VOCABULARY + 1)
    words = rng.choice(VOCABULARY, size=(n_chunks, WORDS_PER_CHUNK), p=frequency / frequency.sum())
    frequency[:STOP_WORDS] = 0
    asked = rng.choice(VOCABULARY, size=(n_queries, 8), p=frequency / frequency.sum())
    return Library(
        whole=whole,
        sentences=around(np.repeat(whole[:, np.newaxis], SENTENCES, axis=1), 0.7),
        words=words,
        queries=around(whole[rng.integers(0, n_chunks, n_queries)], 0.7),
        terms=[[f"w{word}" for word in row] for row in asked],
    )


def build(store: IndexStore, library: Library, keep: int = 0) -> float:
    """Seconds to publish the library, of which the first ``keep`` texts are carried over."""
    start = time.perf_counter()
    with store.write(embedding=EMBEDDING, chunking={}, reader_version="1", catalogue_hash="") as writer:
        for number, text_id in enumerate(library.text_ids):
            if number < keep:
                writer.keep(text_id)
                continue
            chunks = slice(number * CHUNKS_PER_TEXT, (number + 1) * CHUNKS_PER_TEXT)
            vectors = ChunkVectors(
                whole=library.whole[chunks],
                sentences=tuple(library.sentences[chunks]),
                questions=(np.empty((0, DIMENSIONS), dtype=np.float32),) * CHUNKS_PER_TEXT,
            )
            writer.put(_entry(text_id), *_text(text_id, library.words[chunks]), vectors)
        writer.publish()
    return time.perf_counter() - start


def measure(generation: Generation, library: Library, n_texts: int | None) -> dict[str, float]:
    """Times in milliseconds and recall for one kind of filter; ``n_texts`` is how many texts it leaves."""
    rng = np.random.default_rng(n_texts or 0)
    ids = np.array(library.text_ids)
    chosen = [
        None if n_texts is None else frozenset(rng.choice(ids, n_texts, replace=False).tolist())
        for _ in library.queries
    ]
    vector_ms, word_ms, found = [], [], []
    for query, terms, texts in zip(library.queries, library.terms, chosen, strict=True):
        start = time.perf_counter()
        hits = generation.search_vectors(query, K, texts)
        middle = time.perf_counter()
        generation.search_words(terms, K, texts)
        vector_ms.append(1e3 * (middle - start))
        word_ms.append(1e3 * (time.perf_counter() - middle))
        found.append([hit.chunk_id for hit in hits[:10]])
    # Afterwards, so that the exact search does not push the index out of the processor's caches in between.
    recalls = [
        len(set(ten) & _exact(library, query, texts)) / 10
        for ten, query, texts in zip(found[:100], library.queries, chosen, strict=False)
    ]
    return {
        "vectors_p50": statistics.median(vector_ms),
        "vectors_p95": statistics.quantiles(vector_ms, n=20)[-1],
        "words_p50": statistics.median(word_ms),
        "words_p95": statistics.quantiles(word_ms, n=20)[-1],
        "recall": statistics.fmean(recalls),
    }


def _exact(library: Library, query: NDArray[np.float32], texts: frozenset[str] | None) -> set[str]:
    best = np.maximum(library.whole @ query, (library.sentences @ query).max(axis=1))
    if texts is not None:
        wanted = np.array([text_id in texts for text_id in library.text_ids])
        best[~np.repeat(wanted, CHUNKS_PER_TEXT)] = -2
    return {f"text-{chunk // CHUNKS_PER_TEXT}#{chunk % CHUNKS_PER_TEXT}" for chunk in np.argsort(-best)[:10].tolist()}


def _entry(text_id: str) -> TextEntry:
    names: dict[str, Any] = dict.fromkeys(("form", "authority", "status", "published", "title", "publisher"), "")
    names |= {"chunks": CHUNKS_PER_TEXT, "sentences": SENTENCES * CHUNKS_PER_TEXT, "questions": 0}
    return TextEntry(id=text_id, document=text_id, part="body", fingerprint=text_id, **names)


def _text(text_id: str, words: NDArray[np.int64]) -> tuple[Document, list[Chunk]]:
    chunks, position = [], 0
    for number, row in enumerate(words):
        text = " ".join(f"w{word}" for word in row)
        end = position + len(text)
        middle = position + text.index(" ", len(text) // 2)
        chunks.append(
            Chunk(
                id=f"{text_id}#{number}",
                text_id=text_id,
                document=text_id,
                part="body",
                form="summary",
                section=(f"w{row[0]} w{row[1]} w{row[2]}",),
                anchor=None,
                start=position,
                end=end,
                text=text,
                sentences=(Span(position, middle), Span(middle + 1, end)),
                speakers=(Speaker("Nobody", "publisher", "guidance"),) * 2,
            )
        )
        position = end + 2
    body = "\n\n".join(chunk.text for chunk in chunks)
    return Document(body, tuple(Block("paragraph", chunk.start, chunk.end) for chunk in chunks)), chunks


def _disk_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _memory_mb() -> float:
    """Return the largest resident set so far, with what was made to be inserted and mapped files."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", default="1000,10000,100000", help="sizes, comma-separated")
    parser.add_argument("--queries", type=int, default=200, help="queries per row")
    parser.add_argument("--folder", type=Path, default=None, help="where to build; a temporary folder by default")
    arguments = parser.parse_args()
    baseline: float | None = None
    print("| chunks | filter | vectors p50 / p95 ms | words p50 / p95 ms | sum ms | growth | recall@10 |")
    print("|---|---|---|---|---|---|---|")
    notes = []
    for n_chunks in map(int, arguments.chunks.split(",")):
        library = make_library(n_chunks, arguments.queries)
        with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
            store = IndexStore(IndexSettings(folder=Path(name)))
            full = build(store, library)
            disk = _disk_mb(Path(name))
            start = time.perf_counter()
            with store.open(EMBEDDING) as generation:
                generation.search_vectors(library.queries[0], K)
                opened = time.perf_counter() - start
                for kind, size in FILTERS.items():
                    row = measure(generation, library, size and size(len(library.text_ids)))
                    total = row["vectors_p50"] + row["words_p50"]
                    baseline = baseline or total
                    print(
                        f"| {n_chunks:,} | {kind} | {row['vectors_p50']:.2f} / {row['vectors_p95']:.2f} "
                        f"| {row['words_p50']:.2f} / {row['words_p95']:.2f} | {total:.2f} "
                        f"| {total / baseline:.1f}x | {row['recall']:.3f} |",
                        flush=True,
                    )
            again = build(store, library, keep=len(library.text_ids) - 1)
            notes.append(
                f"{n_chunks:,} chunks: full build {full:.1f} s, with one text changed {again:.1f} s, "
                f"opened and first search {opened:.2f} s, disk {disk:.0f} MB, memory at most {_memory_mb():.0f} MB"
            )
        del library
        gc.collect()
    print("", *notes, sep="\n")


if __name__ == "__main__":
    main()
