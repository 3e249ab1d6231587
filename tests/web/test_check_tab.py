"""The tab Check a draft: asked as the app asks it, and its page as a browser reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.claims.drafts import check_draft
from assistant.library import Library
from assistant.reading import read_bytes
from assistant.records import Reason
from assistant.web.check_tab import MOST_CHARACTERS, check_html
from evals.libraries.poisoned import FILES
from tests.web.pages import HOSTILE, page_event, parsed, saved, word_draft, words_of

DRAFT = (
    "# Boats\n\nThe Trust recommends that every harbour appoint a tide warden. Hull gets a grant of £13m. "
    "Penguins nest beside the old lighthouse. The government will appoint a tide warden in every harbour.\n"
)


@pytest.fixture(scope="module")
def check(library: Library) -> Callable[..., str]:
    return page_event("show_check", library)


def test_each_sentence_has_its_verdict_and_reasons_in_words_and_counts_on_top(check: Callable[..., str]) -> None:
    tree = parsed(check(DRAFT))
    assert words_of(tree.find("section/h2")) == "Pasted text: 5 sentences"
    counts = [words_of(item) for item in tree.iterfind("section/ul/li")]
    assert counts == ["1 verbatim", "2 clashes", "1 not found", "1 not a claim"]
    said = [words_of(item) for item in tree.iterfind(".//ol/li")]
    assert said[0] == "Not a claim Boats"
    assert said[1].startswith("In the library word for word The Trust recommends")
    assert said[1].endswith("Evidence 1: Tide Trust, independent proposal")
    assert (
        "Clashes with the library Hull gets a grant of £13m. Figure: the draft says “£13m”, the library “£30m”."
        in said[2]
    )
    assert said[3] == ("Not found Penguins nest beside the old lighthouse. Nothing in the library comes near enough.")
    assert "Who decided it: it is given as decided by the government; it comes from Tide Trust" in said[4]


def test_a_sentences_link_leads_to_the_card_of_its_quote(check: Callable[..., str]) -> None:
    tree = parsed(check(DRAFT))
    (card,) = tree.iterfind(".//article[@id='check-evidence-1']")
    assert (
        card.find(".//p[@class='told']/strong").text_content()
        == "The Trust recommends that every harbour appoint a tide warden."
    )
    assert card.find(".//p/span").text_content() == "Independent proposal"


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_draft_become_markup_or_a_link(words: str, check: Callable[..., str]) -> None:
    tree = parsed(check(f"Every licence for `{words}` boats lasts three years.\n\n## `{words}`\n"))
    assert [words in item.text_content() for item in tree.iterfind(".//ol/li")] == [True, True]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_reason_or_problem_of_a_draft_becomes_markup(words: str, library: Library) -> None:
    checked = check_draft(read_bytes(DRAFT.encode()), words, library)
    sentences = [
        replace(item, text=words, reasons=(Reason(words, words, words), Reason("authority", words, words)))
        for item in checked.sentences
    ]
    hostile = replace(checked, sentences=tuple(sentences), problems=(words,))
    tree = parsed(check_html(hostile, library.generation))
    assert words in words_of(tree.find("section/h2"))


def test_an_uploaded_file_is_checked_and_not_kept(check: Callable[..., str], tmp_path: Path) -> None:
    path = Path(word_draft(tmp_path / "upload" / "draft.docx"))
    tree = parsed(check("", str(path)))
    assert words_of(tree.find("section/h2")) == "draft.docx: 1 sentence"
    assert words_of(tree.find(".//ol/li")).startswith("Clashes with the library Hull gets a grant of £13m.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "draft.docx",
            b"PK\x03\x04 cut off",
            "draft.docx: It begins like a ZIP or Word file but is cut off",
        ),
        ("draft.pdf", b"%PDF-1.7 nothing", "draft.pdf: "),
        ("<b>.txt", b"\x89PNG\r\n\x1a\n", "<b>.txt: It looks like an image (PNG)."),
        ("draft.md", b"", "draft.md: It is empty."),
    ],
)
def test_a_broken_file_costs_the_readers_sentence_and_is_not_kept(
    name: str, data: bytes, sentence: str, check: Callable[..., str], tmp_path: Path
) -> None:
    (alert,) = parsed(check("", saved(tmp_path / "upload" / name, data)))
    assert alert.text_content().startswith(sentence)
    assert str(tmp_path) not in alert.text_content()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["html-script.html", "html-links.html", "markdown-links.md", "order-ignore-previous.md", "word-fields.docx"],
)
def test_a_poisoned_draft_does_nothing(name: str, check: Callable[..., str], tmp_path: Path) -> None:
    tree = parsed(check("", saved(tmp_path / "upload" / name, (FILES / name).read_bytes())))
    assert len(tree.findall(".//ol/li")) >= 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a draft or choose a file."),
        (" \n ", "Paste a draft or choose a file."),
        (None, "Paste a draft or choose a file."),
        (
            "a" * (MOST_CHARACTERS + 1),
            "The draft has 50,001 characters; the limit is 50,000. Check",
        ),
        ("\x00\x01\x02 words", "Pasted text: It looks like binary data"),
    ],
)
def test_a_text_that_cannot_be_checked_costs_one_sentence(text: Any, sentence: str, check: Callable[..., str]) -> None:
    (alert,) = parsed(check(text))
    assert alert.get("role") == "alert"
    assert alert.text_content().startswith(sentence)


def test_a_file_that_another_check_deleted_is_asked_for_again(check: Callable[..., str], tmp_path: Path) -> None:
    (alert,) = parsed(check("", str(tmp_path / "upload" / "draft.md")))
    assert alert.text_content() == "draft.md was deleted after it was checked. Choose it again."


def test_a_file_with_too_long_a_text_is_refused(check: Callable[..., str], tmp_path: Path) -> None:
    (alert,) = parsed(check("", saved(tmp_path / "upload" / "long.md", b"Boats float. " * 4000)))
    assert alert.text_content().startswith("The draft has 51,99")


def test_of_a_text_and_a_file_neither_is_checked(check: Callable[..., str], tmp_path: Path) -> None:
    (alert,) = parsed(check("Boats float.", saved(tmp_path / "upload" / "draft.md", b"Boats sink.")))
    assert alert.text_content().startswith("You gave both text and a file.")
    assert list(tmp_path.iterdir()) == []


def test_half_a_character_is_no_reason_to_fail(check: Callable[..., str]) -> None:
    assert parsed(check("Every licence lasts three years \ud83d.")).findall(".//ol/li")


def test_the_check_tells_how_far_it_is(library: Library) -> None:
    told: list[tuple[int, int]] = []
    page_event("show_check", library)(DRAFT, None, lambda place, **_: told.append(place))
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]
