"""Runs the suites through Inspect and gathers what its logs hold into one record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample

from assistant.settings import Settings
from evals import tasks
from evals.ablation import STEPS
from evals.bench import Bench
from evals.cases import DATA, CaseError, Question, Split, load_questions, load_splits
from evals.checks import own_question_problems, question_problems, quote_problems, tuning_problems
from evals.metrics.scores import SUITES, Suite
from evals.metrics.support import first_rank
from evals.metrics.verification import VERIFIERS
from evals.outcomes import Outcome, from_record
from evals.quotes import AlteredQuote, load_altered_quotes
from evals.results.records import RUNS, Item, Run, new_head
from evals.systems import SYSTEMS

LOGS = RUNS.parent / "logs"
SHOWN_PASSAGES = 3
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
    """Checks the data, runs each task, and returns the record; Inspect's own logs stay in ``evals/logs``.

    Raises:
        CaseError: the data sets have problems, or a task failed.
    """
    bench = Bench.shared()
    check_data(plan, bench)
    head = new_head(settings, bench.library.generation.manifest.library_version, plan.judge, plan.questions)
    items: list[Item] = []
    planned = list(_planned(plan))
    if not planned:
        raise CaseError("Nothing is to be run: the ablation needs the floors, and the poisoned files are test alone.")
    for done, (suite, system, make) in enumerate(planned):
        on_progress(f"{suite}, {system}", done, len(planned))
        (log,) = inspect_eval(make(), model="none", log_dir=str(LOGS), display="none", log_level="warning", **_QUIET)
        items += _items(log, suite, system, bench)
    on_progress("done", len(planned), len(planned))
    return Run(head, items)


def check_data(plan: Plan, bench: Bench) -> None:
    """Raises CaseError, naming every problem, when a data set is not what it should be."""
    problems: list[str] = list(tuning_problems(load_splits()))
    if plan.questions is not None:
        problems += own_question_problems(load_questions(plan.questions), bench.library)
    if {"questions", "ablation", "pages"} & {*plan.suites}:
        problems += question_problems(load_questions(), load_splits(), bench.library)
    if "altered-quotes" in plan.suites:
        problems += quote_problems(load_altered_quotes(), load_splits(), bench.library)
    if problems:
        raise CaseError(
            f"The data sets ({plan.questions or DATA}) have {len(problems)} problems:\n" + "\n".join(problems)
        )


def _planned(plan: Plan) -> Iterator[tuple[Suite, str, Callable[[], Task]]]:
    """Each task as its suite, the system it asks, and how to make it; floors only where they say something."""
    split = plan.split
    if "questions" in plan.suites:
        questions = str(plan.questions) if plan.questions else None
        for system in SYSTEMS if plan.floors else ["steward"]:
            judge = plan.judge if system == "steward" else None
            yield (
                "questions",
                system,
                _bound(tasks.grounding, system=system, split=split, questions=questions, judge=judge),
            )
    if "ablation" in plan.suites and plan.floors and plan.questions is None:
        for step in STEPS:
            yield "ablation", step, _bound(tasks.ablation, step=step, split=split)
    if "altered-quotes" in plan.suites:
        for verifier in VERIFIERS if plan.floors else ["steward"]:
            yield "altered-quotes", verifier, _bound(tasks.altered_quotes, verifier=verifier, split=split)
    if "poisoned" in plan.suites and split != "dev":
        yield "poisoned", "steward", tasks.poisoned
    if "pages" in plan.suites:
        yield "pages", "steward", _bound(tasks.pages, split=split)


def _bound(make: Callable[..., Task], **arguments: Any) -> Callable[[], Task]:
    return lambda: make(**arguments)


def _items(log: EvalLog, suite: Suite, system: str, bench: Bench) -> list[Item]:
    if log.status != "success" or not log.samples:
        why = log.error.message if log.error else log.status
        raise CaseError(f"The task {log.eval.task} on {system} failed: {why}. Its log is {log.location}.")
    failed = [f"{sample.id}: {sample.error.message}" for sample in log.samples if sample.error]
    if failed:
        raise CaseError(f"The task {log.eval.task} on {system} failed for {len(failed)} cases, first {failed[0]}.")
    return [_item(sample, suite, system, bench) for sample in log.samples]


def _item(sample: EvalSample, suite: Suite, system: str, bench: Bench) -> Item:
    case = sample.metadata["case"]
    scores: dict[str, float] = {}
    errors: dict[str, str] = {}
    explanations = []
    judged: dict[str, Any] | None = None
    for name, score in (sample.scores or {}).items():
        values = score.value if isinstance(score.value, Mapping) else {name: score.value}
        if score.reason:
            errors |= dict.fromkeys(values or [name], score.explanation or score.reason)
            continue
        known = {key: float(value) for key, value in values.items() if isinstance(value, int | float)}
        scores |= {key: value for key, value in known.items() if not math.isnan(value)}
        judged = score.metadata if name == "judged" else judged
        explanations.append(score.explanation or "")
    details: Mapping[Suite, Callable[[], tuple[dict[str, str], dict[str, Any]]]] = {
        "questions": lambda: _question_detail(sample, bench, whole=system == "steward"),
        "ablation": lambda: _question_detail(sample, bench, whole=False),
        "altered-quotes": lambda: _quote_detail(sample),
        "poisoned": lambda: ({"kind": case["kind"]}, {"question": sample.input, "explanation": " ".join(explanations)}),
        "pages": lambda: (
            {"document": case["spans"][0]["document"].partition("/")[0]},
            {"question": sample.input, "explanation": " ".join(explanations)},
        ),
    }
    slices, detail = details[suite]()
    return Item(
        suite=suite,
        system=system,
        id=str(sample.id),
        split=case["split"],
        cluster=sample.metadata["cluster"],
        slices=slices,
        scores=scores,
        errors=errors,
        detail=detail | ({"judge": judged} if judged else {}),
    )


def _question_detail(sample: EvalSample, bench: Bench, whole: bool) -> tuple[dict[str, str], dict[str, Any]]:
    question = Question.model_validate(sample.metadata["case"])
    outcome = from_record(sample.metadata["outcome"])
    document = (question.spans[0].document if question.spans else question.near or "").partition("#")[0]
    slices = {
        "type": question.type,
        "style": question.style,
        "document": document.partition("/")[0] or "none",
        "part": document.partition("/")[2] or ("body" if document else "none"),
        "authority": question.authority or "none or several",
    }
    detail: dict[str, Any] = {"answer": outcome.answer, "refused": outcome.refused}
    if whole:
        detail |= {
            "question": question.question,
            "style": question.style,
            "expected": question.answer,
            "status_expected": question.status,
            "key_facts_missing": _missing(sample),
            "support": [span.model_dump(include={"document", "section", "snippet"}) for span in question.spans],
            "ranks": _ranks(question, outcome, bench),
            "found": [
                {
                    "text_id": item.passage.text_id,
                    "section": _section(item.passage.text_id, item.passage.span.start, bench),
                    "text": item.text,
                }
                for item in outcome.found[:SHOWN_PASSAGES]
            ],
            "citations": [
                {"n": quote.n, "document": quote.document, "section": " › ".join(quote.section), "quote": quote.quote}
                for quote in outcome.citations
            ],
            "sentences": [
                {"text": item.text, "verdict": item.verdict, "citations": list(item.citations)}
                for item in outcome.sentences
            ],
        }
    return slices, detail


def _quote_detail(sample: EvalSample) -> tuple[dict[str, str], dict[str, Any]]:
    quote = AlteredQuote.model_validate(sample.metadata["case"])
    detail = quote.model_dump(include={"claim", "context", "original", "altered", "section"})
    return (
        {"kind": quote.kind, "document": quote.document.partition("/")[0]},
        detail | {"accepted": bool(sample.metadata["accepted"])},
    )


def _missing(sample: EvalSample) -> list[str]:
    score = (sample.scores or {}).get("facts")
    return list((score.metadata or {}).get("missing", [])) if score else []


def _ranks(question: Question, outcome: Outcome, bench: Bench) -> list[int | None]:
    found = [item.passage for item in outcome.found]
    return [first_rank(found, need) for need in bench.finder.needs(question)]


def _section(text_id: str, position: int, bench: Bench) -> str:
    from evals.metrics.answers import section_at

    return " › ".join(section_at(bench.library.generation.document(text_id), position))
