"""The tab "Precedents": its views, of which one is shown at a time."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from assistant.answering import Assistant
from assistant.storage.cases import CaseStore
from assistant.web.cases_view import CasesView
from assistant.web.contribute_view import ContributeView
from assistant.web.precedents_page import IS_WIDE, PAGE
from assistant.web.recommendations_view import RecommendationsView

CASES, RECOMMENDATIONS, CONTRIBUTE = "Cases", "Recommendations", "Contribute"
_IS_WIDE_TOO = "(view) => [view, innerWidth >= 900]"


class PrecedentsTab:
    """The tab's components and what happens to them; made where the app is being built."""

    def __init__(self, current: Callable[[], Assistant], store: CaseStore) -> None:
        """``current`` gives the library for each event, ``store`` keeps the cases that people contribute."""
        views: dict[str, gr.Column] = {}
        with gr.Tab("Precedents", id="precedents") as tab:
            view = gr.Radio([CASES, RECOMMENDATIONS, CONTRIBUTE], value=CASES, label="Show")
            wide = gr.Checkbox(False, visible="hidden")
            with gr.Column() as views[CASES]:
                self._cases = CasesView(current)
            with gr.Column(visible=False) as views[RECOMMENDATIONS]:
                self._recommendations = RecommendationsView(current)
            with gr.Column(visible=False) as views[CONTRIBUTE]:
                self._contribute = ContributeView(current, store)
        self.query = self._cases.query
        # What narrows down stands beside the cards where there is room; on a phone it would push them down.
        tab.select(lambda wide: gr.Accordion(open=wide), wide, self._cases.narrow, js=IS_WIDE, **PAGE)
        view.input(
            lambda chosen, wide: [gr.Column(visible=chosen == name) for name in views] + [gr.Accordion(open=wide)],
            [view, wide],
            [*views.values(), self._recommendations.narrow],
            js=_IS_WIDE_TOO,
            **PAGE,
        )
        self._cases.connect(tab)
        self._recommendations.connect(view.input)
        self._contribute.connect(view, CONTRIBUTE)
