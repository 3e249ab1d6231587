"""Questions on the shipped library: ``inspect eval evals/tasks/questions.py@grounding --model none``.

``-T system=bm25`` asks a floor in Steward's place, ``-T split=dev`` takes the split for tuning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.scorer import Scorer

from assistant.text.quoting import heading_path
from evals.bench import Bench
from evals.cases import QUESTIONS, Question, Split, load_questions
from evals.judging.scorer import judged
from evals.metrics.answers import (
    ABSTENTION_SCORES,
    AUTHORITY_SCORES,
    CITATION_SCORES,
    FACT_SCORES,
    SIZE_SCORES,
    abstention_scores,
    authority_scores,
    citation_scores,
    fact_scores,
    find_document,
    section_at,
    size_scores,
)
from evals.metrics.matching import share_stated
from evals.metrics.retrieval import RETRIEVAL_SCORES, retrieval_scores
from evals.metrics.support import first_rank
from evals.systems.floors import OWN_SEARCH
from evals.systems.outcomes import Outcome, to_record
from evals.tasks.shared import Judged, judged_task

SHOWN_PASSAGES = 3


@task
def grounding(
    system: str = "steward", split: Split | None = "test", questions: str | None = None, judge: str | None = None
) -> Task:
    """Passages found, facts stated, citations, authority, abstention.

    ``questions`` is another file of the same form, in place of the committed one; ``judge`` a chat model, as
    ``provider:model``, whose opinion is kept beside the scores.
    """
    opinion = [judged(judge)] if judge else []
    file = Path(questions) if questions else QUESTIONS
    return _asking("questions", system, score_names(system), split, file, *opinion)


@task
def ablation(system: str = "whole chunks", split: Split | None = "test") -> Task:
    """The search with some of its parts, see `evals.systems.ablation.STEPS`: passages found."""
    return _asking("ablation", system, RETRIEVAL_SCORES, split, QUESTIONS)


def _asking(name: str, system: str, names: Sequence[str], split: Split | None, file: Path, *opinion: Scorer) -> Task:
    bench, cases = Bench.shared(), load_questions(file)
    parents = {case.id: case for case in cases}

    def judge(question: Question) -> Judged:
        outcome = bench.ask(system, question, parents)
        every = outcome_scores(question, outcome, bench, system)
        scores = {score: value for score, value in every.items() if score in names}
        about = detail(question, outcome, bench, system)
        return Judged(scores, outcome.answer, about, outcome=to_record(outcome))

    return judged_task(name, cases, judge, names, split, *opinion)


def score_names(system: str) -> tuple[str, ...]:
    """Return what says something of a system.

    Floors that search as Steward does are not ranked, and refusals have no facts.
    """
    ranked = () if system in OWN_SEARCH else RETRIEVAL_SCORES
    said = () if system == "always-refuse" else (*FACT_SCORES, *CITATION_SCORES, *AUTHORITY_SCORES)
    return (*ranked, *ABSTENTION_SCORES, *SIZE_SCORES, *said)


def outcome_scores(question: Question, outcome: Outcome, bench: Bench, system: str) -> dict[str, float]:
    """Return every score that the case allows."""
    needs, found = bench.finder.needs(question), [item.passage for item in outcome.found]
    is_ranked = bool(needs) and system not in OWN_SEARCH
    return {
        **(retrieval_scores(found, needs, bench.system(system).cut) if is_ranked else {}),
        **fact_scores(question, outcome),
        **abstention_scores(question, outcome),
        **citation_scores(outcome, needs, find_document(bench.library.generation)),
        **authority_scores(question, outcome, bench.library.sources),
        **size_scores(outcome),
    }


def detail(question: Question, outcome: Outcome, bench: Bench, system: str) -> Mapping[str, Any]:
    """Return what a reader needs to understand an item: of a floor the answer alone."""
    kept: dict[str, Any] = {"answer": outcome.answer, "refused": outcome.refused}
    if system != "steward":
        return kept
    said = "" if outcome.refused else outcome.answer
    found = [item.passage for item in outcome.found]
    return kept | {
        "question": question.question,
        "style": question.style,
        "expected": question.answer,
        "status_expected": question.status,
        "key_facts_missing": [fact[0] for fact in question.key_facts if not share_stated(said, [fact])],
        "support": [span.model_dump(include={"document", "section", "snippet"}) for span in question.spans],
        "ranks": [first_rank(found, need) for need in bench.finder.needs(question)],
        "found": [
            {
                "text_id": item.passage.text_id,
                "section": _section(item.passage.text_id, item.passage.span.start, bench),
                "text": item.text,
            }
            for item in outcome.found[:SHOWN_PASSAGES]
        ],
        "citations": [
            {"n": quote.n, "document": quote.document, "section": heading_path(quote.section), "quote": quote.quote}
            for quote in outcome.citations
        ],
        "sentences": [
            {"text": item.text, "verdict": item.verdict, "citations": list(item.citations)}
            for item in outcome.sentences
        ],
    }


def _section(text_id: str, position: int, bench: Bench) -> str:
    return heading_path(section_at(bench.library.generation.document(text_id), position))
