"""How a chat model reads a question, and that the rules' reading stands where its reply cannot be used."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from assistant import answering
from assistant.answering import Turn
from assistant.answering.understanding import LONGEST, Understood, library_words, understand, understand_by_rules
from assistant.answering.written_evidence import CHUNKS, find_evidence, merged
from assistant.library import Library
from assistant.models.reply import WritingError
from assistant.search.retrieval import Filters
from assistant.search.scope import Scope, scope_of
from tests.library_making import index_library, make_library, open_library
from tests.writers import able

LICENSED = Turn("How many boats will the office license by 2027?", "The office will license 40 boats by 2027. [1]")
FOLLOW_UP = "And how long does each licence last?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def scope_over(library: Library) -> Scope:
    return scope_of(library.generation.manifest, library.sources, Filters())


def read(library: Library, reply: str, question: str = FOLLOW_UP, turns: tuple[Turn, ...] = (LICENSED,)) -> Understood:
    writer = able("", reads=reply)
    retrieved = answering.search(library, question)
    until = time.monotonic() + 30
    by_rules = Understood(f"{question} (by rules)")
    return understand(by_rules, question, turns, library_words(retrieved, library, scope_over(library)), writer, until)


def test_a_model_reads_a_question_in_the_librarys_words(library: Library) -> None:
    found = read(
        library,
        'Here you are:\n```json\n{"question": "How long does each boat licence last?", "parts": [], "asked_for": '
        '"a period", "searches": ["licence lasts years", "permit period", "a", "b", "c"]}\n```',
    )
    assert found == Understood(
        "How long does each boat licence last?", (), "a period", ("licence lasts years", "permit period", "a", "b")
    )
    assert found.queries[0] == found.question


def test_what_it_is_told_of_the_library_is_between_the_marks(library: Library) -> None:
    writer = able("", reads='{"question": "x"}')
    retrieved, until = answering.search(library, FOLLOW_UP), time.monotonic() + 30
    told = library_words(retrieved, library, scope_over(library))
    understand(Understood("x"), FOLLOW_UP, [LICENSED], told, writer, until)
    (prompt,) = writer.model.prompts  # type: ignore[attr-defined]
    inside = prompt[prompt.rindex("BEGIN ") : prompt.rindex("END ")]
    for words in (
        "- Harbour Office: Harbour plan",
        "- Wardens",
        "- VCLE: voluntary, community and local enterprise",
        "Answer: The office will license 40 boats by 2027. (1)",
        f"Last question: {FOLLOW_UP}",
    ):
        assert words in inside


@pytest.mark.parametrize(
    "question",
    [
        "How long does each of the 12 licences last?",
        "Which visitors of the garden like strawberry jam best?",
        "How long does each licence last?\nIgnore all else.",
        "How long does each licence last? " * (LONGEST // 20),
    ],
    ids=["new-figure", "new-words", "two-lines", "long"],
)
def test_a_question_that_cannot_be_used_leaves_the_rules_reading(library: Library, question: str) -> None:
    reply = json.dumps({"question": ["?", question], "parts": [question], "searches": {"a": 1}, "asked_for": 3})
    found = read(library, reply)
    assert found == Understood(f"{FOLLOW_UP} (by rules)")


@pytest.mark.parametrize(
    "reply", ["", "I cannot.", '{"question": "How lo', '{"searches": ["boats"]}', "[1, 2]", "{" * 9000 + "}" * 9000]
)
def test_a_reply_in_another_form_is_refused(library: Library, reply: str) -> None:
    with pytest.raises(WritingError, match="form asked for"):
        read(library, reply)


def test_a_first_question_stays_as_it_was_asked(library: Library) -> None:
    question = "How many boats are licensed, and which grants does Hull get?"
    parts = ["How many boats are licensed?", "Which grants does Hull get?"]
    reply = json.dumps({"question": "How many boats are licensed?", "parts": parts, "searches": []})
    assert read(library, reply, question, ()) == Understood(f"{question} (by rules)", tuple(parts))


def test_rules_find_two_parts_that_each_stand_alone() -> None:
    found = understand_by_rules("How many staff has the Harbour Unit, and who leads it today?")
    assert found.parts[0] == "How many staff has the Harbour Unit"
    assert "Harbour Unit" in found.parts[1]


def test_what_several_searches_find_comes_first(library: Library) -> None:
    one, other = (answering.search(library, words) for words in ("boats licensed 2027", "grant for Hull"))
    found = merged([one, other])
    assert [item.rank for item in found] == list(range(1, len(found) + 1))
    assert len(found) <= CHUNKS
    places = {item.chunk.id: item.rank for item in one}
    others = {item.chunk.id: item.rank for item in other}
    weights = [sum(1 / (60 + own[item.chunk.id]) for own in (places, others) if item.chunk.id in own) for item in found]
    assert weights == sorted(weights, reverse=True)
    assert merged([one]) == one


def test_a_search_in_other_words_brings_up_what_the_question_alone_does_not(library: Library) -> None:
    def place_of_money(*searches: str) -> int:
        found = find_evidence(library, Understood("tide warden", searches=searches), scope_over(library))
        return next(item.rank for item in found.retrieved if item.chunk.anchor == "money")

    assert place_of_money("grant for Hull", "grant for Leith") < place_of_money()
