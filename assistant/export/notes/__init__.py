"""Answers as a note to take away: Markdown or Word, with a numbered footnote for every quote."""

from assistant.export.notes.making import note_of, paragraphs_of
from assistant.export.notes.markdown import as_markdown
from assistant.export.notes.note import Note, NoteFootnote, NoteSection, Paragraph
from assistant.export.notes.plain import as_plain_text
from assistant.export.notes.saving import save_note
from assistant.export.notes.word import write_word
from assistant.files.saving import check_place

__all__ = [
    "Note",
    "NoteFootnote",
    "NoteSection",
    "Paragraph",
    "as_markdown",
    "as_plain_text",
    "check_place",
    "note_of",
    "paragraphs_of",
    "save_note",
    "write_word",
]
