"""Small synthetic libraries for the tests of the index: words, vectors and texts made from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.index import ChunkVectors, IndexStore, Manifest, TextEntry
from assistant.reading.builder import DocumentBuilder
from assistant.records import Chunk, Document, EmbeddingIdentity, Span, Speaker

DIMENSIONS = 16
EMBEDDING = EmbeddingIdentity("toy-model", "0" * 64, "float32", DIMENSIONS)
CHUNKING = {"chunk_tokens": 64}
READER = "1"
WORDS = ("board", "budget", "council", "data", "delivery", "evidence", "funding", "grant", "market", "mission", "pilot")


@dataclass(frozen=True)
class Text:
    """What ingestion would hand to the writer."""

    entry: TextEntry
    document: Document
    chunks: tuple[Chunk, ...]
    vectors: ChunkVectors


def unit(rng: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    """Random vectors of unit length along the last axis."""
    values = rng.standard_normal(shape, dtype=np.float32)
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def make_text(text_id: str, n_chunks: int, seed: int, sentences: int = 2, questions: int = 1) -> Text:
    """A text of ``n_chunks`` chunks; every third chunk has no question, every fifth one sentence more."""
    rng = np.random.default_rng(seed)
    document, chunks = _chunks(text_id, rng, n_chunks, sentences, questions)
    vectors = ChunkVectors(
        whole=unit(rng, n_chunks, DIMENSIONS) if n_chunks else np.empty((0, DIMENSIONS), dtype=np.float32),
        sentences=tuple(unit(rng, len(chunk.sentences), DIMENSIONS) for chunk in chunks),
        questions=tuple(unit(rng, len(chunk.questions), DIMENSIONS) for chunk in chunks),
    )
    entry = TextEntry(
        id=text_id,
        document=text_id.partition("/")[0],
        part="body",
        form="summary",
        authority="guidance",
        status="current",
        published="2025-03",
        title=f"Title of {text_id}",
        publisher="A publisher",
        fingerprint=f"{text_id}-{n_chunks}-{seed}",
        chunks=n_chunks,
        sentences=sum(len(chunk.sentences) for chunk in chunks),
        questions=sum(len(chunk.questions) for chunk in chunks),
        problems=("A note is lost.",),
    )
    return Text(entry, document, chunks, vectors)


def _chunks(
    text_id: str, rng: np.random.Generator, n_chunks: int, sentences: int, questions: int
) -> tuple[Document, tuple[Chunk, ...]]:
    builder = DocumentBuilder(title=text_id)
    chunks = []
    for number in range(n_chunks):
        parts = [
            " ".join(rng.choice(WORDS, size=8)).capitalize() + f" £{number}m."
            for _ in range(sentences + (number % 5 == 0))
        ]
        start = builder.length + (2 if number else 0)
        builder.add("paragraph", " ".join(parts))
        spans = []
        for part in parts:
            spans.append(Span(start, start + len(part)))
            start += len(part) + 1
        asked = () if number % 3 == 0 else tuple(f"What is {number}.{each}?" for each in range(questions))
        chunks.append(
            Chunk(
                id=f"{text_id}#{number}",
                text_id=text_id,
                document=text_id.partition("/")[0],
                part="body",
                form="summary",
                section=("Section ünö", f"Heading{number % 4}"),
                anchor="a" if number % 2 else None,
                start=spans[0].start,
                end=spans[-1].end,
                text=" ".join(parts),
                sentences=tuple(spans),
                speakers=tuple(Speaker(f"Somebody {n}", "publisher", "guidance", "2025") for n in range(len(spans))),
                lead=spans[0] if number % 2 else None,
                lead_text="Leadword" if number % 2 else "",
                questions=asked,
                page=number + 1,
                page_label="iv",
                footnotes=("1", "2"),
            )
        )
    return builder.build(), tuple(chunks)


def make_library(n_texts: int, n_chunks: int = 8, first_seed: int = 0) -> list[Text]:
    """Texts ``text-0``, ``text-1``, …"""
    return [make_text(f"text-{number}", n_chunks, first_seed + number) for number in range(n_texts)]


def build(store: IndexStore, texts: Sequence[Text], keep: Sequence[str] = ()) -> Manifest:
    """Publish these texts; those named in ``keep`` are carried over."""
    with store.write(
        embedding=EMBEDDING, chunking=CHUNKING, reader_version=READER, catalogue_hash="catalogue"
    ) as writer:
        for text in texts:
            if text.entry.id in keep:
                writer.keep(text.entry.id)
            else:
                writer.put(text.entry, text.document, text.chunks, text.vectors)
        writer.set_glossary({"VCSE": "voluntary, community and social enterprise"})
        writer.leave_out("broken.pdf", "It ends in the middle.")
        return writer.publish()


def best_chunks(texts: Sequence[Text], vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    """Exact search, written the slow and plain way."""
    scored = []
    for text in texts:
        v = text.vectors
        for chunk, whole, sentences, questions in zip(text.chunks, v.whole, v.sentences, v.questions, strict=True):
            rows = np.concatenate([whole[np.newaxis], sentences, questions]).astype(np.float64)
            scored.append((chunk.id, float((rows @ vector.astype(np.float64)).max())))
    return sorted(scored, key=lambda pair: -pair[1])[:k]
