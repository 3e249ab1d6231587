"""The tab Check a draft: asked as the app asks it, and its page as a browser reads it."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import gradio as gr
import pytest

from assistant.claims.drafts import VERDICTS, DraftCheck, check_draft
from assistant.library import Library
from assistant.reading import read_bytes
from assistant.records import Document, Reason
from assistant.web.app import build_app
from assistant.web.check import reading
from assistant.web.check.draft_html import SHORT_WORDS, check_html
from assistant.web.check.reading import MOST_CHARACTERS, ReadDraft, hold
from assistant.web.static import read_static
from evals.libraries.poisoned import FILES
from tests.web.pages import HOSTILE, page_event, parsed, saved, word_draft, words_of

DRAFT = (
    "# Boats\n\nThe Trust recommends that every harbour appoint a tide warden. Hull gets a grant of £13m. "
    "Penguins nest beside the old lighthouse. The government will appoint a tide warden in every harbour.\n"
)


@pytest.fixture(scope="module")
def show(library: Library) -> Callable[..., tuple[str, Any, str]]:
    return page_event("show_check", library)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def check(show: Callable[..., tuple[str, Any, str]]) -> Callable[..., str]:
    return lambda text, file=None: show(text, file)[0]


def sentences(tree: Any) -> list[tuple[str, str]]:
    """The checked sentences on the draft, with the word behind each."""
    return [(words_of(item[0]), words_of(item[1])) for item in tree.iterfind(".//span[@role='button']")]


def notes(tree: Any) -> list[str]:
    return [words_of(item) for item in tree.iterfind(".//div[@class='note']")]


def test_the_draft_stands_as_it_was_pasted_with_a_word_behind_each_sentence(check: Callable[..., str]) -> None:
    tree = parsed(check(f"{DRAFT}\nBoats carry:\n\n- lamps that burn until the morning comes;\n- 2 oars.\n"))
    assert words_of(tree.find("section/div/h2")) == "Pasted text: 5 sentences checked"
    assert sentences(tree)[:4] == [
        ("The Trust recommends that every harbour appoint a tide warden.", "Word for word"),
        ("Hull gets a grant of £13m.", "Clashes"),
        ("Penguins nest beside the old lighthouse.", "Not found"),
        ("The government will appoint a tide warden in every harbour.", "Clashes"),
    ]
    draft = tree.find(".//div[@class='draft']")
    assert [element.tag for element in draft] == ["h3", "p", "p", "ul"]
    assert words_of(draft[0]) == "Boats"
    assert len(draft[3]) == 2


def test_counts_are_buttons_that_begin_with_what_needs_work(check: Callable[..., str]) -> None:
    buttons = parsed(check(DRAFT)).find(".//div[@class='verdicts']")
    assert [words_of(item) for item in buttons] == ["Clashes 2", "Not found 1", "Word for word 1"]
    assert {item.get("aria-pressed") for item in buttons} == {"false"}


def test_each_sentence_has_a_note_with_its_verdict_and_reasons_in_words(check: Callable[..., str]) -> None:
    verbatim, clash, missing, decided = notes(parsed(check(DRAFT)))
    assert verbatim == "In the library word for word These words are in the library. Say whose they are."
    assert clash.startswith("Clashes with the library Figure: the draft says “£13m”, the library “£30m”.")
    assert missing.startswith("Not found Nothing in the library comes near enough. Cite another source")
    assert "Who decided it: it is given as decided by the government; it comes from Tide Trust" in decided


def test_a_note_names_the_cards_of_its_quotes(check: Callable[..., str]) -> None:
    tree = parsed(check(DRAFT))
    assert [item.get("data-cards") for item in tree.iterfind(".//div[@class='note']")] == ["1", "2", "", "3"]
    (cited,) = tree.iterfind(".//div[@data-card='1']")
    assert cited.find(".//p[@class='told']/strong").text_content() == (
        "The Trust recommends that every harbour appoint a tide warden."
    )
    assert cited.find(".//p/span").text_content() == "Independent proposal"


def test_an_item_is_read_behind_its_lead_in_and_the_note_says_so(check: Callable[..., str]) -> None:
    (note,) = notes(parsed(check("Every winter in Hull:\n\n- penguins nest beside the old lighthouse.")))
    assert "Read as: Every winter in Hull: penguins nest beside the old lighthouse." in note


def test_every_verdict_has_a_word_a_next_step_and_a_pattern_of_its_own(library: Library) -> None:
    draft, checked = checked_draft(library)
    item = checked.sentences[1]
    for verdict in VERDICTS:
        if verdict != "not a claim":
            shown = check_html(draft, replace(checked, sentences=(replace(item, verdict=verdict),)), library)
            assert sentences(parsed(shown)) == [(item.text, SHORT_WORDS[verdict])]
    rules = [line for line in read_static("check.css").splitlines() if line.startswith(".checked .as-")]
    patterns = [(re.findall("pattern: (\\w+)", rule), re.findall("weight: (\\w+)", rule)) for rule in rules]
    assert len(patterns) == len(SHORT_WORDS)
    assert all(patterns.count(pattern) == 1 for pattern in patterns)


def test_a_draft_that_states_nothing_says_so(check: Callable[..., str]) -> None:
    tree = parsed(check("Who pays?"))
    assert sentences(tree) == []
    assert "No sentence of this draft states anything that could be checked." in words_of(tree)


def test_the_checked_text_is_there_to_copy(check: Callable[..., str]) -> None:
    copied = parsed(check(DRAFT)).find(".//textarea").text
    assert "Hull gets a grant of £13m. [Steward: Clashes with the library. Figure:" in copied


def test_the_word_file_of_a_pasted_draft_has_its_comments(
    show: Callable[..., tuple[str, Any, str]], library: Library
) -> None:
    _, held, _ = show(DRAFT, None)
    path, message = page_event("save_check", library)(held)
    assert message == ""
    assert Path(path).name == "draft-checked.docx"
    assert [item.text.split("\n")[0] for item in docx.Document(path).comments] == [
        "Clashes with the library",
        "Not found",
        "Clashes with the library",
    ]


def test_the_word_file_of_an_uploaded_draft_is_the_same_file_with_comments(
    show: Callable[..., tuple[str, Any, str]], library: Library, tmp_path: Path
) -> None:
    _, held, _ = show("", word_draft(tmp_path / "upload" / "note.docx"))
    path, _ = page_event("save_check", library)(held)
    assert Path(path).name == "note-checked.docx"
    (comment,) = docx.Document(path).comments
    assert comment.text.startswith("Clashes with the library\nFigure: the draft says “£13m”, the library “£30m”.")
    assert docx.Document(path).sections[0].header.paragraphs[0].text == "In confidence"


def test_what_is_no_longer_held_is_asked_for_again(library: Library) -> None:
    path, message = page_event("save_check", library)(None)
    assert path is None
    assert words_of(parsed(message)) == "The draft is no longer in memory. Check it again to save it."


def test_a_checked_draft_is_held_for_an_hour_at_most(library: Library) -> None:
    states = [item for item in build_app(lambda: library).blocks.values() if isinstance(item, gr.State)]
    assert [item.time_to_live for item in states if item.value is None] == [3600]


def test_files_beyond_the_room_for_all_readers_are_not_held(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, checked = checked_draft(library)
    monkeypatch.setattr(reading, "MOST_HELD_BYTES", 100 + sum(len(item.draft.file or b"") for item in reading._held))
    first = hold(ReadDraft(draft, "one.docx", b"x" * 60), checked)
    second = hold(ReadDraft(draft, "two.docx", b"y" * 60), checked)
    assert (first.draft.file, second.draft.file) == (b"x" * 60, None)
    del first
    gc.collect()
    assert hold(ReadDraft(draft, "three.docx", b"z" * 60), checked).draft.file == b"z" * 60


def checked_draft(library: Library) -> tuple[Document, DraftCheck]:
    draft = read_bytes(DRAFT.encode())
    return draft, check_draft(draft, "draft.md", library)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_draft_become_markup_or_a_link(words: str, check: Callable[..., str]) -> None:
    tree = parsed(check(f"Every licence for `{words}` boats lasts three years.\n\n## `{words}`\n"))
    draft = tree.find(".//div[@class='draft']")
    assert [words in item.text_content() for item in draft] == [True, True]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_reason_or_problem_of_a_draft_becomes_markup(words: str, library: Library) -> None:
    draft, checked = checked_draft(library)
    hostile = [
        replace(item, text=words, reasons=(Reason(words, words, words), Reason("authority", words, words)))
        for item in checked.sentences
    ]
    checked = replace(checked, draft=words, sentences=tuple(hostile), problems=(words,))
    tree = parsed(check_html(draft, checked, library))
    assert words in words_of(tree.find("section/div/h2"))
    assert words in words_of(tree.find(".//p[@role='note']"))
    assert all(words in note for note in notes(tree))


def test_an_uploaded_file_is_checked_and_not_kept(check: Callable[..., str], tmp_path: Path) -> None:
    path = Path(word_draft(tmp_path / "upload" / "draft.docx"))
    tree = parsed(check("", str(path)))
    assert words_of(tree.find("section/div/h2")) == "draft.docx: 1 sentence checked"
    assert sentences(tree) == [("Hull gets a grant of £13m.", "Clashes")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "draft.docx",
            b"PK\x03\x04 cut off",
            "draft.docx: It begins like a ZIP or Word file but is cut off",
        ),
        ("draft.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "draft.pdf: "),
        ("<b>.txt", b"\x89PNG\r\n\x1a\n", "<b>.txt: It looks like an image (PNG)."),
        ("draft.md", b"", "draft.md: It is empty."),
    ],
)
def test_a_broken_file_costs_the_readers_sentence_and_is_not_kept(
    name: str, data: bytes, sentence: str, check: Callable[..., str], tmp_path: Path
) -> None:
    (alert,) = parsed(check("", saved(tmp_path / "upload" / name, data)))
    assert alert.get("role") == "alert"
    assert alert.text_content().startswith(sentence)
    assert str(tmp_path) not in alert.text_content()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["html-script.html", "html-links.html", "markdown-links.md", "order-ignore-previous.md", "word-fields.docx"],
)
def test_a_poisoned_draft_does_nothing(name: str, check: Callable[..., str], tmp_path: Path) -> None:
    tree = parsed(check("", saved(tmp_path / "upload" / name, (FILES / name).read_bytes())))
    assert len(sentences(tree)) >= 1


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
    assert sentences(parsed(check("Every licence lasts three years \ud83d.")))


def test_the_check_tells_how_far_it_is(library: Library) -> None:
    told: list[tuple[int, int]] = []
    page_event("show_check", library)(DRAFT, None, lambda place, **_: told.append(place))
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]
