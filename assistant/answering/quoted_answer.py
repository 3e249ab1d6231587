"""From retrieved chunks to an answer of quotes, a whole list from a register, or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.abstention import (
    ABOUT_ANOTHER,
    DOUBTFUL,
    DOUBTFUL_PART,
    NOT_NAMED,
    NOT_STATED,
    abstained,
    gap_of,
    is_doubtful,
    judge,
    unmentioned,
)
from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.asked_for import is_uncounted
from assistant.answering.evidence import Passage, gather_evidence
from assistant.answering.follow_ups import RuleRewriter, Turn
from assistant.answering.premises import BY_OTHERS, ONLY_PROPOSED, is_by_others, only_proposed, standing_asked
from assistant.answering.question_parts import MISSING, UNLIKELY, split_parts
from assistant.answering.register_lists import RegisterLists
from assistant.answering.selection import select_passages
from assistant.answering.sides import SideFinder, speakers_of
from assistant.library import Library, kept
from assistant.records import AnswerStatus, Quote, RetrievedChunk, Span
from assistant.search.scope import Scope, narrowed, search_scope

_lists = kept(lambda library: RegisterLists(library.registers, library.generation, library.sources))
_side_finder = kept(lambda library: SideFinder(library.held, speakers_of(library)))
CHUNKS = 10
"""Retrieved for a question, or a part of one."""
SIDE_CHUNKS = 60
"""Looked through for one side of a comparison, so that a rare speaker is found."""


@dataclass(frozen=True, slots=True)
class Found:
    """A standalone question and what was retrieved for it."""

    question: str
    chunks: tuple[RetrievedChunk, ...]
    """Of current documents, best first."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A question, or one of the two that it asks, with the evidence for it."""

    found: Found
    evidence: list[Passage]
    status: AnswerStatus
    words: str = ""
    """As the question puts it; empty for a whole question."""


def answer_with_quotes(library: Library, found: Found, scope: Scope, abstains: bool) -> tuple[AnswerStatus, Arranged]:
    """Return the answer's status and text; with ``abstains`` false, even too little evidence is quoted."""
    listed = list_of_register(library, found.question, scope)
    if listed is not None:
        return ("answered" if listed.sentences else "not-in-library"), listed
    whole = _whole(library, found)
    parts = _sides(library, found.question, scope) or _parts(library, found.question, scope)
    answered = [part for part in parts if part.status == "answered"]
    if not answered and (whole.status == "answered" or (found.chunks and not abstains)):
        parts = answered = [whole]
    # A part often leans on the other: "how was the scheme enlarged?"
    leans = any(part.evidence[0].score < UNLIKELY for part in answered if part.words)
    passages = _select(library, [whole] if leans else answered)
    if passages:
        arranged = _arrange(library, found.question, parts, passages, scope)
        if not (abstains and _answers_another(found.question, arranged)):
            return ("partly-answered" if arranged.gaps else "answered"), arranged
    status = "not-in-library" if whole.status == "answered" else whole.status
    return status, abstained(status, found.question, whole.evidence, library.generation, scope.sources, scope)


def list_of_register(library: Library, question: str, scope: Scope) -> Arranged | None:
    """Return every entry of a register that a broad question asks for; None for any other question."""
    texts = scope.filters.text_ids(library.generation.manifest)
    return _lists(library).answer(question, library.settings.answering.max_words, texts, library.outdated)


def _whole(library: Library, found: Found) -> _Part:
    """Return the question with its evidence, judged by the retriever's order.

    The fit rests on that order: a reranker says what is best, not what is enough.
    """
    evidence = _evidence(library, found)
    in_order = tuple(sorted(found.chunks, key=lambda item: item.found_rank or item.rank))
    judged = evidence if in_order == found.chunks else _evidence(library, replace(found, chunks=in_order))
    rarity = library.retriever.rarity
    status = judge(found.question, judged, in_order, rarity)
    standing = standing_asked(found.question, rarity)
    if status == "answered" and standing and standing.is_unheard_of(evidence, library.generation):
        status = "not-in-library"
    return _Part(found, evidence, status)


def _evidence(library: Library, found: Found) -> list[Passage]:
    vector = library.embedder.embed_to_weigh(found.question)
    return gather_evidence(found.question, vector, found.chunks, library.generation, library.retriever.rarity)


