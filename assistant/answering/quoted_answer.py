"""From retrieved chunks to an answer of quotes, a whole list from a register, or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.abstention import abstained, fit_for, judge, probability_of_answer, weigh_evidence
from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.follow_ups import RuleRewriter, Turn
from assistant.answering.passages import pick_passages
from assistant.answering.premises import ONLY_PROPOSED, only_proposed
from assistant.answering.question_parts import PART_WORDS, Part, answered_apart, split_parts
from assistant.answering.ranking import Passage
from assistant.answering.register_lists import RegisterLists
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
    status = _judge(library, found, abstains)
    if status == "answered":
        passages = _passages(library, found, answered_apart(_parts(library, found.question, scope)))
        if passages:
            return status, _arrange(library, found.question, passages, scope)
        status = "not-in-library"
    return status, abstained(status, found.chunks, scope)


def list_of_register(library: Library, question: str, scope: Scope) -> Arranged | None:
    """Return every entry of a register that a broad question asks for; None for any other question."""
    texts = scope.filters.text_ids(library.generation.manifest)
    return _lists(library).answer(question, library.settings.answering.max_words, texts, library.outdated)


def _judge(library: Library, found: Found, abstains: bool) -> AnswerStatus:
    if not found.chunks:
        return "not-in-library"
    if not abstains:
        return "answered"
    rarity = library.retriever.rarity
    evidence = weigh_evidence(found.question, found.vector, found.chunks, library.generation, rarity)
    return judge(evidence, fit_for(found.chunks))


def _parts(library: Library, question: str, scope: Scope) -> list[Part]:
    """Return the parts of a two-part question, each searched as its own question; empty for any other."""
    parts = split_parts(question)
    retriever = library.retriever
    asked = []
    for number, words in enumerate(parts):
        # By rules, whoever rewrites follow-ups: a chat model need not be asked twice.
        standalone = RuleRewriter().rewrite(words, [Turn(parts[0], "")]) if number else words
        vector = library.embedder.embed_question(standalone)
        retrieved, behind = search_scope(retriever, standalone, 10, scope, vector)
        in_force = [item for item in retrieved if item.chunk.document not in behind]
        evidence = weigh_evidence(standalone, vector, in_force, library.generation, retriever.rarity)
        chance = probability_of_answer(evidence, fit_for(in_force))
        asked.append(Part(words, standalone, vector, tuple(in_force), chance))
    return asked


def _passages(library: Library, found: Found, parts: Sequence[Part]) -> list[Passage]:
    longest = library.settings.answering.max_words
    asked = [found]
    if parts:
        longest = min(PART_WORDS, longest // len(parts))
        asked = [Found(part.standalone, part.vector, part.retrieved) for part in parts]
    picked: dict[tuple[str, Span], Passage] = {}
    rarity = library.retriever.rarity
    for one in asked:
        for passage in pick_passages(one.question, one.vector, one.chunks, library.generation, longest, rarity):
            picked.setdefault((passage.chunk.text_id, passage.span), passage)
    return list(picked.values())


def _arrange(library: Library, question: str, passages: list[Passage], scope: Scope) -> Arranged:
    """Return the passages as an answer, below a correction where the question takes a proposal as decided."""
    arranged = arrange(passages, library.generation, scope.sources)
    proposal = only_proposed(question, passages, library.generation, library.retriever.rarity)
    if proposal is None:
        return arranged
    number = next(quote.n for quote in arranged.quotes if _holds(quote, proposal))
    return replace(arranged, text=f"{ONLY_PROPOSED} [{number}]\n\n{arranged.text}")


def _holds(quote: Quote, passage: Passage) -> bool:
    is_same_text = quote.text_id == passage.chunk.text_id
    return is_same_text and quote.start <= passage.span.start and passage.span.end <= quote.end
