"""From retrieved chunks to an answer of quotes, a whole list from a register, or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.abstention import DOUBTFUL, abstained, is_doubtful, judge
from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.evidence import Passage, gather_evidence
from assistant.answering.follow_ups import RuleRewriter, Turn
from assistant.answering.premises import ONLY_PROPOSED, only_proposed, standing
from assistant.answering.question_parts import UNLIKELY, split_parts
from assistant.answering.register_lists import RegisterLists
from assistant.answering.selection import select_passages
from assistant.library import Library, kept
from assistant.records import AnswerStatus, Array, Quote, RetrievedChunk, Span
from assistant.search.scope import Scope, search_scope

_lists = kept(lambda library: RegisterLists(library.registers, library.generation, library.sources))


@dataclass(frozen=True, slots=True)
class Found:
    """A standalone question and what was retrieved for it."""

    question: str
    vector: Array
    """Of the question, ``(dimensions,)``, unit length."""
    chunks: tuple[RetrievedChunk, ...]
    """Of current documents, best first."""


def answer_with_quotes(library: Library, found: Found, scope: Scope, abstains: bool) -> tuple[AnswerStatus, Arranged]:
    """Return the answer's status and text; with ``abstains`` false, even too little evidence is quoted."""
    listed = list_of_register(library, found.question, scope)
    if listed is not None:
        return ("answered" if listed.sentences else "not-in-library"), listed
    evidence = _evidence(library, found)
    status = _judge(library, found, evidence)
    if not abstains and found.chunks:
        status = "answered"
    if status == "answered":
        parts = _parts(library, found.question, scope)
        passages = _select(library, evidence, found, parts)
        if passages:
            every = [passage for _, own in parts for passage in own] or evidence
            return status, _arrange(library, found.question, passages, every, scope)
        status = "not-in-library"
    generation = library.generation
    return status, abstained(status, found.question, evidence, generation, scope.sources, scope)


def list_of_register(library: Library, question: str, scope: Scope) -> Arranged | None:
    """Return every entry of a register that a broad question asks for; None for any other question."""
    texts = scope.filters.text_ids(library.generation.manifest)
    return _lists(library).answer(question, library.settings.answering.max_words, texts, library.outdated)


def _judge(library: Library, found: Found, evidence: Sequence[Passage]) -> AnswerStatus:
    """Return the status by the retriever's order, on which the fit rests: a reranker says what is best, not enough."""
    in_order = tuple(sorted(found.chunks, key=lambda item: item.found_rank or item.rank))
    if in_order != found.chunks:
        evidence = _evidence(library, replace(found, chunks=in_order))
    return judge(found.question, evidence, in_order)


def _evidence(library: Library, found: Found) -> list[Passage]:
    return gather_evidence(found.question, found.vector, found.chunks, library.generation, library.retriever.rarity)


def _parts(library: Library, question: str, scope: Scope) -> list[tuple[Found, list[Passage]]]:
    """Return the parts of a two-part question, each searched as its own question, with the evidence for it.

    Empty for any other question, and where one part is unlikely to have an answer.
    """
    parts = split_parts(question)
    asked = []
    for number, words in enumerate(parts):
        # By rules, whoever rewrites follow-ups: a chat model need not be asked twice.
        standalone = RuleRewriter().rewrite(words, [Turn(parts[0], "")]) if number else words
        vector = library.embedder.embed_question(standalone)
        retrieved, behind = search_scope(library.retriever, standalone, 10, scope, vector)
        part = Found(standalone, vector, tuple(item for item in retrieved if item.chunk.document not in behind))
        evidence = _evidence(library, part)
        if not evidence or evidence[0].score < UNLIKELY:
            return []
        asked.append((part, evidence))
    return asked


def _select(
    library: Library, evidence: list[Passage], found: Found, parts: Sequence[tuple[Found, list[Passage]]]
) -> list[Passage]:
    longest = library.settings.answering.max_words
    picked: dict[tuple[str, Span], Passage] = {}
    for part, own in parts or [(found, evidence)]:
        for passage in select_passages(part.question, own, library.generation, longest // max(1, len(parts))):
            picked.setdefault((passage.chunk.text_id, passage.span), passage)
    return list(picked.values())


def _arrange(
    library: Library, question: str, passages: list[Passage], evidence: Sequence[Passage], scope: Scope
) -> Arranged:
    """Return the passages as an answer, below a line on who decided it where the question asks or assumes that."""
    generation, rarity = library.generation, library.retriever.rarity
    arranged = arrange(passages, generation, scope.sources)
    if line := standing(question, evidence, generation, rarity) or (
        DOUBTFUL if is_doubtful(question, evidence) else ""
    ):
        return replace(arranged, text=f"{line}\n\n{arranged.text}")
    proposal = only_proposed(question, passages, generation, rarity)
    if proposal is None:
        return arranged
    number = next(quote.n for quote in arranged.quotes if _holds(quote, proposal))
    return replace(arranged, text=f"{ONLY_PROPOSED} [{number}]\n\n{arranged.text}")


def _holds(quote: Quote, passage: Passage) -> bool:
    is_same_text = quote.text_id == passage.chunk.text_id
    return is_same_text and quote.start <= passage.span.start and passage.span.end <= quote.end
