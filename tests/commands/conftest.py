"""The small register, opened in the place of the settings' library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant import library
from assistant.answering import Assistant
from tests.precedents.register_making import make_register


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The register with the stand-in embedder."""
    assistant = make_register(tmp_path_factory.mktemp("register"))
    yield assistant
    assistant.generation.close()


@pytest.fixture
def opened(register: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """The register, which every command opens."""
    monkeypatch.setattr(library, "open_assistant", lambda _: register)
    return register
