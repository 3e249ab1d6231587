"""Questions asked in a reader's conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from assistant import answering
from assistant.errors import AssistantError, StorageUnavailableError
from assistant.library import Library
from assistant.settings import load_settings
from assistant.storage import Conversations, open_conversations
from assistant.storage.schema import AnswerRow
from assistant.web.ask import conversation
from assistant.web.ask.conversation import (
    EMPTY,
    QUESTION_CHARACTERS,
    Reader,
    Step,
    ask_in_conversation,
    kept_conversation,
)
from assistant.web.deep_links import View
from tests.writers import able, key_of

QUESTION = "How many boats will the office license by 2027?"
FOLLOW_UP = "And how long does it last?"
WORDS = "The office will license 40 <script>alert(1)</script> boats by 2027."


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    opened = open_conversations(load_settings(storage={"url": f"sqlite:///{tmp_path / 'steward.db'}"}))
    yield opened
    opened.close()


def asked(
    words: str, reader: Reader, library: Library, conversations: Conversations, position: int | None = None
) -> Step:
    return list(ask_in_conversation(View(question=words), reader, library, conversations, position))[-1]


def test_a_conversation_is_kept_as_it_goes_and_found_again(library: Library, conversations: Conversations) -> None:
    first = asked(QUESTION, Reader(), library, conversations)
    second = asked(FOLLOW_UP, first.reader, library, conversations)
    assert replace(second.reader, held=EMPTY) == replace(first.reader, held=EMPTY)
    assert [item.answer.question for item in second.stored.answers] == [QUESTION, FOLLOW_UP]
    assert second.stored.answers[1].answer.standalone_question != FOLLOW_UP
    assert kept_conversation(first.reader, conversations) == second.stored


def test_readers_have_secrets_of_their_own_and_see_their_own_conversations(
    library: Library, conversations: Conversations
) -> None:
    one, other = (asked(QUESTION, Reader(), library, conversations).reader for _ in range(2))
    assert one.key != other.key
    assert len(one.key) >= 32
    mixed = Reader(other.key, one.conversation)
    assert kept_conversation(mixed, conversations) == EMPTY
    # It is not continued either: the question starts a conversation of the reader's own.
    assert asked(QUESTION, mixed, library, conversations).reader.conversation != one.conversation
    assert len(kept_conversation(one, conversations).answers) == 1


def test_an_answer_that_is_tried_again_takes_its_place_and_that_of_what_followed(
    library: Library, conversations: Conversations
) -> None:
    reader = asked(QUESTION, Reader(), library, conversations).reader
    asked(FOLLOW_UP, reader, library, conversations)
    again = asked("What must each boat carry?", reader, library, conversations, position=0)
    assert [item.answer.question for item in again.stored.answers] == ["What must each boat carry?"]


def test_a_conversation_that_was_deleted_is_not_continued(library: Library, conversations: Conversations) -> None:
    reader = asked(QUESTION, Reader(), library, conversations).reader
    conversations.delete(reader.key, reader.conversation)
    new = asked(FOLLOW_UP, reader, library, conversations)
    assert new.reader.key == reader.key
    assert new.reader.conversation != reader.conversation
    assert [item.answer.question for item in new.stored.answers] == [FOLLOW_UP]


def test_of_a_long_conversation_only_the_last_turns_are_read(
    library: Library, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_TURNS", 2)
    reader = Reader()
    for words in (QUESTION, FOLLOW_UP, QUESTION, FOLLOW_UP):
        last = asked(words, reader, library, conversations)
        reader = last.reader
    assert [item.position for item in last.stored.answers] == [2, 3]
    assert last.stored.earlier == 2
    assert last.stored.answers[1].answer.standalone_question != FOLLOW_UP
    assert len(kept_conversation(reader, conversations).answers) == 4


def test_an_answer_that_was_kept_before_the_connection_broke_is_not_kept_twice(
    library: Library, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = conversations.add

    def broken(*values: Any, **named: Any) -> None:
        add(*values, **named)
        raise StorageUnavailableError("The connection broke, after the database had kept it.")

    with monkeypatch.context() as patch:
        patch.setattr(conversations, "add", broken)
        first = asked(QUESTION, Reader(), library, conversations)
    assert first.stored.answers[0].not_kept
    second = asked(FOLLOW_UP, first.reader, library, conversations)
    (kept,) = conversations.list(second.reader.key)
    found = conversations.answers(second.reader.key, kept.id)
    assert [item.answer.question for item in found.answers] == [QUESTION, FOLLOW_UP]
    assert second.stored == found


def test_while_a_model_writes_the_quotes_are_kept_and_last_its_answer(
    library: Library, conversations: Conversations
) -> None:
    writing = replace(library, writer=able(lambda prompt: f"{WORDS} [{key_of(prompt, WORDS)}]\nAll are free. [1]"))
    steps = list(ask_in_conversation(View(question=QUESTION, written=True), Reader(), writing, conversations))
    assert steps[0].writing == ""
    assert steps[0].stored.answers[0].answer.citations, "the evidence comes before the first word"
    assert steps[0].stored.answers[0].answer.writing is None
    assert any(WORDS in (step.writing or "") for step in steps)
    assert not [step for step in steps if "[1]" in (step.writing or "")], "no number without its card"
    last = steps[-1]
    assert last.writing is None
    assert len(last.stored.answers) == 1
    assert last.stored.answers[0].answer.writing is not None
    assert kept_conversation(last.reader, conversations) == last.stored


def test_what_another_window_asks_while_a_model_writes_is_kept(library: Library, conversations: Conversations) -> None:
    reader = asked("What must each boat carry?", Reader(), library, conversations).reader
    writing = replace(library, writer=able(lambda prompt: f"{WORDS} [{key_of(prompt, WORDS)}]"))
    steps = ask_in_conversation(View(question=QUESTION, written=True), reader, writing, conversations)
    next(steps)
    asked(FOLLOW_UP, reader, library, conversations)
    *_, last = steps
    assert [item.answer.question for item in last.stored.answers][1:] == [QUESTION, FOLLOW_UP]
    assert [item.answer.writing is not None for item in last.stored.answers] == [False, True, False]


def test_after_an_answer_that_cannot_be_read_a_written_one_takes_its_own_place(
    library: Library, conversations: Conversations
) -> None:
    reader = asked("What must each boat carry?", Reader(), library, conversations).reader
    asked(FOLLOW_UP, reader, library, conversations)
    with conversations._database.write() as session:
        session.execute(update(AnswerRow).where(AnswerRow.position == 0).values(record="{}"))
    writing = replace(library, writer=able(lambda prompt: f"{WORDS} [{key_of(prompt, WORDS)}]"))
    *_, last = ask_in_conversation(View(question=QUESTION, written=True), reader, writing, conversations)
    assert [item.position for item in last.stored.answers] == [1, 2]


def test_a_reader_who_stops_keeps_the_answer_of_quotes(library: Library, conversations: Conversations) -> None:
    writing = replace(library, writer=able(lambda _: WORDS))
    steps = ask_in_conversation(View(question=QUESTION, written=True), Reader(), writing, conversations)
    reader = next(steps).reader
    steps.close()
    (kept,) = kept_conversation(reader, conversations).answers
    assert kept.answer.answer == answering.ask(library, QUESTION).answer


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(), "Enter a question"),
        (View(question=" \n"), "Enter a question"),
        (View(question="a" * (QUESTION_CHARACTERS + 1)), "2,001 characters; the limit is 2,000"),
        (View(question=QUESTION, documents=("sold-off",)), "No document 'sold-off' in the library"),
        (View(question=QUESTION, authorities=("royal",)), "Unknown filter value 'royal'"),
        (View(question=QUESTION, as_at="June"), "'June' is not a date"),
        (View(question=QUESTION, published_from="soon"), "'soon' is not a date"),
        (View(question=QUESTION, written=True), "STEWARD_MODEL__NAME"),
    ],
)
def test_what_cannot_be_asked_is_said_and_leaves_no_trace(
    view: View, words: str, library: Library, conversations: Conversations
) -> None:
    reader = asked(QUESTION, Reader(), library, conversations).reader
    before = kept_conversation(reader, conversations)
    with pytest.raises(AssistantError, match=words):
        list(ask_in_conversation(view, reader, library, conversations))
    assert kept_conversation(reader, conversations) == before


def test_every_filter_reaches_the_search(library: Library, conversations: Conversations) -> None:
    view = View(question=QUESTION, documents=("harbour-plan",), published_from="2025")
    (step,) = ask_in_conversation(view, Reader(), library, conversations)
    assert step.stored.answers[0].answer.documents_searched == ()
    view = View(question=QUESTION, authorities=("independent-proposal",), published_to="2025-12", as_at="2025-06")
    (step,) = ask_in_conversation(view, step.reader, library, conversations)
    answer = step.stored.answers[-1].answer
    assert (answer.documents_searched, answer.as_at) == (("tide-report",), "2025-06")
