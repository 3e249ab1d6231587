"""`steward serve`: the web app."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from assistant.settings import load_settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 7860,
) -> None:
    """Start the web app."""
    # Loading modules makes no garbage, but looking for it takes a fifth of the time; `launch` enables it again.
    gc.disable()
    from assistant.web import launch

    launch(load_settings(), host, port)
