"""How an answer shows a source's words and name, and the record of a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from assistant.records import Authority, Chunk, Document, Quote, Source, Span, Status

AUTHORITY_WORDS: Mapping[Authority, str] = {
    "statute": "statute",
    "government-policy": "government policy",
    "guidance": "guidance",
    "independent-proposal": "independent proposal",
    "evidence": "evidence",
}
"""Authorities as they appear on screen."""
_BRACKETED = re.compile(r"[\[［【〔⟦]([^\[\]［］【】〔〕⟦⟧]{1,40})[\]］】〕⟧]")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_INNER_QUOTES = str.maketrans(dict.fromkeys("“„‟〝❝", "‘") | dict.fromkeys("”〞〟❞", "’") | dict.fromkeys('"＂', "'"))


def as_shown(words: str) -> str:
    """Return a source's words, or its title, as an answer shows them; the record keeps them verbatim.

    They go on one line. Double quotation marks become single ones, so that none ends our quotation. Square brackets
    around a number become round ones, so that none reads as a citation. Those around words are an editor's ("[the
    Secretary of State]", "[…]") and stay, as do those around the year of a law report.

    >>> as_shown('The "night shelters" have 144 beds [1]. [They] closed [2, 3]; see [2020] UKSC 5.')
    "The 'night shelters' have 144 beds (1). [They] closed (2, 3); see [2020] UKSC 5."
    """
    return _BRACKETED.sub(_round_brackets, " ".join(words.split())).translate(_INNER_QUOTES)


def heading_path(titles: Iterable[str]) -> str:
    """Return headings in one line, the outermost first.

    >>> heading_path(("Harbour plan", "Boats"))
    'Harbour plan › Boats'
    """
    return " › ".join(titles)


def heading(source: Source, chunk: Chunk | Quote) -> str:
    """Return who says what follows: publisher, title, authority, date, and whether it is a digest."""
    return _heading(source.publisher, source.title, source.published, source.status, chunk)


def quote_heading(quote: Quote) -> str:
    """Return the heading that an answer shows above a quote."""
    return _heading(quote.publisher, quote.title, quote.published, quote.document_status, quote)


def _heading(publisher: str, title: str, published: str, status: Status, chunk: Chunk | Quote) -> str:
    kind = {"body": "", "recommendations": ", register of recommendations", "precedents": ", register of precedents"}[
        chunk.part
    ]
    form = ", our summary" if chunk.form == "summary" else ""
    words = AUTHORITY_WORDS[chunk.authority]
    standing = "" if status == "current" else f", {status}"
    return as_shown(f"{publisher}, {title}{kind} ({words}, {published}{standing}{form}):")


def make_quote(n: int, chunk: Chunk, span: Span, document: Document, source: Source) -> Quote:
    """Return the citation of ``document.text[span.start:span.end]``, with its page and the notes called in it."""
    page = document.page_at(span.start)
    notes = {note.number: note for note in document.footnotes}
    return Quote(
        n=n,
        document=source.id,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        authority=chunk.authority,
        document_status=source.status,
        form=chunk.form,
        part=chunk.part,
        section=chunk.section,
        page=page.number if page else None,
        page_label=page.label if page else None,
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        url=source.landing_page,
        footnotes=tuple(notes[number] for number in document.notes_in(span) if number in notes),
    )


def _round_brackets(found: re.Match[str]) -> str:
    inside = unicodedata.normalize("NFKC", found[1])
    reads_as_citation = _SHORT_NUMBER.search(inside) and not any(map(str.isalpha, inside))
    return f"({found[1]})" if reads_as_citation else found[0]
