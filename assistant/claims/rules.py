"""The check that always runs: rules over an alignment of the claim with the best matching sentences of its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.claims.alignment import align
from assistant.claims.amount_clashes import amount_clashes
from assistant.claims.clashes import name_clashes, opposite_clashes, single_change
from assistant.claims.forces import check_forces
from assistant.claims.roles import role_clashes, without_converses
from assistant.claims.sentencewise import Judgement, verify_sentences
from assistant.claims.short_forms import ShortForms
from assistant.claims.tokens import Token, tokenise
from assistant.claims.turning import turning_clashes
from assistant.claims.verification import Verification
from assistant.claims.weighing import Signals, chance, weigh
from assistant.deadlines import check_deadline, within_deadline
from assistant.records import Reason

SUPPORTED = 0.7
"""Least chance at which a sentence without a clash counts as supported; tuned on dev."""
_WINDOWS = 3
"""Sentences of the context that are tried alone."""
_ON_SUBJECT = 0.4
"""Least share of the claim's words at which a sentence counts as being on the same topic."""
_RIVAL = 0.6
"""Least share of the best sentence's cover at which another sentence's clash counts."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings for one sentence of a claim against one window of its context."""

    signals: Signals
    clashes: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """Chance of support."""
        return chance(self.signals, clashes=bool(self.clashes))

    @property
    def supported(self) -> bool:
        """True without any clash and with enough words in common."""
        return not self.clashes and self.score >= SUPPORTED


class RuleChecker:
    """Compares figures, names, force and roles; needs no model."""

    def verify(self, claim: str, context: str) -> Verification:
        """Return whether the context supports the claim; each sentence is compared with those that match best."""
        return verify_sentences(claim, context, judge_by_rules)


def judge_by_rules(sentence: str, units: Sequence[str], short_forms: ShortForms) -> Judgement:
    """Return the judgement of one sentence; see :data:`assistant.claims.sentencewise.Judge`."""
    found = best_findings(sentence, units, short_forms)
    if found.supported:
        return Judgement(found.score)
    return Judgement(found.score, found.clashes or (Reason("words", sentence, ""),))


def best_findings(sentence: str, units: Sequence[str], short_forms: ShortForms) -> Findings:
    """Return what the best window of the context says of a sentence.

    One sentence of the context is tried first; two are read together only if nothing in the one clashes, so that a name
    from another sentence cannot replace the right one.
    """
    claim = tokenise(sentence, short_forms)
    read = [tokenise(unit, short_forms) for unit in within_deadline(units)]
    if not read:
        return Findings(Signals(0, 0, 1, 0), ())
    common = [_in_common(claim, tokens) for tokens in within_deadline(read)]
    order = sorted(range(len(read)), key=lambda index: (-common[index], index))
    alone = [compare(claim, read[index]) for index in order[:_WINDOWS]]
    # A sentence that has more of the claim and clashes with it is what the claim was made from.
    alone.sort(key=lambda found: (-found.signals.covered, bool(found.clashes)))
    best = alone[0]
    for found in alone:
        if found.supported:
            return found
        if found.signals.covered >= _RIVAL * best.signals.covered and any(reason.context for reason in found.clashes):
            return found
    for pair in _pairs(order):
        both = compare(claim, [token for index in pair for token in read[index]])
        if both.supported:
            return both
    return best


def compare(claim: Sequence[Token], context: Sequence[Token]) -> Findings:
    """Run every check of the claim's tokens against those of one window."""
    check_deadline()
    found = align(claim, context)
    forces = check_forces(found)
    clashes = (
        *amount_clashes(found),
        *name_clashes(found),
        *forces.clashes,
        *opposite_clashes(found),
        *single_change(found),
        *role_clashes(found),
        *turning_clashes(found),
    )
    signals = weigh(found, forces.departures)
    if signals.covered < _ON_SUBJECT:
        return Findings(signals, tuple(_lacking(clashes)))
    return Findings(signals, tuple(without_converses(found, clashes)))


def _lacking(clashes: Sequence[Reason]) -> Iterator[Reason]:
    """Yield, for a sentence on another topic, only the amounts and names that it lacks."""
    for reason in clashes:
        if reason.claim and (
            reason.check in ("figure", "date", "unit") or (reason.check, reason.context) == ("name", "")
        ):
            yield replace(reason, context="")


def _in_common(claim: Sequence[Token], context: Sequence[Token]) -> float:
    keys = {token.key for token in context if token.content}
    groups = {group for token in context for group in token.groups}
    return sum(1.0 if token.key in keys else 0.8 * bool(token.groups & groups) for token in claim if token.content)


def _pairs(order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the best sentence with its neighbours and with the next best, in text order."""
    best = order[0]
    others = [index for index in (best - 1, best + 1) if 0 <= index < len(order)]
    others += [index for index in order[1:_WINDOWS] if index not in others]
    for other in others:
        yield (min(best, other), max(best, other))
