"""`steward audit`: check the audit log, and export, erase or hold what is kept of people."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.storage import Database, DataSubject

app = typer.Typer(help="Check the audit log, and export, erase or hold what is kept of people.", no_args_is_help=True)

Name = typer.Argument(metavar="NAME", help="A name of `steward people list`, a reader's digest or 'user NAME'.")
Everybody = Annotated[bool, typer.Option("--everybody", help="Instead of a name: whoever it is.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]


@app.callback()
def audit() -> None:
    """Check the audit log, and export, erase or hold what is kept of people."""


@app.command()
def verify(
    since: Annotated[
        str | None, typer.Option(metavar="NUMBER:HASH", help="A checkpoint that an earlier run printed.")
    ] = None,
) -> None:
    """Say whether every row of the log is there and unchanged; keep the checkpoint that it prints elsewhere."""
    from assistant.storage import Checkpoint, open_audit

    kept = None
    if since is not None:
        if not (parts := re.fullmatch(r"(\d{1,9}):([0-9a-f]{64})", since.strip())):
            raise typer.BadParameter("A checkpoint is a number, a colon and 64 hexadecimal digits.")
        kept = Checkpoint(int(parts[1]), parts[2])
    log = open_audit(load_settings())
    try:
        found = log.verify(kept)
    finally:
        log.close()
    if found.problem:
        print(f"The log does not hold: {found.problem}")
        raise typer.Exit(1)
    print(f"The log holds: {found.rows} rows. Checkpoint: {found.newest}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="File for the records, one JSON line each.")],
    person: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only what is held of this person: a name of `steward people list`, a reader's digest or 'user NAME'.",
        ),
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="Only from this day on, in UTC."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Only until this day, which counts."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Save conversations, feedback, records of files and rows of the log, of a person or of everybody."""
    from assistant.rights import export_records
    from assistant.storage.personal_records import EARLIEST, LATEST

    begins = first.replace(tzinfo=UTC) if first else EARLIEST
    ends = last.replace(tzinfo=UTC) + timedelta(days=1) if last else LATEST
    count = export_records(load_settings(), file, person, begins, ends, force)
    print(f"Saved {count} lines to {file}.")
    print(
        "They hold personal data, perhaps of others whom a question names. Read them before you pass them on.",
        file=sys.stderr,
    )


@app.command()
def erase(
    name: Annotated[str, Name],
    dry_run: DryRun = False,
) -> None:
    """Erase a person's conversations, feedback, private files and the words of their questions; the log's rows stay."""
    from assistant.models.embedding import SentenceEmbedder
    from assistant.rights import erase_person

    settings = load_settings()
    erased = erase_person(settings, name, lambda: SentenceEmbedder(settings.embedding), dry_run=dry_run)
    print(
        f"{'Would erase' if dry_run else 'Erased'} conversations: {erased.conversations}, feedback: {erased.feedback}, "
        f"words of questions in the log: {erased.questions}, private files: {erased.files}."
    )


@app.command()
def retain(dry_run: DryRun = False) -> None:
    """Delete what is past its time and not held, as the app does; the settings STEWARD_STORAGE__KEEP_… say when."""
    from assistant.storage import keep_of, open_database
    from assistant.storage import retain as run

    settings = load_settings()
    database = open_database(settings)
    try:
        gone = run(database, keep_of(settings), lambda: datetime.now(UTC), dry_run=dry_run)
    finally:
        database.close()
    print(
        f"{'Would delete' if dry_run else 'Deleted'} conversations: {gone.conversations}, feedback: {gone.feedback}, "
        f"words of questions in the log: {gone.questions}, rows of the log: {gone.rows}."
    )


@app.command()
def hold(
    name: Annotated[str | None, Name] = None,
    everybody: Everybody = False,
    reason: Annotated[str, typer.Option(help="Why, for whoever wants to delete something.")] = "",
) -> None:
    """Put a person, or everybody, under a legal hold: nothing of theirs is deleted until it is released."""
    from assistant import storage

    with _subject(name, everybody) as (database, who):
        storage.hold(database, who, reason)
    print("Held.")


@app.command()
def release(name: Annotated[str | None, Name] = None, everybody: Everybody = False) -> None:
    """End a legal hold; what is past its time goes with the next run."""
    from assistant import storage

    with _subject(name, everybody) as (database, who):
        storage.release(database, who)
    print("Released.")


@app.command()
def holds() -> None:
    """List the legal holds: whom, since when and why."""
    from assistant.storage import list_holds, open_database

    database = open_database(load_settings())
    try:
        found = list_holds(database)
    finally:
        database.close()
    for item in found:
        print(f"{item.subject or 'everybody'}, since {item.since:%Y-%m-%d}: {item.reason}")
    if not found:
        print("Nothing is held. Hold somebody's data with `steward audit hold NAME --reason WHY`.", file=sys.stderr)


@contextmanager
def _subject(name: str | None, everybody: bool) -> Iterator[tuple[Database, DataSubject | None]]:
    """Open the database, with whom a command is about; None for everybody."""
    from assistant.storage import find_subject, open_database

    if (name is None) != everybody:
        raise typer.BadParameter("Give a name or --everybody.")
    database = open_database(load_settings())
    try:
        yield database, None if name is None else find_subject(database, name)
    finally:
        database.close()
