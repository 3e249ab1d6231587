"""Cases that the index does not hold: cut, embedded and searched in memory as the index would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.index import Generation
from assistant.indexing.few_texts import embed_few
from assistant.library import Library
from assistant.records import Array, Chunk, LibraryText, Source
from assistant.registers.entries import Precedent
from assistant.registers.texts import FACTS_START, LESSON_START, precedent_text, section_paths, teller_of
from assistant.text.chunking import chunk_text, embedded_text, sentence_texts

MOST_ENTRIES = 2_000
_NOWHERE = Source(
    id="",
    title="",
    publisher="",
    published="",
    authority="evidence",
    status="current",
    jurisdiction="",
    licence="",
    credit="",
    landing_page="",
)
"""Stands for a library document where a case rests on none."""


@dataclass(frozen=True, slots=True)
class UnindexedChunk:
    """A piece of a case's text with its vectors, of unit length."""

    case: str
    whole: Array
    """``(dimensions,)``."""
    sentences: tuple[str, ...]
    vectors: Array
    """``(n_sentences, dimensions)``: its sentences', and those of the line of fields, as the index has them."""
    told: tuple[int, ...]
    """Which of the vectors belong to ``sentences``."""
    chunk: Chunk
    """Its text and the titles above it."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A piece of a case before it is embedded."""

    case: str
    chunk: Chunk
    sentences: tuple[str, ...]
    embedded: tuple[str, ...]
    """The text of the whole, then that of each sentence."""


def unindexed_chunks(library: Library, entries: Iterable[Precedent]) -> list[UnindexedChunk]:
    """The pieces of some cases; only texts that were not met before are embedded."""
    cuts = [cut for entry in entries for cut in _cut(library, entry)]
    texts = [text for cut in cuts for text in cut.embedded]
    vectors = embed_few(texts, library.settings, library.embedder)
    ends = np.cumsum([len(cut.embedded) for cut in cuts])
    return [_piece(cut, own) for cut, own in zip(cuts, np.split(vectors, ends[:-1]), strict=True)] if cuts else []


def indexed_words(generation: Generation, chunks: Iterable[Chunk]) -> dict[str, tuple[str, str]]:
    """Heading and text of each case as the index holds it, by id."""
    spans: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        if chunk.anchor:
            spans.setdefault(chunk.anchor, []).append(chunk)
    return {
        name: (own[0].section[-1], generation.document(own[0].text_id).text[own[0].start : own[-1].end])
        for name, own in spans.items()
    }


@lru_cache(maxsize=MOST_ENTRIES)
def words_of(entry: Precedent) -> tuple[str, str]:
    """Heading and text of a case as the index would hold it."""
    document = precedent_text(entry)
    heading, first = document.blocks[0], document.blocks[1]
    return document.text[heading.start : heading.end], document.text[first.start :]


def _cut(library: Library, entry: Precedent) -> list[_Cut]:
    """A case as the index would cut it."""
    document = precedent_text(entry, _titles_above(library, entry))
    source = library.sources.get(entry.library_source.document, _NOWHERE) if entry.library_source else _NOWHERE
    text = LibraryText(source, "summary", "precedents", document, "", {entry.id: teller_of(entry, source)})
    chunks = chunk_text(text, library.settings.chunking.chunk_tokens, library.embedder.count_tokens)
    return [
        _Cut(
            entry.id,
            chunk,
            tuple(document.text[span.start : span.end] for span in chunk.sentences),
            (embedded_text(chunk), *sentence_texts(chunk, document)),
        )
        for chunk in chunks
    ]


def _piece(cut: _Cut, vectors: Array) -> UnindexedChunk:
    """``vectors`` are those of the texts that are embedded of it, unit length: of the whole, and of each sentence."""
    told = tuple(n for n, sentence in enumerate(cut.sentences) if not sentence.startswith(FACTS_START))
    return UnindexedChunk(
        cut.case,
        vectors[0],
        tuple(cut.sentences[n].removeprefix(LESSON_START) for n in told),
        vectors[1:],
        told,
        cut.chunk,
    )


def _titles_above(library: Library, entry: Precedent) -> tuple[str, ...]:
    """The titles under which the library has a case: of the section that tells it, or of the document alone."""
    told = entry.library_source
    if told is None or told.document not in library.sources:
        return ()
    held = library.generation.manifest.texts.get(told.document)
    is_summary = held is not None and held.form == "summary"
    paths = section_paths(library.generation.document(told.document)) if is_summary else {}
    return paths.get(told.section, (library.sources[told.document].title,))
