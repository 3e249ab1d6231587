"""Writes a file whole or not at all, and never over an existing one unless asked to."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import NoteError

NOTE_ENDINGS = (".md", ".docx")


def check_place(path: Path, overwrite: bool = False, what: str = "note", endings: Sequence[str] = NOTE_ENDINGS) -> None:
    """Check, before the work of making it, that a note (or ``what``) can be saved there.

    Raises:
        NoteError: wrong ending, no such folder, or an existing file that must not be overwritten.
    """
    if path.suffix.lower() not in endings:
        advice = "Choose one of these endings." if len(endings) > 1 else "Choose this ending."
        raise NoteError(f"A {what} is saved as {' or '.join(endings)}, not as {path.name!r}. {advice}")
    if not path.parent.is_dir():
        raise NoteError(f"There is no folder {path.parent}. Make it, or save the {what} in an existing one.")
    if path.is_dir():
        raise NoteError(f"{path} is a folder. Name a file.")
    if path.exists() and not overwrite:
        raise NoteError(f"{path} exists already. Choose another name, or overwrite it with --force.")


def save_whole(path: Path, content: bytes, overwrite: bool = False, what: str = "note") -> None:
    """Write a note (or ``what``) whole or not at all.

    Raises:
        NoteError: an existing file must not be overwritten, or the file cannot be written.
    """
    try:
        write_whole(path, content, overwrite)
    except FileExistsError as error:
        raise NoteError(f"{path} exists already. Choose another name, or overwrite it with --force.") from error
    except OSError as error:
        raise NoteError(f"{path} cannot be written: {error.strerror or error}. Save the {what} elsewhere.") from error


def write_whole(path: Path, content: bytes, overwrite: bool = False) -> None:
    """Write a file whole or not at all, whatever happens meanwhile.

    Raises:
        FileExistsError: it exists and must not be overwritten.
        OSError: it cannot be written; devices and pipes are refused, since the new file would replace them.
    """
    if overwrite and path.exists() and not path.is_file():
        raise OSError(None, "it is not an ordinary file", str(path))
    if overwrite:
        replace_file(path, content)
        return
    temporary = path.with_name(f".writing-{secrets.token_hex(8)}")
    try:
        temporary.write_bytes(content)
        _put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes | Path) -> None:
    """Write bytes, or a copy of a file: a reader, or a crash, meets the old or the new content, never a part.

    Raises:
        OSError: it cannot be written; nothing of it remains.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:
        written = Path(file.name)
        try:
            if isinstance(content, Path):
                with content.open("rb") as original:
                    shutil.copyfileobj(original, file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise


def _put(written: Path, path: Path) -> None:
    """Give a file its name unless another has it, in one step where the disk can."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: a process killed in between leaves an empty file
        path.touch(exist_ok=False)
        written.replace(path)
