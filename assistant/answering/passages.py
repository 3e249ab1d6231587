"""Answers made of the library's own sentences, with no language model.

The likeliest sentences come from the retrieved chunks, each with its whole paragraph if that is short, the lead-in of
its list, the rest of its list or table if a list is asked for, and the sentence that a "This …" refers to. A clear
question gets a short answer; where much is likely, more is shown, up to ``max_words``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.answering.ranking import LONGEST_SENTENCE, Passage, rank_passages, shown
from assistant.index import Generation
from assistant.records import Array, Block, Chunk, Document, RetrievedChunk, Span
from assistant.text.chunking import block_at, readable, stands_alone
from assistant.text.sentences import split_sentences
from assistant.text.terms import content_terms

LEAST = 0.54
"""Least chance, as a share of the likeliest sentence's, at which another is shown as well."""
SHORT_PARAGRAPH = 90
"""A paragraph of up to this many words is shown whole, so that nothing in it refers to text that is not shown."""
SAME = 0.8
"""A passage repeats another from this share of its content words."""
SAME_FACT = 0.5
"""A section and a register entry on it state the same fact from this share of the shorter one's content words."""
LABEL_CHARACTERS = 20
"""Up to this length a line that ends with a colon, such as "Recommendations:", says nothing by itself."""
HEADING_WORDS = 10
"""Words that the heading with the speaker takes, about."""
CHARACTERS_A_WORD = 10
"""Words longer than this on average count as several; prose has six or seven characters with the space."""
_POINTS_BACK = re.compile(
    r"^(But|However|Yet|Both|So|Also|Another|The (latter|former|same|second|third|other))\b"
    r"|^((But|And|If|As|When|While|Because|Although|For|Of|In|To|By|With|On|From|Among|Under|After|Before|Since)\s+)?"
    r"(this|these|those|that|they|it|its|their|them|he|she|his|her|such)\b",
    re.IGNORECASE,
)
_WANTS_LIST = re.compile(
    r"\b(what are|which|list|who are|how many|name the|examples|steps|criteria|principles|shifts|reforms|"
    r"recommendations|barriers|reasons|ways|tests|pillars|priorities|options|everything|all the|what .*s\b)",
    re.IGNORECASE,
)


def pick_passages(
    question: str,
    vector: Array,
    retrieved: Sequence[RetrievedChunk],
    generation: Generation,
    max_words: int,
    rarity: Callable[[str], float],
) -> list[Passage]:
    """Return the passages of an answer, best first, about ``max_words`` words at most with headings and citations."""
    candidates = rank_passages(question, vector, retrieved, generation, rarity)
    telling = {(item.chunk.id, item.span) for item in candidates}
    wants_list = bool(_WANTS_LIST.search(question))
    selection = _Selection(generation, max_words)
    for candidate in candidates:
        if candidate.score < LEAST * candidates[0].score:
            break
        own = [span for span in candidate.chunk.sentences if (candidate.chunk.id, span) in telling]
        for group in _completions(candidate, own, generation, wants_list):
            if selection.take(group):
                break
    return list(selection.chosen.values())


@dataclass
class _Selection:
    """Passages taken so far; takes only what fits and does not repeat another."""

    generation: Generation
    max_words: int
    chosen: dict[tuple[str, Span], Passage] = field(default_factory=dict)
    words: int = 0
    terms: list[set[str]] = field(default_factory=list)
    groups: list[tuple[Chunk, set[str]]] = field(default_factory=list)

    def take(self, group: Sequence[Passage]) -> bool:
        """Take the new passages of a group, all or none; return whether any was taken."""
        new = [item for item in group if (item.chunk.text_id, item.span) not in self.chosen]
        if not new:
            return False
        document = self.generation.document(new[0].chunk.text_id)
        texts = [shown(document, item.span) for item in new]
        if any(len(text) > LONGEST_SENTENCE for text in texts):
            return False
        cost = sum(1 + _length_in_words(text) for text in texts)
        told = (new[0].chunk.text_id, new[0].speaker)
        if all((item.chunk.text_id, item.speaker) != told for item in self.chosen.values()):
            cost += HEADING_WORDS
        said = [set(content_terms(readable(document, item.span))) for item in new]
        everything = set().union(*said)
        # One sentence may be longer than an answer should be; it is never cut.
        if self.words + cost > self.max_words and (self.chosen or len(new) > 1):
            return False
        if any(len(everything & before) >= SAME * len(everything) for before in self.terms):
            return False
        if any(_same_fact((new[0].chunk, everything), before) for before in self.groups):
            return False
        self.chosen.update(((item.chunk.text_id, item.span), item) for item in new)
        self.terms += said
        self.groups.append((new[0].chunk, everything))
        self.words += cost
        return True


