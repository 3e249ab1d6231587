"""Which cases a recommendation rests on, and what government documents say that speaks to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.answering.arrangement import make_quote
from assistant.chunking import block_at
from assistant.errors import AssistantError
from assistant.records import Authority, Chunk, Quote, Span
from assistant.registers import Precedent, Recommendation, Registers
from assistant.retrieval import Filters
from assistant.terms import content_terms

if TYPE_CHECKING:
    from assistant.answering import Assistant

GOVERNMENT: tuple[Authority, ...] = ("statute", "government-policy", "guidance")
"""Whose documents speak for government."""
CHUNKS_READ = 12
"""Chunks of government documents that are read for a recommendation."""
NEAR = 0.5
"""Cosine of a sentence and a recommendation from which on one speaks to the other, if they share words as well."""
WORDS_IN_COMMON = 2
_OTHERS = re.compile(
    r"\b(?:views|criticism|evidence and|responses|reception|practice|precedents|used it|open (?:points|questions)|gaps"
    r"|not yet known|what happened next)\b",
    re.IGNORECASE,
)
"""In the title of a briefing's section: what others made of the document, or what came after."""
FOUND_BY_SEARCH = (
    "Found by search among government documents. That a passage speaks to a recommendation does not mean that it was "
    "adopted, nor that nothing else does."
)
"""What is said wherever such passages are shown."""

Tie = Literal["named", "same-section"]
"""``named``: the register ties the two; ``same-section``: the document tells both in one section."""
TIE_WORDS: dict[Tie, str] = {
    "named": "the register names the case as a ground",
    "same-section": "told in the same section of the document",
}


@dataclass(frozen=True, slots=True)
class RestingRecommendation:
    """A recommendation that rests on a case, and how the two are tied."""

    recommendation: Recommendation
    tie: Tie


@dataclass(frozen=True, slots=True)
class GroundCase:
    """A case behind a recommendation, and how the two are tied."""

    entry: Precedent
    tie: Tie


def recommendations_on(registers: Registers, case_id: str) -> tuple[RestingRecommendation, ...]:
    """The recommendations that rest on a case, those that name it first, then in the register's order."""
    ties = [
        RestingRecommendation(item, tie)
        for item in registers.recommendations
        for entry in registers.precedents
        if entry.id == case_id and (tie := _tie(item, entry))
    ]
    return tuple(sorted(ties, key=lambda item: item.tie != "named"))


def cases_behind(registers: Registers, recommendation_id: str) -> tuple[GroundCase, ...]:
    """The cases that stand behind a recommendation, those that it names first, then in the register's order.

    Raises:
        AssistantError: there is no such recommendation.
    """
    wanted = recommendation(registers, recommendation_id)
    ties = [GroundCase(entry, tie) for entry in registers.precedents if (tie := _tie(wanted, entry))]
    return tuple(sorted(ties, key=lambda item: item.tie != "named"))


def recommendation(registers: Registers, recommendation_id: str) -> Recommendation:
    """The recommendation of an id.

    Raises:
        AssistantError: there is no such recommendation.
    """
    for item in registers.recommendations:
        if item.id == recommendation_id:
            return item
    raise AssistantError(
        f"No recommendation {recommendation_id[:100]!r} in the register of {len(registers.recommendations)}. "
        f"Find its id with `steward search QUERY`."
    )


def government_passages(assistant: Assistant, recommendation_id: str, limit: int = 3) -> tuple[Quote, ...]:
    """Sentences of government documents that speak to a recommendation, nearest first; none where none is near.

    They are found by search, see `FOUND_BY_SEARCH`. A briefing's sections on what others think of a document are left
    out, and so are paragraphs that name a publisher of the library who is not of government: they would give the
    report's own words back as government's.

    Raises:
        AssistantError: there is no such recommendation.
    """
    wanted = recommendation(assistant.registers, recommendation_id)
    vector = assistant.embedder.embed_question(wanted.text)
    generation = assistant.generation
    filters = Filters(authorities=GOVERNMENT, parts=("body",))
    chunks = [item.chunk for item in assistant.retriever.retrieve(wanted.text, CHUNKS_READ, filters, vector)]
    terms = {*content_terms(wanted.text)}
    outsiders = {source.publisher for source in assistant.sources.values() if source.authority not in GOVERNMENT}
    found: list[tuple[float, Chunk, Span]] = []
    for chunk, rows in zip(chunks, generation.sentence_vectors([chunk.id for chunk in chunks]), strict=True):
        document = generation.document(chunk.text_id)
        for span, nearness in zip(chunk.sentences, rows @ vector, strict=True):
            words = document.text[span.start : span.end]
            block = block_at(document, span.start)
            paragraph = document.text[block.start : block.end]
            told = any(name in paragraph for name in outsiders) or _tells_of_others(chunk)
            if nearness >= NEAR and not told and len(terms & {*content_terms(words)}) >= WORDS_IN_COMMON:
                found.append((float(nearness), chunk, span))
    found.sort(key=lambda item: (-item[0], item[1].id, item[2]))
    return tuple(
        make_quote(n, chunk, span, generation.document(chunk.text_id), assistant.sources[chunk.document])
        for n, (_, chunk, span) in enumerate(found[:limit], 1)
    )


def _tells_of_others(chunk: Chunk) -> bool:
    return chunk.form == "briefing" and any(_OTHERS.search(title) for title in chunk.section)


def _tie(item: Recommendation, entry: Precedent) -> Tie | None:
    if entry.id in item.related:
        return "named"
    places = {(source.document, source.section) for source in entry.source}
    return "same-section" if (item.document, item.section) in places else None
