"""Answers made of the sources' own sentences, with no language model.

The sentences nearest to the question are taken whole from the chunks found, with the lead-in of a list and the sentence
that a "This …" points back to, until about ``max_words`` words stand together. A question of the source's is no answer,
however near it is to the one asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.chunking import block_at, readable, stands_alone
from assistant.index import Generation
from assistant.records import Chunk, Document, RetrievedChunk, Span
from assistant.sentences import split_sentences
from assistant.terms import content_terms

Array = NDArray[np.float32]

CHUNKS_READ = 8
"""Of the chunks found, how many are read for sentences."""
SAME = 0.8
"""Share of a passage's content words from which on it only repeats another."""
HEADING_WORDS = 15
"""About what the heading that says who speaks takes, in words."""
LONGEST_SENTENCE = 1500
"""Characters of a sentence, from which on it is never shown. A chunk's tokens are no bound: a "word" of any length can
count as one. The longest sentence of the shipped library has 691."""
CHARACTERS_A_WORD = 10
"""Words longer than this on average count as several, by their characters; prose has six or seven with the space."""
# A sentence that only closes with a question in quotation marks or brackets says something.
_QUESTION = re.compile(r"[?？][?？!….]*$|^[\"'“‘(\[].*[?？][\"'”’)\]]+$", re.DOTALL)
_ASKS_FOR_QUESTIONS = re.compile(r"\b(questions?|ask(s|ed|ing)?)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"^(This|These|Those|That|They|It|Its|Their|He|She|His|Her|Such|But|However|Yet|Both|So|Also|The (latter|former))\b"
)
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
_WANTS_LIST = re.compile(
    r"\b(what are|which|list|who are|how many|name the|examples|steps|criteria|principles|shifts|reforms|"
    r"recommendations|barriers|reasons|ways|tests|pillars|priorities|options|everything|all the|what .*s\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row picked for the answer."""

    chunk: Chunk
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """What makes a sentence worth showing: weights of parts that lie between 0 and 1."""

    meaning: float = 1.0
    """Cosine similarity of sentence and question."""
    words: float = 0.8
    """Share of the question's content words that the sentence holds."""
    kind: float = 0.3
    """Added for a date where the question asks when, and for a figure where it asks how many or how much."""
    place: float = 2.0
    """Score of its chunk, as a share of the best chunk's."""
    least: float = 0.65
    """A sentence that scores less than this share of the best one is left out."""


WEIGHING = Weighing()


def pick_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    max_words: int,
    weighing: Weighing = WEIGHING,
) -> list[Passage]:
    """The passages of an answer, best first, about ``max_words`` words at most with headings and citation marks."""
    candidates = rank_passages(question, vector, retrieved, generation, weighing)
    wants_list = bool(_WANTS_LIST.search(question))
    selection = _Selection(generation, max_words)
    for candidate in candidates:
        if candidate.score < weighing.least * candidates[0].score:
            break
        for group in _completions(candidate, generation.document(candidate.chunk.text_id), wants_list):
            if selection.take(group):
                break
    return list(selection.chosen.values())


@dataclass
class _Selection:
    """Passages taken so far; takes no more than fit, and none that says again what is there."""

    generation: Generation
    max_words: int
    chosen: dict[tuple[str, Span], Passage] = field(default_factory=dict)
    words: int = 0
    terms: list[set[str]] = field(default_factory=list)

    def take(self, group: Sequence[Passage]) -> bool:
        """Take the passages of a group that are not there yet, all or none; False when none was taken."""
        new = [item for item in group if (item.chunk.text_id, item.span) not in self.chosen]
        if not new:
            return False
        document = self.generation.document(new[0].chunk.text_id)
        texts = [_shown(document, item.span) for item in new]
        if any(len(text) > LONGEST_SENTENCE for text in texts):
            return False
        cost = sum(1 + _length_in_words(text) for text in texts)
        if all(item.chunk.text_id != new[0].chunk.text_id for item in self.chosen.values()):
            cost += HEADING_WORDS
        said = [set(content_terms(readable(document, item.span))) for item in new]
        everything = set().union(*said)
        # One sentence may be longer than an answer should be; it is never cut.
        if self.words + cost > self.max_words and (self.chosen or len(new) > 1):
            return False
        if any(len(everything & before) >= SAME * len(everything) for before in self.terms):
            return False
        self.chosen.update(((item.chunk.text_id, item.span), item) for item in new)
        self.terms += said
        self.words += cost
        return True