def _same_fact(first: tuple[Chunk, set[str]], second: tuple[Chunk, set[str]]) -> bool:
    """Return whether a section and a register entry on it share most words of the shorter one."""
    (one, words), (other, others) = first, second
    if one.document != other.document or (one.part == "body") == (other.part == "body"):
        return False
    body, entry = (one, other) if one.part == "body" else (other, one)
    on_it = entry.section[: len(body.section)] == body.section
    return on_it and len(words & others) >= SAME_FACT * min(len(words), len(others))


def _length_in_words(text: str) -> int:
    return max(len(text.split()), math.ceil(len(text) / CHARACTERS_A_WORD))


def _completions(
    passage: Passage, own: Sequence[Span], generation: Generation, wants_list: bool
) -> Iterator[list[Passage]]:
    """Yield the passage with what it is best read with, in reading order; then, if too long, with less.

    ``own`` are the sentences of its chunk that can be an answer. What others say in the same list or table is left out.
    """
    document = generation.document(passage.chunk.text_id)
    block = block_at(document, passage.span.start)
    # What others say in the paragraph is theirs.
    said = [span for span in own if passage.chunk.speaker_of(span) == passage.speaker]
    paragraph = [span for span in said if block.start <= span.start < block.end]
    if passage.chunk.part == "recommendations":
        yield _passages(passage, said)
    elif document.text[passage.span.end - 1] == ":":
        introduced = _led(document.blocks.index(block), passage, generation)
        if introduced:
            yield _passages(passage, [*_leading(block, passage, generation), *introduced])
    elif block.kind == "list-item" and block.lead is not None:
        leading = _leading(document.blocks[block.lead], passage, generation)
        if wants_list:
            yield _passages(passage, [*leading, *_led(block.lead, passage, generation)])
        alone = stands_alone(document.text[passage.span.start : passage.span.end])
        yield _passages(passage, [passage.span] if alone else [*leading, passage.span])
    elif block.kind == "table-row" and block.lead is not None:
        if wants_list:
            yield _passages(passage, _led(block.lead, passage, generation))
        yield [passage]
    else:
        # What ends with a colon introduces a list that is not shown here.
        paragraph = [span for span in paragraph if document.text[span.end - 1] != ":"]
        if sum(_length_in_words(shown(document, span)) for span in paragraph) <= SHORT_PARAGRAPH:
            yield _passages(passage, [*_before(paragraph[0], own, said, document), *paragraph])
        yield _passages(passage, [*_before(passage.span, own, said, document), passage.span])


def _leading(lead: Block, passage: Passage, generation: Generation) -> list[Span]:
    """Return the last sentence of a list's lead-in; none if that is only a label, or said by another."""
    text = generation.document(passage.chunk.text_id).text
    (last,) = split_sentences(text, lead.start, lead.end)[-1:]
    is_own = passage.speaker.kind == "publisher" or last in _said(passage, generation)
    return [last] if is_own and last.end - last.start > LABEL_CHARACTERS else []


def _led(lead: int, passage: Passage, generation: Generation) -> list[Span]:
    """Return every item or row by the passage's speaker that one block of its text introduces, in any chunk."""
    document = generation.document(passage.chunk.text_id)
    return [span for span in _said(passage, generation) if block_at(document, span.start).lead == lead]


def _said(passage: Passage, generation: Generation) -> list[Span]:
    """Return everything that the passage's speaker says in its text."""
    chunks = generation.text_chunks(passage.chunk.text_id)
    return [
        span
        for chunk in chunks
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
        if who == passage.speaker
    ]


def _before(span: Span, own: Sequence[Span], said: Sequence[Span], document: Document) -> list[Span]:
    """Return the sentence of the same chunk and speaker before one that refers back to it; empty for others."""
    place = own.index(span)
    if not place or not _POINTS_BACK.match(document.text[span.start : span.end]):
        return []
    before = own[place - 1]
    return [before] if before in said and block_at(document, before.start).kind == "paragraph" else []


def _passages(passage: Passage, spans: Iterable[Span]) -> list[Passage]:
    return [Passage(passage.chunk, span, passage.score, passage.speaker) for span in spans]
