"""The check that always runs: rules over an alignment of the claim with the sentences of its context that fit best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.chunking import labelled_row
from assistant.grounding.alignment import align
from assistant.grounding.clashes import amount_clashes, name_clashes, opposite_clashes
from assistant.grounding.forces import check_forces
from assistant.grounding.roles import role_clashes, without_converses
from assistant.grounding.short_forms import find_short_forms
from assistant.grounding.tokens import Token, tokenise
from assistant.grounding.verification import Verification
from assistant.grounding.weighing import Signals, chance, weigh
from assistant.records import Reason
from assistant.sentences import split_sentences

_NUMBER = re.compile(r"^\s*\d{1,3}[.)] ")
SUPPORTED = 0.5
"""Least chance from which on a sentence without a clash counts as supported."""
_WINDOWS = 3
_RIVAL = 0.6
"""Share of the best sentence's cover from which on another sentence's clash counts."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of one sentence of a claim against one window of its context."""

    signals: Signals
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """Chance of support."""
        return chance(self.signals, clashes=bool(self.reasons))

    @property
    def supported(self) -> bool:
        """True without any clash and with enough words in common."""
        return not self.reasons and self.score >= SUPPORTED


class RuleChecker:
    """Compares figures, names, force and roles; needs no model."""

    def verify(self, claim: str, context: str) -> Verification:
        """Does the context say what the claim says? Each sentence of the claim is compared with those that fit best."""
        said = list(sentences_of(claim))
        if not said:
            return Verification("unsupported", 0.0, (Reason("words", claim, "the claim is empty"),))
        lines = [plain(line) for line in context.split("\n")]
        held = {_bare(item) for item in (*sentences_of(context), *lines, *_rows(lines))}
        if _bare(plain(claim)) in held:
            return Verification("supported", 1.0)
        short_forms = find_short_forms(claim, context)
        units = list(sentences_of(context))
        scores, reasons, supported = [], [], 0
        for sentence in said:
            if _bare(sentence) in held:
                scores.append(1.0)
                supported += 1
                continue
            found = best_findings(sentence, units, short_forms)
            scores.append(found.score)
            supported += found.supported
            if not found.supported:
                reasons += found.reasons or (Reason("words", sentence, ""),)
        verdict = "supported" if supported == len(said) else "partly" if supported else "unsupported"
        return Verification(verdict, min(scores), tuple(reasons))


def best_findings(sentence: str, units: Sequence[str], short_forms: tuple[tuple[str, str], ...]) -> Findings:
    """What the best window of the context says of a sentence.

    One sentence of the context is tried first; two are read together only where nothing in the one clashes, so that
    a name of another sentence cannot take the place of the right one.
    """
    claim = tokenise(sentence, short_forms)
    read = [tokenise(unit, short_forms) for unit in units]
    if not read:
        return Findings(Signals(0, 0, 1, 0), (Reason("words", sentence, ""),))
    order = sorted(range(len(read)), key=lambda index: (-_in_common(claim, read[index]), index))
    best = _findings(claim, read[order[0]])
    if best.supported:
        return best
    read_alone = [best]
    for index in order[1:_WINDOWS]:
        other = _findings(claim, read[index])
        if other.supported:
            return other
        read_alone.append(other)
    rivals = [item for item in read_alone if item.signals.covered >= _RIVAL * best.signals.covered]
    for item in rivals:
        if any(reason.context for reason in item.reasons):
            return item
    for pair in _pairs(order):
        both = _findings(claim, tuple(token for index in pair for token in read[index]))
        if both.supported:
            return both
    return best


def _findings(claim: Sequence[Token], context: Sequence[Token]) -> Findings:
    found = align(claim, context)
    forces = check_forces(found)
    clashes = (
        *amount_clashes(found),
        *name_clashes(found),
        *forces.clashes,
        *opposite_clashes(found),
        *role_clashes(found),
    )
    clashes = tuple(without_converses(found, clashes))
    return Findings(weigh(found, forces.departures), clashes)


def _in_common(claim: Sequence[Token], context: Sequence[Token]) -> float:
    keys = {token.key for token in context if token.content}
    groups = {group for token in context for group in token.groups}
    return sum(
        1.0 if token.key in keys else 0.8 if token.groups & groups else 0.0 for token in claim if token.content
    )


def _pairs(order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The best sentence with its neighbours and with the next best, in the order of the text."""
    best = order[0]
    others = [index for index in (best - 1, best + 1) if index in order]
    others += [index for index in order[1:3] if index not in others]
    for other in others:
        yield (min(best, other), max(best, other))


def sentences_of(text: str) -> Iterator[str]:
    """Each sentence of each line and table cell, spaced evenly, without the number that a list puts before it."""
    for line in re.split(r"\n| \| ", text):
        words = _NUMBER.sub("", line, count=1)
        for start, end in split_sentences(words):
            yield plain(words[start:end])


def plain(text: str) -> str:
    """The text with single spaces."""
    return re.sub(r"\s+", " ", text).strip()


def _bare(text: str) -> str:
    return text.rstrip(" .;")


def _rows(lines: Sequence[str]) -> Iterator[str]:
    """Table rows behind their columns' titles, as they are shown."""
    rows = [line for line in lines if " | " in line]
    for header in rows:
        for row in rows:
            yield plain(labelled_row(header, row))
