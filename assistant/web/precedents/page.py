"""What the views of the tab "Precedents" have in common."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from assistant.web.api.endpoints import AT_ONCE
from assistant.web.static import read_static

CSS = read_static("precedents.css")
SCRIPT = read_static("precedents.js")
PER_STEP = 10
"""How many cards are shown at first, and how many more each time."""
MOST_BOXES = 15
"""Values of a facet that are shown as boxes to tick; more are a list to choose from."""
PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": AT_ONCE}
LATEST: dict[str, Any] = PAGE | {"trigger_mode": "always_last"}
"""Of events that may come faster than they are answered: the last one counts."""
AS_SENT: dict[str, Any] = PAGE | {"preprocess": False}
"""Of events that check what was chosen themselves: choices that were added to a list are forgotten at a restart."""
IS_WIDE = "() => innerWidth >= 900"
Update = dict[Any, Any]


def follow_html(address: str, words: str) -> str:
    """A link to a case or a recommendation by its address, which is followed without loading the page again."""
    return f'<a href="{escape(address)}" data-action="follow" data-id="{escape(address)}">{escape(words)}</a>'


def opened_html(what: str) -> str:
    """Above what was opened alone by its address: the way back to all of them, called ``what``."""
    return f'<p><button type="button" id="all-{what}" data-action="all" data-id="">Show all {what}</button></p>'


def facet_choice(title: str, choices: list[tuple[str, str]]) -> Any:
    """A facet's values to choose from."""
    if len(choices) > MOST_BOXES:
        return gr.Dropdown(choices, value=[], multiselect=True, label=title)
    return gr.CheckboxGroup(choices, value=[], label=title)
