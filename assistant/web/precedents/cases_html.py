"""Cases as HTML: cards of search results, and a table to compare cases. All text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.citations import place_words
from assistant.precedents.facets import plain_words
from assistant.precedents.grounds import TIE_WORDS, RestingRecommendation, recommendations_on
from assistant.precedents.search import CaseResults, FoundCase
from assistant.precedents.similar import SimilarCase, similar_cases
from assistant.registers.entries import Precedent
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.web.badges import badge_html
from assistant.web.deep_links import link_to_case, link_to_recommendation
from assistant.web.precedents.cited_places import CitedPlaces
from assistant.web.precedents.glance import CASES_HEADING_ID
from assistant.web.precedents.page import follow_html, show_all_html
from assistant.web.precedents.pictures import OUTCOME_WORDS, outcome_html

READING = "our interpretation"
NOTE = "We describe cases in our own words; check the sources. The order does not say how good a case is."
LEVEL_WORDS: Mapping[str, str] = {
    "local": "Local",
    "regional": "Regional",
    "national": "National",
    "international": "International",
}


@dataclass(frozen=True, slots=True)
class Cards:
    """How cases are drawn for one reader."""

    library: Library
    places: CitedPlaces
    chosen: tuple[str, ...] = ()
    """Ids of the cases chosen for comparison."""

    def card(self, found: FoundCase, is_alone: bool = False) -> str:
        """Return the card of a case, with recommendations based on it and similar cases.

        ``is_alone`` says that it was opened by its address.
        """
        entry = found.entry
        near = "".join(f"<li>“{escape(words)}”</li>" for words in found.sentences)
        nearest = f"<p>Closest to your search:</p><ul>{near}</ul>" if near else ""
        link = link_to_case(entry.id)
        address = f' data-address="{escape(link)}"' if is_alone else ""
        return (
            f'<article class="case" id="case-{escape(entry.id)}" tabindex="-1"{address}>'
            + case_facts_html(entry, self.places, cases_of(self.library), nearest)
            + self._recommendations(entry)
            + self._similar(entry)
            + f'<p class="tools">{self._choice(entry)} {_own_link(link, entry)}</p></article>'
        )

    def _recommendations(self, entry: Precedent) -> str:
        resting = recommendations_on(cases_of(self.library).registers, entry.id)
        items = "".join(f"<li>{_recommendation_html(item, self.places)}</li>" for item in resting)
        title = f"Recommendations based on this case ({len(resting)})"
        return _details(title, f"<ul>{items}</ul>", entry) if items else "<p>No recommendations are based on it.</p>"

    def _similar(self, entry: Precedent) -> str:
        similar = similar_cases(self.library, entry.id)
        items = "".join(f"<li>{_similar(item)}</li>" for item in similar)
        return _details(f"Similar cases ({len(similar)})", f"<ul>{items}</ul>", entry) if items else ""

    def _choice(self, entry: Precedent) -> str:
        is_chosen = entry.id in self.chosen
        link = '<a href="#comparison">Go to the comparison</a>' if is_chosen and len(self.chosen) > 1 else ""
        return (
            f'<button type="button" id="choose-{escape(entry.id)}" data-action="choose" data-id="{escape(entry.id)}" '
            f'aria-pressed="{"true" if is_chosen else "false"}">Add to comparison'
            f'<span class="visually-hidden">: {escape(entry.title)}</span></button> {link}'
        )


def case_facts_html(entry: Precedent, places: CitedPlaces, cases: Cases, nearest: str = "") -> str:
    """Return the first part of a case's card, from title to sources; ``nearest`` is HTML to put before the facts."""
    facts = "".join(f"<div><dt>{name}</dt><dd>{words}</dd></div>" for name, words in _facts(entry, places, cases))
    return (
        f"<h3>{escape(entry.title)}</h3><p>{outcome_html(entry.polarity)} {_evidence(entry)}</p>"
        f"<p>{escape(entry.summary)}</p>"
        f'<p class="lesson"><strong>Lesson</strong> ({READING}): {escape(entry.lesson)}</p>{nearest}'
        f'<dl class="facts">{facts}</dl>'
        + _details(f"Sources ({len(entry.source)})", places.sources_html(entry), entry)
    )


def announced_heading(words: str, place: str = "") -> str:
    """Return a heading over results, which screen readers also say at once.

    ``words`` are plain text, ``place`` an id for links.
    """
    target = f' id="{place}" tabindex="-1"' if place else ""
    return f'<h2{target}>{escape(words)}</h2><p class="visually-hidden" role="status">{escape(words)}</p>'


def results_html(results: CaseResults, near_to: str, shown: int, cards: Cards) -> str:
    """Return the number of cases found and the first ``shown`` as cards.

    ``near_to`` is the query that they are sorted by; empty if they have another order.
    """
    if not results.found:
        return (
            f'<section class="cases" aria-label="Cases">{announced_heading("No cases found", CASES_HEADING_ID)}'
            "<p>Remove some filters.</p></section>"
        )
    count = "1 case" if len(results.found) == 1 else f"{len(results.found)} cases"
    near = f", closest to “{near_to}” first" if near_to else ""
    some = f"<p>Showing the first {shown}.</p>" if shown < len(results.found) else ""
    listed = "".join(map(cards.card, results.found[:shown]))
    head = announced_heading(f"{count}{near}", CASES_HEADING_ID)
    return (
        f'<section class="cases" aria-label="Cases" data-names="case">{head}'
        f'<p class="remark">{NOTE}</p>{_kinds_of_evidence()}{some}{listed}</section>'
    )


