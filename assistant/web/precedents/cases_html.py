"""Cases as HTML: rows of search results, the one that is open, and a table to compare cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.library import Library
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.citations import Places, place_words
from assistant.precedents.grounds import TIE_WORDS, recommendations_on
from assistant.precedents.search import CaseResults, FoundCase
from assistant.precedents.similar import SimilarCase, similar_cases
from assistant.registers.entries import Precedent
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.text.sentences import split_sentences
from assistant.web.precedents.glance import CASES_HEADING_ID
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.picks import cases_in_words
from assistant.web.templates import render

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
    """Return the case that is open beside the list; without one, what to do, after a ``problem``.

    Raises:
        AssistantError: there is no such case.
    """
    shown = _opened(library, cases_of(library).entry(case_id)) if case_id else {"entry": None}
    return render("case_pane", problem=problem, kinds=EVIDENCE, **shown)


def _opened(library: Library, entry: Precedent) -> dict[str, Any]:
    """Return what the template shows of a case."""
    cases = cases_of(library)
    places = Places(library)
    return {
        "entry": entry,
        "told": _facts(entry, places, cases),
        "places": places,
        "questions": case_questions(library, entry.id)[:MOST_QUESTIONS],
        "recommendations": recommendations_on(cases.registers, entry.id),
        "ties": TIE_WORDS,
        "similar": similar_cases(library, entry.id),
        "why": _shared,
    }


def case_questions(library: Library, case_id: str) -> list[str]:
    """Return the questions written for a case; none for one that the index lacks."""
    cases = cases_of(library)
    texts = cases.texts if case_id in cases.indexed else ()
    chunks = (chunk for text_id in sorted(texts) for chunk in library.generation.text_chunks(text_id))
    return [question for chunk in chunks if chunk.anchor == case_id for question in chunk.questions]


def card_html(entry: Precedent, places: Places, cases: Cases) -> str:
    """Return a case alone, from title to sources."""
    return render("case_card", entry=entry, told=_facts(entry, places, cases), places=places)


def results_html(results: CaseResults, query: str, address: str) -> str:
    """Return how many cases a search with this ``address`` found, and each as a row; what is not near unfolds.

    Where none is near, the heading says so and the `NEAREST` nearest are in sight.
    """
    found = [_row(item) for item in sorted(results.found, key=lambda item: not item.is_near)]
    near = results.matching
    if not found:
        heading = "No cases found"
    elif not query:
        heading = cases_in_words(len(found))
    else:
        matched = "matches" if near == 1 else "match"
        heading = f"{cases_in_words(near)} {matched} “{query}”" if near else f"No case matches “{query}”. The nearest:"
    in_sight = min(near, AT_ONCE) or NEAREST
    further = found[in_sight:]
    more = f"Show the {len(further)} that do not match" if query and near <= in_sight else f"Show {len(further)} more"
    first = found[:in_sight]
    return render(
        "case_rows",
        address=address,
        place=CASES_HEADING_ID,
        heading=heading,
        first=first,
        further=further,
        more=more,
    )


def _row(found: FoundCase) -> dict[str, Any]:
    """Return what the template shows of a case in one row; its line is what was done."""
    entry = found.entry
    start, end = split_sentences(entry.summary)[0]
    where = " · ".join((place_words(entry), entry.period, EVIDENCE[entry.evidence].title))
    return {"entry": entry, "where": where, "line": entry.summary[start:end]}


def comparison_html(entries: Sequence[Precedent], places: Places, cases: Cases) -> str:
    """Return a table with a column for each case and a row for each fact."""
    told = [(entry, _facts(entry, places, cases)) for entry in entries]
    return render("case_comparison", cases=told, places=places)


def _facts(entry: Precedent, places: Places, cases: Cases) -> dict[str, str]:
    """Return what is told of a case beside its summary, by name."""
    facts = cases.facts[entry.id]
    # A group with the same name as its only theme is named once.
    themes = [cases.theme_titles[facts.theme]]
    themes += [_words(entry.theme)] if _words(entry.theme).casefold() != themes[0].casefold() else []
    return {
        "Who did it": entry.organisation,
        "Where": f"{place_words(entry)}; {LEVEL_WORDS[entry.level].lower()} level",
        "When": entry.period,
        "Who says so": places.speaker(entry),
        "Kind of evidence": EVIDENCE[entry.evidence].title,
        "Theme": ": ".join(themes),
        "Shifts": ", ".join(map(_words, entry.shift)).capitalize(),
        "Sectors": ", ".join(map(_words, facts.sectors)).capitalize(),
    }


def _words(name: str) -> str:
    return name.replace("-", " ")


def _shared(item: SimilarCase) -> str:
    """Return why two cases are similar."""
    facets = [
        f"{facet.title.lower()} ({', '.join(OUTCOME_WORDS.get(words.lower(), words) for words in facet.values)})"
        for facet in item.shared
    ]
    return f"both have the same {'; '.join(facets)}" if facets else "the wording is close"
