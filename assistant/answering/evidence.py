"""The evidence for a question: the retrieved sentences, list items and rows that may answer it, each with its chance.

Everything after the search works on it: whether to answer at all, what to show, what to call missing, comparisons. The
chance comes from boosted trees over `Signals`; ``python -m evals.calibration.fit_evidence`` fits them to graded
candidates (see evals/calibration/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

import numpy as np

from assistant.answering.asked_for import holds_kind, is_counted, kind_asked, question_word
from assistant.index import Generation
from assistant.models.trees import read_trees
from assistant.records import Array, Chunk, Document, RetrievedChunk, Span, Speaker
from assistant.text.chunking import block_at, embedded_text, readable
from assistant.text.terms import content_terms, content_words, share_held, stem

SCORER = Path(__file__).with_name("evidence.json")
"""The trees, and two chances that an answer's best passage must reach."""
WIDE_SCORER = Path(__file__).with_name("wide_evidence.json")
"""The trees where the vector is that of the search, and the second of these chances."""
CHUNKS_READ = 8
"""Retrieved chunks that are looked through."""
LONGEST_SENTENCE = 1500
"""Sentences of this many characters are never shown. A chunk's tokens are no limit: a "word" of any length can count as
one. The longest sentence of the shipped library has 691.
"""
CHUNKS_HELD = 5
"""Best chunks that together hold the question's words, or do not."""
# A sentence that only ends with a question in quotation marks or brackets states something.
_QUESTION = re.compile(r"[?？][?？!….]{0,20}$|^[\"'“‘(\[].*[?？][\"'”’)\]]+$", re.DOTALL)
_CAPITALISED = re.compile(r"\b[A-Z][\w’'&-]+")
_ASKS_FOR_QUESTIONS = re.compile(r"\b(questions?|ask(s|ed|ing)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row that may answer, and who says it."""

    chunk: Chunk
    span: Span
    score: float
    """The chance that it answers, between 0 and 1."""
    speaker: Speaker


_TREES, _BARS = read_trees(SCORER)
_WIDE_TREES, _WIDE_BARS = read_trees(WIDE_SCORER)
ANSWERS: float = _BARS["answers"]
"""Least chance of the best passage at which a question is answered."""
SURELY: float = _BARS["surely"]
"""Below this chance of the best passage the answer says that it may not be what was asked."""
SURELY_WIDE: float = _WIDE_BARS["surely"]
"""The same by the trees that go with the vector of the search."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals that a sentence answers; between 0 and 1, or close to it, unless said.

    Shares of the question's content words weigh rare words more. "Asked" is of the authored questions; 0 without any.
    """

    level: float
    """Score of its chunk, see `retrieval`."""
    rank: float
    """Of its chunk, from 0."""
    meaning: float
    """Cosine similarity of sentence and question."""
    behind: float
    """The same, less that of the nearest sentence of all; at most 0."""
    words_inside: float
    """Share of the question's content words in the sentence."""
    words_told: float
    """The same with its paragraph, headings and speaker."""
    words_around: float
    """The same with the questions written for the paragraph."""
    words_headed: float
    """Share of them in headings, lead-in and speaker."""
    words_held: float
    """Share of them in the best five chunks together."""
    missing: float
    """Weight of the rarest content word of the question that the sentence lacks."""
    rarest: float
    """Weight of the rarest content word of the question."""
    words_asked: float
    """Content words of the question; a count."""
    length: float
    """Words of the question; a thirtieth each, up to 1."""
    of_kind: float
    """1 where it holds the kind of thing that is asked for, see `asked_for`."""
    new_names: float
    """Capitalised words that the question lacks: a third each, up to 1."""
    counted: float
    """1 where a count is asked for and a number stands before what is counted."""
    shared: float
    """Share of the sentence's content words that the question has."""
    size: float
    """Words of the sentence; an eightieth each, up to 1."""
    asked: float
    """Cosine similarity of the question and the nearest question written for its paragraph."""
    asked_behind: float
    """The same, less that of the nearest authored question of all; -1 without one."""
    asked_best: float
    """Cosine similarity of the nearest authored question of all."""
    asked_alike: float
    """1 where its paragraph's nearest question opens with the same question word."""
    asked_shared: float
    """Share of the content words of both questions that are in both."""
    asked_here: float
    """Cosine similarity of the question and the nearest question that is written for the sentence itself."""
    asked_here_behind: float
    """The same, less that of the nearest authored question of all; -1 without one."""


FIGURES = tuple(Signals.__slots__)


def gather_evidence(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
    *,
    is_wide: bool = False,
) -> list[Passage]:
    """Return every sentence of the best chunks that can be an answer, likeliest first; see :func:`weigh_sentences`.

    ``vector`` is that of `Embedder.embed_to_weigh` or, with ``is_wide``, that of the search: it rates all that is on
    the subject higher, for a chat model to choose from and for a comparison's themes.
    """
    trees = _WIDE_TREES if is_wide else _TREES
    if trees.names != FIGURES:  # not at import: the fit imports this
        path, command = (WIDE_SCORER, "fit_evidence --wide") if is_wide else (SCORER, "fit_evidence")
        raise RuntimeError(f"{path} was fitted to other signals: run `python -m evals.calibration.{command}`.")
    weighed = list(weigh_sentences(question, vector, retrieved, generation, rarity))
    if not weighed:
        return []
    chances = trees.chances(np.array([astuple(signals) for _, _, signals in weighed]))
    passages = [
        Passage(chunk, span, float(chance), chunk.speakers[chunk.sentences.index(span)])
        for (chunk, span, _), chance in zip(weighed, chances, strict=True)
    ]
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id, passage.span))


