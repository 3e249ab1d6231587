"""Publishes the current generation with its corpus, for other machines to fetch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PublicationError
from assistant.index import IndexStore, Manifest
from assistant.index.layout import MANIFEST
from assistant.index.published import PublishedStore
from assistant.index.sealing import seal_file
from assistant.indexing.own_documents import one_change
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Published:
    """What :func:`publish` did."""

    generation: str
    library_version: str
    files: int = 0
    """How many there are; 0 where nothing was to be done."""
    sent: int = 0
    """How many of them were not there yet."""


def publish(settings: Settings, address: str, *, again: bool = False) -> Published:
    """Publish the current generation and the corpus to a folder or bucket, unless it is published already.

    ``again`` sends every file anew, which repairs what is damaged there.

    Raises:
        LibraryIndexError: there is no index, or it is damaged.
        PublicationError: it cannot be written there; what was published before stays.
        IndexLockedError: a document is being added or removed.
    """
    store, local = PublishedStore(address), IndexStore(settings.index)
    manifest = local.manifest()
    if manifest is not None and not again and _is_published(manifest, store):
        return Published(manifest.generation, manifest.library_version)
    with one_change(settings), local.sealed() as (folder, manifest):
        files = {name: (folder.path / name, seal) for name, seal in manifest.files.items()}
        files[MANIFEST] = folder.manifest, seal_file(folder.manifest)
        for path in _corpus_files(settings.corpus):
            name = folder.corpus / path.relative_to(settings.corpus)
            files[name.relative_to(folder.path).as_posix()] = path, seal_file(path)
        sent = store.publish(folder.id, files, again=again)
    return Published(folder.id, manifest.library_version, len(files), sent)


def _is_published(manifest: Manifest, store: PublishedStore) -> bool:
    try:
        return store.current().generation == manifest.generation
    except PublicationError:  # nothing is, or it is damaged: publishing repairs it, or says why not
        return False


def _corpus_files(corpus: Path) -> Iterator[Path]:
    """Yield what the library holds, without what is being changed or awaits a librarian, in hidden places."""
    for parent, folders, names in os.walk(corpus):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))
