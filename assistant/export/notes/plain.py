"""A note as plain text, to paste where formatting is lost: an email, a form, a chat."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.export.notes.note import Note, NoteFootnote, NoteSection


def as_plain_text(note: Note) -> str:
    """Return the answers with numbers in square brackets, then the numbered references; ends with a new line."""
    lines = [note.title, ""]
    for section in note.sections:
        lines += [*([section.heading] if len(note.sections) > 1 else []), *_section(section), ""]
    if note.footnotes:
        lines.append("References")
        for footnote in note.footnotes:
            lines += _reference(footnote)
        lines.append("")
    return "\n".join([*lines, *note.made]) + "\n"


def _section(section: NoteSection) -> Iterator[str]:
    if section.asked:
        yield section.asked
    if section.searched_as:
        yield f"Searched as: {section.searched_as}"
    for warning in section.warnings:
        yield f"Note: {warning}"
    for item in section.paragraphs:
        mark = "- " if item.kind == "list-item" else ""
        number = f"{item.number} " if item.number else ""
        colon = ":" if item.kind == "voice" else ""
        calls = "".join(f" [{n}]" for n in item.footnotes)
        yield f"{mark}{number}{item.text}{colon}{calls}"


def _reference(footnote: NoteFootnote) -> Iterator[str]:
    place = f" {footnote.place}" if footnote.place else ""
    address = f" {footnote.url}" if footnote.url else ""
    yield f"[{footnote.number}] {footnote.source}. {footnote.standing}.{place}{address}"
    yield f"    “{' '.join(footnote.quote.split())}”"
    yield from (f"    {words}" for words in footnote.notes)
