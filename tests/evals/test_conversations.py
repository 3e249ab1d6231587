"""Conversations: the set itself, and how its ways of asking are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import answering
from assistant.library import Library
from evals.cases import Place, load_splits
from evals.metrics.support import SupportFinder
from evals.systems.steward import Steward
from evals.tasks.conversations import (
    WAYS,
    Asked,
    Conversation,
    case_problems,
    conversation_scores,
    conversation_so_far,
    load_conversations,
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


def test_each_way_of_asking_says_it_in_other_words(library: Library) -> None:
    assert {name: say(BOATS) for name, say in WAYS.items()} == {
        "in full": "How many boats will the office license?",
        "follow-up alone": "How many of them will get a licence?",
        "put behind the last": "What must each boat carry? How many of them will get a licence?",
    }
    outcome = Steward(library).ask(WAYS["in full"](BOATS))
    scores = conversation_scores(BOATS, outcome, SupportFinder(library.generation))
    assert scores == {"spans@5": 1.0, "fact_recall": 1.0}


def test_the_answers_before_a_follow_up_are_stewards_unless_the_case_gives_them(library: Library) -> None:
    (turn,) = conversation_so_far(BOATS, library)
    assert turn.answer == answering.ask(library, "What must each boat carry?").answer
    given = BOATS.model_copy(update={"turns": (Asked(question="What must each boat carry?", answer="A lamp."),)})
    assert conversation_so_far(given, library)[0].answer == "A lamp."


def test_dangling_places_wrong_splits_and_false_changes_of_topic_are_told(library: Library) -> None:
    wrong = Place(document="harbour-plan", section="boats", snippet="will license 41 boats")
    case = BOATS.model_copy(update={"kind": "topic-change", "spans": (wrong,)})
    problems = "\n".join(case_problems([case], load_splits(), library))
    assert "harbour-plan#boats is None" in problems
    assert "does not stand in that section" in problems
    assert "question and full must be the same" in problems
