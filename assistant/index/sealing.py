"""Seals a generation's files when it is built, and opens a private copy of them that nobody else can change.

Damage is found before native code opens the files: Chroma and Tantivy crash the process over some damage, and answer
wrongly over other. Opening a copy means that neither later damage nor a build changes an answer under way, that
Chroma's writes at every opening change nothing, and that a read-only folder can be searched.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from assistant.errors import IndexDamagedError, LibraryIndexError
from assistant.index.layout import CHROMA_DATABASE, IN_USE, MANIFEST, GenerationFolder

COPIED_BYTES = 2**26
"""Files up to this size (64 MiB) are read and copied at every opening, at about 1 ms per MB. A larger one is linked to,
and read only where its size or time of change differs from the build's.
"""
_PREFIX = "steward-index-"
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Seal:
    """A file as it was built."""

    size: int
    changed_ns: int
    """Time of the last change, in nanoseconds since 1970."""
    sha256: str


def seal_files(folder: GenerationFolder) -> dict[str, Seal]:
    """Return the seal of every file of a generation, by its path in the folder."""
    return {
        path.relative_to(folder.path).as_posix(): seal_file(path)
        for path in sorted(folder.path.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST, IN_USE)
    }


def seal_file(path: Path) -> Seal:
    """Return the seal of one file as it is now."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        return Seal(facts.st_size, facts.st_mtime_ns, hashlib.file_digest(file, "sha256").hexdigest())


def check_files(folder: GenerationFolder, seals: Mapping[str, Seal]) -> None:
    """Read every file and compare it with its seal.

    Raises:
        IndexDamagedError: one is missing or has changed.
    """
    for name, seal in seals.items():
        with _opened(folder.path / name, seal) as file:
            _compare(folder.path / name, hashlib.file_digest(file, "sha256").hexdigest(), seal)


class Snapshot:
    """A generation's files, checked and copied to a private folder; large ones are linked to."""

    def __init__(self, folder: GenerationFolder, seals: Mapping[str, Seal], *, wholly: bool = False) -> None:
        """Check and copy the files; ``wholly`` reads the large ones too.

        Raises:
            IndexDamagedError: a file is missing or has changed.
            LibraryIndexError: there is no room for the copy.
        """
        with _room():
            path, lock = _private_folder()
        # Runs at the end of the process too; after a kill, the next process that opens an index removes the folder.
        self.close = weakref.finalize(self, _remove, path, lock)
        self.folder = GenerationFolder(path)
        """Where to open the files."""
        self._linked: dict[Path, tuple[int, int, int]] = {}
        try:
            for name, seal in seals.items():
                self._take(folder.path / name, path / name, seal, wholly)
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """Check whether linked files are as they were when opened.

        Raises:
            IndexDamagedError: one is missing or has changed.
        """
        for path, facts in self._linked.items():
            try:
                same = _facts(path.stat()) == facts
            except OSError:
                same = False
            if not same:
                raise IndexDamagedError(path, "was changed while it was in use")

    def _take(self, source: Path, target: Path, seal: Seal, wholly: bool) -> None:
        with _room():
            target.parent.mkdir(parents=True, exist_ok=True)
        with _opened(source, seal) as file:
            # Chroma writes to its database at every opening, even for a search.
            if seal.size <= COPIED_BYTES or source.name == CHROMA_DATABASE:
                _compare(source, _copy(file, target), seal)
                return
            facts = os.fstat(file.fileno())
            if wholly or facts.st_mtime_ns != seal.changed_ns:
                _compare(source, hashlib.file_digest(file, "sha256").hexdigest(), seal)
        self._linked[source] = _facts(facts)
        target.symlink_to(source.resolve())


@contextmanager
def _opened(path: Path, seal: Seal) -> Iterator[FileIO]:
    """Open a file that has the size of the build; any error in the block is reported for this file."""
    try:
        # Anything but a file must be neither waited for, as a pipe is, nor read.
        with FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK)) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise IndexDamagedError(path, "is not a file")
            if facts.st_size != seal.size:
                raise IndexDamagedError(path, f"has {facts.st_size} bytes, not the {seal.size} of the build")
            yield file
    except FileNotFoundError as error:
        raise IndexDamagedError(path, "is missing") from error
    except OSError as error:
        raise IndexDamagedError(path, f"cannot be read ({error.strerror or error})") from error


def _copy(file: FileIO, target: Path) -> str:
    """Copy a file's bytes, and return the SHA-256 of what was written, in hexadecimal."""
    digest = hashlib.sha256()
    with _room(), target.open("xb", buffering=0) as copy:
        while piece := file.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()


def _compare(path: Path, found: str, seal: Seal) -> None:
    if found != seal.sha256:
        raise IndexDamagedError(path, "was changed since it was built")


def _facts(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LibraryIndexError(
            f"The index cannot be opened: it cannot be copied to {tempfile.gettempdir()} "
            f"({error.strerror or error}). Free some space there, or set TMPDIR to another folder."
        ) from error


def _private_folder() -> tuple[Path, int]:
    """Create a folder for this account alone, and lock it, which says that it is in use."""
    _sweep()
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with suppress(FileNotFoundError):
            lock = _lock(path)
            if lock is not None and path.exists():
                return path, lock
        # Another process took it for an abandoned one, in the moment before it was locked.


def _sweep() -> None:
    """Remove the folders of processes that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if path.lstat().st_uid == os.geteuid() and (lock := _lock(path)) is not None:
                _remove(path, lock)


def _lock(path: Path) -> int | None:
    """Lock a folder; None where another process holds it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _remove(path: Path, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)
