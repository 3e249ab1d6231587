"""Who says each sentence of the library: the publisher, somebody that a commentary or a register reports, or we.

Nothing else decides an attribution. Only what is shipped can name other speakers: in a document that a team adds, or
that was fetched, notes with the same attributes are ordinary words, and every sentence is its publisher's.
"""

from __future__ import annotations

from typing import get_args

from assistant.errors import CatalogueError
from assistant.records import Authority, Document, Footnote, LibraryText, Source, Span, Speaker

GOVERNMENT: frozenset[Authority] = frozenset(("statute", "government-policy", "guidance"))
"""What counts as the word of government."""
STEWARD = "Steward"
"""Our own name as a speaker."""


def publisher_of(source: Source) -> Speaker:
    """Return the speaker of what a document says itself; of a commentary, ourselves."""
    if source.comments_on:
        return Speaker(STEWARD, "steward", "commentary", source.as_at or source.published)
    return Speaker(source.publisher, "publisher", source.authority, source.published, source.landing_page)


def speaker_of(text: LibraryText, span: Span, anchor: str | None) -> Speaker:
    """Return who says ``text.document.text[span.start:span.end]``, which stands below the heading ``anchor``."""
    if anchor is not None and anchor in text.speakers:
        return text.speakers[anchor]
    if text.source.comments_on and text.part == "body" and text.form == "summary":
        for note in notes_with_speaker(text.document, span):
            return reported_in(note)
    return publisher_of(text.source)


def notes_with_speaker(document: Document, span: Span) -> list[Footnote]:
    """Return the notes called in a span that say who speaks."""
    notes = {note.number: note for note in document.footnotes}
    called = [notes[number] for number in document.notes_in(span) if number in notes]
    return [note for note in called if "speaker" in dict(note.attributes)]


def reported_in(note: Footnote) -> Speaker:
    """Return the speaker that a commentary's note names.

    Raises:
        CatalogueError: it has no authority, or one that does not exist.
    """
    said = dict(note.attributes)
    authority: Authority | None = next((name for name in get_args(Authority) if name == said.get("authority")), None)
    if authority is None:
        known = ", ".join(get_args(Authority))
        raise CatalogueError(
            f"Note {note.number} has the authority {said.get('authority')!r}; expected one of {known}."
        )
    return Speaker(said["speaker"], "reported", authority, said.get("date", ""), note.url or "")
