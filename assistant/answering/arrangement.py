"""Arranges passages as a readable answer: under who says them, in reading order, each with its citation.

The text is plain, and a source may contain lines that look like our headings or bracketed numbers that look like our
citations. So the three differ in form: a heading has its own line, which ends with a colon; a source's words stand on
one line that ends with citations, numbers in square brackets, and between “ and ” if they are exact. `as_shown` removes
from the source's words what would break this; the record's sentences and quotes stay verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.answering.ranking import Passage
from assistant.index import Generation
from assistant.records import Authority, Block, Chunk, CitationForm, Document, Quote, Sentence, Source, Span, Speaker
from assistant.text.chunking import block_at, labelled_row
from assistant.text.quoting import AUTHORITY_WORDS, heading, make_quote, quoted

_ORDER = tuple(AUTHORITY_WORDS)

_NUMBERED = re.compile(r"\d{1,3}[.)] ")


@dataclass(frozen=True, slots=True)
class Arranged:
    """An answer's text with its sentences and quotes."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive passages of one text, cited as one quote."""

    chunk: Chunk
    spans: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.spans[0].start, self.spans[-1].end)


def arrange(passages: Sequence[Passage], generation: Generation, sources: Mapping[str, Source]) -> Arranged:
    """Return the passages under headings that give speaker and authority; the document with the best score comes first.

    Documents of one authority stay together, so that government policy and independent proposals never mix.
    """
    lines: list[str] = []
    sentences: list[Sentence] = []
    quotes: list[Quote] = []
    for own in _by_speaker(passages):
        chunk, speaker = own[0].chunk, own[0].speaker
        document, source = generation.document(chunk.text_id), sources[chunk.document]
        cut = _cut_lists(own, document)
        lines.append(heading(speaker, source.title, source.status, chunk.form, chunk.part))
        for run in _runs(own, document):
            quote = make_quote(
                len(quotes) + 1, run.chunk, _without_number(run.whole, document), document, source, speaker
            )
            quotes.append(quote)
            header = _header_outside(run, document)
            if header:
                # A row is shown with its column titles, so cite those as well.
                quotes.append(make_quote(len(quotes) + 1, run.chunk, header, document, source, speaker))
            cited = tuple(item.n for item in quotes[quote.n - 1 :])
            written = _write(run, document)
            sentences += [Sentence(words, cited, "unsupported") for _, words in written]
            lines += _lines(written, cited, quote.form)
        lines += cut
        lines.append("")
    return Arranged("\n".join(lines).strip(), tuple(sentences), tuple(quotes))


def _by_speaker(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Group passages by text and speaker, and those by authority, in the order of their best passage."""
    texts: dict[tuple[str, Speaker], list[Passage]] = {}
    for passage in passages:
        texts.setdefault((passage.chunk.text_id, replace(passage.speaker, url="")), []).append(passage)
    best: dict[Authority, float] = {}
    for own in texts.values():
        top = max(passage.score for passage in own)
        authority = own[0].speaker.authority
        best[authority] = max(best.get(authority, top), top)
    return sorted(
        texts.values(),
        key=lambda own: (
            -best[own[0].speaker.authority],
            _ORDER.index(own[0].speaker.authority),
            -max(passage.score for passage in own),
        ),
    )


def _runs(own: Sequence[Passage], document: Document) -> list[_Run]:
    """Join passages with nothing between them; the run with the best passage comes first."""
    runs: list[tuple[float, _Run]] = []
    for passage in sorted(own, key=lambda item: (item.chunk.id, item.span)):
        score, last = runs[-1] if runs else (0.0, None)
        if (
            last
            and last.chunk.id == passage.chunk.id
            and not document.text[last.whole.end : passage.span.start].strip()
        ):
            runs[-1] = (max(score, passage.score), _Run(last.chunk, (*last.spans, passage.span)))
        else:
            runs.append((passage.score, _Run(passage.chunk, (passage.span,))))
    return [run for _, run in sorted(runs, key=lambda item: -item[0])]


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


def _write(run: _Run, document: Document) -> list[tuple[Block, str]]:
    """Return each sentence of a run: verbatim, rows with their column titles, a list with its lead-in."""
    written: list[tuple[Block, str]] = []
    for span in run.spans:
        block, words = block_at(document, span.start), document.text[span.start : span.end]
        lead = document.blocks[block.lead] if block.lead is not None else None
        if block.kind == "table-row" and lead is not None:
            words = labelled_row(document.text[lead.start : lead.end], words)
        written.append((block, words))
    return written


def _lines(written: Sequence[tuple[Block, str]], cited: Sequence[int], form: CitationForm) -> Iterator[str]:
    """Yield consecutive prose as one line; titles, list items and rows each on their own, after a list mark.

    In a row, the punctuation between cells and column titles is ours, though inside the quotation marks: a column title
    is the source's word too, and outside them it could pass for one of our headings.
    """
    marks = " ".join(f"[{n}]" for n in cited)
    # A list shown from its second item on gets no numbers: it would start with "2.".
    first = next((found[0] for _, words in written if (found := _NUMBERED.match(words))), "")
    is_numbered = first.startswith("1") and not first[1].isdigit()
    for listed, group in groupby(written, lambda item: item[0].kind in ("heading", "list-item", "table-row")):
        words = [words for _, words in group]
        for item in words if listed else [" ".join(words)]:
            number = _NUMBERED.match(item) if listed else None
            mark = number[0] if number and is_numbered else "- " if listed else ""
            yield f"{mark}{quoted(item[number.end() if number else 0 :], form)} {marks}"
