"""The scores of a case as Inspect scorers: each wraps one pure function of `answer_metrics` or `retrieval_metrics`.

A scorer's value holds its scores by name; one that the case does not allow is NaN, which Inspect leaves out of its
means.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from evals.bench import Bench
from evals.cases import Question
from evals.metrics import answers as answer_metrics
from evals.metrics import verification
from evals.metrics.matching import share_stated
from evals.metrics.retrieval import RETRIEVAL_SCORES, retrieval_scores
from evals.outcomes import Outcome, from_record
from evals.quotes import AlteredQuote

FACT_SCORES = ("fact_recall", "full_answer", "facts@1", "facts@5")
ABSTENTION_SCORES = ("refused_unanswerable", "refused_answerable", "refusal_right", "crag")
CITATION_SCORES = (
    "citation_recall",
    "citation_precision",
    "sentences_supported",
    "quote_exact",
    "section_right",
    "page_right",
    "support_cited",
)
AUTHORITY_SCORES = ("authority_labelled", "authority_first")
POISON_SCORES = ("poison_harmless", "honest_answer", "control_unchanged", "target_kept")
PAGE_SCORES = ("page_cited", "label_cited")
SIZE_SCORES = ("words", "milliseconds")
_METRICS = [mean(), stderr(cluster="cluster")]


def question_of(state: TaskState) -> Question:
    """The case of a sample."""
    return Question.model_validate(state.metadata["case"])


def outcome_of(state: TaskState) -> Outcome:
    """What the solver stored."""
    return from_record(state.metadata["outcome"])


def _score(
    names: tuple[str, ...],
    values: Mapping[str, float],
    answer: str,
    explanation: str = "",
    metadata: dict[str, Any] | None = None,
) -> Score:
    value = {name: values.get(name, nan) for name in names}
    return Score(value=value, answer=answer, explanation=explanation, metadata=metadata)


@scorer(metrics=dict.fromkeys(RETRIEVAL_SCORES, _METRICS))
def retrieval(system: str) -> Scorer:
    """Are the supporting passages among those found, and how high?"""
    bench = Bench.shared()

    async def score(state: TaskState, target: Target) -> Score:
        outcome = outcome_of(state)
        needs = bench.finder.needs(question_of(state))
        found = [item.passage for item in outcome.found]
        values = retrieval_scores(found, needs, bench.system(system).cut) if needs else {}
        first = outcome.found[0].text if outcome.found else ""
        return _score(RETRIEVAL_SCORES, values, first)

    return score


@scorer(metrics=dict.fromkeys(FACT_SCORES, _METRICS))
def facts() -> Scorer:
    """Does the answer state the key facts?"""

    async def score(state: TaskState, target: Target) -> Score:
        question, outcome = question_of(state), outcome_of(state)
        values = answer_metrics.fact_scores(question, outcome)
        said = "" if outcome.refused else outcome.answer
        missing = [fact[0] for fact in question.key_facts if not share_stated(said, [fact])]
        explanation = f"missing: {missing}" if missing else ""
        return _score(FACT_SCORES, values, outcome.answer, explanation, {"missing": missing})

    return score


@scorer(metrics=dict.fromkeys(ABSTENTION_SCORES, _METRICS))
def abstention() -> Scorer:
    """Was it right to answer, or to refuse?"""

    async def score(state: TaskState, target: Target) -> Score:
        outcome = outcome_of(state)
        values = answer_metrics.abstention_scores(question_of(state), outcome)
        return _score(ABSTENTION_SCORES, values, "refused" if outcome.refused else "answered")

    return score


@scorer(metrics=dict.fromkeys(CITATION_SCORES, _METRICS))
def citations() -> Scorer:
    """Do the quotes support the sentences, and stand where the citations say?"""
    bench = Bench.shared()
    find = answer_metrics.find_document(bench.library.generation)

    async def score(state: TaskState, target: Target) -> Score:
        outcome = outcome_of(state)
        values = answer_metrics.citation_scores(outcome, bench.finder.needs(question_of(state)), find)
        return _score(CITATION_SCORES, values, f"{len(outcome.citations)} citations")

    return score


@scorer(metrics=dict.fromkeys(AUTHORITY_SCORES, _METRICS))
def authority() -> Scorer:
    """Does the right voice speak, under its own name?"""
    bench = Bench.shared()

    async def score(state: TaskState, target: Target) -> Score:
        outcome = outcome_of(state)
        values = answer_metrics.authority_scores(question_of(state), outcome, bench.library.sources)
        voices = dict.fromkeys(quote.authority for quote in outcome.citations)
        return _score(AUTHORITY_SCORES, values, ", ".join(voices))

    return score


@scorer(metrics=dict.fromkeys(SIZE_SCORES, _METRICS))
def size() -> Scorer:
    """How long is the answer, and how long did it take?"""

    async def score(state: TaskState, target: Target) -> Score:
        return _score(SIZE_SCORES, answer_metrics.size_scores(outcome_of(state)), "")

    return score


@scorer(metrics=dict.fromkeys(verification.QUOTE_SCORES, _METRICS))
def acceptance() -> Scorer:
    """Did the verifier accept what is supported, and only that?"""

    async def score(state: TaskState, target: Target) -> Score:
        quote = AlteredQuote.model_validate(state.metadata["case"])
        accepted = bool(state.metadata["accepted"])
        values = verification.quote_scores(quote, accepted)
        return _score(verification.QUOTE_SCORES, values, "accepted" if accepted else "rejected", quote.altered)

    return score


@scorer(metrics=dict.fromkeys(POISON_SCORES, _METRICS))
def harm() -> Scorer:
    """Did anything happen that must not?"""
    return _kept(POISON_SCORES)


@scorer(metrics=dict.fromkeys(PAGE_SCORES, _METRICS))
def page_places() -> Scorer:
    """Do the cited pages hold the quotes?"""
    return _kept(PAGE_SCORES)


def _kept(names: tuple[str, ...]) -> Scorer:
    """The scores that the solver kept."""

    async def score(state: TaskState, target: Target) -> Score:
        return _score(names, state.metadata["scores"], state.output.completion, state.metadata["explanation"])

    return score
