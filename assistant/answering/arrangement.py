"""Passages to a readable answer: under who says them, in reading order, each with the number of its citation.

The text is plain, and a source may print anything: a line that looks like one of our headings, a number in brackets
that looks like one of our citations. So the three are told apart by form. A heading has a line to itself and holds no
double quotation mark; a source's words stand on one line between “ and ”; a number in square brackets behind them is a
citation. `as_shown` takes from the source's words what would break this. The record's sentences and quotes stay
verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.ranking import Passage
from assistant.index import Generation
from assistant.records import Authority, Block, Chunk, Document, Quote, Sentence, Source, Span
from assistant.text.chunking import block_at, labelled_row
from assistant.text.quoting import as_shown, heading, make_quote

_ORDER: tuple[Authority, ...] = ("statute", "government-policy", "guidance", "independent-proposal", "evidence")

_NUMBERED = re.compile(r"\d{1,3}[.)] ")


@dataclass(frozen=True, slots=True)
class Arranged:
    """An answer's text with its sentences and quotes."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Passages that follow each other in one text without a gap, cited as one quote."""

    chunk: Chunk
    spans: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.spans[0].start, self.spans[-1].end)


def arrange(passages: Sequence[Passage], generation: Generation, sources: Mapping[str, Source]) -> Arranged:
    """The passages under headings that say who says them and with what authority; the best-scored voice first.

    Voices of one authority stand together, so that government policy and independent proposals never mix.
    """
    lines: list[str] = []
    sentences: list[Sentence] = []
    quotes: list[Quote] = []
    for voice in _voices(passages):
        document = generation.document(voice[0].chunk.text_id)
        cut = _cut_lists(voice, document)
        lines.append(heading(sources[voice[0].chunk.document], voice[0].chunk))
        for run in _runs(voice, document):
            source = sources[run.chunk.document]
            quote = make_quote(len(quotes) + 1, run.chunk, _without_number(run.whole, document), document, source)
            quotes.append(quote)
            header = _header_outside(run, document)
            if header:
                # A row is shown behind its columns' titles, so those are cited as well.
                quotes.append(make_quote(len(quotes) + 1, run.chunk, header, document, source))
            cited = tuple(item.n for item in quotes[quote.n - 1 :])
            written = _write(run, document)
            sentences += [Sentence(words, cited, "unsupported") for _, words in written]
            lines += _lines(written, cited)
        lines += cut
        lines.append("")
    return Arranged("\n".join(lines).strip(), tuple(sentences), tuple(quotes))


def _voices(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages by text, grouped by authority; authorities in the order of their best passage."""
    voices: dict[str, list[Passage]] = {}
    for passage in passages:
        voices.setdefault(passage.chunk.text_id, []).append(passage)
    best: dict[Authority, float] = {}
    for voice in voices.values():
        top = max(passage.score for passage in voice)
        authority = voice[0].chunk.authority
        best[authority] = max(best.get(authority, top), top)
    return sorted(
        voices.values(),
        key=lambda voice: (
            -best[voice[0].chunk.authority],
            _ORDER.index(voice[0].chunk.authority),
            -max(passage.score for passage in voice),
        ),
    )


def _runs(voice: Sequence[Passage], document: Document) -> list[_Run]:
    """Passages joined where nothing stands between them; the run with the best passage first."""
    runs: list[tuple[float, _Run]] = []
    for passage in sorted(voice, key=lambda item: (item.chunk.id, item.span)):
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
    """The span without the number of the list item that it begins with."""
    number = _NUMBERED.match(document.text[span.start : span.end])
    is_item = block_at(document, span.start).kind == "list-item"
    return Span(span.start + number.end(), span.end) if number and is_item else span


def _cut_lists(voice: Sequence[Passage], document: Document) -> Iterator[str]:
    """A line for each list of which some items are shown behind its lead-in, and not all."""
    blocks = {document.blocks.index(block_at(document, passage.span.start)) for passage in voice}
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
    """Each sentence of a run: verbatim, rows behind their columns' titles, a list with its lead-in."""
    written: list[tuple[Block, str]] = []
    for span in run.spans:
        block, words = block_at(document, span.start), document.text[span.start : span.end]
        lead = document.blocks[block.lead] if block.lead is not None else None
        if block.kind == "table-row" and lead is not None:
            words = labelled_row(document.text[lead.start : lead.end], words)
        written.append((block, words))
    return written


def _lines(written: Sequence[tuple[Block, str]], cited: Sequence[int]) -> Iterator[str]:
    """Prose that stands together as one quotation; titles, list items and rows each on a line, behind a list mark.

    Of a row the punctuation between its cells and their titles is ours, though it stands inside the quotation marks: a
    column's title is the source's word as well, and outside them it could pass for one of our headings.
    """
    marks = " ".join(f"[{n}]" for n in cited)
    # A list that is shown from its second item on has no numbers: "2." would stand first.
    first = next((found[0] for _, words in written if (found := _NUMBERED.match(words))), "")
    is_numbered = first.startswith("1") and not first[1].isdigit()
    for listed, group in groupby(written, lambda item: item[0].kind in ("heading", "list-item", "table-row")):
        words = [words for _, words in group]
        for item in words if listed else [" ".join(words)]:
            number = _NUMBERED.match(item) if listed else None
            mark = number[0] if number and is_numbered else "- " if listed else ""
            yield f"{mark}“{as_shown(item[number.end() if number else 0 :])}” {marks}"
