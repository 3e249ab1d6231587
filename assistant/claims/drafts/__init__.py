"""Checks a draft's sentences against the library: supported, contradicted or not mentioned, with passages."""

from assistant.claims.drafts.check import VERDICTS, CheckedSentence, DraftCheck, DraftVerdict, check_draft
from assistant.claims.drafts.reasons import reason_words

__all__ = ["VERDICTS", "CheckedSentence", "DraftCheck", "DraftVerdict", "check_draft", "reason_words"]
