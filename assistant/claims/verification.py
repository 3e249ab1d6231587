"""The verdict on a claim, and the protocol of a checker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.records import Reason, Verdict

CLASHING_CHECKS = frozenset(
    ["figure", "date", "unit", "name", "negation", "modality", "quantifier", "opposite", "role", "contradiction"]
)
"""Checks whose reasons mean that the context says something else in the claim's place."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a context supports a claim, and why not."""

    verdict: Verdict
    score: float
    """Chance that the context supports the whole claim, between 0 and 1."""
    reasons: tuple[Reason, ...] = ()

    @property
    def contradicts(self) -> bool:
        """True when the context has another figure, date, name or force in the claim's place."""
        return any(reason.check in CLASHING_CHECKS and reason.context for reason in self.reasons)


class Checker(Protocol):
    """Judges claims; the same claim and context always get the same verdict."""

    def verify(self, claim: str, context: str) -> Verification:
        """Return whether the context supports the claim."""
        ...
