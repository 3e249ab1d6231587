"""Conversations: the set itself, and how its ways of asking are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import answering
from assistant.library import Library
from evals.cases import Place, Question, load_splits
from evals.conversations import (
    Asked,
    Conversation,
    conversation_problems,
    conversation_so_far,
    judge,
    left_alone,
    load_conversations,
    ways_of_asking,
)
from tests.library_making import index_library, make_library, open_library

BOATS = Conversation(
    id="boats",
    split="dev",
    kind="pronoun",
    turns=(Asked(question="What must each boat carry?"),),
    question="How many of them will get a licence?",
    full="How many boats will the office license?",
    key_facts=(("40 boats",),),
    spans=(Place(document="harbour-plan", section="boats", snippet="will license 40 boats"),),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_the_set_is_large_and_its_splits_share_no_section() -> None:
    cases, splits = load_conversations(), load_splits()
    counts = Counter(case.split for case in cases)
    assert min(counts["dev"], counts["test"]) >= 60
    for case in cases:
        assert {splits.of(place.document, place.section) for place in case.spans} == {case.split}
    for split in ("dev", "test"):
        assert {case.kind for case in cases if case.split == split} == {
            "pronoun",
            "ellipsis",
            "substitution",
            "ordinal",
            "chain",
            "topic-change",
        }


def test_each_way_of_asking_is_scored(library: Library) -> None:
    lines: list[str] = []
    scored = judge([BOATS], library, ways_of_asking(library), lines.append)
    assert scored["in full"] == [{"found@5": 1.0, "fact_recall": 1.0}]
    assert set(scored) == {"in full", "follow-up", "floor: follow-up alone", "floor: put behind the last"}
    assert lines[2].endswith("How many of them will get a licence?")
    assert lines[3].endswith("What must each boat carry? How many of them will get a licence?")


def test_the_answers_before_a_follow_up_are_stewards_unless_the_case_gives_them(library: Library) -> None:
    (turn,) = conversation_so_far(BOATS, library)
    assert turn.answer == answering.ask(library, "What must each boat carry?").answer
    given = BOATS.model_copy(update={"turns": (Asked(question="What must each boat carry?", answer="A lamp."),)})
    assert conversation_so_far(given, library)[0].answer == "A lamp."


def test_a_question_that_takes_on_what_was_asked_before_is_counted() -> None:
    def question(id_: str, words: str) -> Question:
        return Question(id=id_, split="dev", type="unanswerable", question=words, status="out-of-scope", answer="No.")

    kept, clusters = left_alone([question("a", "Who pays for ferries?"), question("b", "Who pays for it?")])
    assert kept == [1.0, 0.0]
    assert clusters == ["a", "b"]


def test_dangling_places_wrong_splits_and_false_changes_of_topic_are_told(library: Library) -> None:
    wrong = Place(document="harbour-plan", section="boats", snippet="will license 41 boats")
    case = BOATS.model_copy(update={"kind": "topic-change", "spans": (wrong,)})
    problems = "\n".join(conversation_problems([case], load_splits(), library))
    assert "harbour-plan#boats is None" in problems
    assert "does not stand in that section" in problems
    assert "question and full must be the same" in problems
