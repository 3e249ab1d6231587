"""Evidence cards: source text as plain words, pages, notes and their context."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering import Assistant
from assistant.records import Footnote
from assistant.web.evidence import CHANGED, PASSAGE_CHARACTERS, Cards, evidence_html
from tests.web.pages import HOSTILE, parsed, words_of

QUESTION = "How many boats will the office license by 2027?"


def test_source_text_never_becomes_markup(assistant: Assistant) -> None:
    page = evidence_html(assistant.ask(QUESTION), assistant)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>" in page


def test_a_note_links_to_web_addresses_only(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    note = Footnote("1", 'Register <b>"x"</b>', url="javascript:alert(1)")
    page = evidence_html(replace(answer, citations=(replace(answer.citations[0], footnotes=(note,)),)), assistant)
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
    assistant: Assistant, label: str | None, shown: str
) -> None:
    answer = assistant.ask(QUESTION)
    quote = replace(answer.citations[0], page=7, page_label=label)
    page = evidence_html(replace(answer, citations=(quote,)), assistant)
    assert shown in page
    assert "Housing" not in page


def test_an_abstention_shows_the_nearest_passages(assistant: Assistant) -> None:
    answer = replace(assistant.ask("What is the capital of Mongolia?"), status="not-in-library")
    assert "Nearest passages" in evidence_html(answer, assistant)
    first = answer.retrieved[0]
    endless = replace(first, chunk=replace(first.chunk, text="kiln" * 5000))
    shown = evidence_html(replace(answer, retrieved=(endless,)), assistant)
    assert shown.count("kiln") == PASSAGE_CHARACTERS // 4
    elsewhere = evidence_html(replace(answer, status="out-of-scope", retrieved=(endless,)), assistant)
    assert "kiln" not in elsewhere


def test_an_answer_of_an_earlier_day_is_shown_without_a_context_that_has_changed(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    quote = answer.citations[0]
    assert CHANGED not in evidence_html(answer, assistant)
    for changed in (replace(quote, start=quote.start + 1), replace(quote, document="sold-off")):
        page = evidence_html(replace(answer, citations=(changed,)), assistant)
        assert CHANGED in page
        (mark,) = parsed(page).iter("mark")
        assert mark.text == quote.quote


def test_a_note_leads_to_whom_it_cites(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    url = "https://example.org/register"
    note = Footnote("7", "Boat register.", publisher="Boat Office", date="4 March 2024", url=url)
    quote = replace(answer.citations[0], footnotes=(note,))
    (item,) = parsed(evidence_html(replace(answer, citations=(quote,)), assistant)).iter("li")
    assert item.text_content() == "Note 7, citing Boat Office, 2024 (opens in new tab): Boat register."
    assert [link.get("href") for link in item.iter("a")] == [url]


def test_a_note_without_a_named_source_still_leads_to_it(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    note = Footnote("7", "Boat register.", url="https://example.org/register")
    quote = replace(answer.citations[0], footnotes=(note,))
    (item,) = parsed(evidence_html(replace(answer, citations=(quote,)), assistant)).iter("li")
    assert item.text_content() == "Note 7, open what it cites (opens in new tab): Boat register."


def test_the_title_of_a_document_stands_once_on_its_card(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    quote = answer.citations[0]
    for section in ((quote.title, "Boats"), (f"{quote.title}: a briefing", "Boats")):
        tree = parsed(evidence_html(replace(answer, citations=(replace(quote, section=section),)), assistant))
        assert next(place.text for place in tree.iter("p") if place.get("class") == "place") == "Boats"
    tree = parsed(evidence_html(replace(answer, citations=(replace(quote, section=("Boats", "Fees")),)), assistant))
    assert next(place.text for place in tree.iter("p") if place.get("class") == "place") == "Boats › Fees"


def test_a_document_that_is_no_longer_in_force_says_so_on_its_card(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    assert "do not rely on it" not in evidence_html(answer, assistant)
    old = replace(answer.citations[0], document_status="superseded")
    assert "This document is superseded" in evidence_html(replace(answer, citations=(old,)), assistant)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_document_prints_is_plain_words_on_a_card(assistant: Assistant, words: str) -> None:
    answer = assistant.ask(QUESTION)
    note = Footnote("1", words, publisher=words)
    quote = replace(answer.citations[0], title=words, publisher=words, section=(words,), quote=words, footnotes=(note,))
    cards = Cards(assistant.generation)
    tree = parsed(evidence_html(replace(answer, citations=(quote,)), assistant, cards))
    assert words_of(tree).count(words) >= 5
    nearest = replace(answer, status="not-in-library")
    first = nearest.retrieved[0]
    passage = replace(first, chunk=replace(first.chunk, text=words, section=(words,)))
    assert words in words_of(parsed(evidence_html(replace(nearest, retrieved=(passage,)), assistant, cards)))
