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
from assistant.web.evidence import problem_html

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


def take_away_buttons(answers: gr.State) -> gr.HTML:
    """A button for each format; ``answers`` holds the conversation's, and its note is made when one is clicked.

    The place that says why there is no note comes back.
    """
    with gr.Row():
        buttons = {name: gr.Button(f"Take away as {name}", size="sm") for name in FORMATS}
    problem = gr.HTML(label="Take away")
    for name, button in buttons.items():
        file = gr.DownloadButton(visible="hidden")
        making = button.click(_maker(file, FORMATS[name]), answers, [file, problem], api_visibility="private")
        making.then(None, file, None, js=_FETCH, api_visibility="private", show_progress="hidden")
    return problem


def _maker(file: gr.DownloadButton, name: str) -> Callable[[Sequence[Answer]], tuple[str | None, str]]:
    """Makes the note of a conversation, with today as the day of access, or says why there is none."""

    def make(answers: Sequence[Answer]) -> tuple[str | None, str]:
        if not answers:
            return None, problem_html(NOTHING_YET)
        with tempfile.TemporaryDirectory(prefix="steward-note-") as folder:
            path = Path(folder, name)
            try:
                save_note(note_of(answers, accessed=date.today()), path)
            except AssistantError as error:
                return None, problem_html(str(error).replace(str(path), name))
            # A copy that Gradio knows to be its own, and so deletes when it is old.
            return file.move_resource_to_block_cache(path), ""

    return make
