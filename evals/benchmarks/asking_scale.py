"""How long an answer takes in a library of 100,000 chunks, beside the shipped one.

    python -m evals.benchmarks.asking_scale [--chunks 100000] [--questions 150]

The large library is the shipped one with copies of its texts, in a temporary folder. In each copy every other longer
word is exchanged for one of the same length, drawn from the library's own words, so that spans and layout stay true;
a copy's vectors are those of the original, moved by noise. Questions are the everyday ones of the test split, asked
for quoted answers in one warm process.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from assistant import answering
from assistant.index import ChunkVectors, IndexStore
from assistant.library import Library, open_library
from assistant.records import Chunk, Document
from assistant.settings import Settings, load_settings
from evals.tasks.everyday import load_everyday

NOISE = 0.6
"""Length of the noise beside a vector's own length of 1; a copy stands at a cosine of about 0.86 to its original."""
Array = NDArray[np.float32]
_WORD = re.compile(r"\b[A-Za-z]{5,}\b")


def grow(settings: Settings, chunks: int) -> float:
    """Add copies to the index of the settings until it holds so many chunks; return the seconds that it took."""
    rng = np.random.default_rng(chunks)
    library = open_library(settings)
    generation, manifest = library.generation, library.generation.manifest
    texts = {name: generation.text_chunks(name) for name in manifest.texts}
    held = sum(map(len, texts.values()))
    whole = {name: library.embedder.embed([chunk.text for chunk in own]) for name, own in texts.items()}
    sentences = {name: generation.sentence_vectors([chunk.id for chunk in own]) for name, own in texts.items()}
    exchange = _exchange(texts.values())

    def moved(vectors: Array) -> Array:
        noise = rng.standard_normal(vectors.shape, dtype=np.float32) * (NOISE / np.sqrt(vectors.shape[-1]))
        near = vectors + noise
        return np.asarray(near / np.linalg.norm(near, axis=-1, keepdims=True), dtype=np.float32)

    started = time.perf_counter()
    with IndexStore(settings.index).write(
        embedding=manifest.embedding,
        chunking=manifest.chunking,
        reader_version=manifest.reader_version,
        catalogue_hash=manifest.catalogue_hash,
    ) as writer:
        for name in texts:
            writer.keep(name)
        for number, name in _copies(texts, chunks - held):
            document, own = _copy(generation.document(name), texts[name], number, exchange)
            none = (np.empty((0, manifest.embedding.dimensions), dtype=np.float32),) * len(own)
            vectors = ChunkVectors(moved(whole[name]), tuple(map(moved, sentences[name])), none)
            identifier = own[0].text_id
            entry = replace(manifest.texts[name], id=identifier, fingerprint=identifier, questions=0)
            writer.put(entry, document, own, vectors)
        writer.publish()
    library.close()
    return time.perf_counter() - started


def _copies(texts: dict[str, list[Chunk]], chunks: int) -> Iterator[tuple[int, str]]:
    """Yield which text is copied next, and for the how manieth time, until that many chunks are there."""
    number = 0
    while chunks > 0:
        number += 1
        for name, own in texts.items():
            if own and chunks > 0:
                yield number, name
                chunks -= len(own)


def _exchange(texts: Iterable[Sequence[Chunk]]) -> Callable[[str, int], str]:
    by_length: dict[int, list[str]] = defaultdict(list)
    for own in texts:
        for chunk in own:
            for word in _WORD.findall(chunk.text):
                by_length[len(word)].append(word)

    def exchange(text: str, number: int) -> str:
        rng = np.random.default_rng(number)

        def other(found: re.Match[str]) -> str:
            same = by_length[len(found[0])]
            return same[rng.integers(len(same))] if same and rng.random() < 0.5 else found[0]

        return _WORD.sub(other, text)

    return exchange


def _copy(
    document: Document, chunks: Sequence[Chunk], number: int, exchange: Callable[[str, int], str]
) -> tuple[Document, list[Chunk]]:
    text = exchange(document.text, number)
    return replace(document, text=text), [
        replace(
            chunk,
            id=f"{chunk.id}~{number}",
            text_id=f"{chunk.text_id}~{number}",
            text=text[chunk.start : chunk.end],
            questions=(),
            question_places=(),
        )
        for chunk in chunks
    ]


def _times(library: Library, questions: Sequence[str]) -> list[float]:
    """Return the milliseconds from each question to its answer."""
    answering.ask(library, questions[0])
    found = []
    for question in questions:
        started = time.perf_counter()
        answering.ask(library, question)
        found.append(1000 * (time.perf_counter() - started))
    return found


def main() -> None:
    """Build, ask, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=150)
    given = parser.parse_args()
    settings = load_settings()
    questions = [case.question for case in load_everyday() if case.split == "test"][: given.questions]
    table = Table("chunks", "built, s", "question → answer p50, ms", "p95, ms", "peak memory, MB", "n")
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        own = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": Path(folder, "index")})})
        shutil.copytree(settings.index.folder, own.index.folder)
        for grown in (False, True):
            took = f"{grow(own, given.chunks):.0f}" if grown else ""
            library = open_library(own)
            held = sum(entry.chunks for entry in library.generation.manifest.texts.values())
            times = _times(library, questions)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            table.add_row(f"{held:,}", took, f"{p50:.0f}", f"{p95:.0f}", f"{peak:.0f}", str(len(times)))
            library.close()
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
