"""The Ask tab: the conversation with its evidence, the filters, and earlier conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.readers import current_account
from assistant.storage import Conversations, StoredAnswer, StoredConversation
from assistant.web.api.endpoints import ANSWERED_TOGETHER, count_question, reader_message
from assistant.web.api.parameters import listed
from assistant.web.ask.conversation import (
    EMPTY,
    Reader,
    Step,
    ask_in_conversation,
    kept_conversation,
    new_key,
    own_key,
    trimmed_for_page,
)
from assistant.web.ask.conversation_html import MOST_TURNS, announcement_html, conversation_html, not_kept_html
from assistant.web.ask.examples import example_questions
from assistant.web.ask.filters import FilterForm, view_with
from assistant.web.ask.rail import rail_html
from assistant.web.ask.take_away import FORMATS, note_file, offer_file
from assistant.web.deep_links import PLACES, View, view_of
from assistant.web.html_parts import problem_html
from assistant.web.precedents.tab import PrecedentsTab
from assistant.web.static import read_static
from assistant.web.templates import render

GONE = "This conversation was changed or deleted in another window. Reload the page."
NOT_RATED = "Your feedback was not saved: Steward cannot use its database, because {}."
NOT_DELETED = "The conversation was not deleted."
NEW = "new"
"""What the browser keeps for no conversation; it ignores an empty value and would restore the one before."""
_SCRIPT = read_static("conversation.js")
_CARDS = read_static("cards.js")
_TO_QUESTION = "() => document.querySelector('#question textarea').focus()"
_SEND = "() => document.querySelector('.asking button.primary').click()"
_TO_ASK = f"""() => {{
  history.pushState(null, "", location.pathname);
  dispatchEvent(new Event("popstate"));
  requestAnimationFrame({_TO_QUESTION});
}}"""
_AS_SHEET = "document.getElementById('filters').popover = 'auto';"
# A reload keeps the place and the conversation, and must not ask again.
_FORGET_VIEW = """() => {
  const view = new URLSearchParams(location.search);
  const address = view.has("tab") ? `?tab=${view.get("tab")}` : location.pathname;
  const isNamed = ["precedents", "library"].includes(view.get("tab"));
  if (!isNamed) history.replaceState(null, "", address);
}"""
PLACEHOLDER = "For example: how many more police officers are promised, and where?"
_PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of the page's own events."""
_AS_SENT: dict[str, Any] = {"preprocess": False}
"""Options of events that check choices themselves: after a restart Gradio refuses those added since the start."""
Update = dict[Any, Any]


