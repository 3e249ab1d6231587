"""Answers as a note to take away: Markdown or Word, with a numbered footnote for every quote."""

from assistant.notes.making import note_of
from assistant.notes.markdown import as_markdown
from assistant.notes.records import Note, NoteFootnote, NoteSection, Paragraph
from assistant.notes.saving import check_place, save_note
from assistant.notes.word import write_word

__all__ = [
    "Note",
    "NoteFootnote",
    "NoteSection",
    "Paragraph",
    "as_markdown",
    "check_place",
    "note_of",
    "save_note",
    "write_word",
]
