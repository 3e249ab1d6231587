"""Writes a generation: prepared beside the current one, it replaces it in one step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

import numpy as np

from assistant.index import vectors as chroma
from assistant.index.chunk_store import ChunkStore, ChunkStoreWriter, TextPlace
from assistant.index.layout import GenerationFolder, Layout
from assistant.index.manifest import Manifest, TextEntry, library_version, manifest_to_json
from assistant.index.representations import open_matrix
from assistant.index.sealing import seal_files
from assistant.index.sketch import write_sketch
from assistant.index.words import WordWriter
from assistant.records import Array, Chunk, Document

Progress = Callable[[int, int], None]
"""Called with how many vectors, of how many, are in the index."""

MOST_DEAD = 1 / 3
"""Largest share of rows without a chunk at which the last generation's vectors are copied, not inserted again."""


@dataclass(frozen=True)
class ChunkVectors:
    """Vectors of a text's chunks, float32, unit length."""

    whole: Array
    """``(n_chunks, dim)``."""
    sentences: tuple[Array, ...]
    """Per chunk ``(n_sentences, dim)``, in the order of ``chunk.sentences``."""
    questions: tuple[Array, ...]
    """Per chunk ``(n_questions, dim)``."""

    def stacked(self) -> Array:
        """Return one row per representation: each chunk's whole, its sentences, its questions, chunk by chunk."""
        parts = [
            part
            for whole, sentences, questions in zip(self.whole, self.sentences, self.questions, strict=True)
            for part in (whole[np.newaxis], sentences, questions)
        ]
        return np.ascontiguousarray(np.concatenate(parts), dtype="<f4") if parts else np.empty((0, 0), dtype="<f4")


@dataclass(frozen=True)
class _Rows:
    """Where a text's vectors come from, the base generation or what was put, starting at row ``first``."""

    kept: bool
    first: int
    count: int


