"""The tab Compare: asked as the app asks it, and its page as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assistant.answering.comparison import compare_documents
from assistant.library import Library
from assistant.records import Footnote
from assistant.web.compare_tab import TOPIC_CHARACTERS, comparison_html
from tests.web.pages import HOSTILE, page_event, parsed, words_of

BOTH = ["harbour-plan", "tide-report"]


@pytest.fixture(scope="module")
def compare(library: Library) -> Callable[..., str]:
    return page_event("show_comparison", library)


def test_the_table_has_a_row_a_theme_and_a_cell_a_document(compare: Callable[..., str]) -> None:
    (table,) = parsed(compare("boats", BOTH)).iter("table")
    assert words_of(table.find("caption")) == "What 2 documents say on “boats”"
    heads = [words_of(head) for head in table.iterfind("thead/tr/th[@scope='col']")]
    assert heads == [
        "Theme",
        "Harbour Office: Harbour plan Government policy, 1 May 2024 Steward’s summary",
        "Tide Trust: Tide report Independent proposal, February 2025 Steward’s summary",
    ]
    for row in table.iterfind("tbody/tr"):
        assert [cell.tag for cell in row] == ["th", "td", "td"]
        assert row[0].get("scope") == "row"
    plan, report = table.iterfind("tbody/tr[1]/td")
    assert words_of(plan).startswith("Harbour Office, Harbour plan, government policy Each boat must carry: ")
    told = "Tide Trust, Tide report, independent proposal Nothing near enough found. Nearest: "
    assert words_of(report).startswith(told)
    assert words_of(report).endswith(" [2]")


def test_cells_and_lines_stay_apart_in_the_words_alone(compare: Callable[..., str]) -> None:
    (table,) = parsed(compare("boats", BOTH)).iter("table")
    assert not re.findall(r"\w[a-z][A-Z]\w+", table.text_content())


def test_a_cells_number_leads_to_the_card_of_its_words(library: Library) -> None:
    tree = parsed(comparison_html(compare_documents("boats", BOTH, library), library.generation))
    cells = [cell for cell in tree.iter("td") if cell.find(".//a") is not None]
    assert cells
    for cell in cells:
        (card,) = tree.iterfind(f".//article[@id='{cell.find('.//a').get('href')[1:]}']")
        assert card.find(".//p[@class='told']/strong").text_content() in words_of(cell)
    assert not list(tree.iter("blockquote"))
    assert "“" not in "".join(map(words_of, cells))


def test_a_cells_number_leads_to_the_card_of_its_exact_quote(library: Library) -> None:
    comparison = compare_documents("boats", BOTH, library)
    exact = tuple(replace(quote, form="quote") for quote in comparison.citations)
    comparison = replace(comparison, citations=exact)
    tree = parsed(comparison_html(comparison, library.generation))
    cells = list(tree.iterfind(".//td[blockquote]"))
    assert cells
    for cell in cells:
        link = cell.find(".//a")
        (card,) = tree.iterfind(f".//article[@id='{link.get('href')[1:]}']")
        quote = card.find(".//mark").text_content()
        assert f"“{quote}”" in cell.find("blockquote").text_content()
        assert quote in [item.quote for item in comparison.citations]
        assert words_of(cell.find("p[@class='voice']")).split(", ")[0] in words_of(card)


def test_a_column_says_that_its_words_are_a_summary(library: Library) -> None:
    comparison = compare_documents("boats", BOTH, library)
    one = comparison.documents[0].id
    forms = tuple(
        replace(quote, form="summary" if quote.document == one else "quote") for quote in comparison.citations
    )
    tree = parsed(comparison_html(replace(comparison, citations=forms), library.generation))
    heads = [words_of(head) for head in tree.iterfind(".//thead//th")]
    assert ["Steward’s summary" in words for words in heads] == [False, True, False]


def test_a_row_of_a_table_is_read_behind_its_columns_titles(compare: Callable[..., str]) -> None:
    page = words_of(parsed(compare("grant Leith", BOTH)))
    assert "Port: Leith; Grant: £12m" in page
    assert "Port Grant Leith £12m" in page


def test_a_topic_that_is_nowhere_is_said_to_be_such_with_the_nearest(compare: Callable[..., str]) -> None:
    tree = parsed(compare("polar bears", BOTH))
    assert "Nothing near enough to the topic was found in these documents." in words_of(tree)
    assert ["Nothing near enough found. Nearest:" in words_of(cell) for cell in tree.iter("td")] == [True, True]
    assert len(list(tree.iter("article"))) == 2


@pytest.mark.parametrize(
    ("topic", "documents", "sentence"),
    [
        ("", BOTH, "Enter a topic in a few words."),
        (" \n", BOTH, "Enter a topic in a few words."),
        (None, BOTH, "Enter a topic in a few words."),
        ("boats", [], "Choose 2 or more documents."),
        ("boats", None, "Choose 2 or more documents."),
        ("boats", ["tide-report"], "Choose 2 or more documents."),
        ("boats", ["tide-report", "tide-report"], "Choose 2 or more documents."),
        ("b" * (TOPIC_CHARACTERS + 1), BOTH, f"The topic has {TOPIC_CHARACTERS + 1} characters"),
        ("boats", ["tide-report", "<b>log"], "No document '<b>log' in the library"),
    ],
)
def test_what_cannot_be_compared_costs_one_sentence(
    topic: Any, documents: Any, sentence: str, compare: Callable[..., str]
) -> None:
    (alert,) = parsed(compare(topic, documents))
    assert alert.get("role") == "alert"
    assert alert.text_content().startswith(sentence)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_topic_or_a_source_become_markup_or_a_link(words: str, library: Library) -> None:
    comparison = compare_documents("boats", BOTH, library)
    (quote, *_) = comparison.citations
    note = Footnote("1", words, url="javascript:alert(1)" if words.startswith("<") else "https://example.org/bait")
    hostile = replace(
        comparison,
        topic=words,
        documents=tuple(replace(item, title=words, publisher=words) for item in comparison.documents),
        themes=tuple(
            replace(
                row,
                theme=words,
                cells=tuple(replace(cell, text=words) if cell.citation else cell for cell in row.cells),
            )
            for row in comparison.themes
        ),
        citations=tuple(
            replace(quote, n=item.n, quote=words, title=words, section=(words,), footnotes=(note,), page_label=words)
            for item in comparison.citations
        ),
    )
    tree = parsed(comparison_html(hostile, library.generation))
    assert words in tree.text_content()


def test_a_superseded_document_is_called_so_in_its_head_and_its_cells(library: Library) -> None:
    comparison = compare_documents("boats", BOTH, library)
    old = replace(
        comparison, documents=(replace(comparison.documents[0], status="superseded"), comparison.documents[1])
    )
    tree = parsed(comparison_html(old, library.generation))
    assert "Government policy, superseded, 1 May 2024" in words_of(tree.findall(".//thead/tr/th")[1])
    assert all("government policy, superseded" in words_of(row[1]) for row in tree.iterfind(".//tbody/tr"))
