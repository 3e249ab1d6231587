"""Which cases a recommendation rests on, and what government documents say on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.records import Chunk, Document, Quote, Span
from assistant.registers.entries import Precedent, Recommendation, Registers
from assistant.search.retrieval import Filters
from assistant.text.chunking import block_at
from assistant.text.quoting import make_quote
from assistant.text.speakers import GOVERNMENT
from assistant.text.terms import content_terms

CHUNKS_READ = 12
"""Chunks of government documents that are read for a recommendation."""
NEAR_CHUNK = 0.7
"""Least retriever score at which a chunk is about what a recommendation asks."""
NEAR_SENTENCE = 0.3
"""Least cosine between a recommendation and the nearest sentence of the paragraph shown of such a chunk.

Both were tuned on the dev split of evals/data/passages.jsonl.
"""
SHORTEST = 5
"""Content words of the shortest passage; anything shorter is one name in a list."""
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
    taken, since a sentence alone seldom says what it is about.

    Raises:
        AssistantError: there is no such recommendation.
    """
    wanted = recommendation(library.registers, recommendation_id)
    vector = library.embedder.embed_question(wanted.text)
    generation = library.generation
    filters = Filters(authorities=tuple(GOVERNMENT), parts=("body",))
    near = [
        item.chunk
        for item in library.retriever.retrieve(wanted.text, CHUNKS_READ, filters, vector)
        if item.score >= NEAR_CHUNK
    ]
    quotes: list[Quote] = []
    for chunk, rows in zip(near, generation.sentence_vectors([chunk.id for chunk in near]), strict=True):
        document = generation.document(chunk.text_id)
        cosines = dict(zip(chunk.sentences, map(float, rows @ vector), strict=True))
        own = [span for span in chunk.sentences if _is_governments(chunk, span)]
        best = max(own, key=cosines.__getitem__, default=None)
        if best is not None and cosines[best] >= NEAR_SENTENCE:
            passage = _passage(document, chunk, best)
            if len(content_terms(document.text[passage.start : passage.end])) >= SHORTEST:
                number = len(quotes) + 1
                quotes.append(make_quote(number, chunk, passage, document, library.sources[chunk.document]))
    return tuple(quotes[:limit])


def _is_governments(chunk: Chunk, span: Span) -> bool:
    speaker = chunk.speaker_of(span)
    return speaker is not None and speaker.authority in GOVERNMENT


def _passage(document: Document, chunk: Chunk, best: Span) -> Span:
    """Return the paragraph of a sentence, as far as the same speaker says it, with the list that it introduces."""
    block, speaker = block_at(document, best.start), chunk.speaker_of(best)
    at = chunk.sentences.index(best)
    said = [chunk.speaker_of(span) == speaker for span in chunk.sentences]
    first, last = at, at
    while first and said[first - 1] and chunk.sentences[first - 1].start >= block.start:
        first -= 1
    while last + 1 < len(said) and said[last + 1] and chunk.sentences[last + 1].start < block.end:
        last += 1
    if document.text[chunk.sentences[last].end - 1] == ":":
        while last + 1 < len(said) and said[last + 1]:
            last += 1
    return Span(chunk.sentences[first].start, chunk.sentences[last].end)


def _tie(item: Recommendation, entry: Precedent) -> Tie | None:
    if entry.id in item.related:
        return "named"
    places = {(source.document, source.section) for source in entry.source}
    return "same-section" if (item.document, item.section) in places else None
