"""Fits the coefficients in ``assistant/answering/comparison_topics.py`` on the dev topics.

Run ``python -m evals.calibration.fit_addressing``; paste the values that it prints. They are fitted to each document's
likeliest paragraph by the coefficients that are set: run it again after pasting.
"""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np

from assistant.answering.comparison import best_chunks
from assistant.answering.comparison_topics import Signals, chance, paragraphs_of, weigh_paragraph
from evals.calibration.fitting import cross_validated, fit, pasted
from evals.libraries.shipped import open_shipped_library
from evals.metrics.intervals import estimate
from evals.tasks.comparisons import load_cells


def main() -> None:
    """Fit, cross-validate and print."""
    library = open_shipped_library()
    cases = [case for case in load_cells() if case.split == "dev"]
    signals = []
    for case in cases:
        vector = library.embedder.embed_question(case.topic)
        found = best_chunks(case.topic, vector, case.document, library)
        paragraphs = paragraphs_of([item.chunk for item in found], library.generation)
        weighed = [weigh_paragraph(case.topic, vector, item, library.retriever.rarity) for item in paragraphs]
        signals.append(astuple(max(weighed, key=chance)))
    features, truth = np.array(signals), np.array([float(case.addressed) for case in cases])
    topics = [case.topic for case in cases]
    print(pasted("Signals", [field.name for field in fields(Signals)], fit(features, truth, balanced=True)))
    right = (cross_validated(features, truth, topics, balanced=True) >= 0.5) == (truth == 1)
    print(f"addressed or not, each topic judged by a fit without it: {estimate(right.astype(float).tolist(), topics)}")


if __name__ == "__main__":
    main()
