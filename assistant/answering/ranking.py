"""Which sentences of the chunks found answer a question: the chance of each, from what speaks for it.

A logistic regression over the figures in :class:`Signals`. Its coefficients come from
``python -m evals.calibration.fit_ranking`` (see evals/calibration/README.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.chunking import block_at, readable
from assistant.index import Generation
from assistant.records import Chunk, Document, RetrievedChunk, Span
from assistant.terms import content_terms, content_words, stem

Array = NDArray[np.float32]

CHUNKS_READ = 8
"""Of the chunks found, how many are read for sentences."""
LONGEST_SENTENCE = 1500
"""Characters of a sentence, from which on it is never shown. A chunk's tokens are no bound: a "word" of any length can
count as one. The longest sentence of the shipped library has 691."""
LONG = 60
"""Words from which on a sentence counts as simply long."""
ALIKE = 3
"""Of the questions written for a paragraph, how many of the nearest to the one asked are averaged."""
# A sentence that only closes with a question in quotation marks or brackets says something.
_QUESTION = re.compile(r"[?？][?？!….]*$|^[\"'“‘(\[].*[?？][\"'”’)\]]+$", re.DOTALL)
_ASKS_FOR_QUESTIONS = re.compile(r"\b(questions?|ask(s|ed|ing)?)\b", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_EXPECTED = (
    (
        re.compile(r"\b(when|what (date|year|month)|since when|by when|how long ago)\b", re.I),
        re.compile(rf"\b(19|20)\d\d\b|{_MONTHS}"),
    ),
    (
        re.compile(r"\bhow (many|much|big|large|long|high|far|often)\b|\bwhat (share|percentage|number)\b", re.I),
        re.compile(r"\d"),
    ),
)
"""What the words of a question ask for, and what a sentence that tells it holds."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row that may answer; ``score`` is the chance that it does, between 0 and 1."""

    chunk: Chunk
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence; each between 0 and 1 or close to it."""

    place: float
    """Score of its chunk, as a share of the best chunk's."""
    meaning: float
    """Cosine similarity of sentence and question."""
    alike: float
    """Mean similarity of the question with the nearest of those written for its paragraph; `meaning` without any."""
    words: float
    """Share of the question's content words that the sentence holds; rare words count more."""
    words_around: float
    """The same of its paragraph, with the questions written for it."""
    words_asked: float
    """The same of the best single question written for its paragraph; `words` without any."""
    kind: float
    """1 for a date where the question asks when, and for a figure where it asks how many or how much."""
    length: float
    """Its words, as a share of `LONG`: a longer sentence says more."""


INTERCEPT = -7.0
COEFFICIENTS = Signals(
    place=2.0, meaning=1.0, alike=3.0, words=1.0, words_around=1.0, words_asked=0.5, kind=0.5, length=1.5
)


def rank_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> list[Passage]:
    """Every sentence of the best chunks that can be an answer, the likeliest first; see :func:`weigh_sentences`."""
    weighed = weigh_sentences(question, vector, retrieved, generation, rarity)
    passages = [Passage(chunk, span, chance(signals)) for chunk, span, signals in weighed]
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id, passage.span))


def chance(signals: Signals) -> float:
    """Between 0 and 1."""
    total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__slots__)
    return 1.0 / (1.0 + math.exp(-total))


