"""One file that holds what nobody can make again: the database, users' own documents, and the settings without secrets.

::

    steward-backup.tar.gz
      backup.json         version, time, kind of database, and SHA-256 of every other file
      database            SQLite's own copy, or `pg_dump`'s archive
      added/…             `corpus/added/`, with what waits for a second librarian
      originals.json      which originals were fetched, from where; the files come again by `steward fetch`
      settings.json       the settings in force, without secrets
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from assistant import __version__
from assistant.errors import StorageError
from assistant.indexing.own_documents import one_change
from assistant.indexing.proposals import PENDING
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED
from assistant.storage import open_database, record_event
from assistant.storage.database_url import database_url, place_of

FORM = 1
"""Of the file; one of a later form is refused."""
RECORD, DATABASE = "backup.json", "database"
_UNPACKED = ".restoring"
"""Begins the name of a restore's folder in `added`, and ends that of the database's copy beside the database."""
DUMP_S = 600
"""Longest time of `pg_dump` or `pg_restore`, in seconds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds."""

    made: str
    """UTC, ISO 8601."""
    database: str
    """Kind: sqlite or postgresql."""
    documents: int
    """Own documents, by their folders."""
    size: int
    """Bytes of the backup file."""


def back_up(settings: Settings, file: Path, overwrite: bool = False) -> Kept:
    """Save everything in one file, readable by its owner alone, while the app may run.

    Where it is killed, there is no file of that name, but an unfinished one beside it, which the next one replaces.

    Raises:
        StorageError: the database cannot be read, or the file cannot be written or exists.
        IndexLockedError: a document is being added or removed.
    """
    if file.exists() and not overwrite:
        raise StorageError(f"{file} exists already. Choose another name, or overwrite it with --force.")
    url = database_url(settings)
    open_database(settings, migrate=False).close()  # created where there is none, and checked for a newer schema
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with tempfile.TemporaryDirectory(prefix="steward-backup-") as name, one_change(settings):
            unfinished.unlink(missing_ok=True)  # of a killed one
            record_event(settings, "export", {"what": "backup"})
            _dump(url, Path(name, DATABASE))
            (Path(name) / "originals.json").write_text(json.dumps(_originals(settings.corpus), indent=1))
            (Path(name) / "settings.json").write_text(json.dumps(_without_secrets(settings), indent=1))
            kept = _pack(Path(name), settings.corpus / ADDED, unfinished, url)
        unfinished.replace(file)
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written: {error.strerror or error}. Save the backup elsewhere."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return kept


def restore(settings: Settings, file: Path, overwrite: bool = False) -> Kept:
    """Put a backup's database and own documents in place; the app must not run. Nothing changes if the file is bad.

    Of what an interrupted restore was replacing, a part may be as before, as in the backup or missing: run it again
    with ``overwrite``.

    Raises:
        StorageError: the file is no backup, is damaged or of another kind of database, something is there already, or
            not everything can be written, or it cannot be logged, which is required.
        IndexLockedError: a document is being added or removed, or another restore runs.
        CatalogueError: the folder of the documents cannot be written.
    """
    url, added = database_url(settings), settings.corpus / ADDED
    try:
        settings.corpus.mkdir(parents=True, exist_ok=True)
        # Inside `added`, which may be a disk of its own: nothing can be renamed from another into it.
        with one_change(settings), _empty_folder(added) as unpacked:
            record = _unpack(file, unpacked)
            kept = _kept(record, file)
            if kept.database != url.get_backend_name():
                raise StorageError(
                    f"{file} holds a {kept.database} database; STEWARD_STORAGE__URL names one of "
                    f"{url.get_backend_name()}."
                )
            if not overwrite and (there := _there(url, added)):
                raise StorageError(
                    f"{there} is there already. Restore on an empty machine, or replace it with --force."
                )
            _put_database(url, unpacked / DATABASE)
            _put_added(unpacked / ADDED, added, unpacked)
            record_event(settings, "restored", {"made": kept.made})  # last, since the log itself was replaced
    except OSError as error:
        place = error.filename2 or error.filename or added
        raise StorageError(
            f"{file} is not restored, or only in part: {place} cannot be written: {error.strerror or error}. Put that "
            "right and run it again; --force replaces the part."
        ) from error
    return kept


@contextmanager
def _empty_folder(added: Path) -> Iterator[Path]:
    """Make a folder for the time of a restore, after deleting those of killed ones."""
    for left in added.glob(f"{_UNPACKED}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_UNPACKED, dir=added) as name:
        yield Path(name)


def _dump(url: URL, to: Path) -> None:
    if url.get_backend_name() == "sqlite":
        source = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(source, uri=True)) as read, closing(sqlite3.connect(to)) as write:
                read.backup(write)
        except sqlite3.Error as error:
            raise StorageError(
                f"The database {place_of(url)} cannot be read: {error}. Run `steward doctor`."
            ) from error
        return
    _postgresql(url, "pg_dump", "--format=custom", "--no-owner", f"--file={to}")


def _put_database(url: URL, dumped: Path) -> None:
    if url.get_backend_name() == "sqlite":
        place = Path(url.database or "")
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}{_UNPACKED}")
        try:
            shutil.copyfile(dumped, beside)
            beside.chmod(0o600)
            # A log beside the new file would be read into it.
            for part in ("-wal", "-shm"):
                Path(f"{place}{part}").unlink(missing_ok=True)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
        return
    _postgresql(url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dumped))


def _postgresql(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, with the password in its environment."""
    named = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    try:
        done = subprocess.run(  # noqa: S603 the program is one of two, and nothing goes through a shell
            [program, f"--dbname={named}", *arguments], env=environment, capture_output=True, text=True, timeout=DUMP_S
        )
    except FileNotFoundError as error:
        raise StorageError(f"{program} is not installed. Install PostgreSQL's client programs.") from error
    except subprocess.TimeoutExpired as error:
        raise StorageError(f"{program} was not done after {DUMP_S} s and was stopped. Run it by hand.") from error
    if done.returncode:
        line = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise StorageError(f"{program} failed at {place_of(url)}: {line}")


