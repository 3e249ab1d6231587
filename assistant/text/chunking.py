"""Cuts library texts into chunks: whole sentences, list items and table rows of one section.

A chunk never crosses a heading and holds at most ``chunk_tokens`` tokens of the embedding model, its lead-in included.
Each of its sentences has its speaker. Chunks cover their section without overlap. A list cut off from its lead-in, or a
table row from its header, keeps that as its ``lead``.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from assistant.records import Block, Chunk, Document, LibraryText, Span, Speaker
from assistant.settings import ChunkingSettings
from assistant.text.sentences import split_sentences
from assistant.text.speakers import speaker_of

CHUNKER_VERSION = "2"
"""Raise it with any change that gives other chunks, or other texts to embed, for the same document."""

SHORTEST_ALONE = 8
"""Words that make a list item readable without its lead-in."""
MOST_CHARACTERS = 100
"""Most characters counted as one token."""
CELL_END = " | "
"""Stands between the cells of a table row in a document's text."""
LONGEST_LEAD = 2000
"""In characters; a longer lead is not repeated before each item of its list or each cell of its table."""
_LIST_NUMBER = re.compile(r"^\d+[.)] ")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: a sentence, a list item, a table row."""

    span: Span
    block: int
    tokens: int
    lead: Span | None
    lead_tokens: int
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class _Section:
    path: tuple[str, ...]
    anchor: str | None
    blocks: tuple[int, ...]


def chunking_identity(settings: ChunkingSettings) -> dict[str, Any]:
    """Return what decides how texts are cut; an index cut in another way is refused."""
    return settings.model_dump() | {"version": CHUNKER_VERSION}


def chunk_text(text: LibraryText, chunk_tokens: int, count_tokens: CountTokens) -> list[Chunk]:
    """Return the chunks of a library text, in reading order."""
    document = text.document

    def size(texts: Sequence[str]) -> list[int]:
        # A tokenizer may count a word of a million characters as one unknown token; text that is too long anyway is
        # skipped.
        least = [len(words) // MOST_CHARACTERS for words in texts]
        read = ["" if count > chunk_tokens else words for words, count in zip(texts, least, strict=True)]
        return list(map(max, count_tokens(read), least))

    chunks = []
    for section in _sections(document):
        units = list(_units(text, section, chunk_tokens, size))
        chunks += [_chunk(text, section, group) for group in _groups(units, chunk_tokens)]
    return chunks


def assign_questions(chunks: Sequence[Chunk], questions: Mapping[int, Mapping[str, int]]) -> list[Chunk]:
    """Return the chunks with their authored questions, given by position in ``chunks``.

    Each question comes with the start of the sentence that answers it.
    """
    assigned = []
    for number, chunk in enumerate(chunks):
        own = questions.get(number, {})
        assigned.append(replace(chunk, questions=tuple(own), question_places=tuple(own.values())))
    return assigned


def embedded_text(chunk: Chunk) -> str:
    """Return the text to embed for the whole chunk: its innermost section titles, lead and words."""
    return " ".join(filter(None, (": ".join(chunk.section[-2:]) + ".", chunk.lead_text, chunk.text)))


def sentence_texts(chunk: Chunk, document: Document) -> list[str]:
    """Return the text to embed for each sentence: list items with their lead-in, rows with their column titles.

    Register entries are short and speak through their title: a recommendation stays whole, and each sentence of a case
    follows the case's name.
    """
    if chunk.part == "recommendations":
        return [embedded_text(chunk)] * len(chunk.sentences)
    title = f"{chunk.section[-1]}. " if chunk.part == "precedents" else ""
    return [title + _for_embedding(document, span) for span in chunk.sentences]


def stands_alone(item: str) -> bool:
    """Return whether a list item is a sentence of its own, readable without its lead-in.

    >>> stands_alone("walls;"), stands_alone("Ministers should lead coalitions of people from every sector.")
    (False, True)
    """
    words = _LIST_NUMBER.sub("", item)
    return len(words.split()) >= SHORTEST_ALONE and words[-1] in ".!?" and not words[0].islower()


def _for_embedding(document: Document, span: Span) -> str:
    """Return `readable`, but without a lead-in where the item stands alone: it would blur the meaning."""
    words = document.text[span.start : span.end]
    is_item = block_at(document, span.start).kind == "list-item"
    return words if is_item and stands_alone(words) else readable(document, span)


def readable(document: Document, span: Span) -> str:
    """Return a sentence, list item or row so that it can be read on its own.

    A list item follows its lead-in; a row's cells follow their column titles.
    """
    words = document.text[span.start : span.end]
    block = block_at(document, span.start)
    if block.lead is None:
        return words
    lead = document.blocks[block.lead]
    if block.kind == "table-row" and lead.kind == "table-header" and lead.end - lead.start <= LONGEST_LEAD:
        return labelled_row(document.text[lead.start : lead.end], words)
    if block.kind == "list-item":
        sentence = _last_sentence(document, lead)
        if sentence.end - sentence.start <= LONGEST_LEAD:
            return f"{document.text[sentence.start : sentence.end].rstrip(':')}: {words}"
    return words


def labelled_row(header: str, row: str) -> str:
    """Return a table row as words, each cell after its column's title.

    >>> labelled_row("Fund | Department | 2025-26", "Adult skills | Education | £102m")
    'Fund: Adult skills; Department: Education; 2025-26: £102m'
    """
    titles, cells = header.split(CELL_END), row.split(CELL_END)
    if len(titles) != len(cells):
        return row
    return "; ".join(
        f"{title}: {cell}" if title.strip() else cell for title, cell in zip(titles, cells, strict=True) if cell.strip()
    )


def block_at(document: Document, position: int) -> Block:
    """Return the block that holds the character at ``position``."""
    return document.blocks[bisect_right(document.blocks, position, key=lambda block: block.start) - 1]


def _sections(document: Document) -> Iterator[_Section]:
    """Yield the stretches between headings that hold any text, with the titles above them."""
    path: list[tuple[int, str, str | None]] = []
    blocks: list[int] = []

    def section() -> _Section:
        anchor = next((item[2] for item in reversed(path) if item[2]), None)
        return _Section(tuple(item[1] for item in path), anchor, tuple(blocks))

    for number, block in enumerate(document.blocks):
        if block.kind == "heading":
            if blocks:
                yield section()
            blocks = []
            path = [item for item in path if item[0] < block.level]
            path.append((block.level, document.text[block.start : block.end], block.anchor))
        else:
            blocks.append(number)
    if blocks:
        yield section()


def _units(text: LibraryText, section: _Section, limit: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    document = text.document
    said = [
        (own, number, who) for number in section.blocks for own, who in _said(text, section, document.blocks[number])
    ]
    counted = zip(said, _tokens([span for span, _, _ in said], document, count_tokens), strict=True)
    spans: list[tuple[Span, int, Speaker, int]] = []
    for (span, number, who), count in counted:
        # A piece of a long sentence lacks the note that says who speaks.
        spans += [(part, number, who, tokens) for part, tokens in _fitting(span, count, document, limit, count_tokens)]
    # One lead may introduce very many items: look at each lead once.
    introduced = dict.fromkeys(document.blocks[number].lead for number in section.blocks)
    leads = {block: _lead(document, block) for block in introduced}
    lengths = count_tokens([document.text[lead.start : lead.end] if lead else "" for lead in leads.values()])
    lead_tokens = dict(zip(leads, lengths, strict=True))
    for span, number, speaker, count in spans:
        introduction = document.blocks[number].lead
        lead, extra = leads[introduction], lead_tokens[introduction]
        # A lead that leaves no room for its items would fill the chunks by itself.
        short_enough = extra + count <= limit and extra <= limit // 2
        yield _Unit(span, number, count, lead if short_enough else None, extra if short_enough else 0, speaker)


def _said(text: LibraryText, section: _Section, block: Block) -> list[tuple[Span, Speaker]]:
    """Return a block's sentences, or a row or list item of one speaker as a whole, with who says each."""
    whole = Span(block.start, block.end)
    is_row = block.kind in ("table-row", "table-header")
    sentences = [whole] if is_row else split_sentences(text.document.text, block.start, block.end)
    said = [(span, speaker_of(text, span, section.anchor)) for span in sentences]
    if block.kind == "list-item" and len({who for _, who in said}) == 1:
        return [(whole, said[0][1])]
    return said


