"""Style sheets and scripts of the page, read once when the app is built."""

from __future__ import annotations

from pathlib import Path


def read_static(name: str) -> str:
    """Return the text of one file of this folder."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
