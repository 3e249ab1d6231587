"""Evidence cards: source text as plain words, pages, notes and their context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant import answering
from assistant.library import Library
from assistant.reading.markdown.reader import read_markdown
from assistant.records import Answer, Footnote
from assistant.text.quoting import make_quote
from assistant.web.evidence import CHANGED, PASSAGE_CHARACTERS, Cards, evidence_html
from tests.library_making import add_commentary, index_library, make_library, open_library
from tests.web.pages import HOSTILE, parsed, words_of

QUESTION = "How many boats will the office license by 2027?"
COMMENTED = "tide-report-commentary"


def test_source_text_never_becomes_markup(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    page = evidence_html(answer, library)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<strong>" in page
    assert "<mark>" in evidence_html(exact(answer), library)


def exact(answer: Answer) -> Answer:
    """The answer, had the library the original of what it cites."""
    return replace(answer, citations=tuple(replace(quote, form="quote") for quote in answer.citations))


def test_only_exact_words_are_marked_as_a_quotation(library: Library) -> None:
    answer = answering.ask(library, QUESTION)
    (told,) = parsed(evidence_html(answer, library)).iterfind(".//p[@class='told']")
    assert told.find("strong").text == answer.citations[0].quote
    summary, original = (words_of(parsed(evidence_html(shown, library))) for shown in (answer, exact(answer)))
    assert "Steward’s summary 1 May 2024" in summary
    assert "1\u00a0May\u00a02024" in evidence_html(answer, library)  # on one line
    assert "Publisher’s page (opens in new tab)" in summary
    assert "Exact words 1 May 2024" in original
    assert not list(parsed(evidence_html(answer, library)).iter("blockquote"))


@pytest.fixture(scope="module")
def commented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small library with a commentary of several speakers."""
    settings = make_library(tmp_path_factory.mktemp("commented"))
    add_commentary(settings)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def told_by(library: Library, name: str, opening: str) -> tuple[Answer, str]:
    """An answer that cites the commentary's sentence by a speaker with this opening, and its card's HTML."""
    document, source = library.generation.document(COMMENTED), library.sources[COMMENTED]
    (quote,) = (
        make_quote(1, chunk, span, document, source)
        for chunk in library.generation.text_chunks(COMMENTED)
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
        if who.name == name and document.text.startswith(opening, span.start)
    )
    answer = replace(answering.ask(library, "Who calls tide wardens a needless cost?"), citations=(quote,))
    return answer, evidence_html(answer, library)


def test_the_card_of_a_reported_speaker_holds_nobody_elses_words(commented: Library) -> None:
    _, page = told_by(commented, "Water Office", "The Water Office answers")
    tree = parsed(page)
    assert words_of(next(tree.iter("h3"))) == "[1] Water Office"
    (told,) = tree.iterfind(".//p[@class='told']")
    assert words_of(told) == "The Water Office answers that its budget pays for twelve wardens."
    words = words_of(tree)
    assert "Guidance" in words
    assert "Steward’s summary June 2025 · Told in: Tide report: what others said" in words
    assert "Union" not in words
    assert "Nobody" not in words
    links = {words_of(link).partition(" (")[0]: link.get("href") for link in tree.iter("a")}
    assert links["Publisher’s page"] == "https://example.org/reply"


def test_the_card_of_our_own_note_says_so_and_leads_nowhere(commented: Library) -> None:
    _, page = told_by(commented, "Steward", "Nobody has counted")
    tree = parsed(page)
    assert "Steward" in words_of(next(tree.iter("h3")))
    assert "Commentary" in words_of(tree)
    assert words_of(tree.find(".//p[@class='told']")) == "Nobody has counted wardens since then."
    assert not list(tree.iter("a"))


def test_a_reported_speakers_words_of_an_earlier_day_are_not_marked_as_exact(commented: Library) -> None:
    answer, _ = told_by(commented, "Ferry Union", "It fears")
    moved = replace(answer.citations[0], start=answer.citations[0].start + 1)
    tree = parsed(evidence_html(replace(answer, citations=(moved,)), commented))
    assert CHANGED in words_of(tree)
    assert words_of(tree.find(".//p[@class='told']")) == "It fears that mooring fees will double."
    assert not [*tree.iter("mark"), *tree.iter("blockquote")]


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
        (told,) = parsed(page).iterfind(".//p[@class='told']")
        assert told.text == quote.quote
        (quoted,) = parsed(evidence_html(exact(replace(answer, citations=(changed,))), library)).iter("blockquote")
        assert quoted.text_content() == quote.quote


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


