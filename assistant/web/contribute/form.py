"""The form of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, get_args

import gradio as gr

from assistant.contributing.checking import FIELD_TITLES
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.registers.entries import Level, Precedent, Shift
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.registers.rules import rules_of
from assistant.text.slugs import slug
from assistant.web.contribute.case_html import field_id
from assistant.web.precedents.cases_html import LEVEL_WORDS
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.precedents.page import Update

RULES = rules_of(Precedent)
HINTS: Mapping[str, str] = {
    "title": "A short name that people will search for.",
    "id": "Use letters a to z, numbers and hyphens. You cannot change it after you save the case.",
    "summary": f"In your own words, at most {RULES['summary'].most:,} characters.",
    "lesson": f"What mission stewards can learn from it, at most {RULES['lesson'].most:,} characters.",
    "said_by": "For example: National Audit Office, July 2024.",
    "as_at": "Date of the newest source, for example: 2024-07.",
    "organisation": "Who did it.",
    "place": "For example: Plymouth, or Not stated.",
    "country": "For example: England.",
    "period": "For example: 2019-2021, Since 2024, or Not stated.",
    "theme": "Choose a theme from the list.",
    "sectors": "Choose from the list, or type a new one and press Enter.",
    "url": "A page about the case, if there is one.",
}
ID_CHARACTERS = 60
"""Longest id proposed."""
KEEP_TYPING = """(...values) => {
  const kept = { values };
  return JSON.stringify(kept).length < 300000 ? kept : { values: null, unsaved: true };
}"""
"""Keeps what is typed in the browser until it is saved, unless it is too long for the browser."""
NOTHING_TYPED: Mapping[str, Any] = {"values": None}


@dataclass(frozen=True, slots=True)
class Work:
    """What the page says is being edited. It comes from the browser, so everything in it is checked again."""

    case: str = ""
    """Id of a saved case or one in the register's file; empty for a new case."""
    version: int | None = None
    """The version that the form started from, 0 for the register's file; None for a new case."""
    sources: tuple[Mapping[str, Any], ...] = ()
    unsaved: bool = False
    """Whether sources were added or removed since the last save."""
    is_open: bool = False

    @classmethod
    def from_page(cls, value: Any) -> Self:
        """Return the record that the page gives; anything malformed is left out."""
        found = value if isinstance(value, dict) else {}
        version, sources = found.get("version"), found.get("sources")
        known = version if isinstance(version, int) and not isinstance(version, bool) else None
        return cls(
            str(found.get("case") or "") if known is not None else "",
            known,
            tuple(item for item in sources if isinstance(item, dict)) if isinstance(sources, list) else (),
            found.get("unsaved") is True,
            found.get("is_open") is True,
        )

    def to_page(self) -> dict[str, Any]:
        """Return the record as the browser keeps it."""
        return {
            "case": self.case,
            "version": self.version,
            "sources": list(self.sources),
            "unsaved": self.unsaved,
            "is_open": self.is_open,
        }

    def with_sources(self, sources: Sequence[Mapping[str, Any]]) -> Self:
        """Return the same with other, unsaved sources."""
        return replace(self, sources=tuple(sources), unsaved=True)


