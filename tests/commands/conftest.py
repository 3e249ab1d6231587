"""The small register, opened in the place of the settings' library."""

from __future__ import annotations

import pytest

from assistant import library
from assistant.library import Library
from tests.precedents.register_making import register

__all__ = ["opened", "register"]


@pytest.fixture
def opened(register: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The register, which every command opens."""
    monkeypatch.setattr(library, "open_library", lambda _: register)
    return register
