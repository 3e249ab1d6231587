"""Does what is shown follow from what it cites? Runs on every final sentence, whoever wrote it."""

from __future__ import annotations

from functools import lru_cache

from assistant.claims.citing import FindDocument, check_sentence
from assistant.claims.rules import RuleChecker
from assistant.claims.verification import Checker, Verification
from assistant.settings import GroundingSettings

__all__ = ["Checker", "FindDocument", "RuleChecker", "Verification", "build_checker", "check_sentence", "verify"]

_RULES = RuleChecker()


def verify(claim: str, context: str) -> Verification:
    """Check by rules, without a model, whether the context supports the claim.

    >>> verify("The boards meet each month.", "The unit is small. Boards meet monthly.").verdict
    'supported'
    >>> found = verify("Boards meet weekly.", "The unit is small. Boards meet monthly.")
    >>> found.verdict, found.contradicts
    ('unsupported', True)
    """
    return _RULES.verify(claim, context)


def build_checker(settings: GroundingSettings) -> Checker:
    """Return a checker: the rules, and the model of the settings if there is one; it is loaded once.

    Raises:
        ModelUnavailableError: the model is missing, or is not for natural language inference.
    """
    return _RULES if settings.model is None else _with_model(settings.model)


@lru_cache(maxsize=1)
def _with_model(name: str) -> Checker:
    from assistant.claims.entailment import CrossEncoderModel, InferenceChecker

    return InferenceChecker(CrossEncoderModel(name))
