"""Citations and passages as HTML. All source text is escaped: whatever a document holds, it shows as plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Answer, Authority, Footnote, Form, Quote, RetrievedChunk, Source
from assistant.text.printable import date_in_words, printed_label
from assistant.text.quoting import AUTHORITY_WORDS

CONTEXT_CHARACTERS = 400
"""How much of the document is shown on each side of a quote."""
PASSAGE_CHARACTERS = 2000
"""How much of a passage is shown; a chunk of prose is shorter, one made of a single long "word" may not be."""
NEAREST = 3
"""How many passages stand beside an abstention."""
FORM_WORDS: Mapping[Form, str] = {"original": "Original", "briefing": "Briefing, in our own words"}
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
NEW_TAB = '<span class="visually-hidden"> (opens in new tab)</span>'
"""What a screen reader says of a link that everyone else sees an arrow on."""
CHANGED = "The library has changed since: these words no longer stand where they were found."


@dataclass(frozen=True, slots=True)
class Cards:
    """How cards are made on a part of the page."""

    generation: Generation
    prefix: str = "evidence"
    """The card of quote n has the id ``prefix-n``."""
    level: int = 2
    """Level of the heading above the cards; theirs is one deeper."""
    links_notes: bool = True
    """Whether addresses that a source prints in its notes are links."""
    behind: str = ""
    """What the cards are the evidence of, where a page has more than one such region: "for question 2"."""
    back: Callable[[Quote], str] | None = None
    """HTML that leads back to where the quote is cited."""
    page: Callable[[Quote], str] | None = None
    """HTML that leads to the quote's page."""

    def region(self, title: str, content: str) -> str:
        """The cards under their heading; where they scroll, the keyboard reaches them."""
        level = self.level
        return (
            f'<section class="evidence" aria-label="{escape(f"{title} {self.behind}".strip())}" tabindex="0">'
            f"<h{level}>{escape(title)}</h{level}>{content}</section>"
        )

    def quote(self, quote: Quote) -> str:
        """Who says it and with what authority, where it stands, and the exact words marked in their context."""
        level = self.level + 1
        notes = "".join(f"<li>{_note(note, self.links_notes)}</li>" for note in quote.footnotes)
        links = [
            self.page(quote) if self.page else "",
            web_link(quote.url, "Publisher’s page") if quote.url else "",
            self.back(quote) if self.back else "",
        ]
        return (
            f'<article class="evidence-card" id="{self.prefix}-{quote.n}" tabindex="-1">'
            f"<h{level}>[{quote.n}] {escape(quote.publisher)}: {escape(quote.title)}</h{level}>"
            f"{_authority(quote.authority)}{_status(quote)}"
            f'<p class="place">{escape(_place(quote.section, quote.title))}</p>'
            f'<p class="place">{escape(" · ".join(filter(None, _details(quote))))}</p>'
            f"{_in_context(quote, self.generation)}"
            + (f"<p>Notes of the document:</p><ul>{notes}</ul>" if notes else "")
            + "".join(f"<p>{link}</p>" for link in links if link)
            + "</article>"
        )

    def passage(self, item: RetrievedChunk, source: Source) -> str:
        """A passage that came near without answering."""
        chunk, level = item.chunk, self.level + 1
        words = " ".join(filter(None, (chunk.lead_text, chunk.text)))
        if len(words) > PASSAGE_CHARACTERS:
            words = f"{words[:PASSAGE_CHARACTERS]}…"
        return (
            f'<article class="evidence-card"><h{level}>{escape(source.publisher)}: {escape(source.title)}</h{level}>'
            f'{_authority(chunk.authority)}<p class="place">{escape(_place(chunk.section, source.title))}</p>'
            f"<blockquote>{escape(words)}</blockquote></article>"
        )


def evidence_html(answer: Answer, library: Library, cards: Cards | None = None) -> str:
    """The answer's citations as cards, or, for an abstention, the nearest passages."""
    cards = cards or Cards(library.generation)
    if answer.refused:
        nearest = () if answer.status == "out-of-scope" else answer.retrieved[:NEAREST]
        found = "".join(
            cards.passage(item, library.sources[item.chunk.document])
            for item in nearest
            if item.chunk.document in library.sources
        )
        return cards.region("Nearest passages", found or "<p>Nothing came near.</p>")
    notes = "".join(f'<p role="note">{escape(warning)}</p>' for warning in answer.warnings)
    return cards.region("Evidence", notes + "".join(map(cards.quote, answer.citations)))


