"""What people's labels say of each other, of the verifier and of the judge, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from assistant.claims import verify
from evals.judging.report import judge_against_people, judge_agreement
from evals.labelling.labels import Label, LabelItem
from evals.labelling.report import agreement, calibrate
from evals.results.records import Item

Labels = Mapping[str, Label]


def render_agreement(claims: Sequence[LabelItem], raters: Mapping[str, Labels], items: Sequence[Item]) -> str:
    """Agreement of each pair of raters, the verifier against all of them, and the judge where a run has one."""
    return "\n".join([*_pairs(raters), *_verifier(claims, raters), *_judge(raters, items)])


def _pairs(raters: Mapping[str, Labels]) -> Iterator[str]:
    for one, other in combinations(sorted(raters), 2):
        found = agreement(raters[one], raters[other])
        yield (
            f"{one} and {other}: {found.n} claims, {found.equal:.0%} alike, "
            f"kappa {found.kappa:.2f} ({found.low:.2f} to {found.high:.2f})"
        )
        yield from (f"  {item}" for item in found.disagreements)


def _verifier(claims: Sequence[LabelItem], raters: Mapping[str, Labels]) -> Iterator[str]:
    found = calibrate(claims, list(raters.values()), verify)
    yield (
        f"The verifier against people: {found.n} claims, {found.supported} supported; balanced accuracy "
        f"{found.balanced_accuracy:.3f}, AUC {found.auc:.3f}; with the best threshold {found.threshold:.2f} "
        f"{found.cross_validated:.3f}, cross-validated"
    )
    yield from (f"  {note}" for note in found.notes)


def _judge(raters: Mapping[str, Labels], items: Sequence[Item]) -> Iterator[str]:
    if not any(item.detail.get("judge") or item.errors for item in items):
        return
    for row in (*judge_agreement(items), judge_against_people(items, list(raters.values()))):
        yield (
            f"{row.judged} against {row.against}: {row.n} cases, {row.agreeing:.0%} alike, kappa {row.kappa:.2f}, "
            f"{row.failed} failed"
        )
