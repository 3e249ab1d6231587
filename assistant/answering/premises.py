"""Has the government decided it, or is it only proposed? Asked outright, or taken for granted by the question.

The one false premise that words alone can show. If a passage gives another figure, date or name, both may be right, for
another year, place or part: the passage itself says what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.answering.evidence import Passage
from assistant.index import Generation
from assistant.text.chunking import readable
from assistant.text.dates import date_in_words
from assistant.text.quoting import as_shown
from assistant.text.terms import content_terms, content_words, share_held, stem

NOT_STATED = "No government document in the library says so."
ONLY_PROPOSED = "Your question takes as decided what the library holds only as a proposal."
SURELY_SAME = 0.9
"""Least share of them that a government's own sentence must hold to count as speaking of it."""
SAME_MATTER = 0.7
"""Least share, weighted by rarity, of the words for what was decided that the proposing sentence must hold."""
_BODY = r"(?:the |central |uk |labour )?(?:government|ministers|treasury|cabinet office|whitehall|hm treasury)"
_DECIDED = r"(?:adopted|decided|accept(?:ed)?|set up|created|introduced|running|runs|launched|established|agreed|made)"
_TAKEN_AS_DECIDED = re.compile(
    rf"\b{_DECIDED}\b[^?.]{{0,20}}\bby {_BODY}\b"
    rf"|\b{_BODY} (?:has |have |had |now |did |is |was |been |that )*{_DECIDED}\b"
    rf"|\b{_BODY} policy\b|\b(?:obliged|required) by law\b|\bnow (?:require|oblige)s?\b",
    re.IGNORECASE,
)
_ASKED_AS_OPEN = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|will|must|may)\b"
    r"|\b(?:should|would|could|must|if|whether|wants?|recommend\w*|propos\w*|ask(?:s|ed)? for)\b",
    re.IGNORECASE,
)
_POLICY = (
    r"(?:now |already |actually |really |official )*"
    r"(?:(?:the )?(?:uk |labour )?(?:government|whitehall|ministers)(?:['’]s?)? |official )policy"
)
_ASKS_STANDING = re.compile(
    rf"^(?:so,? )?(?:is|was) it {_POLICY} (?:to|that|for) (?P<it>.+)"
    rf"|^(?:so,? )?(?:is|are|was|were) (?P<what>.+?),? {_POLICY}\b"
    rf"|^(?:so,? )?(?:has|have|did) {_BODY} (?:now |already |actually |really )*"
    rf"(?:adopt|decide|accept|agree|commit|introduce|create|set up|launch|establish)\w*"
    r"(?: itself)?(?: to| on)? (?P<done>.+)",
    re.IGNORECASE,
)
_BINDING = ("statute", "government-policy", "guidance")
_PROPOSES = re.compile(r"\b(should|must|would|recommend\w*|propos\w*|calls? for|wants?|asks? for)\b", re.IGNORECASE)


def only_proposed(
    question: str, passages: Sequence[Passage], generation: Generation, rarity: Callable[[str], float]
) -> Passage | None:
    """Return the passage that only proposes what the question takes as decided; None if in doubt.

    ``passages`` are those of the answer; ``rarity`` returns a word's weight, see `Retriever.rarity`.
    """
    if _ASKED_AS_OPEN.search(question) or not _TAKEN_AS_DECIDED.search(question) or not passages:
        return None
    if any(passage.speaker.authority != "independent-proposal" for passage in passages):
        return None
    best = max(passages, key=lambda passage: passage.score)
    words = readable(generation.document(best.chunk.text_id), best.span)
    around = f"{' '.join(best.chunk.section)} {best.chunk.lead_text} {words}"
    asked = {stem(word): rarity(word) for word in content_words(_TAKEN_AS_DECIDED.sub(" ", question))}
    proposes = best.chunk.part == "recommendations" or _PROPOSES.search(around)
    return best if proposes and share_held(asked, set(content_terms(words))) >= SAME_MATTER else None


def standing(question: str, passages: Sequence[Passage], generation: Generation, rarity: Callable[[str], float]) -> str:
    """Return the line that answers "Is it government policy?" by who speaks of it; empty for any other question.

    ``passages`` are those of the answer; ``rarity`` returns a word's weight, see `Retriever.rarity`.
    """
    found = _ASKS_STANDING.match(question.strip())
    if found is None or not passages:
        return ""
    asked = {stem(word): rarity(word) for word in content_words(found["it"] or found["what"] or found["done"])}

    def share(passage: Passage, around: str = "") -> float:
        words = readable(generation.document(passage.chunk.text_id), passage.span)
        return share_held(asked, set(content_terms(f"{around} {words}")))

    on_it = [item for item in passages if share(item, " ".join(item.chunk.section)) >= SAME_MATTER]
    binding = [item for item in on_it if item.speaker.authority in _BINDING and share(item) >= SURELY_SAME]
    if binding:
        return f"A government document speaks of it: {_named(binding[0])}."
    is_bound = any(passage.speaker.authority in _BINDING for passage in on_it)
    if on_it and not is_bound and on_it[0].speaker.authority == "independent-proposal":
        return f"{NOT_STATED} It is proposed by {_named(on_it[0])}."
    return ""


def _named(passage: Passage) -> str:
    speaker = passage.speaker
    return as_shown(f"{speaker.name}, {date_in_words(speaker.date)}" if speaker.date else speaker.name)