def _tokens(spans: Sequence[Span], document: Document, count_tokens: CountTokens) -> list[int]:
    return count_tokens([document.text[span.start : span.end] for span in spans])


def _fitting(
    span: Span, count: int, document: Document, limit: int, count_tokens: CountTokens
) -> Iterator[tuple[Span, int]]:
    """Yield a span with its tokens, cut if it is longer than a chunk: between sentences if it has several, else between
    words.
    """
    if count <= limit:
        yield span, count
        return
    sentences = split_sentences(document.text, span.start, span.end)
    pieces = sentences if len(sentences) > 1 else _halves(document.text, span)
    for piece, size in zip(pieces, _tokens(pieces, document, count_tokens), strict=True):
        yield from _fitting(piece, size, document, limit, count_tokens)


def _halves(text: str, span: Span) -> list[Span]:
    middle = (span.start + span.end) // 2
    cut = text.rfind(" ", span.start + 1, middle)
    if cut == -1:
        return [Span(span.start, middle), Span(middle, span.end)]
    return [Span(span.start, cut), Span(cut + 1, span.end)]


def _lead(document: Document, block: int | None) -> Span | None:
    """Return the part of a block that introduces others; None without a block."""
    if block is None:
        return None
    lead = document.blocks[block]
    return Span(lead.start, lead.end) if lead.kind == "table-header" else _last_sentence(document, lead)


