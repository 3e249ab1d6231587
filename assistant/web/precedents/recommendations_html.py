"""Recommendations: filtered, with counts, and as cards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places
from assistant.precedents.facets import plain_words
from assistant.precedents.grounds import TIE_WORDS, cases_behind, government_passages, recommendation
from assistant.registers.entries import Recommendation
from assistant.web.evidence import Cards
from assistant.web.templates import render

FACETS: Mapping[str, str] = {"actor": "Who should act", "theme": "Theme", "shift": "Shift", "section": "Section"}
"""The filters of recommendations by their names on screen."""
FOUND = "Found by search. This does not mean that the recommendation was adopted."
NONE_FOUND = "Search found nothing about this in the library’s government documents."
PLACE = "recommendations-found"
"""Id of the heading over the recommendations."""
_CREDIT = re.compile(r" \((?:[^)]* recommendation|implied)\)")
Choices = list[tuple[str, str]]


class RecommendationList:
    """The recommendations of one library, with the words of their facets."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places = Places(library)
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
        return self._html("1 recommendation, opened by its link", [entry], opened, is_alone=True)

    def html(self, wanted: Mapping[str, Sequence[str]], shown: int, opened: Sequence[str] = ()) -> str:
        """Return the first ``shown`` that match; those ``opened`` have what government documents say about them."""
        found = self.matching(wanted)
        words = {0: "No recommendations found", 1: "1 recommendation"}
        heading = words.get(len(found), f"{len(found)} recommendations")
        return self._html(heading, found[:shown], opened, more=shown < len(found))

    def _html(
        self,
        heading: str,
        entries: Sequence[Recommendation],
        opened: Sequence[str],
        is_alone: bool = False,
        more: bool = False,
    ) -> str:
        return render(
            "recommendations",
            heading=heading,
            heading_id=PLACE,
            cards=[self._card(entry, entry.id in opened) for entry in entries],
            places=self._places,
            ties=TIE_WORDS,
            passages_found=FOUND,
            none_found=NONE_FOUND,
            is_alone=is_alone,
            more=more,
        )

    def _facets(self, entry: Recommendation) -> dict[str, list[str]]:
        actors = [_capital(part.strip()) for part in _CREDIT.sub("", entry.actor).split(";")]
        section = self._places.section(entry.document, entry.section, entry.id, "recommendations")
        shifts = [plain_words(shift) for shift in entry.shift]
        return {"actor": actors, "theme": [plain_words(entry.theme)], "shift": shifts, "section": [section]}

    def _matches(self, entry: Recommendation, wanted: Mapping[str, Sequence[str]]) -> bool:
        values = self._values[entry.id]
        return all(not chosen or set(chosen) & set(values[facet]) for facet, chosen in wanted.items())

    def _card(self, entry: Recommendation, is_opened: bool) -> dict[str, Any]:
        """Return what the template shows of a recommendation."""
        values = self._values[entry.id]
        return {
            "entry": entry,
            "facts": {
                "Who should act": entry.actor,
                "When": entry.timeframe or "Not stated",
                "Theme": "; ".join(values["theme"]),
                "Shift": "; ".join(values["shift"]),
            },
            "section": values["section"][0],
            "behind": cases_behind(cases_of(self._library).registers, entry.id),
            "is_opened": is_opened,
            "passages": self._passages(entry) if is_opened else "",
        }

    def _passages(self, entry: Recommendation) -> Markup:
        cards = Cards(self._library.generation, f"passage-{entry.id}", level=3, links_notes=False)
        passages = map(cards.quote, government_passages(self._library, entry.id))
        return Markup("".join(passages))  # noqa: S704 made by a template


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
