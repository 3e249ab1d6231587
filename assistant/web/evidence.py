"""Citations and passages as HTML. All source text is escaped: whatever a document holds, it shows as plain words."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from assistant.answering.arrangement import AUTHORITY_WORDS
from assistant.index import Generation
from assistant.records import Answer, Footnote, Quote, RetrievedChunk

CONTEXT_CHARACTERS = 400
"""How much of the document is shown on each side of a quote."""
PASSAGE_CHARACTERS = 2000
"""How much of a passage is shown; a chunk of prose is shorter, one made of a single long "word" may not be."""
LABEL_CHARACTERS = 12
"""The longest page label that is shown: "iii", "A-12", "Annex B-3". A file can call its pages anything."""


def evidence_html(answer: Answer, generation: Generation) -> str:
    """The answer's citations as cards, or, for an abstention, the nearest passages."""
    if answer.status == "declined":
        return _region("Evidence", "<p>The question was declined: nothing was searched.</p>")
    searched = _searched(answer)
    if answer.refused:
        nearest = () if answer.status == "out-of-scope" else answer.retrieved[:3]
        cards = "".join(map(_passage_card, nearest))
        return _region("Nearest passages", searched + (cards or "<p>Nothing came near.</p>"))
    notes = "".join(f'<p role="note">{escape(warning)}</p>' for warning in answer.warnings)
    cards = "".join(_quote_card(quote, generation) for quote in answer.citations)
    return _region("Evidence", f"{searched}<p>As at {escape(answer.as_at)}</p>{notes}{cards}")


def quotes_html(quotes: Iterable[Quote], generation: Generation, prefix: str) -> str:
    """Quotes as cards whose ids are ``prefix-n``; of their addresses only the catalogue's own is a link."""
    cards = "".join(_quote_card(quote, generation, prefix, notes_link=False) for quote in quotes)
    return _region("Evidence", cards) if cards else ""


def problem_html(words: str) -> str:
    """A sentence that says why there is no result; screen readers say it at once."""
    return f'<p role="alert">{escape(words)}</p>'


def _region(title: str, content: str) -> str:
    return f'<section aria-label="{escape(title)}"><h2>{escape(title)}</h2>{content}</section>'


def _searched(answer: Answer) -> str:
    """The question as it was understood, where that is not how it was put: a follow-up question, as a rule."""
    if answer.standalone_question.split() == answer.question.split():
        return ""
    return f"<p>Searched for: {escape(answer.standalone_question)}</p>"


def _quote_card(quote: Quote, generation: Generation, prefix: str = "evidence", notes_link: bool = True) -> str:
    form = "Original" if quote.form == "original" else "Briefing, in our own words"
    details = [
        f"Published {quote.published}",
        form,
        _page(quote),
        "" if quote.document_status == "current" else quote.document_status,
    ]
    notes = "".join(f"<li>{_note(note, notes_link)}</li>" for note in quote.footnotes)
    return (
        f'<article class="evidence-card" id="{prefix}-{quote.n}">'
        f"<h3>[{quote.n}] {escape(quote.publisher)}: {escape(quote.title)}</h3>"
        f'<p class="authority">{escape(AUTHORITY_WORDS[quote.authority].capitalize())}</p>'
        f"<p>{escape(' › '.join(quote.section))}</p>"
        f"<p>{escape(' · '.join(filter(None, details)))}</p>"
        f"<blockquote>{_in_context(quote, generation)}</blockquote>"
        + (f"<p>Notes of the source:</p><ul>{notes}</ul>" if notes else "")
        + (f"<p>{web_link(quote.url, 'Publisher’s page')}</p>" if quote.url else "")
        + "</article>"
    )


def _in_context(quote: Quote, generation: Generation) -> str:
    """The quote, marked by its position, with the words around it."""
    text_id = quote.document if quote.part == "body" else f"{quote.document}/{quote.part}"
    text = generation.document(text_id).text
    before = text[max(0, quote.start - CONTEXT_CHARACTERS) : quote.start].rpartition("\n\n")[2]
    after = text[quote.end : quote.end + CONTEXT_CHARACTERS].partition("\n\n")[0]
    return f"{escape(before)}<mark>{escape(text[quote.start : quote.end])}</mark>{escape(after)}"


def _passage_card(item: RetrievedChunk) -> str:
    chunk = item.chunk
    words = " ".join(filter(None, (chunk.lead_text, chunk.text)))
    if len(words) > PASSAGE_CHARACTERS:
        words = f"{words[:PASSAGE_CHARACTERS]}…"
    return (
        f'<article class="evidence-card"><h3>{escape(chunk.document)}</h3><p>{escape(" › ".join(chunk.section))}</p>'
        f"<blockquote>{escape(words)}</blockquote></article>"
    )


def _page(quote: Quote) -> str:
    """The page by its printed label; by its place in the file where that is missing or too long to be one."""
    if quote.page is None:
        return ""
    if quote.page_label and len(quote.page_label) <= LABEL_CHARACTERS:
        return f"p. {quote.page_label}"
    return f"page {quote.page} of the file"


def _note(note: Footnote, is_link: bool) -> str:
    words = f"{escape(note.number)}. {escape(note.text)}"
    if not note.url:
        return words
    if is_link:
        return f"{words} ({web_link(note.url, 'link')})"
    return words if note.url in note.text else f"{words} ({escape(note.url)})"


def web_link(url: str, words: str) -> str:
    """A link only to a web address: a source may print any scheme."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(url)
    return f'<a href="{escape(url, quote=True)}" rel="noopener noreferrer" target="_blank">{escape(words)}</a>'
