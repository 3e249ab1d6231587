"""Turns the findings on a sentence into the chance that its context supports it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.claims.alignment import Alignment, agreement
from assistant.models.logistic import logistic


@dataclass(frozen=True, slots=True)
class Signals:
    """The parts of the score, each between 0 and 1 unless it says otherwise."""

    covered: float
    """Share of the claim's content words in the context, weighted by how well they agree; a name's words weigh half,
    since names have their own check.
    """
    weakest_clause: float
    """The lowest share of any clause: a claim spliced from two sentences has one that the context lacks."""
    longest_gap: float
    """Longest run of content words that the context lacks, as a share of the claim's."""
    departures: float
    """Small departures in force, at most 3, divided by 3."""


_JOINTS = frozenset("where while because since although though whereas but so yet when if that which who".split())
"""Words that begin a clause."""
_NAME = 0.5
"""Weight of a name's word beside another's."""
_LEAST_CLAUSE = 3
"""Least content words of a clause that is looked at by itself."""
INTERCEPT = -4.90
COEFFICIENTS = Signals(covered=4.72, weakest_clause=5.75, longest_gap=-2.17, departures=-0.56)
CLASHED = 0.04
"""Share of clashing claims that were supported after all. All three are fitted by `evals.calibration.fit_grounding`."""


def weigh(found: Alignment, departures: int) -> Signals:
    """Return the signals of one aligned sentence."""
    matches = found.matches
    content = [index for index, token in enumerate(found.claim) if token.content]
    agreed = [_agreed(found, index, matches) for index in content]
    weights = [_NAME if found.claim[index].named else 1.0 for index in content]
    said = [value for value, weight in zip(agreed, weights, strict=True) if weight > _NAME]
    soft = min(departures, 3) / 3
    if not content or (said and not any(said)):
        return Signals(0.0, 0.0, 1.0, soft)  # only the name is there, nothing of what is said about it
    longest = run = 0
    for value in agreed:
        run = 0 if value else run + 1
        longest = max(longest, run)
    return Signals(
        covered=sum(weight * value for weight, value in zip(weights, agreed, strict=True)) / sum(weights),
        weakest_clause=min(sum(part) / len(part) for part in _clauses(found, content, agreed)),
        longest_gap=longest / len(agreed),
        departures=soft,
    )


def _clauses(found: Alignment, content: list[int], agreed: list[float]) -> Iterator[list[float]]:
    """Yield the agreement of each clause's words; commas and joining words part clauses, and short ones join the
    last.
    """
    part: list[float] = []
    last = content[0]
    closed: list[list[float]] = []
    for index, value in zip(content, agreed, strict=True):
        if any(token.text in ",;:–—" or token.text.lower() in _JOINTS for token in found.claim[last:index]):
            closed.append(part)
            part = []
        part.append(value)
        last = index
    closed.append(part)
    whole: list[list[float]] = []
    for item in closed:
        short = len(item) < (_LEAST_CLAUSE if any(item) else 2)
        if whole and (short or len(whole[-1]) < _LEAST_CLAUSE):
            whole[-1] += item
        else:
            whole.append(list(item))
    yield from whole


def _agreed(found: Alignment, index: int, matches: dict[int, int]) -> float:
    return agreement(found.claim[index], found.context[matches[index]]) if index in matches else 0.0


def chance(signals: Signals, *, clashes: bool) -> float:
    """Return the chance of support, between 0 and 1."""
    total = INTERCEPT + sum(
        getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__dataclass_fields__
    )
    return (CLASHED if clashes else 1) * logistic(total)
