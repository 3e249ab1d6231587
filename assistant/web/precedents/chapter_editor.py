"""The form of a chapter's plan, drawn again with each change; the browser keeps the plan and sends it along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, PlanError
from assistant.export.chapters import plan_of_toml
from assistant.export.chapters.plan import PLAN_BYTES, ItemKind
from assistant.export.chapters.saving import HEADINGS
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.web.api.endpoints import reader_message
from assistant.web.templates import render

Titles = Mapping[ItemKind, Mapping[str, str]]
"""The titles of what a chapter can hold, by kind and id."""
_BACK = "To go back, select “Undo last change”."
_STEPS = {"up": -1, "down": 1}
_Item = Annotated[dict[ItemKind, str], Field(min_length=1, max_length=1)]


class _Section(BaseModel):
    heading: str = ""
    items: list[_Item] = []


class Draft(BaseModel):
    """A plan as it is being written: unlike a `Plan` it may be wrong, and its texts are as they were typed."""

    title: str = ""
    date: str = ""
    case_table: bool = True
    introduction: str = ""
    section: list[_Section] = []


class Change(BaseModel):
    """What a page asks to be done to a plan; nothing without an ``action``."""

    plan: str = ""
    """The plan as JSON; empty for a new one."""
    action: str = ""
    section: Annotated[int, Field(ge=0)] = 0
    item: Annotated[int, Field(ge=-1)] = -1
    """Index in the section; -1 if the section itself is meant."""
    target: Annotated[int, Field(ge=0)] = 0
    """Index of the section that cases and recommendations are added to."""
    kind: ItemKind = "case"
    ids: list[str] = []
    """What is added."""
    name: str = ""
    text: str = ""
    """The file that is loaded."""


def chapter_routes(current: Callable[[], Library]) -> list[Route]:
    """Return the route that draws the form of a plan; it calls ``current`` for the library."""

    async def draw(request: Request) -> Response:
        change = Change.model_validate_json(await request.body())
        try:
            return HTMLResponse(await to_thread.run_sync(lambda: form_html(change, titles_of(current()))))
        except AssistantError as error:
            return PlainTextResponse(reader_message(error), 400)

    return [Route("/precedents/chapter", draw, methods=["POST"])]


def titles_of(library: Library) -> Titles:
    """Return the titles of the cases and recommendations that can be added."""
    recommendations = library.registers.recommendations
    return {
        "case": {entry.id: entry.title for entry in cases_of(library).entries.values()},
        "recommendation": {entry.id: _capital(entry.id.replace("-", " ")) for entry in recommendations},
    }


def form_html(change: Change, titles: Titles) -> str:
    """Return the form of a plan after a change, with what is said of it and the id of the control that gets focus."""
    draft, at, place, target = _draft_of(change.plan), change.section, change.item, change.target
    sections, said, focus, problem = draft.section, "", "", ""
    match action := change.action:
        case "add-section":
            target = len(sections)
            sections.append(_Section())
            said, focus = f"Section {target + 1} added.", f"plan-{target}-heading"
        case "add-text":
            said, focus = f"Text added to section {at + 1}.", f"plan-{at}-{len(sections[at].items)}-text"
            sections[at].items.append({"text": ""})
        case "add":
            said, focus = _add(draft, change, titles)
        case "remove" if place < 0:
            del sections[at]
            said, focus = f"Section {at + 1} removed.", "plan-add-section"
        case "remove":
            said, focus = f"{_name(titles, sections[at].items.pop(place))} removed.", f"plan-{at}-heading"
        case "up" | "down" if place < 0:
            to = at + _STEPS[action]
            sections.insert(to, sections.pop(at))
            said, focus = f"Section {at + 1} is now section {to + 1}.", f"plan-{to}-{action}"
        case "up" | "down":
            at, place = _move_item(sections, at, place, _STEPS[action])
            said = f"{_name(titles, sections[at].items[place])} moved to {_place(sections, at)}, item {place + 1}."
            focus = f"plan-{at}-{place}-{action}"
        case "clear":
            draft, said, focus = Draft(), f"Plan cleared. {_BACK}", "plan-title"
        case "undo":
            said, focus = "Last change undone.", "plan-undo"
        case "load":
            try:
                draft, said, target = _loaded(change.name, change.text), f"Plan loaded. {_BACK}", 0
            except PlanError as error:
                problem = str(error)
    shown = {"draft": draft, "target": target, "said": said, "focus": focus, "problem": problem}
    return render("chapter_plan", **shown, named=partial(_name, titles))


def _draft_of(text: str) -> Draft:
    """Return the plan in a browser's JSON; an empty one if another page or an older version stored something else."""
    try:
        return Draft.model_validate_json(text)
    except ValidationError:
        return Draft()


def _add(draft: Draft, change: Change, titles: Titles) -> tuple[str, str]:
    """Add what the plan does not hold yet, and return what is said and the control of the last."""
    said, focus = [], ""
    for value in change.ids:
        item = {change.kind: value}
        if any(item in section.items for section in draft.section):
            said.append(f"{_name(titles, item)} is already in the chapter.")
            continue
        if not draft.section:
            draft.section.append(_Section(heading=HEADINGS[change.kind]))
        at = min(change.target, len(draft.section) - 1)
        focus = f"plan-{at}-{len(draft.section[at].items)}-up"
        draft.section[at].items.append(item)
        said.append(f"{_name(titles, item)} added to {_place(draft.section, at)}.")
    return " ".join(said), focus


def _move_item(sections: Sequence[_Section], at: int, place: int, by: int) -> tuple[int, int]:
    """Move an item one step, into the next section at the edge of its own, and return its section and place there."""
    item = sections[at].items.pop(place)
    place += by
    if not 0 <= place <= len(sections[at].items):
        at += by
        place = len(sections[at].items) if by < 0 else 0
    sections[at].items.insert(place, item)
    return at, place


def _loaded(path: str, text: str) -> Draft:
    content, name = text.encode("utf-8", "replace"), Path(path).name
    if len(content) > PLAN_BYTES:
        raise PlanError(f"{name} is larger than the limit of {PLAN_BYTES:,} bytes. Shorten it.")
    plan = plan_of_toml(content, name)
    sections = [
        {"heading": section.heading, "items": [{item.kind: item.value} for item in section.items]}
        for section in plan.section
    ]
    day = plan.date.isoformat() if plan.date else ""
    return Draft.model_validate(plan.model_dump() | {"date": day, "section": sections})


def _name(titles: Titles, item: Mapping[ItemKind, str]) -> str:
    [(kind, value)] = item.items()
    return "Text" if kind == "text" else titles[kind].get(value, f"{value} (not in the register)")


def _place(sections: Sequence[_Section], number: int) -> str:
    return ", ".join(filter(None, (f"section {number + 1}", sections[number].heading)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
