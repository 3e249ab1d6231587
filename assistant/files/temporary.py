"""The folder for this process's temporary files: private to its user, and deleted with the process."""

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
"""Variable that tells Gradio where to keep uploads and downloads."""


@contextlib.contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """Keep the temporary files of this process and its children in one folder, deleted at the end.

    Folders of dead processes are deleted at the start: a live process holds a lock, which the operating system frees
    when it dies.

    Raises:
        AssistantError: the folder cannot be made, or belongs to another user.
    """
    above = _shared_folder()
    folder = above / secrets.token_hex(8)
    lock = FileLock(_lock_of(folder))
    # One process at a time: a folder must not be taken for a dead process's before its lock is held.
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
    """Return the folder of this user's processes, mode 0700."""
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
