"""The tab "Glossary": acronyms, their long forms, and where these are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.library import Library
from assistant.web.app import build_app
from assistant.web.glossary_tab import MOST_PLACES, MOST_ROWS, GlossaryEntry, glossary_entries, glossary_html
from tests.library_making import index_library, make_library, open_library

MORE = """
## Sheds {#sheds}

The Boat Safety Board (BSB) owns them. A BSB (Boat Safety Board) and a boat safety board (BSB) are one. Not so the
Barge Supply Bank (BSB).
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    summary = settings.corpus / "summaries" / "harbour-plan.md"
    summary.write_text(summary.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    catalogue = settings.corpus / "catalogue.toml"
    hostile = catalogue.read_text(encoding="utf-8").replace('"Tide report"', '"Tide <script>x</script> report"')
    catalogue.write_text(hostile, encoding="utf-8")
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_each_long_form_says_where_it_is_given_and_which_is_searched(library: Library) -> None:
    found = {(item.acronym, item.long_form): item for item in glossary_entries(library.generation)}
    assert list(found) == [
        ("BSB", "Boat Safety Board"),
        ("BSB", "Barge Supply Bank"),
        ("VCLE", "voluntary, community and local enterprise"),
    ]
    board, bank, enterprise = found.values()
    assert (board.is_searched, bank.is_searched) == (True, False)
    assert board.places == ("Harbour plan › Sheds",)
    assert enterprise.places == ("Tide <script>x</script> report › Tide report › Wardens",)


def test_the_table_is_escaped_and_holds_what_the_filter_wants(library: Library) -> None:
    entries = glossary_entries(library.generation)
    table = glossary_html(entries)
    assert table.count('<th scope="row"') == 3
    assert "<caption>Acronyms and what they stand for (3)</caption>" in table
    assert "<script" not in table
    assert "Tide &lt;script&gt;x&lt;/script&gt; report" in table
    for wanted in ("vcle", "COMMUNITY enterprise", "tide"):
        assert glossary_html(entries, wanted).count('<th scope="row"') == 1
    assert "No acronym matches “&lt;b&gt;”." in glossary_html(entries, " <b> ")
    assert "define no acronyms" in glossary_html([])


def test_long_lists_are_cut_and_say_so() -> None:
    places = tuple(f"Plan › Part {number}" for number in range(MOST_PLACES + 2))
    entries = [GlossaryEntry(f"A{number}", "a form", True, places) for number in range(MOST_ROWS + 1)]
    table = glossary_html(entries)
    assert table.count('<th scope="row"') == MOST_ROWS
    assert f"{MOST_ROWS} of {MOST_ROWS + 1} shown" in table
    assert table.count("and 2 more") == MOST_ROWS


def test_the_tab_and_programs_get_the_same_entries(library: Library) -> None:
    functions: dict[str, Any] = {item.api_name: item.fn for item in build_app(lambda: library).fns.values()}
    assert functions["glossary"]("bank")["entries"] == [
        {
            "acronym": "BSB",
            "long_form": "Barge Supply Bank",
            "is_searched": False,
            "places": ("Harbour plan › Sheds",),
        }
    ]
