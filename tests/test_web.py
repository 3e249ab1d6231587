"""The web app: asked over its own interface, and its evidence as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.ingestion import ingest
from assistant.records import Footnote
from assistant.web.app import build_app
from assistant.web.evidence import evidence_html
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library

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


def test_an_abstention_shows_the_nearest_passages(assistant: Assistant) -> None:
    page = evidence_html(assistant.ask("What is the capital of Mongolia?"), assistant.generation)
    assert "Nearest passages" in page


def test_the_chat_answers_and_refuses_an_empty_question(assistant: Assistant) -> None:
    blocks = build_app(lambda: assistant)
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "ask"]
    cleared, messages, evidence = respond.fn(QUESTION, [], [], [])
    assert cleared == ""
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert "by 2027" in messages[1]["content"]
    assert "Harbour Office" in evidence
    _, followed, _ = respond.fn("And how long does it last?", messages, [], [])
    assert len(followed) == 4
    assert respond.fn("  ", messages, [], [])[1] == messages
