"""Does the question treat a proposal as a government decision?

The one false premise that words alone can show. If a passage gives another figure, date or name, both may be right, for
another year, place or part: the passage itself says what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.answering.ranking import Passage
from assistant.index import Generation
from assistant.text.chunking import readable
from assistant.text.terms import content_terms, content_words, share_held, stem

ONLY_PROPOSED = "Your question takes as decided what the library holds only as a proposal."
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
