"""Folders of the index: generations side by side, and the small file that names the current one.

::

    indexes/
      current                  id of the generation that is searched
      write.lock               held by the one writer; write.lock.holder says who it is
      generations/<id>/
        manifest.json          written last: a folder without it was never finished
        chroma/                vectors, unless a Chroma server keeps them
        words/                 Tantivy
        chunks.sqlite          chunks, documents, glossary
        vectors.f32            every representation's vector, float32, row by row
        sketch.f32             their principal components
        corpus/                its documents, where another machine published it
        in-use                 locked (shared) by whoever searches this generation
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import IndexDamagedError

MANIFEST = "manifest.json"
IN_USE = "in-use"
CHROMA_DATABASE = "chroma.sqlite3"
NAME = r"\d{8}T\d{12}-[0-9a-f]{8}"
"""Pattern of a generation's name."""
_NAME = re.compile(NAME, re.ASCII)


@dataclass(frozen=True)
class Layout:
    """Paths below the folder of the index."""

    root: Path

    @property
    def current(self) -> Path:
        """The file that names the current generation."""
        return self.root / "current"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def folder(self, generation: str) -> GenerationFolder:
        """Return where a generation lies or will lie."""
        return GenerationFolder(self.generations / generation)

    def all(self) -> list[GenerationFolder]:
        """Return every generation folder, finished or not, oldest first."""
        return [GenerationFolder(path) for path in sorted(self.generations.glob("*")) if _NAME.fullmatch(path.name)]

    def current_id(self) -> str | None:
        """Return the id of the generation that is searched; None when no index has been built.

        Raises:
            IndexDamagedError: the file that names it is damaged.
        """
        try:
            name = self.current.read_bytes().strip().decode("ascii", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexDamagedError(self.current, f"cannot be read ({error.strerror})") from error
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(self.current, "does not name a generation")
        return name

    def create(self) -> GenerationFolder:
        """Create an empty generation folder; its name sorts by time and is unique on every machine."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        folder = self.folder(name)
        folder.path.mkdir(parents=True)
        folder.in_use.touch()
        return folder

    def switch(self, generation: str) -> None:
        """Make ``generation`` the current one: sync everything in it to disk, then rename once."""
        sync_tree(self.folder(generation).path)
        sync_file(self.generations)
        staged = self.root / "current.next"
        staged.write_text(generation + "\n", encoding="utf-8")
        sync_file(staged)
        if self.current.is_dir():  # damaged: we put nothing into such a folder
            shutil.rmtree(self.current)
        staged.replace(self.current)
        sync_file(self.root)


@dataclass(frozen=True)
class GenerationFolder:
    """Paths of one generation."""

    path: Path

    @property
    def id(self) -> str:
        """The generation's name."""
        return self.path.name

    @property
    def manifest(self) -> Path:
        """The manifest, written last."""
        return self.path / MANIFEST

    @property
    def chroma(self) -> Path:
        """Chroma's folder."""
        return self.path / "chroma"

    @property
    def words(self) -> Path:
        """Tantivy's folder."""
        return self.path / "words"

    @property
    def chunks(self) -> Path:
        """The SQLite file of chunks, documents and glossary."""
        return self.path / "chunks.sqlite"

    @property
    def vectors(self) -> Path:
        """Raw float32 rows."""
        return self.path / "vectors.f32"

    @property
    def sketch(self) -> Path:
        """Shortened rows."""
        return self.path / "sketch.f32"

    @property
    def corpus(self) -> Path:
        """The corpus that came with it."""
        return self.path / "corpus"

    @property
    def server_collection(self) -> Path:
        """The file that names the Chroma server's collection to delete with this folder."""
        return self.path / "server-collection"

    @property
    def in_use(self) -> Path:
        """Locked by whoever searches here."""
        return self.path / IN_USE


@contextlib.contextmanager
def unused(folder: GenerationFolder) -> Iterator[bool]:
    """Yield whether nobody searches the generation, and keep it so inside the block."""
    try:
        descriptor = os.open(folder.in_use, os.O_RDONLY)
    except FileNotFoundError:  # half removed by a writer that was killed
        yield True
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def lease(folder: GenerationFolder) -> int | None:
    """Return a file descriptor that keeps the generation from being removed until closed; None when it is gone.

    Raises:
        IndexDamagedError: the lock file is missing.
    """
    try:
        descriptor = os.open(folder.in_use, os.O_RDONLY)
    except OSError as error:
        if folder.manifest.exists():
            raise IndexDamagedError(folder.in_use, f"cannot be opened ({error.strerror})") from error
        return None
    # Since `current` was read, a writer may have locked the folder to remove it.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if folder.manifest.exists():
        return descriptor
    os.close(descriptor)
    return None


def sync_tree(folder: Path) -> None:
    """Sync everything below ``folder`` to disk."""
    for parent, _, files in os.walk(folder):
        for name in files:
            sync_file(Path(parent, name))
        sync_file(Path(parent))


def sync_file(path: Path) -> None:
    """Sync one file or directory to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
