"""Is the evidence enough to answer? An honest "not in the library" beats a guess, and says where it looked.

The probability that the library holds the answer comes from a logistic regression over three figures of the search,
with coefficients from ``python -m evals.calibration.fit_abstention`` (see evals/calibration/README.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field

from assistant.answering.arrangement import Arranged
from assistant.answering.asked_for import Kind, holds_kind, kind_asked
from assistant.index import Generation
from assistant.models.logistic import logistic
from assistant.records import AnswerStatus, Array, RetrievedChunk
from assistant.search.scope import Scope
from assistant.text.chunking import block_at, readable
from assistant.text.quoting import as_shown, heading_path
from assistant.text.terms import content_terms, content_words, share_held, stem

NEAREST = 3
"""Passages that an abstention names."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals that the answer is there; each between 0 and 1, or close to it.

    "Of the kind" means: holding, or asking for, the kind of thing that the question asks for; see `kinds`.
    """

    chunk_score: float
    """Score of the best chunk, see `retrieval`."""
    likeness_of_kind: float
    """Cosine similarity of the question and the nearest sentence or authored question of the kind."""
    words_in_one_place: float
    """Share of the question's content words in the best paragraph, minus their share in the best five chunks together:
    0 where one paragraph has all that any has, -1 where they are scattered. Rare words count more.
    """


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression, and the least probability at which a question is answered."""

    intercept: float
    coefficients: Evidence
    threshold: float
    """Refuses at most one in 25 of the answerable dev questions, each judged by a fit without it; rounded down."""
    out_of_scope: float
    """If the best chunk of a refused question scores less, the question is about other topics than the library's."""


WITH_QUESTIONS = Fit(-5.82, Evidence(chunk_score=2.43, likeness_of_kind=4.97, words_in_one_place=3.36), 0.13, 0.95)
WITHOUT_QUESTIONS = Fit(-4.23, Evidence(chunk_score=4.53, likeness_of_kind=2.89, words_in_one_place=0.17), 0.18, 0.40)
"""For a best chunk without questions, as in documents that a team adds: it never scores as high."""

CHUNKS_WEIGHED = 5


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph, list item or table row of a chunk has in common with the question."""

    sentence: float = 0.0
    question: float = 0.0
    of_kind: float = 0.0
    terms: set[str] = field(default_factory=set)


def weigh_evidence(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    rarity: Callable[[str], float],
) -> Evidence:
    """Return the figures that :func:`judge` uses.

    ``vector`` is the question's, ``(dim,)``; ``rarity`` returns a word's weight, see `Retriever.rarity`.
    """
    best = _as_found(retrieved)[:CHUNKS_WEIGHED]
    paragraphs = list(_paragraphs(kind_asked(question), vector, best, generation))
    asked = {stem(word): rarity(word) for word in content_words(question)}
    if not paragraphs:
        return Evidence(0.0, 0.0, 0.0)

    def likeness(paragraph: _Paragraph) -> float:
        return paragraph.sentence + paragraph.question + share_held(asked, paragraph.terms)

    held = {term for item in best for term in content_terms(" ".join((*item.chunk.section, item.chunk.text)))}
    likeliest = max(paragraphs, key=likeness)
    return Evidence(
        chunk_score=best[0].own_score,
        likeness_of_kind=max(paragraph.of_kind for paragraph in paragraphs),
        words_in_one_place=share_held(asked, likeliest.terms) - share_held(asked, held),
    )


def fit_for(retrieved: Sequence[RetrievedChunk]) -> Fit:
    """Return the fit for these chunks."""
    return WITH_QUESTIONS if retrieved and _as_found(retrieved)[0].chunk.questions else WITHOUT_QUESTIONS


def _as_found(retrieved: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
    """Return the retriever's order, on which the fits rest: a reranker says what is best, not whether it is enough."""
    return sorted(retrieved, key=lambda item: item.found_rank or item.rank)


def probability_of_answer(evidence: Evidence, fit: Fit) -> float:
    """Return a probability."""
    pairs = zip(astuple(fit.coefficients), astuple(evidence), strict=True)
    total = fit.intercept + sum(weight * value for weight, value in pairs)
    return logistic(total)


def judge(evidence: Evidence, fit: Fit) -> AnswerStatus:
    """Return the status that the evidence allows: ``answered``, ``not-in-library`` or ``out-of-scope``."""
    if probability_of_answer(evidence, fit) >= fit.threshold:
        return "answered"
    return "out-of-scope" if evidence.chunk_score < fit.out_of_scope else "not-in-library"


def _paragraphs(
    kind: Kind, vector: Array, retrieved: Sequence[RetrievedChunk], generation: Generation
) -> Iterator[_Paragraph]:
    ids = [item.chunk.id for item in retrieved]
    for item, sentences, questions in zip(
        retrieved, generation.sentence_vectors(ids), generation.question_vectors(ids), strict=True
    ):
        chunk, document = item.chunk, generation.document(item.chunk.text_id)
        around = content_terms(" ".join((*chunk.section, chunk.lead_text)))
        paragraphs: dict[int, _Paragraph] = {}
        for span, similarity in zip(chunk.sentences, map(float, sentences @ vector), strict=True):
            words = readable(document, span)
            paragraph = paragraphs.setdefault(block_at(document, span.start).start, _Paragraph(terms=set(around)))
            paragraph.terms.update(content_terms(words))
            paragraph.sentence = max(paragraph.sentence, similarity)
            if holds_kind(kind, words):
                paragraph.of_kind = max(paragraph.of_kind, similarity)
        near = map(float, questions @ vector) if chunk.questions else ()
        for words, start, similarity in zip(chunk.questions, chunk.question_places, near, strict=True):
            if start in paragraphs:
                paragraph = paragraphs[start]
                paragraph.terms.update(content_terms(words))
                paragraph.question = max(paragraph.question, similarity)
                if kind in ("other", kind_asked(words)):
                    paragraph.of_kind = max(paragraph.of_kind, similarity)
        yield from paragraphs.values()


def abstained(status: AnswerStatus, retrieved: Sequence[RetrievedChunk], scope: Scope) -> Arranged:
    """Return an abstention that says what was searched and what came nearest, and claims nothing."""
    count = len(scope.documents)
    if not count:
        words = "The library does not hold the answer: the filters and the date leave no document to search."
        return Arranged(words, (), ())
    searched = f"{count} documents were searched." if count != 1 else "1 document was searched."
    if status == "out-of-scope":
        return Arranged(f"This is outside what the library is about. {searched}", (), ())
    lines = [f"The library does not hold the answer. {searched}"]
    if retrieved:
        lines[0] += " The nearest passages, none of which states it:"
        lines += [f"- {_place(item, scope)}" for item in retrieved[:NEAREST]]
    return Arranged("\n".join(lines), (), ())


def _place(item: RetrievedChunk, scope: Scope) -> str:
    source = scope.sources[item.chunk.document]
    return as_shown(f"{source.publisher}, {source.title}: {heading_path(item.chunk.section[-2:])}")
