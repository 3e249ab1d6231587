"""`steward feedback`: what readers of the web app thought of its answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings

app = typer.Typer(help="What readers of the web app thought of its answers.", no_args_is_help=True)


@app.callback()
def feedback() -> None:
    """What readers of the web app thought of its answers."""


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Where it goes, one JSON line each.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Save all feedback, without who gave it; questions and reasons are readers' words and may hold personal data."""
    from dataclasses import asdict

    from assistant.errors import StorageError
    from assistant.sources.catalogue import write_atomically
    from assistant.storage import export_feedback, open_database

    if file.exists() and not force:
        raise StorageError(f"{file} is there already; choose another name, or write over it with --force.")
    database = open_database(load_settings())
    try:
        found = export_feedback(database)
    finally:
        database.close()
    lines = "".join(f"{json.dumps(asdict(item), ensure_ascii=False)}\n" for item in found.items)
    try:
        write_atomically(file, lines.encode())  # readable for its owner alone
    except OSError as error:
        raise StorageError(f"Cannot write {file}: {error.strerror or error}; choose another place.") from error
    print(f"{len(found.items)} lines in {file}.")
    print("Questions and reasons are readers' words: they may hold personal data.", file=sys.stderr)
    if found.unreadable:
        print(f"{found.unreadable} left out: stored by an older version.", file=sys.stderr)
