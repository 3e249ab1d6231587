"""Judges of meaning that say what they are told, and keep what they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.claims import Claim, Judgement, JudgingError
from assistant.records import Verdict


@dataclass
class FixedJudge:
    """Gives every claim the same verdict."""

    verdict: Verdict = "supported"
    name: str = "fixed"
    reads_questions: bool = True
    asked: list[list[Claim]] = field(default_factory=list)

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        self.asked.append(list(claims))
        return [Judgement(self.verdict) for _ in claims]


class BrokenJudge:
    """Gives none."""

    name = "broken"
    reads_questions = True

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        raise JudgingError("the model wrote nothing")
