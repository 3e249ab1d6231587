"""Events of the open case: write, submit, review, and compare it with another person's changes.

The page is never trusted: who acts is looked up by key at each event, and storage checks role and state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr

from assistant.contributing.conflicts import differences, on_top, words_begun_from
from assistant.contributing.contributions import Contributions, changes
from assistant.errors import AssistantError, CaseFieldsError, FieldProblem, StorageUnavailableError
from assistant.library import Library
from assistant.storage import CaseAction, Person, StoredCase, possible_for
from assistant.storage.case_records import CaseChangedError
from assistant.web.api.endpoints import reader_message
from assistant.web.contribute.case_editor import CasePlace, is_unsaved
from assistant.web.contribute.case_html import conflict_html, duplicates_html, form_field, problems_html
from assistant.web.contribute.contributors import Contributors
from assistant.web.contribute.form import KEEP_TYPING, Work, proposed_id
from assistant.web.contribute.opened_case import open_case
from assistant.web.contribute.preview import preview_html
from assistant.web.html_parts import message_html, problem_html
from assistant.web.precedents.page import LATEST, PAGE, Update

DONE: Mapping[CaseAction, str] = {
    "withdrawn": "Withdrawn. The case is a draft again.",
    "taken": "You are reviewing this case. Read the card below, then accept or return it.",
    "accepted": "Accepted. The case is published.",
    "returned": "Returned. The contributor can see your comment.",
    "retired": "Retired. The case is no longer published. Its history is kept.",
}
SAVED = "Draft saved."
SUBMITTED = "Submitted for review. You can withdraw it until a reviewer starts."
UNSAVED = "You have unsaved changes. Save the draft or select “Close without saving”, then try again."
NOT_ADDED = "You typed a publication but did not add it. Select “Add this publication”, or clear its boxes."
LOOK_AGAIN = "Check it as it is now, then decide."
WAIT = "You cannot edit it now. Your version is still in the form: keep a copy until you can."
COMPARE = "Your version is still in the form. Compare the two above, then choose."
NOT_SUBMITTED = "Draft saved, but not submitted."
STILL_TYPED = "What you typed is still in the form."
MOST_DIGITS = 9
"""Longest version number accepted."""
_TO_HEAD = """() => {
  const place = document.activeElement;
  if (!place || place === document.body) document.getElementById("case-head")?.focus();
}"""
"""If the pressed button is gone, focus moves to the head of the case."""


class CaseDesk:
    """The events of a `CasePlace`."""

    def __init__(
        self,
        current: Callable[[], Library],
        contributions: Contributions,
        who: Contributors,
        place: CasePlace,
    ) -> None:
        self._current = current
        self._contributions = contributions
        self._who = who
        self._place = place

    def connect(self) -> list[Any]:
        """Connect the components, and return the events that may change the lists of cases."""
        place, form = self._place, self._place.form.components
        who = [self._who.me, place.work]
        typing = [place.problems.input, *(part.input for part in place.form.choices)]
        gr.on(typing, None, form, place.typed, js=KEEP_TYPING, **LATEST)
        checked = [place.problems, place.touched, place.form.id, place.message]
        gr.on(typing, self._check, [place.touched, *who, *form], checked, api_name="check_case", **LATEST)
        act: dict[str, Any] = {"outputs": place.outputs, **PAGE}
        submitted = {sure: self._answer(partial(self._submit, sure)) for sure in (False, True)}
        whole = [*who, *place.sources.publication, *form]
        changing = [
            place.save.click(self._answer(self._save), [*who, *form], api_name="save_case", **act),
            place.submit.click(submitted[False], whole, api_name="submit_case", **act),
            place.submit_sure.click(submitted[True], whole, api_name="submit_case_sure", **act),
            place.history.select(self._restore, [*who, place.typed], api_name="restore_case", **act),
        ]
        for action, button in place.decide.items():
            decided = self._answer(partial(self._decide, action))
            inputs = [*who, place.typed, place.comment]
            changing.append(button.click(decided, inputs, api_name=f"case_{action}", **act))
        place.on_top.click(self._answer(self._put_on_top), [*who, *form], api_name="case_on_top", **act)
        place.take_theirs.click(self._answer(self._take_theirs), who, api_name="case_theirs", **act)
        place.close.click(self._close, [place.work, place.typed], place.outputs, api_name="close_case", **PAGE)
        place.close_really.click(place.closed, None, place.outputs, api_name="leave_case", **PAGE)
        place.duplicates.select(self._look_at, self._who.me, place.looked_at, api_name="look_at_case", **PAGE)
        place.look.click(self._preview, [place.work, *form], place.card, api_name="preview_case", **PAGE)
        for event in changing:
            event.then(None, js=_TO_HEAD, **PAGE)
        return changing

    def _answer(self, act: Callable[..., Update]) -> Callable[..., Update]:
        """Return an event's function that shows errors as messages and leaves the form as it is."""

        def answer(*values: Any) -> Update:
            try:
                return act(*values)
            except CaseFieldsError as error:
                return self._wrong(error.problems, "Nothing was saved.")
            except StorageUnavailableError as error:
                return {self._place.message: problem_html(f"Nothing was saved. {reader_message(error)} {STILL_TYPED}")}
            except AssistantError as error:
                return {self._place.message: problem_html(reader_message(error))}

        return answer

    def _unread(self, stored: StoredCase, done: str, error: StorageUnavailableError) -> Update:
        """Return what to show if the change was saved, but the database then failed."""
        work = Work(stored.id, stored.version, tuple(stored.fields.get("source") or ()), is_open=True)
        return {
            self._place.work: work.to_page(),
            self._place.message: problem_html(f"{done} The case cannot be shown now. {reader_message(error)}"),
        }

    def _check(self, event: gr.EventData, touched: list[str], me: Any, page: Any, *values: Any) -> Update:
        """Return the problems of the fields edited so far, at each change."""
        return self._answer(self._checked)(self._place.form.changed(event), touched, me, page, *values)

    def _checked(self, name: str, touched: list[str], me: Any, page: Any, *values: Any) -> Update:
        place, work = self._place, Work.from_page(page)
        if self._who.find(me) is None:  # a problem with an id names the case that has it, even a draft
            return {place.problems: ""}
        fields = place.form.fields(values, work)
        # Judged by content: a list sends an event when focus passes it, and of two quick changes the event names one.
        # The id is filled in from the title.
        filled = {field for field, value in fields.items() if value and field not in ("id", "source")}
        touched = sorted({*touched, *filled, *(["id"] if name == "id" else [])})
        shown: Update = {place.touched: touched}
        if name == "title" and not work.case and "id" not in touched:
            fields["id"] = proposed_id(fields["title"])
            shown[place.form.id] = fields["id"]
        problems = [item for item in self._problems(fields, work) if form_field(item.field) in touched]
        return shown | {place.problems: problems_html(problems, listed=False)}

    def _saved(self, person: Person, work: Work, fields: Mapping[str, Any]) -> StoredCase:
        return self._contributions.save(person, fields, work.version)

    def _save(self, me: Any, page: Any, *values: Any) -> Update:
        person, work = self._who.require(me), Work.from_page(page)
        fields = self._place.form.fields(values, work)
        try:
            stored = self._saved(person, work, fields)
        except CaseChangedError as error:
            return self._conflicting(error, person, work, fields)
        try:
            return self._place.saved(person, stored.id) | {self._place.message: message_html(SAVED)}
        except StorageUnavailableError as error:
            return self._unread(stored, SAVED, error)

    def _submit(self, is_sure: bool, me: Any, page: Any, *values: Any) -> Update:
        """Save the form, then submit it, unless there are problems or possible duplicates."""
        place, person, work = self._place, self._who.require(me), Work.from_page(page)
        count = len(place.sources.publication)
        fields = place.form.fields(values[count:], work)
        problems = list(self._problems(fields, work))
        if any(value and value.strip() for value in values[:count]):
            problems.append(FieldProblem("source", NOT_ADDED))
        try:
            stored = self._newest(person, work, fields)
            return self._submitted(is_sure, person, stored, problems)
        except CaseFieldsError as error:
            return self._wrong(problems or error.problems, "Nothing was saved.")
        except CaseChangedError as error:
            return self._conflicting(error, person, work, fields)

    def _submitted(self, is_sure: bool, person: Person, stored: StoredCase, problems: Sequence[FieldProblem]) -> Update:
        """Submit a saved draft if nothing stands against it, and return what to show."""
        place, done = self._place, NOT_SUBMITTED
        try:
            if problems:
                return place.saved(person, stored.id) | self._wrong(problems, NOT_SUBMITTED)
            found = () if is_sure else self._contributions.duplicates(stored.fields)
            if not found:
                stored, done = self._contributions.submit(person, stored.id, stored.version), SUBMITTED
                return place.opened(person, stored.id) | {place.message: message_html(SUBMITTED)}
            return place.saved(person, stored.id) | {
                place.duplicates: duplicates_html(found),
                place.submit_sure: gr.Button(visible=True),
                place.message: message_html("Not submitted yet. Check the cases above first."),
            }
        except StorageUnavailableError as error:
            return self._unread(stored, done, error)

    def _newest(self, person: Person, work: Work, fields: Mapping[str, Any]) -> StoredCase:
        """Return the case with the form's content, saved if that has changed."""
        if work.version:
            stored = self._contributions.get(work.case)
            if stored.version == work.version and not changes(stored.fields, fields):
                return stored
        return self._saved(person, work, fields)

    def _decide(self, action: CaseAction, me: Any, page: Any, typed: Any, comment: str | None) -> Update:
        place, person, work = self._place, self._who.require(me), Work.from_page(page)
        if is_unsaved(page, typed):
            return {place.message: problem_html(UNSAVED)}
        does: Mapping[CaseAction, Callable[..., StoredCase]] = {
            "withdrawn": self._contributions.withdraw,
            "taken": self._contributions.take,
            "accepted": self._contributions.accept,
            "returned": self._contributions.send_back,
            "retired": self._contributions.retire,
        }
        change = partial(does[action], person, work.case, work.version or 0, (comment or "").strip())
        return self._changed(person, work.case, change, DONE[action])

    def _restore(self, event: gr.EventData, me: Any, page: Any, typed: Any) -> Update:
        return self._answer(self._restored)(str(event.entry), me, page, typed)

    def _restored(self, number: str, me: Any, page: Any, typed: Any) -> Update:
        place, person, work = self._place, self._who.require(me), Work.from_page(page)
        if is_unsaved(page, typed):
            return {place.message: problem_html(UNSAVED)}
        if not number.isdecimal() or len(number) > MOST_DIGITS:
            raise AssistantError(f"There is no version {number[:20]!r}. Choose one from the history.")
        change = partial(self._contributions.restore, person, work.case, int(number), work.version or 0)
        return self._changed(person, work.case, change, f"Version {number} is a draft again.")

    def _changed(self, person: Person, case_id: str, change: Callable[[], StoredCase], done: str) -> Update:
        """Make a change and return the case as it is then."""
        place = self._place
        try:
            stored = change()
        except CaseChangedError as error:
            # Nobody should decide on a version that they have not seen.
            return place.opened(person, case_id) | {place.message: problem_html(f"{error} {LOOK_AGAIN}")}
        try:
            return place.opened(person, case_id) | {place.message: message_html(done)}
        except StorageUnavailableError as error:
            return self._unread(stored, done, error)

    def _conflicting(self, error: CaseChangedError, person: Person, work: Work, fields: Mapping[str, Any]) -> Update:
        place, theirs = self._place, error.theirs
        began = words_begun_from(self._contributions, theirs.id, work.version)
        may = "edited" in possible_for(person, theirs)
        words = f"Nothing was saved: {error.event.who} changed this case. {COMPARE if may else WAIT}"
        return {
            place.conflict: conflict_html(error.event, differences(began, theirs.fields, fields)),
            place.on_top: gr.Button(visible=may),
            place.take_theirs: gr.Button(visible=may),
            place.message: problem_html(words),
        }

    def _put_on_top(self, me: Any, page: Any, *values: Any) -> Update:
        """Return the form with the other person's version, except for the fields that this person changed."""
        place, person, work = self._place, self._who.require(me), Work.from_page(page)
        opened = place.open(person, work.case)
        if opened.stored is None:
            raise AssistantError("This case is not saved yet. Save the draft.")
        began = words_begun_from(self._contributions, work.case, work.version)
        merged = on_top(began, opened.fields, place.form.fields(values, work))
        work = Work(work.case, opened.stored.version, tuple(merged["source"] or ()), unsaved=True, is_open=True)
        shown: Update = {
            place.typed: {"values": place.form.values(merged)},
            place.on_top: gr.Button(visible=False),
            place.take_theirs: gr.Button(visible=False),
            place.message: message_html("The form now has their version with your changes. Save the draft to keep it."),
        }
        return shown | place.filled(merged, work)

    def _take_theirs(self, me: Any, page: Any) -> Update:
        place, person, work = self._place, self._who.require(me), Work.from_page(page)
        # The comparison stays, so that one's own version can be copied from it.
        words = "The form now has their version. Yours stays in the comparison above until you close the case."
        shown = place.opened(person, work.case)
        del shown[place.conflict]
        return shown | {place.message: message_html(words)}

    def _close(self, page: Any, typed: Any) -> Update:
        if not is_unsaved(page, typed):
            return self._place.closed()
        return {self._place.message: problem_html(UNSAVED), self._place.close_really: gr.Button(visible=True)}

    def _look_at(self, event: gr.EventData, me: Any) -> str:
        case_id, library = str(event.entry), self._current()
        try:
            opened = open_case(case_id, self._who.require(me), self._contributions)
        except AssistantError as error:
            return problem_html(reader_message(error))
        return preview_html(opened.fields, library)

    def _preview(self, page: Any, *values: Any) -> str:
        return preview_html(self._place.form.fields(values, Work.from_page(page)), self._current())

    def _problems(self, fields: Mapping[str, Any], work: Work) -> tuple[FieldProblem, ...]:
        return self._contributions.problems(fields, complete=True, case_id=work.case)

    def _wrong(self, problems: Sequence[FieldProblem], what: str) -> Update:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        return {
            self._place.problems: problems_html(problems, listed=True),
            self._place.touched: sorted({form_field(item.field) for item in problems}),
            self._place.message: problem_html(f"{what} Fix {count}, listed above and beside the fields."),
        }
