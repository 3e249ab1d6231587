"""What a chat model gets to write from: the best evidence for every reading of the question, numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from assistant.answering.evidence import Passage, gather_evidence
from assistant.answering.understanding import Understood
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Document, Quote, RetrievedChunk, Source, Span
from assistant.search.scope import Scope, search_scope
from assistant.text.chunking import CELL_END, block_at
from assistant.text.quoting import as_shown, heading_path, make_quote, quote_heading

CHUNKS = 10
"""Chunks that the searches find together."""
SENTENCES = 40
WORDS = 900
"""Most sentences and words that a model is given, about: some 1,500 tokens with headings."""
RANK_CONSTANT = 60
"""Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009, whose constant this is."""


@dataclass(frozen=True, slots=True)
class NumberedEvidence:
    """Evidence as a model is given it."""

    quotes: tuple[Quote, ...]
    """By number, from 1."""
    leads: Mapping[int, int]
    """For a list item or table row, the number of its lead-in or header."""
    lines: tuple[str, ...]
    """Under who says it and where."""
    passages: tuple[Passage, ...]
    """All evidence that was found, likeliest first."""
    retrieved: tuple[RetrievedChunk, ...]
    """As an answer holds them."""

    def with_leads(self, keys: Sequence[int]) -> tuple[int, ...]:
        """Return numbers with those of what introduces them, which an item or row cannot be read without."""
        return tuple(dict.fromkeys(key for n in keys for key in (self.leads.get(n, n), n)))


def find_evidence(library: Library, understood: Understood, scope: Scope) -> NumberedEvidence:
    """Return the best evidence that the searches find together, by their ranks."""
    embedder, generation = library.embedder, library.generation
    vectors = {words: embedder.embed_question(words) for words in understood.queries}
    retriever = replace(library.retriever, reranker=library.reranker)
    searched = [search_scope(retriever, words, CHUNKS, scope, vector) for words, vector in vectors.items()]
    behind = frozenset[str]().union(*(documents for _, documents in searched))
    retrieved = merged([found for found, _ in searched])
    current = [item for item in retrieved if item.chunk.document not in behind]
    best: dict[tuple[str, Span], Passage] = {}
    for asked in dict.fromkeys((understood.question, *understood.parts)):
        for passage in gather_evidence(asked, vectors[asked], current, generation, retriever.rarity, is_wide=True):
            place = (passage.chunk.text_id, passage.span)
            if place not in best or passage.score > best[place].score:
                best[place] = passage
    passages = sorted(best.values(), key=lambda item: (-item.score, item.chunk.id, item.span))
    return _numbered(passages, tuple(item.without_questions() for item in retrieved), generation, scope.sources)


def merged(lists: Sequence[Sequence[RetrievedChunk]]) -> list[RetrievedChunk]:
    """Return the chunks of several searches by the sum of their reciprocal ranks, with new ranks; ties as they come.

    Each keeps its score in the search that fits it best.
    """
    weights: dict[str, float] = {}
    best: dict[str, RetrievedChunk] = {}
    for item in (item for found in lists for item in found):
        name = item.chunk.id
        weights[name] = weights.get(name, 0.0) + 1 / (RANK_CONSTANT + item.rank)
        if name not in best or item.own_score > best[name].own_score:
            best[name] = item
    ranked = sorted(best, key=lambda name: -weights[name])[:CHUNKS]
    return [replace(best[name], rank=rank) for rank, name in enumerate(ranked, 1)]


def _numbered(
    passages: Sequence[Passage],
    retrieved: tuple[RetrievedChunk, ...],
    generation: Generation,
    sources: Mapping[str, Source],
) -> NumberedEvidence:
    """Number the likeliest passages chunk by chunk, the one with the likeliest first, each in the text's order."""
    quotes: list[Quote] = []
    leads: dict[int, int] = {}
    lines: list[str] = []
    numbers: dict[tuple[str, int], int] = {}
    title = ""
    for own in _within_limits(passages, generation):
        document, source = generation.document(own[0].chunk.text_id), sources[own[0].chunk.document]
        text = own[0].chunk.text_id
        for passage in own:
            is_row = block_at(document, passage.span.start).kind == "table-row"
            lead = _lead_of(passage, document)
            spans = [passage.span] if lead is None or (text, lead.start) in numbers else [lead, passage.span]
            for span in spans:
                quote = make_quote(len(quotes) + 1, passage.chunk, span, document, source, passage.speaker)
                above = " ".join(filter(None, (quote_heading(quote), as_shown(heading_path(quote.section[1:])))))
                if above != title:
                    lines.append(above)
                    title = above
                quotes.append(quote)
                numbers[text, span.start] = quote.n
                lines.append(f"[{quote.n}] {_row(quote.quote) if is_row else as_shown(quote.quote)}")
            if lead is not None:
                leads[len(quotes)] = numbers[text, lead.start]
    return NumberedEvidence(tuple(quotes), leads, tuple(lines), tuple(passages), retrieved)


def _within_limits(passages: Sequence[Passage], generation: Generation) -> list[list[Passage]]:
    chosen: dict[str, list[Passage]] = {}
    seen: set[tuple[str, Span]] = set()
    words = 0
    for passage in islice(passages, SENTENCES):
        document = generation.document(passage.chunk.text_id)
        lead = _lead_of(passage, document)
        for span in filter(None, (lead, passage.span)):
            if (passage.chunk.text_id, span) not in seen:
                seen.add((passage.chunk.text_id, span))
                words += len(document.text[span.start : span.end].split())
        if words > WORDS and chosen:
            break
        chosen.setdefault(passage.chunk.id, []).append(passage)
    return [sorted(own, key=lambda item: item.span) for own in chosen.values()]


def _lead_of(passage: Passage, document: Document) -> Span | None:
    """Return the lead-in of a list item, or the header of a table row."""
    block = block_at(document, passage.span.start)
    if block.lead is None or block.kind not in ("list-item", "table-row"):
        return None
    lead = document.blocks[block.lead]
    return Span(lead.start, lead.end)


def _row(words: str) -> str:
    return f"| {' | '.join(as_shown(cell) for cell in words.split(CELL_END))} |"
