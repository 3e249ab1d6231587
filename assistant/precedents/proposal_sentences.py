"""Recognises sentences that say what somebody wants or plans, so that none is shown as a result."""

from __future__ import annotations

import re

from assistant.claims.lexicon import lemma
from assistant.claims.tokens import Token, tokenise

_PLANS = frozenset(("must", "should", "will", "due", "would", "plan", "expect", "promise"))
"""Classes of modal words in `claims/force_words.txt` for things that have not happened yet."""
_STANCES = frozenset(
    "advocate anticipate aspire await contemplate consider endorse envisage envision favour foresee hope imagine "
    "intend lobby moot petition petitioned pledge prefer propose recommend require seek suggest undertake urge want "
    "wish".split()
)
"""Verbs of wanting, asking for or looking forward to something; anybody's, since leaving out is safe."""
_WORDS = re.compile(
    "|".join(
        (
            r"\b(?:could|might|imminent|pending|proposal|proposed|intention|ambition|vision|remedy)\b",
            r"\bin favour of\b|\bthe case for\b|\bbusiness case\b|\blooks? forward\b|\b(?:is|are) hoped\b",
            r"\bbacks\b|\bvot(?:e|es|ed) to\b|\bset aside\b|\bset (?:itself|themselves)\b|\bon the way to\b",
            r"\b(?:named|seen|cited) as (?:one|a) (?:place|way|step)\b|\bnext (?:steps?|year|phase)\b",
            r"\b(?:planned|scheduled|earmarked|forecast|slated|pencilled)\b (?:for|to|in)\b|\beverything depends\b",
            r"\b(?:asks|asked|asking|calls|called|calling|press\w*|campaign\w*|argue[sd]?) (?:for|to)\b",
            r"\bpress\w+ (?:\w+ ){1,3}to\b|\b(?:is|are|was|were|been) (?:invited|encouraged|advised|asked) to\b",
            r"\badvises\b|\baim(?:s|ed|ing)? (?:for|at|to)\b|\bcommit(?:s|ted)? to\b|\bbid(?:s|ding)? for\b",
            r"\bappl(?:y|ies|ied) (?:for|to)\b|\bfloats?\b",
            r"\b(?:goals?|targets?|plans?|aims?|ideas?) (?:of|is|was|are|has|to)\b|\bcalls? (?:for|to)\b",
            r"\bput to (?:the )?(?:cabinet|council|ministers|parliament|members|a vote)\b|\bunless\b",
            r"\bsubject to (?:consultation|approval|funding|agreement|a vote|parliament)\b",
            r"\b(?:if|once|when) (?:passed|approved|adopted|agreed|funded|enacted)\b",
            r"\bunder (?:consideration|discussion|consultation)\b|\b(?:is|are) with (?:the )?(?:treasury|ministers)\b",
            r"\b(?:is|are) being (?:\w+ed|drawn|written|built|made|set)\b|\bthe (?:coming|following) years?\b",
        )
    ),
    re.IGNORECASE,
)
_FIGURE_FIRST = re.compile(r"\W*(?:(?:over|about|up to|some|nearly|more than) )?[£$€]?\d", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|had|did|came|went|rose|fell|saw|took|made|got|met|left|began|grew|ran|won|lost|said|told|put|cut|led"
    r"|gave|found|built|brought|became|kept|paid|felt|held|sent|spent|broke|stood|\w+ed)\b|\b(?:has|have) \w+ed\b"
)


def is_proposal(sentence: str) -> bool:
    """Return whether a sentence proposes, plans, promises or expects, even beside a result.

    It errs on this side: a result that is left out can be read in the case, a proposal that is shown as one is
    believed.

    >>> is_proposal("Demos wants the practice to grow."), is_proposal("Collisions fell by half.")
    (True, False)
    """
    if _WORDS.search(sentence) or any(map(_plans, tokenise(sentence))):
        return True
    # "13,000 more people in local teams": without a verb, a figure is a target as often as a result.
    return bool(_FIGURE_FIRST.match(sentence)) and not _PAST.search(sentence)


def is_past_tense(sentence: str) -> bool:
    """Return whether a sentence is in the past tense, as results are; an unusually worded proposal mostly is not.

    >>> is_past_tense("Collisions fell by half."), is_past_tense("The answer is a right to appeal.")
    (True, False)
    """
    return bool(_PAST.search(sentence)) and not is_proposal(sentence)


def _plans(token: Token) -> bool:
    if token.family == "proposal" or (token.family == "modality" and token.key in _PLANS):
        return True
    return lemma(token.text.lower()) in _STANCES
