"""Whose words a sentence says it gives: "Demos recommends that …", "According to …", "Government policy is to …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.claims.short_forms import find_short_forms
from assistant.records import Quote
from assistant.text.speakers import GOVERNMENT

_SAYING = (
    "says said argues argued notes noted states stated observes observed reports reported finds found concludes "
    "concluded thinks believes holds maintains contends warns warned explains adds added writes wrote "
    "estimates estimated"
).split()
_PROPOSING = ("recommends recommended proposes proposed suggests suggested urges urged advocates wants wanted").split()
_SPEAKER = r"(?P<speaker>(?:[Tt]he |[Tt]his |[Ii]ts )?[^,;:.“”]{2,80}?)"
_FRAMES = (
    re.compile(rf"^(?:According to|In the (?:view|words|opinion) of) {_SPEAKER}, (?P<rest>.+)$"),
    re.compile(rf"^{_SPEAKER} (?:also |therefore |now )?(?:{'|'.join(_SAYING)}) (?:that )?(?P<rest>.+)$"),
    re.compile(rf"^{_SPEAKER} (?:also |therefore |now )?(?P<rest>(?:{'|'.join(_PROPOSING)}) .+)$"),
    re.compile(rf"^(?P<rest>[^,].*), {_SPEAKER} (?:{'|'.join(_SAYING)})\.?$"),
)
_LABEL = re.compile(rf"^{_SPEAKER}: (?P<rest>.+)$")
_ANY_DOCUMENT = re.compile(
    r"^(?:the|this|its) (?:report|paper|document|study|review|authors?|guidance|strategy|plan|publication)$",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(r"^(?:the |uk |central |british )*(?:government|ministers|cabinet)$", re.IGNORECASE)
_DECIDED = re.compile(
    r"\b(?:(?:the |uk |central ){0,3}government|ministers|the (?:treasury|cabinet office|prime minister|chancellor)|"
    r"the department[\w ,]{0,120}?)(?: \w+ly| now| also)? "
    r"(?:will|shall|is to|are to|plans? to|intends? to|is going to|(?:ha(?:s|ve) (?:now |already )?)?"
    r"(?:decided|agreed|accepted|adopted|resolved))\b|"
    r"\bgovernment policy (?:is|requires|says|states|means)\b|\bit is government policy\b|"
    r"\bunder government policy\b|\bas government policy\b",
    re.IGNORECASE,
)
_POLICY = re.compile(r"^(?:It is )?[Gg]overnment policy (?:is |requires |says |states |means )?(?:that )?(?P<rest>.+)$")


@dataclass(frozen=True, slots=True)
class Frame:
    """The speaker that a sentence names, and what they say."""

    speaker: str
    said: str


def frame_of(sentence: str) -> Frame | None:
    """Return the speaker that a sentence names, and what is said; None where it names none.

    >>> frame_of("According to Demos, boards should meet monthly.")
    Frame(speaker='Demos', said='Boards should meet monthly.')
    """
    for pattern in (*_FRAMES, _LABEL):
        found = pattern.match(sentence)
        if found:
            return Frame(found["speaker"].strip(), found["rest"][:1].upper() + found["rest"][1:])
    return None


def says_decided(sentence: str) -> bool:
    """Return whether a sentence says that the government has decided or will do something.

    >>> says_decided("The government has decided to fund boards."), says_decided("Government should fund boards.")
    (True, False)
    """
    return _DECIDED.search(sentence) is not None


def without_policy_label(sentence: str) -> str:
    """Return "Government policy is to fund boards" as "To fund boards", for a quote that is government policy."""
    found = _POLICY.match(sentence)
    return found["rest"][:1].upper() + found["rest"][1:] if found else sentence


def quotes_of(speaker: str, quotes: Sequence[Quote]) -> list[Quote]:
    """Return the quotes of the named speaker, or of the document named as speaker."""
    if _ANY_DOCUMENT.match(speaker):
        return list(quotes)
    if _GOVERNMENT.match(speaker):
        return [quote for quote in quotes if quote.authority in GOVERNMENT]
    return [quote for quote in quotes if _names(speaker, quote.speaker.name) or _is_title(speaker, quote)]


def _is_title(speaker: str, quote: Quote) -> bool:
    """Return whether the speaker is the document: a commentary's title names the document that it is about."""
    return quote.speaker.kind == "publisher" and _names(speaker, quote.title)


def _names(speaker: str, name: str) -> bool:
    """Return whether a speaker's name is this name, its short form or most of it."""
    said, full = _words(speaker), _words(name)
    if not said:
        return False
    return said <= full or full <= said or bool(find_short_forms(speaker, name))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[\w&]+", name.lower())) - {"the", "of", "for", "and", "s", "report", "paper", "a"}
