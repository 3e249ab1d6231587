"""How an answer shows a source's words and name, and the record of a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from assistant.records import Authority, Chunk, CitationForm, Document, Form, Part, Quote, Source, Span, Speaker, Status
from assistant.text.dates import date_in_words
from assistant.text.speakers import publisher_of

AUTHORITY_WORDS: Mapping[Authority, str] = {
    "statute": "statute",
    "government-policy": "government policy",
    "guidance": "guidance",
    "audit": "audit or evaluation",
    "research": "research",
    "public-body": "public body’s own record",
    "parliament": "said in Parliament",
    "representative-body": "representative body",
    "independent-proposal": "independent proposal",
    "evidence": "evidence",
    "working-paper": "working paper",
    "press": "press",
    "commentary": "commentary",
}
"""Authorities as they appear on screen, the most binding first."""
_REGISTERS: Mapping[Part, str] = {
    "body": "",
    "recommendations": ", register of recommendations",
    "precedents": ", register of precedents",
}
_BRACKETED = re.compile(r"[\[［【〔⟦]([^\[\]［］【】〔〕⟦⟧]{1,40})[\]］】〕⟧]")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_INNER_QUOTES = str.maketrans(dict.fromkeys("“„‟〝❝", "‘") | dict.fromkeys("”〞〟❞", "’") | dict.fromkeys('"＂', "'"))


def authority_words(authority: Authority) -> str:
    """Return an authority with a capital, as it stands alone on screen.

    >>> authority_words("parliament")
    'Said in Parliament'
    """
    words = AUTHORITY_WORDS[authority]
    return words[:1].upper() + words[1:]


def as_shown(words: str) -> str:
    """Return a source's words, or its title, as an answer shows them; the record keeps them verbatim.

    They go on one line. Upright bars are broken, so that none reads as a table's. Double quotation marks become single
    ones, so that none ends our quotation. Square brackets around a number become round ones, so that none reads as a
    citation. Those around words are an editor's ("[the Secretary of State]", "[…]") and stay, as do those around the
    year of a law report.

    >>> as_shown('The "night shelters" have 144 beds [1]. [They] closed [2, 3]; see [2020] UKSC 5.')
    "The 'night shelters' have 144 beds (1). [They] closed (2, 3); see [2020] UKSC 5."
    """
    return _BRACKETED.sub(_round_brackets, " ".join(words.split())).translate(_INNER_QUOTES).replace("|", "¦")


def heading_path(titles: Iterable[str]) -> str:
    """Return headings in one line, the outermost first.

    >>> heading_path(("Harbour plan", "Boats"))
    'Harbour plan › Boats'
    """
    return " › ".join(titles)


def heading(speaker: Speaker, title: str, status: Status, form: Form | CitationForm, part: Part) -> str:
    """Return who says what follows, with which authority and when, and whether it is in our words.

    A title's second part, after a colon, is left out; the record of the citation has it.

    >>> heading(Speaker("Demos", "publisher", "independent-proposal", "2025-03"), "Ports", "current", "quote", "body")
    'Demos, Ports (independent proposal, March 2025):'
    >>> heading(Speaker("Full Fact", "reported", "research", "2026"), "Ports: commentary", "current", "summary", "body")
    'Summary of Full Fact (research, 2026):'
    """
    standing = [AUTHORITY_WORDS[speaker.authority], date_in_words(speaker.date)]
    if speaker.kind == "publisher":
        standing.append("" if status == "current" else status)
    who = (
        f"{speaker.name}, {' '.join(title.split()).partition(': ')[0]}" if speaker.kind == "publisher" else speaker.name
    )
    words = f"{who}{_REGISTERS[part]} ({', '.join(filter(None, standing))}):"
    if speaker.kind == "steward":
        return as_shown(f"Note by {words}")
    return as_shown(f"Summary of {words}" if form == "summary" else words)


def quote_heading(quote: Quote) -> str:
    """Return the heading that an answer shows above a quote."""
    return heading(quote.speaker, quote.title, quote.document_status, quote.form, quote.part)


def quoted(words: str, form: CitationForm) -> str:
    """Return words as an answer shows them: in quotation marks if they are the source's, without if they are ours."""
    return f"“{as_shown(words)}”" if form == "quote" else as_shown(words)


def make_quote(
    n: int, chunk: Chunk, span: Span, document: Document, source: Source, speaker: Speaker | None = None
) -> Quote:
    """Return the citation of ``document.text[span.start:span.end]``, with its page and the notes called in it.

    ``speaker`` is needed where the stretch is not of the chunk's own sentences.
    """
    page = document.page_at(span.start)
    speaker = speaker or chunk.speaker_of(span) or chunk.speaker or publisher_of(source)
    notes = {note.number: note for note in document.footnotes}
    return Quote(
        n=n,
        document=source.id,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        speaker=speaker,
        document_status=source.status,
        form="quote" if chunk.form == "original" else "summary",
        part=chunk.part,
        section=chunk.section,
        page=page.number if page else None,
        page_label=page.label if page else None,
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        url=speaker.url or source.landing_page,
        footnotes=tuple(notes[number] for number in document.notes_in(span) if number in notes),
    )


def _round_brackets(found: re.Match[str]) -> str:
    inside = unicodedata.normalize("NFKC", found[1])
    reads_as_citation = _SHORT_NUMBER.search(inside) and not any(map(str.isalpha, inside))
    return f"({found[1]})" if reads_as_citation else found[0]
