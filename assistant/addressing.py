"""Does a document say anything on a topic? A comparison that quotes what is merely near would mislead.

The probability that it does, by logistic regression over a few figures of its best passages. The coefficients come from
``python -m evals.comparisons --fit``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.chunking import block_at, readable
from assistant.embedding import Array
from assistant.index import Generation
from assistant.records import Chunk, Document
from assistant.terms import content_terms, content_words, stem

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a topic being addressed; each between 0 and 1."""

    meaning: float
    """Cosine similarity of the topic and the nearest sentence or authored question."""
    words: float
    """Share of the topic's content words, by rarity, in the paragraph that holds most, with its headings."""
    phrase: float
    """Share of the topic's neighbouring words that are neighbours in that document as well."""


INTERCEPT = -4.02
COEFFICIENTS = Signals(meaning=1.70, words=2.74, phrase=3.55)


def weigh_topic(
    topic: str, vector: Array, chunks: Sequence[Chunk], generation: Generation, rarity: Callable[[str], float]
) -> Signals:
    """The figures that :func:`is_addressed` judges by, of a document's best chunks for the topic.

    ``rarity`` gives a word's weight, see `Retriever.rarity`.
    """
    ids = [chunk.id for chunk in chunks]
    vectors = [own for kind in (generation.sentence_vectors(ids), generation.question_vectors(ids)) for own in kind]
    weights = {stem(word): rarity(word) for word in content_words(topic)}
    paragraphs = [
        _with_acronym(topic, words) for chunk in chunks for words in _paragraphs(chunk, generation.document(chunk.text_id))
    ]
    held = [content_terms(words) for words in paragraphs]
    return Signals(
        meaning=max((float((own @ vector).max()) for own in vectors if len(own)), default=0.0),
        words=max((_share(weights, set(words)) for words in held), default=0.0),
        phrase=max((_phrase(content_terms(topic), words) for words in held), default=0.0),
    )


def chance(signals: Signals) -> float:
    """Between 0 and 1."""
    total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(signals, name) for name in Signals.__slots__)
    return 1.0 / (1.0 + math.exp(-total))


def is_addressed(signals: Signals) -> bool:
    """True when the document says something on the topic rather than something near it."""
    return chance(signals) >= THRESHOLD


def _paragraphs(chunk: Chunk, document: Document) -> list[str]:
    """The words of each paragraph, item or row of a chunk, behind its headings."""
    held: dict[int, list[str]] = {}
    for span in chunk.sentences:
        block = block_at(document, span.start)
        held.setdefault(block.start, list(chunk.section[-2:])).append(readable(document, span))
    return [" ".join(words) for words in held.values()]


def _with_acronym(topic: str, words: str) -> str:
    """The words, with the topic's behind its acronym, as of "artificial intelligence" behind "AI"."""
    said = content_words(topic)
    acronym = "".join(word[0] for word in said).upper()
    return re.sub(rf"\b{re.escape(acronym)}s?\b", f"{acronym} {' '.join(said)}", words) if len(said) > 1 else words


def _share(weights: Mapping[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _phrase(topic: Sequence[str], words: Sequence[str]) -> float:
    """Share of the topic's pairs of neighbouring words that stand together; of one word, whether it is there."""
    if len(topic) < 2:
        return float(bool(topic) and topic[0] in words)
    pairs = set(zip(words, words[1:], strict=False))
    return sum(pair in pairs for pair in zip(topic, topic[1:], strict=False)) / (len(topic) - 1)
