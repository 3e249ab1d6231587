"""The form that adds a file to the library or replaces one that was added: the file is read first, then described."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.deadlines import deadline
from assistant.errors import AssistantError, DocumentError, NotAllowedError
from assistant.indexing.adding import Added, add_document
from assistant.indexing.proposals import needs_second, propose
from assistant.library import Library
from assistant.readers import current_account, current_person, current_reader
from assistant.reading.sandbox import read_file
from assistant.records import Source
from assistant.sources.proposals import propose_details
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS, authority_words
from assistant.text.slugs import slug
from assistant.web.api.endpoints import add_file_endpoint, reader_message
from assistant.web.door.permissions import ADDING_IS_CLOSED, Openness
from assistant.web.html_parts import message_html, problem_html
from assistant.web.static import read_static
from assistant.web.templates import render

OPENED_S = 10.0
"""Longest wait for the library that holds a new document."""
STEPS = {"reading": "Reading", "embedding": "Indexing"}
"""Names of the steps of ingestion on screen."""
CHECK_THEM = "{} was read: {} words. Check the title, publisher and date, and choose its authority."
ONE, EVERYBODY = "one", "everybody"
"""Who sees a file."""
KNOWN_BY_COOKIE = " Steward knows you by a cookie of this browser."
WAITS = "{} waits until another librarian confirms it, because it is government policy. Until then nobody finds it."
NO_COOKIE = (
    "Your browser sent no cookie by which Steward would know you again. Allow cookies for this page and reload it, or "
    "add the file for everybody."
)
_PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
Update = dict[Any, Any]


class AddForm:
    """The form's components and events."""

    def __init__(self, current: Callable[[], Library], openness: Openness) -> None:
        """Draw the form; ``current`` gives the library at each request."""
        self._current = current
        self._openness = openness
        self._replacing = gr.State("")
        with gr.Accordion("Add a file", open=False) as self.place:
            self._draw()
        self.message = gr.HTML(label="What was added", min_height=60, js_on_load=read_static("cards.js"))
        self.ended = self._connect()
        """The event of adding, which others may follow."""

    def _draw(self) -> None:
        self._file = gr.File(label="File: PDF, Word, HTML, Markdown or text", height=140)
        self._read = gr.HTML(label="What was read")
        self._title = gr.Textbox(
            label="Title", info="A file for everybody replaces the text of the document that has its title."
        )
        with gr.Row():
            self._publisher = gr.Textbox(label="Publisher")
            self._published = gr.Textbox(
                label="Published", info="As precise as you know, for example: 2025, 2025-03 or 2025-03-07."
            )
        kinds = [(authority_words(name), name) for name in AUTHORITY_WORDS if name != "commentary"]
        self._authority = gr.Radio(kinds, value=None, label="Authority", info="What weight its words carry.")
        self._seen_by = gr.Radio(
            [("Only for me", ONE), ("For everybody", EVERYBODY)],
            value=ONE,
            label="Who sees it",
            info=f"Only for me: nobody else finds it.{'' if self._openness.signs_in else KNOWN_BY_COOKIE}",
        )
        with gr.Accordion("More details", open=False):
            self._status = gr.Radio(
                [("In use", "current"), ("Withdrawn", "withdrawn")], value="current", label="Status"
            )
            self._licence = gr.Textbox(value="", label="Licence")
            self._page = gr.Textbox(value="", label="Publisher’s page", info="A web address that starts with https://.")
            self._supersedes = gr.Dropdown(
                source_choices(self._current().sources),
                value=[],
                multiselect=True,
                allow_custom_value=True,
                label="Replaces",
                info="Documents that this one replaces. Type the title if it is not in the library.",
            )
        self._button = gr.Button("Add to the library", variant="primary")

    @property
    def _details(self) -> list[Any]:
        about = [self._title, self._publisher, self._published, self._authority]
        return [*about, self._status, self._licence, self._page, self._supersedes]

    @property
    def filled(self) -> list[Any]:
        """The components that `fill` and `replace` set."""
        return [self.place, self._replacing, self._file, self._read, self._button, self._seen_by, *self._details]

    def _connect(self) -> Any:
        add = self._adding()

        @wraps(add)
        def show(*values: Any, **named: Any) -> str:
            try:
                added = add(*values, **named)
                if added["waits"]:
                    return message_html(added["words"])
                self._await(added["id"])
            except AssistantError as error:
                return problem_html(reader_message(error))
            return message_html(added["words"]) + render("added", document=added["id"])

        inputs = [self._file, *self._details]
        self._file.upload(self._propose, [self._file, self._replacing], self.filled, **_PAGE)
        self._file.clear(lambda: "", None, self._read, **_PAGE)
        private: dict[str, Any] = {"api_visibility": "private", "api_name": "show_added"}
        # Without a limit, so that a second reader hears at once that another file is being added.
        event = self._button.click(
            show, [*inputs, self._replacing, self._seen_by], self.message, concurrency_limit=None, **private
        )
        add_file_endpoint(add, inputs)
        return event

    def _await(self, document: str) -> None:
        """Wait until the library that holds a new document is open; another request may be opening it."""
        until = time.monotonic() + OPENED_S
        while document not in self._current().held and time.monotonic() < until:
            time.sleep(0.1)

    def choices(self) -> Any:
        """Return the documents that a file may say it replaces, as they are now."""
        return gr.Dropdown(choices=source_choices(self._current().sources))

    @property
    def choosing(self) -> Any:
        """The list that `choices` fills."""
        return self._supersedes

    def _propose(self, file: str, replacing: str) -> Update:
        """Read a file as adding it will, and fill in what it says of itself."""
        if not self._openness.may_add:
            return {self._read: problem_html(ADDING_IS_CLOSED)}
        library, path = self._current(), Path(file)
        try:
            document = read_file(path, library.settings.reading)
        except DocumentError as error:
            return {self._read: problem_html(f"{path.name}: {str(error).removeprefix(f'{path}: ')}")}
        said = {self._read: message_html(CHECK_THEM.format(path.name, f"{len(document.text.split()):,}"))}
        if replacing:
            return said
        found = propose_details(document, path.name, {source.publisher for source in library.sources.values()})
        details = {self._title: found.title, self._publisher: found.publisher, self._published: found.published}
        return said | details

    def replace(self, document: str) -> Update:
        """Fill the form with a document whose file the reader wants to replace."""
        source = self._current().sources[document]
        return {
            self.place: gr.Accordion(open=True),
            self._replacing: document,
            self._file: None,
            self._read: message_html(
                f"Choose the file that replaces the one of {source.title}, and correct its details."
            ),
            self._button: gr.Button("Replace the file"),
            self._seen_by: gr.Radio(value=ONE if source.reader else EVERYBODY, interactive=False),
            self._title: source.title,
            self._publisher: source.publisher,
            self._published: source.published,
            self._authority: source.authority,
            self._status: "withdrawn" if source.status == "withdrawn" else "current",
            self._licence: source.licence,
            self._page: source.landing_page,
            self._supersedes: list(source.supersedes),
        }

    def emptied(self, message: str) -> Update:
        """Return the form as it was at first, once a file was added; what it could not add stays to be corrected."""
        if 'role="alert"' in message:
            return {self._replacing: gr.skip()}
        return {
            **dict.fromkeys((self._title, self._publisher, self._published, self._licence, self._page), ""),
            **dict.fromkeys((self._file, self._authority), None),
            self._replacing: "",
            self._read: "",
            self._status: "current",
            self._supersedes: [],
            self._button: gr.Button("Add to the library"),
            self._seen_by: gr.Radio(value=ONE, interactive=True),
        }

    def _adding(self) -> Callable[..., dict[str, Any]]:
        def add(
            file: str | None,
            title: str,
            publisher: str,
            published: str,
            authority: str | None,
            status: str = "current",
            licence: str = "",
            landing_page: str = "",
            supersedes: list[str] | None = None,
            replacing: str = "",
            seen_by: str = EVERYBODY,
            progress: Any = gr.Progress(),  # noqa: B008 Gradio finds it by its default
        ) -> dict[str, Any]:
            """Read a file, add it to the library and index it, so that questions are answered from it too.

            Args:
                file: a PDF, Word, HTML, Markdown or text file
                title: its title; if a document in the library has it, the file replaces that document's text
                publisher: who publishes it
                published: ISO date as precise as known: 2025, 2025-03 or 2025-03-07
                authority: what weight its words carry
                status: current or withdrawn
                licence: its licence; empty if not stated
                landing_page: its page on the publisher's site, beginning with https://; may be empty
                supersedes: documents that it replaces: ids, or titles of those not in the library

            Returns:
                id; replaces (the id of the entry whose text it replaces, or null); chunks; problems when read; words;
                    waits (whether a second librarian must confirm it before anybody finds it).
            """
            if not (self._openness.may_share if seen_by == EVERYBODY else self._openness.may_add):
                raise NotAllowedError(self._openness.closed_words)
            path = _complete(file, title, publisher, published, authority)
            reader = None if seen_by == EVERYBODY else current_reader()
            if reader is None and seen_by != EVERYBODY:
                raise AssistantError(NO_COOKIE)
            library = self._current()
            details: dict[str, Any] = {
                "title": title.strip(),
                "publisher": publisher.strip(),
                "published": published.strip(),
                "authority": str(authority),
                "status": status,
                "licence": licence.strip() or "Not stated",
                "landing_page": landing_page.strip(),
                "supersedes": tuple(supersedes or ()),
                "identifier": replacing or None,
                "reader": reader,
            }
            person, account = current_person(), current_account()
            if reader is None and person and account and needs_second(path, library.settings, **details):
                proposal = propose(path, library.settings, person.name, account, **details)
                return {
                    "id": proposal.id,
                    "replaces": None,
                    "chunks": 0,
                    "problems": [],
                    "words": WAITS.format(details["title"]),
                    "waits": True,
                }
            with deadline(None):  # reading has its own limit, and indexing a large library takes minutes
                added = add_document(
                    path,
                    library.settings,
                    library.embedder,
                    **details,
                    on_progress=lambda step, done, total: progress((done, total), desc=STEPS[step], unit="texts"),
                )
            return {
                "id": added.source.id,
                "replaces": added.before.id if added.before else None,
                "chunks": added.chunks,
                "problems": list(added.problems),
                "words": outcome_words(added),
                "waits": False,
            }

        return add


