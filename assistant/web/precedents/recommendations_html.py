"""Recommendations: filtered, with counts, and each as HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.grounds import TIE_WORDS, cases_behind, government_passages, recommendation
from assistant.registers.entries import Recommendation
from assistant.web.deep_links import ALL, link_to_case, link_to_recommendation
from assistant.web.evidence import Cards
from assistant.web.precedents.cases_html import announced_heading
from assistant.web.precedents.cited_places import CitedPlaces
from assistant.web.precedents.page import link_html
from assistant.web.precedents.pictures import outcome_html

FACETS: Mapping[str, str] = {"actor": "Who should act", "theme": "Theme", "shift": "Shift", "section": "Section"}
"""The filters of recommendations by their names on screen."""
FOUND = "Found by search. This does not mean that the recommendation was adopted."
NONE_FOUND = "Search found nothing about this in the library’s government documents."
PLACE = "recommendations-found"
"""Id of the heading over the recommendations."""
BACK = f"<p>{link_html(link_to_recommendation(ALL), 'Show all recommendations')}</p>"
_CREDIT = re.compile(r" \((?:[^)]* recommendation|implied)\)")
Choices = list[tuple[str, str]]


class RecommendationList:
    """The recommendations of one library, with the words of their facets."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places = CitedPlaces(library)
        self._values = {entry.id: self._facets(entry) for entry in library.registers.recommendations}

    def matching(self, wanted: Mapping[str, Sequence[str]]) -> list[Recommendation]:
        """Return those with a wanted value in each facet; a facet without wanted values allows all."""
        return [entry for entry in self._library.registers.recommendations if self._matches(entry, wanted)]

    def choices(self, facet: str, wanted: Mapping[str, Sequence[str]]) -> Choices:
        """Return a facet's values, each labelled with its number of recommendations under the other filters."""
        others = {name: values for name, values in wanted.items() if name != facet}
        counts = Counter(value for entry in self.matching(others) for value in self._values[entry.id][facet])
        known = dict.fromkeys(value for values in self._values.values() for value in values[facet])
        return [(f"{value} ({counts[value]})", value) for value in sorted(known, key=str.casefold)]

    def one_html(self, recommendation_id: str, opened: Sequence[str] = ()) -> str:
        """Return a recommendation that was opened by its address.

        Raises:
            AssistantError: there is no such recommendation.
        """
        entry = recommendation(self._library.registers, recommendation_id)
        card = self._card(entry, entry.id in opened, is_alone=True)
        head = announced_heading("1 recommendation, opened by its link", PLACE) + BACK
        return f'<section class="cases" aria-label="Recommendations">{head}{card}</section>'

    def html(self, wanted: Mapping[str, Sequence[str]], shown: int, opened: Sequence[str] = ()) -> str:
        """Return the first ``shown`` that match; those ``opened`` have what government documents say about them."""
        found = self.matching(wanted)
        if not found:
            head = announced_heading("No recommendations found", PLACE)
            return f'<section class="cases" aria-label="Recommendations">{head}<p>Remove some filters.</p></section>'
        count = "1 recommendation" if len(found) == 1 else f"{len(found)} recommendations"
        some = f"<p>Showing the first {shown}.</p>" if shown < len(found) else ""
        listed = "".join(self._card(entry, entry.id in opened) for entry in found[:shown])
        head = announced_heading(count, PLACE) + some
        return f'<section class="cases" aria-label="Recommendations">{head}{listed}</section>'

    def _facets(self, entry: Recommendation) -> dict[str, list[str]]:
        actors = [_capital(part.strip()) for part in _CREDIT.sub("", entry.actor).split(";")]
        section = self._places.section(entry.document, entry.section, entry.id, "recommendations")
        shifts = [_words(shift) for shift in entry.shift]
        return {"actor": actors, "theme": [_words(entry.theme)], "shift": shifts, "section": [section]}

    def _matches(self, entry: Recommendation, wanted: Mapping[str, Sequence[str]]) -> bool:
        values = self._values[entry.id]
        return all(not chosen or set(chosen) & set(values[facet]) for facet, chosen in wanted.items())

    def _card(self, entry: Recommendation, is_opened: bool, is_alone: bool = False) -> str:
        values = self._values[entry.id]
        facts = {
            "Who should act": entry.actor,
            "When": entry.timeframe or "Not stated",
            "Theme": "; ".join(values["theme"]),
            "Shift": "; ".join(values["shift"]),
        }
        listed = "".join(f"<div><dt>{name}</dt><dd>{escape(words)}</dd></div>" for name, words in facts.items())
        name = escape(entry.id)
        link = escape(link_to_recommendation(entry.id))
        about = f'<span class="visually-hidden">: {escape(_words(entry.id))}</span>'
        address = f' data-address="{link}"' if is_alone else ""
        return (
            f'<article class="case" id="recommendation-{name}" tabindex="-1"{address}>'
            f"<h3>{escape(_words(entry.id))}</h3>"
            f'<p>{escape(entry.text)}</p><dl class="facts">{listed}</dl>'
            f"<p>Source: {self._places.recommendation_html(entry)}</p>{self._precedents(entry)}"
            f'<p class="tools"><button type="button" id="open-{name}" data-action="open" data-id="{name}" '
            f'aria-expanded="{"true" if is_opened else "false"}">What government documents say about this'
            f'{about}</button> <a href="{link}">Link to this recommendation{about}</a></p>'
            f"{self._passages(entry) if is_opened else ''}</article>"
        )

    def _precedents(self, entry: Recommendation) -> str:
        behind = cases_behind(cases_of(self._library).registers, entry.id)
        if not behind:
            return "<p>No precedents support this.</p>"
        items = "".join(
            f"<li><p><strong>{link_html(link_to_case(item.entry.id), item.entry.title)}</strong> "
            f"{outcome_html(item.entry.polarity)}</p>"
            f'<p class="remark">How they are linked: {escape(TIE_WORDS[item.tie])}.</p></li>'
            for item in behind
        )
        title = f'<span class="visually-hidden">: {escape(_words(entry.id))}</span>'
        return f"<details><summary>Supporting precedents ({len(behind)}){title}</summary><ul>{items}</ul></details>"

    def _passages(self, entry: Recommendation) -> str:
        cards = Cards(self._library.generation, f"passage-{entry.id}", level=3, links_notes=False)
        passages = "".join(map(cards.quote, government_passages(self._library, entry.id)))
        return f"<p>{FOUND}</p>{passages}" if passages else f"<p>{NONE_FOUND}</p>"


def _words(name: str) -> str:
    return _capital(name.replace("-", " "))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
