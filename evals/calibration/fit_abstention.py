"""Fits the abstention's coefficients on the dev split and prints how well they hold on what was left out of the fit.

Run ``python -m evals.calibration.fit_abstention``; paste the printed values into
``assistant/answering/abstention.py``. Fitted on the dev questions, on ``judged_questions.jsonl`` (questions on dev
sections that the library answers, that it nearly answers, and that are about other things) and on
``unanswerable.txt``. The threshold refuses at most one in 25 of the answerable dev questions, so that others
stay within one in twenty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.answering.abstention import WITH_QUESTIONS, WITHOUT_QUESTIONS, Evidence, Fit, weigh_evidence
from assistant.library import Library
from assistant.settings import load_settings
from evals.calibration.dev import dev_questions, keep_record, sections_of, standalone
from evals.calibration.fitting import cross_validated, fit
from evals.libraries.shipped import library_without_questions, open_shipped_library
from evals.systems.steward import remembering

Asked = tuple[str, bool, str, str]
"""Kind, whether it is answerable, the question, and what it is not independent of."""
DEV = "dev, answerable"
FOLDER = Path(__file__).parent
FALSE_REFUSALS = 0.04
"""Most of the answerable dev questions that may be refused, as a share."""


def main() -> None:
    """Fit, cross-validate and print."""
    library = remembering(open_shipped_library())
    cases = dev_questions()
    by_id = {case.id: case for case in cases}
    judged = [json.loads(line) for line in (FOLDER / "judged_questions.jsonl").read_text(encoding="utf-8").splitlines()]
    general = (FOLDER / "unanswerable.txt").read_text(encoding="utf-8").splitlines()
    asked: list[Asked] = [
        *(
            (
                DEV if case.answerable else "dev, unanswerable",
                case.answerable,
                standalone(case, by_id),
                case.cluster,
            )
            for case in cases
        ),
        *(
            (item["kind"], item["kind"] == "answerable", item["question"], item["near"] or item["question"])
            for item in judged
        ),
        *(("unanswerable.txt", False, question, question) for question in general),
    ]
    _print_fit("WITH_QUESTIONS", WITH_QUESTIONS, asked, [_evidence(library, question) for _, _, question, _ in asked])
    unasked = remembering(library_without_questions(load_settings()))
    bare = [_evidence(unasked, question) for _, _, question, _ in asked]
    _print_fit("WITHOUT_QUESTIONS", WITHOUT_QUESTIONS, asked, bare)
    keep_record("abstention", sections_of(cases) | {item["near"] for item in judged if item["near"]})


def _print_fit(title: str, shipped: Fit, asked: Sequence[Asked], evidence: Sequence[Evidence]) -> None:
    names = list(Evidence.__slots__)
    kinds = np.array([kind for kind, *_ in asked])
    labels = np.array([float(answerable) for _, answerable, *_ in asked])
    features = np.array([[getattr(item, name) for name in names] for item in evidence])
    probabilities = cross_validated(features, labels, [cluster for *_, cluster in asked], balanced=True)
    threshold = float(np.quantile(probabilities[kinds == DEV], FALSE_REFUSALS, method="lower"))
    intercept, *fitted = fit(features, labels, balanced=True)
    values = ", ".join(f"{name}={value:.2f}" for name, value in zip(names, fitted, strict=True))
    print(f"{title} = Fit({intercept:.2f}, Evidence({values}), {threshold:.3f}, {shipped.out_of_scope})")
    print(
        "refused, each question judged by a fit without it; and of these, called out of scope "
        f"(below {shipped.out_of_scope}):"
    )
    for kind in dict.fromkeys(kinds):
        refused = probabilities[kinds == kind] < threshold
        outside = refused & (features[kinds == kind, names.index("chunk_score")] < shipped.out_of_scope)
        print(f"  {kind}: {refused.mean():.3f}, {outside.mean():.3f} (n = {len(refused)})")


def _evidence(library: Library, question: str) -> Evidence:
    retriever = library.retriever
    vector = library.embedder.embed_question(question)
    retrieved = retriever.retrieve(question, vector=vector)
    return weigh_evidence(question, vector, retrieved, library.generation, retriever.rarity)


if __name__ == "__main__":
    main()