def _parts(library: Library, question: str, scope: Scope) -> list[_Part]:
    """Return the parts of a two-part question, each searched as its own question; empty for any other question."""
    parts = split_parts(question)
    asked = []
    for number, words in enumerate(parts):
        # By rules, whoever rewrites follow-ups: a chat model need not be asked twice.
        standalone = RuleRewriter().rewrite(words, [Turn(parts[0], "")]) if number else words
        vector = library.embedder.embed_question(standalone)
        retrieved, behind = search_scope(library.retriever, standalone, CHUNKS, scope, vector)
        chunks = tuple(item for item in retrieved if item.chunk.document not in behind)
        part = _whole(library, Found(standalone, chunks))
        is_missing = not part.evidence or part.evidence[0].score < MISSING
        asked.append(replace(part, status="not-in-library" if is_missing else "answered", words=words))
    return asked


def _sides(library: Library, question: str, scope: Scope) -> list[_Part]:
    """Return the two sides that a question compares, each asked for its own share; empty for any other question."""
    asked = []
    for side in _side_finder(library).find(question) or ():
        vector = library.embedder.embed_question(side.question)
        retrieved, behind = search_scope(
            library.retriever, side.question, SIDE_CHUNKS, narrowed(scope, side.filters), vector
        )
        theirs = [
            item
            for item in retrieved
            if item.chunk.document not in behind and any(map(side.hears, item.chunk.speakers))
        ]
        evidence = [
            passage
            for passage in _evidence(library, Found(side.question, tuple(theirs[:CHUNKS])))
            if side.hears(passage.speaker)
        ]
        status = judge(side.question, evidence, theirs, library.retriever.rarity)
        asked.append(_Part(Found(side.question, tuple(theirs)), evidence, status, side.gap))
    return asked


def _select(library: Library, parts: Sequence[_Part]) -> list[Passage]:
    longest = library.settings.answering.max_words // max(1, len(parts))
    picked: dict[tuple[str, Span], Passage] = {}
    for part in parts:
        scores = {item.chunk.id: item.score for item in part.found.chunks}
        for passage in select_passages(part.found.question, part.evidence, scores, library.generation, longest):
            picked.setdefault((passage.chunk.text_id, passage.span), passage)
    return list(picked.values())


def _arrange(
    library: Library, question: str, parts: Sequence[_Part], passages: list[Passage], scope: Scope
) -> Arranged:
    """Return the passages as an answer, below lines on what is missing or doubtful, and on who decided it."""
    generation, rarity = library.generation, library.retriever.rarity
    arranged = arrange(passages, generation, scope.sources)
    evidence = [passage for part in parts for passage in part.evidence]
    lines = []
    standing = standing_asked(question, rarity)
    if standing and (line := standing.line(evidence, generation)):
        lines.append(line)
    elif (proposal := only_proposed(question, passages, generation, rarity)) is not None:
        number = next(quote.n for quote in arranged.quotes if _holds(quote, proposal))
        lines.append(f"{ONLY_PROPOSED} [{number}]")
    gaps = tuple(gap_of(part.words) for part in parts if part.words and part.status != "answered")
    lines += [f"{NOT_STATED} {gap}" for gap in gaps]
    if not lines:
        doubtful = [part for part in parts if is_doubtful(part.found.question, part.evidence)]
        lines += [DOUBTFUL] if doubtful == parts else [f"{DOUBTFUL_PART} {gap_of(part.words)}" for part in doubtful]
        if missing := unmentioned(question, arranged.quotes):
            lines.append(f"{NOT_NAMED} {missing}. {ABOUT_ANOTHER}")
        if standing and is_by_others(passages):
            lines.append(BY_OTHERS)
    return replace(arranged, text="\n\n".join([*lines, arranged.text]), gaps=gaps)


def _answers_another(question: str, arranged: Arranged) -> bool:
    """Return whether a doubtful answer lacks a name or date of the question, or a count of what it counts."""
    if not arranged.text.startswith(DOUBTFUL):
        return False
    is_of_others = arranged.text.startswith(f"{DOUBTFUL}\n\n{NOT_NAMED}")
    return is_of_others or is_uncounted(question, "\n".join(quote.quote for quote in arranged.quotes))


def _holds(quote: Quote, passage: Passage) -> bool:
    is_same_text = quote.text_id == passage.chunk.text_id
    return is_same_text and quote.start <= passage.span.start and passage.span.end <= quote.end