def source_choices(sources: Mapping[str, Source]) -> list[tuple[str, str]]:
    """Return documents as the choices of a list."""
    return [(f"{item.title} ({item.publisher}, {date_in_words(item.published)})", item.id) for item in sources.values()]


def _complete(file: str | None, title: str, publisher: str, published: str, authority: str | None) -> Path:
    """Return the file's path.

    Raises:
        AssistantError: something is missing.
    """
    if not file:
        raise AssistantError("Choose a file.")
    given = {"title": title, "publisher": publisher, "date of publication": published, "authority": authority or ""}
    if missing := [name for name, value in given.items() if not value.strip()]:
        raise AssistantError(f"Enter the {', '.join(missing)}, then add the file again.")
    if not slug(title):
        raise AssistantError(f"The title {title!r} has no letter from a to z or digit. Use at least one.")
    return Path(file)


def outcome_words(added: Added) -> str:
    """Return what was added, and what it replaces."""
    named = f"{added.source.title} ({added.source.publisher}, {date_in_words(added.source.published)})"
    passages = "1 passage" if added.chunks == 1 else f"{added.chunks} passages"
    words = f"Added {named}: {passages}."
    if added.before is not None and added.before.summary:
        words = f"The file is now the text of {named}, whose details are unchanged: {passages}."
    elif added.before is not None:
        words = f"The file replaces an earlier one, {named}: {passages}."
    noticed = f" Problems when read: {' '.join(added.problems)}" if added.problems else ""
    asked = "your questions from it, and nobody else’s" if added.source.reader else "questions from it"
    return f"{words} Steward now answers {asked}.{noticed}"
