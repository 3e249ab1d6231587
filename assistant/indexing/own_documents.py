"""Changes of users' own documents, in ``corpus/added/``: one at a time, each whole or not at all.

::

    corpus/added/
      <id>/source.json      the entry; the file that it names lies beside it
      .lock                 held by whoever adds or removes
      .adding.json          how to undo the addition under way
      .removing/<id>/       what the removal under way takes out

What an interrupted change left there is cleared up at the next build, the next change or the next start of the app.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from assistant.errors import CatalogueError, IndexLockedError, LibraryIndexError
from assistant.files.saving import replace_file
from assistant.index import IndexStore
from assistant.indexing.questions import questions_path
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, ENTRY, NewFile, load_listed

REMOVING = ".removing"
_ADDING = ".adding.json"


class _Addition(BaseModel):
    """An addition under way."""

    id: str
    file: str
    """Path of the new file within the corpus."""
    before: str | None
    """The earlier entry, as Latin-1, which keeps any bytes."""


@contextmanager
def one_change(settings: Settings) -> Iterator[None]:
    """Hold the right to change users' own documents, after clearing up what an earlier change left.

    Raises:
        IndexLockedError: somebody else is adding or removing a document.
        CatalogueError: the folder cannot be written.
    """
    folder = settings.corpus / ADDED
    lock = FileLock(folder / ".lock", blocking=False)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise IndexLockedError(
            "Another document is being added or removed. Wait until it is done, then try again."
        ) from error
    except OSError as error:
        raise CatalogueError(f"{folder} cannot be written ({error.strerror}). Check your rights to it.") from error
    try:
        _clear_up(settings)
        yield
    finally:
        lock.release()


def clear_up(settings: Settings) -> None:
    """Undo an interrupted addition, and finish an interrupted removal; do nothing while one is under way."""
    folder = settings.corpus / ADDED
    if (folder / _ADDING).exists() or (folder / REMOVING).exists():
        with suppress(IndexLockedError), one_change(settings):
            pass


@contextmanager
def whole_addition(new: NewFile, settings: Settings) -> Iterator[None]:
    """Undo the addition of a file if the block fails, or this process dies in it."""
    marker, entry = settings.corpus / ADDED / _ADDING, settings.corpus / ADDED / new.id / ENTRY
    try:
        before = entry.read_bytes().decode("latin-1") if entry.exists() else None
        addition = _Addition(id=new.id, file=new.row["file"], before=before)
        replace_file(marker, addition.model_dump_json().encode())
    except OSError as error:
        raise CatalogueError(
            f"{error.filename} cannot be read or written ({error.strerror}). `steward remove {new.id}` takes it out."
        ) from error
    try:
        yield
    except BaseException:
        _undo(addition, settings.corpus)
        marker.unlink(missing_ok=True)
        raise
    marker.unlink()


def finish_removal(name: str, settings: Settings) -> None:
    """Delete what was taken out under a name, with the hand-written questions of a document that goes with it."""
    taken = settings.corpus / ADDED / REMOVING / name
    with suppress(OSError):  # what cannot be deleted now is tried again with the next change
        if name not in load_listed(settings.corpus):
            questions_path(settings.corpus, name).unlink(missing_ok=True)
        if taken.is_symlink():
            taken.unlink()
        else:
            shutil.rmtree(taken)
        taken.parent.rmdir()


def _clear_up(settings: Settings) -> None:
    marker = settings.corpus / ADDED / _ADDING
    try:
        addition = _Addition.model_validate_json(marker.read_bytes())
    except (FileNotFoundError, ValidationError):
        addition = None
    if addition is not None and not _is_indexed(addition, settings):
        _undo(addition, settings.corpus)
    marker.unlink(missing_ok=True)
    removing = settings.corpus / ADDED / REMOVING
    for taken in list(removing.iterdir()) if removing.is_dir() else []:
        finish_removal(taken.name, settings)


def _is_indexed(addition: _Addition, settings: Settings) -> bool:
    """Return whether the index holds the new file already, so that only its last step was interrupted."""
    try:
        manifest = IndexStore(settings.index).manifest()
        held = manifest.texts.get(addition.id) if manifest else None
        with (settings.corpus / addition.file).open("rb") as file:
            return held is not None and held.digest == hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, LibraryIndexError):
        return False


def _undo(addition: _Addition, corpus: Path) -> None:
    """Restore the earlier entry, if any, and delete a file that no entry names."""
    entry = corpus / ADDED / addition.id / ENTRY
    if addition.before is None:
        entry.unlink(missing_ok=True)
    else:
        replace_file(entry, addition.before.encode("latin-1"))
    if addition.before is None or addition.file not in addition.before:
        (corpus / addition.file).unlink(missing_ok=True)
    with suppress(OSError):  # it holds an earlier file, or was never made
        entry.parent.rmdir()
