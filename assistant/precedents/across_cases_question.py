"""What a question across cases asks for: its subject and outcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from assistant.registers.entries import Polarity
from assistant.text.terms import content_words, stem

_NOT_WORKED = (
    r"\b(?:did|do|does|has|have|had|was|were)(?:\s+not|n['’]t)\s+(?:really\s+)?work(?:ed|s|ing)?\b|\bnot worked\b"
)
_ASKS: Mapping[Polarity, re.Pattern[str]] = {
    "worked": re.compile(
        r"\bworked\b|\bworks\b|^(?:did|does|do|can|could|will|would)\b.*\bwork\b(?! (?:of|on|for|with|by)\b)"
        r"|\bsuccess\w*|\bsucceed\w*|\bpaid off\b|\bpays? off\b|\bgood practice\b|\beffective\w*|\bwell\b|\bbest\b",
        re.IGNORECASE,
    ),
    "cited": re.compile(r"\bgood practice\b|\bpraised?\b|\bheld up as\b", re.IGNORECASE),
    "mixed": re.compile(
        r"\bmixed\b|\bpart(?:ly|ial|ially)\b|\buneven\b|\bdisputed\b|\bw(?:ent|rong)\b.*\bwrong\b|\bmissed\b"
        r"|\bgo(?:es|ne|ing)? wrong\b|\bfell short\b|\bdisappoint\w*",
        re.IGNORECASE,
    ),
    "failed": re.compile(
        rf"{_NOT_WORKED}|\bfail\w*|\bwent (?:badly|wrong)\b|\bgo(?:es|ne|ing)? wrong\b|\bmistakes?\b|\bscrapped\b"
        r"|\babandoned\b|\bmissed\b|\bcollaps\w+|\bwarnings?\b|\bfell short\b|\bdisappoint\w*",
        re.IGNORECASE,
    ),
    "ongoing": re.compile(
        r"\bunder\s?way\b|\bin progress\b|\bcurrently\b|\bat (?:the moment|present)\b|\bongoing\b|\btrying\b"
        r"|\bbeing (?:tried|tested|piloted|done|built|set up)\b|\bare (?:\w+ ){1,2}doing\b|\bis (?:\w+ ){1,2}doing\b",
        re.IGNORECASE,
    ),
    "proposed": re.compile(
        r"\bpropos\w+|\bsuggest\w*|\brecommend\w*|\bideas?\b|\bcalled for\b|\bplanned\b|\buntried\b"
        r"|\bnot (?:yet )?(?:been )?(?:carried out|tried|done)\b",
        re.IGNORECASE,
    ),
}
_WORKED_NOT = re.compile(_NOT_WORKED, re.IGNORECASE)
# Words of asking for a case, which say nothing of its subject; the outcomes' own words are also left out.
_FRAME = frozenset(
    map(
        stem,
        "try tried trying happen happened attempt attempts anybody anyone somebody someone people place places thing "
        "anything something case cases precedent precedents example examples evidence idea ideas result results came "
        "anywhere show list all every come become known learn learned lesson lessons way ways far yet carried work "
        "works worked working went wrong bring make made take taken done go got change changed register steward under "
        "currently moment present".split(),
    )
)


@dataclass(frozen=True, slots=True)
class AskedCases:
    """A question as understood."""

    outcomes: tuple[Polarity, ...]
    """The outcomes asked for, in display order; empty for any."""
    subject: tuple[str, ...]
    """The words of the subject, in lower case; empty for no subject in particular."""


def read_case_question(question: str) -> AskedCases:
    """Return the outcomes and the subject that a question asks for.

    >>> read_case_question("What has worked to involve citizens in missions?")
    AskedCases(outcomes=('worked', 'cited'), subject=('involve', 'citizens', 'missions'))
    >>> read_case_question("What went wrong with outsourcing?").outcomes
    ('mixed', 'failed')
    """
    found = {outcome for outcome, words in _ASKS.items() if words.search(question)}
    if _WORKED_NOT.search(question) and not re.search(r"\bworked\b", _WORKED_NOT.sub("", question)):
        found.discard("worked")
    if "worked" in found:  # readers who ask what worked want what is cited as good practice as well, told apart
        found.add("cited")
    if "proposed" in found and re.search(r"\bnot\b", question):
        found &= {"proposed"}
    rest = question
    for outcome in found:
        rest = _ASKS[outcome].sub(_kept, rest)
    subject = tuple(word for word in dict.fromkeys(content_words(rest)) if stem(word) not in _FRAME)
    return AskedCases(tuple(outcome for outcome in get_args(Polarity) if outcome in found), subject)


def _kept(match: re.Match[str]) -> str:
    """Return the middle of a long match, such as "Did … work": it belongs to the subject."""
    words = match[0].split()
    return " ".join(words[1:-1]) if len(words) > 3 else " "
