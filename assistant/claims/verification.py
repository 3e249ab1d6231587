"""What a check of a claim says, and what a checker is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.records import Reason, Verdict

CLASHING_CHECKS = frozenset(
    ["figure", "date", "unit", "name", "negation", "modality", "quantifier", "opposite", "role", "contradiction"]
)
"""Checks whose reasons name a clash where the context says something else in the claim's place."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a context supports a claim."""

    verdict: Verdict
    score: float
    """Chance that the context supports the whole claim, between 0 and 1."""
    reasons: tuple[Reason, ...] = ()

    @property
    def contradicts(self) -> bool:
        """True when the context says something else in a place of the claim: another figure, date, name, force."""
        return any(reason.check in CLASHING_CHECKS and reason.context for reason in self.reasons)


class Checker(Protocol):
    """Judges claims; the same claim and context always get the same verdict."""

    def verify(self, claim: str, context: str) -> Verification:
        """Does the context say what the claim says?"""
        ...
