"""Calls `steward precedents` as a shell would."""

from __future__ import annotations

import pytest

from assistant.cli import main


def run(*arguments: str) -> int:
    """The exit code."""
    with pytest.raises(SystemExit) as ended:
        main(("precedents", *arguments))
    return int(ended.value.code or 0)
