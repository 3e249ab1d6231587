"""A question that names an act, a fund or the like by its kind alone, where there are several."""

from __future__ import annotations

import pytest

from assistant import answering
from assistant.answering import Turn
from assistant.answering.readings import MOST, find_readings
from assistant.library import Library
from assistant.web.ask.examples import next_questions
from tests.library_making import index_library, make_library, open_library

PASSAGES = ["The Harbour Safety Act 2019 came after the Ferry Act 1990.", "Under the Ferry Act 1990 tolls rose."]


@pytest.mark.parametrize(
    "question",
    [
        "What does the Ferry Act say?",
        "What is the act of signing?",
        "Which act says so?",
        "What does the board say?",
        "What does the Act say about ferry tolls?",
        "What does the Act's schedule say?",
    ],
    ids=["named", "of", "not the", "other kind", "a word of one name", "its schedule"],
)
def test_a_clear_question_has_no_readings(question: str) -> None:
    assert find_readings(question, PASSAGES) is None


@pytest.mark.parametrize(
    ("passages", "names"),
    [
        (PASSAGES, ("Ferry Act 1990", "Harbour Safety Act 2019")),
        (PASSAGES[1:], None),
        (
            [*PASSAGES, "Hull’s Ferry Act 1990 and the Harbour Safety Act Board."],
            ("Ferry Act 1990", "Harbour Safety Act 2019"),
        ),
        (["The Dock Workers Act and the Workers Act."], None),
        (
            [f"The {name} Act." for name in ("Oak", "Elm", "Ash", "Yew", "Fir")],
            ("Oak Act", "Elm Act", "Ash Act", "Yew Act"),
        ),
    ],
    ids=["the likeliest first", "only one", "whose, and other names", "a longer form", "at most four"],
)
def test_the_readings_are_the_names_found(passages: list[str], names: tuple[str, ...] | None) -> None:
    found = find_readings("When did the Act pass?", passages)
    assert (found and found.names) == names
    if found:
        assert len(found.names) <= MOST
        assert found.questions == tuple(f"When did the {name} pass?" for name in found.names)
        assert all(name in found.line for name in found.names)


def test_an_answer_names_the_readings_first_and_offers_them_next(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = make_library(tmp_path_factory.mktemp("library"))
    summary = settings.corpus / "summaries" / "harbour-plan.md"
    words = summary.read_text(encoding="utf-8")
    summary.write_text(
        f"{words}\n## Law\n\nThe Harbour Safety Act 2019 and the Ferry Act 1990 set tolls.\n", encoding="utf-8"
    )
    index_library(settings)
    library = open_library(settings)
    try:
        _is_offered(library)
    finally:
        library.close()


def _is_offered(library: Library) -> None:
    question = "What does the Act say of tolls?"
    answer = answering.ask(library, question)
    put = ("What does the Harbour Safety Act 2019 say of tolls?", "What does the Ferry Act 1990 say of tolls?")
    assert sorted(answer.readings) == sorted(put)
    assert answer.answer.startswith("“the Act” may be the ")
    assert next_questions(answer, library.generation) == list(answer.readings)
    followed = answering.ask(library, question, conversation=(Turn("What is the Ferry Act?", "A law."),))
    assert followed.readings == ()
    assert answering.ask(library, put[0]).readings == ()
