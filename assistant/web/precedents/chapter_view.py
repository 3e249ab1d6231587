"""The Chapter view of the Precedents tab: edit a plan, see its chapter, and save both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, PlanError
from assistant.export.chapters import (
    chapter_bytes,
    make_chapter,
    plan_of,
    plan_problems,
    plan_toml,
    valid_part,
)
from assistant.export.chapters.plan import PLAN_BYTES, ItemKind
from assistant.library import Library
from assistant.web.api.endpoints import reader_message
from assistant.web.ask.take_away import chapter_file, offer_file
from assistant.web.html_parts import problem_html
from assistant.web.precedents.chapter_editor import titles_of
from assistant.web.precedents.chapter_html import preview_html
from assistant.web.precedents.page import LATEST, PAGE, Update
from assistant.web.static import read_static

_SCRIPT = read_static("chapter.js")
_PLACE = "chapter-plan"
FILES = {"Word": "chapter.docx", "Markdown": "chapter.md", "the plan": "plan.toml"}
"""File name by the words on its button."""
NAME = "The plan"
"""What errors call a plan without a file."""
_FRAME = """<div class="plan"><h2>The plan</h2>
<p class="remark">Your plan is kept in this browser until you clear it.</p>
<p class="message" role="alert" hidden></p><p class="remark" role="status"></p><div class="drawn"></div></div>"""
# Sent again until the editor, which may not be there yet, takes it.
_ADD = """async (chosen) => {
  const detail = { kind: "KIND", ids: chosen?.ids ?? [chosen] };
  const sent = () => document.querySelector("#PLACE .plan")?.dispatchEvent(
    new CustomEvent("add", { detail, bubbles: true, cancelable: true })) === false;
  while (chosen && !sent()) await new Promise(requestAnimationFrame);
  return null;
}""".replace("PLACE", _PLACE)
_PLAN = """() => [document.querySelector("#PLACE [data-plan]")?.dataset.plan ?? ""]""".replace("PLACE", _PLACE)


class ChapterView:
    """The view's components and events. Only the browser keeps the plan."""

    def __init__(self, current: Callable[[], Library]) -> None:
        self._current = current
        with gr.Row(elem_classes="case-columns"):
            with gr.Column(scale=1, min_width=260):
                self._editor = gr.HTML(label="Plan", html_template=_FRAME, js_on_load=_SCRIPT, elem_id=_PLACE)
                self._adders: dict[ItemKind, gr.Dropdown] = {
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
        """List what can be added when the view is ``chosen``, and connect the events."""
        chosen(self._open, None, [*self._adders.values()], **PAGE)
        self._editor.edit(self._show, None, [self._preview, self._problem, self._message], **LATEST)
        for kind, adder in self._adders.items():
            adder.input(None, adder, adder, js=_ADD.replace("KIND", kind), api_visibility="private")
        outputs = [self._file, self._message]
        for name, button in self._saves.items():
            saving = button.click(partial(self._save, name), self._plan, outputs, js=_PLAN, **PAGE)
            offer_file(saving, self._file)

    def take(self, moved: Any, kept: Any) -> None:
        """Add the cases that a shortlist has ``kept`` to the plan, once the event ``moved`` has shown the view."""
        moved.then(None, kept, None, js=_ADD.replace("KIND", "case"), **PAGE)

    def _open(self) -> Update:
        titles = titles_of(self._current())
        return {adder: gr.update(choices=_choices(titles[kind])) for kind, adder in self._adders.items()}

    def _show(self, event: gr.EventData) -> Update:
        try:
            plan = plan_of(str(event.plan), NAME)
        except AssistantError as error:
            return {self._problem: problem_html(str(error)), self._message: ""}
        if not plan.title and not plan.introduction and not plan.section:
            return {self._preview: preview_html(None, ()), self._problem: ""}
        library = self._current()
        problems = plan_problems(plan, library)
        part = valid_part(plan, problems)
        chapter = make_chapter(part, library) if part.section else None
        shown = {self._preview: preview_html(chapter, problems), self._problem: ""}
        # The reason why a chapter was not saved stays until it can be.
        return shown if problems else shown | {self._message: ""}

    def _save(self, name: str, text: str) -> Update:
        try:
            return {self._file: self._saved(name, text), self._message: ""}
        except AssistantError as error:
            return {self._file: None, self._message: problem_html(reader_message(error))}

    def _saved(self, name: str, text: str) -> str:
        """Return the path of the file to save; Gradio deletes it later."""
        if not text:
            raise PlanError("There is no plan yet. Add a section or a case first.")
        plan = plan_of(text, NAME)
        path = Path(FILES[name])
        if path.suffix == ".toml":
            content = plan_toml(plan).encode()
        else:
            content = chapter_bytes(make_chapter(plan, self._current()), path.suffix)
        return chapter_file(content, path.name, self._file)


def _choices(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((words, name) for name, words in titles.items()), key=lambda choice: choice[0].casefold())


def _button_words(name: str) -> str:
    return name if name == "the plan" else f"as {name}"
