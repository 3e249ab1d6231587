"""Does what is shown follow from what it cites? One checker for answers, drafts and ``steward verify``."""

from __future__ import annotations

from assistant.claims.checking import check_claims, check_sentence, verify
from assistant.claims.judges import build_judge
from assistant.claims.verification import Claim, FindDocument, Judge, Judgement, JudgingError, Verification

__all__ = [
    "Claim",
    "FindDocument",
    "Judge",
    "Judgement",
    "JudgingError",
    "Verification",
    "build_judge",
    "check_claims",
    "check_sentence",
    "verify",
]
