"""Arranges passages as a readable answer: under who says them, in reading order, each with its citation.

The text is plain, and a source may contain lines that look like our headings or bracketed numbers that look like our
citations. So the three differ in form: a heading has its own line, which ends with a colon; a source's words stand on
one line that ends with citations, numbers in square brackets, and between “ and ” if they are exact. A table's rows
stand between upright bars, the column titles above a line of dashes. `as_shown` removes from the source's words what
would break this; the record's sentences and quotes stay verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from assistant.answering.evidence import Passage
from assistant.index import Generation
from assistant.records import (
    Block,
    Cell,
    Chunk,
    CitationForm,
    Document,
    Quote,
    Sentence,
    Source,
    Span,
    Speaker,
    Table,
)
from assistant.text.chunking import CELL_END, block_at
from assistant.text.quoting import heading, heading_path, make_quote, quoted

_NUMBERED = re.compile(r"\d{1,3}[.)] ")


@dataclass(frozen=True, slots=True)
class Arranged:
    """An answer's text with its sentences and quotes."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]
    tables: tuple[Table, ...] = ()
    gaps: tuple[str, ...] = ()
    """What was asked for and nothing states."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive passages of one text, cited as one quote."""

    chunk: Chunk
    spans: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.spans[0].start, self.spans[-1].end)


def arrange(passages: Sequence[Passage], generation: Generation, sources: Mapping[str, Source]) -> Arranged:
    """Return the passages, best first, under headings that give speaker and authority."""
    lines: list[str] = []
    tables: list[Table] = []
    sentences: list[Sentence] = []
    quotes: list[Quote] = []
    for own in _by_speaker(passages):
        chunk, speaker = own[0].chunk, own[0].speaker
        document, source = generation.document(chunk.text_id), sources[chunk.document]
        cut = _cut_lists(own, document)
        lines.append(heading(speaker, source.title, source.status, chunk.form, chunk.part))
        titled: int | None = None
        for run in _runs(own, document):
            first, last = (block_at(document, span.start) for span in (run.spans[0], run.spans[-1]))
            header, titles = _header_outside(run, document), len(quotes) + 1
            whole = _without_number(run.whole, document)
            if header and first.lead != titled:
                # A row is shown with its column titles, so cite those as well, in one quote if nothing is between.
                if document.text[header.end : whole.start].strip():
                    quotes.append(make_quote(titles, run.chunk, header, document, source, speaker))
                else:
                    whole = Span(header.start, whole.end)
                sentences.append(Sentence(document.text[header.start : header.end], (titles,), "unsupported"))
            quote = make_quote(len(quotes) + 1, run.chunk, whole, document, source, speaker)
            quotes.append(quote)
            cited = tuple(range(titles, quote.n + 1))
            tables += _tables(run, document, cited)
            written = [(block_at(document, span.start), document.text[span.start : span.end]) for span in run.spans]
            sentences += [Sentence(words, (quote.n,), "unsupported") for _, words in written]
            lines += _lines(written, document, quote.n, titles, quote.form, titled)
            titled = last.lead if last.kind == "table-row" else None
        lines += cut
        lines.append("")
    return Arranged("\n".join(lines).strip(), tuple(sentences), tuple(quotes), tuple(tables))


