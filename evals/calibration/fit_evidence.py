"""Fits the chance that a candidate answers, and writes ``assistant/answering/evidence.json``.

Run ``python -m evals.calibration.fit_evidence`` (about twenty minutes), and with ``--wide`` for ``wide_evidence.json``,
whose signals compare the vector of the search. A candidate, see `evals.calibration.judged`, is right when it answers.
Each question is put to the shipped library and to the same library without authored questions. The tables say how well
a fit does on sections that neither it nor the tuning of the vectors saw: is the likeliest candidate right, and which
questions without a right one fall below the score that so many of the answerable ones reach?
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from sklearn.metrics import average_precision_score

from assistant.answering.evidence import FIGURES, SCORER, WIDE_SCORER
from assistant.library import Library
from assistant.records import Array
from assistant.settings import load_settings
from evals.calibration.dev import keep_record
from evals.calibration.fitting import Floats, boosted, boosted_cross_validated, written_trees
from evals.calibration.judged import RIGHT, Judged, graded, load_judged
from evals.libraries.shipped import library_without_questions, open_shipped_library
from evals.making.tuned_questions import unseen_vectors

RAISE = (
    *("level", "meaning", "behind", "words_inside", "words_told", "words_around", "of_kind", "counted"),
    *("asked", "asked_behind", "asked_alike", "asked_shared", "asked_here", "asked_here_behind"),
)
"""Signals of which more never makes an answer less likely."""
LOWER = ("missing",)
HELPS_COUNTS = 0.5
"""How much a candidate counts that helps without answering: it is no clear wrong."""
REFUSED = 0.01
"""Of the answerable questions of the eval's dev split, how many may be refused. They are worded harder than most, but
the vectors were tuned on dev sections too, so that questions on others score lower.
"""
DOUBTED = 0.10
"""The same for being refused, or answered with a word of caution."""
DOUBTED_WIDE = 0.20
"""The same for a single passage that is no row of a comparison."""
SHARES = (0.02, 0.05, 0.10, 0.20)


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--wide", action="store_true")
    is_wide = parser.parse_args().wide
    judged = load_judged()
    libraries = {"shipped": open_shipped_library(), "without questions": library_without_questions(load_settings())}
    vectors = [None] * len(judged) if is_wide else unseen_vectors(judged, libraries["shipped"])
    cases = {name: list(_cases(library, judged, vectors)) for name, library in libraries.items()}
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
    shares = {"surely": DOUBTED_WIDE} if is_wide else {"answers": REFUSED, "surely": DOUBTED}
    bars = {name: round(float(np.quantile(hard, share)), 4) for name, share in shares.items()}
    content = written_trees(boosted(features, labels, weights, directions), FIGURES)
    path = WIDE_SCORER if is_wide else SCORER
    path.write_text(json.dumps(bars | content, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes, {bars}")
    keep_record("evidence", {item.near for item in judged if item.near})


def _cases(library: Library, judged: Sequence[Judged], vectors: Sequence[Array | None]) -> Iterator[Case]:
    for item, vector in zip(judged, vectors, strict=True):
        candidates = list(graded(item, library, vector))
        if candidates:
            signals = np.array([astuple(own) for _, _, own, _ in candidates])
            grades = np.array([float(grade) for _, _, _, grade in candidates])
            yield Case(item.kind, item.cluster, signals, grades)


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
