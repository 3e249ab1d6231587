"""The index as other rooms see it: what is current, opening it, writing the next generation."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import BUILD_AGAIN, IndexDamagedError, IndexMismatchError, IndexNotFoundError, LibraryIndexError
from assistant.index.layout import GenerationFolder, Layout, lease, unused
from assistant.index.locking import writer_lock
from assistant.index.manifest import (
    FORMAT_VERSION,
    Manifest,
    OtherFormatError,
    VectorsKind,
    manifest_from_json,
)
from assistant.index.sealing import Snapshot, check_files
from assistant.index.writing_errors import writing_errors
from assistant.records import EmbeddingIdentity
from assistant.settings import IndexSettings

if TYPE_CHECKING:  # these load Chroma and Tantivy
    from assistant.index.generation import Generation
    from assistant.index.vectors import Vectors
    from assistant.index.writer import Writer


class IndexStore:
    """Generations of the index in one folder. Constructing it and `manifest` load neither Chroma nor Tantivy."""

    def __init__(self, settings: IndexSettings) -> None:
        self._layout = Layout(settings.folder)
        self._server = settings.chroma_url
        self._published = settings.published

    def manifest(self) -> Manifest | None:
        """Return the current generation's manifest; None when no index has been built.

        Raises:
            IndexMismatchError: another version wrote it in another format.
            IndexDamagedError: it cannot be read, or `current` is damaged.
        """
        seen = None
        while (generation := self._layout.current_id()) is not None:
            folder = self._layout.folder(generation)
            if folder.manifest.exists():
                return self._manifest(folder)
            if generation == seen:
                raise IndexDamagedError(folder.manifest, "is missing")
            seen = generation  # a writer switched and removed it in between: `current` names another one now
        return None

    def current_id(self) -> str | None:
        """Return the name of the current generation, new with every build; None when no index has been built.

        Raises:
            IndexDamagedError: the file that names it is damaged.
        """
        return self._layout.current_id()

    def corpus_of(self, generation: str) -> Path | None:
        """Return the folder of the corpus that came with a published generation; None for one that was built here."""
        corpus = self._layout.folder(generation).corpus
        return corpus if corpus.is_dir() else None

    def examine(self, expected: EmbeddingIdentity) -> Manifest:
        """Read every file of the current generation and return its manifest, if all are as they were built.

        Raises:
            LibraryIndexError: as `open` does; a build repairs what is found here.
        """
        folder, descriptor = self._lease()
        try:
            manifest = self._manifest(folder)
            self.check(manifest, expected)
            check_files(folder, manifest.files)
            if self._server is not None:
                self._collection(folder, folder).close()
        finally:
            os.close(descriptor)
        return manifest

    def open(
        self,
        expected: EmbeddingIdentity | None = None,
        *,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> Generation:
        """Open the current generation for many questions; close it at the end.

        Values given are compared with what made the index; None is not compared. A generation that is not closed is
        closed when nothing refers to it any more.

        Raises:
            IndexNotFoundError: no index has been built, or the Chroma server does not have the vectors.
            IndexMismatchError: it was made with another model, format, reader or chunking.
            IndexDamagedError: a file is missing or has changed.
            LibraryIndexError: there is no room for a copy of the files, or the Chroma server does not answer.
        """
        folder, descriptor = self._lease()
        with contextlib.ExitStack() as opened:
            opened.callback(os.close, descriptor)
            manifest = self._manifest(folder)
            self.check(manifest, expected, chunking=chunking, reader_version=reader_version)
            snapshot = opened.enter_context(contextlib.closing(Snapshot(folder, manifest.files)))
            generation = self._generation(folder, manifest, snapshot, opened)
            generation.keep(opened.pop_all())
            return generation

    def check(
        self,
        manifest: Manifest,
        expected: EmbeddingIdentity | None = None,
        *,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> None:
        """Refuse an index that was made with other values than expected.

        Raises:
            IndexMismatchError: the message names what differs, both values and the command that rebuilds it.
        """
        differences = self.differences(manifest, expected, chunking=chunking, reader_version=reader_version)
        if differences:
            raise IndexMismatchError(
                f"The index at {self._layout.root} was built with other settings or versions: "
                f"{'; '.join(differences)}. {BUILD_AGAIN}"
            )

    def differences(
        self,
        manifest: Manifest,
        expected: EmbeddingIdentity | None = None,
        *,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> list[str]:
        """Return what `check` would refuse, one phrase each."""
        found = manifest.differences(expected, chunking, reader_version)
        if manifest.vectors != self._vectors_kind:
            found.append(f"vectors: {manifest.vectors!r} in the index, {self._vectors_kind!r} now (index.chroma_url)")
        return found

    @contextlib.contextmanager
    def write(
        self,
        *,
        embedding: EmbeddingIdentity,
        chunking: Mapping[str, Any],
        reader_version: str,
        catalogue_hash: str,
    ) -> Iterator[Writer]:
        """Yield the only writer for the next generation; without `Writer.publish` nothing changes.

        Raises:
            IndexLockedError: another process is writing; the message says which.
            LibraryIndexError: the index comes from another machine.
        """
        if self._published is not None:
            raise LibraryIndexError(
                f"The index at {self._layout.root} is not built here but comes from {self._published}. Build it on the "
                "machine that publishes it, or unset STEWARD_INDEX__PUBLISHED."
            )
        with writing_errors(self._layout.root), writer_lock(self._layout.root):
            self._tidy()
            try:
                with self._begun(embedding, chunking, reader_version, catalogue_hash) as writer:
                    yield writer
            finally:
                self._tidy()

    @contextlib.contextmanager
    def _begun(
        self, embedding: EmbeddingIdentity, chunking: Mapping[str, Any], reader_version: str, catalogue_hash: str
    ) -> Iterator[Writer]:
        from assistant.index.writer import Writer

        with contextlib.ExitStack() as opened:
            base = self._base(embedding, opened)
            folder = self._layout.create()
            draft = Manifest(
                generation=folder.id,
                format_version=FORMAT_VERSION,
                embedding=embedding,
                chunking=dict(chunking),
                reader_version=reader_version,
                catalogue_hash=catalogue_hash,
                library_version="",
                built_at="",
                vectors=self._vectors_kind,
                texts={},
                left_out={},
                files={},
            )
            yield opened.enter_context(contextlib.closing(Writer(self._layout, folder, draft, base, self._server)))

    @contextlib.contextmanager
    def sealed(self) -> Iterator[tuple[GenerationFolder, Manifest]]:
        """Keep the current generation from removal, once every file of it was compared with its seal.

        Raises:
            LibraryIndexError: there is no index, or it is damaged.
        """
        folder, descriptor = self._lease()
        try:
            manifest = self._manifest(folder)
            check_files(folder, manifest.files)
            yield folder, manifest
        finally:
            os.close(descriptor)

    def take(self, generation: str, fill: Callable[[GenerationFolder], None]) -> None:
        """Make a generation of another machine the current one: ``fill`` completes its folder, the manifest last.

        What is in the folder already, from an attempt that was interrupted, stays for ``fill`` to use.

        Raises:
            IndexLockedError: another process is writing.
        """
        with writing_errors(self._layout.root), writer_lock(self._layout.root):
            folder = self._layout.folder(generation)
            folder.path.mkdir(parents=True, exist_ok=True)
            folder.in_use.touch()
            fill(folder)
            self._layout.switch(generation)
            # It can be fetched again, and must not keep what has been removed from the library since.
            self._tidy(earlier=0)

    def forget_earlier(self) -> None:
        """Remove the previous generation too, for what it holds, unless it is being searched.

        Raises:
            IndexLockedError: another process is writing; it, or the next writer, removes that generation.
        """
        if len(self._layout.all()) < 2:
            return
        with writer_lock(self._layout.root):
            self._tidy(earlier=0)

    @property
    def _vectors_kind(self) -> VectorsKind:
        return "embedded" if self._server is None else "server"

    def _base(
        self, embedding: EmbeddingIdentity, opened: contextlib.ExitStack
    ) -> tuple[Manifest, GenerationFolder] | None:
        """Return the current generation if its texts can be carried over: same format, embedding and place, undamaged.

        Every byte of it is read first, since what is carried over is sealed again.
        """
        try:
            manifest = self.manifest()
            if manifest is None:
                return None
            self.check(manifest, embedding)
            snapshot = opened.enter_context(
                contextlib.closing(Snapshot(self._layout.folder(manifest.generation), manifest.files, wholly=True))
            )
        except (IndexMismatchError, IndexDamagedError):
            return None
        return manifest, snapshot.folder

    def _manifest(self, folder: GenerationFolder) -> Manifest:
        try:
            manifest = manifest_from_json(folder.manifest.read_bytes().decode("utf-8", "surrogateescape"))
        except OtherFormatError as error:
            raise IndexMismatchError(f"The index at {self._layout.root} has {error}. {BUILD_AGAIN}") from error
        except OSError as error:
            raise IndexDamagedError(folder.manifest, f"cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise IndexDamagedError(folder.manifest, str(error)) from error
        if manifest.generation != folder.id:
            raise IndexDamagedError(folder.manifest, "is that of another generation")
        return manifest

    def _lease(self) -> tuple[GenerationFolder, int]:
        """Return the current generation, kept from removal."""
        seen = None
        while (generation := self._layout.current_id()) is not None:
            folder = self._layout.folder(generation)
            if (descriptor := lease(folder)) is not None:
                return folder, descriptor
            if generation == seen:
                raise IndexDamagedError(folder.path, "is missing or incomplete")
            seen = generation  # a writer switched and removed it in between: `current` names another one now
        raise IndexNotFoundError(f"No index at {self._layout.root}. Build it with `steward ingest`.")

    def _generation(
        self, folder: GenerationFolder, manifest: Manifest, snapshot: Snapshot, opened: contextlib.ExitStack
    ) -> Generation:
        from assistant.index.chunk_store import ChunkStore
        from assistant.index.generation import Generation

        store = opened.enter_context(contextlib.closing(ChunkStore(snapshot.folder)))
        collection = opened.enter_context(contextlib.closing(self._collection(folder, snapshot.folder)))
        return Generation(snapshot, manifest, collection, store)

    def _collection(self, folder: GenerationFolder, opened: GenerationFolder) -> Vectors:
        from assistant.index import vectors

        if self._server is None:
            return vectors.open_embedded(opened.chroma)
        return vectors.open_server(self._server, vectors.server_collection(folder.id))

    def _tidy(self, earlier: int = 1) -> None:
        """Remove generations that nobody searches, except the current one and ``earlier`` before it; needs the lock."""
        try:
            current = self._layout.current_id()
        except IndexDamagedError:  # the build under way writes it again, and the next one tidies up
            return
        folders = self._layout.all()
        before = [folder.id for folder in folders if folder.manifest.exists() and current and folder.id < current]
        for folder in folders:
            if folder.id not in (current, *before[len(before) - earlier :]):
                self._remove(folder)

    def _remove(self, folder: GenerationFolder) -> None:
        with unused(folder) as free:
            if not free:
                return
            # Without its manifest nobody can open it any more, whatever happens to the rest.
            if folder.manifest.is_file():
                folder.manifest.unlink()
            if folder.server_collection.exists() and not self._drop_collection(folder):
                return
            # After a failed build, Tantivy's threads may still be writing there for a moment.
            for _ in range(20):
                shutil.rmtree(folder.path, ignore_errors=True)
                if not folder.path.exists():
                    return
                time.sleep(0.05)

    def _drop_collection(self, folder: GenerationFolder) -> bool:
        """Return whether the folder's collection is gone from the server; the next writer retries."""
        if self._published is not None:  # other machines search it; the one that built it removes it
            return True
        if self._server is None:
            return False
        from assistant.index import vectors

        try:
            name = json.loads(folder.server_collection.read_text(encoding="utf-8"))["collection"]
            vectors.delete_from_server(self._server, name)
        except (LibraryIndexError, ValueError):
            return False
        return True