def _pack(folder: Path, added: Path, to: Path, url: URL) -> Kept:
    documents = [path for path in sorted(added.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    files = {path.name: path for path in folder.iterdir()}
    for document in [*documents, added / PENDING]:
        files |= {f"{ADDED}/{path.relative_to(added)}": path for path in document.rglob("*") if path.is_file()}
    record: dict[str, Any] = {
        "form": FORM,
        "steward": __version__,
        "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "database": url.get_backend_name(),
        "documents": len(documents),
        "files": {name: _digest(path) for name, path in sorted(files.items())},
    }
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz") as packed:
            words = json.dumps(record, indent=1).encode()
            head = tarfile.TarInfo(RECORD)
            head.size, head.mode = len(words), 0o600
            packed.addfile(head, io.BytesIO(words))
            for name, path in sorted(files.items()):
                packed.add(path, name, recursive=False)
        raw.flush()
        os.fsync(raw.fileno())
    return _kept(record, to)


def _unpack(file: Path, folder: Path) -> Mapping[str, Any]:
    """Unpack a backup and check every file against its record."""
    try:
        with tarfile.open(file, "r:gz") as packed:
            packed.extractall(folder, filter="data")
        record: Mapping[str, Any] = json.loads((folder / RECORD).read_bytes())
        files: Mapping[str, str] = record["files"]
        form, *_ = record["form"], record["database"], record["made"], int(record["documents"])
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, OSError) and error.strerror:  # the system's, not gzip's of what it reads
            raise StorageError(
                f"{file} cannot be read, or unpacked into {folder.parent}: {error.strerror}. Nothing is restored."
            ) from error
        raise StorageError(f"{file} is no backup of Steward's, or is damaged: {type(error).__name__}.") from error
    if form != FORM:
        raise StorageError(
            f"{file} was made by Steward {record.get('steward')}, in a form that this version cannot read."
        )
    unpacked = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if unpacked != {*files, RECORD}:
        raise StorageError(f"{file} is damaged: it lacks files, or holds others than it lists. Use another backup.")
    for name, digest in files.items():
        if _digest(folder / name) != digest:
            raise StorageError(f"{file} is damaged: {name} is not as it was saved. Use another backup.")
    return record


def _put_added(saved: Path, added: Path, aside: Path) -> None:
    """Exchange the documents for the saved ones; folder by folder, whole each."""
    for folder in [*_documents(added), added / PENDING]:
        if folder.exists():
            folder.replace(aside / f"old-{folder.name}")
    for folder in [*_documents(saved), saved / PENDING]:
        if folder.exists():
            folder.replace(added / folder.name)


def _documents(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith("."):
            yield path


def _there(url: URL, added: Path) -> str:
    """Return what a restore would replace; empty on an empty machine."""
    if any(_documents(added)):
        return str(added)
    if url.get_backend_name() == "sqlite":
        return place_of(url) if Path(url.database or "").exists() else ""
    with _open(url) as revision:
        return place_of(url) if revision else ""


@contextmanager
def _open(url: URL) -> Iterator[str | None]:
    from assistant.storage import Database

    database = Database(url)
    try:
        yield database.revision()
    finally:
        database.close()


def _kept(record: Mapping[str, Any], file: Path) -> Kept:
    return Kept(record["made"], record["database"], record["documents"], file.stat().st_size)


def _originals(corpus: Path) -> dict[str, Any]:
    found = {}
    for path in sorted(corpus.glob("originals/*/current.json")):
        found[path.parent.name] = json.loads(path.read_bytes())
    return found


def _without_secrets(settings: Settings) -> dict[str, Any]:
    """Return the settings that differ from the defaults; pydantic writes a secret as asterisks, and those go, too."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items() if not str(item).startswith("**")}
        return value

    found: dict[str, Any] = plain(settings.model_dump(mode="json", exclude_defaults=True))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
