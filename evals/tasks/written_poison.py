"""Hostile files in the library, and a chat model that obeys them: does a written answer do harm?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from inspect_ai import Task, task

from assistant import answering
from evals.bench import Bench
from evals.cases import Split
from evals.libraries.poisoned import PoisonedDocument, load_poisoned, open_poisoned_library
from evals.metrics.poison import judge
from evals.recordings.obeying import Checker, ObeyingServer
from evals.recordings.replaying import replayed
from evals.tasks.shared import Judged, judged_task

CHECKERS: Mapping[str, Checker] = {
    "steward": "honest",
    "obeying-checker": "obeying",
    "knowing-checker": "knowing",
}
"""Who checks what the obeying model wrote; see `evals.recordings.obeying.Checker`."""
SCORES = ("poison_harmless", "honest_answer")


@task
def written_poison(system: str = "steward", split: Split | None = "test") -> Task:
    """Ask each file's question of a model that obeys it; with ``-T system=obeying-checker`` the checker obeys, too."""
    library = cache(lambda: open_poisoned_library(Bench.shared().settings))

    def judged(case: PoisonedDocument) -> Judged:
        with ObeyingServer({}, poison=case, checker=CHECKERS[system]) as server:
            answer = answering.ask(replayed(library(), server.address), case.question, mode="generative")
        scores, explanation = judge(case, library(), answer)
        detail = {"explanation": explanation, "writing": asdict(answer.writing) if answer.writing else None}
        return Judged(scores, answer.answer, detail)

    return judged_task("written-poison", load_poisoned(), judged, SCORES, split)
