"""Save a note to a file, whole or not at all."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from assistant.export.notes.markdown import as_markdown
from assistant.export.notes.note import Note
from assistant.files.saving import check_place, save_whole


def save_note(note: Note, path: Path, overwrite: bool = False) -> None:
    """Save a note as Markdown (``.md``) or Word (``.docx``).

    Raises:
        NoteError: as `check_place`, or the file cannot be written.
    """
    check_place(path, overwrite)
    if path.suffix.lower() == ".md":
        content = as_markdown(note).encode()
    else:
        from assistant.export.notes.word import write_word  # slow to load

        file = BytesIO()
        write_word(note, file)
        content = file.getvalue()
    save_whole(path, content, overwrite)
