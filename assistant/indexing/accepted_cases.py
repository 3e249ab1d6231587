"""Accepted cases in the index at once: the texts that the next build would make of them, over those of the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from assistant.errors import DocumentError
from assistant.index import Generation, IndexStore
from assistant.indexing.building import Build
from assistant.indexing.embedding import embed_texts
from assistant.indexing.few_texts import embed_few
from assistant.indexing.workers import Here
from assistant.models.embedding import Embedder
from assistant.reading import read_bytes
from assistant.records import Array, Document, Source, text_id_of
from assistant.registers.accepted import Accepted
from assistant.registers.entries import Precedent, Registers
from assistant.registers.texts import register_texts, section_paths
from assistant.settings import Settings


def with_accepted(registers: Registers, accepted: Accepted) -> Registers:
    """Return the registers with the accepted cases in place of the file's and after them, without retired ones."""
    entries = {entry.id: entry for entry in registers.precedents} | dict(accepted)
    return replace(registers, precedents=tuple(entry for entry in entries.values() if entry is not None))


def overlaid(
    generation: Generation,
    before: Sequence[Precedent],
    now: Sequence[Precedent],
    sources: Mapping[str, Source],
    settings: Settings,
    embedder: Embedder,
) -> Generation:
    """Return the generation with its texts of cases as they are ``now``; itself, if none differs.

    A case is left out whose document or section the library does not have, as are those that rest on no document.

    Raises:
        LibraryIndexError: there is no room for a copy of the words.
    """
    from assistant.index.overlay import OverlaidText, Overlay  # loads Tantivy

    changed = _documents({*before} ^ {*now})
    summaries = _summaries(changed, sources, settings.corpus)
    kept = tuple(item for item in now if changed & _documents([item]) and _fits(item, sources, summaries))
    texts = register_texts(Registers(precedents=kept), sources, summaries)
    gone = {text_id_of(name, "precedents") for name in changed} & generation.manifest.texts.keys()
    if not texts and not gone:
        return generation
    build = Build(settings, embedder, IndexStore(settings.index), (), [], {}, lambda *_: None, None, None, Here())

    def embed(words: Sequence[str], _: Callable[[int], None] | None) -> Array:
        return embed_few(words, settings, embedder)

    made = [
        OverlaidText(item.entry(item.text.digest), item.text.document, item.chunks, item.vectors)
        for item in embed_texts(texts, len(texts), build, embed)
    ]
    return Overlay(generation, made, gone - {text.id for text in texts})


def _documents(entries: Iterable[Precedent]) -> set[str]:
    """Return the documents whose texts have these cases."""
    return {source.document for entry in entries if (source := entry.library_source)}


def _summaries(documents: Iterable[str], sources: Mapping[str, Source], corpus: Path) -> dict[str, Document]:
    """Return the summaries of documents that have one: ours, and so read without a process of their own."""
    found = {}
    for name in documents:
        summary = sources[name].summary if name in sources else None
        if summary and (document := _read(corpus / summary)):
            found[name] = document
    return found


def _read(path: Path) -> Document | None:
    try:
        return _document(path.read_bytes())
    except (OSError, DocumentError):
        return None


_document = lru_cache(maxsize=32)(read_bytes)


def _fits(entry: Precedent, sources: Mapping[str, Source], summaries: Mapping[str, Document]) -> bool:
    source = entry.library_source
    if source is None or source.document not in sources:
        return False
    summary = summaries.get(source.document)
    return bool(source.quote) or (summary is not None and source.section in section_paths(summary))
