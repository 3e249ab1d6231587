"""The index as the rest of the library sees it: what is current, opening it, writing the next."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assistant.errors import IndexMismatchError, IndexNotFoundError, LibraryIndexError
from assistant.index.layout import GenerationFolder, Layout, lease, unused
from assistant.index.locking import writer_lock
from assistant.index.manifest import FORMAT_VERSION, EmbeddingIdentity, Manifest, VectorsKind, manifest_from_json
from assistant.settings import IndexSettings

if TYPE_CHECKING:
    from assistant.index.generation import Generation
    from assistant.index.writer import Writer


class IndexStore:
    """Generations of the index in one folder. Construction and `manifest` load neither Chroma nor Tantivy."""

    def __init__(self, settings: IndexSettings) -> None:
        self._layout = Layout(settings.folder)
        self._server = settings.chroma_url

    def manifest(self) -> Manifest | None:
        """What the current generation says of itself; None when nothing was built yet.

        Raises:
            IndexMismatchError: it was written by another version in another format.
        """
        generation = self._layout.current_id()
        if generation is None or not (folder := self._layout.folder(generation)).manifest.exists():
            return None
        return self._manifest(folder)

    def open(
        self,
        expected: EmbeddingIdentity | None = None,
        *,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> Generation:
        """The current generation, to be asked many questions and closed at the end.

        What is given is compared with what the index was made with; None is not compared.

        Raises:
            IndexNotFoundError: nothing was built yet, or the Chroma server does not hold the vectors.
            IndexMismatchError: it was made with another model, format, reader or chunking.
            LibraryIndexError: the files are damaged, or the Chroma server does not answer.
        """
        folder, descriptor = self._lease()
        try:
            manifest = self._manifest(folder)
            self.check(manifest, expected, chunking=chunking, reader_version=reader_version)
            return self._generation(folder, manifest, descriptor)
        except BaseException:
            os.close(descriptor)
            raise

    def check(
        self,
        manifest: Manifest,
        expected: EmbeddingIdentity | None = None,
        *,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> None:
        """Refuse an index that was made otherwise than is expected now.

        Raises:
            IndexMismatchError: the message names what differs, both values and the command that mends it.
        """
        differences = manifest.differences(expected, chunking, reader_version)
        if manifest.vectors != self._vectors_kind:
            differences.append(
                f"vectors: {manifest.vectors!r} in the index, {self._vectors_kind!r} now (index.chroma_url)"
            )
        if differences:
            raise IndexMismatchError(
                f"The index at {self._layout.root} was made otherwise: {'; '.join(differences)}. "
                "Build it again with `steward ingest --rebuild`."
            )

    @contextlib.contextmanager
    def write(
        self,
        *,
        embedding: EmbeddingIdentity,
        chunking: Mapping[str, Any],
        reader_version: str,
        catalogue_hash: str,
    ) -> Iterator[Writer]:
        """A writer for the next generation, alone until the block ends; without `Writer.publish` nothing changes.

        Raises:
            IndexLockedError: another process is writing; the message says which.
        """
        from assistant.index.writer import Writer

        with writer_lock(self._layout.root):
            self._tidy()
            base = self._base(embedding)
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
            )
            try:
                writer = Writer(self._layout, folder, draft, base, self._server)
                with contextlib.closing(writer):
                    yield writer
            finally:
                self._tidy()

    def forget_earlier(self) -> None:
        """Remove the generation before the current one too, unless it is being searched, for what it holds.

        Raises:
            IndexLockedError: another process is writing; it removes that generation itself, or the next writer does.
        """
        with writer_lock(self._layout.root):
            self._tidy(earlier=0)

    @property
    def _vectors_kind(self) -> VectorsKind:
        return "embedded" if self._server is None else "server"

    def _base(self, embedding: EmbeddingIdentity) -> Manifest | None:
        """The current generation where texts can be carried over from it: same format, same embedding, same place."""
        try:
            manifest = self.manifest()
        except LibraryIndexError:
            return None
        if manifest is None or manifest.differences(embedding) or manifest.vectors != self._vectors_kind:
            return None
        # Files that are gone must not keep `--rebuild` from mending the index.
        return manifest if self._layout.folder(manifest.generation).chunks.exists() else None

    def _manifest(self, folder: GenerationFolder) -> Manifest:
        try:
            return manifest_from_json(folder.manifest.read_text(encoding="utf-8"))
        except ValueError as error:
            raise IndexMismatchError(
                f"{folder.manifest} cannot be read: {error}. Build the index again with `steward ingest --rebuild`."
            ) from error

    def _lease(self) -> tuple[GenerationFolder, int]:
        """The current generation, kept from being removed."""
        seen = None
        while (generation := self._layout.current_id()) is not None and generation != seen:
            folder = self._layout.folder(generation)
            if (descriptor := lease(folder)) is not None:
                return folder, descriptor
            seen = generation  # a writer switched and removed it in between: the pointer names another one now
        raise self._not_found()

    def _not_found(self) -> IndexNotFoundError:
        return IndexNotFoundError(f"No index at {self._layout.root}. Build it with `steward ingest`.")

    def _generation(self, folder: GenerationFolder, manifest: Manifest, descriptor: int) -> Generation:
        from assistant.index import vectors
        from assistant.index.chunk_store import ChunkStore
        from assistant.index.generation import Generation

        with contextlib.ExitStack() as opened:
            store = opened.enter_context(contextlib.closing(ChunkStore(folder)))
            if self._server is None:
                collection = vectors.open_embedded(folder.chroma)
            else:
                collection = vectors.open_server(self._server, vectors.server_collection(folder.id))
            opened.enter_context(contextlib.closing(collection))
            generation = Generation(folder, manifest, collection, store, descriptor)
            opened.pop_all()
            return generation

    def _tidy(self, earlier: int = 1) -> None:
        """Remove what nobody searches, but for the current generation and those just before. Call under the lock."""
        current = self._layout.current_id()
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
            folder.manifest.unlink(missing_ok=True)
            if folder.server_collection.exists() and not self._drop_collection(folder):
                return
            shutil.rmtree(folder.path)

    def _drop_collection(self, folder: GenerationFolder) -> bool:
        """Whether the folder's collection is gone from the server; the next writer tries again if not."""
        if self._server is None:
            return False
        from assistant.index import vectors

        try:
            name = json.loads(folder.server_collection.read_text(encoding="utf-8"))["collection"]
            vectors.delete_from_server(self._server, name)
        except (LibraryIndexError, ValueError):
            return False
        return True
