"""The "Ask the cases" view of the Precedents tab: a question across cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.across_cases import ask_cases
from assistant.precedents.citations import Places
from assistant.precedents.facets import CaseFilters
from assistant.precedents.search import search_cases
from assistant.web.api.endpoints import reader_message, record_use
from assistant.web.deep_links import ASK_CASES, YEARS, View, link_to_search
from assistant.web.html_parts import problem_html
from assistant.web.precedents.across_cases_html import answer_html
from assistant.web.precedents.cases_view import (
    QUERY_CHARACTERS,
    SEARCHED,
    asked_values,
    chosen_values,
    facet_choices,
    facet_component,
    filters_of,
)
from assistant.web.precedents.page import LATEST, PAGE, SCRIPT, Update

NO_QUESTION = "Enter a question, for example: what has worked to involve citizens?"
OUTCOMES = "polarities"
"""The facet left out here, because the question says which outcomes are asked for."""


class AskCasesView:
    """The view's components and events."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        self.drawn = gr.State("")
        """Address of the question whose answer was drawn last; empty for none."""
        with gr.Row(elem_classes="case-search"):
            self._question = gr.Textbox(
                label="Ask across the cases",
                placeholder="What has worked, and where?",
                max_lines=4,
                max_length=QUERY_CHARACTERS,
                scale=6,
            )
            self._send = gr.Button("Ask", variant="primary", scale=1, min_width=80)
        self._message = gr.HTML(label="Message", elem_classes="message-place")
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260), gr.Accordion("Filters", open=False) as self.narrow:
                self._facets = {
                    facet.name: facet_component(facet)
                    for facet in search_cases(current()).facets
                    if facet.name != OUTCOMES and (facet.name == YEARS or facet.counts)
                }
            with gr.Column(scale=3, min_width=260):
                self.results = gr.HTML(label="Answer", js_on_load=SCRIPT)

    def connect(self) -> None:
        """Answer each question that is sent, and then have the page's address name it."""
        inputs = [self._question, *self._facets.values()]
        outputs = [self.results, self._message, self.drawn, *self._facets.values()]
        sent = [self._send.click, self._question.submit]
        asked = gr.on(sent, self._ask, inputs, outputs, api_name="show_case_answer", **LATEST)
        asked.then(None, js=SEARCHED, **PAGE)

    @property
    def arriving(self) -> list[Any]:
        """The components that an address fills; see `arrive`."""
        return [self._question, self.results, self._message, self.drawn, *self._facets.values()]

    def arrive(self, address: View) -> Update:
        """Return the question that an address asks, with its answer; without one, an empty view."""
        values, unknown = asked_values(address, self._facets, search_cases(self._current()).facets)
        question = address.question[:QUERY_CHARACTERS]
        empty: Update = {self.results: "", self._message: "", self.drawn: link_to_search("", {}, view=ASK_CASES)}
        update = self._ask(question, *values.values()) if question else empty
        for name, component in self._facets.items():
            update[component] = update.get(component, {}) | gr.update(value=values[name])
        return update | {self._question: question} | ({self._message: unknown} if unknown else {})

    def _ask(self, question: str, *values: Any) -> Update:
        if not question.strip():
            return {self._message: problem_html(NO_QUESTION)}
        try:
            library = self._current()
            filters = filters_of(dict(zip(self._facets, values, strict=True)))
            answer = ask_cases(library, question.strip(), filters)
            counts = search_cases(library, filters=filters).facets
            record_use("cases-question", {"cases": [case.entry.id for case in answer.cited]}, words=question.strip())
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        address = link_to_search(question.strip(), chosen_values(self._facets, values), view=ASK_CASES)
        return {
            self.results: answer_html(answer, filters != CaseFilters(), Places(library), address),
            self._message: "",
            self.drawn: address,
        } | {
            self._facets[facet.name]: gr.update(choices=facet_choices(facet))
            for facet in counts
            if facet.name in self._facets
        }
