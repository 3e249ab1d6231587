"""The card of an unpublished case, as it will appear in search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.contributing.checking import as_precedent
from assistant.errors import CaseFieldsError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places
from assistant.registers.derived_facts import facts_of, load_theme_groups, theme_titles
from assistant.web.contribute.case_html import field_title
from assistant.web.html_parts import message_html
from assistant.web.precedents.cases_html import card_html


def preview_html(fields: Mapping[str, Any], library: Library) -> str:
    """Return the card of these fields, or a message that names the fields that are missing or wrong."""
    try:
        entry = as_precedent(fields)
    except CaseFieldsError as error:
        missing = dict.fromkeys(field_title(item.field) for item in error.problems)
        return message_html(f"To see a preview, complete: {', '.join(missing)}.")
    groups = load_theme_groups(library.settings.corpus)
    facts = facts_of(entry, groups)
    cases = replace(cases_of(library), facts={entry.id: facts}, theme_titles=theme_titles(groups, [entry]))
    return card_html(entry, Places(library), cases)