def rank_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    weighing: Weighing = WEIGHING,
) -> list[Passage]:
    """Every sentence of the best chunks that can be an answer, the most telling first."""
    questions_too = bool(_ASKS_FOR_QUESTIONS.search(question))
    telling = {item.chunk.id: _telling(item.chunk, generation, questions_too) for item in retrieved}
    # A chunk without any such sentence, as one made of questions, takes no other chunk's place.
    read = [item for item in retrieved if telling[item.chunk.id]][:CHUNKS_READ]
    if not read:
        return []
    asked = set(content_terms(question))
    best = max(item.score for item in read) or 1.0
    expected = next((answer for asking, answer in _EXPECTED if asking.search(question)), None)
    passages = []
    for item, vectors in zip(read, generation.sentence_vectors([item.chunk.id for item in read]), strict=True):
        document = generation.document(item.chunk.text_id)
        for span, sentence_vector in zip(item.chunk.sentences, vectors, strict=True):
            if span not in telling[item.chunk.id]:
                continue
            words = readable(document, span)
            held = set(content_terms(words))
            score = (
                weighing.meaning * float(sentence_vector @ vector)
                + weighing.words * (len(asked & held) / len(asked) if asked else 0.0)
                + weighing.kind * (expected is not None and bool(expected.search(words)))
                + weighing.place * item.score / best
            )
            passages.append(Passage(item.chunk, span, score))
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id, passage.span))


def _telling(chunk: Chunk, generation: Generation, questions_too: bool) -> set[Span]:
    """The sentences of a chunk that can be an answer, or part of one."""
    document = generation.document(chunk.text_id)
    found = set()
    for span in chunk.sentences:
        is_title = block_at(document, span.start).kind in ("table-header", "caption")
        is_question = _QUESTION.search(document.text[span.start : span.end]) is not None and not questions_too
        if not (is_title or is_question or len(_shown(document, span)) > LONGEST_SENTENCE):
            found.add(span)
    return found


def _shown(document: Document, span: Span) -> str:
    """What the answer shows for a sentence, item or row: a row stands behind its columns' titles."""
    if block_at(document, span.start).kind == "table-row":
        return readable(document, span)
    return document.text[span.start : span.end]


def _length_in_words(text: str) -> int:
    return max(len(text.split()), math.ceil(len(text) / CHARACTERS_A_WORD))


def _completions(passage: Passage, document: Document, wants_list: bool) -> Iterator[list[Passage]]:
    """The passage with what it cannot be read without, in reading order; then, if that is too long, with less."""
    block = block_at(document, passage.span.start)
    own = passage.chunk.sentences
    if passage.chunk.part == "recommendations":
        yield _passages(passage, own)
    elif document.text[passage.span.end - 1] == ":":
        number = document.blocks.index(block)
        introduced = [span for span in own if block_at(document, span.start).lead == number]
        if introduced:
            yield _passages(passage, [passage.span, *introduced])
    elif block.kind == "list-item" and block.lead is not None:
        lead = document.blocks[block.lead]
        leading = split_sentences(document.text, lead.start, lead.end)[-1:]
        if wants_list:
            yield _passages(
                passage, [*leading, *(span for span in own if block_at(document, span.start).lead == block.lead)]
            )
        alone = stands_alone(document.text[passage.span.start : passage.span.end])
        yield _passages(passage, [passage.span] if alone else [*leading, passage.span])
    elif _POINTS_BACK.match(document.text[passage.span.start : passage.span.end]):
        before = [span for span in own if block.start <= span.start < passage.span.start]
        yield _passages(passage, [*before[-1:], passage.span])
    else:
        yield [passage]


def _passages(passage: Passage, spans: Iterable[Span]) -> list[Passage]:
    return [Passage(passage.chunk, span, passage.score) for span in spans]
