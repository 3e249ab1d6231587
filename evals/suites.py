"""Every suite: the Inspect task that it is, who is asked beside Steward, and what is checked before it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from inspect_ai import Task

from assistant.library import Library
from evals.cases import Split, load_questions, load_splits
from evals.checks import question_problems, quote_problems
from evals.claims import load_altered_quotes
from evals.metrics.scores import Suite
from evals.metrics.verification import VERIFIERS
from evals.systems.ablation import STEPS
from evals.systems.floors import SYSTEMS
from evals.tasks import (
    attribution,
    case_questions,
    comparisons,
    conversations,
    drafts,
    everyday,
    pages,
    parts,
    passages,
    poisoned,
    precedents,
    premises,
    questions,
    register_lists,
    verification,
    written,
    written_poison,
    written_questions,
    written_sentences,
)

STEWARD = ("steward",)
BOTH: tuple[Split, ...] = ("dev", "test")


def _question_problems(library: Library) -> Iterator[str]:
    return question_problems(load_questions(), load_splits(), library)


def _quote_problems(library: Library) -> Iterator[str]:
    return quote_problems(load_altered_quotes(), load_splits(), library)


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """How a suite is run."""

    make: Callable[..., Task]
    """Takes ``system`` and ``split``."""
    systems: tuple[str, ...] = STEWARD
    """Steward first, then the floors; a suite without Steward is run with the floors only."""
    splits: tuple[Split, ...] = BOTH
    problems: Callable[[Library], Iterator[str]] | None = None
    """What is wrong with its data, one sentence each."""


RUNS_OF: Mapping[Suite, SuiteRun] = {
    "questions": SuiteRun(questions.grounding, tuple(SYSTEMS), problems=_question_problems),
    "ablation": SuiteRun(questions.ablation, tuple(STEPS), problems=_question_problems),
    "altered-quotes": SuiteRun(verification.altered_quotes, tuple(VERIFIERS), problems=_quote_problems),
    "restatements": SuiteRun(verification.restatements, tuple(VERIFIERS)),
    "fact-changes": SuiteRun(verification.fact_changes, tuple(VERIFIERS)),
    "poisoned": SuiteRun(poisoned.poisoned, splits=("test",)),
    "pages": SuiteRun(pages.pages, problems=_question_problems),
    "conversations": SuiteRun(
        conversations.conversations, (*STEWARD, *conversations.WAYS), problems=conversations.problems
    ),
    "parts": SuiteRun(parts.parts, problems=parts.problems),
    "premises": SuiteRun(premises.premises, problems=premises.problems),
    "comparisons": SuiteRun(comparisons.comparisons, comparisons.SYSTEMS),
    "drafts": SuiteRun(drafts.drafts),
    "register-lists": SuiteRun(register_lists.register_lists, register_lists.SYSTEMS, problems=register_lists.problems),
    "precedents": SuiteRun(precedents.precedents, precedents.SYSTEMS, problems=precedents.problems),
    "precedents-probe": SuiteRun(precedents.precedents_probe, precedents.SYSTEMS, ("dev",)),
    "contributed-cases": SuiteRun(precedents.contributed_cases, splits=("dev",)),
    "duplicates": SuiteRun(precedents.duplicates, problems=precedents.problems),
    "case-questions": SuiteRun(case_questions.case_questions, case_questions.SYSTEMS, problems=case_questions.problems),
    "proposals": SuiteRun(case_questions.proposals),
    "passages": SuiteRun(passages.passages, problems=passages.problems),
    "attribution": SuiteRun(attribution.attribution, problems=attribution.problems),
    "attribution-questions": SuiteRun(attribution.attribution_questions),
    "written": SuiteRun(written.written, written.SYSTEMS),
    "written-poison": SuiteRun(written_poison.written_poison, tuple(written_poison.CHECKERS), ("test",)),
    "written-sentences": SuiteRun(written_sentences.written_sentences),
    "written-questions": SuiteRun(written_questions.written_questions, written_questions.SYSTEMS, ("dev",)),
    "unasked": SuiteRun(written_questions.unasked),
    "everyday": SuiteRun(everyday.everyday, problems=everyday.problems),
    "absent": SuiteRun(everyday.absent),
}
