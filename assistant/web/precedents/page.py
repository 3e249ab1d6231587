"""What the views of the Precedents tab share."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.web.api.endpoints import AT_ONCE
from assistant.web.static import read_static

SCRIPT = read_static("cards.js")
PER_STEP = 10
"""How many recommendations are shown at first and added each time."""
MOST_BOXES = 15
"""Most values of a facet shown as checkboxes; more become a list."""
PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": AT_ONCE}
LATEST: dict[str, Any] = PAGE | {"trigger_mode": "always_last"}
"""Options of events that may come faster than they are answered: the last one counts."""
AS_SENT: dict[str, Any] = PAGE | {"preprocess": False}
"""Options of events that check choices themselves: after a restart Gradio refuses those added since the start."""
Update = dict[Any, Any]


def facet_choice(title: str, choices: list[tuple[str, str]]) -> Any:
    """Return a component to choose a facet's values."""
    if len(choices) > MOST_BOXES:
        return gr.Dropdown(choices, value=[], multiselect=True, label=title)
    return gr.CheckboxGroup(choices, value=[], label=title)