class AskTab:
    """The tab's components and events."""

    def __init__(self, current: Callable[[], Library], conversations: Conversations) -> None:
        self._current = current
        self._conversations = conversations
        # The browser keeps both. The key opens its conversations, where nobody signs in. The "secret" hides nothing; it
        # must stay the same after a restart, so that stored values can be read.
        self._key = gr.BrowserState("", storage_key="steward-reader", secret="steward")  # noqa: S106
        self._conversation = gr.BrowserState("", storage_key="steward-conversation", secret="steward")  # noqa: S106
        self._held = gr.State(EMPTY)
        self._asked = gr.State("")
        with gr.Column(elem_id="filters"):
            gr.HTML(render("filters_head"))
            self._filters = FilterForm(current)
        with gr.Row(elem_classes="ask"):
            self._rail = gr.HTML(rail_html(()), label="Conversations", js_on_load=_CARDS, elem_classes="rail")
            with gr.Column(elem_classes="talk"):
                self._thread = gr.HTML(label="Conversation", js_on_load=_SCRIPT, elem_classes="conversation")
                self._message = gr.HTML(label="Message", elem_classes="message-place")
                self._draw_question()
                self._home = gr.HTML(self._home_html(), label="Start", js_on_load=_CARDS, elem_classes="home")
        self._file = gr.DownloadButton(visible="hidden")
        self._connect_question()
        self._connect_answers()
        self._connect_conversations()

    def _draw_question(self) -> None:
        with gr.Column(elem_classes="composer"):
            gr.HTML("<h2>What do you need to know about mission-led government?</h2>", elem_classes="home")
            with gr.Column(elem_classes="field"):
                self._question = gr.Textbox(
                    label="Your question", placeholder=PLACEHOLDER, max_lines=6, autofocus=True, elem_id="question"
                )
                with gr.Row(elem_classes="asking"):
                    chips = self._filters.chips(*(item.value for item in self._filters.components))
                    self._chips = gr.HTML(chips, label="Filters", js_on_load=_AS_SHEET, elem_classes="chips")
                    self._stop = gr.Button("Stop", visible=False, min_width=72, size="sm")
                    self._ask = gr.Button("Ask", variant="primary", min_width=72, size="sm")

    def _home_html(self) -> str:
        library = self._current()
        held = len(library.held)
        forms = {entry.form for entry in library.generation.manifest.texts.values() if entry.part == "body"}
        return render(
            "home",
            examples=example_questions(library),
            documents="1 document" if held == 1 else f"{held} documents",
            are_summaries=forms == {"summary"},
            cases=len(cases_of(library).entries),
            today=date.today().isoformat(),
        )

    @property
    def _reader(self) -> list[Any]:
        return [self._key, self._conversation, self._held]

    def _connect_question(self) -> None:
        filters = self._filters.components
        inputs = [self._question, *filters, *self._reader]
        outputs = [self._thread, self._message, self._question, self._stop, *self._reader]
        asked = [self._ask.click, self._question.submit]
        # Waiting for a model's answer must not hold up other readers.
        together: dict[str, Any] = {**_PAGE, **_AS_SENT, **ANSWERED_TOGETHER}
        together |= {"show_progress": "minimal", "show_progress_on": self._message}
        asking = [
            gr.on(asked, self._respond, inputs, outputs, api_name="respond", **together),
            gr.on([self._home.select, self._thread.select], self._respond_to_chip, inputs[1:], outputs, **together),
            self._thread.retry(self._retry, inputs[1:], outputs, **together),
        ]
        for event in asking:
            event.then(self._list, self._reader, self._rail, **_PAGE)
        self._stop.click(self._show, self._reader, outputs, cancels=asking, **_PAGE)
        gr.on([item.change for item in filters], self._filters.chips, filters, self._chips, **_PAGE, **_AS_SENT)

    def _connect_answers(self) -> None:
        """Connect the buttons of an answer, which are in the conversation's HTML."""
        self._thread.like(self._rate, self._reader, [self._thread, self._held, self._message], **_PAGE)
        editing = self._thread.edit(self._standalone, self._reader, [self._question, self._message], **_PAGE)
        editing.then(None, js=_TO_QUESTION, **_PAGE)
        saving = self._thread.download(self._save_one, self._reader, [self._file, self._message], **_PAGE)
        offer_file(saving, self._file)
        self._thread.clear(self._show_all, self._reader, [self._thread, self._message], **_PAGE)

    def _connect_conversations(self) -> None:
        outputs = [self._thread, self._message, self._file, *self._reader]
        done = self._rail.select(self._act, self._reader, outputs, **_PAGE)
        done.then(self._list, self._reader, self._rail, **_PAGE)
        offer_file(done, self._file)

    def connect_page(self, blocks: gr.Blocks, tabs: gr.Tabs, views: gr.Tabs, precedents: PrecedentsTab) -> None:
        """Restore the conversation that the browser remembers, or what the address asks for, at each page load.

        ``tabs`` are the places, ``views`` those of the library; ``precedents`` opens cases and recommendations.
        """
        self._tabs, self._views = tabs, views
        self._precedents = precedents
        # Not the text in the box: the reader may be typing a question.
        inputs = [self._asked, *self._filters.components, *self._reader]
        outputs = [self._thread, self._message, *self._reader]
        loaded = [tabs, views, *precedents.arriving, *self._filters.components, self._question, self._asked, *outputs]
        loading = blocks.load(self._load, self._reader, loaded, **_PAGE)
        loading.then(self._filters.chips, self._filters.components, self._chips, **_PAGE, **_AS_SENT)
        outputs = [*outputs, self._question, self._stop]
        asking = loading.then(self._respond_to_view, inputs, outputs, **_PAGE, **_AS_SENT)
        asking.then(self._list, self._reader, self._rail, **_PAGE)
        asking.then(None, js=_FORGET_VIEW, **_PAGE)
        precedents.pane.edit(_words_of, None, self._question, **_PAGE).then(None, js=_SEND, **_PAGE)

    def connect_library(self, asking: Sequence[gr.HTML]) -> None:
        """Have "Ask about" a document, in the library's components, lead here with the document as a filter."""
        chosen = gr.on([item.select for item in asking], self._choose, None, self._filters.components, **_PAGE)
        chosen.then(None, js=_TO_ASK, **_PAGE)

    def _choose(self, event: gr.EventData) -> Update:
        view = View(documents=(str(event.entry),))
        if self._filters.unknown(view):
            raise AssistantError("This document is no longer in the library. Reload the page.")
        return self._filters.filled(view)

    def _respond(self, question: str | None, *rest: Any) -> Iterator[Update]:
        *filters, key, conversation, held = rest
        yield from self._steps(view_with(question, *filters), _reader(key, conversation, held))

    def _respond_to_chip(self, event: gr.EventData, *rest: Any) -> Iterator[Update]:
        yield from self._respond(str(event.words), *rest)

    def _respond_to_view(self, question: str, *rest: Any) -> Iterator[Update]:
        if question:
            count_question()
            yield from self._respond(question, *rest)
        else:
            yield {self._message: gr.skip()}

    def _retry(self, event: gr.EventData, *rest: Any) -> Iterator[Update]:
        *filters, key, conversation, held = rest
        reader = _reader(key, conversation, held)
        try:
            turn = self._turn(event, reader, is_last=True)
        except AssistantError as error:
            yield {self._message: problem_html(reader_message(error))}
            return
        yield from self._steps(view_with(turn.answer.question, *filters), reader, turn.position)

    def _steps(self, view: View, reader: Reader, position: int | None = None) -> Iterator[Update]:
        library = self._current()
        try:
            for count, step in enumerate(ask_in_conversation(view, reader, library, self._conversations, position)):
                # Emptied only once: text typed while a model writes is the next question.
                yield self._shown(step, library) | ({} if count else {self._question: ""})
        except AssistantError as error:
            # The question stays in its box, so that it need not be typed again.
            yield {self._message: problem_html(reader_message(error)), self._stop: gr.Button(visible=False)}

    def _shown(self, step: Step, library: Library) -> Update:
        answers = step.stored.answers
        newest = answers[-1].answer if answers and step.writing is None else None
        return {
            self._thread: conversation_html(step.stored, library, step.writing),
            self._message: announcement_html(newest) + not_kept_html(answers[-1]) if newest else "",
            self._stop: gr.Button(visible=step.writing is not None),
            self._key: gr.skip() if current_account() else step.reader.key,
            self._conversation: step.reader.conversation or NEW,
            self._held: trimmed_for_page(step.stored),
        }

    def _show(self, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        """Return the saved conversation; after a stop it has the quotes, which came first."""
        reader = _reader(key, conversation, held)
        try:
            step = Step(replace(reader, held=kept_conversation(reader, self._conversations, MOST_TURNS)))
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        return self._shown(step, self._current())

    def _show_all(self, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        try:
            stored = kept_conversation(_reader(key, conversation, held), self._conversations)
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        return {self._thread: conversation_html(stored, self._current(), since=0), self._message: ""}

    def _open(self, key: str, conversation: str | None) -> Update:
        shown = self._show(key, conversation or "")
        shown.pop(self._stop, None)
        return shown

    def _act(self, event: gr.EventData, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        """Do what the reader chose in the list of conversations."""
        action = str(event.action)
        if action in FORMATS:
            return self._save_all(action, key, conversation, held)
        if action == "rename":
            done = self._rename(str(event.words), key, conversation)
        elif action == "delete":
            done = self._forget(key, conversation, held)
        else:
            done = self._open(key, str(event.entry))
        return {self._file: None} | done

    def _rename(self, title: str, key: str, conversation: str) -> Update:
        try:
            self._conversations.rename(own_key(key), conversation, title)
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        return {self._message: ""}

    def _forget(self, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        reader = _reader(key, conversation, held)
        try:
            if reader.key and reader.conversation:
                self._conversations.delete(reader.key, reader.conversation)
        except AssistantError as error:
            return {self._message: problem_html(f"{NOT_DELETED} {reader_message(error)}")}
        return self._open(key, None)

    def _list(self, key: str, conversation: str, held: StoredConversation = EMPTY) -> Any:
        """Return the list of the reader's conversations; other events report a failure to read them."""
        try:
            kept = self._conversations.list(own_key(key)) if own_key(key) else ()
        except AssistantError:
            return gr.skip()
        return rail_html(kept, conversation)

    def _load(self, request: gr.Request, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        view, problem = view_of(request.query_params), ""
        if unknown := self._filters.unknown(view):
            # Without the filter the answer would differ from the one the link was made for.
            problem = f"This link names what is not in the library: {listed(unknown)}. Type your question below."
            view = View(view.tab)
        # Otherwise two windows of a new reader would get a key each, and the browser keeps only one.
        key, asked = key or new_key(), view.asked
        shown = self._open(key, "" if asked else conversation)
        if not asked and not shown.get(self._thread, True):
            # Nothing to show; keep anything typed or asked while the page loaded.
            shown = {self._key: key}
        if problem:
            shown[self._message] = problem_html(problem)
        return (
            shown
            | self._filters.filled(view)
            | self._precedents.arrive(view)
            | {
                # The reader may already have chosen another tab.
                self._tabs: gr.Tabs(selected=PLACES.get(view.tab, view.tab)) if view.tab else gr.skip(),
                self._views: gr.Tabs(selected=view.tab) if view.tab in PLACES else gr.skip(),
                self._question: view.asked if asked else gr.skip(),
                self._asked: view.asked,
            }
        )

    def _rate(self, event: gr.EventData, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        reader = _reader(key, conversation, held)
        liked = event.action == "useful"
        try:
            turn = self._turn(event, reader)
            if turn.not_kept:
                return {self._message: problem_html(NOT_RATED.format(turn.not_kept))}
            # Pressing a button again without a reason withdraws the rating.
            given = None if turn.liked is liked and not event.reason else liked
            self._conversations.feedback(reader.key, reader.conversation, turn.position, given, event.reason)
            stored = kept_conversation(reader, self._conversations)
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        if stored is held:  # a later answer is not saved
            rated = replace(turn, liked=given, reason=event.reason)
            stored = replace(stored, answers=tuple(rated if item is turn else item for item in stored.answers))
        shown = conversation_html(stored, self._current(), since=turn.position)
        return {self._thread: shown, self._held: trimmed_for_page(stored), self._message: ""}

    def _standalone(self, event: gr.EventData, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        try:
            turn = self._turn(event, _reader(key, conversation, held))
        except AssistantError as error:
            return {self._message: problem_html(reader_message(error))}
        return {self._question: turn.answer.standalone_question, self._message: ""}

    def _save_one(self, event: gr.EventData, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        names = {name.lower(): name for name in FORMATS}
        name = names.get(str(event.action))
        if name is None:
            return {self._message: problem_html("Unknown format. Choose Word or Markdown.")}
        return self._save(name, lambda: [self._turn(event, _reader(key, conversation, held))])

    def _save_all(self, name: str, key: str, conversation: str, held: StoredConversation = EMPTY) -> Update:
        reader = _reader(key, conversation, held)
        return self._save(name, lambda: kept_conversation(reader, self._conversations).answers)

    def _save(self, name: str, find: Callable[[], Sequence[StoredAnswer]]) -> Update:
        try:
            file = note_file([item.answer for item in find()], name, self._file)
        except AssistantError as error:
            return {self._file: None, self._message: problem_html(reader_message(error))}
        return {self._file: file, self._message: ""}

    def _turn(self, event: gr.EventData, reader: Reader, *, is_last: bool = False) -> StoredAnswer:
        """Return the turn whose button was pressed.

        Raises:
            AssistantError: the conversation was deleted or changed in another window.
        """
        answers = kept_conversation(reader, self._conversations).answers
        for item in answers[-1:] if is_last else answers:
            if item.position == event.turn:
                return item
        raise AssistantError(GONE)


def _reader(key: str, conversation: str, held: StoredConversation) -> Reader:
    return Reader(own_key(key), "" if conversation == NEW else conversation, held)


def _words_of(event: gr.EventData) -> str:
    """Return the question of a case that was chosen."""
    return str(event.words)
