"""Which sentences of a draft claim something, and which of them speak for the government."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.records import Document, Span
from assistant.text.chunking import readable
from assistant.text.sentences import split_sentences

SHORTEST_CLAIM = 3
"""Words. What is shorter is a greeting or a heading without a mark."""
_GREETING = re.compile(
    r"^(dear|hello|hi|good (morning|afternoon|evening)|thank(s| you)|many thanks|kind|best|warm|yours|with (kind|best)|"
    r"please|let (me|us) know|feel free|welcome|regards|sincerely|see you|over to you|looking forward)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^((but|and|by|in|at|over|for|of|from|to|until|during|as)\s+)?"
    r"(this|these|those|that|they|it|its|their|them|he|she|his|her|such|the same|both)\b",
    re.IGNORECASE,
)
_GOVERNMENT = (
    r"(?:the (?:uk )?government|ministers|the treasury|whitehall|the cabinet office|the prime minister|no\.? ?10)"
)
_COMMITMENT = re.compile(
    rf"\b{_GOVERNMENT}\b[^.;]{{0,300}}?\b(will|has decided|have decided|decided|is committed|are committed|"
    rf"has committed|have promised|has promised|promised|has agreed|have agreed|plans? to|is to|are to|has pledged|"
    rf"have pledged|intends?)\b"
    rf"|\b(government policy|official policy|policy of {_GOVERNMENT})\b",
    re.IGNORECASE,
)
_SAID_BY_OTHERS = re.compile(
    r"\b(demos|think tank|report|proposes|proposal|recommends?|should|would like)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence, item or row of a draft."""

    span: Span
    text: str
    """Its words, to be read on their own: an item behind its lead-in, a row's cells behind their titles."""
    is_claim: bool


def draft_sentences(draft: Document) -> Iterator[DraftSentence]:
    """Yield every sentence of a draft in reading order, headings and table titles included."""
    for block in draft.blocks:
        if block.kind in ("heading", "table-header", "caption"):
            yield DraftSentence(Span(block.start, block.end), draft.text[block.start : block.end], False)
            continue
        spans = [Span(block.start, block.end)] if block.kind == "table-row" else []
        for span in spans or split_sentences(draft.text, block.start, block.end):
            words = draft.text[span.start : span.end]
            listed = block.kind in ("list-item", "table-row")
            yield DraftSentence(
                span, readable(draft, span) if listed else words, is_claim(words) or block.kind == "table-row"
            )


def is_claim(words: str) -> bool:
    """Return False for questions, greetings, lead-ins that only announce a list, and lines without a sentence.

    >>> is_claim("Boards meet monthly."), is_claim("Who pays?"), is_claim("Dear colleagues,"), is_claim("Next steps")
    (True, False, False, False)
    """
    plain = words.strip().rstrip("\"'”’)]")
    if plain.endswith(("?", "？")) or _GREETING.match(plain) or len(plain.split()) < SHORTEST_CLAIM:
        return False
    return plain.endswith((".", "!", "…", ";")) or len(plain.split()) > 12


def points_back(words: str) -> bool:
    """Return whether a sentence can only be understood with the one before it."""
    return bool(_POINTS_BACK.match(words))


def speaks_for_government(words: str) -> bool:
    """Return whether a sentence says that something is government policy or a government decision.

    >>> speaks_for_government("The government will fund panels."), speaks_for_government("Demos wants panels.")
    (True, False)
    """
    return bool(_COMMITMENT.search(words)) and not _SAID_BY_OTHERS.search(words)
