"""An answer across cases as HTML: groups by outcome, with each case's sentences and sources."""

from __future__ import annotations

from html import escape

from assistant.precedents.across_cases import CaseAnswer, CitedCase, OutcomeGroup
from assistant.precedents.across_cases_text import NO_RESULT_TOLD, NOT_ASKED_FOR, STATUS, TITLES, lead
from assistant.precedents.citations import place_words
from assistant.web.deep_links import link_to_case
from assistant.web.precedents.cases_html import READING, announced_heading
from assistant.web.precedents.cited_places import CitedPlaces
from assistant.web.precedents.page import link_html
from assistant.web.precedents.pictures import outcome_html

NOTE = (
    "Sentences are our own summaries of each case; check the sources. A case is shown if its words are close to your "
    "question: read it before you rely on it."
)


def answer_html(answer: CaseAnswer, is_filtered: bool, places: CitedPlaces) -> str:
    """Return the answer: how many cases answer it, then those asked for, then others on the same subject."""
    head = announced_heading(lead(answer, is_filtered))
    wanted = "".join(_group(group, places) for group in answer.groups if group.asked)
    others = "".join(_group(group, places) for group in answer.groups if not group.asked)
    note = f'<p class="remark">{NOTE}</p>' if answer.groups else ""
    apart = f"<p><strong>{NOT_ASKED_FOR}:</strong></p>" if others else ""
    nearest = "".join(f"<li>{link_html(link_to_case(entry.id), entry.title)}</li>" for entry in answer.nearest)
    near = f"<p>The nearest cases:</p><ul>{nearest}</ul>" if nearest else ""
    return f'<section class="cases" aria-label="Answer">{head}{note}{near}{wanted}{apart}{others}</section>'


def _group(group: OutcomeGroup, places: CitedPlaces) -> str:
    number = "1 case" if len(group.cases) == 1 else f"{len(group.cases)} cases"
    cards = "".join(_card(case, places) for case in group.cases)
    return f"<h3>{TITLES[group.outcome]} ({number})</h3>{cards}"


def _card(case: CitedCase, places: CitedPlaces) -> str:
    entry = case.entry
    facts = {
        "Who did it": entry.organisation,
        "Where": place_words(entry),
        "When": entry.period,
        "Who says so": places.speaker(entry),
    }
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(words)}</dd></div>" for name, words in facts.items())
    told = "".join(f"<p>{escape(sentence)} [{case.n}]</p>" for sentence in case.sentences)
    status = STATUS.get(entry.polarity)
    about = f'<span class="visually-hidden">: {escape(entry.title)}</span>'
    return (
        f'<article class="case"><h4>[{case.n}] {escape(entry.title)}</h4><p>{outcome_html(entry.polarity)}</p>'
        + (f"<p><strong>{status}.</strong></p>" if status else "")
        + (told or f"<p>{NO_RESULT_TOLD}</p>")
        + (f'<p class="lesson"><strong>Lesson</strong> ({READING}): {escape(entry.lesson)}</p>' if entry.lesson else "")
        + f'<dl class="facts">{listed}</dl>'
        + f"<details><summary>Sources ({len(entry.source)}){about}</summary>"
        + f"{places.sources_html(entry)}</details>"
        + f'<p class="tools">{link_html(link_to_case(entry.id), "View the case")}{about}</p></article>'
    )
