"""Fits the chance that a candidate answers, and writes ``assistant/answering/evidence.json``.

Run ``python -m evals.calibration.fit_evidence`` (about five minutes). ``judged_candidates.jsonl`` holds questions on
dev sections with the grade of each candidate: 3 answers, 2 helps, 1 near miss, 0 beside. A candidate is right when it
answers. Each question is put to the shipped library and to the same library without authored questions. The tables say
how well a fit does on sections that it did not see: is the likeliest candidate right, and which questions without a
right one fall below the score that so many of the answerable ones reach?
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from assistant.answering.evidence import FIGURES, SCORER, weigh_sentences
from assistant.library import Library
from assistant.settings import load_settings
from evals.calibration.dev import keep_record
from evals.calibration.fitting import Floats, boosted, boosted_cross_validated, written_trees
from evals.cases import Record, load_lines
from evals.libraries.shipped import library_without_questions, open_shipped_library

CANDIDATES = Path(__file__).with_name("judged_candidates.jsonl")
RAISE = (
    *("level", "meaning", "behind", "words_inside", "words_told", "words_around", "of_kind", "counted"),
    *("asked", "asked_behind", "asked_alike", "asked_shared", "asked_here", "asked_here_behind"),
)
"""Signals of which more never makes an answer less likely."""
LOWER = ("missing",)
RIGHT = 3
HELPS_COUNTS = 0.5
"""How much a candidate counts that helps without answering: it is no clear wrong."""
REFUSED = 0.02
"""Of the answerable questions of the eval's dev split, how many may be refused. They are worded harder than most, but
the vectors were tuned on dev sections too, so that questions on others score lower.
"""
DOUBTED = 0.20
"""The same for being refused, or answered with a word of caution."""
SHARES = (0.02, 0.05, 0.10, 0.20)


class Judged(Record):
    """A question with its graded candidates, each by its text, how it begins, and its grade."""

    kind: str
    """``eval``, ``answered``, ``absent`` (on the library's subject), or ``elsewhere``."""
    near: str
    question: str
    candidates: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question's candidates that a library retrieved."""

    kind: str
    cluster: str
    signals: Floats
    """``(n_candidates, n_signals)``"""
    grades: Floats
    """``(n_candidates,)``"""

    @property
    def right(self) -> Floats:
        """1 or 0, ``(n_candidates,)``."""
        return np.asarray(self.grades == RIGHT, dtype=np.float64)

    @property
    def is_answerable(self) -> bool:
        """Whether any candidate is right."""
        return bool((self.grades == RIGHT).any())


def main() -> None:
    """Fit, cross-validate, print and write."""
    judged = load_lines(CANDIDATES, Judged)
    libraries = {"shipped": open_shipped_library(), "without questions": library_without_questions(load_settings())}
    cases = {name: list(_cases(library, judged)) for name, library in libraries.items()}
    both = [case for own in cases.values() for case in own]
    features, grades = np.vstack([case.signals for case in both]), np.concatenate([case.grades for case in both])
    labels, weights = (grades == RIGHT).astype(float), np.where(grades == RIGHT - 1, HELPS_COUNTS, 1.0)
    groups = [case.cluster for case in both for _ in case.grades]
    directions = [(name in RAISE) - (name in LOWER) for name in FIGURES]
    chances = boosted_cross_validated(features, labels, weights, directions, groups)
    parts = np.split(chances, np.cumsum([len(case.grades) for case in both])[:-1])
    scored = dict(zip(map(id, both), parts, strict=True))
    for name, own in cases.items():
        _report(name, own, [scored[id(case)] for case in own])
    hard = [scored[id(case)].max() for case in cases["shipped"] if case.kind == "eval" and case.is_answerable]
    content = {
        "answers": round(float(np.quantile(hard, REFUSED)), 4),
        "surely": round(float(np.quantile(hard, DOUBTED)), 4),
        **written_trees(boosted(features, labels, weights, directions), FIGURES),
    }
    SCORER.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{SCORER}: {SCORER.stat().st_size:,} bytes, bars {content['answers']} and {content['surely']}")
    keep_record("evidence", {item.near for item in judged if item.near})


def _cases(library: Library, judged: Sequence[Judged]) -> Iterator[Case]:
    retriever, generation = library.retriever, library.generation
    for item in judged:
        grades = {(text_id, begins): grade for text_id, begins, grade in item.candidates}
        length = max(len(begins) for _, begins, _ in item.candidates)
        vector = library.embedder.embed_question(item.question)
        retrieved = retriever.retrieve(item.question, vector=vector)
        signals, held = [], []
        for chunk, span, own in weigh_sentences(item.question, vector, retrieved, generation, retriever.rarity):
            words = generation.document(chunk.text_id).text[span.start : span.end]
            grade = grades.get((chunk.text_id, words[:length]))
            if chunk.part == "recommendations":  # one candidate, whichever of its sentences was graded
                texts = [generation.document(chunk.text_id).text[item.start : item.end] for item in chunk.sentences]
                grade = max((grades.get((chunk.text_id, text[:length]), -1) for text in texts), default=-1)
                grade = None if grade < 0 else grade
            if grade is not None:
                signals.append(astuple(own))
                held.append(float(grade))
        if signals:
            yield Case(item.kind, item.near or item.question, np.array(signals), np.array(held))


def _report(name: str, cases: Sequence[Case], chances: Sequence[Floats]) -> None:
    first, precision = [], []
    best: dict[str, list[float]] = defaultdict(list)
    for case, own in zip(cases, chances, strict=True):
        if case.is_answerable:
            first.append(case.right[own.argmax()])
            precision.append(average_precision_score(case.right, own))
        answerable = "answerable, eval" if case.kind == "eval" else "answerable"
        best[answerable if case.is_answerable else case.kind].append(float(own.max()))
    print(f"{name}: likeliest is right {np.mean(first):.3f}, average precision {np.mean(precision):.3f}", end="")
    print(f" (n = {len(first)} questions with a right candidate)")
    print("| share of the eval's answerable below the bar | " + " | ".join(map(str, SHARES)) + " |")
    print("|---" * (len(SHARES) + 1) + "|")
    for kind in ("answerable", "absent", "eval", "elsewhere"):
        below = [np.mean(np.array(best[kind]) < np.quantile(best["answerable, eval"], share)) for share in SHARES]
        print(f"| refused: {kind} (n = {len(best[kind])}) | " + " | ".join(f"{value:.3f}" for value in below) + " |")


if __name__ == "__main__":
    main()
