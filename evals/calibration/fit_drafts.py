"""Fits the coefficients in ``assistant/claims/drafts/evidence.py`` on the dev drafts.

Run ``python -m evals.calibration.fit_drafts``; paste the values that it prints. Label of the fit: does the likeliest
passage speak of the same matter? So do those that a proposal is held by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields

import numpy as np

from assistant.claims.drafts.claims import draft_sentences, points_back
from assistant.claims.drafts.evidence import Evidence, Signals, find_evidence
from assistant.library import Library
from assistant.reading import read_bytes
from assistant.records import Chunk
from evals.calibration.dev import keep_record
from evals.calibration.fitting import cross_validated, fit, pasted
from evals.libraries.shipped import open_shipped_library
from evals.metrics.intervals import estimate
from evals.tasks.drafts import DRAFTS, LabelledSentence, load_labels


def main() -> None:
    """Fit, cross-validate and print."""
    cases = [case for case in load_labels() if case.split == "dev"]
    labels = {(case.draft, case.sentence): case for case in cases}
    signals, same, sections = [], [], []
    for place, found in _likeliest(cases, open_shipped_library()):
        case = labels[place]
        signals.append(astuple(found.signals))
        same.append(float(case.label != "not mentioned" or case.reason == "authority"))
        sections.append(case.section)
    features, truth = np.array(signals), np.array(same)
    print(pasted("Signals", [field.name for field in fields(Signals)], fit(features, truth, balanced=True)))
    right = (cross_validated(features, truth, sections, balanced=True) >= 0.5) == (truth == 1)
    print(f"same matter, each section judged by a fit without it: {estimate(right.astype(float).tolist(), sections)}")
    keep_record("drafts", sections)


def _likeliest(cases: Sequence[LabelledSentence], library: Library) -> Iterator[tuple[tuple[str, str], Evidence]]:
    for name in dict.fromkeys(case.draft for case in cases):
        before, last = "", list[Chunk]()
        for sentence in draft_sentences(read_bytes((DRAFTS / name).read_bytes())):
            if not sentence.is_claim:
                before, last = "", []
                continue
            found = find_evidence(sentence.text, before if points_back(sentence.text) else "", library, last)
            before, last = sentence.text, [found[0].chunk]
            yield (name, sentence.text), found[0]


if __name__ == "__main__":
    main()
