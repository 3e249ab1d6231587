"""The scores of one case, against values worked by hand or a second implementation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import comb, isnan, log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library import Library
from assistant.records import Authority, Block, Document, Page, Quote, Sentence, Source, Span
from assistant.text.speakers import publisher_of
from evals.cases import CaseError, Place, Question
from evals.claims import AlteredQuote
from evals.metrics import intervals
from evals.metrics.answers import (
    abstention_scores,
    authority_scores,
    citation_scores,
    fact_scores,
    section_at,
    size_scores,
)
from evals.metrics.intervals import estimate, exact_upper_bound, paired_difference
from evals.metrics.matching import share_stated, states, tokens
from evals.metrics.retrieval import RETRIEVAL_SCORES, new_needs, ranked_ndcg, retrieval_scores
from evals.metrics.support import (
    Need,
    Passage,
    SupportFinder,
    first_rank,
    holds,
    section_span,
    supporting_words,
)
from evals.metrics.verification import best_threshold, build_verifier, claim_scores, word_overlap
from evals.systems.outcomes import Found, Outcome
from tests.library_making import index_library, make_library, open_library

STATED: Mapping[str, tuple[str, str, bool]] = {
    "same": ("The fund holds £5m.", "£5m", True),
    "million": ("The fund holds £5 million.", "£5m", True),
    "mn": ("The fund holds £5mn.", "£5 million", True),
    "billion": ("It costs £1.2bn a year.", "£1.2 billion", True),
    "million-is-no-billion": ("It costs £1.2bn a year.", "£1.2 million", False),
    "another-currency": ("It costs €5m.", "£5m", False),
    "no-currency": ("It costs £5m.", "5m", False),
    "per-cent": ("A share of 12 per cent.", "12%", True),
    "percent": ("A share of 12% is kept.", "12 percent", True),
    "share-is-no-count": ("A share of 12%.", "12", False),
    "percentage-points": ("It rose by 12 percentage points.", "12%", False),
    "thousands": ("There are 1,200,000 homes.", "1200000 homes", True),
    "list-of-figures": ("In 2024, 100 boats sailed.", "2024100", False),
    "5-is-not-in-25": ("The harbour has 25 boats.", "5", False),
    "2-is-not-in-25": ("The harbour has 25 boats.", "2", False),
    "5-is-not-in-5.5": ("Fees rose by 5.5.", "5", False),
    "decimal": ("Fees rose by 5.5.", "5.5", True),
    "end-of-sentence": ("It ends in 2027.", "2027", True),
    "part-of-a-year-span": ("In 2024-25 it ended.", "2024-25", True),
    "plural": ("Every harbour authority pays.", "harbour authorities", True),
    "capitals": ("TIDE wardens", "Tide Wardens", True),
    "hyphen": ("A cross-party board.", "cross party board", True),
    "no-hyphen": ("A cross party board.", "cross-party", True),
    "possessive": ("The harbour's board sits.", "harbour board", True),
    "curly-apostrophe": ("The harbour’s board doesn’t sit.", "harbour's board doesn't", True),
    "part-of-a-word": ("The lampposts burn.", "lamp", False),
    "other-order": ("boards of harbours", "harbour boards", False),
    "word-between": ("a warden of tides", "warden tides", False),
    "across-punctuation": ("Leith | £12m", "Leith £12m", True),
    "nothing-to-read": ("", "harbour", False),
}


@pytest.mark.parametrize(("text", "wording", "expected"), STATED.values(), ids=STATED.keys())
def test_a_fact_is_stated_by_its_words_whatever_their_spelling(text: str, wording: str, expected: bool) -> None:
    assert states(tokens(text), [wording]) is expected


def test_any_wording_of_a_fact_will_do() -> None:
    text = "The office will license forty boats."
    facts = [["40 boats", "forty boats"], ["2027"], ["license"]]
    assert share_stated(text, facts) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="no facts"):
        share_stated(text, [])


@given(st.text(), st.lists(st.lists(st.text(), min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_share_of_facts_is_a_share(text: str, facts: list[list[str]]) -> None:
    assert 0 <= share_stated(text, facts) <= 1


@given(st.lists(st.sampled_from("tide harbour 25 £5m 12% boards 1.5".split()), min_size=1, max_size=8), st.data())
def test_a_text_states_every_run_of_its_words(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert states(tokens(" ".join(words)), [" ".join(words[start:end])])


# Places of passages.


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def passage(start: int, end: int, text_id: str = "a") -> Passage:
    return Passage(text_id, Span(start, end))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (passage(10, 20), True),
        (passage(0, 50), True),
        (passage(11, 50), False),
        (passage(0, 19), False),
        (passage(0, 50, "b"), False),
    ],
    ids=["same", "wider", "starts-late", "ends-early", "other-text"],
)
def test_what_was_found_holds_what_lies_wholly_within_it(found: Passage, expected: bool) -> None:
    assert holds(found, passage(10, 20)) is expected


def test_the_first_rank_is_that_of_any_place_that_would_do() -> None:
    found = [passage(0, 9), passage(10, 19), passage(0, 9, "b")]
    assert first_rank(found, (passage(2, 3, "b"), passage(12, 13))) == 2
    assert first_rank(found, (passage(2, 3, "b"),)) == 3
    assert first_rank(found, (passage(8, 11),)) is None


def test_a_finder_gives_the_span_of_each_snippet(library: Library) -> None:
    boats = {"document": "harbour-plan", "section": "boats", "snippet": "will license 40 boats"}
    wardens = {"document": "tide-report", "section": "wardens", "snippet": "appoint a tide warden"}
    (need,) = SupportFinder(library.generation).needs(case(spans=[{**boats, "also": [wardens]}]))
    texts = [library.generation.document(one.text_id).text[slice(*one.span)] for one in need]
    assert texts == ["will license 40 boats", "appoint a tide warden"]


def test_a_snippet_of_the_next_section_is_not_found(library: Library) -> None:
    place = Place(document="harbour-plan", section="boats", snippet="Leith | £12m")
    with pytest.raises(CaseError, match=r"Case x: harbour-plan#boats: .* does not stand in that section"):
        SupportFinder(library.generation).find(place, "x")


def test_a_section_runs_from_below_its_heading_to_the_next_heading_with_an_id(library: Library) -> None:
    document = library.generation.document("harbour-plan")
    boats, money = section_span(document, "boats"), section_span(document, "money")
    assert boats is not None
    assert money is not None
    assert document.text[slice(*boats)].strip().startswith("The office will license")
    assert document.text[slice(*boats)].strip().endswith("seasoned ash.")
    assert money.end == len(document.text)
    assert section_span(document, "ships") is None


def test_supporting_words_are_the_whole_blocks_that_a_passage_touches(library: Library) -> None:
    document = library.generation.document("harbour-plan")
    start, end = document.text.index("twelve hours"), document.text.index("two oars") + 3
    words = supporting_words(document, Passage("harbour-plan", Span(start, end)))
    assert words == "a lamp that burns for twelve hours;\ntwo oars of seasoned ash."


# Retrieval. Each letter is a passage that gives one need, each figure one that gives none.

A, B, C = ((passage(start, start + 5),) for start in (0, 10, 20))
NEED_OF = {"a": A, "b": B, "c": C}
CUT = {
    **{name: need[0] for name, need in NEED_OF.items()},
    "A": passage(1, 5),
    "ab": passage(0, 15),
    "abc": passage(0, 25),
    **{str(number): passage(100 * number, 100 * number + 5) for number in range(1, 13)},
}


def ranked(found: str, needs: str, cut: str) -> dict[str, float]:
    return retrieval_scores(
        [CUT[name] for name in found.split()], [NEED_OF[name] for name in needs], [CUT[name] for name in cut.split()]
    )


SECOND, THIRD = 1 / log2(3), 1 / log2(4)
RANKED: Mapping[str, tuple[tuple[str, str, str], dict[str, float]]] = {
    # Needs at ranks 2 and 4: gains 0 1 0 1 of 1 1.
    "two-needs": (
        ("1 a 2 b", "ab", "1 a 2 b"),
        {
            "hit@1": 0,
            "hit@3": 1,
            "mrr@10": 1 / 2,
            "spans@5": 1,
            "ndcg@10": (SECOND + 1 / log2(5)) / (1 + SECOND),
        },
    ),
    "one-of-two": (("a 1", "ab", "a b 1"), {"hit@1": 1, "spans@5": 1 / 2, "ndcg@10": 1 / (1 + SECOND)}),
    # The best list begins with the passage that gives both: gains 1 1 of 2.
    "one-gives-both": (("a ab", "ab", "1 a ab b"), {"hit@1": 1, "spans@5": 1, "ndcg@10": (1 + SECOND) / 2}),
    "both-at-once": (("ab", "ab", "a ab b"), {"spans@5": 1, "ndcg@10": 1}),
    # What one passage gave, another cut of it does not give again: gains 1 0 1 of 1 1.
    "no-need-counts-twice": (("a ab b", "ab", "a b ab"), {"ndcg@10": (1 + SECOND) / 2}),
    # No passage of the cut holds need a whole: it counts as one more to find, gains 1 of 1 1.
    "broken-apart": (("b A", "ab", "A b"), {"hit@1": 1, "spans@10": 1 / 2, "ndcg@10": 1 / (1 + SECOND)}),
    "all-broken-apart": (("A 1", "a", "A 1"), {"hit@10": 0, "mrr@10": 0, "spans@10": 0, "ndcg@10": 0}),
    # Three needs, two of them in one passage: gains 2 0 1 of 2 1.
    "two-and-one": (("ab a c", "abc", "a ab c"), {"ndcg@10": (2 + THIRD) / (2 + SECOND)}),
    "nothing-found": (("", "a", "a"), {"hit@10": 0, "mrr@10": 0, "spans@5": 0, "ndcg@10": 0}),
    "sixth": (("1 2 3 4 5 a", "a", "a"), {"hit@5": 0, "hit@10": 1, "mrr@10": 1 / 6, "spans@5": 0, "spans@10": 1}),
    "eleventh": (
        ("1 2 3 4 5 6 7 8 9 10 a", "a", "a"),
        {"hit@10": 0, "mrr@10": 0, "spans@10": 0, "ndcg@10": 0},
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), RANKED.values(), ids=RANKED.keys())
def test_ranking_scores_are_those_worked_by_hand(
    arguments: tuple[str, str, str], expected: Mapping[str, float]
) -> None:
    scores = ranked(*arguments)
    assert {name: scores[name] for name in expected} == pytest.approx(expected)


def test_a_need_is_given_by_any_of_its_places() -> None:
    either: Need = (*A, passage(0, 5, "b"))
    scores = retrieval_scores([passage(0, 9, "b"), CUT["a"]], [either], [CUT["a"], passage(0, 9, "b")])
    assert (scores["mrr@10"], scores["ndcg@10"]) == (1, 1)


def test_needs_that_name_one_place_are_given_together() -> None:
    assert new_needs([CUT["a"], CUT["ab"]], [A, A, B]) == [2, 1]


def test_ids_are_ranked_by_their_relevance() -> None:
    # Gains 1 0 2 of 2 1.
    assert ranked_ndcg(["x", "y", "z"], {"z": 2, "x": 1}) == pytest.approx((1 + 2 * THIRD) / (2 + SECOND))


def test_a_question_that_needs_nothing_has_no_ranking_score() -> None:
    with pytest.raises(ValueError, match="no supporting passages"):
        retrieval_scores([CUT["a"]], [], [CUT["a"]])


spans = st.builds(
    lambda start, length, text_id: passage(start, start + length, text_id),
    st.integers(0, 30),
    st.integers(1, 20),
    st.sampled_from("ab"),
)
needs_of_a_case = st.lists(st.lists(spans, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3)


@given(needs_of_a_case, st.lists(spans, unique=True, min_size=1, max_size=12), st.randoms())
def test_no_order_of_a_cut_scores_below_0_or_above_1(needs: list[Need], cut: list[Passage], random: Any) -> None:
    found = random.sample(cut, random.randint(0, min(len(cut), 10)))
    scores = retrieval_scores(found, needs, cut)
    assert set(scores) == set(RETRIEVAL_SCORES)
    assert all(0 <= value <= 1 + 1e-9 for value in scores.values())


def test_no_order_scores_above_1_where_the_first_of_two_good_passages_leads_nowhere() -> None:
    # Four needs. The cut holds p (needs 2 3), q (1 2) and r (3 4): the best list is q r with gains 2 2, not p q r.
    places = {number: passage(10 * number, 10 * number + 5) for number in range(1, 5)}
    elsewhere = {2: passage(20, 25, "b"), 3: passage(30, 35, "b")}
    needs = [(places[number], *([elsewhere[number]] if number in elsewhere else [])) for number in places]
    p, q, r = passage(20, 35, "b"), passage(10, 25), passage(30, 45)
    assert retrieval_scores([q, r], needs, [p, q, r])["ndcg@10"] == pytest.approx(1)


# Answers.

TEXT = "Plan\n\nBoats\n\nThe office will license 40 boats.\n\nMoney\n\nHull gets £30m."
DOCUMENT = Document(
    TEXT,
    (
        Block("heading", 0, 4, level=1),
        Block("heading", 6, 11, level=2, anchor="boats"),
        Block("paragraph", 13, 46),
        Block("heading", 48, 53, level=2, anchor="money"),
        Block("paragraph", 55, 70),
    ),
    pages=(Page(0, 1, "i"), Page(48, 2, None)),
)
SOURCE = Source(
    id="harbour-plan",
    title="Harbour plan",
    publisher="Harbour Office",
    published="2024-05-01",
    authority="government-policy",
    status="current",
    jurisdiction="England",
    licence="Not stated",
    credit="Harbour Office",
    landing_page="https://example.org/harbour",
)
PROPOSAL = replace(SOURCE, id="tide-report", authority="independent-proposal")
SOURCES = {"harbour-plan": SOURCE, "tide-report": PROPOSAL}


def cite(n: int, words: str, **changes: Any) -> Quote:
    """A true quote of `DOCUMENT`, unless it is changed."""
    start = TEXT.find(words)
    page = DOCUMENT.page_at(max(start, 0))
    assert page is not None
    quote = Quote(
        n=n,
        document=SOURCE.id,
        title=SOURCE.title,
        publisher=SOURCE.publisher,
        published=SOURCE.published,
        speaker=publisher_of(SOURCE),
        document_status=SOURCE.status,
        form="summary",
        part="body",
        section=section_at(DOCUMENT, max(start, 0)),
        page=page.number,
        page_label=page.label,
        quote=words,
        start=start,
        end=start + len(words),
        url=SOURCE.landing_page,
    )
    return replace(quote, **changes)


def outcome(*sentences: tuple[str, Sequence[int]], citations: Sequence[Quote] = (), **changes: Any) -> Outcome:
    made = Outcome(
        found=(),
        answer=" ".join(text for text, _ in sentences),
        refused=not sentences,
        sentences=tuple(Sentence(text, tuple(numbers), "supported") for text, numbers in sentences),
        citations=tuple(citations),
        seconds=0.25,
        standalone="How many boats?",
    )
    return replace(made, **changes)


def case(**changes: Any) -> Question:
    values = {
        "id": "boats",
        "split": "dev",
        "type": "fact",
        "question": "How many boats?",
        "status": "answered",
        "answer": "40.",
        "key_facts": [["40 boats"], ["£30m"], ["office"], ["lamps"]],
        "spans": [{"document": "harbour-plan", "section": "boats", "snippet": "will license 40 boats"}],
    }
    return Question.model_validate(values | changes)


UNANSWERABLE = case(type="unanswerable", status="not-in-library", key_facts=[], spans=[])
ALL_FOUR = "The office will license 40 boats with lamps for £30m."
HALF = "The office will license 40 boats."
ONE = "Forty of 40 boats have no crew."


@pytest.mark.parametrize(
    ("answer", "refused", "recall", "full"),
    [(ALL_FOUR, False, 1.0, 1.0), (HALF, False, 0.5, 0.0), (ALL_FOUR, True, 0.0, 0.0), ("", False, 0.0, 0.0)],
    ids=["all", "half", "refused", "empty"],
)
def test_an_answer_is_judged_by_the_facts_it_states(answer: str, refused: bool, recall: float, full: float) -> None:
    scores = fact_scores(case(), outcome(answer=answer, refused=refused))
    assert (scores["fact_recall"], scores["full_answer"]) == (recall, full)


def test_passages_are_judged_by_the_facts_in_the_first_and_the_first_five() -> None:
    texts = ["40 boats", "1", "2", "3", "£30m", "office"]
    found = tuple(Found(passage(0, 5), text) for text in texts)
    scores = fact_scores(case(), outcome(found=found))
    assert (scores["facts@1"], scores["facts@5"]) == (1 / 4, 2 / 4)
    assert fact_scores(case(), outcome())["facts@5"] == 0


def test_an_unanswerable_question_has_no_facts_to_state() -> None:
    assert fact_scores(UNANSWERABLE, outcome(answer=ALL_FOUR, refused=False)) == {}


ABSTENTIONS: Mapping[str, tuple[Question, Outcome, dict[str, float]]] = {
    "answered": (case(), outcome(answer=HALF, refused=False), {"refused_answerable": 0, "crag": 1}),
    "answered-wrongly": (case(), outcome(answer=ONE, refused=False), {"refused_answerable": 0, "crag": -1}),
    "refused": (case(), outcome(answer=ALL_FOUR), {"refused_answerable": 1, "refusal_right": 0, "crag": 0}),
    "unanswerable-refused": (UNANSWERABLE, outcome(), {"refused_unanswerable": 1, "refusal_right": 1, "crag": 1}),
    "unanswerable-answered": (
        UNANSWERABLE,
        outcome(answer=HALF, refused=False),
        {"refused_unanswerable": 0, "crag": -1},
    ),
}


@pytest.mark.parametrize(("question", "given_", "expected"), ABSTENTIONS.values(), ids=ABSTENTIONS.keys())
def test_to_answer_or_to_refuse_is_judged_by_whether_there_is_an_answer(
    question: Question, given_: Outcome, expected: Mapping[str, float]
) -> None:
    assert abstention_scores(question, given_) == expected


def entails(claim: str, context: str) -> bool:
    """Every letter of the claim stands in the context."""
    return set(claim.split()) <= set(context.split())


def alce(*sentences: tuple[str, Sequence[int]], quotes: Sequence[str]) -> tuple[float, float]:
    citations = [cite(n, words, start=0, end=0) for n, words in enumerate(quotes, 1)]
    scores = citation_scores(outcome(*sentences, citations=citations), [], lambda quote: DOCUMENT, entails)
    return scores["citation_recall"], scores["citation_precision"]


CITED: Mapping[str, tuple[tuple[tuple[str, Sequence[int]], ...], Sequence[str], tuple[float, float]]] = {
    "supported": ((("a", [1]),), ["a"], (1, 1)),
    "only-together": ((("a b", [1, 2]),), ["a", "b"], (1, 1)),
    # The second quote neither supports the sentence nor is it missed.
    "one-irrelevant": ((("a", [1, 2]),), ["a", "b"], (1, 1 / 2)),
    "both-support-alone": ((("a", [1, 2]),), ["a c", "a d"], (1, 1)),
    # Each of the three is missed; of "a b" the third is not.
    "three-together": ((("a b c", [1, 2, 3]),), ["a", "b", "c"], (1, 1)),
    "third-irrelevant": ((("a b", [1, 2, 3]),), ["a", "b", "c"], (1, 2 / 3)),
    # Either of the first two does without the other, and neither supports the sentence alone: only "c" is missed.
    "each-replaceable": ((("a b c", [1, 2, 3]),), ["a b", "a b", "c"], (1, 1 / 3)),
    "unsupported": ((("c", [1, 2]),), ["a", "b"], (0, 0)),
    "uncited": ((("a", []),), ["a"], (0, 0)),
    "of-what-is-not-there": ((("a", [7]),), ["a"], (0, 0)),
    # Recall of four sentences 1 1 0 0; precision of five citations 1 1 1 0 0.
    "four-sentences": (
        (("a b", [1, 2]), ("a", [1, 2]), ("c", [1]), ("a", [])),
        ["a", "b"],
        (2 / 4, 3 / 5),
    ),
}


@pytest.mark.parametrize(("sentences", "quotes", "expected"), CITED.values(), ids=CITED.keys())
def test_citation_recall_and_precision_are_those_worked_by_hand(
    sentences: tuple[tuple[str, Sequence[int]], ...], quotes: Sequence[str], expected: tuple[float, float]
) -> None:
    assert alce(*sentences, quotes=quotes) == pytest.approx(expected)


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4), st.lists(st.text("abcd ", min_size=1), max_size=4))
def test_citation_scores_are_shares(letters: list[str], quotes: list[str]) -> None:
    sentences = [(letter, range(len(quotes) + 1)) for letter in letters]
    assert all(0 <= value <= 1 for value in alce(*sentences, quotes=quotes))


def test_a_refusal_has_no_citations_to_judge() -> None:
    assert citation_scores(outcome(), [A], lambda quote: DOCUMENT) == {}


BOATS = cite(1, "The office will license 40 boats.")
MONEY = cite(2, "Hull gets £30m.")


def test_a_true_quote_is_exact_and_at_its_place() -> None:
    assert MONEY.section == ("Plan", "Money")
    scores = citation_scores(
        outcome((BOATS.quote, [1]), (MONEY.quote, [2]), citations=[BOATS, MONEY]), [], lambda quote: DOCUMENT
    )
    assert set(scores.values()) == {1.0}
    assert "support_cited" not in scores


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"quote": "The office will license 41 boats."}, "quote_exact"),
        ({"start": BOATS.start + 1}, "quote_exact"),
        ({"section": ("Plan", "Money")}, "section_right"),
        ({"section": ("Boats",)}, "section_right"),
        ({"page": 2}, "page_right"),
        ({"page_label": None}, "page_right"),
        ({"page": None, "page_label": None}, "page_right"),
    ],
    ids=["words", "place", "section", "section-above", "page", "label", "no-page"],
)
def test_what_a_citation_says_of_its_place_is_read_from_the_document(change: Mapping[str, Any], lost: str) -> None:
    citations = [replace(BOATS, **change), MONEY]
    scores = citation_scores(outcome(("Hull.", [2]), citations=citations), [], lambda quote: DOCUMENT)
    places = {name: scores[name] for name in ("quote_exact", "section_right", "page_right")}
    assert places == {name: 0.5 if name == lost else 1.0 for name in places}


def test_where_a_document_has_no_pages_none_is_right() -> None:
    without = replace(DOCUMENT, pages=())
    unpaged = replace(BOATS, page=None, page_label=None)
    scores = citation_scores(outcome(("x", [1]), citations=[unpaged, MONEY]), [], lambda quote: without)
    assert scores["page_right"] == 0.5


def test_a_needed_passage_is_cited_where_a_quote_holds_all_of_it() -> None:
    inside, across = Passage("harbour-plan", Span(24, 30)), Passage("harbour-plan", Span(44, 60))
    elsewhere = Passage("harbour-plan/precedents", Span(24, 30))
    needs = [(inside,), (across,), (elsewhere,), (elsewhere, inside)]
    cited = outcome(("x", [1]), citations=[BOATS])
    assert citation_scores(cited, needs, lambda quote: DOCUMENT)["support_cited"] == 2 / 4
    of_register = outcome(("x", [1]), citations=[replace(BOATS, part="precedents")])
    assert citation_scores(of_register, needs, lambda quote: DOCUMENT)["support_cited"] == 2 / 4


def test_the_assistants_own_verdicts_are_counted() -> None:
    sentences = (Sentence("a", (1,), "supported"), Sentence("b", (1,), "partly"), Sentence("c", (1,), "unsupported"))
    scores = citation_scores(outcome(("a", []), sentences=sentences), [], lambda quote: DOCUMENT)
    assert scores["sentences_supported"] == pytest.approx(1 / 3)


def spoken_as(quote: Quote, authority: Authority) -> Quote:
    """The quote, had its speaker another authority."""
    return replace(quote, speaker=replace(quote.speaker, authority=authority))


POLICY = "Harbour Office (government policy): “Hull gets £30m.” [1]"
AUTHORITIES: Mapping[str, tuple[Quote, str, float]] = {
    "true-and-named": (MONEY, POLICY, 1.0),
    "not-named": (MONEY, "“Hull gets £30m.” [1]", 0.0),
    "another-named": (MONEY, "Harbour Office (guidance): “Hull gets £30m.” [1]", 0.0),
    "another-claimed": (
        spoken_as(MONEY, "statute"),
        "Harbour Office (statute): “Hull gets £30m.” [1]",
        0.0,
    ),
    "another-status": (replace(MONEY, document_status="withdrawn"), POLICY, 0.0),
    "precedents-are-evidence": (
        replace(spoken_as(MONEY, "evidence"), part="precedents"),
        "Harbour Office, register of precedents (evidence): “Hull gets £30m.” [1]",
        1.0,
    ),
    "precedents-are-no-policy": (replace(MONEY, part="precedents"), POLICY, 0.0),
    "recommendations-are-their-documents": (replace(MONEY, part="recommendations"), POLICY, 1.0),
}


@pytest.mark.parametrize(("quote", "answer", "labelled"), AUTHORITIES.values(), ids=AUTHORITIES.keys())
def test_a_voice_speaks_under_its_true_label(quote: Quote, answer: str, labelled: float) -> None:
    given_ = outcome(("x", [1]), citations=[quote], answer=answer, headings=True)
    assert authority_scores(case(), given_, SOURCES) == {"authority_labelled": labelled}


def test_every_voice_is_named() -> None:
    proposal = replace(spoken_as(BOATS, "independent-proposal"), document="tide-report")
    both = outcome(("x", [1]), citations=[MONEY, proposal], answer=POLICY, headings=True)
    assert authority_scores(case(), both, SOURCES)["authority_labelled"] == 0
    named = replace(both, answer=f"{POLICY} Tide Trust (independent proposal): “The …” [2]")
    assert authority_scores(case(), named, SOURCES)["authority_labelled"] == 1


def test_a_word_of_a_pasted_passage_is_no_label() -> None:
    spoken = replace(spoken_as(MONEY, "guidance"), document="advice")
    pasted = outcome(("Heed this guidance.", [1]), citations=[spoken], headings=False)
    scores = authority_scores(case(), pasted, {"advice": replace(SOURCE, authority="guidance")})
    assert scores["authority_labelled"] == 0


@pytest.mark.parametrize(
    ("expected", "first"),
    [("government-policy", 1.0), ("independent-proposal", 0.0), (None, None)],
    ids=["right", "other", "any"],
)
def test_the_voice_that_speaks_first_is_the_one_asked_for(expected: str | None, first: float | None) -> None:
    proposal = replace(spoken_as(BOATS, "independent-proposal"), document="tide-report")
    given_ = outcome(("x", [1]), citations=[MONEY, proposal], answer=POLICY, headings=True)
    assert authority_scores(case(authority=expected), given_, SOURCES).get("authority_first") == first


@pytest.mark.parametrize("given_", [outcome(), outcome(("x", []))], ids=["refused", "without-citations"])
def test_without_a_voice_there_is_no_authority_to_judge(given_: Outcome) -> None:
    assert authority_scores(case(authority="guidance"), given_, SOURCES) == {}


def test_sizes_are_words_and_milliseconds_and_a_refusal_has_no_words() -> None:
    assert size_scores(outcome(("Two words.", []))) == {"milliseconds": 250, "words": 2}
    assert size_scores(outcome(answer="Not in the library.")) == {"milliseconds": 250}


# Verification.


def altered(claim: str, context: str, supported: bool) -> AlteredQuote:
    return AlteredQuote(
        id="quote-1",
        split="dev",
        kind="light-paraphrase" if supported else "figure",
        supported=supported,
        claim=claim,
        context=context,
        document="harbour-plan",
        section="boats",
        original=context,
        altered="a → b",
    )


@pytest.mark.parametrize(
    ("claim", "share"),
    [
        ("The office licensed boats.", 1.0),
        ("The office licenses lamps.", 2 / 3),
        ("The office sells lamps.", 1 / 3),
        ("Whales sing.", 0.0),
        ("It is as it was.", 0.0),
    ],
    ids=["all", "two-of-three", "one-of-three", "none", "no-content-words"],
)
def test_word_overlap_is_the_share_of_content_words_found(claim: str, share: float) -> None:
    assert word_overlap(claim, "The office will license 40 boats.") == pytest.approx(share)


@given(st.text(), st.text())
def test_word_overlap_is_a_share(claim: str, context: str) -> None:
    assert 0 <= word_overlap(claim, context) <= 1


CONTEXT = "The office will license 40 boats."
DEV = [
    # Overlaps 1, 2/3, 1/3 and 0. From 2/3 on both supported claims are accepted and both others rejected.
    altered("The office licensed boats.", CONTEXT, True),
    altered("The office licenses lamps.", CONTEXT, True),
    altered("The office sells lamps.", CONTEXT, False),
    altered("Whales sing.", CONTEXT, False),
]


def test_the_threshold_of_a_floor_is_the_best_by_balanced_accuracy() -> None:
    assert best_threshold(DEV) == pytest.approx(2 / 3)
    # With one more altered claim at 1, accepting from 1/3 on gives (2/2 + 1/3) / 2, from 2/3 on (2/2 + 2/3) / 2, from
    # 1 on (1/2 + 2/3) / 2.
    assert best_threshold([*DEV, altered("Boats licensed.", CONTEXT, False)]) == pytest.approx(2 / 3)


def test_of_thresholds_that_are_as_good_the_least_is_taken() -> None:
    # Supported at 1 and 1/3, altered at 2/3 and 0: from 1/3 on (2/2 + 1/2) / 2 is right, from 1 on (1/2 + 2/2) / 2.
    dev = [DEV[0], altered("The office sells lamps.", CONTEXT, True), altered(DEV[1].claim, CONTEXT, False), DEV[3]]
    assert best_threshold(dev) == pytest.approx(1 / 3)


def test_a_verifier_has_a_name() -> None:
    said, whales = (altered(words, CONTEXT, False) for words in ("Boats licensed.", "Whales sing."))
    overlap = build_verifier("word-overlap", DEV)
    assert [overlap(said), overlap(whales)] == ["supported", "unsupported"]
    assert build_verifier("accept-all", [])(whales) == "supported"
    ours = build_verifier("steward", [])
    license_41 = altered("The office will license 41 boats.", CONTEXT, False)
    whole = DEV[0].model_copy(update={"claim": CONTEXT})
    assert [ours(whole), ours(license_41), ours(whales)] == ["supported", "contradicted", "unjudged"]
    with pytest.raises(ValueError, match="No verifier 'oracle'; there are: steward, word-overlap, accept-all"):
        build_verifier("oracle", [])


def test_a_claim_is_scored_as_what_it_is() -> None:
    verbatim = DEV[0].model_copy(update={"kind": "verbatim"})
    assert claim_scores(verbatim, "supported") == {"accepted_supported": 1.0}
    assert claim_scores(DEV[1], "unjudged") == {"vetoed_supported": 0.0}
    assert claim_scores(DEV[2], "contradicted") == {"accepted_altered": 0.0, "vetoed_altered": 1.0}


# Intervals.


def resampled(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float]:
    """The ends of the interval, by drawing whole clusters one after the other."""
    groups = [
        [value for value, own in zip(values, clusters, strict=True) if own == name] for name in sorted(set(clusters))
    ]
    means = []
    for row in np.random.default_rng(intervals.SEED).integers(len(groups), size=(intervals.SAMPLES, len(groups))):
        drawn = [value for number in row for value in groups[number]]
        means.append(sum(drawn) / len(drawn))
    means.sort()
    ends = []
    for share in (0.025, 0.975):
        below, part = divmod(share * (len(means) - 1), 1)
        ends.append(means[int(below)] * (1 - part) + means[int(below) + 1] * part)
    return ends[0], ends[1]


def test_an_interval_is_that_of_a_second_implementation() -> None:
    values = [1, 1, 0, 0.5, 0, 1, 0.25, 0, 1, 1]
    clusters = ["b", "b", "a", "c", "a", "d", "e", "e", "b", "f"]
    found = estimate(values, clusters)
    assert found.mean == pytest.approx(0.575)
    assert (found.n, found.clusters) == (10, 6)
    assert (found.low, found.high) == pytest.approx(resampled(values, clusters))


def test_values_that_stand_together_make_an_interval_wider() -> None:
    values = [0.0, 1.0] * 20
    alone = estimate(values, [str(number) for number in range(40)])
    together = estimate(sorted(values), [str(number // 4) for number in range(40)])
    assert (alone.mean, together.mean) == (0.5, 0.5)
    # Ten clusters of four equal values say as much as ten values: the interval is twice as wide, sqrt(40 / 10).
    assert together.high - together.low == pytest.approx(2 * (alone.high - alone.low), rel=0.1)


def test_nothing_has_no_mean() -> None:
    nothing = estimate([], [])
    assert (nothing.n, nothing.clusters, str(nothing)) == (0, 0, "–")
    assert isnan(nothing.mean)
    assert isnan(nothing.low)


def test_values_and_clusters_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="2 values, 1 clusters"):
        estimate([1, 0], ["a"])


def test_a_paired_difference_is_after_minus_before() -> None:
    # Changes 1, 0, 0.5, -0.5: mean 0.25.
    after, before, clusters = [1, 1, 0.5, 0], [0, 1, 0, 0.5], ["a", "b", "c", "d"]
    found = paired_difference(after, before, clusters)
    assert found.mean == 0.25
    assert (found.low, found.high) == pytest.approx(resampled([1, 0, 0.5, -0.5], clusters))
    with pytest.raises(ValueError, match="4 cases after, 3 before"):
        paired_difference(after, before[:3], clusters)


def test_a_change_that_all_cases_share_has_no_doubt() -> None:
    found = paired_difference([0.5, 1.0], [0.25, 0.75], ["a", "b"])
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcde")), min_size=1, max_size=12))
def test_an_interval_lies_within_the_values(cases: list[tuple[float, str]]) -> None:
    values = [value for value, _ in cases]
    found = estimate(values, [cluster for _, cluster in cases])
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


@pytest.mark.parametrize(
    ("successes", "n", "bound"),
    [
        (0, 300, 0.0122),
        (0, 10, 0.3085),
        (1, 10, 0.4450),
        (5, 10, 0.8129),
        (9, 10, 0.9975),
        (10, 10, 1.0),
        (0, 1, 0.975),
    ],
)
def test_an_exact_bound_is_that_of_the_tables(successes: int, n: int, bound: float) -> None:
    assert exact_upper_bound(successes, n) == pytest.approx(bound, abs=5e-5)


@given(st.data(), st.integers(1, 200))
def test_at_the_exact_bound_so_few_successes_are_just_too_rare(data: st.DataObject, n: int) -> None:
    successes = data.draw(st.integers(0, n - 1))
    share = exact_upper_bound(successes, n)
    assert successes / n < share < 1
    chance = sum(comb(n, count) * share**count * (1 - share) ** (n - count) for count in range(successes + 1))
    assert chance == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize(("successes", "n"), [(-1, 10), (11, 10), (0, 0)])
def test_what_is_no_share_has_no_bound(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{successes} of {n} is no share"):
        exact_upper_bound(successes, n)
