"""The web app: asked over its own interface, and its evidence as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.answering import Assistant
from assistant.ingestion import ingest
from assistant.records import Footnote
from assistant.web.app import QUOTED, WRITING, WRITTEN, _turns, as_plain_words, build_app
from assistant.web.evidence import PASSAGE_CHARACTERS, evidence_html
from assistant.web.quality import quality_html
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library
from tests.writers import able, key_of

QUESTION = "How many boats will the office license by 2027?"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = make_library(tmp_path)
    briefing = settings.corpus / "briefings" / "harbour-plan.md"
    words = briefing.read_text(encoding="utf-8").replace("40 boats", "40 &lt;script&gt;alert(1)&lt;/script&gt; boats")
    briefing.write_text(words, encoding="utf-8")
    ingest(settings, HashEmbedder())
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_source_text_never_becomes_markup(assistant: Assistant) -> None:
    page = evidence_html(assistant.ask(QUESTION), assistant.generation)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>" in page


def test_a_note_links_to_web_addresses_only(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    note = Footnote("1", 'Register <b>"x"</b>', url="javascript:alert(1)")
    page = evidence_html(
        replace(answer, citations=(replace(answer.citations[0], footnotes=(note,)),)), assistant.generation
    )
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
    page = evidence_html(replace(answer, citations=(quote,)), assistant.generation)
    assert shown in page
    assert "Housing" not in page


def test_an_abstention_shows_the_nearest_passages(assistant: Assistant) -> None:
    answer = replace(assistant.ask("What is the capital of Mongolia?"), status="not-in-library")
    assert "Nearest passages" in evidence_html(answer, assistant.generation)
    first = answer.retrieved[0]
    endless = replace(first, chunk=replace(first.chunk, text="kiln" * 5000))
    shown = evidence_html(replace(answer, retrieved=(endless,)), assistant.generation)
    assert shown.count("kiln") == PASSAGE_CHARACTERS // 4
    elsewhere = evidence_html(replace(answer, status="out-of-scope", retrieved=(endless,)), assistant.generation)
    assert "kiln" not in elsewhere


def test_the_chat_answers_and_refuses_an_empty_question(assistant: Assistant) -> None:
    blocks = build_app(lambda: assistant)
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "ask"]
    ((cleared, messages, evidence, _),) = respond.fn(QUESTION, [], [], [])
    assert cleared == ""
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert "by 2027" in messages[1]["content"]
    assert "Harbour Office" in evidence
    ((_, followed, _, _),) = respond.fn("And how long does it last?", messages, [], [])
    assert len(followed) == 4
    ((_, unchanged, _, _),) = respond.fn("  ", messages, [], [])
    assert unchanged == messages


@given(st.text(alphabet="<>&;#x1ltcopyAD \u00e9", max_size=12) | st.text(max_size=20))
@example("a <b>bold</b> word, &lt;, &copy2 and &#60;")
def test_a_message_of_the_chat_shows_every_text_as_it_stands(text: str) -> None:
    class Words(HTMLParser):
        shown = ""

        def handle_data(self, data: str) -> None:
            self.shown += data

    message = as_plain_words(text)
    page = Words()
    page.feed(message)
    page.close()
    assert page.shown == text
    assert unescape(message) == text


def test_a_text_without_markup_is_copied_as_it_stands() -> None:
    assert as_plain_words("R&D costs > £5m & more") == "R&D costs > £5m & more"


def test_the_chat_holds_no_tags_and_the_next_question_gets_the_words_back(assistant: Assistant) -> None:
    (respond,) = [function for function in build_app(lambda: assistant).fns.values() if function.api_name == "ask"]
    ((_, messages, _, _),) = respond.fn(f"<b>{QUESTION}</b>", [], [], [])
    assert "<" not in "".join(message["content"] for message in messages)
    assert "&lt;script>alert(1)&lt;/script> boats" in messages[1]["content"]
    assert _turns(messages)[0].question == f"<b>{QUESTION}</b>"


def modes(blocks: Any) -> tuple[list[str], bool]:
    (radio,) = [block for block in blocks.blocks.values() if block.get_block_name() == "radio"]
    return [value for _, value in radio.choices], radio.visible


def test_the_written_mode_is_offered_where_there_is_a_model_and_shows_the_evidence_first(assistant: Assistant) -> None:
    assert modes(build_app(lambda: assistant)) == ([QUOTED], False)
    words = "The office will license 40 <script>alert(1)</script> boats by 2027."

    def reply(prompt: str) -> str:
        return f"{words} [{key_of(prompt, words)}]\nAll boats are free. [1]"

    blocks = build_app(lambda: replace(assistant, writer=able(reply)))
    assert modes(blocks) == ([QUOTED, WRITTEN], True)
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "ask"]
    steps = list(respond.fn(QUESTION, [], [], [], WRITTEN))
    said = [messages[-1]["content"] for _, messages, _, _ in steps]
    assert said[0] == WRITING
    assert [as_plain_words(words) in text for text in said[1:-1]][-1]
    assert not any("[1]" in text for text in said[:-1]), "no number without its card"
    assert "Harbour Office" in steps[0][2]
    assert as_plain_words(words) in said[-1]
    assert "Written by fake:able" in said[-1]
    assert "free" not in said[-1].partition("Written by")[0]
    assert steps[-1][2].count("<blockquote>") >= 1
    assert "<script" not in steps[-1][2]


def test_the_web_app_says_why_nothing_was_written(assistant: Assistant) -> None:
    blocks = build_app(lambda: replace(assistant, writer=able("")))
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "ask"]
    *_, (_, messages, _, _) = respond.fn(QUESTION, [], [], [], WRITTEN)
    assert assistant.ask(QUESTION).answer in unescape(messages[-1]["content"])
    assert "Nothing by fake:able is shown: the model wrote nothing." in messages[-1]["content"]


class Frames(HTMLParser):
    """The elements of a page, with their attributes as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def test_the_quality_tab_shows_the_report_as_it_is_when_the_tab_is_opened(assistant: Assistant, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    settings = assistant.settings.model_copy(update={"quality_report": report})
    blocks = build_app(lambda: replace(assistant, settings=settings))
    tabs = [block.label for block in blocks.blocks.values() if block.get_block_name() == "tabitem"]
    (quality,) = [
        block._id
        for block in blocks.blocks.values()
        if getattr(block, "label", None) == "Quality" and block.get_block_name() == "tabitem"
    ]
    (load,) = [function for function in blocks.fns.values() if function.targets == [(quality, "select")]]
    assert tabs == ["Ask", "Compare", "Check a draft", "Library", "Glossary", "Quality"]
    assert "steward eval report" in load.fn()
    report.write_text("<head></head><p>Made just now</p>", encoding="utf-8")
    assert "Made just now" in load.fn()


def test_the_report_is_framed_where_no_script_runs(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    page = '<html><head></head><body title="a &amp; b"><script>alert(1)</script>"\'></iframe><script>x</script></body>'
    report.write_text(page, encoding="utf-8")
    ((tag, attributes),) = Frames(quality_html(report)).elements
    assert tag == "iframe"
    assert "allow-scripts" not in (attributes["sandbox"] or "")
    assert attributes["title"] == "Quality report"
    assert attributes["srcdoc"] == page.replace("<head>", '<head><base href="about:srcdoc">')


def test_without_a_report_a_sentence_says_how_to_make_one(tmp_path: Path) -> None:
    missing = quality_html(tmp_path / "<b>no")
    assert "steward eval report" in missing
    assert "<b>" not in missing
    assert "cannot be read" in quality_html(tmp_path)
