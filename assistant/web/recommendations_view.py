"""The view "Recommendations" of the tab "Precedents"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.web.precedents_page import LATEST, PAGE, PER_STEP, SCRIPT, Update, facet_choice
from assistant.web.recommendations_html import FACETS, RecommendationList
from assistant.web.tables import problem_html


class RecommendationsView:
    """The view's components; made where it is being drawn."""

    def __init__(self, current: Callable[[], Assistant]) -> None:
        self._current = current
        known = RecommendationList(current())
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260), gr.Accordion("Narrow down", open=False) as self.narrow:
                self._facets = {name: facet_choice(title, known.choices(name, {})) for name, title in FACETS.items()}
            with gr.Column(scale=3, min_width=260):
                self._results = gr.HTML(label="Recommendations", js_on_load=SCRIPT)
                self._more = gr.Button("Show more", visible=False)
        self._shown, self._opened = gr.State(PER_STEP), gr.State([])

    def connect(self, chosen: Any) -> None:
        """Show the recommendations once the view is ``chosen``, and whenever something about them changes."""
        inputs = [self._shown, self._opened, *self._facets.values()]
        outputs = [self._results, self._more, *self._facets.values()]
        show = {"fn": self._show, "inputs": inputs, "outputs": outputs, **LATEST}
        chosen(**show)
        narrowed = [item.input for item in self._facets.values()]
        gr.on(narrowed, lambda: PER_STEP, None, self._shown, **LATEST).then(**show, api_name="show_recommendations")
        self._more.click(lambda shown: shown + PER_STEP, self._shown, self._shown, **PAGE).then(**show)
        self._results.select(_toggle, self._opened, self._opened, **PAGE).then(**show)

    def _show(self, shown: int, opened: list[str], *values: list[str]) -> Update:
        wanted: Mapping[str, Sequence[str]] = dict(zip(self._facets, (item or [] for item in values), strict=True))
        register = RecommendationList(self._current())
        try:
            found = register.html(wanted, shown, opened)
        except AssistantError as error:
            return {self._results: problem_html(str(error))}
        updates = {
            component: gr.update(choices=register.choices(name, wanted)) for name, component in self._facets.items()
        }
        return {self._results: found, self._more: gr.Button(visible=shown < len(register.matching(wanted)))} | updates


def _toggle(event: gr.EventData, opened: list[str]) -> list[str]:
    entry = str(event.entry)
    return [name for name in opened if name != entry] if entry in opened else [*opened, entry]
