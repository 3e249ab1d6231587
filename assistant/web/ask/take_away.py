"""Download answers as a note."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, NoteError
from assistant.export.notes import note_of, save_note
from assistant.files.saving import save_whole
from assistant.records import Answer
from assistant.web.api.endpoints import record_use

FORMATS = {"Word": "steward-note.docx", "Markdown": "steward-note.md"}
"""File name by the format on the button."""
MOST_FILES = 100
"""Most downloads kept for one button; a browser fetches its own at once."""
NOTHING_YET = "There is no answer to save. Ask a question first."
# A clicked download button gives the file it had before the click, so a script fetches the new one.
_FETCH = """(file) => {
  if (file) Object.assign(document.createElement("a"), { href: file.url, download: file.orig_name }).click();
}"""


def note_file(answers: Sequence[Answer], name: str, file: gr.DownloadButton) -> str:
    """Return the path of a note of the answers in the format ``name``; Gradio deletes it later.

    Raises:
        NoteError: there is no answer, or the note cannot be written.
    """
    if not answers:
        raise NoteError(NOTHING_YET)
    with tempfile.TemporaryDirectory(prefix="steward-note-") as folder:
        path = Path(folder, FORMATS[name])
        try:
            save_note(note_of(answers, day=date.today()), path)
        except AssistantError as error:
            raise NoteError(str(error).replace(str(path), path.name)) from error
        record_use("export", {"what": "note", "format": path.suffix, "answers": len(answers)})
        return make_downloadable(path, file)


def chapter_file(content: bytes, name: str, file: gr.DownloadButton) -> str:
    """Return the path of a file ``name`` with this content; Gradio deletes it later.

    Raises:
        NoteError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="steward-chapter-") as folder:
        path = Path(folder, name)
        try:
            save_whole(path, content, what="chapter")
        except NoteError as error:
            raise NoteError(str(error).replace(str(path), path.name)) from error
        record_use("export", {"what": "chapter", "format": path.suffix})
        return make_downloadable(path, file)


def make_downloadable(path: Path, file: gr.DownloadButton) -> str:
    """Return the path of a copy that Gradio owns and deletes later; beyond `MOST_FILES` the oldest go at once."""
    kept = str(file.move_resource_to_block_cache(path))
    there = sorted(
        (Path(name) for name in [*file.temp_files] if Path(name).is_file()), key=lambda item: item.stat().st_mtime
    )
    for old in there[:-MOST_FILES]:
        old.unlink(missing_ok=True)
        file.temp_files.discard(str(old))
    return kept


def offer_file(making: Any, file: gr.DownloadButton) -> None:
    """Have the browser save the file once the event ``making`` has made it."""
    making.then(None, file, None, js=_FETCH, api_visibility="private", show_progress="hidden")