FUNDS = """Two funds pay.

| Fund | Sum | Year |
| --- | --- | --- |
| Boats | £4m | 2025 |
| Lamps | £2m | 2026 |
| Ropes | £1m | 2027 |
"""
ROWS = [["Fund", "Sum", "Year"], ["Boats", "£4m", "2025"], ["Lamps", "£2m", "2026"], ["Ropes", "£1m", "2027"]]
WIDE = "| Fund | Sum | Year | By |\n| --- | --- | --- | --- |\n| Boats | £4m | – | Trust |"


def quoted_from(first: str, last: str, library: Library, patch: pytest.MonkeyPatch, text: str = FUNDS) -> Answer:
    """An answer that cites a text from some words to others."""
    document = read_markdown(text.encode())
    answer, start = answering.ask(library, QUESTION), document.text.index(first)
    end = document.text.index(last) + len(last)
    patch.setattr(library.generation, "document", lambda text_id: document)
    quote = replace(answer.citations[0], quote=document.text[start:end], start=start, end=end)
    return replace(answer, citations=(quote,))


def test_a_row_is_marked_in_its_table(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = quoted_from("Lamps", "2026", library, monkeypatch)
    for shown, tag in ((answer, "strong"), (exact(answer), "mark")):
        (table,) = parsed(evidence_html(shown, library)).iter("table")
        assert [[words_of(cell) for cell in row] for row in table.iter("tr")] == ROWS
        assert [words_of(item) for item in table.iter(tag)] == ROWS[2]
        assert [cell.tag for cell in next(table.iter("tr"))] == ["th"] * 3
    reported = replace(answer.citations[0], speaker=replace(answer.citations[0].speaker, kind="reported"))
    (table,) = parsed(evidence_html(replace(answer, citations=(reported,)), library)).iter("table")
    assert words_of(table) == "Fund Sum Year Lamps £2m 2026"


def test_words_above_a_table_are_marked_with_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = parsed(evidence_html(quoted_from("funds", "2025", library, monkeypatch), library))
    assert [words_of(item) for item in tree.iter("strong")] == ["funds pay.", *ROWS[0], *ROWS[1]]
    (told,) = tree.iterfind(".//p[@class='told']")
    assert words_of(told) == "Two funds pay."
    assert words_of(next(tree.iter("table"))).endswith("Ropes £1m 2027")
    assert "|" not in words_of(tree)


def test_a_table_too_wide_for_a_card_names_the_column_of_each_cell(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = parsed(evidence_html(quoted_from("Boats", "Trust", library, monkeypatch, WIDE), library))
    cells = [(cell.get("data-heading"), words_of(cell)) for cell in tree.iter("td")]
    assert cells == [("Fund", "Boats"), ("Sum", "£4m"), ("Year", "–"), ("By", "Trust")]
    narrow = parsed(evidence_html(quoted_from("Boats", "2025", library, monkeypatch), library))
    assert {cell.get("data-heading") for cell in narrow.iter("td")} == {None}


def test_a_nearest_passage_shows_its_table(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = quoted_from("Two", "2027", library, monkeypatch)
    (cited,), first = answer.citations, answer.retrieved[0]
    found = replace(first, chunk=replace(first.chunk, text=cited.quote, start=cited.start, end=cited.end))
    nearest = replace(answer, status="not-in-library", citations=(), retrieved=(found,))
    tree = parsed(evidence_html(nearest, library))
    assert words_of(next(tree.iter("table"))).startswith("Fund Sum Year Boats £4m")
    assert not [*tree.iter("strong"), *tree.iter("mark")]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_document_prints_is_plain_words_on_a_card(library: Library, words: str) -> None:
    answer = answering.ask(library, QUESTION)
    note = Footnote("1", words, publisher=words)
    quote = replace(answer.citations[0], title=words, publisher=words, section=(words,), quote=words, footnotes=(note,))
    quote = replace(quote, speaker=replace(quote.speaker, name=words))
    cards = Cards(library.generation)
    tree = parsed(evidence_html(replace(answer, citations=(quote,)), library, cards))
    assert words_of(tree).count(words) >= 5
    nearest = replace(answer, status="not-in-library", citations=())
    first = nearest.retrieved[0]
    passage = replace(first, chunk=replace(first.chunk, text=words, section=(words,)))
    assert words in words_of(parsed(evidence_html(replace(nearest, retrieved=(passage,)), library, cards)))
