"""The small register, built once for the tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.answering import Assistant
from tests.precedents.register_making import make_register


@pytest.fixture(scope="package")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over three cases and two recommendations."""
    assistant = make_register(tmp_path_factory.mktemp("register"))
    yield assistant
    assistant.generation.close()
