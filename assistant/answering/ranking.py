"""Ranks the sentences of retrieved chunks by the chance that each answers the question.

A logistic regression over the figures in :class:`Signals`, with coefficients from ``python -m
evals.calibration.fit_ranking`` (see evals/calibration/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.index import Generation
from assistant.models.logistic import logistic
from assistant.records import Array, Chunk, Document, RetrievedChunk, Span, Speaker
from assistant.text.chunking import block_at, readable
from assistant.text.terms import content_terms, content_words, share_held, stem

CHUNKS_READ = 8
"""Retrieved chunks that are read for sentences."""
LONGEST_SENTENCE = 1500
"""Sentences of this many characters are never shown. A chunk's tokens are no limit: a "word" of any length can count as
one. The longest sentence of the shipped library has 691.
"""
MUCH = 20
"""Content words beyond the question's that count as much news."""
# A sentence that only ends with a question in quotation marks or brackets states something.
_QUESTION = re.compile(r"[?？][?？!….]{0,20}$|^[\"'“‘(\[].*[?？][\"'”’)\]]+$", re.DOTALL)
_ASKS_FOR_QUESTIONS = re.compile(r"\b(questions?|ask(s|ed|ing)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row that may answer, and who says it."""

    chunk: Chunk
    span: Span
    score: float
    """The chance that it answers, between 0 and 1."""
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals that a sentence answers; each between 0 and 1, or close to it."""

    place: float
    """Score of its chunk, as a share of the best chunk's."""
    meaning: float
    """Cosine similarity of sentence and question."""
    words_around: float
    """Share of the question's content words in its paragraph and the questions written for it; rare words count
    more.
    """
    news: float
    """Content words that the question lacks, as a share of `MUCH`: an answer says what was not asked."""


INTERCEPT = -8.53
COEFFICIENTS = Signals(place=4.26, meaning=4.32, words_around=1.11, news=1.66)


def rank_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> list[Passage]:
    """Return every sentence of the best chunks that can be an answer, likeliest first; see :func:`weigh_sentences`."""
    weighed = weigh_sentences(question, vector, retrieved, generation, rarity)
    passages = [
        Passage(chunk, span, chance(signals), chunk.speakers[chunk.sentences.index(span)])
        for chunk, span, signals in weighed
    ]
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id, passage.span))


def chance(signals: Signals) -> float:
    """Return a chance between 0 and 1."""
    total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__slots__)
    return logistic(total)


def weigh_sentences(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> Iterator[tuple[Chunk, Span, Signals]]:
    """Yield the sentences of the best chunks that can be an answer, with their signals.

    ``rarity`` returns a word's weight, see `Retriever.rarity`.
    """
    questions_too = bool(_ASKS_FOR_QUESTIONS.search(question))
    statements = {item.chunk.id: _statements(item, generation, questions_too) for item in retrieved}
    # A chunk without any such sentence, for example of questions, does not use up a place.
    read = [item for item in retrieved if statements[item.chunk.id]][:CHUNKS_READ]
    asked = {stem(word): rarity(word) for word in content_words(question)}
    best = max((item.score for item in read), default=0.0) or 1.0
    for item, vectors in zip(read, generation.sentence_vectors([item.chunk.id for item in read]), strict=True):
        document = generation.document(item.chunk.text_id)
        around = _words_around(item.chunk, document)
        for span, sentence in zip(item.chunk.sentences, vectors, strict=True):
            if span in statements[item.chunk.id]:
                said = set(content_terms(readable(document, span)))
                signals = Signals(
                    place=item.score / best,
                    meaning=float(sentence @ vector),
                    words_around=share_held(asked, around[block_at(document, span.start).start]),
                    news=min(len(said - asked.keys()), MUCH) / MUCH,
                )
                yield item.chunk, span, signals


def _words_around(chunk: Chunk, document: Document) -> dict[int, set[str]]:
    """Return the content words of each paragraph, item and row, and of the questions written for it, by its start."""
    held: dict[int, set[str]] = {}
    for span in chunk.sentences:
        terms = held.setdefault(block_at(document, span.start).start, set())
        terms.update(content_terms(readable(document, span)))
    for words, start in zip(chunk.questions, chunk.question_places, strict=True):
        if start in held:
            held[start].update(content_terms(words))
    return held


def _statements(item: RetrievedChunk, generation: Generation, questions_too: bool) -> set[Span]:
    """Return the sentences of a chunk that can be an answer, or part of one."""
    chunk = item.chunk
    document = generation.document(chunk.text_id)
    found = set()
    for span, who in zip(chunk.sentences, chunk.speakers, strict=True):
        if item.authorities and who.authority not in item.authorities:
            continue
        is_title = block_at(document, span.start).kind in ("table-header", "caption")
        is_question = _QUESTION.search(document.text[span.start : span.end]) is not None and not questions_too
        if not (is_title or is_question or len(shown(document, span)) > LONGEST_SENTENCE):
            found.add(span)
    return found


def shown(document: Document, span: Span) -> str:
    """Return what the answer shows for a sentence, item or row: a row comes with its column titles."""
    if block_at(document, span.start).kind == "table-row":
        return readable(document, span)
    return document.text[span.start : span.end]
