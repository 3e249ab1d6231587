"""Does a paragraph say anything on a topic? What is merely near may be shown only as the nearest.

The probability that it does comes from a logistic regression over a few figures, with coefficients from ``python -m
evals.calibration.fit_addressing``. A document addresses a topic when one of its paragraphs does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assistant.index import Generation
from assistant.models.logistic import logistic
from assistant.records import Array, Chunk
from assistant.text.chunking import block_at, readable
from assistant.text.terms import content_terms, content_words, stem

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals that a topic is addressed; each between 0 and 1."""

    meaning: float
    """Cosine similarity of the topic and its nearest sentence or authored question."""
    words: float
    """Share of the topic's content words in it or its headings, by rarity."""
    phrase: float
    """Share of the topic's adjacent words that are adjacent there as well."""


INTERCEPT = -4.53
COEFFICIENTS = Signals(meaning=3.69, words=3.48, phrase=3.18)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, item or row of a chunk, with the questions written for it."""

    chunk: Chunk
    start: int
    """Where its block starts in the document's text."""
    words: str
    """Its words, after those of its headings."""
    vectors: Array
    """``(n, dim)``: of its sentences and authored questions."""


def paragraphs_of(chunks: Sequence[Chunk], generation: Generation) -> list[Paragraph]:
    """Return the paragraphs of some chunks, in order."""
    ids = [chunk.id for chunk in chunks]
    found = []
    for chunk, sentences, questions in zip(
        chunks, generation.sentence_vectors(ids), generation.question_vectors(ids), strict=True
    ):
        document = generation.document(chunk.text_id)
        starts = [block_at(document, span.start).start for span in chunk.sentences]
        for start in dict.fromkeys(starts):
            own = [number for number, place in enumerate(starts) if place == start]
            asked = [
                number for number, place in enumerate(chunk.question_places) if block_at(document, place).start == start
            ]
            words = [*chunk.section[-2:], *(readable(document, chunk.sentences[number]) for number in own)]
            vectors = np.concatenate([sentences[own], questions[asked]]) if asked else sentences[own]
            found.append(Paragraph(chunk, start, " ".join(words), vectors))
    return found


def weigh_paragraph(topic: str, vector: Array, paragraph: Paragraph, rarity: Callable[[str], float]) -> Signals:
    """Return the figures that :func:`is_addressed` uses; ``rarity`` returns a word's weight, see `Retriever.rarity`."""
    weights = {stem(word): rarity(word) for word in content_words(topic)}
    words = content_terms(_with_acronym(topic, paragraph.words))
    return Signals(
        meaning=float(np.max(paragraph.vectors @ vector, initial=0.0)),
        words=_share(weights, set(words)),
        phrase=_phrase(content_terms(topic), words),
    )


def chance(signals: Signals) -> float:
    """Return a probability between 0 and 1."""
    total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__slots__)
    return logistic(total)


def is_addressed(probability: float) -> bool:
    """Return whether something is said on the topic, not only on what is near it."""
    return probability >= THRESHOLD


def _with_acronym(topic: str, words: str) -> str:
    """Return the words, with the topic's own after its acronym, such as "artificial intelligence" after "AI"."""
    said = content_words(topic)
    acronym = "".join(word[0] for word in said).upper()
    return re.sub(rf"\b{re.escape(acronym)}s?\b", f"{acronym} {' '.join(said)}", words) if len(said) > 1 else words


def _share(weights: Mapping[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _phrase(topic: Sequence[str], words: Sequence[str]) -> float:
    """Return the share of the topic's pairs of adjacent words that are adjacent; for one word, whether it is there."""
    if len(topic) < 2:
        return float(bool(topic) and topic[0] in words)
    pairs = set(pairwise(words))
    return sum(pair in pairs for pair in pairwise(topic)) / (len(topic) - 1)
