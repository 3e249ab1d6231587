"""Conversations: kept as they were, apart from each other's readers, changed and deleted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from assistant.errors import ConversationNotFoundError, StorageError, StorageUnavailableError
from assistant.records import Answer, Chunk, RetrievedChunk, Span, Speaker
from assistant.settings import Settings
from assistant.storage import Conversations, ConversationSummary, Database, Gone, Keep, open_conversations
from assistant.storage.schema import AnswerRow, ClockRow, ConversationRow, FeedbackRow
from tests.export.notes.answers import PROPOSAL, QUOTE, abstention, answer_with
from tests.storage.conftest import Clock

ANN, BEN = "ann's secret", "ben's secret"
FIRST = answer_with(QUOTE, question="How many boats?")
SECOND = answer_with(PROPOSAL, QUOTE, question="Who pays for wardens?", warnings=("Superseded.",))
THIRD = abstention(question="What colour are the lamps?")
CHUNK = Chunk(
    id="c1",
    text_id="harbour-plan",
    document="harbour-plan",
    part="body",
    form="original",
    section=("Harbour plan",),
    anchor=None,
    start=0,
    end=9,
    text="Two oars.",
    sentences=(Span(0, 9),),
    speakers=(Speaker("Harbour Office", "publisher", "guidance"),),
    questions=("How many oars?",),
    question_places=(0,),
)
# Scores and times are finite.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def test_a_conversation_comes_back_equal_and_in_order(conversations: Conversations) -> None:
    first = replace(FIRST, retrieved=(RetrievedChunk(CHUNK, 0.1 + 0.2, 1, found_rank=3),))
    conversation = conversations.add(ANN, None, first)
    for answer in (SECOND, THIRD):
        assert conversations.add(ANN, conversation, answer) == conversation
    stored = conversations.answers(ANN, conversation)
    assert [(item.position, item.answer) for item in stored.answers] == [(0, first), (1, SECOND), (2, THIRD)]
    assert stored.unreadable == 0
    assert {(item.liked, item.reason) for item in stored.answers} == {(None, "")}


# An answer has too many parts to shrink one that fails within a test's time.
@given(st.from_type(Answer))
@settings(
    max_examples=30,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_answer_comes_back_equal(conversations: Conversations, answer: Answer) -> None:
    conversation = conversations.add(ANN, None, answer)
    assert conversations.answers(ANN, conversation).answers[0].answer == answer


def test_the_list_has_the_newest_first_with_its_first_question(conversations: Conversations) -> None:
    older = conversations.add(ANN, None, FIRST)
    newer = conversations.add(ANN, None, THIRD)
    conversations.add(ANN, older, SECOND)
    start = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    assert conversations.list(ANN) == (
        ConversationSummary(older, FIRST.question, start + timedelta(seconds=3), 2),
        ConversationSummary(newer, THIRD.question, start + timedelta(seconds=2), 1),
    )


def test_conversations_and_feedback_survive_a_restart(settings: Settings) -> None:
    before = open_conversations(settings)
    conversation = before.add(ANN, None, FIRST)
    before.feedback(ANN, conversation, 0, True, "to the point")
    before.close()
    after = open_conversations(settings)
    found = after.answers(ANN, conversation).answers[0]
    after.close()
    assert (found.answer, found.liked, found.reason) == (FIRST, True, "to the point")


CALLS: dict[str, Callable[[Conversations, str], object]] = {
    "read": lambda conversations, name: conversations.answers(BEN, name),
    "add": lambda conversations, name: conversations.add(BEN, name, SECOND),
    "replace": lambda conversations, name: conversations.replace_from(BEN, name, 0, SECOND),
    "replace-no-turn": lambda conversations, name: conversations.replace_from(BEN, name, 9, SECOND),
    "feedback": lambda conversations, name: conversations.feedback(BEN, name, 0, True),
    "rename": lambda conversations, name: conversations.rename(BEN, name, "Boats"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_anothers_conversation_is_as_one_that_is_not_there(
    conversations: Conversations, call: Callable[[Conversations, str], object]
) -> None:
    anns = conversations.add(ANN, None, FIRST)
    with pytest.raises(ConversationNotFoundError) as of_another:
        call(conversations, anns)
    with pytest.raises(ConversationNotFoundError) as of_none:
        call(conversations, "no-such-conversation")
    assert str(of_another.value) == str(of_none.value)
    assert [item.answer for item in conversations.answers(ANN, anns).answers] == [FIRST]
    assert conversations.list(BEN) == ()


def test_a_name_stays_until_the_first_question_is_replaced(conversations: Conversations) -> None:
    name = conversations.add(ANN, None, FIRST)
    conversations.rename(ANN, name, "  Boats\n by 2027 ")
    conversations.add(ANN, name, SECOND)
    assert [item.title for item in conversations.list(ANN)] == ["Boats by 2027"]
    for title in (" ", "a" * 201):
        with pytest.raises(StorageError, match=r"The name has (0|201) characters. Enter 1 to 200."):
            conversations.rename(ANN, name, title)
    conversations.replace_from(ANN, name, 0, THIRD)
    assert [item.title for item in conversations.list(ANN)] == [THIRD.question]


def test_deleting_does_nothing_to_anothers(conversations: Conversations) -> None:
    anns = conversations.add(ANN, None, FIRST)
    bens = conversations.add(BEN, None, SECOND)
    conversations.delete(BEN, anns)
    conversations.delete_all(BEN)
    assert [item.id for item in conversations.list(ANN)] == [anns]
    with pytest.raises(ConversationNotFoundError, match=r"does not exist.*Start a new one"):
        conversations.answers(BEN, bens)


def test_only_a_digest_of_the_reader_is_stored(conversations: Conversations, database: Database) -> None:
    first, second = conversations.add(ANN, None, FIRST), conversations.add(ANN, None, FIRST)
    assert min(len(first), len(second)) == 22  # 128 bits in base 64
    assert first != second
    with database.read() as session:
        stored = set(session.scalars(select(ConversationRow.reader)))
    assert stored == {"f0f406677a4e7638fd4767b2afbe7d843ba67f419c54341f709100405203dd49"}  # by sha256sum
    with pytest.raises(ValueError, match="everybody"):
        conversations.list("")


def test_an_answer_takes_the_place_of_the_turns_from_a_position_on(conversations: Conversations) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    conversations.add(ANN, conversation, SECOND)
    conversations.add(ANN, conversation, SECOND)
    conversations.feedback(ANN, conversation, 0, True)
    conversations.feedback(ANN, conversation, 1, False, "wrong")
    conversations.replace_from(ANN, conversation, 1, THIRD)
    stored = conversations.answers(ANN, conversation).answers
    assert [(item.answer, item.liked, item.reason) for item in stored] == [(FIRST, True, ""), (THIRD, None, "")]
    conversations.replace_from(ANN, conversation, 2, SECOND)
    assert len(conversations.answers(ANN, conversation).answers) == 3
    conversations.replace_from(ANN, conversation, 0, THIRD)
    assert [(item.title, item.turns) for item in conversations.list(ANN)] == [(THIRD.question, 1)]


@pytest.mark.parametrize("position", [-1, 2])
def test_a_turn_that_is_not_there_is_not_replaced(conversations: Conversations, position: int) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    with pytest.raises(StorageError, match=f"has 1 answers and no place {position + 1}.*Reload"):
        conversations.replace_from(ANN, conversation, position, SECOND)
    assert [item.answer for item in conversations.answers(ANN, conversation).answers] == [FIRST]


def test_an_answer_takes_the_place_of_another_alone(conversations: Conversations) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    conversations.add(ANN, conversation, SECOND)
    conversations.feedback(ANN, conversation, 1, True)
    third = replace(FIRST, answer="Another.")
    conversations.replace(ANN, conversation, FIRST, third)
    kept = conversations.answers(ANN, conversation).answers
    assert [(item.answer, item.position, item.liked) for item in kept] == [(third, 0, None), (SECOND, 1, True)]
    with pytest.raises(StorageError, match="has changed since"):
        conversations.replace(ANN, conversation, FIRST, third)
    with pytest.raises(ConversationNotFoundError):
        conversations.replace(BEN, conversation, third, FIRST)


def test_feedback_is_changed_and_taken_back(conversations: Conversations) -> None:
    conversation = conversations.add(ANN, None, FIRST)

    def stored() -> tuple[bool | None, str]:
        item = conversations.answers(ANN, conversation).answers[0]
        return item.liked, item.reason

    conversations.feedback(ANN, conversation, 0, False, " the figure\0is old ")
    assert stored() == (False, "the figure\N{REPLACEMENT CHARACTER}is old")
    conversations.feedback(ANN, conversation, 0, None, "x" * 2000)
    assert stored() == (None, "x" * 2000)
    with pytest.raises(StorageError, match=r"2,001 characters.*2,000"):
        conversations.feedback(ANN, conversation, 0, True, "x" * 2001)
    assert stored() == (None, "x" * 2000)
    conversations.feedback(ANN, conversation, 0, None, "")
    assert stored() == (None, "")
    with pytest.raises(StorageError, match="has 1 answers and no place 2"):
        conversations.feedback(ANN, conversation, 1, True)


def test_the_last_answers_alone_are_read_with_the_number_before_them(conversations: Conversations) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    for answer in (SECOND, THIRD):
        conversations.add(ANN, conversation, answer)
    stored = conversations.answers(ANN, conversation, last=2)
    assert ([item.answer for item in stored.answers], stored.earlier) == ([SECOND, THIRD], 1)
    assert conversations.answers(ANN, conversation, last=9).earlier == 0


def test_a_damaged_answer_is_left_out_and_counted(conversations: Conversations, database: Database) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    conversations.add(ANN, conversation, SECOND)
    with database.write() as session:
        session.execute(text("UPDATE answers SET record = :damaged WHERE position = 0"), {"damaged": b"\x78\x9c\x00"})
    stored = conversations.answers(ANN, conversation)
    assert ([item.answer for item in stored.answers], stored.unreadable) == ([SECOND], 1)


@pytest.mark.parametrize(
    "record", ['{"question": "of an older shape"}', "{", '{"question": 7}'], ids=["older", "cut-off", "other-type"]
)
def test_an_answer_that_no_longer_fits_is_left_out_and_counted(
    conversations: Conversations, database: Database, record: str
) -> None:
    conversation = conversations.add(ANN, None, FIRST)
    conversations.add(ANN, conversation, SECOND)
    with database.write() as session:
        session.execute(update(AnswerRow).where(AnswerRow.position == 0).values(record=record))
    stored = conversations.answers(ANN, conversation)
    assert [(item.position, item.answer) for item in stored.answers] == [(1, SECOND)]
    assert stored.unreadable == 1
    conversations.add(ANN, conversation, THIRD)
    assert [item.position for item in conversations.answers(ANN, conversation).answers] == [1, 2]


def test_an_answer_stored_as_declined_still_opens(conversations: Conversations, database: Database) -> None:
    words = 'What is "status":"declined"?'
    conversation = conversations.add(ANN, None, replace(THIRD, question=words))
    with database.write() as session:
        record = session.scalar(select(AnswerRow.record)) or ""
        earlier = record.replace(f'"status":"{THIRD.status}"', '"status":"declined"')
        session.execute(update(AnswerRow).values(record=earlier))
    stored = conversations.answers(ANN, conversation)
    assert [(item.answer.status, item.answer.question) for item in stored.answers] == [("out-of-scope", words)]
    assert stored.unreadable == 0


def of_the_earlier_version(record: str) -> str:
    """An answer as it was stored before each sentence had a speaker, and summaries were called briefings."""
    stored = json.loads(record)
    forms = {"quote": "original", "summary": "briefing", "original": "original"}
    for quote in stored["citations"]:
        quote |= {"authority": quote.pop("speaker")["authority"], "form": forms[quote["form"]]}
    for found in stored["retrieved"]:
        found["chunk"] |= {"authority": found["chunk"].pop("speakers")[0]["authority"]}
        found["chunk"]["form"] = forms[found["chunk"]["form"]]
        del found["authorities"]
    for citation in stored["citations"]:
        for note in citation["footnotes"]:
            del note["attributes"]
    return json.dumps(stored)


def test_an_answer_of_the_earlier_version_opens_as_its_publishers_word(
    conversations: Conversations, database: Database
) -> None:
    chunks = (CHUNK, replace(CHUNK, form="summary", sentences=(Span(0, 4), Span(4, 9)), speakers=CHUNK.speakers * 2))
    answer = replace(SECOND, retrieved=tuple(RetrievedChunk(chunk, 0.5, 1) for chunk in chunks))
    conversation = conversations.add(ANN, None, answer)
    with database.write() as session:
        record = session.scalar(select(AnswerRow.record)) or ""
        session.execute(update(AnswerRow).values(record=of_the_earlier_version(record)))
    stored = conversations.answers(ANN, conversation)
    assert stored.unreadable == 0
    (found,) = (item.answer for item in stored.answers)
    assert found.citations == SECOND.citations
    assert [quote.form for quote in found.citations] == ["summary", "quote"]
    assert (found.answer, found.sentences, found.warnings) == (SECOND.answer, SECOND.sentences, SECOND.warnings)
    for item, chunk in zip(found.retrieved, chunks, strict=True):
        assert (item.chunk.form, item.chunk.sentences, item.chunk.text) == (chunk.form, chunk.sentences, chunk.text)
        assert [(who.kind, who.authority) for who in item.chunk.speakers] == [("publisher", "guidance")] * len(
            chunk.sentences
        )


DELETIONS: dict[str, Callable[[Conversations, str], object]] = {
    "one": lambda conversations, name: conversations.delete(ANN, name),
    "all": lambda conversations, name: conversations.delete_all(ANN),
    "replaced": lambda conversations, name: conversations.replace_from(ANN, name, 0, THIRD),
}


@pytest.mark.parametrize("deletion", DELETIONS.values(), ids=DELETIONS)
def test_what_is_deleted_leaves_no_row_and_no_word_in_the_files(
    conversations: Conversations, settings: Settings, deletion: Callable[[Conversations, str], object]
) -> None:
    marks = [b"zanzibar-question", b"zanzibar-reason"]
    # Even compressed it takes more than a page of the file.
    answer = replace(FIRST, question=marks[0].decode(), answer=random.Random(7).randbytes(20_000).hex())
    conversation = conversations.add(ANN, None, answer)
    conversations.feedback(ANN, conversation, 0, False, marks[1].decode())
    database = conversations._database
    with database.read() as session:
        record: bytes = session.execute(text("SELECT record FROM answers")).scalar_one()
    marks += [record[:100], record[-100:]]
    kept = conversations.add(BEN, None, SECOND)

    def found() -> list[bool]:
        files = [path.read_bytes() for path in settings.index.folder.glob("steward.db*") if path.suffix != ".db-shm"]
        return [any(mark in content for content in files) for mark in marks]

    if settings.storage.url is None:
        assert all(found())
    deletion(conversations, conversation)
    if settings.storage.url is None:
        assert not any(found())
    with database.read() as session:
        assert list(session.scalars(select(FeedbackRow.answer))) == []
        assert len(list(session.scalars(select(AnswerRow.id)))) == len(conversations.list(ANN)) + 1
    assert [item.answer for item in conversations.answers(BEN, kept).answers] == [SECOND]


def test_conversations_are_forgotten_after_their_days(conversations: Conversations, clock: Clock) -> None:
    old = conversations.add(ANN, None, FIRST)
    continued = conversations.add(ANN, None, FIRST)
    use(conversations, clock, 60)
    conversations.add(ANN, continued, SECOND)
    recent = conversations.add(BEN, None, FIRST)
    use(conversations, clock, 28)
    assert conversations.forget(Keep(90)).conversations == 0
    use(conversations, clock, 7)
    assert conversations.forget(Keep(90)).conversations == 1
    assert {item.id for item in (*conversations.list(ANN), *conversations.list(BEN))} == {continued, recent}
    assert old not in {continued, recent}
    with pytest.raises(ValueError, match="must be 1 or more"):
        conversations.forget(Keep(0))


def use(conversations: Conversations, clock: Clock, days: int) -> None:
    """Let days go by in which Steward is used once a week."""
    for passed in range(0, days, 7):
        clock.now += timedelta(days=min(7, days - passed))
        conversations.forget(Keep(36_500))


def test_starting_a_conversation_forgets_old_ones(database: Database, clock: Clock) -> None:
    conversations = Conversations(database, keep=Keep(90), now=clock)
    conversations.add(ANN, None, FIRST)
    use(conversations, clock, 84)
    new = conversations.add(BEN, None, FIRST)
    assert len(conversations.list(ANN)) == 1
    clock.now += timedelta(days=7)
    newer = conversations.add(BEN, None, FIRST)
    assert conversations.list(ANN) == ()
    assert [item.id for item in conversations.list(BEN)] == [newer, new]


NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "clocks",
    [
        (NOW + timedelta(days=100),),
        (NOW + timedelta(days=100), NOW + timedelta(days=100, minutes=5), NOW + timedelta(minutes=9)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(hours=1)),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), NOW, datetime(2099, 1, 1, tzinfo=UTC)),
    ],
    ids=["ahead", "ahead-and-back", "behind-and-back", "to-and-fro"],
)
def test_a_wrong_clock_deletes_no_conversation(
    settings: Settings, database: Database, clock: Clock, clocks: tuple[datetime, ...]
) -> None:
    conversations = Conversations(database, keep=Keep(30), now=clock)
    kept = {conversations.add(ANN, None, FIRST)}
    for now in clocks:
        clock.now = now
        conversations.forget_old()  # as at a start
        kept.add(conversations.add(ANN, None, SECOND))  # asked while the clock is wrong
        assert {item.id for item in conversations.list(ANN)} == kept
    # They go all the same once they were kept long enough.
    use(conversations, clock, 42)
    conversations.forget_old()
    assert conversations.list(ANN) == ()


def test_clocks_of_two_machines_that_differ_make_nothing_age_faster(database: Database, clock: Clock) -> None:
    conversations = Conversations(database, keep=Keep(30), now=clock)
    conversation = conversations.add(ANN, None, FIRST)
    for _ in range(20):
        for hours in (48, 0):
            clock.now = NOW + timedelta(hours=hours)
            conversations.add(ANN, conversation, SECOND)
    with database.read() as session:
        counted = session.scalars(select(ClockRow.counted)).one()
    assert counted < NOW + timedelta(days=3)


def test_where_old_conversations_cannot_be_deleted_the_new_one_is_kept_all_the_same(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(Conversations):
        """Deletes nothing, as where the disk is full."""

        def forget(self, keep: Keep) -> Gone:
            raise StorageUnavailableError("The database cannot be used (disk I/O error).")

    conversations = Refusing(database, keep=Keep(30))
    new = conversations.add(BEN, None, FIRST)
    assert [item.id for item in conversations.list(BEN)] == [new]
    assert "Old conversations were not deleted. The database cannot be used" in caplog.text


def test_words_are_data_and_no_statement(conversations: Conversations, database: Database) -> None:
    question = "'); DROP TABLE answers; --\0"
    conversation = conversations.add(question, None, replace(FIRST, question=question))
    conversations.feedback(question, conversation, 0, True, question)
    assert conversations.answers(question, conversation).answers[0].answer.question == question
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM answers")) == 1
