"""The Ask tab's conversation: what of it is kept, taken away as a note, and asked as at a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from gradio_client import Client

from assistant.answering import Assistant
from assistant.notes import as_markdown, note_of
from assistant.records import Answer
from assistant.web.app import WRITTEN, build_app
from assistant.web.evidence import evidence_html
from assistant.web.take_away import FORMATS, NOTHING_YET
from tests.web.pages import HOSTILE, free_port, parsed, words_of
from tests.writers import able, key_of

QUESTION = "How many boats will the office license by 2027?"
FOLLOW_UP = "And how long does a licence last?"


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Gradio keeps its files; nothing else may be written to the temporary folder."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "uploads"


def functions(blocks: Any, label: str, event: str = "click") -> list[Any]:
    """What the app does at an event of the component with this label or words."""
    components = blocks.blocks
    return [
        function
        for function in blocks.fns.values()
        for block, name in function.targets
        if name == event
        and label in (getattr(components[block], "value", None), getattr(components[block], "label", None))
    ]


def asking(blocks: Any) -> Callable[..., Any]:
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "respond"]
    return respond.fn  # type: ignore[no-any-return]


def conversation(respond: Callable[..., Any], *questions: str) -> tuple[list[Any], tuple[Answer, ...]]:
    messages: list[Any] = []
    answers: tuple[Answer, ...] = ()
    for question in questions:
        *_, (_, messages, _, answers) = respond(question, messages, [], [], answers=answers)
    return messages, answers


def test_the_answers_of_a_conversation_are_kept_and_an_error_is_none(assistant: Assistant) -> None:
    respond = asking(build_app(lambda: assistant))
    messages, answers = conversation(respond, QUESTION, FOLLOW_UP, " ")
    assert [answer.question for answer in answers] == [QUESTION, FOLLOW_UP]
    ((_, more, _, kept),) = respond(QUESTION, messages, [], [], as_at="June", answers=answers)
    assert more[-1]["content"] == "'June' is no date; expected 2025, 2025-03 or 2025-03-07."
    assert kept == answers


def test_of_what_is_written_the_last_answer_alone_is_kept(assistant: Assistant) -> None:
    words = "The office will license 40 boats by 2027."
    writer = able(lambda prompt: f"{words} [{key_of(prompt, words)}]")
    steps = list(asking(build_app(lambda: replace(assistant, writer=writer)))(QUESTION, [], [], [], WRITTEN))
    assert [len(answers) for *_, answers in steps] == [0] * (len(steps) - 1) + [1]
    assert steps[-1][-1][0].writing is not None


@pytest.mark.parametrize(("label", "event"), [("New conversation", "click"), ("Conversation", "clear")])
def test_an_emptied_chat_has_no_answers(assistant: Assistant, label: str, event: str) -> None:
    (function,) = functions(build_app(lambda: assistant), label, event)
    assert function.fn() == ("", [], "", ())


def test_a_note_is_made_when_its_button_is_clicked_and_is_gradios_to_delete(
    assistant: Assistant, uploads: Path
) -> None:
    blocks = build_app(lambda: assistant)
    _, answers = conversation(asking(blocks), QUESTION, FOLLOW_UP)
    assert not list(uploads.rglob("*"))
    made = {}
    for name in FORMATS:
        (function,) = functions(blocks, f"Take away as {name}")
        path, problem = function.fn(answers)
        assert problem == ""
        made[name] = Path(path)
        assert made[name].name == FORMATS[name]
        assert made[name].is_relative_to(uploads)
    assert {str(path) for path in made.values()} <= set().union(*blocks.temp_file_sets)
    assert list((uploads.parent / "temporary").iterdir()) == []
    markdown = as_markdown(note_of(answers, accessed=date.today()))
    assert made["Markdown"].read_text(encoding="utf-8") == markdown
    text = " ".join(paragraph.text for paragraph in docx.Document(str(made["Word"])).paragraphs)
    assert QUESTION in text
    assert FOLLOW_UP in text


@pytest.mark.parametrize("name", FORMATS)
def test_with_no_answer_a_sentence_and_no_file(assistant: Assistant, name: str, uploads: Path) -> None:
    (function,) = functions(build_app(lambda: assistant), f"Take away as {name}")
    path, problem = function.fn(())
    assert path is None
    (alert,) = parsed(problem)
    assert alert.text_content() == NOTHING_YET
    assert not list(uploads.rglob("*"))


def test_a_note_that_cannot_be_written_costs_a_sentence_without_a_path(
    assistant: Assistant, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    blocks = build_app(lambda: assistant)
    _, answers = conversation(asking(blocks), QUESTION)
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    (function,) = functions(blocks, "Take away as Markdown")
    path, problem = function.fn(answers)
    assert path is None
    (alert,) = parsed(problem)
    assert alert.text_content().startswith("steward-note.md cannot be written: No space left on device.")


def test_a_question_is_asked_as_at_the_date_in_both_modes(assistant: Assistant) -> None:
    respond = asking(build_app(lambda: replace(assistant, writer=able(""))))
    for mode in ("Quotes", WRITTEN):
        *_, (_, messages, _, (answer,)) = respond(QUESTION, [], [], [], mode, " 1999-05 ")
        assert answer.as_at == "1999-05"
        assert "the date leave no document to search" in messages[-1]["content"]
    *_, (_, _, _, (answer,)) = respond(QUESTION, [], [], [], as_at=None)
    assert answer.as_at == date.today().isoformat()


@pytest.mark.parametrize("words", HOSTILE)
def test_the_evidence_says_what_was_searched_for_where_that_is_not_what_was_asked(
    assistant: Assistant, words: str
) -> None:
    answer = replace(assistant.ask(QUESTION), citations=())
    assert "Searched for" not in evidence_html(answer, assistant.generation)
    for status in ("answered", "not-in-library", "out-of-scope"):
        other = replace(answer, standalone_question=words, status=status)
        tree = parsed(evidence_html(other, assistant.generation))
        assert f"Searched for: {words}" in [words_of(item) for item in tree.iterfind("section/p")]


@pytest.mark.slow
def test_no_session_sees_anothers_answers(assistant: Assistant, uploads: Path) -> None:
    blocks = build_app(lambda: assistant)
    taking = {name: blocks.fns[functions(blocks, f"Take away as {name}")[0]._id] for name in FORMATS}
    (respond,) = [function for function in blocks.fns.values() if function.api_name == "respond"]
    respond.api_visibility = "public"
    for function in taking.values():
        function.api_visibility = "undocumented"
    try:
        _, address, _ = blocks.launch(
            server_name="127.0.0.1", server_port=free_port(), prevent_thread_lock=True, quiet=True
        )
        one, other = (Client(address, verbose=False, analytics_enabled=False) for _ in range(2))
        for _ in range(2):
            assert len(one.predict(QUESTION, [], [], [], "Quotes", api_name="/respond")) == 3
        assert "no document" in str(one.predict(QUESTION, as_at="1999", api_name="/respond")[1])
        number = taking["Markdown"]._id
        assert "(and 2 further questions)" in Path(one.predict(fn_index=number)[0]).read_text(encoding="utf-8")
        path, problem = other.predict(fn_index=number)
        assert path is None
        assert NOTHING_YET in problem
    finally:
        blocks.close()
