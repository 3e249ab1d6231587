"""The Recommendations view of the Precedents tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.web.html_parts import problem_html
from assistant.web.precedents.page import LATEST, PAGE, PER_STEP, SCRIPT, Update, facet_choice
from assistant.web.precedents.recommendations_html import FACETS, RecommendationList
from assistant.web.templates import render


class RecommendationsView:
    """The view's components and events."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        known = RecommendationList(current())
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260), gr.Accordion("Filters", open=False) as self.narrow:
                self._facets = {name: facet_choice(title, known.choices(name, {})) for name, title in FACETS.items()}
            with gr.Column(scale=3, min_width=260):
                self.results = gr.HTML(label="Recommendations", js_on_load=SCRIPT)
                self._more = gr.Button("Show more", visible=False)
        self._shown, self.opened = gr.State(PER_STEP), gr.State([])
        self.only = gr.State("")
        """Id of the recommendation opened by its address; empty for none."""

    def connect(self, chosen: Any) -> Any:
        """Show the recommendations when the view is ``chosen`` and after each event; return the one that narrows."""
        inputs = [self.only, self._shown, self.opened, *self._facets.values()]
        outputs = [self.results, self._more, *self._facets.values()]
        show = {"fn": self._show, "inputs": inputs, "outputs": outputs, **LATEST}
        gr.on([chosen, self.only.change], **show)
        narrowed = [item.input for item in self._facets.values()]
        changed = gr.on(narrowed, lambda: (PER_STEP, ""), None, [self._shown, self.only], **LATEST)
        narrowed = changed.then(**show, api_name="show_recommendations")
        self._more.click(lambda shown: shown + PER_STEP, self._shown, self._shown, **PAGE).then(**show)
        self.results.select(_toggle, self.opened, self.opened, **PAGE).then(**show)
        return narrowed

    def _show(self, only: str, shown: int, opened: list[str], *values: list[str]) -> Update:
        wanted: Mapping[str, Sequence[str]] = dict(zip(self._facets, (item or [] for item in values), strict=True))
        register = RecommendationList(self._current())
        try:
            found = register.one_html(only, opened) if only else register.html(wanted, shown, opened)
        except AssistantError as error:
            return {self.results: problem_html(str(error)) + (render("all_recommendations") if only else "")}
        updates = {
            component: gr.update(choices=register.choices(name, wanted)) for name, component in self._facets.items()
        }
        more = not only and shown < len(register.matching(wanted))
        return {self.results: found, self._more: gr.Button(visible=more)} | updates


def _toggle(event: gr.EventData, opened: list[str]) -> list[str]:
    entry = str(event.entry)
    return [name for name in opened if name != entry] if entry in opened else [*opened, entry]
