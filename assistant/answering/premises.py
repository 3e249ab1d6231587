"""Has the government decided it, or is it only proposed? Asked outright, or taken for granted by the question.

The one false premise that words alone can show. If a passage gives another figure, date or name, both may be right, for
another year, place or part: the passage itself says what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from assistant.answering.evidence import Passage
from assistant.index import Generation
from assistant.text.chunking import readable
from assistant.text.dates import date_in_words
from assistant.text.quoting import as_shown
from assistant.text.terms import content_terms, content_words, share_held, stem

NOT_STATED = "No government document in the library says so."
BY_OTHERS = "Nothing that follows is said by the government."
ONLY_PROPOSED = "Your question takes as decided what the library holds only as a proposal."
SURELY_SAME = 0.9
"""Least share of them that a government's own sentence must hold to count as speaking of it."""
SAME_MATTER = 0.7
"""Least share, weighted by rarity, of the words for what was decided that the proposing sentence must hold."""
SIDE_BY_SIDE = 0.4
"""Least share of its words side by side that a passage must hold so, or with one word between."""
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
    r"(?:(?:the )?(?:uk |labour )?(?:government|govt?|whitehall|ministers)(?:['’]s?)? |official )policy"
)
_ASKS_STANDING = re.compile(
    rf"^(?:so,? )?(?:is|was) (?:it|there(?: an?)?) {_POLICY} (?:to|that|for|on) (?P<it>.+)"
    rf"|^(?:so,? )?(?:is|are|was|were) (?P<what>.+?),? {_POLICY}\b"
    rf"|^(?P<told>.+?)(?: [-–—]|[,:;.?]) (?:is|are) (?:it|that|this|they|these) {_POLICY}\b"
    rf"|^(?:so,? )?(?:has|have|did) {_BODY} (?:now |already |actually |really )*"
    rf"(?:adopt|decide|accept|agree|commit|introduce|create|set up|launch|establish)\w*"
    r"(?: itself)?(?: to| on)? (?P<done>.+)",
    re.IGNORECASE,
)
_DOING = re.compile(r"[a-z]+ing\b", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What a question asks of: "Is it government policy?", "Has the government adopted it?"."""

    weights: Mapping[str, float]
    """The stems of its content words, by their rarity."""
    pairs: Set[tuple[str, str]]
    """Those side by side: a passage with "national", "care" and "service" here and there is on no care service."""

    is_name: bool
    """Whether it is asked of a thing, and not of something done, for which there are many words."""

    def line(self, passages: Sequence[Passage], generation: Generation) -> str:
        """Return who speaks of it, as a sentence; empty if that does not show its standing."""
        on_it = [item for item in passages if self._is_on_it(item, generation)]
        binding = [item for item in on_it if item.speaker.authority in _BINDING]
        sure = [item for item in binding if self._share(_words(item, generation)) >= SURELY_SAME]
        if sure:
            return f"A government document speaks of it: {_named(sure[0])}."
        if on_it and not binding and on_it[0].speaker.authority == "independent-proposal":
            return f"{NOT_STATED} It is proposed by {_named(on_it[0])}."
        return ""

    def is_unheard_of(self, passages: Sequence[Passage], generation: Generation) -> bool:
        """Return whether no passage names the thing."""
        return self.is_name and not any(self._is_named(item, generation) for item in passages)

    def _is_on_it(self, passage: Passage, generation: Generation) -> bool:
        is_alike = self._share(_words_with_heading(passage, generation)) >= SAME_MATTER
        return is_alike and self._is_named(passage, generation)

    def _is_named(self, passage: Passage, generation: Generation) -> bool:
        terms = content_terms(_words_with_heading(passage, generation))
        near = {*pairwise(terms), *zip(terms, terms[2:], strict=False)}  # "license boats" as "license 40 boats"
        return len(self.pairs & near) >= SIDE_BY_SIDE * len(self.pairs)

    def _share(self, words: str) -> float:
        return share_held(self.weights, set(content_terms(words)))


def is_by_others(passages: Sequence[Passage]) -> bool:
    """Return whether neither the government nor a law says any of the passages."""
    return not any(passage.speaker.authority in _BINDING for passage in passages)


def standing_asked(question: str, rarity: Callable[[str], float]) -> Standing | None:
    """Return what is asked to be policy; None for any other question. ``rarity`` returns a word's weight."""
    found = _ASKS_STANDING.match(question.strip())
    if found is None:
        return None
    matter = found["it"] or found["what"] or found["told"] or found["done"]
    return Standing(
        {stem(word): rarity(word) for word in content_words(matter)},
        {*pairwise(content_terms(matter))},
        bool(found["what"]) and not _DOING.match(matter),
    )


def _words_with_heading(passage: Passage, generation: Generation) -> str:
    return " ".join((*passage.chunk.section, _words(passage, generation)))


def _words(passage: Passage, generation: Generation) -> str:
    return readable(generation.document(passage.chunk.text_id), passage.span)


def _named(passage: Passage) -> str:
    speaker = passage.speaker
    return as_shown(f"{speaker.name}, {date_in_words(speaker.date)}" if speaker.date else speaker.name)
