"""Whether a sentence gives words to those who said them: "Demos recommends that …", "The government has decided …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.claims.facts import is_named
from assistant.records import Quote, Reason
from assistant.text.quoting import AUTHORITY_WORDS
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
_ANY_DOCUMENT = re.compile(
    r"^(?:the|this|its) (?:report|paper|document|study|review|authors?|guidance|strategy|plan|publication)$",
    re.IGNORECASE,
)
_ANYBODY = frozenset(
    "critics officials councils unions experts campaigners researchers authors peers opponents supporters firms "
    "suppliers mayors leaders commentators analysts economists lawyers academics employers charities residents it he "
    "she they evidence nobody somebody everybody others this that which who businesses companies staff".split()
)
_GOVERNMENT = re.compile(r"^(?:the |uk |central |british )*(?:government|ministers|cabinet)$", re.IGNORECASE)
_DEPARTMENT = re.compile(
    r"^(?:the )?(?:hm (?:government|treasury)|ministry of|department (?:for|of)|cabinet office|home office|"
    r"prime minister|no\.? ?10|treasury)\b",
    re.IGNORECASE,
)
_DECIDED = re.compile(
    r"\b(?:(?:the |uk |central ){0,3}government|ministers|the (?:treasury|cabinet office|prime minister|chancellor)|"
    r"the department[\w ,]{0,120}?)(?: \w+ly| now| also)? "
    r"(?:will|shall|is to|are to|plans? to|intends? to|is going to|(?:ha(?:s|ve) (?:now |already )?)?"
    r"(?:decided|agreed|accepted|adopted|resolved))\b|"
    r"\bgovernment policy (?:is|requires|says|states|means)\b|\bit is government policy\b|"
    r"\bunder government policy\b|\bas government policy\b",
    re.IGNORECASE,
)


def speaker_named(sentence: str) -> str | None:
    """Return whose words a sentence says it gives; None where it says nothing of it.

    >>> speaker_named("According to Demos, boards should meet monthly.")
    'Demos'
    """
    for pattern in _FRAMES:
        found = pattern.match(sentence)
        if found:
            return found["speaker"].strip()
    return None


def says_decided(sentence: str) -> bool:
    """Return whether a sentence says that the government has decided or will do something.

    >>> says_decided("The government has decided to fund boards."), says_decided("Government should fund boards.")
    (True, False)
    """
    return _DECIDED.search(sentence) is not None


def attribution_clash(claim: str, quotes: Sequence[Quote]) -> Reason | None:
    """Return why the words are not those of whom the claim names; None where they are, or where it names nobody.

    What the government is said to have decided needs a quote of the government's; a speaker that the claim names must
    be that of a quote, its document, or be named in one.
    """
    said = ", ".join(dict.fromkeys(quote.speaker.name for quote in quotes))
    if says_decided(claim) and not any(quote.authority in GOVERNMENT for quote in quotes):
        standing = ", ".join(dict.fromkeys(AUTHORITY_WORDS[quote.authority] for quote in quotes))
        return Reason("authority", claim, f"{standing}: {said}")
    speaker = speaker_named(claim)
    if speaker is None or not _is_somebody(speaker) or quotes_of(speaker, quotes):
        return None
    if is_named(speaker, "\n".join(f"{quote.quote}\n{' '.join(quote.section)}" for quote in quotes)):
        return None
    return Reason("speaker", speaker, said)


def _is_somebody(speaker: str) -> bool:
    """Return whether this is a name or the government, and not "critics" or "a second study"."""
    words = speaker.split()
    if _GOVERNMENT.match(speaker):
        return True
    if words[0].lower() in ("the", "this", "its", "a", "an", "one", "some", "many", "most", "other"):
        return any(word[0].isupper() for word in words[1:])
    return words[0][0].isupper() and (len(words) == 1 or words[-1][0].isupper()) and words[0].lower() not in _ANYBODY


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
    if not said or not full:
        return False
    return said <= full or full <= said or is_named(speaker, name)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[\w&]+", name.lower())) - {"the", "of", "for", "and", "s", "report", "paper", "a"}


def is_government(name: str) -> bool:
    """Return whether a speaker's name is the government's or a department's.

    >>> is_government("HM Government"), is_government("Cabinet Office"), is_government("Demos")
    (True, True, False)
    """
    return bool(_GOVERNMENT.match(name) or _DEPARTMENT.match(name))
