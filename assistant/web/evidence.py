"""Citations and passages as cards: who says it, with what authority, and the words in their place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.records import Answer, Document, Footnote, Quote, RetrievedChunk, Source, Span
from assistant.text.chunking import CELL_END
from assistant.text.printable import printed_label
from assistant.text.quoting import heading_path
from assistant.text.speakers import publisher_of
from assistant.web.deep_links import link_to_case, link_to_quote, link_to_recommendation
from assistant.web.library.originals import page_image_address, page_image_words, quote_pages
from assistant.web.library.reader_text import NO_SPAN, Item, Run, group_of, table_of
from assistant.web.templates import render, shown_date

CONTEXT_CHARACTERS = 160
"""How much context is shown on each side of a quote."""
PASSAGE_CHARACTERS = 2000
"""How much of a passage is shown; only a chunk with one very long "word" exceeds it."""
NEAREST = 3
"""How many passages are shown beside an abstention."""
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
CHANGED = "The library has changed since this answer: these words are no longer where they were found."


@dataclass(frozen=True, slots=True)
class Cards:
    """How cards are drawn on a part of the page."""

    generation: Generation
    prefix: str = "evidence"
    """The card of quote n has the id ``prefix-n``."""
    level: int = 2
    """Level of the heading above the cards; theirs is one lower."""
    links_notes: bool = True
    """Whether addresses printed in a source's notes become links."""
    about: str = ""
    """Which question the cards are for, if the page has several: "for question 2"."""
    turn: str = ""
    """Id of the answer that the cards lead back to; empty if they do not."""
    library: Library | None = None
    """Whose pages the cards lead to and show; None for none."""

    def region(
        self,
        title: str,
        quotes: Iterable[Quote] = (),
        passages: Sequence[tuple[RetrievedChunk, Source]] = (),
        warnings: Sequence[str] = (),
    ) -> str:
        """Return the cards under their heading, in a region that the keyboard can scroll."""
        return render(
            "evidence",
            title=title,
            about=self.about,
            warnings=warnings,
            quotes=[(quote, self._context(quote)) for quote in quotes],
            passages=[self._passage(item, source) for item, source in passages],
            prefix=self.prefix,
            level=self.level,
            links_notes=self.links_notes,
            turn=self.turn,
        )

    def quote(self, quote: Quote) -> str:
        """Return who says it, with what authority and where, and the words marked in context."""
        return render(
            "card",
            quote=quote,
            context=self._context(quote),
            prefix=self.prefix,
            level=self.level + 1,
            links_notes=self.links_notes,
        )

    def _context(self, quote: Quote) -> dict[str, Any]:
        """Return what stands around a quote on its card."""
        around = self._words_around(quote)
        opened, images, of = None, [], self.library
        if of is not None and not around["problem"]:
            opened = link_to_quote(quote, of)
            if page_image_address(quote, of):
                images = [page_image_address(quote, of, number) for number in quote_pages(quote, of)]
        return around | {
            "details": [words for words in _details(quote) if words],
            "place": _place(quote.section, quote.title),
            "notes": [_cites(note) for note in quote.footnotes],
            "opened": opened,
            "entry": _entry_address(quote, of) if of is not None and not around["problem"] else "",
            "images": images,
            "image_words": page_image_words(quote),
        }

    def _words_around(self, quote: Quote) -> dict[str, Any]:
        """Return the quoted words, marked in what stands around them, or alone; in which ``form``, and why alone."""
        span = Span(quote.start, quote.end)
        document = self._document(quote.text_id, span, quote.quote)
        if document is None:  # an earlier answer
            return {"items": [_paragraph(quote.quote)], "form": quote.form, "problem": CHANGED}
        if quote.speaker.kind != "publisher":  # the words around may be somebody else's
            return {"items": list(_items(document, span)), "form": "summary", "problem": ""}
        return {"items": list(_items(document, span, CONTEXT_CHARACTERS)), "form": quote.form, "problem": ""}

    def _passage(self, item: RetrievedChunk, source: Source) -> dict[str, Any]:
        chunk = item.chunk
        speaker = chunk.speaker or publisher_of(source)
        items = [_paragraph(passage_words(chunk.lead_text if speaker.kind == "publisher" else "", chunk.text))]
        if CELL_END in chunk.text:
            span = Span(chunk.start, chunk.end)
            document = self._document(chunk.text_id, span, chunk.text)
            items = list(_items(document, span)) if document else items
        place = _place(chunk.section, source.title)
        return {"speaker": speaker, "title": source.title, "place": place, "items": items, "form": chunk.form}

    def _document(self, text_id: str, span: Span, words: str) -> Document | None:
        """Return a document of the library; None if it no longer has these words at this place."""
        try:
            document = self.generation.document(text_id)
        except (AssistantError, KeyError):
            return None
        return document if document.text[span.start : span.end] == words else None


def _entry_address(quote: Quote, library: Library) -> str:
    """Return the address of the entry of a register that is quoted; empty for any other quote."""
    if quote.part not in ("precedents", "recommendations"):
        return ""
    chunks = library.generation.text_chunks(quote.text_id)
    # An entry that is quoted whole begins with its title, which stands before its chunk.
    entry = next((chunk.anchor for chunk in chunks if quote.start < chunk.end), None) or ""
    if quote.part == "precedents":
        return link_to_case(entry) if entry in cases_of(library).entries else ""
    return link_to_recommendation(entry) if entry in {item.id for item in library.registers.recommendations} else ""


