"""Which cases a recommendation rests on, and what government documents say on it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.records import Authority, Block, Chunk, Document, Quote, Span
from assistant.registers.entries import Precedent, Recommendation, Registers
from assistant.search.retrieval import Filters
from assistant.text.chunking import block_at
from assistant.text.quoting import make_quote
from assistant.text.terms import content_terms

GOVERNMENT: tuple[Authority, ...] = ("statute", "government-policy", "guidance")
"""Authorities of government documents."""
CHUNKS_READ = 12
"""Chunks of government documents that are read for a recommendation."""
NEAR_CHUNK = 0.9
"""Least retriever score at which a chunk is about what a recommendation asks."""
NEAR_SENTENCE = 0.4
"""Least cosine between a recommendation and the nearest sentence of the paragraph shown of such a chunk.

Both were tuned on the dev split of evals/data/passages.jsonl.
"""
SHORTEST = 5
"""Content words of the shortest passage; anything shorter is one name in a list."""
_OTHERS = re.compile(
    r"\b(?:views|criticism|evidence and|responses|reception|practice|precedents|used it|open (?:points|questions)|gaps"
    r"|not yet known|what happened next)\b",
    re.IGNORECASE,
)
"""In the title of a summary's section: what others said of the document, or what came after."""
FOUND_BY_SEARCH = (
    "Found by search among government documents. That a passage speaks to a recommendation does not mean that it was "
    "adopted, nor that nothing else does."
)
"""The note shown with such passages."""

Tie = Literal["named", "same-section"]
"""``named``: the register links the two; ``same-section``: one section of the document describes both."""
TIE_WORDS: dict[Tie, str] = {
    "named": "the register names the case as a ground",
    "same-section": "told in the same section of the document",
}


@dataclass(frozen=True, slots=True)
class RestingRecommendation:
    """A recommendation that rests on a case, and how the two are linked."""

    recommendation: Recommendation
    tie: Tie


@dataclass(frozen=True, slots=True)
class GroundCase:
    """A case behind a recommendation, and how the two are linked."""

    entry: Precedent
    tie: Tie


def recommendations_on(registers: Registers, case_id: str) -> tuple[RestingRecommendation, ...]:
    """Return the recommendations that rest on a case: those that name it, then others in the register's order."""
    ties = [
        RestingRecommendation(item, tie)
        for item in registers.recommendations
        for entry in registers.precedents
        if entry.id == case_id and (tie := _tie(item, entry))
    ]
    return tuple(sorted(ties, key=lambda item: item.tie != "named"))


def cases_behind(registers: Registers, recommendation_id: str) -> tuple[GroundCase, ...]:
    """Return the cases behind a recommendation: those that it names, then others in the register's order.

    Raises:
        AssistantError: there is no such recommendation.
    """
    wanted = recommendation(registers, recommendation_id)
    ties = [GroundCase(entry, tie) for entry in registers.precedents if (tie := _tie(wanted, entry))]
    return tuple(sorted(ties, key=lambda item: item.tie != "named"))


def recommendation(registers: Registers, recommendation_id: str) -> Recommendation:
    """Return the recommendation of an id.

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


def government_passages(library: Library, recommendation_id: str, limit: int = 3) -> tuple[Quote, ...]:
    """Return paragraphs of government documents on a recommendation, nearest first; none where none is near.

    They are found by search, see `FOUND_BY_SEARCH`. Of each near chunk, the paragraph with the nearest sentence is
    taken, since a sentence alone seldom says what it is about. Two things are left out, since they would repeat the
    report's own words as government's: a summary's sections on what others think of a document, and a paragraph from
    where it names a publisher in the library that is not government.

    Raises:
        AssistantError: there is no such recommendation.
    """
    wanted = recommendation(library.registers, recommendation_id)
    vector = library.embedder.embed_question(wanted.text)
    generation = library.generation
    filters = Filters(authorities=GOVERNMENT, parts=("body",))
    near = [
        item.chunk
        for item in library.retriever.retrieve(wanted.text, CHUNKS_READ, filters, vector)
        if item.score >= NEAR_CHUNK and not _tells_of_others(item.chunk)
    ]
    outsiders = {source.publisher for source in library.sources.values() if source.authority not in GOVERNMENT}
    quotes: list[Quote] = []
    for chunk, rows in zip(near, generation.sentence_vectors([chunk.id for chunk in near]), strict=True):
        document = generation.document(chunk.text_id)
        cosines = dict(zip(chunk.sentences, map(float, rows @ vector), strict=True))
        own = [span for span in cosines if not _names(outsiders, document, span)]
        best = max(own, key=lambda span: cosines[span], default=None)
        if best is not None and cosines[best] >= NEAR_SENTENCE:
            passage = _passage(document, chunk, own, block_at(document, best.start))
            if len(content_terms(document.text[passage.start : passage.end])) >= SHORTEST:
                number = len(quotes) + 1
                quotes.append(make_quote(number, chunk, passage, document, library.sources[chunk.document]))
    return tuple(quotes[:limit])


def _passage(document: Document, chunk: Chunk, own: Collection[Span], block: Block) -> Span:
    """Return a chunk's paragraph, as far as its sentences are its own, with the list that it introduces."""
    own_spans = list(takewhile(own.__contains__, (span for span in chunk.sentences if span.start >= block.start)))
    inside = [span for span in own_spans if span.start < block.end]
    heads_list = document.text[inside[-1].end - 1] == ":"
    return Span(inside[0].start, (own_spans if heads_list else inside)[-1].end)


def _names(outsiders: set[str], document: Document, span: Span) -> bool:
    """Return whether a paragraph has named an outsider by the end of a sentence: what follows may be theirs too."""
    text = document.text[block_at(document, span.start).start : span.end]
    return any(name in text for name in outsiders)


def _tells_of_others(chunk: Chunk) -> bool:
    return chunk.form == "summary" and any(_OTHERS.search(title) for title in chunk.section)


def _tie(item: Recommendation, entry: Precedent) -> Tie | None:
    if entry.id in item.related:
        return "named"
    places = {(source.document, source.section) for source in entry.source}
    return "same-section" if (item.document, item.section) in places else None