def _last_sentence(document: Document, block: Block) -> Span:
    start = max(block.start, block.end - 2 * LONGEST_LEAD)
    found = _last_of(document.text[start : block.end])
    return Span(start + found.start, start + found.end)


@lru_cache(maxsize=64)  # called for each item of a list
def _last_of(words: str) -> Span:
    return split_sentences(words)[-1]


def _groups(units: Sequence[_Unit], limit: int) -> Iterator[list[_Unit]]:
    """Yield groups of units of at most ``limit`` tokens, cut between blocks unless that leaves a small piece."""
    group: list[_Unit] = []
    size = 0
    for unit, to_come in zip(units, _block_tokens(units), strict=True):
        starts_block = bool(group) and unit.block != group[-1].block
        roomy = size < limit * 3 // 5 or to_come <= limit - size
        if group and (size + unit.tokens > limit or (starts_block and not roomy)):
            yield group
            group = []
        if not group:
            size = unit.lead_tokens
        group.append(unit)
        size += unit.tokens
    if group:
        yield group


def _block_tokens(units: Sequence[_Unit]) -> list[int]:
    """Return, for each unit, the tokens from it to the end of its block."""
    totals: list[int] = []
    for unit, following in zip(reversed(units), [None, *reversed(units)], strict=False):
        goes_on = following is not None and following.block == unit.block
        totals.append(unit.tokens + (totals[-1] if goes_on else 0))
    return totals[::-1]


def _chunk(text: LibraryText, section: _Section, group: Sequence[_Unit]) -> Chunk:
    document = text.document
    start, end = group[0].span.start, group[-1].span.end
    lead = group[0].lead
    words = document.text[start:end]
    page = document.page_at(start)
    identity = "\n".join((text.id, text.form, *section.path, str(start), words))
    return Chunk(
        id=hashlib.sha256(identity.encode()).hexdigest()[:20],
        text_id=text.id,
        document=text.source.id,
        part=text.part,
        form=text.form,
        section=section.path,
        anchor=section.anchor,
        start=start,
        end=end,
        text=words,
        sentences=tuple(unit.span for unit in group),
        speakers=tuple(unit.speaker for unit in group),
        lead=lead,
        lead_text=document.text[lead.start : lead.end] if lead else "",
        page=page.number if page else None,
        page_label=page.label if page else None,
        footnotes=document.notes_in(Span(start, end)),
    )
