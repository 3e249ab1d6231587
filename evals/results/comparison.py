"""Two runs side by side, case by case: what changed, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.cases import Split
from evals.metrics.intervals import Estimate, paired_difference
from evals.metrics.scores import SCORES, SUITES, Better, Suite
from evals.results.records import Item, Run

SAME = 1e-9
ENOUGH = 8
"""Fewer clusters make no difference that can be judged, and fewer items no slice: their intervals are too narrow."""
Direction = Literal["better", "worse", "no clear difference"]


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that one score judges differently in two runs."""

    before: Item
    after: Item
    score: str

    @property
    def gain(self) -> float:
        """How much better the case got; negative where it got worse."""
        change = self.after.scores[self.score] - self.before.scores[self.score]
        return -change if SCORES[self.score].better == "lower" else change


@dataclass(frozen=True, slots=True)
class Change:
    """How one score differs between two runs, over the cases that both have."""

    suite: Suite
    split: Split
    score: str
    before: float
    after: float
    difference: Estimate
    """After minus before, paired, with its 95 % interval."""
    flips: tuple[Flip, ...]
    """Those that got worse come first."""

    @property
    def direction(self) -> Direction:
        """Better or worse only where the interval leaves 0 out."""
        return direction(self.difference, SCORES[self.score].better)


def direction(difference: Estimate, better: Better) -> Direction:
    """What a difference means for a score.

    >>> direction(Estimate(0.1, 0.05, 0.15, 50, 20), "lower")
    'worse'
    """
    if not difference.n or better == "neither" or difference.low <= 0 <= difference.high:
        return "no clear difference"
    return "better" if (difference.low > 0) == (better == "higher") else "worse"


def compare(before: Run, after: Run, system: str = "steward") -> list[Change]:
    """Every score of every suite and split that both runs have, in the order of `SCORES`."""
    splits: tuple[Split, ...] = ("test", "dev")
    return [change for suite in SUITES for split in splits for change in _changes(before, after, system, suite, split)]


def _changes(before: Run, after: Run, system: str, suite: Suite, split: Split) -> Iterator[Change]:
    earlier = {item.id: item for item in before.select(suite, system, split)}
    pairs = [(earlier[item.id], item) for item in after.select(suite, system, split) if item.id in earlier]
    for score in SCORES:
        both = [(one, other) for one, other in pairs if score in one.scores and score in other.scores]
        if both:
            yield _change(both, suite, split, score)


def _change(pairs: Sequence[tuple[Item, Item]], suite: Suite, split: Split, score: str) -> Change:
    before = [one.scores[score] for one, _ in pairs]
    after = [other.scores[score] for _, other in pairs]
    flips = [Flip(one, other, score) for one, other in pairs if abs(one.scores[score] - other.scores[score]) > SAME]
    return Change(
        suite,
        split,
        score,
        sum(before) / len(before),
        sum(after) / len(after),
        paired_difference(after, before, [item.cluster for _, item in pairs]),
        tuple(sorted(flips, key=lambda flip: (flip.gain, flip.after.id))),
    )
