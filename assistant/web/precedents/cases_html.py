"""Cases as HTML: rows of search results, the one that is open, and a table to compare cases. All text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.citations import place_words
from assistant.precedents.facets import plain_words
from assistant.precedents.grounds import TIE_WORDS, recommendations_on
from assistant.precedents.search import CaseResults, FoundCase
from assistant.precedents.similar import SimilarCase, similar_cases
from assistant.registers.entries import Precedent
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.text.sentences import split_sentences
from assistant.web.badges import badge_html
from assistant.web.deep_links import link_to_case, link_to_recommendation
from assistant.web.precedents.cited_places import CitedPlaces
from assistant.web.precedents.glance import CASES_HEADING_ID
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import cases_in_words
from assistant.web.precedents.pictures import outcome_html
from assistant.web.templates import render

READING = "our interpretation"
NOTE = "We describe cases in our own words; check the sources. Without a search, those that worked come first."
AT_ONCE = 20
"""Most rows in sight; the others unfold."""
NEAREST = 3
"""How many rows are in sight where none is near."""
MOST_QUESTIONS = 3
"""Most questions that a case offers."""
LEVEL_WORDS: Mapping[str, str] = {
    "local": "Local",
    "regional": "Regional",
    "national": "National",
    "international": "International",
}


def pane_html(library: Library, case_id: str = "", problem: str = "") -> str:
    """Return the case that is open beside the list; without one, what to do, after a ``problem`` as HTML.

    Raises:
        AssistantError: there is no such case.
    """
    case = _opened(library, cases_of(library).entry(case_id)) if case_id else None
    return render("case_pane", case=case, problem=Markup(problem), note=NOTE, kinds=EVIDENCE)  # noqa: S704 escaped


def _opened(library: Library, entry: Precedent) -> dict[str, Any]:
    """Return what the template shows of a case."""
    places, cases = CitedPlaces(library), cases_of(library)
    return {
        "id": entry.id,
        "link": link_to_case(entry.id),
        "facts": Markup(case_facts_html(entry, places, cases, level=2)),  # noqa: S704 escaped there
        "questions": case_questions(library, entry.id)[:MOST_QUESTIONS],
        "recommendations": [
            {
                "link": link_to_recommendation(item.recommendation.id),
                "title": plain_words(item.recommendation.id),
                "text": item.recommendation.text,
                "actor": item.recommendation.actor,
                "source": Markup(places.recommendation_html(item.recommendation)),  # noqa: S704 escaped there
                "tie": TIE_WORDS[item.tie],
            }
            for item in recommendations_on(cases.registers, entry.id)
        ],
        "similar": [
            {
                "link": link_to_case(item.entry.id),
                "title": item.entry.title,
                "outcome": Markup(outcome_html(item.entry.polarity)),  # noqa: S704 made of our words
                "why": _shared(item),
                "sentences": item.sentences,
            }
            for item in similar_cases(library, entry.id)
        ],
    }


def case_questions(library: Library, case_id: str) -> list[str]:
    """Return the questions written for a case; none for one that the index lacks."""
    cases = cases_of(library)
    texts = cases.texts if case_id in cases.indexed else ()
    chunks = (chunk for text_id in sorted(texts) for chunk in library.generation.text_chunks(text_id))
    return [question for chunk in chunks if chunk.anchor == case_id for question in chunk.questions]


def case_facts_html(entry: Precedent, places: CitedPlaces, cases: Cases, level: int = 3) -> str:
    """Return the first part of a case, from title to sources; ``level`` is that of its heading."""
    facts = "".join(f"<div><dt>{name}</dt><dd>{words}</dd></div>" for name, words in _facts(entry, places, cases))
    return (
        f"<h{level}>{escape(entry.title)}</h{level}><p>{outcome_html(entry.polarity)} {_evidence(entry)}</p>"
        f"<p>{escape(entry.summary)}</p>"
        f'<p class="lesson"><strong>Lesson</strong> ({READING}): {escape(entry.lesson)}</p>'
        f'<dl class="facts">{facts}</dl>'
        f"<details><summary>Sources ({len(entry.source)})</summary>{places.sources_html(entry)}</details>"
    )


def announced_heading(words: str, place: str = "") -> str:
    """Return a heading over results, which screen readers also say at once.

    ``words`` are plain text, ``place`` an id for links.
    """
    target = f' id="{place}" tabindex="-1"' if place else ""
    return f'<h2{target}>{escape(words)}</h2><p class="visually-hidden" role="status">{escape(words)}</p>'


def results_html(results: CaseResults, query: str) -> str:
    """Return how many cases were found, and each as a row; those that are not near the query unfold.

    Where none is near, the heading says so and the `NEAREST` nearest are in sight.
    """
    found = [_row(item) for item in sorted(results.found, key=lambda item: not item.is_near)]
    near = sum(item.is_near for item in results.found)
    if not found:
        heading = "No cases found"
    elif not query:
        heading = cases_in_words(len(found))
    else:
        heading = f"{cases_in_words(near)} near “{query}”" if near else f"No case is near “{query}”. The nearest:"
    in_sight = min(near, AT_ONCE) or NEAREST
    further = found[in_sight:]
    more = f"Show {len(further)} more{' that are not near' if query and near <= in_sight else ''}"
    return render(
        "case_rows", place=CASES_HEADING_ID, heading=heading, first=found[:in_sight], further=further, more=more
    )


def _row(found: FoundCase) -> dict[str, Any]:
    """Return what the template shows of a case in one row; its line is what was done."""
    entry = found.entry
    start, end = split_sentences(entry.summary)[0]
    return {
        "id": entry.id,
        "link": link_to_case(entry.id),
        "title": entry.title,
        "outcome": Markup(outcome_html(entry.polarity)),  # noqa: S704 made of our words
        "where": " · ".join((place_words(entry), entry.period, EVIDENCE[entry.evidence].title)),
        "line": entry.summary[start:end],
    }


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
        f'<section class="cases" aria-label="Comparison of cases"><h2 id="comparison" tabindex="-1">{caption}</h2>'
        f'<p><button type="button" data-action="close">Back to the cases</button></p>'
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
        ("Who did it", escape(entry.organisation)),
        ("Where", f"{escape(place_words(entry))}; {LEVEL_WORDS[entry.level].lower()} level"),
        ("When", escape(entry.period)),
        ("Who says so", escape(places.speaker(entry))),
        ("Evidence", escape(EVIDENCE[entry.evidence].title)),
        ("Theme", escape(": ".join(themes))),
        ("Shifts", escape(", ".join(_words(shift) for shift in entry.shift).capitalize())),
        ("Sectors", escape(", ".join(_words(sector) for sector in facts.sectors).capitalize())),
    ]


def _evidence(entry: Precedent) -> str:
    return badge_html(entry.evidence, EVIDENCE[entry.evidence].title)


def _words(name: str) -> str:
    return name.replace("-", " ")


def _shared(item: SimilarCase) -> str:
    """Return why two cases are similar."""
    facets = [
        f"{facet.title.lower()} ({', '.join(OUTCOME_WORDS.get(words.lower(), words) for words in facet.values)})"
        for facet in item.shared
    ]
    return f"both have the same {'; '.join(facets)}" if facets else "the wording is close"
