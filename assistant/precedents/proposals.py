"""Whether a sentence tells what somebody wants or plans, so that it is never shown as what came of a case."""

from __future__ import annotations

import re

from assistant.grounding.tokens import Token, tokenise

_PLANS = frozenset(("must", "should", "will", "due", "would", "plan", "expect", "promise"))
"""Classes of modal words in `grounding/force_words.txt` under which nothing has happened yet."""
_WORDS = re.compile(
    r"\bpropos\w*|\b(?:could|might)\b|\b(?:call|calls|called|ask|asks|asked|press|pressed|argue|argues|argued) for\b"
    r"|\bput to (?:the )?(?:cabinet|council|ministers|parliament|members|a vote)\b"
    r"|\bbid for\b|\btargets? of\b|\bon the way to\b|\b(?:named|seen|cited) as (?:one|a) (?:place|way|step)\b"
    r"|\b(?:consider|favour)(?:s|ed)?\b|\bin favour of\b|\bintention\b",
    re.IGNORECASE,
)
_FIGURE_FIRST = re.compile(r"\W*(?:(?:over|about|up to|some|nearly|more than) )?[£$€]?\d", re.IGNORECASE)
_HAPPENED = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|came|went|rose|fell|saw|took|made|got|met|left|began|grew|ran|won"
    r"|lost|said|told|put|cut|set|led|gave|found|built|brought|became|\w+ed)\b"
)


def is_proposal(sentence: str) -> bool:
    """Whether a sentence proposes, plans, promises or expects; one that does so beside a result counts as well.

    It errs on this side: what is left out as a result can be read in the case, what is shown as one is believed.

    >>> is_proposal("Demos wants the practice to grow."), is_proposal("Collisions fell by half.")
    (True, False)
    """
    if _WORDS.search(sentence) or any(map(_plans, tokenise(sentence))):
        return True
    # "13,000 more people in local teams": without a verb, a figure is a target as often as a result.
    return bool(_FIGURE_FIRST.match(sentence)) and not _HAPPENED.search(sentence)


def _plans(token: Token) -> bool:
    return token.family == "proposal" or (token.family == "modality" and token.key in _PLANS)
