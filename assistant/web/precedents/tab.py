"""The Precedents tab and its views, shown one at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr
from starlette.datastructures import QueryParams

from assistant.library import Library
from assistant.storage.case_store import CaseStore
from assistant.web.contribute.view import ContributeView
from assistant.web.deep_links import ALL, View, view_of
from assistant.web.door.permissions import Openness
from assistant.web.html_parts import heading_html
from assistant.web.precedents.across_cases_view import AskCasesView
from assistant.web.precedents.cases_view import QUERY_CHARACTERS, CasesView
from assistant.web.precedents.chapter_view import ChapterView
from assistant.web.precedents.page import PAGE, Update
from assistant.web.precedents.recommendations_view import RecommendationsView
from assistant.web.precedents.shortlist import Shortlist

CASES, ASK_CASES, RECOMMENDATIONS = "Cases", "Ask the cases", "Recommendations"
CONTRIBUTE, CHAPTER = "Contribute", "Chapter"
WHAT = "What was tried, where and by whom, and what came of it."
LONGEST_ADDRESS = 1000
"""Longest address followed."""
_IS_WIDE_TOO = "(view) => [view, innerWidth >= 900]"


class PrecedentsTab:
    """The tab's components and events."""

    def __init__(self, current: Callable[[], Library], store: CaseStore, openness: Openness) -> None:
        """Draw the tab; ``current`` gives the library at each event, ``store`` keeps contributed cases."""
        views: dict[str, gr.Column] = {}
        with gr.Tab("Precedents", id="precedents") as tab:
            gr.HTML(heading_html("Precedents", WHAT), elem_classes="heading")
            choices = [CASES, ASK_CASES, RECOMMENDATIONS, CONTRIBUTE, CHAPTER]
            view = gr.Radio(choices, value=CASES, label="Show", elem_classes="views")
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
            self._shortlist = Shortlist(current, self._cases.comparison)
        self._view, self._views = view, views
        # Filters are open beside the recommendations if there is room; on a phone they would push them down.
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
        comparing, planning = partial(self._showing, CASES), partial(self._showing, CHAPTER)
        shown = [view, *views.values()]
        self._shortlist.connect(tab, self._cases, self._chapter, comparing, planning, shown)

    def connect(self, moving: Any) -> None:
        """Open the case or recommendation of each address that the page goes to, by the listener ``moving``."""
        # Not "always_last": of two quick ones, such as Back right after a case was closed, the second got lost.
        moving(self._follow, None, self.arriving, trigger_mode="multiple", **PAGE)

    @property
    def pane(self) -> gr.HTML:
        """The case that is open, whose event ``edit`` asks one of its questions."""
        return self._cases.pane

    @property
    def arriving(self) -> list[Any]:
        """The components that an address fills; see `arrive`."""
        opened = [self._cases.query, self._cases.pane, self._shortlist.comparison]
        opened += [self._recommendations.only, self._recommendations.opened]
        return [*opened, self._view, *self._views.values()]

    def arrive(self, address: View) -> Update:
        """Return what an address asks of this tab: a search, a case or a recommendation; empty if it is for another."""
        if address.tab != "precedents":
            return {}
        update: Update = {self._cases.pane: self._cases.opened(address.case), self._shortlist.comparison: ""}
        if address.question or not (address.case or address.recommendation):
            update[self._cases.query] = address.question[:QUERY_CHARACTERS]
        if address.recommendation:
            one = "" if address.recommendation == ALL else address.recommendation
            update |= {self._recommendations.only: one, self._recommendations.opened: [one] if one else []}
        is_recommendation = address.recommendation and not address.case
        return update | self._showing(RECOMMENDATIONS if is_recommendation else CASES)

    def _showing(self, shown: str) -> Update:
        columns = {column: gr.Column(visible=name == shown) for name, column in self._views.items()}
        return {self._view: shown} | columns

    def _follow(self, event: gr.EventData) -> Update:
        """Open the case or recommendation of an address, or close the case where it names neither."""
        parameters: Any = QueryParams(str(event.entry)[:LONGEST_ADDRESS].removeprefix("?"))
        address = view_of(parameters)
        update = self.arrive(address)
        if address.recommendation:
            # The case with the link stays open.
            update.pop(self._cases.pane, None)
        elif update and not address.case:
            return {self._cases.pane: update[self._cases.pane]}
        return update or {self._view: gr.skip()}
