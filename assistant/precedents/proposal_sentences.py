"""Recognises sentences that say what somebody wants or plans, so that none is shown as a result."""

from __future__ import annotations

import re

_PHRASES = (
    # Duty and advice.
    "must shall have_to has_to had_to having_to need_to needs_to needed_to required_to obliged_to forced_to "
    "compelled_to mandatory compulsory obligatory is_required are_required be_required is_a_duty are_duty_bound_to "
    "should ought_to "
    # The future, and what is due.
    "will going_to is_to are_to was_to were_to is_set_to are_set_to is_due_to are_due_to was_due_to were_due_to "
    "would "
    # Plans.
    "aim_is_to target_is_to goal_is_to ambition_is_to aim_was_to target_was_to intention_is_to plan_is_to "
    "objective_is_to idea_is_to plan_to plans_to planned_to planning_to intend_to intends_to intended_to aim_to "
    "aims_to aimed_to hope_to hopes_to hoped_to wish_to wishes_to set_out_to sets_out_to plans_for seeks_to seek_to "
    "sought_to "
    # What is expected, and promises.
    "expected_to expects_to expect_to likely_to thought_to expects expected forecast_to promised promise promises "
    "pledged pledges committed_to commits_to commit_to commitment_to undertook_to undertaken_to undertakes_to vowed "
    "has_committed have_committed gave_an_undertaking put_forward puts_forward putting_forward call_for calls_for "
    "called_for calling_for call_on calls_on called_on calling_on "
)
_NO_DUTY = "not_have_to not_need_to not_required_to not_obliged_to no_need_to without_having_to"
_PROPOSING = "propose recommend suggest urge advocate want recommendation proposal suggestion"
_STANCES = (
    "advocate anticipate aspire await contemplate consider endorse envisage envision favour foresee hope imagine "
    "intend lobby moot petition petitioned pledge prefer propose recommend require seek suggest undertake urge want "
    "wish"
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


def _any_of(phrases: str) -> str:
    return "|".join(phrase.replace("_", r"\s+") for phrase in sorted(phrases.split(), key=len, reverse=True))


def _forms_of(words: str) -> str:
    """Return a pattern of words in any of their forms: "propose", "proposes", "proposed", "proposing"."""
    return "|".join(
        rf"{word[:-1]}(?:y|ies|ied|ying)"
        if re.search("[^aeiou]y$", word)
        else rf"{word.removesuffix('e')}{'e?' if word.endswith('e') else ''}(?:s|es|d|ed|ing)?"
        for word in words.split()
    )


_PLANS = re.compile(
    rf"(?P<none>\b(?:{_any_of(_NO_DUTY)})\b)|\b(?!(?-i:Will [A-Z]))(?:{_any_of(_PHRASES)})\b", re.IGNORECASE
)
_WANTS = re.compile(rf"(?<!for )\b(?:{_forms_of(_PROPOSING)}|{_forms_of(_STANCES)}|sought)\b", re.IGNORECASE)


def is_proposal(sentence: str) -> bool:
    """Return whether a sentence proposes, plans, promises or expects, even beside a result.

    It errs on this side: a result that is left out can be read in the case, a proposal that is shown as one is
    believed.

    >>> is_proposal("Demos wants the practice to grow."), is_proposal("Collisions fell by half.")
    (True, False)
    """
    if _WORDS.search(sentence) or _WANTS.search(sentence) or any(not it["none"] for it in _PLANS.finditer(sentence)):
        return True
    # "13,000 more people in local teams": without a verb, a figure is a target as often as a result.
    return bool(_FIGURE_FIRST.match(sentence)) and not _PAST.search(sentence)


def is_past_tense(sentence: str) -> bool:
    """Return whether a sentence is in the past tense, as results are; an unusually worded proposal mostly is not.

    >>> is_past_tense("Collisions fell by half."), is_past_tense("The answer is a right to appeal.")
    (True, False)
    """
    return bool(_PAST.search(sentence)) and not is_proposal(sentence)
