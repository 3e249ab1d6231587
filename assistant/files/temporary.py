"""The folder for temporary files of this process: its user's alone, and gone with it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import AssistantError

UPLOADS = "GRADIO_TEMP_DIR"
"""The variable with which Gradio is told where uploads, and files to download, lie."""


@contextlib.contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """Keep what this process and its children write for a while in one folder, which is deleted in the end.

    What dead processes left is deleted at the start; the operating system frees the lock that a live one holds.

    Raises:
        AssistantError: the folder cannot be made, or is another user's.
    """
    above = _shared_folder()
    folder = above / secrets.token_hex(8)
    lock = FileLock(_lock_of(folder))
    # One process at a time, so that none takes a folder for a dead process's before its lock is held.
    with FileLock(above / ".sweep"):
        _sweep(above)
        lock.acquire()
    try:
        folder.mkdir(mode=0o700)
        kept = {name: os.environ.get(name) for name in ("TMPDIR", UPLOADS)}, tempfile.tempdir
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        os.environ[UPLOADS] = str(folder / "uploads")
        try:
            yield folder
        finally:
            variables, tempfile.tempdir = kept
            for name, value in variables.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()
        _lock_of(folder).unlink(missing_ok=True)


def _shared_folder() -> Path:
    """The folder of this user's processes, 0700."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir(), f"steward-{user}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or (user != "" and status.st_uid != user):
            raise AssistantError(f"{folder} belongs to another user. Set TMPDIR to a folder of your own.")
        folder.chmod(0o700)
    except OSError as error:
        raise AssistantError(f"{folder} cannot be used ({error}). Set TMPDIR to a folder of your own.") from error
    return folder


def _sweep(above: Path) -> None:
    for path in above.glob("[!.]*"):
        folder = path.with_suffix("")
        with contextlib.suppress(Timeout, OSError), FileLock(_lock_of(folder), blocking=False):
            shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")
