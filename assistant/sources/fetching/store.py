"""Originals on disk: ``corpus/originals/<id>/``, a file per version and ``current.json``, which names the one in use.

Each version is written to a temporary file, synced and renamed before ``current.json`` changes in the same way. A fetch
killed at any point leaves the earlier version in use.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import DocumentError
from assistant.sources.fetching.screening import EXTENSIONS, OriginalKind

Change = Literal["new", "changed", "unchanged"]

_SIDECAR = "current.json"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class OriginalRecord:
    """An original on disk, and where it came from."""

    path: Path
    kind: OriginalKind
    sha256: str
    size: int
    url: str
    """The address from the catalogue, or from the landing page that it names."""
    final_url: str
    """Where that redirected to."""
    fetched_at: datetime
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Download:
    """An original as downloaded."""

    data: bytes
    kind: OriginalKind
    url: str
    final_url: str
    etag: str | None = None
    last_modified: str | None = None


class _Version(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(pattern=r"^[0-9a-f]{16}\.(pdf|html|docx)$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=1)
    kind: OriginalKind
    url: str
    final_url: str
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


class _Sidecar(_Version):
    history: tuple[_Version, ...] = ()
    """Earlier versions, the latest first."""


def current_original(corpus: Path, source_id: str) -> OriginalRecord | None:
    """Return the original in use, its file verified against the SHA-256 of its download; None if none was fetched.

    Raises:
        DocumentError: the record or the file is damaged; `steward fetch ID` fixes it.
    """
    folder = _folder(corpus, source_id)
    sidecar = _read_sidecar(folder)
    if sidecar is None:
        return None
    path = folder / sidecar.file
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read ({error.strerror}). {_fetch_again(source_id)}") from error
    if digest != sidecar.sha256:
        raise DocumentError(
            f"{path} is not what was downloaded: its SHA-256 is {digest[:16]}…. {_fetch_again(source_id)}"
        )
    return _record(folder, sidecar)


def kept_version(corpus: Path, source_id: str, sha256: str, kind: OriginalKind) -> Path:
    """Return where a version of an original lies, in use or not; the file may be missing.

    Raises:
        ValueError: ``source_id`` is not a catalogue id.
    """
    return _folder(corpus, source_id) / (sha256[:16] + EXTENSIONS[kind])


def keep_original(corpus: Path, source_id: str, download: Download) -> tuple[OriginalRecord, Change]:
    """Put a download to use, beside the version before it; the same bytes only update the record of their origin.

    Raises:
        OSError: it cannot be written; what was in use stays so.
    """
    folder = _folder(corpus, source_id)
    folder.mkdir(parents=True, exist_ok=True)
    version = _describe(download)
    change: Change = "new"
    history: tuple[_Version, ...] = ()
    with FileLock(folder / ".lock"):
        for leftover in folder.glob("*.part"):  # left by a fetch that was killed: nobody else writes under this lock
            leftover.unlink()
        previous = _readable_sidecar(folder)
        if previous is not None and previous.sha256 == version.sha256:
            change, history = "unchanged", previous.history
            version = version.model_copy(update={"fetched_at": previous.fetched_at})
        elif previous is not None:
            change, history = "changed", (_Version(**previous.model_dump(exclude={"history"})), *previous.history)
        _write(folder / version.file, download.data)
        sidecar = _Sidecar(**version.model_dump(), history=history)
        _write(folder / _SIDECAR, sidecar.model_dump_json(indent=2).encode())
    return _record(folder, sidecar), change


def _describe(download: Download) -> _Version:
    sha256 = hashlib.sha256(download.data).hexdigest()
    return _Version(
        file=sha256[:16] + EXTENSIONS[download.kind],
        sha256=sha256,
        size=len(download.data),
        kind=download.kind,
        url=download.url,
        final_url=download.final_url,
        fetched_at=datetime.now(UTC).replace(microsecond=0),
        etag=download.etag,
        last_modified=download.last_modified,
    )


def _record(folder: Path, version: _Version) -> OriginalRecord:
    return OriginalRecord(
        path=folder / version.file,
        kind=version.kind,
        sha256=version.sha256,
        size=version.size,
        url=version.url,
        final_url=version.final_url,
        fetched_at=version.fetched_at,
        etag=version.etag,
        last_modified=version.last_modified,
    )


def _folder(corpus: Path, source_id: str) -> Path:
    if not _ID.fullmatch(source_id):
        raise ValueError(f"{source_id!r} is not a catalogue id: small letters, digits and single hyphens")
    return corpus / "originals" / source_id


def _read_sidecar(folder: Path) -> _Sidecar | None:
    path = folder / _SIDECAR
    try:
        return _Sidecar.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DocumentError(f"{path} cannot be read ({error.strerror}). {_fetch_again(folder.name)}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the JSON"
        raise DocumentError(f"{path} is damaged ({where}: {first['msg']}). {_fetch_again(folder.name)}") from error


def _readable_sidecar(folder: Path) -> _Sidecar | None:
    try:
        return _read_sidecar(folder)
    except DocumentError:
        return None


def _fetch_again(source_id: str) -> str:
    return f"Fetch the original again with `steward fetch {source_id}`."


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
