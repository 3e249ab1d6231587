"""What the tasks share: a case as a sample, a solver that judges it on the spot, and a scorer that hands its scores on.

A score that a case does not allow is not there; Inspect gets NaN for it, which it leaves out of its means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, TypeVar

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver
from pydantic import BaseModel

from evals.cases import Case, Split

METRICS = [mean(), stderr(cluster="cluster")]
AnyCase = TypeVar("AnyCase", bound=Case)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one case."""

    scores: Mapping[str, float]
    output: str = ""
    """What the system said, in words."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What a reader needs to understand the scores."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of a score that is itself a mean, over how many things: means over cases weigh it so."""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    """An answer as plain values, for a model that judges it as well."""


def judged_task(
    name: str,
    cases: Sequence[AnyCase],
    judge: Callable[[AnyCase], Judged],
    scores: Sequence[str],
    split: Split | None,
    *more: Scorer,
) -> Task:
    """Return a task that judges each case of the split; ``scores`` names all that `judge` may give."""
    return Task(
        dataset=MemoryDataset(samples(cases, split), name=name),
        solver=judging({case.id: case for case in cases}, judge),
        scorer=[kept(scores), *more],
    )


def samples(cases: Iterable[Case], split: Split | None) -> list[Sample]:
    """Return the cases of a split as Inspect's samples; all of them where no split is named."""
    return [
        Sample(
            id=case.id,
            input=case.question,
            target=getattr(case, "answer", ""),
            metadata={
                "case": case.model_dump(mode="json") if isinstance(case, BaseModel) else {},
                "split": case.split,
                "cluster": case.cluster,
                "slices": dict(case.slices),
            },
        )
        for case in cases
        if split in (None, case.split)
    ]


def judging(cases: Mapping[str, AnyCase], judge: Callable[[AnyCase], Judged]) -> Solver:
    """Return a solver that judges a sample's case and keeps what came of it; no model is called."""

    @solver(name="judging")
    def build() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            judged = judge(cases[str(state.sample_id)])
            state.metadata |= {
                "scores": dict(judged.scores),
                "counts": dict(judged.counts),
                "detail": {"question": state.input_text, **judged.detail},
                "outcome": dict(judged.outcome),
            }
            state.output = ModelOutput.from_content("none", judged.output)
            return state

        return solve

    return build()


def kept(names: Sequence[str]) -> Scorer:
    """Return a scorer that gives the scores that the solver kept."""

    @scorer(metrics=dict.fromkeys(names, METRICS), name="kept")
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            known = state.metadata["scores"]
            return Score(value={name: known.get(name, nan) for name in names}, answer=state.output.completion)

        return score

    return build()
