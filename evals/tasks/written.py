"""Written answers of a chat model whose replies were recorded, beside the quoted answers to the same questions.

Asks the everyday questions and absent details that an answer is recorded of, see evals/recordings/README.md. The road
is the product's own, from the search to the check; only the model's replies are replayed.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task

from assistant import answering
from assistant.answering.asking import Mode
from assistant.records import Answer
from evals.bench import Bench
from evals.cases import CaseError, Split
from evals.recordings.missing import replayed
from evals.recordings.recorded import FOLDER, load_recordings, recorded_cases
from evals.recordings.server import ReplayServer
from evals.tasks.everyday import Absent, Everyday, answer_scores, load_absent, load_everyday, turns_before
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "extractive")
SCORES = (
    *("fact_recall", "full_answer", "words", "refused_answerable", "refused_unanswerable"),
    *("written_kept", "calls", "tokens", "replayed"),
)


@task
def written(system: str = "steward", split: Split | None = "test", recordings: str = str(FOLDER)) -> Task:
    """Answers of a chat model; ``-T system=extractive`` gives those of quotes.

    Raises:
        CaseError: no question has a recorded answer.
    """
    bench, recorded = Bench.shared(), load_recordings(Path(recordings))
    ids = recorded_cases(recorded.values())
    every: list[Everyday | Absent] = [*load_everyday(), *load_absent()]
    cases = [case for case in every if case.id in ids]
    if not cases:
        raise CaseError(f"No answer to a question is recorded in {recordings}. See evals/recordings/README.md.")

    def judge(case: Everyday | Absent) -> Judged:
        turns = turns_before(case, bench.library)
        with ReplayServer(recorded, case=case.id) as server:
            asked = replayed(bench.library, server.address) if system == "steward" else bench.library
            mode: Mode = "generative" if system == "steward" else "extractive"
            answer = answering.ask(asked, case.question, conversation=turns, mode=mode)
        detail = {"answer": answer.answer, "writing": asdict(answer.writing) if answer.writing else None}
        if server.missing:
            # The quoted answer that stands instead says nothing of the model.
            missing = f"no recording of its prompt to {server.missing[0].step}, {server.missing[0].digest}"
            return Judged({"replayed": 0.0}, answer.answer, {"missing": missing, **detail})
        return Judged({"replayed": 1.0, **written_scores(case, answer)}, answer.answer, detail)

    return judged_task("written", cases, judge, SCORES, split)


def written_scores(case: Everyday | Absent, answer: Answer) -> dict[str, float]:
    """Return the scores of one answer; of no use where a prompt had no recording.

    ``written_kept`` is the share of a model's sentences that are shown; ``calls`` and ``tokens`` count all its steps.
    """
    scores = answer_scores(case, answer)
    if "fact_recall" in scores:
        scores["full_answer"] = float(scores["fact_recall"] == 1)
    if answer.writing:
        if answer.writing.written:
            scores["written_kept"] = answer.writing.kept / answer.writing.written
        scores["calls"] = float(sum(step.calls for step in answer.writing.steps))
        scores["tokens"] = float(sum(step.tokens_read + step.tokens_written for step in answer.writing.steps))
    return scores
