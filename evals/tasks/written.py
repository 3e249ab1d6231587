"""Written answers of a chat model whose replies were recorded, beside the quoted answers to the same questions.

Asks the everyday questions and absent details that an answer is recorded of, see evals/recordings/README.md. The road
is the product's own, from the search to the check; only the model's replies are replayed. Beside it stand the quoted
answers, and LangChain's tutorial with replies of the same model to its own prompts.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task

from evals.bench import Bench
from evals.cases import CaseError, Split
from evals.recordings import replaying
from evals.recordings.recorded import FOLDER, load_recordings, recorded_cases
from evals.recordings.replaying import Asked, Reply
from evals.recordings.server import ReplayServer
from evals.tasks.everyday import answer_scores, load_absent, load_everyday
from evals.tasks.shared import Judged, judged_task

SYSTEMS = tuple(replaying.SYSTEMS)
SCORES = (
    *("fact_recall", "full_answer", "words", "refused_answerable", "refused_unanswerable"),
    *("written_kept", "calls", "tokens", "replayed"),
)


@task
def written(system: str = "steward", split: Split | None = "test", recordings: str = str(FOLDER)) -> Task:
    """Answers of a chat model; ``-T system=extractive`` gives those of quotes, ``system=tutorial`` LangChain's.

    Raises:
        CaseError: no question has a recorded answer.
    """
    recorded = load_recordings(Path(recordings))
    ids = recorded_cases(recorded.values())
    every: list[Asked] = [*load_everyday(), *load_absent()]
    cases = [case for case in every if case.id in ids]
    if not cases:
        raise CaseError(f"No answer to a question is recorded in {recordings}. See evals/recordings/README.md.")
    ask = replaying.SYSTEMS[system](Bench.shared().library)

    def judge(case: Asked) -> Judged:
        with ReplayServer(recorded, case=case.id) as server:
            reply = ask(case, server.address)
        detail = {"answer": reply.text, "writing": asdict(reply.writing) if reply.writing else None}
        if server.missing:
            # What stands instead says nothing of the model.
            missing = f"no recording of its prompt to {server.missing[0].step}, {server.missing[0].digest}"
            return Judged({"replayed": 0.0}, reply.text, {"missing": missing, **detail})
        return Judged({"replayed": 1.0, **written_scores(case, reply)}, reply.text, detail)

    return judged_task("written", cases, judge, SCORES, split)


def written_scores(case: Asked, reply: Reply) -> dict[str, float]:
    """Return the scores of one answer; of no use where a prompt had no recording.

    ``written_kept`` is the share of a model's sentences that are shown; ``calls`` and ``tokens`` count all its steps.
    """
    scores = answer_scores(case, reply.text, reply.refused)
    if "fact_recall" in scores:
        scores["full_answer"] = float(scores["fact_recall"] == 1)
    if reply.writing:
        if reply.writing.written:
            scores["written_kept"] = reply.writing.kept / reply.writing.written
        scores["calls"] = float(sum(step.calls for step in reply.writing.steps))
        scores["tokens"] = float(sum(step.tokens_read + step.tokens_written for step in reply.writing.steps))
    return scores
