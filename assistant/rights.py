"""A person's right to their data: everything that is held of them in one file, and its erasure."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from assistant.errors import StorageError
from assistant.files.saving import replace_file
from assistant.indexing.proposals import proposals
from assistant.indexing.removing import remove_document
from assistant.models.embedding import Embedder
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from assistant.storage import (
    AuditLog,
    DataSubject,
    Erased,
    erase_records,
    find_subject,
    open_database,
    personal_records,
)
from assistant.storage.personal_records import EARLIEST, LATEST, check_not_held


def export_records(
    settings: Settings,
    file: Path,
    name: str | None = None,
    first: datetime = EARLIEST,
    last: datetime = LATEST,
    overwrite: bool = False,
) -> int:
    """Save what is held of a person, or of everybody, from ``first`` to before ``last``; return the number of lines.

    The log notes the export, and the file holds that row too.

    Raises:
        StorageError: nobody has this name, the database cannot be read, or the file exists or cannot be written.
    """
    if file.exists() and not overwrite:
        raise StorageError(f"{file} already exists. Choose another name, or overwrite it with --force.")
    database = open_database(settings)
    try:
        who = find_subject(database, name) if name is not None else None
        period = {"from": first.date().isoformat(), "until": last.date().isoformat()}
        AuditLog(database).record("audit-exported", period, subject=who.subject if who else "")
        with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as written:
            count = 0
            for record in chain(_files(settings, who), personal_records(database, who, first, last)):
                written.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
            written.flush()
            replace_file(file, Path(written.name))  # readable only by its owner
    except OSError as error:
        raise StorageError(f"Cannot write {file}: {error.strerror or error}. Choose another place.") from error
    finally:
        database.close()
    return count


def erase_person(settings: Settings, name: str, embedder: Callable[[], Embedder], *, dry_run: bool = False) -> Erased:
    """Erase a person's conversations, feedback, private files and the words of their questions; say how much.

    The chain of the log stays whole. With ``dry_run`` nothing changes.

    Raises:
        StorageError: nobody has this name, or the database cannot be written.
        NotAllowedError: a legal hold keeps it.
        IndexLockedError: another document is being added or removed.
    """
    database = open_database(settings)
    try:
        who = find_subject(database, name)
        with database.read() as session:
            check_not_held(session, who)
        files = private_files(settings, who)
        if files and not dry_run:
            loaded = embedder()
            for source in files:
                remove_document(source.id, settings, loaded)
        return erase_records(database, who, len(files), dry_run=dry_run)
    finally:
        database.close()


def private_files(settings: Settings, who: DataSubject | None) -> list[Source]:
    """Return the files that somebody, or anybody, added for themselves alone."""
    sources = (source for source in load_catalogue(settings.corpus) if source.reader)
    return [source for source in sources if who is None or source.reader in who.readers]


def _files(settings: Settings, who: DataSubject | None) -> Iterator[dict[str, Any]]:
    for source in private_files(settings, who):
        yield {"kind": "file", **asdict(source)}
    for waiting in proposals(settings):
        if who is None or waiting.account in who.readers:
            yield {"kind": "file that waits", **waiting.model_dump(mode="json", exclude={"account", "beginning"})}
