"""Adds a file to the library, once it has been read, and updates the index: whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError, IndexLockedError
from assistant.index import IndexStore
from assistant.indexing.building import Progress
from assistant.indexing.ingestion import ingest
from assistant.indexing.own_documents import one_change, whole_addition
from assistant.models.embedding import Embedder
from assistant.reading.sandbox import read_file
from assistant.records import Document, Source
from assistant.settings import ReadingSettings, Settings
from assistant.sources.catalogue import describe_file, keep_file, load_catalogue
from assistant.storage import record_event


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was added, and what it replaced."""

    source: Source
    before: Source | None
    """The entry whose text the file now replaces; None where the document is new."""
    chunks: int
    problems: tuple[str, ...]
    """What was noticed in reading it, one sentence each."""


def add_document(
    file: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    on_progress: Progress | None = None,
    action: str = "file-added",
    **details: Any,
) -> Added:
    """Read a file, add it to the library and index it; details as in `assistant.sources.catalogue.describe_file`.

    ``action`` is what the audit log calls it.

    If any of that fails, or this process dies, nothing of the file stays in the library.

    Raises:
        DocumentError: the file is hostile, damaged, empty or of an unsupported kind.
        CatalogueError: a field is wrong.
        IndexLockedError: another document is being added or removed, or another process is building the index.
        StorageError: the audit log cannot be written, and is required.
    """
    with one_change(settings):
        read_whole(file, settings.reading)
        known = {source.id: source for source in load_catalogue(settings.corpus)}
        new = describe_file(file, settings.corpus, **details)
        with whole_addition(new, settings):
            source = keep_file(new, settings.corpus)
            try:
                report = ingest(settings, embedder, on_progress=on_progress)
            except IndexLockedError as error:
                raise IndexLockedError(f"{source.title} was not added. {error}") from error
            if source.id in report.left_out:
                raise DocumentError(f"{source.title} was not added. {report.left_out[source.id]}")
            record_event(settings, action, _noted(source, known))
    manifest = IndexStore(settings.index).manifest()
    entry = manifest.texts[source.id] if manifest else None
    return Added(source, known.get(source.id), entry.chunks if entry else 0, entry.problems if entry else ())


def add_unindexed(file: Path, settings: Settings, **details: Any) -> Source:
    """Read a file and add it to the library for the next build; otherwise as :func:`add_document`."""
    with one_change(settings):
        read_whole(file, settings.reading)
        known = {source.id: source for source in load_catalogue(settings.corpus)}
        new = describe_file(file, settings.corpus, **details)
        with whole_addition(new, settings):
            source = keep_file(new, settings.corpus)
            record_event(settings, "file-added", _noted(source, known))
            return source


def read_whole(file: Path, limits: ReadingSettings) -> Document:
    """Read a file as ingestion will, so that an unreadable one leaves nothing behind.

    Raises:
        DocumentError: the file is hostile, damaged, empty or of an unsupported kind.
    """
    try:
        document = read_file(file, limits)
    except DocumentError as error:
        # Do not show where an upload lies; its user knows it by its name.
        raise DocumentError(f"{file.name}: {str(error).removeprefix(f'{file}: ')}") from error
    # Nothing is quoted from a heading, so no question would ever find such a file.
    if all(block.kind == "heading" for block in document.blocks):
        raise DocumentError(f"{file.name}: It holds no text but headings. Give a file with sentences in it.")
    return document


def _noted(source: Source, known: Mapping[str, Source]) -> dict[str, Any]:
    """Return what the audit log tells of a file."""
    return {"document": source.id, "replaces": source.id in known, "private": bool(source.reader)}
