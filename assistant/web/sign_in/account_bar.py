"""Who is signed in, in the bar, with a button to sign out."""

from __future__ import annotations

import gradio as gr

from assistant.readers import current_person
from assistant.web.static import read_static
from assistant.web.templates import render


def account_bar(blocks: gr.Blocks, *, signs_out: bool) -> None:
    """Draw it, filled in at each page load; with ``signs_out`` Steward itself can end the session."""
    place = gr.HTML(label="Account", js_on_load=read_static("account.js"), elem_classes="account-place")

    def shown() -> str:
        person = current_person()
        return render("account", person=person, signs_out=signs_out) if person else ""

    blocks.load(shown, None, place, api_name="account", api_visibility="private", show_progress="hidden")
