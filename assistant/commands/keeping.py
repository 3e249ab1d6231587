"""`steward backup` and `steward restore`: keep what nobody can make again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.tar.gz", help="File for the backup; its owner alone can read it.")
    ],
    force: Force = False,
) -> None:
    """Save the database, your own documents and the settings without secrets, while the app may run."""
    from assistant.backup import back_up

    kept = back_up(load_settings(), file, force)
    print(f"{file}: {kept.database} database, {kept.documents} own documents, {kept.size:,} bytes.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.tar.gz", help="What `steward backup` saved.")],
    force: Force = False,
) -> None:
    """Put a backup in place; stop the app first, and run `steward ingest` afterwards."""
    from assistant import backup

    kept = backup.restore(load_settings(), file, force)
    print(f"Restored the {kept.database} database and {kept.documents} own documents as at {kept.made}.")
    print("Run `steward ingest`, and `steward fetch` for originals that are missing.")
