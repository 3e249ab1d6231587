"""Answers made of the sources' own sentences, with no language model.

The sentences nearest to the question are taken whole from the chunks found, with the lead-in of a list and the sentence
that a "This …" points back to, until about ``max_words`` words stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.chunking import block_at, readable
from assistant.index import Generation
from assistant.records import Chunk, Document, RetrievedChunk, Span
from assistant.sentences import split_sentences
from assistant.terms import content_terms

Array = NDArray[np.float32]

CHUNKS_READ = 8
"""Of the chunks found, how many are read for sentences."""
_POINTS_BACK = re.compile(
    r"^(This|These|Those|That|They|It|Its|Their|He|She|His|Her|Such|But|However|Yet|Both|So|Also|The latter|The former)\b"
)
_WANTS_LIST = re.compile(
    r"\b(what are|which|list|who are|how many|name the|examples|steps|criteria|principles|shifts|reforms|recommendations|"
    r"barriers|reasons|ways|tests|pillars|priorities|options|everything|all the|what .*s\b)", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row picked for the answer."""

    chunk: Chunk
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """What makes a sentence worth showing; each part lies between 0 and 1."""

    meaning: float = 1.0
    """Cosine similarity of sentence and question."""
    words: float = 0.4
    """Share of the question's content words that the sentence holds."""
    place: float = 0.6
    """Score of its chunk, as a share of the best chunk's."""


WEIGHING = Weighing()


def pick_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    max_words: int,
    weighing: Weighing = WEIGHING,
) -> list[Passage]:
    """The passages of an answer, best first, at most about ``max_words`` words together."""  # fmt: skip
    candidates = rank_passages(question, vector, retrieved, generation, weighing)
    chosen: dict[tuple[str, Span], Passage] = {}
    words = 0
    wants_list = bool(_WANTS_LIST.search(question))
    for candidate in candidates:
        document = generation.document(candidate.chunk.text_id)
        group = [
            item
            for item in _completed(candidate, document, wants_list)
            if (item.chunk.text_id, item.span) not in chosen
        ]
        cost = sum(_word_count(document, item.span) for item in group)
        if not group or _repeats(candidate, chosen.values(), generation):
            continue
        if words and words + cost > max_words:
            group = [candidate] if (candidate.chunk.text_id, candidate.span) not in chosen else []
            cost = sum(_word_count(document, item.span) for item in group)
            if not group or words + cost > max_words:
                continue
        for item in group:
            chosen[item.chunk.text_id, item.span] = item
        words += cost
    return list(chosen.values())


def rank_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    weighing: Weighing = WEIGHING,
) -> list[Passage]:
    """Every sentence of the best chunks, the most telling first."""
    read = retrieved[:CHUNKS_READ]
    if not read:
        return []
    asked = set(content_terms(question))
    best = max(item.score for item in read) or 1.0
    passages = []
    for item, vectors in zip(read, generation.sentence_vectors([item.chunk.id for item in read]), strict=True):
        document = generation.document(item.chunk.text_id)
        for span, sentence_vector in zip(item.chunk.sentences, vectors, strict=True):
            if block_at(document, span.start).kind in ("table-header", "caption"):
                continue
            held = set(content_terms(readable(document, span)))
            score = (
                weighing.meaning * float(sentence_vector @ vector)
                + weighing.words * (len(asked & held) / len(asked) if asked else 0.0)
                + weighing.place * item.score / best
            )
            passages.append(Passage(item.chunk, span, score))
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id, passage.span))


def _completed(passage: Passage, document: Document, wants_list: bool) -> list[Passage]:
    """The passage with what it cannot be read without, in reading order."""
    block = block_at(document, passage.span.start)
    spans = [passage.span]
    if block.kind == "list-item" and block.lead is not None:
        siblings = [span for span in passage.chunk.sentences if block_at(document, span.start).lead == block.lead]
        lead = document.blocks[block.lead]
        spans = split_sentences(document.text, lead.start, lead.end)[-1:] + (siblings if wants_list else spans)
    elif _POINTS_BACK.match(document.text[passage.span.start : passage.span.end]):
        before = [span for span in passage.chunk.sentences if block.start <= span.start < passage.span.start]
        spans = before[-1:] + spans
    elif document.text[passage.span.end - 1] == ":":
        number = document.blocks.index(block)
        spans += [span for span in passage.chunk.sentences if block_at(document, span.start).lead == number]
    return [Passage(passage.chunk, span, passage.score) for span in spans]


def _repeats(candidate: Passage, chosen: Iterable[Passage], generation: Generation) -> bool:
    """True when a passage already chosen says nearly all of what the candidate says."""
    own = set(content_terms(readable(generation.document(candidate.chunk.text_id), candidate.span)))
    for other in chosen:
        held = set(content_terms(readable(generation.document(other.chunk.text_id), other.span)))
        if len(own & held) >= 0.8 * len(own):
            return True
    return False


def _word_count(document: Document, span: Span) -> int:
    return len(document.text[span.start : span.end].split())
