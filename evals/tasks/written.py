"""Written answers beside the extractive ones that they stand on, on the same questions.

What a chat model wrote is replayed from ``data/recordings``: it is checked and composed again, so that a change of the
check or of the composition is measured on the same words. ``-T questions=40`` has the chat model of the settings write
to so many questions instead, and keeps what it wrote in the file of ``-T recording=…``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from inspect_ai import Task, task

from assistant import answering
from assistant.models.chat import Style
from assistant.models.reply import WritingError
from assistant.models.writers import Writer, Written, build_writer
from assistant.records import Answer, Quote, Source
from evals.bench import Bench
from evals.cases import DATA, Question, Split, load_questions
from evals.metrics.answers import abstention_scores, citation_scores, fact_scores, find_document, size_scores
from evals.systems.outcomes import of_answer
from evals.tasks.shared import Judged, judged_task

SMALL = DATA / "recordings" / "written_small.jsonl"
SEED = 20261127
SYSTEMS = ("steward", "extractive")
SCORES = (
    "fact_recall",
    "full_answer",
    "lead_facts",
    "words",
    "lead_words",
    "refused_answerable",
    "citation_recall",
    "citation_precision",
    "support_cited",
    "written_kept",
)


@dataclass
class Recording:
    """A writer that keeps what another one wrote, or why it wrote nothing."""

    writer: Writer
    name: str = ""
    style: Style = "small"
    seconds: float = 60.0
    written: list[Written] = field(default_factory=list)
    failure: str | None = None

    def __post_init__(self) -> None:
        self.name, self.style, self.seconds = self.writer.name, self.writer.style, self.writer.seconds

    def write(
        self, question: str, quotes: Sequence[Quote], sources: Mapping[str, Source], deadline: float
    ) -> Iterator[Written]:
        """See `Writer`."""
        self.written, self.failure = [], None
        try:
            for item in self.writer.write(question, quotes, sources, deadline):
                self.written.append(item)
                yield item
        except WritingError as error:
            self.failure = str(error)
            raise

    def row(self, case: Question, asked: str) -> dict[str, Any]:
        """What was written last, as a line of a file to replay; ``asked`` is the standalone question."""
        by = {"name": self.name, "style": self.style}
        written = [asdict(item) for item in self.written]
        return {"id": case.id, "asked": asked, "writing_by": by, "written": written, "failure": self.failure}


@dataclass(frozen=True)
class Replaying:
    """A writer that writes what was recorded."""

    name: str
    style: Style
    rows: Mapping[str, Mapping[str, Any]]
    """By standalone question."""
    seconds: float = 60.0

    def write(
        self, question: str, quotes: Sequence[Quote], sources: Mapping[str, Source], deadline: float
    ) -> Iterator[Written]:
        """See `Writer`."""
        row = self.rows.get(question)
        if row is None:
            raise WritingError("nothing was recorded for this question")
        known = {quote.n for quote in quotes}  # the evidence may have changed since
        for item in row["written"]:
            keys, near = (tuple(key for key in item[name] if key in known) for name in ("keys", "neighbours"))
            yield Written(item["text"], keys, tuple(item["unknown"]), near)
        if row["failure"]:
            raise WritingError(row["failure"])


@task
def written(
    system: str = "steward", split: Split | None = "dev", recording: str = str(SMALL), questions: int | None = None
) -> Task:
    """Answers of a chat model; ``-T system=extractive`` leaves the model's part out."""
    bench, every, file = Bench.shared(), load_questions(), Path(recording)
    parents = {case.id: case for case in every}
    if questions is None:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        cases = [parents[row["id"]] for row in rows]
        by = rows[0]["writing_by"]
        writer = Recording(Replaying(by["name"], by["style"], {row["asked"]: row for row in rows}))
    else:
        cases = drawn(every, split or "dev", questions)
        writer = Recording(build_writer(bench.settings.model))
    library = replace(bench.library, writer=writer)

    def judge(case: Question) -> Judged:
        conversation = bench.conversation("steward", case, parents)
        answers = [
            item
            for item in answering.stream(library, case.question, conversation=conversation)
            if isinstance(item, Answer)
        ]
        answer = answers[-1] if system == "steward" else answers[0]
        if questions is not None and system == "steward":
            with file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(writer.row(case, answer.standalone_question), ensure_ascii=False) + "\n")
        detail = {"answer": answer.answer, "writing": asdict(answer.writing) if answer.writing else None}
        return Judged(written_scores(case, answer, bench), answer.answer, detail)

    return judged_task("written", cases, judge, SCORES, split)


def drawn(cases: Sequence[Question], split: Split, count: int) -> list[Question]:
    """Return ``count`` cases of a split, drawn with `SEED` from their ids in order."""
    own = sorted((case for case in cases if case.split == split), key=lambda case: case.id)
    return random.Random(SEED).sample(own, min(count, len(own)))


def written_scores(case: Question, answer: Answer, bench: Bench) -> dict[str, float]:
    """Return the scores of one answer.

    ``lead_facts`` and ``lead_words`` are of its written part alone, or of the first quoted sentence. ``written_kept``:
    1 when something of what a model wrote stood the check.
    """
    outcome = of_answer(answer, 0.0)
    find = find_document(bench.library.generation)
    scores = fact_scores(case, outcome) | abstention_scores(case, outcome) | size_scores(outcome)
    scores |= citation_scores(outcome, bench.finder.needs(case), find)
    if answer.writing:
        scores["written_kept"] = float(answer.writing.kept > 0)
    if case.answerable and not answer.refused:
        kept = answer.writing.kept if answer.writing else 0
        lead = " ".join(sentence.text for sentence in answer.sentences[: kept or 1])
        scores["lead_facts"] = fact_scores(case, replace(outcome, answer=lead))["fact_recall"]
        scores["lead_words"] = float(len(lead.split()))
    return scores
