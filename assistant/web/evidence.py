"""Citations and passages as HTML. All source text is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Answer, Authority, CitationForm, Footnote, Form, Quote, RetrievedChunk, Source, Speaker
from assistant.text.dates import date_in_words
from assistant.text.printable import printed_label
from assistant.text.quoting import AUTHORITY_WORDS, heading_path
from assistant.text.speakers import publisher_of

CONTEXT_CHARACTERS = 400
"""How much context is shown on each side of a quote."""
PASSAGE_CHARACTERS = 2000
"""How much of a passage is shown; only a chunk with one very long "word" exceeds it."""
NEAREST = 3
"""How many passages are shown beside an abstention."""
FORM_WORDS: Mapping[CitationForm, str] = {"quote": "Exact words", "summary": "Summary in Steward’s words"}
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
NEW_TAB = '<span class="visually-hidden"> (opens in new tab)</span>'
"""Said by screen readers where others see an arrow."""
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
    back: Callable[[Quote], str] | None = None
    """Gives the HTML that links back to the citation."""
    page: Callable[[Quote], str] | None = None
    """Gives the HTML that links to the quote's page."""

    def region(self, title: str, content: str) -> str:
        """Return the cards under their heading, in a region that the keyboard can scroll."""
        level = self.level
        return (
            f'<section class="evidence" aria-label="{escape(f"{title} {self.about}".strip())}" tabindex="0">'
            f"<h{level}>{escape(title)}</h{level}>{content}</section>"
        )

    def quote(self, quote: Quote) -> str:
        """Return who says it, with what authority and where, and the words marked in context."""
        level = self.level + 1
        notes = "".join(f"<li>{_note(note, self.links_notes)}</li>" for note in quote.footnotes)
        links = [
            self.page(quote) if self.page else "",
            web_link(quote.url, _page_of(quote)) if quote.url else "",
            self.back(quote) if self.back else "",
        ]
        return (
            f'<article class="evidence-card" id="{self.prefix}-{quote.n}" tabindex="-1">'
            f"<h{level}>[{quote.n}] {escape(_who(quote.speaker, quote.title))}</h{level}>"
            f"{_authority(quote.authority)}{_status(quote)}"
            f'<p class="place">{escape(_place(quote.section, quote.title))}</p>'
            f'<p class="place">{escape(" · ".join(filter(None, _details(quote))))}</p>'
            f"{_in_context(quote, self.generation)}"
            + (f"<p>Footnotes in the document:</p><ul>{notes}</ul>" if notes else "")
            + "".join(f"<p>{link}</p>" for link in links if link)
            + "</article>"
        )

    def passage(self, item: RetrievedChunk, source: Source) -> str:
        """Return the card of a passage that is near the question but does not answer it."""
        chunk, level = item.chunk, self.level + 1
        speaker = chunk.speaker or publisher_of(source)
        lead = chunk.lead_text if speaker.kind == "publisher" else ""
        words = " ".join(filter(None, (lead, chunk.text)))
        if len(words) > PASSAGE_CHARACTERS:
            words = f"{words[:PASSAGE_CHARACTERS]}…"
        return (
            f'<article class="evidence-card"><h{level}>{escape(_who(speaker, source.title))}</h{level}>'
            f'{_authority(speaker.authority)}<p class="place">{escape(_place(chunk.section, source.title))}</p>'
            f"{words_html(words, chunk.form)}</article>"
        )


def words_html(words: str, form: Form | CitationForm) -> str:
    """Return words of a text as a quotation if they are exact, and as ours if they are a summary."""
    if form == "summary":
        return f'<p class="told">{escape(words)}</p>'
    return f"<blockquote>{escape(words)}</blockquote>"


def evidence_html(answer: Answer, library: Library, cards: Cards | None = None) -> str:
    """Return the answer's citations as cards, or the nearest passages of an abstention; empty for small talk."""
    cards = cards or Cards(library.generation)
    if not answer.refused and not answer.retrieved and not answer.citations:
        return ""
    if answer.refused and not answer.citations:
        nearest = () if answer.status == "out-of-scope" else answer.retrieved[:NEAREST]
        found = "".join(
            cards.passage(item, library.sources[item.chunk.document])
            for item in nearest
            if item.chunk.document in library.sources
        )
        return cards.region("Nearest passages", found or "<p>Nothing similar was found.</p>")
    notes = "".join(f'<p role="note">{escape(warning)}</p>' for warning in answer.warnings)
    title = "Nearest passages" if answer.refused else "Evidence"
    return cards.region(title, notes + "".join(map(cards.quote, answer.citations)))


