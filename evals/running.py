"""Runs the suites through Inspect and gathers what its logs hold into one record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample

from assistant.settings import Settings
from evals.bench import Bench
from evals.cases import DATA, CaseError, Split, load_questions, load_splits
from evals.checks import own_question_problems, tuning_problems
from evals.metrics.scores import SUITES, Suite
from evals.results.records import RUNS, Item, Run, new_head
from evals.suites import RUNS_OF

LOGS = RUNS.parent / "logs"
_QUIET: dict[str, Any] = {"score_display": False, "log_realtime": False}
"""Means while it runs, and a database to watch it by, cost more time than the questions themselves."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    suites: Sequence[Suite] = SUITES
    split: Split | None = None
    """None runs both."""
    floors: bool = True
    questions: Path | None = None
    """Another file of questions, in place of the committed one; its sections are not checked against the splits."""
    judge: str | None = None
    """A chat model as ``provider:model``; None runs without."""


def run_evals(plan: Plan, settings: Settings, on_progress: Progress = lambda step, done, total: None) -> Run:
    """Check the data, run each task, and return the record; Inspect's own logs stay in ``evals/logs``.

    Raises:
        CaseError: the data sets have problems, or a task failed.
    """
    bench = Bench.shared()
    check_data(plan, bench)
    head = new_head(settings, bench.library.generation.manifest.library_version, plan.judge, plan.questions)
    items: list[Item] = []
    planned = list(_planned(plan))
    if not planned:
        raise CaseError("Nothing to run: the ablation needs the floors, and some suites have one split only.")
    for done, (suite, system, make) in enumerate(planned):
        on_progress(f"{suite}, {system}", done, len(planned))
        (log,) = inspect_eval(make(), model="none", log_dir=str(LOGS), display="none", log_level="warning", **_QUIET)
        items += _items(log, suite, system)
    on_progress("done", len(planned), len(planned))
    return Run(head, items)


def check_data(plan: Plan, bench: Bench) -> None:
    """Raise CaseError, naming every problem, when a data set is not what it should be."""
    problems: list[str] = list(tuning_problems(load_splits()))
    if plan.questions is not None:
        problems += own_question_problems(load_questions(plan.questions), bench.library)
    for check in dict.fromkeys(RUNS_OF[suite].problems for suite in plan.suites):
        problems += check(bench.library) if check else ()
    if problems:
        raise CaseError(
            f"The data sets ({plan.questions or DATA}) have {len(problems)} problems:\n" + "\n".join(problems)
        )


def _planned(plan: Plan) -> Iterator[tuple[Suite, str, Callable[[], Task]]]:
    """Each task as its suite, the system it asks, and how to make it."""
    for suite in plan.suites:
        run = RUNS_OF[suite]
        if plan.split not in (None, *run.splits) or (suite != "questions" and plan.questions):
            continue
        split = plan.split or (run.splits[0] if len(run.splits) == 1 else None)
        for system in run.systems if plan.floors else run.systems[:1]:
            if system != "steward" and not plan.floors:
                continue
            make = partial(run.make, system=system, split=split)
            if suite == "questions":
                questions, judge = plan.questions, plan.judge if system == "steward" else None
                make = partial(make, questions=str(questions) if questions else None, judge=judge)
            yield suite, system, make


def _items(log: EvalLog, suite: Suite, system: str) -> list[Item]:
    if log.status != "success" or not log.samples:
        why = log.error.message if log.error else log.status
        raise CaseError(f"The task {log.eval.task} on {system} failed: {why}. Its log is {log.location}.")
    failed = [f"{sample.id}: {sample.error.message}" for sample in log.samples if sample.error]
    if failed:
        raise CaseError(f"The task {log.eval.task} on {system} failed for {len(failed)} cases, first {failed[0]}.")
    return [_item(sample, suite, system) for sample in log.samples]


def _item(sample: EvalSample, suite: Suite, system: str) -> Item:
    scores: dict[str, float] = {}
    errors: dict[str, str] = {}
    detail = dict(sample.metadata.get("detail", {}))
    for name, score in (sample.scores or {}).items():
        values = score.value if isinstance(score.value, Mapping) else {name: score.value}
        if score.reason:
            errors |= dict.fromkeys(values or [name], score.explanation or score.reason)
            continue
        known = {key: float(value) for key, value in values.items() if isinstance(value, int | float)}
        scores |= {key: value for key, value in known.items() if not math.isnan(value)}
        if name == "judged":
            detail["judge"] = score.metadata
    counts: Mapping[str, int] = sample.metadata.get("counts", {})
    return Item(
        suite=suite,
        system=system,
        id=str(sample.id),
        split=sample.metadata["split"],
        cluster=sample.metadata["cluster"],
        slices=sample.metadata["slices"],
        scores=scores,
        counts={name: count for name, count in counts.items() if name in scores},
        errors=errors,
        detail=detail,
    )
