"""The buttons that give the present conversation as a note to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import gradio as gr

from assistant.errors import AssistantError
from assistant.notes import note_of, save_note
from assistant.records import Answer

FORMATS = {"Word": "steward-note.docx", "Markdown": "steward-note.md"}
"""Name of the file by what its button says."""
NOTHING_YET = "There is no answer to take away yet. Ask a question first."
# A download button that is clicked gives the file it had before the click, so the browser fetches the new one itself.
_FETCH = """(file) => {
  if (!file) return;
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""


def take_away_buttons(answers: gr.State) -> None:
    """A button for each format; ``answers`` holds the conversation's, and its note is made when one is clicked."""
    with gr.Row():
        buttons = {name: gr.Button(f"Take away as {name}", size="sm") for name in FORMATS}
    for name, button in buttons.items():
        file = gr.DownloadButton(visible="hidden")
        making = button.click(_maker(file, FORMATS[name]), answers, file, api_visibility="private")
        making.then(None, file, None, js=_FETCH, api_visibility="private", show_progress="hidden")


def _maker(file: gr.DownloadButton, name: str) -> Callable[[Sequence[Answer]], str | None]:
    """Makes the note of a conversation, with today as the day of access; None, and a sentence, where there is none."""

    def make(answers: Sequence[Answer]) -> str | None:
        if not answers:
            gr.Warning(NOTHING_YET, title="No note")
            return None
        with tempfile.TemporaryDirectory(prefix="steward-note-") as folder:
            path = Path(folder, name)
            try:
                save_note(note_of(answers, accessed=date.today()), path)
            except AssistantError as error:
                gr.Warning(str(error).replace(str(path), name), title="No note")
                return None
            # A copy that Gradio knows to be its own, and so deletes when it is old.
            copy: str | None = file.move_resource_to_block_cache(path)
            return copy

    return make