def weigh_sentences(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> Iterator[tuple[Chunk, Span, Signals]]:
    """The sentences of the best chunks that can be an answer, with what speaks for each.

    ``rarity`` gives a word's weight, see `Retriever.rarity`.
    """
    questions_too = bool(_ASKS_FOR_QUESTIONS.search(question))
    telling = {item.chunk.id: _telling(item.chunk, generation, questions_too) for item in retrieved}
    # A chunk without any such sentence, as one made of questions, takes no other chunk's place.
    read = [item for item in retrieved if telling[item.chunk.id]][:CHUNKS_READ]
    asked = Asked(question, vector, {stem(word): rarity(word) for word in content_words(question)})
    best = max((item.score for item in read), default=0.0) or 1.0
    ids = [item.chunk.id for item in read]
    vectors = zip(generation.sentence_vectors(ids), generation.question_vectors(ids), strict=True)
    for item, (sentences, questions) in zip(read, vectors, strict=True):
        document = generation.document(item.chunk.text_id)
        blocks = _weigh_blocks(asked, item.chunk, document, questions)
        for span, sentence in zip(item.chunk.sentences, sentences, strict=True):
            if span not in telling[item.chunk.id]:
                continue
            said = readable(document, span)
            meaning, words = float(sentence @ vector), asked.share(set(content_terms(said)))
            block = blocks[block_at(document, span.start).start]
            signals = Signals(
                place=item.score / best,
                meaning=meaning,
                alike=meaning if block.alike is None else block.alike,
                words=words,
                words_around=block.words_around,
                words_asked=words if block.words_asked is None else block.words_asked,
                kind=float(asked.wants(said)),
                length=min(len(said.split()), LONG) / LONG,
            )
            yield item.chunk, span, signals


@dataclass(frozen=True)
class Asked:
    """A question as sentences are weighed against it."""

    question: str
    vector: Array
    terms: dict[str, float]
    """Its content words by their stems, with the weight of each."""

    def share(self, held: set[str]) -> float:
        """Share of its content words, by weight, that are among ``held``; 0 when it has none."""
        total = sum(self.terms.values())
        return sum(weight for term, weight in self.terms.items() if term in held) / total if total else 0.0

    def wants(self, said: str) -> bool:
        """Whether the words hold the kind of thing that is asked for, where that can be told."""
        expected = next((answer for asking, answer in _EXPECTED if asking.search(self.question)), None)
        return expected is not None and bool(expected.search(said))


@dataclass(frozen=True, slots=True)
class _Block:
    """What a paragraph lends to its sentences; see :class:`Signals`."""

    words_around: float
    alike: float | None
    words_asked: float | None


def _weigh_blocks(asked: Asked, chunk: Chunk, document: Document, questions: Array) -> dict[int, _Block]:
    """The chunk's paragraphs, items and rows, by where they start."""
    written: dict[int, list[tuple[float, set[str]]]] = {}
    similarities = questions @ asked.vector if len(questions) else ()
    for words, start, similarity in zip(chunk.questions, chunk.question_places, similarities, strict=True):
        written.setdefault(start, []).append((float(similarity), set(content_terms(words))))
    held: dict[int, set[str]] = {}
    for span in chunk.sentences:
        block = held.setdefault(block_at(document, span.start).start, set())
        block.update(content_terms(readable(document, span)))
    weighed = {}
    for start, terms in held.items():
        own = sorted(written.get(start, ()), key=lambda item: -item[0])
        around = terms.union(*(words for _, words in own))
        alike = [similarity for similarity, _ in own[:ALIKE]]
        weighed[start] = _Block(
            words_around=asked.share(around),
            alike=sum(alike) / len(alike) if alike else None,
            words_asked=max((asked.share(words) for _, words in own), default=None),
        )
    return weighed


def _telling(chunk: Chunk, generation: Generation, questions_too: bool) -> set[Span]:
    """The sentences of a chunk that can be an answer, or part of one."""
    document = generation.document(chunk.text_id)
    found = set()
    for span in chunk.sentences:
        is_title = block_at(document, span.start).kind in ("table-header", "caption")
        is_question = _QUESTION.search(document.text[span.start : span.end]) is not None and not questions_too
        if not (is_title or is_question or len(shown(document, span)) > LONGEST_SENTENCE):
            found.add(span)
    return found


def shown(document: Document, span: Span) -> str:
    """What the answer shows for a sentence, item or row: a row stands behind its columns' titles."""
    if block_at(document, span.start).kind == "table-row":
        return readable(document, span)
    return document.text[span.start : span.end]
