"""The page's HTML as Jinja2 templates, which escape every value that no template made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.precedents.citations import estimated_pages, place_words
from assistant.precedents.facets import plain_words
from assistant.records import CitationForm
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS, authority_words, heading_path
from assistant.web.deep_links import link_to_case, link_to_document, link_to_recommendation
from assistant.web.precedents.outcomes import OUTCOME_SIGNS, OUTCOME_WORDS

FORM_WORDS: Mapping[CitationForm, str] = {"quote": "Exact words", "summary": "Steward’s summary"}
ICONS: Mapping[str, str] = {
    "copy": "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
    "save": "M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13M8.5 7v4.5M6.5 9.5l2 2 2-2",
    "link": "M6.5 9.5l3-3M7 4.5L8.5 3a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5L7.5 13a2.8 2.8 0 0 1-4-4L5 7.5",
    "again": "M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5",
    "edit": "M3 13l.7-3L11 2.7 13.3 5 6 12.3zM9.5 4.2l2.3 2.3",
    "useful": "M5.5 7L8 2c1 0 1.7.7 1.5 1.7L9 6.5h3.7c.8 0 1.3.7 1.1 1.5l-1.1 4.5c-.2.6-.7 1-1.3 1H5.5zM3 7v6",
    "not-useful": "M5.5 9L8 14c1 0 1.7-.7 1.5-1.7L9 9.5h3.7c.8 0 1.3-.7 1.1-1.5l-1.1-4.5c-.2-.6-.7-1-1.3-1H5.5zM3 9V3",
}
"""Outlines of what actions are drawn as, 16 wide and high."""


def shown_date(iso: str) -> str:
    """Return a date in words that no line breaks.

    >>> shown_date("2025-03-07").split(" ")
    ['7\\xa0March\\xa02025']
    """
    return date_in_words(iso).replace(" ", "\u00a0")


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_TEMPLATES.globals |= {
    "authorities": AUTHORITY_WORDS,
    "authority_words": authority_words,
    "form_words": FORM_WORDS,
    "icons": ICONS,
    "link_to_case": link_to_case,
    "link_to_document": link_to_document,
    "link_to_recommendation": link_to_recommendation,
    "outcome_signs": OUTCOME_SIGNS,
    "outcome_words": OUTCOME_WORDS,
}
_TEMPLATES.filters |= {
    "estimated_pages": estimated_pages,
    "in_words": shown_date,
    "path": heading_path,
    "place_words": place_words,
    "plain_words": plain_words,
}


def render(name: str, **values: Any) -> str:
    """Return the template ``name`` filled with values; those of type `Markup` are HTML already."""
    return _TEMPLATES.get_template(f"{name}.html").render(values)
