"""A small library for the tabs of the web app."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assistant.library import Library
from assistant.settings import Settings
from tests.library_making import index_library, make_library, open_library
from tests.precedents.register_making import make_register


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small library, in which a sentence of the plan holds markup."""
    settings = make_library(tmp_path_factory.mktemp("library"))
    summary = settings.corpus / "summaries" / "harbour-plan.md"
    words = summary.read_text(encoding="utf-8").replace("40 boats", "40 &lt;script&gt;alert(1)&lt;/script&gt; boats")
    summary.write_text(words, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with every kind of case and recommendation."""
    library = make_register(tmp_path_factory.mktemp("register"))
    yield library
    library.generation.close()


@pytest.fixture
def current(settings: Settings) -> Iterator[Callable[[], Library]]:
    """Follows the library as the app's own does, with the stand-in embedder."""
    opened: list[Library] = []

    def newest() -> Library:
        opened.append(open_library(settings))
        return opened[-1]

    yield newest
    for library in opened:
        library.generation.close()
