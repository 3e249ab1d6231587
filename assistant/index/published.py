"""An index where other machines can fetch it: in a folder or a bucket, reached by fsspec.

::

    current            names the generation and the file that lists its files; written last
    files/<sha256>     that list, and every file in it, by its content

Whoever may write there decides what the machines that fetch from it answer.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import PublicationError
from assistant.index.layout import IN_USE, NAME
from assistant.index.sealing import Seal

CURRENT, FILES = "current", "files"
PIECE = 2**23
"""Bytes asked for at once (8 MiB), so that each call ends soon."""
MOST_CURRENT, MOST_LISTING = 4096, 2**28
"""Most bytes that are read of `current`, and of a list or manifest (256 MiB)."""


class PublishedFile(BaseModel):
    """A file by its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    changed_ns: int = Field(0, ge=0, lt=2**63)
    """Time of its last change where it was built, which tells later that nothing has changed it since."""


class Publication(BaseModel):
    """What is published now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[1] = 1
    generation: str = Field(pattern=f"^{NAME}$")
    listing: PublishedFile


def _inside(path: str) -> str:
    """Return the path of a file if it stays in the folder of its generation, and is none that we lock."""
    if path == IN_USE or not path.isprintable() or any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError("is not a path inside a generation")
    return path


_LISTING = TypeAdapter(dict[Annotated[str, AfterValidator(_inside)], PublishedFile])


class PublishedStore:
    """The folder or bucket. Constructing it asks nothing of it."""

    def __init__(self, address: str) -> None:
        """Raise `PublicationError` where fsspec, or the package for this kind of store, does not know the address."""
        from fsspec.core import url_to_fs

        self._address = address.rstrip("/")
        self.asked_at: float | None = None
        """When the call under way began, by the monotonic clock; None between calls."""
        with self._errors("cannot be used", "its address cannot be used"):
            # An instance of its own, which does not remember what was there.
            self._files, self._root = url_to_fs(address, skip_instance_cache=True, use_listings_cache=False)
        self._is_local = "file" in self._files.protocol

    def current(self) -> Publication:
        """Return what is published now.

        Raises:
            PublicationError: nothing is, or it cannot be read.
        """
        try:
            return Publication.model_validate_json(self._read(CURRENT, 0, MOST_CURRENT))
        except ValidationError as error:
            raise self._damaged(CURRENT) from error

    def listing(self, publication: Publication) -> dict[str, PublishedFile]:
        """Return the files of a generation by their path in its folder, none of which leads out of it.

        Raises:
            PublicationError: the list is damaged or cannot be read.
        """
        try:
            return _LISTING.validate_json(self.read(publication.listing))
        except ValidationError as error:
            raise self._damaged(publication.listing.sha256) from error

    def read(self, file: PublishedFile) -> bytes:
        """Return the content of a small file, checked.

        Raises:
            PublicationError: it is damaged, too large, or cannot be read.
        """
        if file.size > MOST_LISTING:
            raise self._damaged(file.sha256)
        content = b"".join(self._pieces(file))
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise self._damaged(file.sha256)
        return content

    def save(self, file: PublishedFile, target: Path) -> None:
        """Save a file, checked: ``target`` is there whole or not at all.

        Raises:
            PublicationError: it is damaged or cannot be read.
            OSError: it cannot be written.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        staged, digest = target.with_name(".fetching"), hashlib.sha256()
        with staged.open("wb") as saved:
            for piece in self._pieces(file):
                digest.update(piece)
                saved.write(piece)
        if digest.hexdigest() != file.sha256:
            staged.unlink()
            raise self._damaged(file.sha256)
        os.utime(staged, ns=(file.changed_ns, file.changed_ns))
        staged.replace(target)

    def publish(self, generation: str, files: Mapping[str, tuple[Path, Seal]], *, again: bool = False) -> int:
        """Send the files that are not there, then name the generation as current; return how many were sent.

        ``again`` sends those that are there too. Files of earlier generations are deleted.

        Raises:
            PublicationError: it cannot be written; what was current before still is.
        """
        try:
            wanted = _LISTING.validate_python({path: _published(seal) for path, (_, seal) in files.items()})
        except ValidationError as error:
            named = ascii(error.errors()[0]["input"])
            raise PublicationError(
                f"A file named {named} cannot be published. Rename it.", "it cannot be written"
            ) from error
        listing = _LISTING.dump_json(wanted)
        listed = PublishedFile(size=len(listing), sha256=hashlib.sha256(listing).hexdigest())
        current = Publication(generation=generation, listing=listed).model_dump_json()
        with self._errors("cannot be written", "it cannot be written"):
            if self._is_local:  # a bucket has no folders, and must not be created where its name is misspelt
                self._files.makedirs(f"{self._root}/{FILES}", exist_ok=True)
            there = {} if again else self._sizes()
            missing = {
                file.sha256: files[path][0] for path, file in wanted.items() if there.get(file.sha256) != file.size
            }
            for sha256, path in missing.items():
                self._files.put_file(str(path), f"{self._root}/{FILES}/{sha256}")
            self._files.pipe_file(f"{self._root}/{FILES}/{listed.sha256}", listing)
            self._name_current(current.encode())
            kept = {listed.sha256, *(file.sha256 for file in wanted.values())}
            for name in self._sizes().keys() - kept:
                self._files.rm_file(f"{self._root}/{FILES}/{name}")
        return len(missing)

    def _sizes(self) -> dict[str, int]:
        found = self._files.find(f"{self._root}/{FILES}", detail=True)
        return {path.rpartition("/")[2]: facts["size"] for path, facts in found.items()}

    def _name_current(self, content: bytes) -> None:
        path = f"{self._root}/{CURRENT}"
        if not self._is_local:  # written at once, or not at all
            self._files.pipe_file(path, content)
            return
        self._files.pipe_file(f"{path}.next", content)
        Path(f"{path}.next").replace(path)

    def _pieces(self, file: PublishedFile) -> Iterator[bytes]:
        for start in range(0, file.size, PIECE):
            end = min(start + PIECE, file.size)
            piece = self._read(f"{FILES}/{file.sha256}", start, end)
            if len(piece) != end - start:
                raise self._damaged(file.sha256)
            yield piece

    def _read(self, name: str, start: int, end: int) -> bytes:
        self.asked_at = time.monotonic()
        try:
            with self._errors("cannot be read", "it cannot be read"):
                content: bytes = self._files.cat_file(f"{self._root}/{name}", start=start, end=end)
        except PublicationError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            why = "nothing is published there" if name == CURRENT else "a file of it is missing"
            raise PublicationError(
                f"There is no {name} at {self._address}. Publish the index there with `steward publish`.", why
            ) from error
        finally:
            self.asked_at = None
        return content

    def _damaged(self, name: str) -> PublicationError:
        where = name if name == CURRENT else f"{FILES}/{name}"
        return PublicationError(
            f"The index at {self._address} is damaged: {where} is not as it was published. Publish it again with "
            "`steward publish --again`.",
            "it is damaged",
        )

    @contextmanager
    def _errors(self, what: str, why: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # each kind of store raises errors of its own
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise PublicationError(
                f"The published index at {self._address} {what} ({said}). Check the address, the rights to it, and "
                "that it can be reached.",
                why,
            ) from error


def _published(seal: Seal) -> PublishedFile:
    return PublishedFile(size=seal.size, sha256=seal.sha256, changed_ns=seal.changed_ns)
