"""Folders that take long to make, made once in a run of the tests, by whichever worker needs them first."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

_shared: Path | None = None
_lasting: Path | None = None


def share_in(folder: Path, lasting: Path | None) -> None:
    """Keep what is made in this folder, which all workers of a run have in common; ``lasting`` outlives the run."""
    global _shared, _lasting
    _shared, _lasting = folder, lasting


def lasting() -> Path | None:
    """A folder that outlives the run, for what depends on its key alone; None where all is to be made again."""
    return _lasting


def copy_of(name: str, make: Callable[[Path], object], folder: Path) -> None:
    """Copy to ``folder``, which is not there yet, what ``make`` makes in a folder of this name."""
    if _shared is None:  # outside a run of the tests
        make(folder)
    else:
        shutil.copytree(_made(_shared, name, make), folder)


def digest_of(folder: Path, *more: str) -> str:
    """A name for what is made of the files in a folder and of further words."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for part in (str(path.relative_to(folder)).encode(), path.read_bytes()):
            digest.update(hashlib.sha256(part).digest())
    for words in more:
        digest.update(hashlib.sha256(words.encode()).digest())
    return digest.hexdigest()


def _made(shared: Path, name: str, make: Callable[[Path], object]) -> Path:
    place = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not place.exists():
            unfinished = shared / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(place)
    return place
