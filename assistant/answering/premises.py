"""Does the question take for granted what the library shows to be otherwise?

A question is compared with the passage nearest to it as a sentence of a draft is: a figure, a date or a direction that
clashes is put right. And what a think tank proposes is not taken as decided because a question says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.ranking import Passage
from assistant.chunking import readable
from assistant.index import Generation

if TYPE_CHECKING:
    from assistant.answering.pipeline import Assistant

CORRECTS = "The question takes something for granted that the library gives otherwise:"
ONLY_PROPOSED = "The question takes for decided what the library holds as a proposal only:"
_PUT_RIGHT = frozenset(("figure", "date", "direction"))
"""Clashes that are corrected; a "not" in a question is more often the asker's own than a claim."""
_BODY = r"(?:the |central |uk |labour )?(?:government|ministers|treasury|cabinet office|whitehall|hm treasury)"
_DECIDED = r"(?:adopted|decided|accept(?:ed)?|set up|created|introduced|running|runs|launched|established|agreed|made)"
_TAKEN_AS_DECIDED = re.compile(
    rf"\b{_DECIDED}\b[^?.]{{0,20}}\bby {_BODY}\b"
    rf"|\b{_BODY} (?:has |have |had |now |did |is |was |been |that )*{_DECIDED}\b"
    rf"|\b{_BODY} policy\b|\b(?:obliged|required) by law\b|\bnow (?:require|oblige)s?\b",
    re.IGNORECASE,
)
_ASKED_AS_OPEN = re.compile(
    r"\b(should|would|could|must|wants?|recommend\w*|propos\w*|ask(?:s|ed)? for)\b", re.IGNORECASE
)
_PROPOSES = re.compile(r"\b(should|must|would|recommend\w*|propos\w*|calls? for|wants?|asks? for)\b", re.IGNORECASE)
_DECIDES = 0.75
"""Share of the best passage's score from which on another one has a say in who speaks."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a question says and the passage that says otherwise."""

    said: str
    found: str
    passage: Passage


def puts_right(answer: str) -> bool:
    """Whether the text of an answer begins by putting its question right."""
    return answer.startswith((CORRECTS, ONLY_PROPOSED))


def wrong_detail(question: str, assistant: Assistant, documents: Collection[str]) -> Correction | None:
    """The first figure, date or direction in the question that the nearest passage of these documents gives otherwise.

    None where all agree, and where no passage is about the same matter.
    """
    # Drafts stand on answers, so they are imported late.
    from assistant.drafts.check import check_claim
    from assistant.drafts.figures import figures
    from assistant.drafts.force import has_direction

    if not (figures(question) or has_direction(question)):
        return None
    finding = check_claim(question, "", assistant)
    if finding.verdict != "contradicted" or finding.evidence[0].chunk.document not in documents:
        return None
    evidence = finding.evidence[0]
    clash = next((reason for reason in finding.reasons if reason.check in _PUT_RIGHT), None)
    if clash is None:
        return None
    return Correction(clash.claim, clash.context, Passage(evidence.chunk, evidence.span, 1.0))


def is_only_proposed(question: str, passages: Sequence[Passage], generation: Generation) -> bool:
    """Whether the question takes as decided by government what the likeliest passages hold as a proposal alone."""
    if not _TAKEN_AS_DECIDED.search(question) or _ASKED_AS_OPEN.search(question) or not passages:
        return False
    best = max(passages, key=lambda passage: passage.score)
    deciding = [passage for passage in passages if passage.score >= _DECIDES * best.score]
    if any(passage.chunk.authority != "independent-proposal" for passage in deciding):
        return False
    words = readable(generation.document(best.chunk.text_id), best.span)
    return best.chunk.part == "recommendations" or bool(
        _PROPOSES.search(f"{' '.join(best.chunk.section)} {best.chunk.lead_text} {words}")
    )
