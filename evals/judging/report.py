"""How far the model judge agrees with the deterministic scores, and with people.

Cohen's kappa is read beside the share agreeing: where nearly every answer is right, two judges who always say so agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import nan

from evals.labels import Labels, agreed_verdicts, sentence_claims
from evals.metrics.agreement import cohen_kappa
from evals.metrics.answers import ENOUGH_FACTS
from evals.results.records import Item


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    """How often the judge says the same as another measure, yes or no."""

    judged: str
    """What the judge says."""
    against: str
    """What it is compared with."""
    n: int
    """Cases that both judged."""
    failed: int
    """Cases on which the judge failed; not in ``n``."""
    agreeing: float
    """Share of the ``n`` on which both say the same; NaN when ``n`` is 0."""
    kappa: float
    """Cohen's; NaN where both gave one and the same verdict throughout."""


def judge_agreement(items: Iterable[Item]) -> tuple[JudgeAgreement, JudgeAgreement]:
    """The judge beside the deterministic scores over a run's items.

    Right (at least half of the facts, by the judge) against a ``fact_recall`` of at least a half, and grounded (every
    sentence follows) against a ``citation_recall`` of 1. Refusals are left out: they are judged by rule and not by the
    model, so that they would agree by construction.
    """
    answers = [item for item in items if item.suite == "questions" and not _refused(item)]
    return (
        _compare(answers, "judge_correct", ENOUGH_FACTS, "fact_recall", ENOUGH_FACTS),
        _compare(answers, "judge_grounded", 1, "citation_recall", 1),
    )


def judge_against_people(items: Iterable[Item], raters: Sequence[Labels]) -> JudgeAgreement:
    """The judge beside people, sentence by sentence: "it follows" against the label *supported*.

    Of several raters only sentences that all of them judged alike are compared. A sentence is known by its words and
    quotes, so that a label never meets another run's other answer. The items need ``detail["judge"]``, in the form of
    `evals.judging.judge.Judgement.detail`.
    """
    people = agreed_verdicts(raters)
    compared: dict[str, tuple[bool, bool]] = {}
    failed: set[str] = set()
    for item in items:
        follows: Sequence[bool] = item.detail.get("judge", {}).get("follows", ())
        for index, shown, _ in sentence_claims(item):
            if shown.id not in people:
                continue
            if index < len(follows):
                compared.setdefault(shown.id, (follows[index], people[shown.id] == "supported"))
            elif _failed(item):
                failed.add(shown.id)
    pairs = list(compared.values())
    return _agreement(
        "sentence follows",
        "people: supported",
        [follows for follows, _ in pairs],
        [supported for _, supported in pairs],
        len(failed - compared.keys()),
    )


def render_judge(items: Sequence[Item], raters: Sequence[Labels]) -> Iterator[str]:
    """The judge beside scores and people, in words; nothing where a run had none."""
    if not any(item.detail.get("judge") or item.errors for item in items):
        return
    for row in (*judge_agreement(items), judge_against_people(items, raters)):
        yield (
            f"{row.judged} against {row.against}: {row.n} cases, {row.agreeing:.0%} alike, kappa {row.kappa:.2f}, "
            f"{row.failed} failed"
        )


def _compare(items: Sequence[Item], score: str, enough: float, against: str, enough_against: float) -> JudgeAgreement:
    both = [item for item in items if score in item.scores and against in item.scores]
    return _agreement(
        f"{score} ≥ {enough:g}",
        f"{against} ≥ {enough_against:g}",
        [item.scores[score] >= enough for item in both],
        [item.scores[against] >= enough_against for item in both],
        sum(_failed(item) and against in item.scores for item in items),
    )


def _agreement(judged: str, against: str, ones: Sequence[bool], others: Sequence[bool], failed: int) -> JudgeAgreement:
    same = [one == other for one, other in zip(ones, others, strict=True)]
    agreeing = sum(same) / len(same) if same else nan
    return JudgeAgreement(judged, against, len(same), failed, agreeing, cohen_kappa(ones, others))


def _failed(item: Item) -> bool:
    """A failed judge makes neither score; the error stands under their names or under that of the scorer."""
    return not item.errors.keys().isdisjoint(("judged", "judge_correct", "judge_grounded"))


def _refused(item: Item) -> bool:
    return 1 in (item.scores.get("refused_answerable"), item.scores.get("refused_unanswerable"))
