"""The documents, sections, pages and notes that precedents and recommendations cite, as HTML."""

from __future__ import annotations

from html import escape

from assistant.precedents.cases import case_notes
from assistant.precedents.citations import Places, estimated_pages
from assistant.records import Footnote
from assistant.registers.entries import Precedent, PrecedentSource, Recommendation
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.web.evidence import web_link


class CitedPlaces(Places):
    """The cited places as HTML."""

    def sources_html(self, entry: Precedent) -> str:
        """Return a list of a case's sources: document, section, pages, notes, and the original publication."""
        return "<ul>{}</ul>".format("\n".join(f"<li>{self._source(item, entry)}</li>" for item in entry.source))

    def recommendation_html(self, entry: Recommendation) -> str:
        """Return the document and section of a recommendation."""
        section = self.section(entry.document, entry.section, entry.id, "recommendations")
        return f"{self.document_html(entry.document)}, {escape(section)}"

    def document_html(self, name: str) -> str:
        """Return a document's publisher and title, with its authority, status and date."""
        source = self._library.sources.get(name)
        if source is None:
            return escape(name)
        status = "" if source.status == "current" else f", {source.status}"
        words = f"{source.publisher}: {source.title}"
        standing = f"{AUTHORITY_WORDS[source.authority]}{status}, {date_in_words(source.published)}"
        title = web_link(source.landing_page, words) if source.landing_page else escape(words)
        return f"{title} ({escape(standing)})"

    def _source(self, source: PrecedentSource, entry: Precedent) -> str:
        words = self._place(source, entry)
        if source.title or source.publisher:
            published = date_in_words(source.published) if source.published else ""
            original = ", ".join(part for part in (source.publisher, source.title, source.part, published) if part)
            link = f" ({web_link(source.url, 'open it')})" if source.url else ""
            # The line end keeps the two apart when the text is copied without its layout.
            words += f"\n<p>{'Original source: ' if source.document else ''}{escape(original)}{link}</p>"
        of_source = entry.model_copy(update={"source": (source,)})
        notes = "\n".join(f"<li>{note_html(note)}</li>" for note in case_notes(self._library.generation, of_source))
        return words + (f"\n<ul>{notes}</ul>" if notes else "")

    def _place(self, source: PrecedentSource, entry: Precedent) -> str:
        """Return a source's place in the library and the chosen passage; empty for a source elsewhere."""
        if not source.document:
            return ""
        place = [self.document_html(source.document), escape(self.section(source.document, source.section, entry.id))]
        if source.pages:
            place.append(escape(estimated_pages(source.pages)))
        quote = f"<blockquote>{escape(source.quote)}</blockquote>" if source.quote else ""
        return f"<p>{', '.join(place)}</p>\n{quote}"


def note_html(note: Footnote) -> str:
    """Return a footnote in full, with a link to any address it prints."""
    link = f" ({web_link(note.url, 'open it')})" if note.url else ""
    return f"Note {escape(note.number)}: {escape(note.text)}{link}"
