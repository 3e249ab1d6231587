"""From what was found of a sentence to the chance that its context supports it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.grounding.alignment import Alignment


@dataclass(frozen=True, slots=True)
class Signals:
    """What the score is made of, each between 0 and 1 unless it says otherwise."""

    covered: float
    """Share of the claim's content words that the context holds, weighed by how well they agree."""
    weakest_half: float
    """The lesser share of the two halves of the claim: a claim of two sentences' halves is covered by halves."""
    longest_gap: float
    """Longest run of content words that the context lacks, as a share of the claim's."""
    in_order: float
    """Share of the content words that stand in the context's order."""
    departures: float
    """Small departures in force, at most 3, divided by 3."""
    clashes: float
    """Hard clashes, at most 3, divided by 3."""


INTERCEPT = -6.0
COEFFICIENTS = Signals(covered=6.0, weakest_half=4.0, longest_gap=-3.0, in_order=1.0, departures=-1.0, clashes=-9.0)
"""Fitted by `evals.calibration.fit_grounding`."""


def weigh(found: Alignment, departures: int, clashes: int) -> Signals:
    """The signals of one aligned sentence."""
    matches = found.matches
    content = [index for index, token in enumerate(found.claim) if token.content]
    agreed = [_agreed(found, index, matches) for index in content]
    if not content:
        return Signals(0.0, 0.0, 1.0, 0.0, min(departures, 3) / 3, min(clashes, 3) / 3)
    middle = (len(agreed) + 1) // 2
    halves = [half for half in (agreed[:middle], agreed[middle:]) if half]
    longest = run = 0
    for value in agreed:
        run = 0 if value else run + 1
        longest = max(longest, run)
    return Signals(
        covered=sum(agreed) / len(agreed),
        weakest_half=min(sum(half) / len(half) for half in halves),
        longest_gap=longest / len(agreed),
        in_order=len(found.anchors) / len(agreed),
        departures=min(departures, 3) / 3,
        clashes=min(clashes, 3) / 3,
    )


def _agreed(found: Alignment, index: int, matches: dict[int, int]) -> float:
    from assistant.grounding.alignment import agreement

    return agreement(found.claim[index], found.context[matches[index]]) if index in matches else 0.0


def chance(signals: Signals) -> float:
    """The chance of support, between 0 and 1."""
    total = INTERCEPT + sum(
        getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__dataclass_fields__
    )
    return 1 / (1 + math.exp(-total))
