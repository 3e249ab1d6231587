"""Adds one file to the library and brings the index up to date: what a reader of the web app may do."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from assistant.catalogue import add_file, load_catalogue
from assistant.embedding import Embedder
from assistant.errors import DocumentError, IndexLockedError
from assistant.index import IndexStore
from assistant.ingestion import Progress, ingest
from assistant.reading.sandbox import read_file
from assistant.records import Source
from assistant.settings import ReadingSettings, Settings

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was added, and what it is to the library as it was before."""

    source: Source
    before: Source | None
    """The entry whose words the file now stands for; None where the document is new."""
    chunks: int
    problems: tuple[str, ...]
    """What was noticed when it was read, one sentence each."""


def add_document(
    file: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    title: str,
    publisher: str,
    published: str,
    authority: str,
    status: str = "current",
    licence: str = "Not stated",
    landing_page: str = "",
    supersedes: tuple[str, ...] = (),
    on_progress: Progress | None = None,
) -> Added:
    """Read a file, add it to the library as :func:`~assistant.catalogue.add_file` does, and index it.

    Nothing enters the library unless the file can be read. One file is added at a time.

    Raises:
        DocumentError: the file is hostile, damaged, empty or of a kind that cannot be read.
        CatalogueError: a field is wrong.
        IndexLockedError: another file is being added; or another process is building the index, and then the file is
            kept for the next build.
    """
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise IndexLockedError("Another file is being added. Wait until that is done, then add yours again.")
    try:
        _check_readable(file, settings.reading)
        known = {source.id: source for source in load_catalogue(settings.corpus)}
        source = add_file(
            file,
            settings.corpus,
            title=title,
            publisher=publisher,
            published=published,
            authority=authority,
            status=status,
            licence=licence,
            landing_page=landing_page,
            supersedes=supersedes,
        )
        try:
            report = ingest(settings, embedder, on_progress=on_progress)
        except IndexLockedError as error:
            raise IndexLockedError(f"{source.title} is kept, but not searched yet. {error}") from error
    finally:
        _ONE_AT_A_TIME.release()
    if source.id in report.left_out:
        raise DocumentError(f"{source.title} is kept, but not searched: {report.left_out[source.id]}")
    manifest = IndexStore(settings.index).manifest()
    entry = manifest.texts[source.id] if manifest else None
    return Added(source, known.get(source.id), entry.chunks if entry else 0, entry.problems if entry else ())


def _check_readable(file: Path, limits: ReadingSettings) -> None:
    """Read the file as ingestion will, so that one that cannot be read leaves nothing behind."""
    try:
        document = read_file(file, limits)
    except DocumentError as error:
        # Where an upload lies is nobody's business; its name is what the reader knows it by.
        raise DocumentError(f"{file.name}: {str(error).removeprefix(f'{file}: ')}") from error
    # Nothing is quoted from a heading, so no question would ever find such a file.
    if all(block.kind == "heading" for block in document.blocks):
        raise DocumentError(f"{file.name}: It holds no text but headings. Give a file with sentences in it.")
