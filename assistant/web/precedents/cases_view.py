"""The Cases view of the Precedents tab: find, read and compare cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.facets import CaseFilters, Facet
from assistant.precedents.search import search_cases
from assistant.web.compare_tab import CSS as TABLE_CSS
from assistant.web.html_parts import problem_html
from assistant.web.precedents.cases_html import Cards, comparison_html, one_case_html, results_html
from assistant.web.precedents.cited_places import CitedPlaces
from assistant.web.precedents.glance import PICKED, pictures_html
from assistant.web.precedents.page import LATEST, PAGE, PER_STEP, SCRIPT, Update, facet_choice, show_all_html
from assistant.web.precedents.picks import is_chosen, read
from assistant.web.precedents.pictures import OUTCOME_WORDS

SORTS = [("Closest match", "nearest"), ("Newest", "newest"), ("Title", "title")]
MOST_COMPARED = 4
FULL = f"You can compare up to {MOST_COMPARED} cases. Remove one under “Cases to compare”, then choose again."
QUERY_CHARACTERS = 500
"""Longest search accepted."""
YEARS, ANY_YEAR = "years", ""
REGIONS = "regions"
"""Left out if the corpus has no table of regions."""


class CasesView:
    """The view's components and events."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        with gr.Row(elem_classes="case-search"):
            self.query = gr.Textbox(
                label="Search the cases",
                info="In your own words, for example: small charities bidding together.",
                max_lines=4,
                max_length=QUERY_CHARACTERS,
                scale=6,
            )
            self._send = gr.Button("Search", variant="primary", scale=1, min_width=96)
        self._message = gr.HTML(label="Message", elem_classes="message-place")
        with gr.Accordion("The cases at a glance", open=False):
            self._pictures = gr.HTML(label="Pictures", js_on_load=SCRIPT)
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260), gr.Accordion("Filter", open=False) as self.narrow:
                facets = search_cases(self._current()).facets
                self._facets = {
                    facet.name: facet_component(facet) for facet in facets if facet.name != REGIONS or facet.counts
                }
                self._clear = gr.Button("Clear all", size="sm")
            with gr.Column(scale=3, min_width=260):
                self._sort = gr.Radio(SORTS, value="nearest", label="Sort by")
                self.results = gr.HTML(label="Cases", js_on_load=SCRIPT)
                self._more = gr.Button("Show more", visible=False)
        self._chosen = gr.Dropdown(
            self._titles(),
            value=[],
            multiselect=True,
            max_choices=MOST_COMPARED,
            label="Cases to compare",
            info=f"Choose 2 to {MOST_COMPARED}, here or on the cards.",
        )
        self._comparison = gr.HTML(label="Comparison", css_template=TABLE_CSS)
        self._shown = gr.State(PER_STEP)
        self.only = gr.State("")
        """Id of the case opened by its address; empty for none."""

    def connect(self, tab: gr.Tab) -> None:
        """Show the cases when the tab is chosen, and update them after each event."""
        filters = list(self._facets.values())
        inputs = [self.only, self.query, self._sort, self._chosen, self._shown, *filters]
        outputs = [self.results, self._message, self._pictures, self._more, *self._facets.values()]
        first_step = {"fn": lambda: (PER_STEP, ""), "inputs": None, "outputs": [self._shown, self.only], **LATEST}
        asked = [self._send.click, self.query.submit]
        narrowed = [item.input for item in filters]
        found = gr.on([*asked, *narrowed, self._sort.input], **first_step)
        found.then(self._show, inputs, outputs, api_name="show_cases", **LATEST)
        picked = self._pictures.select(self._pick, filters, [*filters, self._shown, self.only], **PAGE)
        picked.then(self._show, inputs, outputs, **LATEST)
        self.results.clear(lambda: "", None, self.only, **PAGE)
        self.only.change(self._show, inputs, outputs, **LATEST)
        tab.select(self._show, inputs, outputs, **LATEST)
        self._more.click(lambda shown: shown + PER_STEP, self._shown, self._shown, **PAGE).then(
            self._show, inputs, outputs, **LATEST
        )
        emptied = [ANY_YEAR if name == YEARS else [] for name in self._facets]
        cleared = self._clear.click(lambda: [*emptied, ""], None, [*filters, self.only], **PAGE)
        cleared.then(self._show, inputs, outputs, **LATEST)
        self.results.select(self._choose, self._chosen, [self._chosen, self._message], **PAGE)
        compared = self._chosen.change(self._compare, self._chosen, [self._comparison, self._message], **LATEST)
        compared.then(self._show, inputs, outputs, **LATEST)

    def _show(
        self,
        only: str,
        query: str | None,
        sort: Any,
        chosen: list[str] | None,
        shown: int,
        *values: Any,
    ) -> Update:
        words = (query or "").strip()  # a box that was never shown holds nothing
        try:
            library = self._current()
            filters = filters_of(dict(zip(self._facets, values, strict=True)))
            results = search_cases(library, words, filters, sort)
            cards = Cards(library, CitedPlaces(library), tuple(chosen or ()))
            if only:
                found = one_case_html(cases_of(library).entry(only), cards)
            else:
                found = results_html(results, words if sort == "nearest" else "", shown, cards)
        except AssistantError as error:
            return {self._message: problem_html(str(error))} | ({self.results: show_all_html("cases")} if only else {})
        return {
            self.results: found,
            self._message: "",
            self._pictures: pictures_html(library, filters),
            self._more: gr.Button(visible=not only and shown < len(results.found)),
        } | {
            self._facets[facet.name]: gr.update(choices=facet_choices(facet))
            for facet in results.facets
            if facet.name in self._facets
        }

    def _pick(self, event: gr.EventData, *values: Any) -> list[Any]:
        """Choose the cases behind a number in a picture; pressing it again, or "See all", clears the choice."""
        pickable = [name for name in PICKED if name in self._facets]
        wanted = read(str(event.entry), pickable)
        before = dict(zip(self._facets, values, strict=True))
        if is_chosen(wanted, {name: before[name] or () for name in wanted}):
            wanted = {name: [] for name in wanted or pickable}
        return [*(before | wanted).values(), PER_STEP, ""]

    def _choose(self, event: gr.EventData, chosen: list[str]) -> Update:
        """Add a case to the comparison, or remove it."""
        entry, titles = str(event.entry), self._titles()
        if entry not in (name for _, name in titles):
            return {self._message: problem_html("This case is no longer published. Search again.")}
        if entry in chosen:
            kept = [name for name in chosen if name != entry]
        elif len(chosen) == MOST_COMPARED:
            return {self._message: problem_html(FULL)}
        else:
            kept = [*chosen, entry]
        # With the current choices: otherwise a case accepted since the page was drawn would be refused.
        return {self._chosen: gr.update(choices=titles, value=kept)}

    def _compare(self, chosen: list[str]) -> Update:
        library = self._current()
        cases = cases_of(library)
        compared = [cases.entries[name] for name in chosen if name in cases.entries]
        shown = comparison_html(compared, CitedPlaces(library), cases) if len(compared) > 1 else ""
        return {self._comparison: shown, self._message: ""}

    def _titles(self) -> list[tuple[str, str]]:
        entries = sorted(cases_of(self._current()).entries.values(), key=lambda entry: entry.title.casefold())
        return [(entry.title, entry.id) for entry in entries]


def facet_component(facet: Facet) -> Any:
    """Return a component to choose a facet's values, with the number of cases of each."""
    if facet.name == YEARS:
        return gr.Radio(facet_choices(facet), value=ANY_YEAR, label=facet.title)
    return facet_choice(facet.title, facet_choices(facet))


def facet_choices(facet: Facet) -> list[tuple[str, str]]:
    """Return a facet's values with their numbers of cases, as a component takes them."""
    # Outcomes are named as on the cards.
    names: Mapping[str, str] = OUTCOME_WORDS if facet.name == "polarities" else {}
    counted = [(f"{names.get(value, words)} ({count})", value) for value, words, count in facet.counts]
    return [("Any", ANY_YEAR), *counted] if facet.name == YEARS else counted


def filters_of(wanted: Mapping[str, Any]) -> CaseFilters:
    """Return the filters of the page's facets; years are one value, such as ``2010-2014`` or ``2024-``."""
    first, _, last = (wanted[YEARS] or ANY_YEAR).partition("-")
    facets = {name: values for name, values in wanted.items() if name != YEARS}
    return CaseFilters.of(facets, int(first) if first else None, int(last) if last else None)
