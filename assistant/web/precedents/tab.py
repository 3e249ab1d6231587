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
from assistant.web.deep_links import ASK_CASES, RECOMMENDATIONS, View, link_to_search, view_of
from assistant.web.door.permissions import Openness
from assistant.web.html_parts import heading_html
from assistant.web.precedents.across_cases_view import AskCasesView
from assistant.web.precedents.cases_view import QUERY_CHARACTERS, CasesView
from assistant.web.precedents.chapter_view import ChapterView
from assistant.web.precedents.page import LATEST, PAGE, Update
from assistant.web.precedents.recommendations_view import RecommendationsView
from assistant.web.precedents.shortlist import Shortlist

CASES, CONTRIBUTE, CHAPTER = "cases", "contribute", "chapter"
VIEWS = {
    "Cases": CASES,
    "Ask the cases": ASK_CASES,
    "Recommendations": RECOMMENDATIONS,
    "Contribute a case": CONTRIBUTE,
    "Write a chapter": CHAPTER,
}
"""The views as addresses name them, by their names on screen."""
WHAT = "What was tried, where and by whom, and what came of it."
LONGEST_ADDRESS = 8000
"""Longest address followed: the longest search takes 6,000 characters in other letters than ours."""
_VIEWED = "(view) => dispatchEvent(new CustomEvent('viewed', { detail: view }))"
_IS_WIDE_TOO = "(view) => [view, innerWidth >= 900]"
_WHERE = "(_, ...drawn) => [location.search, ...drawn]"
_FOLLOWED = "() => dispatchEvent(new Event('followed'))"


class PrecedentsTab:
    """The tab's components and events."""

    def __init__(self, current: Callable[[], Library], store: CaseStore, openness: Openness) -> None:
        """Draw the tab; ``current`` gives the library at each event, ``store`` keeps contributed cases."""
        views: dict[str, gr.Column] = {}
        with gr.Tab("Precedents", id="precedents") as tab:
            gr.HTML(heading_html("Precedents", WHAT), elem_classes="heading")
            view = gr.Radio([*VIEWS.items()], value=CASES, label="Show", elem_classes="views")
            wide = gr.Checkbox(False, visible="hidden")
            self._where = gr.Textbox(label="Address", visible="hidden")
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
        # Chosen here, by the shortlist or by an address.
        self._narrowing = {ASK_CASES: self._asked.narrow, RECOMMENDATIONS: self._recommendations.narrow}
        outputs = [*views.values(), *self._narrowing.values()]
        view.change(self._shown, [view, wide], outputs, js=_IS_WIDE_TOO, **LATEST)
        # Chosen by the reader, it shows all; not when it is left, or a late answer would undo what Back opens.
        view.input(lambda: "", None, self._recommendations.only, **LATEST)
        self._cases.connect()
        self._asked.connect()
        narrowed = self._recommendations.connect(view.change)
        self._contribute.connect(view, CONTRIBUTE)
        self._chapter.connect(view.change)
        comparing, planning = partial(self._showing, CASES), partial(self._showing, CHAPTER)
        shown = [view, *views.values()]
        chosen = self._shortlist.connect(tab, self._cases, self._chapter, comparing, planning, shown)
        for event in (view.input, *(event.then for event in (*chosen, narrowed))):
            event(None, view, js=_VIEWED, **PAGE)

    def connect(self, entering: Any, moving: Any) -> None:
        """Show what each address names that the page goes to, from elsewhere or from another of this tab."""
        for event, anew in ((entering, True), (moving, False)):
            # Where the page is by then: "always_last" loses what a second event says.
            inputs = [self._where, self._cases.drawn, self._asked.drawn]
            followed = event(partial(self._follow, anew), inputs, self.arriving, js=_WHERE, **LATEST)
            followed.then(None, js=_FOLLOWED, **PAGE)

    @property
    def pane(self) -> gr.HTML:
        """The case that is open, whose event ``edit`` asks one of its questions."""
        return self._cases.pane

    @property
    def arriving(self) -> list[Any]:
        """The components that an address fills; see `arrive`."""
        opened = [
            self._cases.pane,
            self._shortlist.comparison,
            self._recommendations.only,
            self._recommendations.opened,
        ]
        return [*self._cases.arriving, *self._asked.arriving, *opened, self._view, *self._views.values()]

    def arrive(self, address: View, drawn: str = "", answered: str = "", anew: bool = False) -> Update:
        """Return what an address asks of this tab; empty if it is for another.

        Cases that are ``drawn`` stay as they are, by the address of their search, unless it is another or asked anew;
        so does the answer to a question, by the address ``answered``.
        """
        if address.tab != "precedents":
            return {}
        view = address.view if address.view in self._views else CASES
        update = self._showing(view)
        question = address.question[:QUERY_CHARACTERS]
        if view == CASES:
            update |= {self._cases.pane: self._cases.opened(address.case), self._shortlist.comparison: ""}
            anew = anew or drawn != link_to_search(question, address.facets, address.sort)
        elif view == ASK_CASES and (anew or answered != link_to_search(question, address.facets, view=view)):
            update |= self._asked.arrive(address)
        elif view == RECOMMENDATIONS:
            one = address.recommendation
            update |= {self._recommendations.only: one, self._recommendations.opened: [one] if one else []}
        if not drawn or (view == CASES and anew):
            update |= self._cases.arrive(address if view == CASES else View())
        return update

    def _showing(self, shown: str) -> Update:
        return {self._view: shown} | self._columns(shown)

    def _columns(self, shown: str) -> Update:
        return {column: gr.Column(visible=name == shown) for name, column in self._views.items()}

    def _shown(self, view: str, wide: bool) -> Update:
        update = self._columns(view)
        if view in self._narrowing:
            # Filters are open beside what they narrow if there is room; on a phone they would push it down.
            update[self._narrowing[view]] = gr.Accordion(open=wide)
        return update

    def _follow(self, anew: bool, where: str | None, drawn: str, answered: str) -> Update:
        parameters: Any = QueryParams((where or "")[:LONGEST_ADDRESS].removeprefix("?"))
        return self.arrive(view_of(parameters), drawn, answered, anew) or {self._view: gr.skip()}
