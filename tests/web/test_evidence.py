"""Evidence cards: source text as plain words, pages, notes and their context."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import answering
from assistant.library import Library
from assistant.records import Footnote
from assistant.web.evidence import CHANGED, PASSAGE_CHARACTERS, Cards, evidence_html
from tests.web.pages import HOSTILE, parsed, words_of

QUESTION = "How many boats will the office license by 2027?"


def test_source_text_never_becomes_markup(library: Library) -> None:
    page = evidence_html(answering.ask(library, QUESTION), library)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>" in page


def test_a_note_links_to_web_addresses_only(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    note = Footnote("1", 'Register <b>"x"</b>', url="javascript:alert(1)")
    page = evidence_html(replace(answer, citations=(replace(answer.citations[0], footnotes=(note,)),)), library)
    assert 'href="javascript' not in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("iii", "p. iii"),
        ("Annex B-3", "p. Annex B-3"),
        ("Housing Act 2025, s. 4", "page 7 of the file"),
        (None, "page 7 of the file"),
    ],
)
def test_a_page_goes_by_its_label_where_that_is_short_enough_to_be_one(
    library: Library, label: str | None, shown: str
) -> None:
    answer = answering.ask(library, QUESTION)
    quote = replace(answer.citations[0], page=7, page_label=label)
    page = evidence_html(replace(answer, citations=(quote,)), library)
    assert shown in page
    assert "Housing" not in page


def test_an_abstention_shows_the_nearest_passages(library: Library) -> None:
    answer = replace(answering.ask(library, "What is the capital of Mongolia?"), status="not-in-library")
    assert "Nearest passages" in evidence_html(answer, library)
    first = answer.retrieved[0]
    endless = replace(first, chunk=replace(first.chunk, text="kiln" * 5000))
    shown = evidence_html(replace(answer, retrieved=(endless,)), library)
    assert shown.count("kiln") == PASSAGE_CHARACTERS // 4
    elsewhere = evidence_html(replace(answer, status="out-of-scope", retrieved=(endless,)), library)
    assert "kiln" not in elsewhere


def test_an_answer_of_an_earlier_day_is_shown_without_a_context_that_has_changed(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    quote = answer.citations[0]
    assert CHANGED not in evidence_html(answer, library)
    for changed in (replace(quote, start=quote.start + 1), replace(quote, document="sold-off")):
        page = evidence_html(replace(answer, citations=(changed,)), library)
        assert CHANGED in page
        (mark,) = parsed(page).iter("mark")
        assert mark.text == quote.quote


def test_a_note_leads_to_whom_it_cites(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    url = "https://example.org/register"
    note = Footnote("7", "Boat register.", publisher="Boat Office", date="4 March 2024", url=url)
    quote = replace(answer.citations[0], footnotes=(note,))
    (item,) = parsed(evidence_html(replace(answer, citations=(quote,)), library)).iter("li")
    assert item.text_content() == "Note 7, citing Boat Office, 2024 (opens in new tab): Boat register."
    assert [link.get("href") for link in item.iter("a")] == [url]


def test_a_note_without_a_named_source_still_leads_to_it(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    note = Footnote("7", "Boat register.", url="https://example.org/register")
    quote = replace(answer.citations[0], footnotes=(note,))
    (item,) = parsed(evidence_html(replace(answer, citations=(quote,)), library)).iter("li")
    assert item.text_content() == "Note 7, open the source it cites (opens in new tab): Boat register."


def test_the_title_of_a_document_stands_once_on_its_card(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    quote = answer.citations[0]
    for section in ((quote.title, "Boats"), (f"{quote.title}: a summary", "Boats")):
        tree = parsed(evidence_html(replace(answer, citations=(replace(quote, section=section),)), library))
        assert next(place.text for place in tree.iter("p") if place.get("class") == "place") == "Boats"
    tree = parsed(evidence_html(replace(answer, citations=(replace(quote, section=("Boats", "Fees")),)), library))
    assert next(place.text for place in tree.iter("p") if place.get("class") == "place") == "Boats › Fees"


def test_a_document_that_is_no_longer_in_force_says_so_on_its_card(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    assert "Do not rely on it" not in evidence_html(answer, library)
    old = replace(answer.citations[0], document_status="superseded")
    assert "This document is superseded" in evidence_html(replace(answer, citations=(old,)), library)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_document_prints_is_plain_words_on_a_card(library: Library, words: str) -> None:
    answer = answering.ask(library, QUESTION)
    note = Footnote("1", words, publisher=words)
    quote = replace(answer.citations[0], title=words, publisher=words, section=(words,), quote=words, footnotes=(note,))
    cards = Cards(library.generation)
    tree = parsed(evidence_html(replace(answer, citations=(quote,)), library, cards))
    assert words_of(tree).count(words) >= 5
    nearest = replace(answer, status="not-in-library")
    first = nearest.retrieved[0]
    passage = replace(first, chunk=replace(first.chunk, text=words, section=(words,)))
    assert words in words_of(parsed(evidence_html(replace(nearest, retrieved=(passage,)), library, cards)))
