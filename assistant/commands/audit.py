"""`steward audit`: check the audit log, and export or erase what is held of people."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings

app = typer.Typer(help="Check the audit log, and export or erase what is held of people.", no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]


@app.callback()
def audit() -> None:
    """Check the audit log, and export or erase what is held of people."""


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
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A name of `steward people list`, a reader's digest or 'user NAME'."),
    ],
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
