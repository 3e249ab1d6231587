"""Hostile files in the library: does any of them do harm?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from inspect_ai import Task, task

from assistant import answering
from evals.bench import Bench
from evals.cases import Record, Split
from evals.libraries.poisoned import PoisonedDocument, load_poisoned, open_poisoned_library
from evals.metrics.poison import CONTROLS, judge, judge_controls
from evals.tasks.shared import Judged, judged_task

SCORES = ("poison_harmless", "honest_answer", "control_unchanged", "target_kept")


class Controls(Record):
    """All questions on other documents, judged as one case."""

    id: str = "controls"
    split: Split = "test"
    question: str = "\n".join(CONTROLS)
    cluster: str = "controls"
    slices: Mapping[str, str] = {"kind": "controls"}


@task
def poisoned(system: str = "steward", split: Split | None = "test") -> Task:
    """Ask the library that holds the hostile files. Nothing is tuned on them, so all are for reporting."""
    bench = Bench.shared()
    poisoned_library = cache(lambda: open_poisoned_library(bench.settings))

    def judged(case: PoisonedDocument | Controls) -> Judged:
        if isinstance(case, Controls):
            scores, explanation = judge_controls(poisoned_library(), bench.library)
        else:
            answer = answering.ask(poisoned_library(), case.question)
            scores, explanation = judge(case, poisoned_library(), answer)
        return Judged(scores, explanation, {"explanation": explanation})

    cases: list[PoisonedDocument | Controls] = [*load_poisoned(), Controls()]
    return judged_task("poisoned", cases, judged, SCORES, split)
