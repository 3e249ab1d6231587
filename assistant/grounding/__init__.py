"""Does what is shown follow from what it cites? Runs on every final sentence, whoever wrote it."""

from __future__ import annotations

from assistant.grounding.citing import FindDocument, check_sentence
from assistant.grounding.rules import RuleChecker
from assistant.grounding.verification import Checker, Verification

__all__ = ["Checker", "FindDocument", "RuleChecker", "Verification", "check_sentence", "verify"]

_RULES = RuleChecker()


def verify(claim: str, context: str) -> Verification:
    """Does the context say what the claim says? By the rules, which need no model.

    >>> verify("The boards meet each month.", "The unit is small. Boards meet monthly.").verdict
    'supported'
    >>> found = verify("Boards meet weekly.", "The unit is small. Boards meet monthly.")
    >>> found.verdict, found.contradicts
    ('unsupported', True)
    """
    return _RULES.verify(claim, context)