def _by_speaker(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Return the passages of each speaker in a text, in the order given."""
    said: dict[tuple[str, Speaker], list[Passage]] = {}
    for passage in passages:
        said.setdefault((passage.chunk.text_id, replace(passage.speaker, url="")), []).append(passage)
    return list(said.values())


def _runs(own: Sequence[Passage], document: Document) -> list[_Run]:
    """Join passages with nothing between them; the run with the first passage comes first."""
    runs: list[tuple[int, _Run]] = []
    for place, passage in sorted(enumerate(own), key=lambda item: (item[1].chunk.id, item[1].span)):
        first, last = runs[-1] if runs else (0, None)
        if (
            last
            and last.chunk.id == passage.chunk.id
            and not document.text[last.whole.end : passage.span.start].strip()
        ):
            runs[-1] = (min(first, place), _Run(last.chunk, (*last.spans, passage.span)))
        else:
            runs.append((place, _Run(passage.chunk, (passage.span,))))
    return [run for _, run in sorted(runs, key=lambda item: item[0])]


def _without_number(span: Span, document: Document) -> Span:
    """Return the span without a list item's number."""
    number = _NUMBERED.match(document.text[span.start : span.end])
    is_item = block_at(document, span.start).kind == "list-item"
    return Span(span.start + number.end(), span.end) if number and is_item else span


def _cut_lists(own: Sequence[Passage], document: Document) -> Iterator[str]:
    """Yield a line for each list that is shown with its lead-in but not in full."""
    blocks = {document.blocks.index(block_at(document, passage.span.start)) for passage in own}
    shown = Counter(document.blocks[number].lead for number in blocks if document.blocks[number].kind == "list-item")
    every = Counter(block.lead for block in document.blocks if block.kind == "list-item")
    for lead, count in shown.items():
        if lead in blocks and 1 < count < every[lead]:
            yield f"{count} of the {every[lead]} items of this list are shown."


def _header_outside(run: _Run, document: Document) -> Span | None:
    for span in run.spans:
        block = block_at(document, span.start)
        if block.kind == "table-row" and block.lead is not None:
            header = document.blocks[block.lead]
            return Span(header.start, header.end) if header.start < run.whole.start else None
    return None


def _tables(run: _Run, document: Document, cited: tuple[int, ...]) -> Iterator[Table]:
    """Yield the tables of a run's rows, each with the rows shown."""
    rows = [(block_at(document, span.start), span) for span in run.spans]
    for lead, group in groupby(rows, key=lambda row: row[0].lead if row[0].kind == "table-row" else None):
        if lead is not None:
            header = document.blocks[lead]
            yield Table(
                heading_path(run.chunk.section),
                _cells(document, Span(header.start, header.end)),
                tuple(_cells(document, span) for _, span in group),
                cited,
            )


def _cells(document: Document, row: Span) -> tuple[Cell, ...]:
    cells, start = [], row.start
    for words in document.text[row.start : row.end].split(CELL_END):
        cells.append(Cell(words, start, start + len(words)))
        start += len(words) + len(CELL_END)
    return tuple(cells)


def _lines(
    written: Sequence[tuple[Block, str]],
    document: Document,
    cited: int,
    titles_cited: int,
    form: CitationForm,
    titled: int | None,
) -> Iterator[str]:
    """Yield consecutive prose as one line; titles and list items each on their own, after a list mark; rows as a table.

    ``titled`` is the header of the table whose rows stand directly above: they go on.
    """
    # A list shown from its second item on gets no numbers: it would start with "2.".
    first = next((found[0] for _, words in written if (found := _NUMBERED.match(words))), "")
    is_numbered = first.startswith("1") and not first[1].isdigit()
    for (kind, lead), group in groupby(written, lambda item: _layout(item[0])):
        words = [words for _, words in group]
        if kind == "table":
            if lead is not None and lead != titled:
                header = document.blocks[lead]
                titles = document.text[header.start : header.end]
                yield f"{_row(titles, form)} [{titles_cited}]"
                yield "|" + "---|" * (titles.count(CELL_END) + 1)
            yield from (f"{_row(item, form)} [{cited}]" for item in words)
            continue
        for item in words if kind == "list" else [" ".join(words)]:
            number = _NUMBERED.match(item) if kind == "list" else None
            mark = number[0] if number and is_numbered else "- " if kind == "list" else ""
            yield f"{mark}{quoted(item[number.end() if number else 0 :], form)} [{cited}]"


def _layout(block: Block) -> tuple[Literal["table", "list", "prose"], int | None]:
    """Return how a block is shown; a table with its header's number, so that two tables stay apart."""
    if block.kind == "table-row":
        return "table", block.lead
    return "list" if block.kind in ("heading", "list-item") else "prose", None


def _row(words: str, form: CitationForm) -> str:
    cells = words.split(CELL_END)
    return f"| {' | '.join(quoted(cell, form) if any(map(str.isalnum, cell)) else '–' for cell in cells)} |"
