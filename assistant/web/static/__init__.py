"""Style sheets and scripts of the page."""

from __future__ import annotations

from pathlib import Path


def read_static(name: str) -> str:
    """Return the text of a file in this folder."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