def quotes_html(quotes: Iterable[Quote], generation: Generation, prefix: str) -> str:
    """Return quotes as cards with the ids ``prefix-n``; only the catalogue's address becomes a link."""
    cards = Cards(generation, prefix, links_notes=False)
    content = "".join(map(cards.quote, quotes))
    return cards.region("Evidence", content) if content else ""


def web_link(url: str, words: str) -> str:
    """Return a link to a web address; any other scheme, which a source may print, stays text."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(url)
    return f'<a href="{escape(url, quote=True)}" rel="noopener noreferrer" target="_blank">{escape(words)}{NEW_TAB}</a>'


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


def _who(speaker: Speaker, title: str) -> str:
    """Return the heading of a card: the speaker, with the title of what they published themselves.

    >>> _who(Speaker("Full Fact", "reported", "research"), "Harbour plan: what others said")
    'Full Fact'
    """
    return speaker.name if speaker.kind == "reported" else f"{speaker.name}: {title}"


def _page_of(quote: Quote) -> str:
    """Return what the link of a card leads to: our words do not stand on the page of their source."""
    if quote.speaker.kind == "reported" and quote.speaker.url:
        return "The source’s page"
    return "Publisher’s page" if quote.form == "quote" else "Publisher’s page of the original"


def _authority(authority: Authority) -> str:
    return f'<p class="authority">{escape(AUTHORITY_WORDS[authority].capitalize())}</p>'


def _status(quote: Quote) -> str:
    if quote.document_status == "current":
        return ""
    return f'<p class="status" role="note">This document is {quote.document_status}. Do not rely on it as current.</p>'


def _details(quote: Quote) -> tuple[str, ...]:
    told_in = "" if quote.speaker.kind == "publisher" else f"Told in: {quote.title}"
    return date_in_words(quote.speaker.date), FORM_WORDS[quote.form], told_in, page_words(quote)


def _in_context(quote: Quote, generation: Generation) -> str:
    """Return the quote, marked, with the words around it."""
    try:
        text = generation.document(quote.text_id).text
    except (AssistantError, KeyError):
        text = ""
    if text[quote.start : quote.end] != quote.quote:  # an earlier answer
        return f'{words_html(quote.quote, quote.form)}<p role="note">{CHANGED}</p>'
    if quote.speaker.kind != "publisher":  # the words around may be somebody else's
        return words_html(quote.quote, "summary")
    before, after = text[: quote.start][-CONTEXT_CHARACTERS:], text[quote.end :][:CONTEXT_CHARACTERS]
    # Whole words only: half a word or figure means something else.
    if len(before) < quote.start and "\n\n" not in before:
        before = f"… {before.partition(' ')[2]}"
    if quote.end + len(after) < len(text) and "\n\n" not in after:
        after = f"{after.rpartition(' ')[0]} …"
    before, after = before.rpartition("\n\n")[2], after.partition("\n\n")[0]
    if quote.form == "summary":
        return f'<p class="told">{escape(before)}<strong>{escape(quote.quote)}</strong>{escape(after)}</p>'
    return f"<blockquote>{escape(before)}<mark>{escape(quote.quote)}</mark>{escape(after)}</blockquote>"


def _note(note: Footnote, is_link: bool) -> str:
    """Return a footnote in full after the name of the work it cites, which links to any address printed."""
    who, year = note.publisher or note.author, _YEAR.search(note.date or "")  # the date is as printed
    cites = f"citing {who}{f', {year[0]}' if year else ''}" if who else ""
    if note.url and is_link:
        cites = web_link(note.url, cites or "open the source it cites")
        return f"Note {escape(note.number)}, {cites}: {escape(note.text)}"
    words = f"Note {escape(note.number)}{escape(f', {cites}') if cites else ''}: {escape(note.text)}"
    return words if not note.url or note.url in note.text else f"{words} ({escape(note.url)})"
