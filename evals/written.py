"""Written answers beside extractive ones, on the same questions: ``python -m evals.written``.

    STEWARD_MODEL__NAME=local:qwen2.5-coder-1.5b-instruct python -m evals.written --questions 40

asks a sample of the dev split and keeps what the model wrote in ``evals/runs/written-….jsonl``. With ``--replay`` of
such a file nothing is asked of a model: what it wrote is checked and composed again, so that a change of the check or
of the composition is measured on the same words. ``evals/data/recordings`` holds what the small model wrote.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import answering
from assistant.models.chat import Style
from assistant.models.reply import WritingError
from assistant.models.writers import Writer, Written, build_writer
from assistant.records import Answer, Quote, Source
from assistant.settings import load_settings
from evals.bench import Bench
from evals.cases import Question, Split, load_questions
from evals.metrics.answers import abstention_scores, citation_scores, fact_scores, find_document, size_scores
from evals.metrics.intervals import estimate, paired_difference
from evals.outcomes import of_answer
from evals.results.records import RUNS

SEED = 20261127
SHOWN = (
    "fact_recall",
    "full_answer",
    "lead_facts",
    "words",
    "lead_words",
    "refused_answerable",
    "citation_recall",
    "citation_precision",
    "support_cited",
    "milliseconds",
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


def sample(cases: Sequence[Question], split: Split, count: int) -> list[Question]:
    """``count`` cases of a split, drawn with `SEED` from their ids in order."""
    own = sorted((case for case in cases if case.split == split), key=lambda case: case.id)
    return random.Random(SEED).sample(own, min(count, len(own)))


def scores_of(case: Question, answer: Answer, bench: Bench, seconds: float) -> dict[str, float]:
    """The scores of one answer; ``lead_…`` are of its written part alone, or of the first quoted sentence."""
    outcome = of_answer(answer, seconds)
    find = find_document(bench.library.generation)
    scores = fact_scores(case, outcome) | abstention_scores(case, outcome) | size_scores(outcome)
    scores |= citation_scores(outcome, bench.finder.needs(case), find)
    if case.answerable and not answer.refused:
        kept = answer.writing.kept if answer.writing else 0
        lead = " ".join(sentence.text for sentence in answer.sentences[: kept or 1])
        scores["lead_facts"] = fact_scores(case, replace(outcome, answer=lead))["fact_recall"]
        scores["lead_words"] = float(len(lead.split()))
    return scores


def compare(rows: Sequence[Mapping[str, Any]]) -> str:
    """Means of both ways with their intervals, the paired difference, and what became of the model's sentences."""
    lines = [f"{'score':20} {'n':>3}  {'extractive':28} {'written':28} difference"]
    for name in SHOWN:
        both = [row for row in rows if name in row["extractive"] and name in row["written_scores"]]
        if both:
            clusters = [row["cluster"] for row in both]
            before = [row["extractive"][name] for row in both]
            after = [row["written_scores"][name] for row in both]
            difference = paired_difference(after, before, clusters)
            one, other = estimate(before, clusters), estimate(after, clusters)
            lines.append(f"{name:20} {len(both):3}  {one!s:28} {other!s:28} {difference}")
    records = [row["writing"] for row in rows if row["writing"]]
    lines.append(
        f"{len(rows)} questions, {len(records)} written to; sentences kept {sum(item['kept'] for item in records)}, "
        f"not kept {sum(len(item['unkept']) for item in records)}, unknown keys "
        f"{sum(len(item['unknown_keys']) for item in records)}, missing keys "
        f"{sum(len(item['missing_keys']) for item in records)}"
    )
    reasons = Counter(item["fallback"] for item in records if item["fallback"])
    lines += [f"  extractive answer stands, {count}: {why}" for why, count in reasons.most_common()]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    """Ask, compare and print; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=int, default=40, help="how many")
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--replay", type=Path, help="a file that an earlier run kept")
    options = parser.parse_args(argv)
    settings, bench, cases = load_settings(), Bench.shared(), load_questions()
    parents = {case.id: case for case in cases}
    if options.replay:
        kept = [json.loads(line) for line in options.replay.read_text(encoding="utf-8").splitlines()]
        head = kept[0]["writing_by"]
        writer: Recording = Recording(Replaying(head["name"], head["style"], {row["asked"]: row for row in kept}))
        chosen = [parents[row["id"]] for row in kept]
    else:
        writer = Recording(build_writer(settings.model))
        chosen = sample(cases, options.split, options.questions)
    library = replace(bench.library, writer=writer)
    path = RUNS / f"written-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(chosen, 1):
        conversation = bench.conversation("steward", case, parents)
        writer.written, writer.failure = [], None
        before, *_, after = answering.stream(library, case.question, conversation=conversation)
        assert isinstance(before, Answer)
        assert isinstance(after, Answer)
        rows.append(
            {
                "id": case.id,
                "cluster": case.cluster,
                "asked": after.standalone_question,
                "writing_by": {"name": writer.name, "style": writer.style},
                "written": [asdict(item) for item in writer.written],
                "failure": writer.failure,
                "extractive": scores_of(case, before, bench, sum(asdict(before.seconds).values())),
                "written_scores": scores_of(case, after, bench, sum(asdict(after.seconds).values())),
                "writing": asdict(after.writing) if after.writing else None,
                "answer": after.answer,
            }
        )
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
        print(f"{number}/{len(chosen)} {case.id}", file=sys.stderr)
    print(compare(rows))
    print(f"Kept as {path}.", file=sys.stderr)


if __name__ == "__main__":
    main()
