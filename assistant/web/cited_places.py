"""Where the entries of the registers rest: the documents, sections, pages and notes that they cite, as HTML."""

from __future__ import annotations

from html import escape

from assistant.answering import Assistant
from assistant.answering.arrangement import AUTHORITY_WORDS
from assistant.notes.words import date_in_words
from assistant.precedents.cases import case_notes
from assistant.records import Footnote, Part
from assistant.registers import Precedent, PrecedentSource, Recommendation, section_paths
from assistant.web.evidence import web_link

PAGES = "about page {} of the report, by its table of contents"
"""The registers' pages are estimates below the level of a section, and must not pass for more."""


class CitedPlaces:
    """Looks up what the registers cite in the texts of one library; what was read is kept."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._paths: dict[str, dict[str, tuple[str, ...]]] = {}

    def speaker(self, entry: Precedent) -> str:
        """On whose word an entry's outcome rests, in plain words: who publishes the documents, and whom these cite."""
        tellers = dict.fromkeys(self._publisher(item.document) for item in entry.source if item.document)
        notes = case_notes(self._assistant.generation, entry)
        cited = dict.fromkeys(
            name
            for name in (*(item.publisher for item in entry.source), *(note.publisher or note.author for note in notes))
            if name and name not in tellers
        )
        if not tellers:
            return "; ".join(cited)
        return "; ".join(tellers) + (f", citing {'; '.join(cited)}" if cited else "")

    def sources_html(self, entry: Precedent) -> str:
        """A list of the entry's sources: document, section, pages, notes, and the publication behind it."""
        return f"<ul>{''.join(f'<li>{self._source(item, entry)}</li>' for item in entry.source)}</ul>"

    def recommendation_html(self, entry: Recommendation) -> str:
        """Which document makes a recommendation, and in which section."""
        section = self.section(entry.document, entry.section, entry.id, "recommendations")
        return f"{self.document_html(entry.document)}, {escape(section)}"

    def document_html(self, name: str) -> str:
        """A document by its publisher and title, with its authority, its status and its date."""
        source = self._assistant.sources.get(name)
        if source is None:
            return escape(name)
        status = "" if source.status == "current" else f", {source.status}"
        words = f"{source.publisher}: {source.title}"
        told = f"{AUTHORITY_WORDS[source.authority]}{status}, {date_in_words(source.published)}"
        title = web_link(source.landing_page, words) if source.landing_page else escape(words)
        return f"{title} ({escape(told)})"

    def section(self, document: str, anchor: str, entry: str, part: Part = "precedents") -> str:
        """The titles of a section's headings below the document's own; its id in words where the text has no such."""
        path = self._section_paths(document, "body").get(anchor) if self._is_briefing(document) else None
        # An entry stands in its register's text under the headings of the section that it rests on first.
        path = path or self._section_paths(document, part).get(entry, ())[:-1]
        return " › ".join(path[1:] or path) or anchor.replace("-", " ").capitalize()

    def _source(self, source: PrecedentSource, entry: Precedent) -> str:
        words = self._place(source, entry)
        if source.title or source.publisher:
            published = date_in_words(source.published) if source.published else ""
            behind = ", ".join(part for part in (source.publisher, source.title, source.part, published) if part)
            link = f" ({web_link(source.url, 'open it')})" if source.url else ""
            words += f"<p>{'Rests on: ' if source.document else ''}{escape(behind)}{link}</p>"
        of_source = entry.model_copy(update={"source": (source,)})
        notes = "".join(f"<li>{note_html(note)}</li>" for note in case_notes(self._assistant.generation, of_source))
        return words + (f"<ul>{notes}</ul>" if notes else "")

    def _place(self, source: PrecedentSource, entry: Precedent) -> str:
        """Where in the library a source stands, and the passage that was chosen from it; nothing for one outside."""
        if not source.document:
            return ""
        # What was chosen from an original stands in a section of that, which is named in words.
        section = source.section if source.quote and not self._is_anchor(source) else ""
        section = section or self.section(source.document, source.section, entry.id)
        place = [self.document_html(source.document), escape(section)]
        if source.pages:
            place.append(escape(PAGES.format(source.pages)))
        quote = f"<blockquote>{escape(source.quote)}</blockquote>" if source.quote else ""
        return f"<p>{', '.join(place)}</p>{quote}"

    def _is_anchor(self, source: PrecedentSource) -> bool:
        return self._is_briefing(source.document) and source.section in self._section_paths(source.document, "body")

    def _publisher(self, document: str) -> str:
        source = self._assistant.sources.get(document)
        return source.publisher if source else document

    def _is_briefing(self, document: str) -> bool:
        entry = self._assistant.generation.manifest.texts.get(document)
        return entry is not None and entry.form == "briefing"

    def _section_paths(self, document: str, part: Part) -> dict[str, tuple[str, ...]]:
        name = document if part == "body" else f"{document}/{part}"
        if name not in self._paths:
            # The registers may be newer than the index.
            known = name in self._assistant.generation.manifest.texts
            self._paths[name] = section_paths(self._assistant.generation.document(name)) if known else {}
        return self._paths[name]


def note_html(note: Footnote) -> str:
    """A note in full, with a link where it prints an address."""
    link = f" ({web_link(note.url, 'open it')})" if note.url else ""
    return f"Note {escape(note.number)}: {escape(note.text)}{link}"
