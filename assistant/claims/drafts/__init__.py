"""Checks a draft's sentences against the library: which stand there, which clash, and what to read for the rest."""

from assistant.claims.drafts.check import CheckedSentence, DraftCheck, check_draft
from assistant.claims.drafts.words import VERDICTS, DraftVerdict, reason_words

__all__ = ["VERDICTS", "CheckedSentence", "DraftCheck", "DraftVerdict", "check_draft", "reason_words"]
