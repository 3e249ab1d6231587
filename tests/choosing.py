"""What is tried of many cases of one kind: a few, and all of them with ``--thorough``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest


def few(cases: Mapping[str, Any] | Iterable[str], *chosen: str) -> list[Any]:
    """Parameters of a test, named by their keys or themselves; only the chosen ones without ``--thorough``."""
    named = cases if isinstance(cases, Mapping) else {case: case for case in cases}
    assert set(chosen) <= set(named)
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            id=name,
            marks=() if name in chosen else pytest.mark.thorough,
        )
        for name, value in named.items()
    ]
