"""Processes of their own, for the tests of storage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assistant.settings import Settings


def child(*arguments: str) -> subprocess.Popen[str]:
    """A process that runs one task of `tests.storage.children`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.children", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def url_of(settings: Settings) -> str:
    """The URL of the settings' database."""
    if settings.storage.url is not None:
        return settings.storage.url.get_secret_value()
    return f"sqlite:///{settings.index.folder / 'steward.db'}"
