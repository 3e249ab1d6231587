"""The model judge as an Inspect scorer, beside those of those of the task."""

from __future__ import annotations

from math import nan

import anyio.to_thread
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import concurrency

from evals.cases import Question
from evals.judging.judge import Judge, JudgeError, build_judge
from evals.systems.outcomes import from_record
from evals.tasks.shared import METRICS

JUDGE_SCORES = ("judge_correct", "judge_grounded")
AT_ONCE = 4
"""Requests that one judge has open at a time: more meet the rate limits of small accounts."""


@scorer(metrics=dict.fromkeys(JUDGE_SCORES, METRICS))
def judged(judge: Judge | str) -> Scorer:
    """What a model thinks of the answer; give a judge, or ``provider:model``.

    A failed judge leaves the sample unscored, with the reason ``grader_failed`` and the failure as its explanation. The
    verdict on each fact and sentence is in the score's metadata, in the form of `Judgement.detail`.
    """
    used = build_judge(judge) if isinstance(judge, str) else judge

    async def score(state: TaskState, target: Target) -> Score:
        question = Question.model_validate(state.metadata["case"])
        outcome = from_record(state.metadata["outcome"])
        try:
            async with concurrency(f"judge {used.name}", AT_ONCE):
                judgement = await anyio.to_thread.run_sync(used.judge, question, outcome)
        except JudgeError as error:
            return Score.unscored(reason="grader_failed", answer=outcome.answer, explanation=str(error))
        return Score(
            value={name: judgement.scores.get(name, nan) for name in JUDGE_SCORES},
            answer=outcome.answer,
            explanation=judgement.why,
            metadata=judgement.detail,
        )

    return score