class CaseForm:
    """The components of the form, except the sources."""

    def __init__(self, library: Library, themes: Sequence[str]) -> None:
        """Draw the form; ``themes`` are those to choose from."""
        entries = cases_of(library).entries.values()
        themes = sorted(themes, key=str.casefold)
        sectors = sorted({sector for entry in entries for sector in entry.sectors}, key=str.casefold)
        shifts = [(name.replace("-", " ").capitalize(), name) for name in get_args(Shift)]
        levels = [(LEVEL_WORDS[name], name) for name in get_args(Level)]
        outcomes = [(words, name) for name, words in OUTCOME_WORDS.items()]
        own: dict[str, Any] = {"allow_custom_value": True}
        parts = {name: _text(name) for name in ("title", "id")}
        parts |= {"summary": _text("summary", 5), "lesson": _text("lesson", 3)}
        parts["polarity"] = gr.Radio(outcomes, value=None, label=FIELD_TITLES["polarity"], elem_id=field_id("polarity"))
        kinds = [(kind.title, name) for name, kind in EVIDENCE.items()]
        with gr.Row():
            parts["evidence"] = gr.Dropdown(
                kinds, value="evidence", label=FIELD_TITLES["evidence"], elem_id=field_id("evidence"), min_width=220
            )
            parts |= {name: _text(name) for name in ("said_by", "as_at")}
        with gr.Row():
            parts |= {name: _text(name) for name in ("organisation", "place", "country")}
        parts["level"] = gr.Radio(levels, value=None, label=FIELD_TITLES["level"], elem_id=field_id("level"))
        with gr.Row():
            parts["period"] = _text("period")
            parts["theme"] = _list("theme", themes, value="", **own)
        parts["shift"] = gr.CheckboxGroup(shifts, value=[], label=FIELD_TITLES["shift"], elem_id=field_id("shift"))
        parts["sectors"] = _list("sectors", sectors, value=[], multiselect=True, **own)
        parts["url"] = _text("url")
        self._parts: dict[str, Any] = parts

    @property
    def components(self) -> list[Any]:
        """The components, in the order in which `fields` takes their values."""
        return list(self._parts.values())

    @property
    def choices(self) -> list[Any]:
        """The components that are not typed in."""
        return [part for part in self._parts.values() if not isinstance(part, gr.Textbox)]

    @property
    def id(self) -> Any:
        """The component of the id."""
        return self._parts["id"]

    def changed(self, event: gr.EventData) -> str:
        """Return the field that an event of the form's script or of a component is about; empty for none."""
        # Gradio replaces a changed component by a copy with another number, so it is found by its element id.
        place = getattr(event.target, "elem_id", None) or field_id(str((event._data or {}).get("field")))
        return next((name for name in self._parts if field_id(name) == place), "")

    def fields(self, values: Sequence[Any], work: Work) -> dict[str, Any]:
        """Return the form's case, in the shape of ``Precedent.model_dump(mode="json")``.

        A saved case keeps its id, whatever the page says.
        """
        found = {name: _value(name, value) for name, value in zip(self._parts, values, strict=True)}
        return found | {"id": work.case or found["id"], "source": [dict(item) for item in work.sources]}

    def filled(self, fields: Mapping[str, Any], work: Work) -> Update:
        """Return what the components show for a case; an empty mapping clears them."""
        values = dict(zip(self._parts, self.values(fields), strict=True))
        shown: Update = {part: gr.update(value=values[name]) for name, part in self._parts.items()}
        return shown | {self.id: gr.update(value=values["id"], interactive=not work.case)}

    def values(self, fields: Mapping[str, Any]) -> list[Any]:
        """Return the components' values for a case, in their order."""
        values = {name: _value(name, fields.get(name)) for name in self._parts}
        values["evidence"] = values["evidence"] or "evidence"
        # For a radio, None is no choice; an empty string would be an unknown one.
        return [value or None if name in ("polarity", "level") else value for name, value in values.items()]


def proposed_id(title: str) -> str:
    """Return an id made from a title.

    >>> proposed_id("Lamps for Hull: a scheme")
    'lamps-for-hull-a-scheme'
    """
    made = slug(title)
    return made if len(made) <= ID_CHARACTERS else made[:ID_CHARACTERS].rpartition("-")[0] or made[:ID_CHARACTERS]


def _text(name: str, lines: int = 1) -> Any:
    # No maximum length: the browser would cut longer text silently.
    return gr.Textbox(
        "",
        label=FIELD_TITLES[name],
        info=HINTS.get(name),
        lines=lines,
        max_lines=max(lines, 3),
        min_width=220,
        elem_id=field_id(name),
    )


def _list(name: str, choices: list[str], **more: Any) -> Any:
    return gr.Dropdown(
        choices, label=FIELD_TITLES[name], info=HINTS[name], min_width=220, elem_id=field_id(name), **more
    )


def _value(name: str, value: Any) -> Any:
    if name in ("shift", "sectors"):
        return list(value or [])
    # Cutting text can leave half an emoji (a lone surrogate), which cannot be stored.
    return str(value or "").strip().encode("utf-8", "replace").decode()