class Writer:
    """Collects the texts of a new generation in library order; `publish` makes it the current one."""

    def __init__(
        self,
        layout: Layout,
        folder: GenerationFolder,
        draft: Manifest,
        base: tuple[Manifest, GenerationFolder] | None,
        server: str | None,
    ) -> None:
        """Take ``base``, the current generation and where its files are, if they can be reused."""
        self._layout = layout
        self._folder = folder
        self._draft = draft
        self._server = server
        self._base = base[0] if base else None
        self._base_folder = base[1] if base else None
        self._base_store = ChunkStore(self._base_folder) if self._base_folder else None
        self._store = ChunkStoreWriter(folder.chunks)
        self._words = WordWriter(folder.words)
        self._entries: dict[str, TextEntry] = {}
        self._left_out: dict[str, str] = {}
        self._rows: dict[str, _Rows] = {}
        self._chunks = 0
        self._put_path = folder.path / "put.f32"
        self._put: BinaryIO = self._put_path.open("wb")
        self._put_rows = 0

    def keep(self, text_id: str) -> None:
        """Carry an unchanged text over from the current generation.

        Raises:
            KeyError: the current generation does not have it, or was made with another embedding or format.
        """
        if self._base is None or self._base_store is None:
            raise KeyError(text_id)
        place = self._base_store.places()[text_id]
        self._store.copy(self._base_store, place)
        chunks = self._base_store.range(place.first_chunk, place.first_chunk + place.chunks)
        self._add(self._base.texts[text_id], chunks, _Rows(True, place.first_row, place.rows))

    def put(self, entry: TextEntry, document: Document, chunks: Sequence[Chunk], vectors: ChunkVectors) -> None:
        """Add a new or changed text.

        Raises:
            ValueError: the numbers of chunks and vectors differ, a vector's length is not the embedding's, or the text
                or
                one of its chunks was added before.
        """
        shapes = [(len(one), len(two)) for one, two in zip(vectors.sentences, vectors.questions, strict=True)]
        if not len(chunks) == len(vectors.whole) == len(shapes):
            raise ValueError(f"{entry.id} has {len(chunks)} chunks, but vectors of {len(vectors.whole)}")
        rows = vectors.stacked()
        if len(rows) and rows.shape[1] != self._draft.embedding.dimensions:
            raise ValueError(
                f"{entry.id}: vectors of {rows.shape[1]} dimensions, not {self._draft.embedding.dimensions}"
            )
        self._store.add(entry.id, document, chunks, shapes)
        self._put.write(rows.tobytes())
        self._add(entry, chunks, _Rows(False, self._put_rows, len(rows)))
        self._put_rows += len(rows)

    def leave_out(self, name: str, why: str) -> None:
        """Record that a file or text is not in this generation, and why."""
        self._left_out[name] = why

    def document_texts(self, besides: Container[str] = ()) -> Iterator[str]:
        """Yield the words of every text kept or put so far, in order, but those with these ids."""
        return self._store.document_texts(besides)

    def set_glossary(self, glossary: Mapping[str, str]) -> None:
        """Set the long form of each acronym; by default there are none."""
        self._store.set_glossary(glossary)

    def publish(self, progress: Progress | None = None) -> Manifest:
        """Make the new generation the current one, in one step, and return its manifest.

        Raises:
            LibraryIndexError: Chroma or Tantivy failed; the current generation is unchanged.
        """
        self._put.close()
        self._words.finish()
        kept = self._write_vectors(progress or _silent)
        matrix = open_matrix(self._folder.vectors, self._draft.embedding.dimensions)
        write_sketch(self._folder.sketch, matrix, self._base_folder.sketch if self._base_folder else None, kept)
        self._store.finish()
        self._put_path.unlink()
        if self._server is None:
            chroma.compact(self._folder.chroma)
        manifest = replace(
            self._draft,
            built_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            library_version=library_version(self._entries.values(), self._draft.embedding, self._draft.chunking),
            texts=self._entries,
            left_out=self._left_out,
            files=seal_files(self._folder),
        )
        self._folder.manifest.write_text(manifest_to_json(manifest), encoding="utf-8")
        self._layout.switch(self._folder.id)
        return manifest

    def close(self) -> None:
        """Release files; what was not published is removed later."""
        self._put.close()
        self._store.close()
        del self._words
        if self._base_store:
            self._base_store.close()

    def _add(self, entry: TextEntry, chunks: Sequence[Chunk], rows: _Rows) -> None:
        self._words.add(chunks, text=len(self._entries), first=self._chunks)
        self._entries[entry.id] = entry
        self._rows[entry.id] = rows
        self._chunks += len(chunks)

    def _write_vectors(self, progress: Progress) -> int:
        """Return how many rows at the start are those of the current generation."""
        dimensions = self._draft.embedding.dimensions
        put = open_matrix(self._put_path, dimensions)
        kept = sum(rows.count for rows in self._rows.values() if rows.kept)
        if self._base_folder is None or not kept:
            self._insert(put, put, progress)
            return 0
        old = open_matrix(self._base_folder.vectors, dimensions)
        if self._server is None and 1 - kept / len(old) <= MOST_DEAD:
            self._grow(old, put, progress)
            return len(old)
        self._insert(old, put, progress)
        return 0

    def _insert(self, old: Array, put: Array, progress: Progress) -> None:
        """Rewrite the matrix, text by text, and insert all of it into a new collection."""
        first: dict[str, int] = {}
        total = 0
        with self._folder.vectors.open("wb") as file:
            for id_, rows in self._rows.items():
                file.write((old if rows.kept else put)[rows.first : rows.first + rows.count].tobytes())
                first[id_] = total
                total += rows.count
        self._store.place(first)
        matrix = open_matrix(self._folder.vectors, self._draft.embedding.dimensions)
        _fill(self._create(), range(total), matrix, progress)

    def _grow(self, old: Array, put: Array, progress: Progress) -> None:
        """Copy the last generation's matrix and collection, remove old texts, append new ones."""
        assert self._base_folder is not None and self._base_store is not None  # noqa: PT018
        shutil.copyfile(self._base_folder.vectors, self._folder.vectors)
        with self._folder.vectors.open("ab") as file:
            file.write(put.tobytes())
        self._store.place({id_: rows.first if rows.kept else len(old) + rows.first for id_, rows in self._rows.items()})
        shutil.copytree(self._base_folder.chroma, self._folder.chroma)
        gone = [place for id_, place in self._base_store.places().items() if not self._is_kept(id_)]
        collection = chroma.open_embedded(self._folder.chroma)
        try:
            collection.delete([row for place in gone for row in _rows_of(place)])
        except BaseException:
            collection.close()
            raise
        _fill(collection, range(len(old), len(old) + len(put)), put, progress)

    def _is_kept(self, text_id: str) -> bool:
        rows = self._rows.get(text_id)
        return rows is not None and rows.kept

    def _create(self) -> chroma.Vectors:
        if self._server is None:
            return chroma.open_embedded(self._folder.chroma, create=True)
        name = chroma.server_collection(self._folder.id)
        # Write the name before creating the collection: a kill in between leaves nothing behind unnamed.
        self._folder.server_collection.write_text(json.dumps({"collection": name}), encoding="utf-8")
        return chroma.open_server(self._server, name, create=True)


def _fill(collection: chroma.Vectors, rows: range, vectors: Array, progress: Progress) -> None:
    inserted = 0

    def done(more: int) -> None:
        nonlocal inserted
        inserted += more
        progress(inserted, len(rows))

    try:
        collection.add(rows, vectors, done)
    finally:
        collection.close()


def _rows_of(place: TextPlace) -> range:
    return range(place.first_row, place.first_row + place.rows)


def _silent(_done: int, _total: int) -> None:
    pass
