"""The Precedents tab and its views, shown one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from starlette.datastructures import QueryParams

from assistant.library import Library
from assistant.storage.case_store import CaseStore
from assistant.web.contribute.view import ContributeView
from assistant.web.deep_links import View, view_of
from assistant.web.door.permissions import Openness
from assistant.web.precedents.across_cases_view import AskCasesView
from assistant.web.precedents.cases_view import QUERY_CHARACTERS, CasesView
from assistant.web.precedents.chapter_view import ChapterView
from assistant.web.precedents.page import IS_WIDE, PAGE, Update
from assistant.web.precedents.recommendations_view import RecommendationsView

CASES, ASK_CASES, RECOMMENDATIONS = "Cases", "Ask the cases", "Recommendations"
CONTRIBUTE, CHAPTER = "Contribute", "Chapter"
LONGEST_ADDRESS = 1000
"""Longest address followed."""
_IS_WIDE_TOO = "(view) => [view, innerWidth >= 900]"


class PrecedentsTab:
    """The tab's components and events."""

    def __init__(self, current: Callable[[], Library], store: CaseStore, openness: Openness) -> None:
        """Draw the tab; ``current`` gives the library at each event, ``store`` keeps contributed cases."""
        views: dict[str, gr.Column] = {}
        with gr.Tab("Precedents", id="precedents") as tab:
            view = gr.Radio([CASES, ASK_CASES, RECOMMENDATIONS, CONTRIBUTE, CHAPTER], value=CASES, label="Show")
            wide = gr.Checkbox(False, visible="hidden")
            with gr.Column() as views[CASES]:
                self._cases = CasesView(current)
            with gr.Column(visible=False) as views[ASK_CASES]:
                self._asked = AskCasesView(current)
            with gr.Column(visible=False) as views[RECOMMENDATIONS]:
                self._recommendations = RecommendationsView(current)
            with gr.Column(visible=False) as views[CONTRIBUTE]:
                self._contribute = ContributeView(current, store, openness)
            with gr.Column(visible=False) as views[CHAPTER]:
                self._chapter = ChapterView(current)
        self._view, self._views = view, views
        # Filters are open beside the cards if there is room; on a phone they would push the cards down.
        tab.select(lambda wide: gr.Accordion(open=wide), wide, self._cases.narrow, js=IS_WIDE, **PAGE)
        view.input(
            lambda chosen, wide: [gr.Column(visible=chosen == name) for name in views] + [gr.Accordion(open=wide)],
            [view, wide],
            [*views.values(), self._recommendations.narrow],
            js=_IS_WIDE_TOO,
            **PAGE,
        )
        self._cases.connect(tab)
        self._asked.connect()
        self._recommendations.connect(view.input)
        self._contribute.connect(view, CONTRIBUTE)
        self._chapter.connect(view.input)
        gr.on(
            [self._cases.results.click, self._asked.results.click, self._recommendations.results.click],
            self._follow,
            None,
            self.arriving,
            **PAGE,
        )

    @property
    def arriving(self) -> list[Any]:
        """The components that an address fills; see `arrive`."""
        opened = [self._cases.query, self._cases.only, self._recommendations.only, self._recommendations.opened]
        return [*opened, self._view, *self._views.values()]

    def arrive(self, address: View) -> Update:
        """Return what an address asks of this tab: a search, a case or a recommendation; empty if it is for another."""
        if address.tab != "precedents":
            return {}
        update: Update = {self._cases.only: address.case}
        if address.question or not (address.case or address.recommendation):
            update[self._cases.query] = address.question[:QUERY_CHARACTERS]
        if address.recommendation:
            update[self._recommendations.only] = address.recommendation
            update[self._recommendations.opened] = [address.recommendation]
        shown = RECOMMENDATIONS if address.recommendation and not address.case else CASES
        columns = {column: gr.Column(visible=name == shown) for name, column in self._views.items()}
        return update | {self._view: shown} | columns

    def _follow(self, event: gr.EventData) -> Update:
        """Open the case or recommendation of a link."""
        parameters: Any = QueryParams(str(event.entry)[:LONGEST_ADDRESS].removeprefix("?"))
        address = view_of(parameters)
        update = self.arrive(address)
        if address.recommendation:
            # The case with the link stays open.
            update.pop(self._cases.only, None)
        return update or {self._view: gr.skip()}
