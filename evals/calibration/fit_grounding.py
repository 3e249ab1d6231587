"""Fits the coefficients in ``assistant/claims/weighing.py`` on the dev splits.

Run ``python -m evals.calibration.fit_grounding`` (seconds); paste the values that it prints. A case is a claim of the
altered quotes or of the restatements that does not stand in its context word for word. Both classes weigh the same. The
tables say how well the chance holds when each case is judged by a fit that saw no case of its section.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields

import numpy as np

from assistant.claims.rules import SUPPORTED, best_findings
from assistant.claims.sentencewise import sentences_of
from assistant.claims.short_forms import find_short_forms
from assistant.claims.weighing import CLASHED, COEFFICIENTS, INTERCEPT, Signals
from evals.calibration.dev import keep_record
from evals.calibration.fitting import Floats, cross_validated, fit, pasted, probability
from evals.claims import load_altered_quotes, load_restatements
from evals.making.alterations.sources import MOST_OVERLAP
from evals.metrics.verification import word_overlap

BINS = 5
NEAREST = 4


@dataclass(frozen=True)
class Case:
    """A claim's signals, whether it is supported, and the section that it is from."""

    signals: Signals
    clashes: bool
    supported: bool
    cluster: str


def main() -> None:
    """Fit, cross-validate and print."""
    cases = list(dev_cases())
    features = np.array([astuple(case.signals) for case in cases])
    labels = np.array([float(case.supported) for case in cases])
    clear = np.array([not case.clashes for case in cases])
    clusters = [case.cluster for case in cases if not case.clashes]
    fitted = fit(features[clear], labels[clear], balanced=True)
    names = [field.name for field in fields(Signals)]
    print(pasted("Signals", names, fitted))
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    print(f"CLASHED = {np.average(labels[~clear], weights=weights[~clear]):.2f}  # of {np.sum(~clear)}")
    shipped = np.array([INTERCEPT, *astuple(COEFFICIENTS)])
    _report("shipped", probability(features, shipped) * np.where(clear, 1, CLASHED), labels)
    held_out = cross_validated(features[clear], labels[clear], clusters, balanced=True)
    _report("cross-validated, without a clash", held_out, labels[clear])
    _reliability(held_out, labels[clear])
    keep_record("grounding", {case.cluster for case in cases if "#" in case.cluster})


def dev_cases() -> Iterator[Case]:
    """The dev claims that are not their context's words.

    A supported one is also set against its context without the sentence that holds it, and against the passages of
    other sections that are nearest in words and yet too far to state it.
    """
    claims = list(_dev_claims())
    contexts = {context: cluster for _, context, _, cluster in claims}
    for claim, context, supported, cluster in claims:
        yield _case(claim, context, supported, cluster)
        if not supported:
            continue
        rest = _without_best(claim, context)
        if rest:
            yield _case(claim, rest, False, cluster)
        far = [other for other in contexts if contexts[other] != cluster and word_overlap(claim, other) <= MOST_OVERLAP]
        for other in sorted(far, key=lambda text: (-word_overlap(claim, text), text))[:NEAREST]:
            yield _case(claim, other, False, cluster)


def _dev_claims() -> Iterator[tuple[str, str, bool, str]]:
    for quote in load_altered_quotes():
        if quote.split == "dev" and quote.kind != "verbatim":
            yield quote.claim, quote.context, quote.supported, f"{quote.document}#{quote.section}"
    for item in load_restatements():
        if item.split == "dev":
            yield item.claim, item.context, item.supported, item.passage


def _without_best(claim: str, context: str) -> str:
    """The context without the sentence that has most words in common with the claim."""
    sentences = list(sentences_of(context))
    best = max(range(len(sentences)), key=lambda index: word_overlap(claim, sentences[index]))
    return "\n".join(sentences[:best] + sentences[best + 1 :])


def _case(claim: str, context: str, supported: bool, cluster: str) -> Case:
    found = best_findings(claim, list(sentences_of(context)), find_short_forms(claim, context))
    return Case(found.signals, bool(found.clashes), supported, cluster)


def _report(name: str, chances: Floats, labels: Floats) -> None:
    fair, unfair = (np.mean(chances[labels == label] >= SUPPORTED) for label in (1, 0))
    print(
        f"{name}: {fair:.3f} of the supported and {unfair:.3f} of the others "
        f"reach {SUPPORTED}; Brier score {np.mean((chances - labels) ** 2):.3f} (n = {len(labels)})"
    )


def _reliability(chances: Floats, labels: Floats) -> None:
    """How often claims of a given chance are supported, both classes weighing the same."""
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    print("| chance | n | mean chance | supported |\n|---|---|---|---|")
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = (chances >= low) & ((chances < high) | (number == BINS - 1))
        if inside.any():
            mean, share = (float(np.average(values[inside], weights=weights[inside])) for values in (chances, labels))
            print(f"| {low:.1f} to {high:.1f} | {inside.sum()} | {mean:.2f} | {share:.2f} |")


if __name__ == "__main__":
    main()
