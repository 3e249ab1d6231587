"""The part of the page where a case is written and reviewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from assistant.contributing.contributions import Contributions, FieldChange, changes
from assistant.library import Library
from assistant.storage import CaseAction, Person, needs_comment
from assistant.web.contribute.case_html import case_head_html, history_html, title_of
from assistant.web.contribute.form import NOTHING_TYPED, CaseForm, Work
from assistant.web.contribute.opened_case import NEW, Opened, open_case
from assistant.web.contribute.preview import preview_html
from assistant.web.contribute.sources import SourcesForm
from assistant.web.html_parts import message_html, problem_html
from assistant.web.precedents.page import SCRIPT, Update
from assistant.web.static import read_static

FORM_SCRIPT = read_static("contribute.js")
DECISIONS: Mapping[CaseAction, str] = {
    "withdrawn": "Withdraw",
    "taken": "Start review",
    "accepted": "Accept",
    "returned": "Return with this comment",
    "retired": "Retire with this comment",
}
"""The buttons of decisions on a case."""
TOO_LONG = "Your unsaved changes were lost, because they were too long for the browser to keep."
CHANGES_RESTORED = "Your unsaved changes have been restored."


class CasePlace:
    """The components of the open case."""

    def __init__(self, current: Callable[[], Library], contributions: Contributions) -> None:
        self._current = current
        self._contributions = contributions
        # The browser keeps both, so that a reload does not lose what was typed.
        self.work = gr.BrowserState(Work().to_page(), storage_key="steward-case", secret="steward")  # noqa: S106
        self.typed = gr.BrowserState(NOTHING_TYPED, storage_key="steward-case-typed", secret="steward")  # noqa: S106
        self.touched = gr.State([])
        with gr.Column(visible=False, elem_classes="case-desk") as self._place:
            self.head = gr.HTML(label="Case")
            self._draw_form()
            self._draw_buttons()
            with gr.Accordion("Preview", open=False) as self._preview:
                with gr.Row():
                    self.look = gr.Button("Update the preview", size="sm")
                self.card = gr.HTML(label="Card")
            with gr.Accordion("History", open=False):
                self.history = gr.HTML(label="History", js_on_load=SCRIPT)

    def _draw_form(self) -> None:
        self.conflict = gr.HTML(label="Changed by another")
        with gr.Row():
            self.on_top = gr.Button("Add my changes to their version", visible=False)
            self.take_theirs = gr.Button("Use their version", visible=False)
        with gr.Column() as self.form_place:
            self.form = CaseForm(self._current(), self._contributions.known().themes)
            self.sources = SourcesForm(self._current, self._contributions, self.work)
        self.problems = gr.HTML(label="Problems to fix", js_on_load=FORM_SCRIPT)
        self.duplicates = gr.HTML(label="Possible duplicates", js_on_load=SCRIPT)
        self.looked_at = gr.HTML(label="Other case")
        self.message = gr.HTML(label="Message on the case", elem_classes="message-place")

    def _draw_buttons(self) -> None:
        with gr.Row():
            self.save = gr.Button("Save draft")
            self.submit = gr.Button("Submit for review", variant="primary")
            self.submit_sure = gr.Button("Submit anyway", visible=False)
        why = "To return or retire a case, say why. The contributor will see your comment."
        self.comment = gr.Textbox("", label="Comment", info=why, lines=2, visible=False)
        with gr.Row():
            self.decide = {action: gr.Button(words, visible=False) for action, words in DECISIONS.items()}
        with gr.Row():
            self.close = gr.Button("Close", size="sm")
            self.close_really = gr.Button("Close without saving", size="sm", variant="stop", visible=False)

    @property
    def outputs(self) -> list[Any]:
        """The components that an event may change."""
        above = [self._place, self.head, self.conflict, self.on_top, self.take_theirs, self.form_place, self.problems]
        below = [self.duplicates, self.looked_at, self.message, self.save, self.submit, self.submit_sure, self.comment]
        rest = [self.look, self.close, self.close_really, self._preview, self.card, self.history]
        kept = [self.work, self.typed, self.touched]
        return [*above, *below, *rest, *kept, *self.decide.values(), *self.form.components, *self.sources.outputs]

    def opened(self, person: Person, case_id: str) -> Update:
        """Return a case in the form, as one person may see it; an empty id is a new case.

        Raises:
            AssistantError: there is no such case, or it is another person's.
        """
        opened = self.open(person, case_id)
        shown = self._shown(opened, case_id) | self.filled(opened.fields, _begun(opened, case_id))
        return shown | ({} if opened.may else {self.message: message_html(_read_only(opened))})

    def saved(self, person: Person, case_id: str) -> Update:
        """Return the same after a save; what was typed in the meantime stays in the form."""
        opened = self.open(person, case_id)
        work = _begun(opened, case_id)
        return self._shown(opened, case_id) | {
            self.work: work.to_page(),
            self.form.id: gr.Textbox(interactive=False),
            **self.sources.filled(work.sources),
        }

    def kept(self, person: Person, page: Any, typed: Any) -> Update:
        """Return the case that was open before a reload, with unsaved changes; empty if none was.

        Raises:
            AssistantError: there is no such case, or it is another person's.
        """
        work = Work.from_page(page)
        if not work.is_open:
            return {}
        if not is_unsaved(page, typed):
            return self.opened(person, work.case)
        opened = self.open(person, work.case)
        typed = typed if isinstance(typed, dict) else {}
        values = typed.get("values")
        if isinstance(values, list) and len(values) == len(self.form.components):
            fields = self.form.fields(values, work)
            words = message_html(CHANGES_RESTORED)
        else:
            fields = {**opened.fields, "source": list(work.sources)}
            words = problem_html(TOO_LONG) if typed.get("unsaved") else message_html(CHANGES_RESTORED)
        again: Update = {
            self.form_place: gr.Column(visible=True),
            self.message: words,
            self.typed: typed,
        }
        return self._shown(opened, work.case) | self.filled(fields, work) | again

    def closed(self) -> Update:
        """Return what to show if no case is open."""
        return self.filled({}, Work()) | {self._place: gr.Column(visible=False), self.typed: dict(NOTHING_TYPED)}

    def filled(self, fields: Mapping[str, Any], work: Work) -> Update:
        """Return the form with these fields, which started from the version in ``work``."""
        return self.form.filled(fields, work) | self.sources.filled(work.sources) | {self.work: work.to_page()}

    def open(self, person: Person, case_id: str) -> Opened:
        """Return a case as one person may see it; an empty id is a new case.

        Raises:
            AssistantError: there is no such case, or it is another person's.
        """
        return open_case(case_id, person, self._contributions) if case_id else NEW

    def _shown(self, opened: Opened, case_id: str) -> Update:
        may = opened.may
        return {
            self._place: gr.Column(visible=True),
            self.head: case_head_html(opened.stored, title_of(opened.fields) if case_id else "", opened.events),
            **dict.fromkeys((self.conflict, self.problems, self.duplicates, self.looked_at, self.message), ""),
            **{button: gr.Button(visible=False) for button in (self.on_top, self.take_theirs, self.submit_sure)},
            self.form_place: gr.Column(visible=opened.is_editable),
            self.save: gr.Button(visible=opened.is_editable),
            self.look: gr.Button(visible=opened.is_editable),
            self.submit: gr.Button(visible=opened.is_submittable),
            self.comment: gr.Textbox("", visible=any(needs_comment(action) for action in may)),
            **{button: gr.Button(visible=action in may) for action, button in self.decide.items()},
            self.close_really: gr.Button(visible=False),
            # Somebody who cannot edit it came for the card.
            self._preview: gr.Accordion(open=bool(case_id) and not opened.is_editable),
            self.card: preview_html(opened.fields, self._current()) if case_id else "",
            self.history: history_html(opened.events, _changes(opened), restorable="restored" in may),
            self.typed: dict(NOTHING_TYPED),
            self.touched: [],
        }


def is_unsaved(page: Any, typed: Any) -> bool:
    """Return whether the form has unsaved changes."""
    work = Work.from_page(page)
    is_typed = isinstance(typed, dict) and bool(typed.get("values") or typed.get("unsaved"))
    return work.is_open and (work.unsaved or is_typed)


def _read_only(opened: Opened) -> str:
    """Return why the person can only read a case."""
    if opened.stored is None or opened.stored.state == "under-review":
        return "This case is being reviewed. You can change it after the review."
    return f"You can read this case. Only {opened.stored.begun_by}, who started it, or a reviewer can change it."


def _changes(opened: Opened) -> dict[int, tuple[FieldChange, ...]]:
    """Return what each event after the first changed, by its number."""
    pairs = zip(opened.events, opened.events[1:], strict=False)
    return {after.number: changes(before.fields, after.fields) for before, after in pairs}


def _begun(opened: Opened, case_id: str) -> Work:
    version = opened.stored.version if opened.stored else None
    return Work(case_id, version, tuple(opened.fields.get("source") or ()), is_open=True)
