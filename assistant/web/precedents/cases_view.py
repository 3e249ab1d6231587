"""The Cases view of the Precedents tab: find cases and read one beside the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.facets import CaseFilters, Facet
from assistant.precedents.search import search_cases
from assistant.web.compare_tab import CSS as TABLE_CSS
from assistant.web.deep_links import NEAREST, YEARS, View, link_to_search
from assistant.web.html_parts import problem_html
from assistant.web.precedents.cases_html import pane_html, results_html
from assistant.web.precedents.glance import PICKED, pictures_html
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.page import LATEST, PAGE, SCRIPT, Update, facet_choice
from assistant.web.precedents.picks import is_chosen, read
from assistant.web.templates import render

SORTS = [("Closest match", NEAREST), ("Newest", "newest"), ("Title", "title")]
QUERY_CHARACTERS = 500
"""Longest search accepted."""
ANY_YEAR = ""
REGIONS = "regions"
"""Left out if the corpus has no table of regions."""
IN_SIGHT = ("polarities", "themes", REGIONS, YEARS)
"""The facets shown at once, in this order; the others unfold."""
UNKNOWN = "This link names what no case has: {}. It was left out of the search."
MOST_NAMED, VALUE_CHARACTERS = 5, 100
"""How many unknown values are named, and how much of each."""
SEARCHED = "() => dispatchEvent(new Event('searched'))"
"""Has the page's address name what was searched for, by the ``data-search`` of what is shown."""
_AS_SHEET = "document.getElementById('case-filters').popover = 'auto';"


class CasesView:
    """The view's components and events."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        self.drawn = gr.State("")
        """Address of the search whose rows were drawn last; empty for none."""
        self.comparison = gr.HTML(
            label="Comparison", css_template=TABLE_CSS, js_on_load=SCRIPT, elem_classes="comparison"
        )
        with gr.Accordion("The cases at a glance", open=False, elem_classes="glance"):
            self._pictures = gr.HTML(label="Pictures", js_on_load=SCRIPT)
        with gr.Row(elem_classes="case-finder"):
            with gr.Column(elem_id="case-filters", min_width=0):
                self._draw_filters()
            with gr.Column(elem_classes="found", min_width=0):
                with gr.Row(elem_classes="case-search"):
                    self.query = gr.Textbox(
                        label="Search the cases",
                        placeholder="What are you looking for?",
                        max_lines=4,
                        max_length=QUERY_CHARACTERS,
                        scale=6,
                    )
                    self._send = gr.Button("Search", variant="primary", scale=1, min_width=80)
                self._message = gr.HTML(label="Message", elem_classes="message-place")
                with gr.Row(elem_classes="case-order"):
                    self._chip = gr.HTML(_chip(0), label="Filters", js_on_load=_AS_SHEET, elem_classes="chips")
                    self._sort = gr.Radio(SORTS, value=NEAREST, label="Sort by", elem_classes="views", min_width=0)
                self.results = gr.HTML(label="Cases", js_on_load=SCRIPT)
            self.pane = gr.HTML(pane_html(current()), label="Case", js_on_load=SCRIPT, elem_classes="pane")

    def _draw_filters(self) -> None:
        facets = {facet.name: facet for facet in search_cases(self._current()).facets}
        if not facets[REGIONS].counts:
            del facets[REGIONS]
        self._clear = gr.Button("Clear all", size="sm", elem_classes="clear")
        self._facets = {name: facet_component(facets.pop(name)) for name in IN_SIGHT if name in facets}
        with gr.Accordion("More filters", open=False) as self._further:
            self._facets |= {name: facet_component(facet) for name, facet in facets.items()}

    @property
    def arriving(self) -> list[Any]:
        """The components that an address fills; see `arrive`."""
        boxes = [self.query, self._sort, self._further, *self._facets.values()]
        return [*boxes, *self._rows, self._pictures]

    @property
    def _rows(self) -> list[Any]:
        return [self.results, self._chip, self._message, self.drawn]

    def connect(self) -> None:
        """Update the cases after each event, and then have the page's address name their search."""
        filters = list(self._facets.values())
        inputs = [self.query, self._sort, *filters]
        everything = [*self._rows, self._pictures, *filters]
        asked = [self._send.click, self.query.submit, self._sort.input]
        searched = [gr.on(asked, self._search, inputs, [*self._rows, *filters], api_name="show_cases", **LATEST)]
        searched.append(gr.on([item.input for item in filters], self._narrow, inputs, everything, **LATEST))
        picked = self._pictures.select(self._pick, filters, filters, **PAGE)
        cleared = self._clear.click(self._unfiltered, None, filters, **PAGE)
        for event in (picked, cleared):
            searched.append(event.then(self._narrow, inputs, everything, **LATEST))
        for event in searched:
            event.then(None, js=SEARCHED, **PAGE)

    def arrive(self, address: View) -> Update:
        """Return the search that an address asks for; what no case has is left out, and named in a message."""
        values, unknown = asked_values(address, self._facets, search_cases(self._current()).facets)
        query = address.question[:QUERY_CHARACTERS]
        sort = address.sort if address.sort in dict(SORTS).values() else NEAREST
        update = self._narrow(query, sort, *values.values()) | {self.query: query, self._sort: sort}
        for name, component in self._facets.items():
            update[component] = update.get(component, {}) | gr.update(value=values[name])
        if any(values[name] for name in values if name not in IN_SIGHT):
            update[self._further] = gr.Accordion(open=True)
        return update | ({self._message: unknown} if unknown else {})

    def _search(self, query: str | None, sort: Any, *values: Any) -> Update:
        """Return the rows of a search with the facets' numbers; a query does not change the pictures."""
        words = (query or "").strip()  # a box that was never shown holds nothing
        try:
            results = search_cases(self._current(), words, self._filters(values), sort)
        except AssistantError as error:
            return {self._message: problem_html(str(error))}
        chosen = chosen_values(self._facets, values)
        address = link_to_search(words, chosen, sort)
        counted = {facet.name: facet_choices(facet) for facet in results.facets if facet.name in self._facets}
        return {
            self.results: results_html(results, words, address),
            self._chip: _chip(sum(map(len, chosen.values()))),
            self._message: "",
            self.drawn: address,
        } | {self._facets[name]: gr.update(choices=choices) for name, choices in counted.items()}

    def _narrow(self, query: str | None, sort: Any, *values: Any) -> Update:
        """Return the same with the pictures under these filters."""
        update = self._search(query, sort, *values)
        if self.results in update:
            update[self._pictures] = pictures_html(self._current(), self._filters(values))
        return update

    def opened(self, case_id: str) -> str:
        """Return the pane with a case, or with why there is none; without an id, what to do."""
        try:
            return pane_html(self._current(), case_id)
        except AssistantError as error:
            return pane_html(self._current(), problem=str(error))

    def _filters(self, values: Any) -> CaseFilters:
        return filters_of(dict(zip(self._facets, values, strict=True)))

    def _unfiltered(self) -> list[Any]:
        return [ANY_YEAR if name == YEARS else [] for name in self._facets]

    def _pick(self, event: gr.EventData, *values: Any) -> list[Any]:
        """Choose the cases behind a number in a picture; pressing it again, or "See all", clears the choice."""
        pickable = [name for name in PICKED if name in self._facets]
        wanted = read(str(event.entry), pickable)
        before = dict(zip(self._facets, values, strict=True))
        if is_chosen(wanted, {name: before[name] or () for name in wanted}):
            wanted = {name: [] for name in wanted or pickable}
        return list((before | wanted).values())


