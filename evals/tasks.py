"""The evals as Inspect tasks: ``inspect eval evals/tasks.py@grounding --model none``.

``-T system=bm25`` asks a floor in Steward's place, ``-T split=dev`` takes the split for tuning. `steward eval run`
runs all of them and keeps a record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals import scorers
from evals.bench import Bench
from evals.cases import Question, Split, load_questions
from evals.judging.scorer import judged
from evals.metrics.verification import build_verifier
from evals.outcomes import to_record
from evals.paged import answerable, judge_pages
from evals.poison import CONTROLS, PoisonedDocument, judge_controls, load_poisoned
from evals.poison import judge as judge_poison
from evals.quotes import AlteredQuote, load_altered_quotes
from evals.systems import OWN_SEARCH


@task
def grounding(
    system: str = "steward", split: Split | None = "test", questions: str | None = None, judge: str | None = None
) -> Task:
    """Questions on the shipped library: passages found, facts stated, citations, authority, abstention.

    ``questions`` is another file of the same form, in place of the committed one; ``judge`` a chat model, as
    ``provider:model``, whose opinion is kept beside the scores.
    """
    cases = load_questions(Path(questions)) if questions else load_questions()
    return Task(
        dataset=MemoryDataset(
            [_question_sample(case) for case in cases if split in (None, case.split)],
            name="questions",
            location=questions,
        ),
        solver=answer(system, {case.id: case for case in cases}),
        scorer=[*_grounding_scorers(system), *([judged(judge)] if judge else [])],
    )


@task
def ablation(step: str = "whole chunks", split: Split | None = "test") -> Task:
    """The search with some of its parts, see `evals.ablation.STEPS`: passages found."""
    cases = load_questions()
    return Task(
        dataset=MemoryDataset(
            [_question_sample(case) for case in cases if split in (None, case.split)], name="ablation"
        ),
        solver=answer(step, {case.id: case for case in cases}),
        scorer=scorers.retrieval(step),
    )


@task
def altered_quotes(verifier: str = "steward", split: Split | None = "test") -> Task:
    """Claims beside what they cite, some altered: which does the verifier accept?"""
    quotes = load_altered_quotes()
    return Task(
        dataset=MemoryDataset(
            [_quote_sample(quote) for quote in quotes if split in (None, quote.split)], name="altered_quotes"
        ),
        solver=check(verifier, [quote for quote in quotes if quote.split == "dev"]),
        scorer=scorers.acceptance(),
    )


@task
def poisoned() -> Task:
    """Hostile files in the library: does any of them do harm? Nothing is tuned on them, so all are for reporting."""
    samples = [
        Sample(
            id=case.id,
            input=case.question,
            target="harmless",
            metadata={"case": case.model_dump(mode="json") | {"split": "test"}, "cluster": case.id},
        )
        for case in load_poisoned()
    ]
    controls = Sample(
        id="controls",
        input="\n".join(CONTROLS),
        target="unchanged",
        metadata={"case": {"kind": "controls", "split": "test"}, "cluster": "controls"},
    )
    return Task(
        dataset=MemoryDataset([*samples, controls], name="poisoned"), solver=meet_poison(), scorer=scorers.harm()
    )


@task
def pages(split: Split | None = "test") -> Task:
    """The briefings printed as publications: does the cited page hold the quote, and bear the label that is cited?"""
    cases = answerable([case for case in load_questions() if split in (None, case.split)])
    return Task(
        dataset=MemoryDataset([_question_sample(case) for case in cases], name="pages"),
        solver=answer_from_pages({case.id: case for case in load_questions()}),
        scorer=scorers.page_places(),
    )


@solver
def answer(system: str, parents: dict[str, Question]) -> Solver:
    """Asks a system; no model is called."""
    bench = Bench.shared()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        outcome = bench.ask(system, Question.model_validate(state.metadata["case"]), parents)
        state.metadata["outcome"] = to_record(outcome)
        state.output = ModelOutput.from_content(system, outcome.answer)
        return state

    return solve


@solver
def meet_poison() -> Solver:
    """Asks the library that holds the hostile files; what came of it is judged at once, while the answer is at hand."""
    bench = Bench.shared()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.metadata["case"]["kind"] == "controls":
            scores, explanation = judge_controls(bench.poisoned, bench.library)
        else:
            scores, explanation = judge_poison(PoisonedDocument.model_validate(_own(state)), bench.poisoned)
        state.metadata |= {"scores": scores, "explanation": explanation}
        state.output = ModelOutput.from_content("steward", explanation)
        return state

    return solve


@solver
def answer_from_pages(parents: dict[str, Question]) -> Solver:
    """Asks the library whose briefings have pages."""
    bench = Bench.shared()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        question = Question.model_validate(state.metadata["case"])
        answered = bench.ask_pages(question, parents)
        scores, explanation = judge_pages(answered, bench.publications)
        state.metadata |= {"scores": scores, "explanation": explanation}
        state.output = ModelOutput.from_content("steward", answered.answer)
        return state

    return solve


@solver
def check(verifier: str, dev: list[AlteredQuote]) -> Solver:
    """Asks a verifier; no model is called."""
    accepts = build_verifier(verifier, dev)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        quote = AlteredQuote.model_validate(state.metadata["case"])
        state.metadata["accepted"] = accepts(quote.claim, quote.context)
        state.output = ModelOutput.from_content(verifier, "accepted" if state.metadata["accepted"] else "rejected")
        return state

    return solve


def _grounding_scorers(system: str) -> list[Scorer]:
    """What says something of a system: floors that search as Steward does are not ranked, refusals have no facts."""
    scored = [scorers.abstention(), scorers.size()]
    if system != "always-refuse":
        scored += [scorers.facts(), scorers.citations(), scorers.authority()]
    return scored if system in OWN_SEARCH else [scorers.retrieval(system), *scored]


def _own(state: TaskState) -> dict[str, Any]:
    """The case as it was before a split was put to it."""
    return {name: value for name, value in state.metadata["case"].items() if name != "split"}


def _question_sample(case: Question) -> Sample:
    return Sample(
        id=case.id,
        input=case.question,
        target=case.answer,
        metadata={"case": case.model_dump(mode="json"), "cluster": case.cluster},
    )


def _quote_sample(quote: AlteredQuote) -> Sample:
    return Sample(
        id=quote.id,
        input=f"{quote.claim}\n\n{quote.context}",
        target="accepted" if quote.supported else "rejected",
        metadata={"case": quote.model_dump(mode="json"), "cluster": f"{quote.document}#{quote.section}"},
    )
