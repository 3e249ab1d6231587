"""Precedents found for a query: nearest first, once each, and only those that match."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents import find_precedents
from tests.library_making import PRECEDENTS, index_library, make_library, open_library

LONG = " ".join(f"In the {number}th year the crews rowed a race from the northern quay." for number in range(28))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    other = PRECEDENTS.replace("hull-lamp-scheme", "leith-races").replace("The Hull lamp scheme", "The Leith races")
    other = other.replace('place = "Hull"', 'place = "Leith"').replace('country = "England"', 'country = "Scotland"')
    other = other.replace('theme = "safety"', 'theme = "sport"').replace('polarity = "worked"', 'polarity = "failed"')
    other = other.replace("Boatmen shared the cost of lamps, and collisions fell by half.", LONG)
    register = settings.corpus / "registers" / "precedents.toml"
    register.write_text(PRECEDENTS + other, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def ids(*arguments: object, **named: object) -> list[str]:
    return [item.entry.id for item in find_precedents(*arguments, **named)]  # type: ignore[arg-type]


def test_the_nearest_comes_first_and_each_once(library: Library) -> None:
    assert sum(text.chunks for text in library.generation.manifest.texts.values() if text.part == "precedents") > 2
    assert ids(library, "boatmen shared the cost of lamps") == ["hull-lamp-scheme", "leith-races"]
    found = find_precedents(library, "crews rowed a race from the northern quay")
    assert [(item.rank, item.entry.id) for item in found] == [(1, "leith-races"), (2, "hull-lamp-scheme")]
    assert found[0].score > found[1].score
    assert ids(library, "crews rowed a race", 1) == ["leith-races"]


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        ({"place": "scotland"}, ["leith-races"]),
        ({"place": " Leith, Scot"}, ["leith-races"]),
        ({"place": "Wales"}, []),
        ({"theme": "safety"}, ["hull-lamp-scheme"]),
        ({"polarity": "failed"}, ["leith-races"]),
        ({"polarity": "failed", "theme": "safety"}, []),
    ],
)
def test_facets_leave_only_what_matches(library: Library, facets: dict[str, str], expected: list[str]) -> None:
    assert ids(library, "boats", **facets) == expected


def test_an_unknown_theme_is_refused_with_those_there_are(library: Library) -> None:
    with pytest.raises(AssistantError, match=r"No theme 'rope' in the register; it has: safety, sport."):
        find_precedents(library, "boats", theme="rope")
