"""The reasons of a verdict on a draft's sentence, in words."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.records import Reason

_SAID: Mapping[str, str] = {
    "matter": "{context}",
    "negation": "the draft has {claim}, the library {context}",
    "authority": "it is given as decided by the government; it comes from {context}",
}
"""Checks whose reason reads otherwise than what the draft says beside what the library says."""


def reason_words(reason: Reason) -> str:
    """Return a reason as words to follow the name of its check.

    >>> reason_words(Reason("figure", "60", "40"))
    'the draft says “60”, the library “40”'
    >>> reason_words(Reason("name", "Hull", "no such name"))
    'the draft says “Hull”, the library has no such name there'
    """
    said = "the draft says “{claim}”, the library “{context}”"
    if reason.context.startswith("no such "):
        said = "the draft says “{claim}”, the library has {context} there"
    return _SAID.get(reason.check, said).format(claim=reason.claim, context=reason.context)
