"""The place that checks a draft's sentences against the library, and shows the verdicts on the draft itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.claims import build_judge
from assistant.claims.drafts import DraftCheck, check_draft
from assistant.claims.drafts.check import draft_record
from assistant.deadlines import deadline
from assistant.errors import AssistantError
from assistant.export.drafts.commenting import checked_word
from assistant.library import Library
from assistant.web.api.endpoints import add_file_endpoint, reader_message, record_use
from assistant.web.ask.take_away import make_downloadable, offer_file
from assistant.web.check.draft_html import check_html
from assistant.web.check.reading import (
    FILE_TYPES,
    HELD_S,
    MOST_CHARACTERS,
    PASTED,
    HeldDraft,
    ReadDraft,
    hold,
    read_draft,
)
from assistant.web.html_parts import heading_html, problem_html
from assistant.web.static import read_static

CHECK_SECONDS = 180.0
"""Most time for one check when the app is busy."""
WHAT = "Each sentence is set beside what the library says: what clashes, what is near, and what is not there."
ADVICE = (
    f"Paste up to {MOST_CHARACTERS:,} characters, or upload a file. It is held in memory for an hour at most, so that "
    "you can save it with comments, and then forgotten."
)
GONE = "The draft is no longer in memory. Check it again to save it."
_TO_FORM = "() => { const box = document.querySelector('.check-form textarea'); box.focus(); box.select(); }"
_PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def check_tab(current: Callable[[], Library]) -> None:
    """Draw the tab, and offer the same check to programs at ``/check``."""

    def check(
        text: str | None = None,
        file: str | None = None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 Gradio finds it by its default
    ) -> dict[str, Any]:
        """Say which sentences of a draft stand in the library, clash with it or are near something in it, with quotes.

        Args:
            text: The draft; empty if you give a file. At most 50,000 characters.
            file: The draft as a file: text, Markdown, Word, PDF or HTML. It is deleted once read.

        Returns:
            The record of the check: sentences with verdict, reasons and citations, citations with quote and place.
        """
        return draft_record(checked(text, file, progress)[1])

    def show(text: str, file: str | None, progress: gr.Progress = gr.Progress()) -> tuple[str, HeldDraft | None, str]:  # noqa: B008 as above
        try:
            draft, found = checked(text, file, progress)
        except AssistantError as error:
            return problem_html(str(error)), None, ""
        return check_html(draft.document, found, current()), hold(draft, found), ""

    def checked(text: str | None, file: str | None, progress: Any) -> tuple[ReadDraft, DraftCheck]:
        library = current()
        draft = read_draft(text or "", file, library.settings.reading)
        with deadline(CHECK_SECONDS):
            found = check_draft(
                draft.document,
                draft.name,
                library,
                lambda done, of: progress((done, of), desc="Checking", unit="sentences"),
                build_judge(library.settings),
            )
        return draft, found

    def save(held: HeldDraft | None) -> tuple[str | None, str]:
        if held is None:
            return None, problem_html(GONE)
        stem = "draft" if held.draft.name == PASTED else Path(held.draft.name).stem
        try:
            limits = current().settings.reading
            content = checked_word(held.draft.document, held.checked, held.draft.file, limits)
            record_use("export", {"what": "checked draft", "format": ".docx"})
        except AssistantError as error:
            return None, problem_html(f"{held.draft.name}: {reader_message(error)}")
        with tempfile.TemporaryDirectory(prefix="steward-draft-") as folder:
            path = Path(folder, f"{stem}-checked.docx")
            path.write_bytes(content)
            return make_downloadable(path, saved), ""

    with gr.Column(elem_classes="check-form"):
        gr.HTML(heading_html("Check a draft", WHAT), elem_classes="heading")
        text = gr.Textbox(label="Your draft", info=ADVICE, lines=8, max_lines=8)
        file = gr.File(label="Draft file: Word, PDF, HTML, Markdown or text", file_types=FILE_TYPES, height=140)
        send = gr.Button("Check the draft", variant="primary")
    message = gr.HTML(label="Message", elem_classes="message-place")
    # Room for the progress bar.
    result = gr.HTML(label="Result of the check", js_on_load=read_static("check.js"), min_height=120)
    held = gr.State(None, time_to_live=HELD_S)
    saved = gr.DownloadButton(visible="hidden")
    outputs = [result, held, message]
    checking = send.click(
        show, [text, file], outputs, api_visibility="private", api_name="show_check", show_progress_on=result
    )
    # The file is deleted by then, so checking it again could only fail.
    checking.then(lambda: None, None, file, **_PAGE)
    again = result.clear(lambda: ("", None, ""), None, outputs, **_PAGE)
    again.then(None, js=_TO_FORM, **_PAGE)
    saving = result.download(save, held, [saved, message], **_PAGE, api_name="save_check")
    offer_file(saving, saved)
    add_file_endpoint(check, [text, file])