def one_case_html(entry: Precedent, cards: Cards) -> str:
    """Return a case that was opened by its address."""
    card = cards.card(FoundCase(entry, 1, 0.0, ()), is_alone=True)
    return (
        f'<section class="cases" aria-label="Cases" data-names="case">'
        f"{announced_heading('1 case, opened by its link', CASES_HEADING_ID)}{show_all_html('cases')}{card}</section>"
    )


def comparison_html(entries: Sequence[Precedent], places: CitedPlaces, cases: Cases) -> str:
    """Return a table with a column for each case and a row for each fact."""
    caption = f"Comparison of {len(entries)} cases"
    heads = "\n".join(f'<th scope="col" role="columnheader">{escape(entry.title)}</th>' for entry in entries)
    columns = [dict(_rows(entry, places, cases)) for entry in entries]
    # Line ends keep cells apart when the text is copied without its layout.
    rows = "\n".join(
        f'<tr role="row"><th scope="row" role="rowheader">{name}</th>\n'
        + "\n".join(
            f'<td role="cell"><p class="title">{escape(entry.title)}</p>\n{column[name]}</td>'
            for entry, column in zip(entries, columns, strict=True)
        )
        + "</tr>"
        for name in columns[0]
    )
    return (
        f'<section aria-label="Comparison of cases"><h2 id="comparison" tabindex="-1">{caption}</h2>'
        f'<div class="frame" role="region" tabindex="0" aria-label="{caption}">'
        f'<table role="table" style="--columns: {len(entries) + 1}">'
        f'<caption class="visually-hidden">{caption}</caption>\n'
        f'<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th>\n{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">{rows}</tbody></table></div></section>'
    )


def _rows(entry: Precedent, places: CitedPlaces, cases: Cases) -> list[tuple[str, str]]:
    return [
        ("Outcome", f"<p>{outcome_html(entry.polarity)}</p>"),
        ("Summary", f"<p>{escape(entry.summary)}</p>"),
        (f"Lesson ({READING})", f"<p>{escape(entry.lesson)}</p>"),
        *((name, f"<p>{words}</p>") for name, words in _facts(entry, places, cases)),
        ("Sources", places.sources_html(entry)),
    ]


def _facts(entry: Precedent, places: CitedPlaces, cases: Cases) -> list[tuple[str, str]]:
    facts = cases.facts[entry.id]
    # A group with the same name as its only theme is named once.
    themes = [cases.theme_titles[facts.theme]]
    themes += [_words(entry.theme)] if _words(entry.theme).casefold() != themes[0].casefold() else []
    return [
        ("Who says so", escape(places.speaker(entry))),
        ("Evidence", escape(EVIDENCE[entry.evidence].title)),
        ("Who did it", escape(entry.organisation)),
        ("Where", f"{escape(place_words(entry))}; {LEVEL_WORDS[entry.level].lower()} level"),
        ("When", escape(entry.period)),
        ("Theme", escape(": ".join(themes))),
        ("Shifts", escape(", ".join(_words(shift) for shift in entry.shift).capitalize())),
        ("Sectors", escape(", ".join(_words(sector) for sector in facts.sectors).capitalize())),
    ]


def _evidence(entry: Precedent) -> str:
    return badge_html(entry.evidence, EVIDENCE[entry.evidence].title)


def _kinds_of_evidence() -> str:
    items = "".join(
        f"<dt>{badge_html(name, kind.title)}</dt><dd>{escape(kind.meaning)}</dd>" for name, kind in EVIDENCE.items()
    )
    return f'<details><summary>Kinds of evidence</summary><dl class="facts">{items}</dl></details>'


def _words(name: str) -> str:
    return name.replace("-", " ")


def _details(title: str, content: str, entry: Precedent) -> str:
    about = f'<span class="visually-hidden">: {escape(entry.title)}</span>'
    return f"<details><summary>{title}{about}</summary>{content}</details>"


def _own_link(link: str, entry: Precedent) -> str:
    about = f'<span class="visually-hidden">: {escape(entry.title)}</span>'
    return f'<a href="{escape(link)}" data-action="follow" data-id="{escape(link)}">Link to this case{about}</a>'


def _recommendation_html(item: RestingRecommendation, places: CitedPlaces) -> str:
    entry = item.recommendation
    link = follow_html(link_to_recommendation(entry.id), plain_words(entry.id))
    return (
        f"<p><strong>{link}</strong></p><p>{escape(entry.text)}</p>"
        f"<p>Who should act: {escape(entry.actor)}. {places.recommendation_html(entry)}</p>"
        f'<p class="remark">How they are linked: {escape(TIE_WORDS[item.tie])}.</p>'
    )


def _similar(item: SimilarCase) -> str:
    facets = [
        f"{facet.title.lower()} ({', '.join(OUTCOME_WORDS.get(words.lower(), words) for words in facet.values)})"
        for facet in item.shared
    ]
    why = f"both have the same {'; '.join(facets)}" if facets else "the wording is close"
    pair = item.sentences
    near = f"<p>Closest sentences: “{escape(pair[0])}” here and “{escape(pair[1])}” there</p>" if pair else ""
    return (
        f"<p><strong>{follow_html(link_to_case(item.entry.id), item.entry.title)}</strong> "
        f"{outcome_html(item.entry.polarity)}</p><p>Similar because {escape(why)}.</p>{near}"
    )
