"""What a check of a draft says, in words: verdicts, and the reasons for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from assistant.records import Reason

DraftVerdict = Literal[
    "verbatim",
    "supported",
    "contradicted",
    "clashes",
    "not mentioned",
    "found nearby",
    "not found",
    "not a claim",
]
"""A judge's: ``supported``, ``contradicted``, ``not mentioned``. Of words alone: the others."""
VERDICTS: tuple[DraftVerdict, ...] = get_args(DraftVerdict)
VERDICT_WORDS: Mapping[DraftVerdict, str] = {
    "verbatim": "In the library word for word",
    "supported": "Supported",
    "contradicted": "Contradicted",
    "clashes": "Clashes with the library",
    "not mentioned": "Not mentioned",
    "found nearby": "Found nearby: read it",
    "not found": "Not found",
    "not a claim": "Not a claim",
}
_CHECKS: Mapping[str, str] = {
    "authority": "Who decided it",
    "figure": "Figure",
    "date": "Date",
    "name": "Name",
    "denial": "Denial",
    "quoted words": "Words in quotation marks",
    "meaning": "What decides",
}
"""Names of the checks on screen."""


def reason_words(reason: Reason) -> str:
    """Return a reason as words to follow the name of its check.

    >>> reason_words(Reason("figure", "60", "40"))
    'the draft says “60”, the library “40”'
    >>> reason_words(Reason("name", "Hull", ""))
    'the draft says “Hull”, which the passages do not have'
    """
    if reason.check == "matter":
        return reason.context
    if reason.check == "authority":
        return f"it is given as decided by the government; it comes from {reason.context}"
    if not reason.context:
        return f"the draft says “{reason.claim}”, which the passages do not have"
    if reason.check == "meaning":
        return f"the library says “{reason.context}”"
    return f"the draft says “{reason.claim}”, the library “{reason.context}”"


def reason_sentence(reason: Reason) -> str:
    """Return a reason as a sentence that begins with the name of its check.

    >>> reason_sentence(Reason("figure", "60", "40"))
    'Figure: the draft says “60”, the library “40”.'
    """
    words = reason_words(reason)
    if reason.check == "matter":
        return f"{words[:1].upper()}{words[1:]}."
    return f"{_CHECKS.get(reason.check, reason.check.capitalize())}: {words}."
