"""`steward feedback`: export what readers thought of answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings

app = typer.Typer(help="Export what readers of the web app thought of answers.", no_args_is_help=True)


@app.callback()
def feedback() -> None:
    """Export what readers of the web app thought of answers."""


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="File for the feedback, one JSON line each.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Save all feedback, without names; questions and reasons may contain personal data."""
    from dataclasses import asdict

    from assistant.errors import StorageError
    from assistant.files.saving import replace_file
    from assistant.storage import AuditLog, export_feedback, open_database

    if file.exists() and not force:
        raise StorageError(f"{file} already exists. Choose another name, or overwrite it with --force.")
    database = open_database(load_settings())
    try:
        AuditLog(database).record("export", {"what": "feedback"})
        found = export_feedback(database)
    finally:
        database.close()
    lines = "".join(f"{json.dumps(asdict(item), ensure_ascii=False)}\n" for item in found.items)
    try:
        replace_file(file, lines.encode())  # readable only by its owner
    except OSError as error:
        raise StorageError(f"Cannot write {file}: {error.strerror or error}. Choose another place.") from error
    print(f"Saved {len(found.items)} lines to {file}.")
    print("Questions and reasons may contain personal data.", file=sys.stderr)
    if found.unreadable:
        print(f"{found.unreadable} left out, because an older version stored them.", file=sys.stderr)