def evidence_html(answer: Answer, library: Library, cards: Cards | None = None) -> str:
    """Return the answer's citations as cards, or the nearest passages of an abstention; empty for small talk."""
    cards = cards or Cards(library.generation)
    if not answer.refused and not answer.retrieved and not answer.citations:
        return ""
    if answer.refused and not answer.citations:
        nearest = () if answer.status == "out-of-scope" else answer.retrieved[:NEAREST]
        sources = library.sources
        found = [(item, sources[item.chunk.document]) for item in nearest if item.chunk.document in sources]
        return cards.region("Nearest passages", passages=found)
    title = "Nearest passages" if answer.refused else "Evidence"
    return cards.region(title, answer.citations, warnings=answer.warnings)


def quotes_html(quotes: Sequence[Quote], generation: Generation, prefix: str) -> str:
    """Return quotes as cards with the ids ``prefix-n``; only the catalogue's address becomes a link."""
    return Cards(generation, prefix, links_notes=False).region("Evidence", quotes) if quotes else ""


def web_link(url: str, words: str) -> str:
    """Return a link to a web address; any other scheme, which a source may print, stays text."""
    return render("link", url=url, words=words)


def passage_words(*parts: str) -> str:
    """Return the parts of a passage that hold anything, a line each, no longer than `PASSAGE_CHARACTERS`."""
    words = "\n".join(filter(None, parts))
    return f"{words[:PASSAGE_CHARACTERS]}…" if len(words) > PASSAGE_CHARACTERS else words


def page_words(quote: Quote) -> str:
    """Return the page by its printed label, or by its place in the file if it has no usable label."""
    if quote.page is None:
        return ""
    if label := printed_label(quote.page_label):
        place = "" if label == str(quote.page) else f" (page {quote.page} of the file)"
        return f"p. {label}{place}"
    return f"page {quote.page} of the file"


def _place(section: Sequence[str], title: str) -> str:
    """Return the headings down to the section, without the document's title.

    >>> _place(("Harbour plan: a summary", "Boats", "Licences"), "Harbour plan")
    'Boats › Licences'
    >>> _place(("Harbour plan",), "Harbour plan")
    'Harbour plan'
    """
    first, *rest = section or ("",)
    return heading_path(rest if rest and (first == title or first.startswith(f"{title}:")) else section)


def _details(quote: Quote) -> tuple[str, ...]:
    told_in = "" if quote.speaker.kind == "publisher" else f"Told in: {quote.title}"
    return shown_date(quote.speaker.date), told_in, page_words(quote)


def _paragraph(words: str, before: str = "", after: str = "", *, is_quoted: bool = False) -> Item:
    runs = ((before, False), (words, is_quoted), (after, False))
    return Item("paragraph", ((tuple(Run(shown, marked, "", ()) for shown, marked in runs if shown),),))


def _items(document: Document, span: Span, around: int = 0) -> Iterator[Item]:
    """Yield a stretch of a document as paragraphs and tables; a table names its columns.

    With ``around`` the stretch is marked, and so many characters of the paragraph or table stand on each side of it.
    """
    blocks = document.blocks
    first, last = (
        bisect_right(blocks, place, key=lambda block: block.start) - 1 for place in (span.start, span.end - 1)
    )
    near = range(
        bisect_left(blocks, span.start - around, key=lambda block: block.start),
        bisect_right(blocks, span.end + around, key=lambda block: block.end),
    )

    def table(number: int) -> tuple[str, int] | None:
        group = group_of(blocks[number], number)
        return group if group[0] == "table" else None

    for own, group in groupby(range(first, last + 1), table):
        numbers = list(group)
        if own:
            rows = {*numbers, *(number for number in near if table(number) == own)}
            yield table_of(document, sorted(rows), span if around else NO_SPAN)
            continue
        start = span.start if numbers[0] == first else blocks[numbers[0]].start
        end = span.end if numbers[-1] == last else blocks[numbers[-1]].end
        before, after = _beside(document.text, start, end) if around else ("", "")
        yield _paragraph(document.text[start:end], before, after, is_quoted=bool(around))


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a stretch in its paragraph."""
    before, after = text[:start][-CONTEXT_CHARACTERS:], text[end:][:CONTEXT_CHARACTERS]
    # Whole words only: half a word or figure means something else.
    if len(before) < start and "\n\n" not in before:
        before = f"… {before.partition(' ')[2]}"
    if end + len(after) < len(text) and "\n\n" not in after:
        after = f"{after.rpartition(' ')[0]} …"
    return before.rpartition("\n\n")[2], after.partition("\n\n")[0]


def _cites(note: Footnote) -> str:
    """Return the name of the work that a footnote cites, with its year; empty if it names none."""
    who, year = note.publisher or note.author, _YEAR.search(note.date or "")  # the date is as printed
    return f"citing {who}{f', {year[0]}' if year else ''}" if who else ""