def _chip(chosen: int) -> str:
    return render("case_filters", chosen=chosen)


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


def chosen_values(facets: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Sequence[str]]:
    """Return the values chosen in each facet, from the ``values`` of the components."""
    chosen = dict(zip(facets, values, strict=True))
    return {name: [item] if isinstance(item, str) and item else item or () for name, item in chosen.items()}


def asked_values(address: View, facets: Mapping[str, Any], counted: Sequence[Facet]) -> tuple[dict[str, Any], str]:
    """Return what an address asks of each facet, and a message that names what no case has; else an empty one."""
    counts = {facet.name: facet.counts for facet in counted}
    known = {name: {value for value, *_ in counts[name]} for name in facets}
    asked = {name: address.facets.get(name, ()) for name in facets}
    unknown = [value for name, values in asked.items() for value in values if value not in known[name]]
    chosen = {name: [value for value in values if value in known[name]] for name, values in asked.items()}
    names = ", ".join(value[:VALUE_CHARACTERS] for value in unknown[:MOST_NAMED])
    return (
        {name: [ANY_YEAR, *found][-1] if name == YEARS else found for name, found in chosen.items()},
        problem_html(UNKNOWN.format(names)) if unknown else "",
    )


def filters_of(wanted: Mapping[str, Any]) -> CaseFilters:
    """Return the filters of the page's facets; years are one value, such as ``2010-2014`` or ``2024-``."""
    first, _, last = (wanted[YEARS] or ANY_YEAR).partition("-")
    facets = {name: values for name, values in wanted.items() if name != YEARS}
    return CaseFilters.of(facets, int(first) if first else None, int(last) if last else None)
