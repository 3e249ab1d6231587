"""The small register, opened in the place of the settings' library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant import library
from assistant.library import Library
from tests.precedents.register_making import make_register


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The register with the stand-in embedder."""
    library = make_register(tmp_path_factory.mktemp("register"))
    yield library
    library.generation.close()


@pytest.fixture
def opened(register: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The register, which every command opens."""
    monkeypatch.setattr(library, "open_library", lambda _: register)
    return register