def quotes_html(quotes: Iterable[Quote], generation: Generation, prefix: str) -> str:
    """Quotes as cards whose ids are ``prefix-n``; of their addresses only the catalogue's own is a link."""
    cards = Cards(generation, prefix, links_notes=False)
    content = "".join(map(cards.quote, quotes))
    return cards.region("Evidence", content) if content else ""


def web_link(url: str, words: str) -> str:
    """A link only to a web address: a source may print any scheme."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(url)
    return f'<a href="{escape(url, quote=True)}" rel="noopener noreferrer" target="_blank">{escape(words)}{NEW_TAB}</a>'


def page_words(quote: Quote) -> str:
    """The page by its printed label; by its place in the file where that is missing or too long to be one."""
    if quote.page is None:
        return ""
    if label := printed_label(quote.page_label):
        place = "" if label == str(quote.page) else f" (page {quote.page} of the file)"
        return f"p. {label}{place}"
    return f"page {quote.page} of the file"


def _place(section: Sequence[str], title: str) -> str:
    """The headings down to the section, without the document's title, which stands above them.

    >>> _place(("Harbour plan: a briefing", "Boats", "Licences"), "Harbour plan")
    'Boats › Licences'
    >>> _place(("Harbour plan",), "Harbour plan")
    'Harbour plan'
    """
    first, *rest = section or ("",)
    return " › ".join(rest if rest and (first == title or first.startswith(f"{title}:")) else section)


def _authority(authority: Authority) -> str:
    return f'<p class="authority">{escape(AUTHORITY_WORDS[authority].capitalize())}</p>'


def _status(quote: Quote) -> str:
    if quote.document_status == "current":
        return ""
    return f'<p class="status" role="note">This document is {quote.document_status}: do not rely on it as in force.</p>'


def _details(quote: Quote) -> tuple[str, ...]:
    return f"Published {date_in_words(quote.published)}", FORM_WORDS[quote.form], page_words(quote)


def _in_context(quote: Quote, generation: Generation) -> str:
    """The quote, marked by its position, with the words around it."""
    text_id = quote.document if quote.part == "body" else f"{quote.document}/{quote.part}"
    try:
        text = generation.document(text_id).text
    except (AssistantError, KeyError):
        text = ""
    if text[quote.start : quote.end] != quote.quote:  # an answer of an earlier day
        return f'<blockquote><mark>{escape(quote.quote)}</mark></blockquote><p role="note">{CHANGED}</p>'
    before, after = text[: quote.start][-CONTEXT_CHARACTERS:], text[quote.end :][:CONTEXT_CHARACTERS]
    # Whole words only: half of one, or of a figure, says something else.
    if len(before) < quote.start and "\n\n" not in before:
        before = f"… {before.partition(' ')[2]}"
    if quote.end + len(after) < len(text) and "\n\n" not in after:
        after = f"{after.rpartition(' ')[0]} …"
    before, after = before.rpartition("\n\n")[2], after.partition("\n\n")[0]
    return f"<blockquote>{escape(before)}<mark>{escape(quote.quote)}</mark>{escape(after)}</blockquote>"


def _note(note: Footnote, is_link: bool) -> str:
    """A note in full, behind whom it cites, which leads there where the note prints an address."""
    who, year = note.publisher or note.author, _YEAR.search(note.date or "")  # the date is as printed
    cites = f"citing {who}{f', {year[0]}' if year else ''}" if who else ""
    if note.url and is_link:
        cites = web_link(note.url, cites or "open what it cites")
        return f"Note {escape(note.number)}, {cites}: {escape(note.text)}"
    words = f"Note {escape(note.number)}{escape(f', {cites}') if cites else ''}: {escape(note.text)}"
    return words if not note.url or note.url in note.text else f"{words} ({escape(note.url)})"
