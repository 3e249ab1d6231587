"""The Contribute view of the Precedents tab: write, submit, review and publish cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from assistant.contributing.contributions import Contributions
from assistant.errors import AssistantError, StorageUnavailableError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.storage import CaseState, CaseStore, Person
from assistant.web.api.endpoints import reader_message
from assistant.web.contribute.case_editor import CasePlace, is_unsaved
from assistant.web.contribute.case_events import UNSAVED, CaseDesk
from assistant.web.contribute.case_html import cases_html
from assistant.web.contribute.contributors import NOBODY, Contributors
from assistant.web.door.permissions import Openness
from assistant.web.html_parts import problem_html
from assistant.web.precedents.page import AS_SENT, PAGE, SCRIPT, Update

WAITING: tuple[CaseState, ...] = ("submitted", "under-review")
NONE_OWN = "You have no cases yet."
NONE_WAITING = "No cases are waiting."
CHOOSE_FIRST = "Choose a published case."
_TO_HEAD = """() => document.getElementById("case-head")?.focus()"""


class ContributeView:
    """The view's components and events."""

    def __init__(self, current: Callable[[], Library], store: CaseStore, openness: Openness) -> None:
        """Draw the view; ``current`` gives the library at each event, ``store`` keeps the cases."""
        self._current = current
        self._store = store
        contributions = Contributions(current, store)
        self.who = Contributors(openness, store.people)
        with gr.Column(visible=False, elem_classes="case-desk") as self._cases:
            self._waiting = gr.HTML(label="Cases waiting for review", js_on_load=SCRIPT)
            self._own = gr.HTML(label="Your cases", js_on_load=SCRIPT)
            self._new = gr.Button("Write a new case", variant="primary")
            with gr.Row(elem_classes="case-search"):
                self._in_force = gr.Dropdown([], value=None, label="Published case", scale=4)
                self._suggest = gr.Button("Suggest a change", scale=1, min_width=160)
        self._message = gr.HTML(label="Message on contributing", elem_classes="message-place")
        self.place = CasePlace(current, contributions)
        self.desk = CaseDesk(current, contributions, self.who, self.place)

    def connect(self, view: Any, name: str) -> None:
        """Show the view when it is chosen under ``name``, and update it after each event."""
        place, who = self.place, self.who
        lists = {"fn": self._lists, "inputs": who.me, "outputs": self._listed, **PAGE}
        everything = [*who.outputs, *self._listed, self._message, *place.outputs]
        kept = [who.me, place.work, place.typed]
        view.change(partial(self._enter, name), [view, *kept], everything, api_name="contribute", **PAGE)
        signing = [who.sign_in.click, who.typed.submit]
        gr.on(signing, self._sign_in, [who.typed, place.work, place.typed], everything, api_name="sign_in", **PAGE)
        who.sign_out.click(self._sign_out, [place.work, place.typed], everything, api_name="sign_out", **PAGE)
        opened = [*place.outputs, self._message]
        opening = [
            self._new.click(partial(self._open, ""), kept, opened, api_name="new_case", **PAGE),
            self._suggest.click(self._suggested, [self._in_force, *kept], opened, api_name="suggest_change", **AS_SENT),
            self._own.select(self._chosen, kept, opened, api_name="open_own_case", **PAGE),
            self._waiting.select(self._chosen, kept, opened, api_name="open_case", **PAGE),
        ]
        for event in opening:
            event.then(None, js=_TO_HEAD, **PAGE)
        for event in self.desk.connect():
            event.then(**lists)

    @property
    def _listed(self) -> list[Any]:
        return [self._cases, self._waiting, self._own, self._in_force]

    def _enter(self, name: str, view: str, me: Any, page: Any, typed: Any) -> Update:
        if view != name:
            return {self._message: gr.skip()}
        return self.who.shown(me) | self._for_person(me, page, typed)

    def _for_person(self, me: Any, page: Any, typed: Any) -> Update:
        lists = self._lists(me)
        try:
            person = self.who.find(me)
            # A reader has no case open; a case left open here belongs to somebody else.
            kept = self.place.kept(person, page, typed) if person else {}
        except AssistantError as error:
            return lists | {self._message: problem_html(reader_message(error))}
        return lists | kept | {self._message: ""}

    def _sign_in(self, words: str | None, page: Any, typed: Any) -> Update:
        signed_in = self.who.signed_in(words)
        me = signed_in.get(self.who.me, NOBODY)
        return signed_in if me == NOBODY else signed_in | self._for_person(me, page, typed)

    def _sign_out(self, page: Any, typed: Any) -> Update:
        if is_unsaved(page, typed):
            return {self._message: problem_html(UNSAVED)}
        return self.who.signed_out() | self._lists(NOBODY) | self.place.closed() | {self._message: ""}

    def _lists(self, me: Any) -> Update:
        """Return one's own cases, those waiting for review, and the published ones; empty for a reader."""
        nothing: Update = {self._cases: gr.Column(visible=False), self._waiting: "", self._own: ""}
        try:
            person = self.who.find(me)
            if person is None:
                return nothing
            own = cases_html("Your cases", self._store.list(begun_by=person.name), NONE_OWN)
            waiting = self._waiting_html(person)
            choices = self._choices()
        except StorageUnavailableError:  # other events report it
            return {self._cases: gr.skip()}
        except AssistantError:
            return nothing
        return {
            self._cases: gr.Column(visible=True),
            self._waiting: waiting,
            self._own: own,
            self._in_force: gr.Dropdown(choices),
        }

    def _waiting_html(self, person: Person) -> str:
        if not person.may("review"):
            return ""
        return cases_html("Cases waiting for review", self._store.list(WAITING), NONE_WAITING)

    def _choices(self) -> list[tuple[str, str]]:
        entries = sorted(cases_of(self._current()).entries.values(), key=lambda entry: entry.title.casefold())
        return [(entry.title, entry.id) for entry in entries]

    def _open(self, case_id: str, me: Any, page: Any, typed: Any) -> Update:
        try:
            person = self.who.require(me)
            if is_unsaved(page, typed):
                return {self._message: problem_html(UNSAVED)}
            return self.place.opened(person, case_id) | {self._message: ""}
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}

    def _suggested(self, case_id: str | None, me: Any, page: Any, typed: Any) -> Update:
        if not case_id:
            return {self._message: problem_html(CHOOSE_FIRST)}
        return self._open(case_id, me, page, typed)

    def _chosen(self, event: gr.EventData, me: Any, page: Any, typed: Any) -> Update:
        return self._open(str(event.entry), me, page, typed)
