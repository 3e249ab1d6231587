"""Written answers of a chat model whose replies were recorded, beside the quoted answers to the same questions.

Asks every question of the main set whose recordings are complete, see evals/recordings/README.md. The road is the
product's own, from the search to the check; only the model's replies are replayed.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task

from assistant import answering
from assistant.answering.asking import Mode
from assistant.records import Answer
from evals.bench import Bench
from evals.cases import CaseError, Question, Split, load_questions
from evals.metrics.answers import abstention_scores, citation_scores, fact_scores, find_document, size_scores
from evals.recordings.missing import replayed, turns_before
from evals.recordings.recorded import FOLDER, load_recordings, recorded_cases
from evals.recordings.server import ReplayServer
from evals.systems.outcomes import of_answer
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "extractive")
SCORES = (
    *("fact_recall", "full_answer", "words", "refused_answerable", "refused_unanswerable"),
    *("citation_recall", "citation_precision", "support_cited", "written_kept", "calls", "tokens"),
)


@task
def written(system: str = "steward", split: Split | None = None, recordings: str = str(FOLDER)) -> Task:
    """Answers of a chat model; ``-T system=extractive`` gives those of quotes.

    Raises:
        CaseError: no question has a recorded answer.
    """
    bench, recorded = Bench.shared(), load_recordings(Path(recordings))
    ids = recorded_cases(recorded.values())
    cases = [case for case in load_questions() if case.id in ids]
    if not cases:
        raise CaseError(f"No answer to a question is recorded in {recordings}. See evals/recordings/README.md.")
    turns = turns_before(bench)

    def judge(case: Question) -> Judged:
        with ReplayServer(recorded, case=case.id) as server:
            asked = replayed(bench.library, server.address) if system == "steward" else bench.library
            mode: Mode = "generative" if system == "steward" else "extractive"
            answer = answering.ask(asked, case.question, conversation=turns(case), mode=mode)
        if server.missing:
            missing = server.missing[0]
            raise CaseError(
                f"{case.id}: no recording of its prompt to {missing.step}, {missing.digest}. Run "
                "`python -m evals.recordings.missing` and reply to what it finds."
            )
        detail = {"answer": answer.answer, "writing": asdict(answer.writing) if answer.writing else None}
        return Judged(written_scores(case, answer, bench), answer.answer, detail)

    return judged_task("written", cases, judge, SCORES, split)


def written_scores(case: Question, answer: Answer, bench: Bench) -> dict[str, float]:
    """Return the scores of one answer.

    ``written_kept`` is the share of a model's sentences that are shown; ``calls`` and ``tokens`` count all its steps.
    """
    outcome = of_answer(answer, 0.0)
    find = find_document(bench.library.generation)
    scores = fact_scores(case, outcome) | abstention_scores(case, outcome) | size_scores(outcome)
    scores |= citation_scores(outcome, bench.finder.needs(case), find)
    if answer.writing:
        if answer.writing.written:
            scores["written_kept"] = answer.writing.kept / answer.writing.written
        scores["calls"] = float(sum(step.calls for step in answer.writing.steps))
        scores["tokens"] = float(sum(step.tokens_read + step.tokens_written for step in answer.writing.steps))
    return scores