def weigh_sentences(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> Iterator[tuple[Chunk, Span, Signals]]:
    """Yield the sentences of the best chunks that can be an answer, with their signals.

    ``vector`` is the question's, ``(dimensions,)``; ``rarity`` returns a word's weight, see `Retriever.rarity`.
    """
    questions_too = bool(_ASKS_FOR_QUESTIONS.search(question))
    statements = {item.chunk.id: _statements(item, generation, questions_too) for item in retrieved}
    # A chunk without any such sentence, for example of questions, does not use up a place.
    read = [item for item in retrieved if statements[item.chunk.id]][:CHUNKS_READ]
    if not read:
        return
    ids = [item.chunk.id for item in read]
    likenesses = [vectors @ vector for vectors in generation.sentence_vectors(ids)]
    asked_before = [
        vectors @ vector if item.chunk.questions else np.zeros(0, dtype=np.float32)
        for item, vectors in zip(read, generation.question_vectors(ids), strict=True)
    ]
    asking = _Asking(
        question,
        _weights(question, rarity),
        words_held(question, read, rarity),
        max(float(values.max()) for values in likenesses),
        max(float(values.max(initial=0.0)) for values in asked_before),
    )
    for rank, (item, values, authored) in enumerate(zip(read, likenesses, asked_before, strict=True)):
        chunk, document = item.chunk, generation.document(item.chunk.text_id)
        paragraphs = _paragraphs(chunk, document, authored)
        for span, likeness in zip(chunk.sentences, map(float, values), strict=True):
            if span in statements[chunk.id]:
                paragraph = paragraphs[block_at(document, span.start).start]
                yield chunk, span, asking.weigh(item, rank, document, span, likeness, paragraph)


def words_held(question: str, retrieved: Sequence[RetrievedChunk], rarity: Callable[[str], float]) -> float:
    """Return the share of a question's content words, rare ones weighing more, that the best chunks hold together."""
    held = {term for item in retrieved[:CHUNKS_HELD] for term in content_terms(embedded_text(item.chunk))}
    return share_held(_weights(question, rarity), held)


def _weights(question: str, rarity: Callable[[str], float]) -> dict[str, float]:
    return {stem(word): rarity(word) for word in content_words(question)}


@dataclass(slots=True)
class _Paragraph:
    """The content words of a paragraph, item or row, and the nearest of the questions written for it."""

    terms: set[str]
    asked_terms: set[str] = field(default_factory=set)
    """Of all of those questions."""
    question: str = ""
    likeness: float = 0.0
    by_sentence: dict[int, float] = field(default_factory=dict)
    """Likeness of the nearest question written for the sentence that starts there."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question with what all of its candidates are compared with."""

    question: str
    weights: Mapping[str, float]
    """Its content words."""
    held: float
    """Share of them in the best chunks."""
    nearest: float
    nearest_asked: float

    def weigh(
        self, item: RetrievedChunk, rank: int, document: Document, span: Span, likeness: float, paragraph: _Paragraph
    ) -> Signals:
        chunk, words = item.chunk, document.text[span.start : span.end]
        told, who = readable(document, span), chunk.speakers[chunk.sentences.index(span)]
        if chunk.part == "recommendations":  # one thing, with who should act and when
            told = embedded_text(chunk)
        elif chunk.part == "precedents":  # its sentences seldom name their case
            told = f"{chunk.section[-1]}. {told}"
        said = set(content_terms(told))
        headed = set(content_terms(f"{' '.join(chunk.section)} {chunk.lead_text} {who.name}"))
        around = said | paragraph.terms | headed
        asked, own = set(content_terms(paragraph.question)), self.weights.keys()
        here = paragraph.by_sentence.get(span.start)
        names = set(_CAPITALISED.findall(words)) - set(_CAPITALISED.findall(self.question))
        return Signals(
            level=item.own_score,
            rank=float(rank),
            meaning=likeness,
            behind=likeness - self.nearest,
            words_inside=share_held(self.weights, said),
            words_told=share_held(self.weights, around),
            words_around=share_held(self.weights, around | paragraph.asked_terms),
            words_headed=share_held(self.weights, headed),
            words_held=self.held,
            missing=max((weight for term, weight in self.weights.items() if term not in said), default=0.0),
            rarest=max(self.weights.values(), default=0.0),
            words_asked=float(len(self.weights)),
            length=min(len(self.question.split()), 30) / 30,
            of_kind=float(holds_kind(kind_asked(self.question), words)),
            new_names=min(len(names), 3) / 3,
            counted=float(is_counted(self.question, words)),
            shared=len(said & own) / max(1, len(said)),
            size=min(len(told.split()), 80) / 80,
            asked=paragraph.likeness,
            asked_behind=paragraph.likeness - self.nearest_asked if paragraph.question else -1.0,
            asked_best=self.nearest_asked,
            asked_alike=float(question_word(paragraph.question) == question_word(self.question)),
            asked_shared=len(asked & own) / max(1, len(asked | own)),
            asked_here=0.0 if here is None else here,
            asked_here_behind=-1.0 if here is None else here - self.nearest_asked,
        )


def _paragraphs(chunk: Chunk, document: Document, likenesses: Iterable[float]) -> dict[int, _Paragraph]:
    """Return a chunk's paragraphs by their start; ``likenesses`` are those of its authored questions."""
    found: dict[int, _Paragraph] = {}
    for span in chunk.sentences:
        paragraph = found.setdefault(block_at(document, span.start).start, _Paragraph(set()))
        paragraph.terms.update(content_terms(readable(document, span)))
    for words, start, likeness in zip(chunk.questions, chunk.question_places, map(float, likenesses), strict=True):
        paragraph = found[block_at(document, start).start]
        paragraph.asked_terms.update(content_terms(words))
        paragraph.by_sentence[start] = max(likeness, paragraph.by_sentence.get(start, likeness))
        if not paragraph.question or likeness > paragraph.likeness:
            paragraph.question, paragraph.likeness = words, likeness
    return found


def _statements(item: RetrievedChunk, generation: Generation, questions_too: bool) -> set[Span]:
    """Return the sentences of a chunk that can be an answer, or part of one."""
    chunk = item.chunk
    document = generation.document(chunk.text_id)
    found: set[Span] = set()
    for span, who in zip(chunk.sentences, chunk.speakers, strict=True):
        if found and chunk.part == "recommendations":
            break  # its first sentence stands for all of it
        if item.authorities and who.authority not in item.authorities:
            continue
        is_title = block_at(document, span.start).kind in ("table-header", "caption")
        is_question = _QUESTION.search(document.text[span.start : span.end]) is not None and not questions_too
        if not (is_title or is_question or len(shown(document, span)) > LONGEST_SENTENCE):
            found.add(span)
    return found


def shown(document: Document, span: Span) -> str:
    """Return what the answer shows for a sentence, item or row: a row comes with its column titles."""
    words, block = document.text[span.start : span.end], block_at(document, span.start)
    if block.kind != "table-row" or block.lead is None:
        return words
    header = document.blocks[block.lead]
    return f"{document.text[header.start : header.end]}\n{words}"
