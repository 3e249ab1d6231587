"""Removes a user's own document from the library, with what was made of it."""

from __future__ import annotations

import json
import shlex
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CatalogueError, IndexLockedError, LibraryIndexError
from assistant.files.saving import replace_file
from assistant.index import IndexStore
from assistant.indexing.building import Progress
from assistant.indexing.ingestion import ingest
from assistant.indexing.own_documents import REMOVING, finish_removal, one_change
from assistant.indexing.question_writing import forget_questions
from assistant.models.embedding import Embedder, VectorCache
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, ENTRY, load_catalogue, load_listed, own_folders
from assistant.storage import record_event
from assistant.text.chunking import embedded_text, sentence_texts


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed."""

    id: str
    source: Source | None
    """Its entry; None where that was broken."""
    stood_for: Source | None
    """The current entry of the catalogue whose original the file replaced."""

    @property
    def words(self) -> str:
        """What happened, for a reader."""
        named = _named(self.source) if self.source else f"The document {self.id}, whose entry was broken,"
        if self.stood_for is None:
            return f"{named} was removed. Questions are no longer answered from it."
        return (
            f"The file that stood for {_named(self.stood_for)} was removed. "
            "Questions are answered from the library's own text of it again."
        )


def remove_document(name: str, settings: Settings, embedder: Embedder, on_progress: Progress | None = None) -> Removed:
    """Remove a user's own document by its id: file, entry, questions, cached vectors, and its place in the index.

    For a document of the catalogue, only the file that replaced its original goes. If the removal fails, nothing is
    removed; if this process dies, it is finished later.

    Raises:
        CatalogueError: there is no such document of a user's own.
        IndexLockedError: another document is being added or removed, or another process is building the index.
    """
    with one_change(settings):
        corpus = settings.corpus
        known = {source.id: source for source in load_catalogue(corpus)}
        _check_own(name, known, corpus)
        folder, taken = corpus / ADDED / name, corpus / ADDED / REMOVING / name
        _forget(name, settings, embedder)
        entries = {} if name in load_listed(corpus) else _entries_naming(name, corpus)
        taken.parent.mkdir(exist_ok=True)
        try:
            for path, row in entries.items():
                replace_file(path, _without(row, name, known.get(name)))
            folder.replace(taken)
            _reindex(name, settings, embedder, on_progress)
            record_event(settings, "file-removed", {"document": name})
        except BaseException as error:
            if taken.is_symlink() or taken.exists():
                taken.replace(folder)
            for path, row in entries.items():
                replace_file(path, row)
            if isinstance(error, IndexLockedError):
                raise IndexLockedError(f"{name} was not removed. {error}") from error
            if isinstance(error, OSError):
                raise CatalogueError(
                    f"{name} was not removed: {error.filename} cannot be written ({error.strerror}). Check the disk "
                    "and your rights."
                ) from error
            raise
        finish_removal(name, settings)
        with suppress(LibraryIndexError):  # no index yet, or another process is building
            IndexStore(settings.index).forget_earlier()
        now = {source.id: source for source in load_catalogue(corpus)}
        return Removed(name, known.get(name), now.get(name))


def _check_own(name: str, known: dict[str, Source], corpus: Path) -> None:
    own = [folder.name for folder in own_folders(corpus)]
    if name in own:
        return
    if name in known:
        raise CatalogueError(
            f"{name} is a document of {corpus / 'catalogue.toml'} and has no added file to remove. To leave it "
            "out of a library, delete its entry there."
        )
    held = f"there are: {', '.join(map(shlex.quote, own))}" if own else "there is none"
    raise CatalogueError(f"No document {name!r} was added to the library; {held}.")


def _entries_naming(name: str, corpus: Path) -> dict[Path, bytes]:
    """Return the own entries that say they replace a document, or were replaced by it, by path, unchanged."""
    entries = {}
    for path in (folder / ENTRY for folder in own_folders(corpus) if folder.name != name):
        with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):  # a broken entry
            row = json.loads(content := path.read_bytes())
            if name in (*row["supersedes"], row.get("superseded_by")):
                entries[path] = content
    return entries


def _without(content: bytes, name: str, source: Source | None) -> bytes:
    """Return an entry that names a document in words instead of by its id."""
    words = _named(source) if source else f"{name} (removed)"
    row = json.loads(content)
    row["supersedes"] = [words if older == name else older for older in row["supersedes"]]
    if row.get("superseded_by") == name:
        row["superseded_by"] = words
    return (json.dumps(row, indent=2, ensure_ascii=False) + "\n").encode()


def _reindex(name: str, settings: Settings, embedder: Embedder, on_progress: Progress | None) -> None:
    """Update the index where it holds the document; nobody searches an unusable one."""
    try:
        manifest = IndexStore(settings.index).manifest()
    except LibraryIndexError:
        return
    if manifest is not None and (name in manifest.texts or name in manifest.left_out):
        ingest(settings, embedder, on_progress=on_progress)


def _forget(name: str, settings: Settings, embedder: Embedder) -> None:
    """Delete the cached vectors and written questions of a document; those that another shares are made again."""
    try:
        generation = IndexStore(settings.index).open(embedder.identity)
    except LibraryIndexError:
        return
    with closing(generation):
        if name not in generation.manifest.texts:
            return
        chunks, document = generation.text_chunks(name), generation.document(name)
    texts = [text for chunk in chunks for text in (embedded_text(chunk), *sentence_texts(chunk, document))]
    with closing(VectorCache(settings.index.folder / "cache" / "vectors.sqlite", embedder)) as cache:
        cache.forget([*texts, *(question for chunk in chunks for question in chunk.questions)])
    forget_questions(chunks, settings)


def _named(source: Source) -> str:
    return f"{source.title} ({source.publisher}, {source.published})"
