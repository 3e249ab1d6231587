"""The small register, built once for the tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.library import Library
from tests.precedents.register_making import make_register


@pytest.fixture(scope="package")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """An assistant over three cases."""
    library = make_register(tmp_path_factory.mktemp("register"))
    yield library
    library.generation.close()
