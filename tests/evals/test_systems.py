"""Steward and the floors beside it: each quotes exactly, from what it could find, and does what its name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.answering import Turn
from assistant.library import Library
from assistant.records import Array, Quote, Span
from assistant.text.sentences import split_sentences
from evals.systems.floors import OWN_SEARCH, SYSTEMS, Tutorial, build_system
from evals.systems.outcomes import Outcome, from_record, to_record
from evals.systems.steward import System, remembering
from evals.systems.tutorial import TutorialPipeline
from tests.embedders import HashEmbedder
from tests.library_making import HARBOUR, TIDE, index_library, make_library, open_library

BOATS = "How many boats will the office license by 2027?"
NONSENSE = "What is the capital of Mongolia?"
PASTING = ("bm25", "dense", "top-passage")
# Longer than a chunk of the tutorial's, with paragraphs that stand in it twice.
PARAGRAPHS = [f"Boat {number % 7} carries a lamp and {number % 5} oars of seasoned ash." for number in range(60)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    register = "\n\n".join(PARAGRAPHS)
    (settings.corpus / "summaries" / "tide-report.md").write_text(
        f"{TIDE}\n## Register {{#register}}\n\n{register}\n", encoding="utf-8"
    )
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture(scope="module")
def systems(library: Library) -> dict[str, System]:
    return {name: build_system(name, library) for name in SYSTEMS}


def text_of(library: Library, quote: Quote) -> str:
    return library.generation.document(quote.text_id).text


def check(outcome: Outcome, system: System, library: Library) -> None:
    """What holds of every outcome of every system."""
    for quote in outcome.citations:
        assert text_of(library, quote)[quote.start : quote.end] == quote.quote
    assert [quote.n for quote in outcome.citations] == list(range(1, len(outcome.citations) + 1))
    cited = {number for sentence in outcome.sentences for number in sentence.citations}
    assert cited == {quote.n for quote in outcome.citations}
    assert {sentence.verdict for sentence in outcome.sentences} <= {"supported"}
    assert outcome.refused or outcome.sentences
    passages = [item.passage for item in outcome.found]
    assert len(passages) == len(set(passages)) <= 10
    assert set(passages) <= set(system.cut)


@pytest.mark.parametrize("question", [BOATS, NONSENSE, "Why?", "£12m"], ids=["answered", "nonsense", "bare", "figure"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_quotes_exactly_from_what_it_could_find(
    name: str, question: str, systems: dict[str, System], library: Library
) -> None:
    outcome = systems[name].ask(question)
    check(outcome, systems[name], library)
    assert outcome.standalone == question
    assert outcome.seconds > 0
    assert from_record(to_record(outcome)) == outcome


WORDS = sorted(set(f'{HARBOUR} {TIDE} Mongolia whales ( " %'.split()))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join))
@settings(max_examples=15)
def test_whatever_is_asked_every_quote_is_exact(systems: dict[str, System], library: Library, question: str) -> None:
    for system in systems.values():
        check(system.ask(question), system, library)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_cut_covers_the_library(name: str, systems: dict[str, System], library: Library) -> None:
    cut = systems[name].cut
    assert len(cut) == len(set(cut))
    for text_id in library.generation.manifest.texts:
        document = library.generation.document(text_id)
        spans = [passage.span for passage in cut if passage.text_id == text_id]
        assert all(0 <= start < end <= len(document.text) for start, end in spans)
        covered = {position for start, end in spans for position in range(start, end)}
        for block in document.blocks:
            words = [position for position in range(block.start, block.end) if not document.text[position].isspace()]
            assert block.kind == "heading" or covered.issuperset(words)


@pytest.mark.parametrize("name", ["tutorial", *PASTING, "always-refuse"])
def test_only_steward_says_above_its_sentences_who_speaks(name: str, systems: dict[str, System]) -> None:
    assert systems["steward"].ask(BOATS).headings
    assert not systems[name].ask(BOATS).headings


@pytest.mark.parametrize("name", OWN_SEARCH)
def test_some_floors_find_what_steward_finds(name: str, systems: dict[str, System]) -> None:
    assert systems[name].ask(BOATS).found == systems["steward"].ask(BOATS).found
    assert systems[name].cut == systems["steward"].cut


def test_steward_answers_what_the_library_holds_and_nothing_else(systems: dict[str, System]) -> None:
    assert "40 boats" in systems["steward"].ask(BOATS).answer
    assert systems["steward"].ask(NONSENSE).refused


@pytest.mark.parametrize("question", [BOATS, NONSENSE], ids=["answerable", "nonsense"])
def test_always_refuse_refuses(question: str, systems: dict[str, System]) -> None:
    outcome = systems["always-refuse"].ask(question)
    assert outcome.refused
    assert outcome.found
    assert (outcome.answer, outcome.sentences, outcome.citations) == ("", (), ())


@pytest.mark.parametrize(
    "question",
    [BOATS, "Which lamp burns for twelve hours?", "What does the report recommend to harbour masters?"],
    ids=["figure", "lamp", "register"],
)
def test_without_abstention_steward_answers_as_with_it(systems: dict[str, System], question: str) -> None:
    outcome = systems["steward"].ask(question)
    assert not outcome.refused
    assert replace(systems["never-refuse"].ask(question), seconds=outcome.seconds) == outcome


@pytest.mark.parametrize("name", ["never-refuse", "tutorial", "dense", "top-passage"])
def test_floors_without_abstention_answer_nonsense(name: str, systems: dict[str, System]) -> None:
    outcome = systems[name].ask(NONSENSE)
    assert not outcome.refused
    assert outcome.answer


def test_words_that_stand_nowhere_find_nothing_by_words_alone(systems: dict[str, System]) -> None:
    outcome = systems["bm25"].ask("Ulaanbaatar")
    assert (outcome.found, outcome.refused, outcome.answer) == ((), True, "")


@pytest.mark.parametrize("name", PASTING)
def test_the_best_passage_is_pasted_whole_and_cited_once(
    name: str, systems: dict[str, System], library: Library
) -> None:
    outcome = systems[name].ask("Which lamp burns for twelve hours?")
    (quote,) = outcome.citations
    best = outcome.found[0].passage
    assert Span(quote.start, quote.end) == best.span
    assert text_of(library, quote)[slice(*best.span)].split() == outcome.answer.split()


def test_the_tutorial_answers_with_five_whole_sentences_of_its_four_chunks_in_their_order(
    systems: dict[str, System],
) -> None:
    outcome = systems["tutorial"].ask("Which lamp does a boat carry?")
    sentences = [
        (item.passage.text_id, Span(item.passage.span.start + start, item.passage.span.start + end))
        for item in outcome.found[:4]
        for start, end in split_sentences(item.text)
    ]
    cited = [(quote.text_id, Span(quote.start, quote.end)) for quote in outcome.citations]
    assert len(cited) == 5
    assert set(cited) <= set(sentences)
    places = [sentences.index(one) for one in cited]
    assert places == sorted(places)


def test_a_chat_model_gets_the_four_chunks_of_the_tutorial_and_a_follow_up_in_full(systems: dict[str, System]) -> None:
    outcome, tutorial = systems["tutorial"].ask(BOATS), systems["tutorial"]
    assert isinstance(tutorial, Tutorial)
    assert tutorial.context(BOATS) == (BOATS, [item.text for item in outcome.found[:4]])
    question, _ = tutorial.context("And how long do they last?", [Turn(BOATS, "40.")])
    assert question == f"{BOATS} And how long do they last?"


def test_the_passages_of_the_tutorial_are_those_of_its_splitter() -> None:
    texts = {"a": "\n\n".join(PARAGRAPHS), "b": " ".join(PARAGRAPHS[:20]), "c": "A short text."}
    pipeline = TutorialPipeline(texts, HashEmbedder())
    split = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_text
    for text_id, text in texts.items():
        passages = [passage for passage in pipeline.cut if passage.text_id == text_id]
        assert [text[slice(*passage.span)] for passage in passages] == split(text)
        starts = [passage.span.start for passage in passages]
        assert starts == sorted(set(starts))
    found = pipeline.search("Boat 3 carries a lamp", 4)
    assert len(set(found)) == 4
    assert set(found) <= set(pipeline.cut)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_follow_up_is_asked_with_what_led_to_it(name: str, systems: dict[str, System]) -> None:
    outcome = systems[name].ask("And how long do they last?", [Turn(BOATS, "40.")])
    assert outcome.standalone == f"{BOATS} And how long do they last?"


def test_a_remembering_assistant_embeds_a_question_once(library: Library) -> None:
    embedded: list[str] = []

    class Counting(HashEmbedder):
        def embed_question(self, question: str) -> Array:
            embedded.append(question)
            return super().embed_question(question)

    remembered = remembering(replace(library, embedder=Counting()))
    answers = {build_system(name, remembered).ask(BOATS).answer for name in ("dense", "top-passage", "dense")}
    assert embedded == [BOATS]
    assert answers == {build_system("dense", library).ask(BOATS).answer}


def test_a_system_has_a_name(library: Library) -> None:
    with pytest.raises(ValueError, match="No system 'oracle'; there are: steward, tutorial, bm25"):
        build_system("oracle", library)
