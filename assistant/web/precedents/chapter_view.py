"""The Chapter view of the Precedents tab: edit a plan, see its chapter, and save both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, PlanError
from assistant.export.chapters import (
    Plan,
    chapter_bytes,
    make_chapter,
    plan_of,
    plan_of_toml,
    plan_problems,
    plan_toml,
    valid_part,
)
from assistant.export.chapters.plan import PLAN_BYTES
from assistant.export.chapters.saving import HEADINGS
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.web.api.endpoints import reader_message
from assistant.web.ask.take_away import chapter_file, offer_file
from assistant.web.html_parts import problem_html
from assistant.web.precedents.chapter_html import preview_html
from assistant.web.precedents.page import LATEST, PAGE, Update
from assistant.web.static import read_static

_SCRIPT = read_static("chapter.js")
_PLACE = "chapter-plan"
FILES = {"Word": "chapter.docx", "Markdown": "chapter.md", "the plan": "plan.toml"}
"""File name by the words on its button."""
NAME = "The plan"
"""What errors call a plan without a file."""
_ADD = """(id) => {
  const detail = { kind: "KIND", id };
  if (id) document.querySelector("#PLACE .plan").dispatchEvent(new CustomEvent("add", { detail, bubbles: true }));
  return null;
}""".replace("PLACE", _PLACE)
_ADD_ALL = """async (kept) => {
  const plan = () => document.querySelector("#PLACE .plan");
  while (!plan()?.children.length) await new Promise(requestAnimationFrame);
  for (const id of kept.ids) {
    plan().dispatchEvent(new CustomEvent("add", { detail: { kind: "case", id }, bubbles: true }));
  }
}""".replace("PLACE", _PLACE)
_PLAN = """() => [document.querySelector("#PLACE [data-plan]")?.dataset.plan ?? ""]""".replace("PLACE", _PLACE)


class ChapterView:
    """The view's components and events. Only the browser keeps the plan."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        self._stamps = count(1)
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260):
                self._editor = gr.HTML(
                    label="Plan", html_template='<div class="plan"></div>', js_on_load=_SCRIPT, elem_id=_PLACE
                )
                self._adders = {
                    "case": gr.Dropdown([], value=None, label="Add a case"),
                    "recommendation": gr.Dropdown([], value=None, label="Add a recommendation"),
                }
            with gr.Column(scale=1, min_width=260):
                with gr.Row():
                    self._saves = {name: gr.Button(f"Save {_button_words(name)}", size="sm") for name in FILES}
                self._message = gr.HTML(label="Message", elem_classes="message-place")
                self._problem = gr.HTML(label="Problem with the plan", elem_classes="message-place")
                self._preview = gr.HTML(label="Preview", value=preview_html(None, ()))
        self._plan = gr.Textbox(label="Plan", visible="hidden", max_length=PLAN_BYTES)
        self._file = gr.DownloadButton(visible="hidden")

    def connect(self, chosen: Any) -> None:
        """Give the editor its data when the view is ``chosen``, and connect its events."""
        chosen(self._open, None, [self._editor, *self._adders.values()], **PAGE)
        self._editor.edit(self._show, None, [self._preview, self._problem, self._message], **LATEST)
        self._editor.upload(self._load, None, [self._editor, self._message], **PAGE)
        for kind, adder in self._adders.items():
            adder.input(None, adder, adder, js=_ADD.replace("KIND", kind), api_visibility="private")
        outputs = [self._file, self._message]
        for name, button in self._saves.items():
            saving = button.click(partial(self._save, name), self._plan, outputs, js=_PLAN, **PAGE)
            offer_file(saving, self._file)

    def take(self, moved: Any, kept: Any) -> None:
        """Add the cases that a shortlist has ``kept`` to the plan, once the event ``moved`` has shown the view."""
        opened = moved.then(self._open, None, [self._editor, *self._adders.values()], **PAGE)
        opened.then(None, kept, None, js=_ADD_ALL, **PAGE)

    def _open(self) -> Update:
        choices = self._titles()
        adders = {self._adders[kind]: gr.update(choices=_choices(titles)) for kind, titles in choices.items()}
        return {self._editor: self._value(choices)} | adders

    def _show(self, event: gr.EventData) -> Update:
        try:
            plan = plan_of_page(event.plan)
        except AssistantError as error:
            return {self._problem: problem_html(str(error)), self._message: ""}
        if not plan.title and not plan.introduction and not plan.section:
            return {self._preview: preview_html(None, ()), self._problem: ""}
        library = self._current()
        problems = plan_problems(plan, library)
        part = valid_part(plan, problems)
        chapter = make_chapter(part, library) if part.section else None
        shown = {self._preview: preview_html(chapter, problems), self._problem: ""}
        # The reason why a file was refused stays until the plan can be saved, since an edit's event may come later.
        return shown if problems else shown | {self._message: ""}

    def _load(self, event: gr.EventData) -> Update:
        try:
            content = str(event.text).encode("utf-8", "replace")
            name = Path(str(event.name)).name
            if len(content) > PLAN_BYTES:
                raise PlanError(f"{name} is larger than the limit of {PLAN_BYTES:,} bytes. Shorten it.")
            plan = plan_of_toml(content, name)
        except AssistantError as error:
            return {self._message: problem_html(str(error))}
        return {self._editor: self._value(self._titles(), plan), self._message: ""}

    def _save(self, name: str, text: str) -> Update:
        try:
            return {self._file: self._saved(name, text), self._message: ""}
        except AssistantError as error:
            return {self._file: None, self._message: problem_html(reader_message(error))}

    def _saved(self, name: str, text: str) -> str:
        """Return the path of the file to save; Gradio deletes it later."""
        plan = plan_of_text(text)
        path = Path(FILES[name])
        if path.suffix == ".toml":
            content = plan_toml(plan).encode()
        else:
            content = chapter_bytes(make_chapter(plan, self._current()), path.suffix)
        return chapter_file(content, path.name, self._file)

    def _value(self, titles: Mapping[str, Mapping[str, str]], plan: Plan | None = None) -> dict[str, Any]:
        # The stamp lets the editor recognise a new value.
        sent = None if plan is None else plan.model_dump(mode="json") | {"section": _sections(plan)}
        return {"titles": titles, "headings": HEADINGS, "plan": sent, "stamp": next(self._stamps)}

    def _titles(self) -> dict[str, dict[str, str]]:
        library = self._current()
        recommendations = library.registers.recommendations
        return {
            "case": {entry.id: entry.title for entry in cases_of(library).entries.values()},
            "recommendation": {entry.id: _capital(entry.id.replace("-", " ")) for entry in recommendations},
        }


def plan_of_text(text: str) -> Plan:
    """Return the plan from the browser's JSON.

    Raises:
        PlanError: there is none, or it is not valid.
    """
    try:
        return plan_of_page(json.loads(text))
    except ValueError as error:
        raise PlanError("There is no plan yet. Add a section or a case first.") from error


def plan_of_page(fields: Any) -> Plan:
    """Return the plan that the page sends, with its date as text.

    Raises:
        PlanError: it is not valid.
    """
    if not isinstance(fields, Mapping):
        raise PlanError("The page sent a plan that cannot be read. Reload the page.")
    day = fields.get("date")
    fields = {name: value for name, value in fields.items() if name != "date"}
    if day:
        try:
            fields["date"] = date.fromisoformat(str(day))
        except ValueError as error:
            raise PlanError(
                f"{NAME}, field date: found {str(day)[:40]!r}; expected a date such as 2026-11-27."
            ) from error
    return plan_of(fields, NAME)


def _sections(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"heading": section.heading, "items": [{item.kind: item.value} for item in section.items]}
        for section in plan.section
    ]


def _choices(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((words, name) for name, words in titles.items()), key=lambda choice: choice[0].casefold())


def _button_words(name: str) -> str:
    return name if name == "the plan" else f"as {name}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
