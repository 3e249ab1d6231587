"""The Library tab: its documents, the reader of one, and forms that add and remove a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.deadlines import deadline
from assistant.errors import AssistantError, NotAllowedError
from assistant.indexing.adding import Added, add_document
from assistant.indexing.documents import DocumentStatus, list_documents
from assistant.indexing.removing import remove_document
from assistant.library import Library
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import broken_entries, load_catalogue
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS, authority_words
from assistant.text.slugs import slug
from assistant.web.api.endpoints import add_file_endpoint
from assistant.web.door.permissions import ADDING_IS_CLOSED, Openness
from assistant.web.html_parts import message_html, problem_html
from assistant.web.library.documents_html import documents_table, originals_html
from assistant.web.library.getting_originals import OriginalsJob
from assistant.web.static import read_static

STEPS = {"reading": "Reading", "embedding": "Indexing"}
"""Names of the steps of ingestion on screen."""


def library_tab(
    current: Callable[[], Library], openness: Openness, job: OriginalsJob, ended: gr.State, place: gr.Tab
) -> gr.HTML:
    """Draw the tab, with its forms if readers may add files, and return the reader of a document.

    ``current`` gives the library at each request. ``ended`` changes on the page when a run of ``job`` has ended;
    ``place`` is the tab that holds this one.
    """

    def overview() -> str:
        try:
            documents, sources = _read_library(current().settings)
        except AssistantError as error:
            return problem_html(str(error))
        return originals_html(documents, sources, job.words) + documents_table(documents, sources)

    with gr.Tab("Documents", id="library") as tab:
        with gr.Column(elem_classes="shelf"):
            table = gr.HTML(label="Documents")
            sources = {source.id: source for source in load_catalogue(current().settings.corpus)}
            adding = _add_form(current, openness, _choices(sources)) if openness.may_add else None
            removing = _remove_form(current, openness) if openness.may_add else None
        reader = gr.HTML(label="Document", js_on_load=read_static("reader.js"), elem_classes="reader")
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
        gr.on([place.select, tab.select, ended.change], overview, None, table, **private)
        if adding is not None:
            added, supersedes = adding
            added.then(overview, None, table, **private)
            for event in (place.select, tab.select, added.then):
                event(lambda: gr.Dropdown(choices=_choices(current().sources)), None, supersedes, **private)
        if adding is not None and removing is not None:
            removed, own = removing
            removed.then(overview, None, table, **private)
            for event in (place.select, tab.select, adding[0].then, removed.then):
                event(lambda: gr.Dropdown(choices=_own_choices(current().settings), value=None), None, own, **private)
    return reader


def _add_form(current: Callable[[], Library], openness: Openness, choices: list[tuple[str, str]]) -> tuple[Any, Any]:
    """Return the event of adding, which others may follow, and the list of documents that a file may replace."""

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
            id; replaces (the id of the entry whose text it replaces, or null); chunks; problems when read; words.
        """
        if not openness.may_add:
            raise NotAllowedError(ADDING_IS_CLOSED)
        path = _complete(file, title, publisher, published, authority)
        library = current()
        with deadline(None):  # reading has its own limit, and indexing a large library takes minutes
            added = add_document(
                path,
                library.settings,
                library.embedder,
                title=title.strip(),
                publisher=publisher.strip(),
                published=published.strip(),
                authority=str(authority),
                status=status,
                licence=licence.strip() or "Not stated",
                landing_page=landing_page.strip(),
                supersedes=tuple(supersedes or ()),
                on_progress=lambda step, done, total: progress((done, total), desc=STEPS[step], unit="texts"),
            )
        return {
            "id": added.source.id,
            "replaces": added.before.id if added.before else None,
            "chunks": added.chunks,
            "problems": list(added.problems),
            "words": _outcome_words(added),
        }

    @wraps(add)
    def show(*values: Any, **named: Any) -> str:
        try:
            return message_html(add(*values, **named)["words"])
        except AssistantError as error:
            return problem_html(str(error))

    with gr.Accordion("Add a file", open=False):
        file = gr.File(label="File: PDF, Word, HTML, Markdown or text", height=140)
        title = gr.Textbox(
            label="Title", info="If a document in the library has this title, your file replaces its text."
        )
        publisher = gr.Textbox(label="Publisher")
        published = gr.Textbox(
            label="Date of publication", info="As precise as you know, for example: 2025, 2025-03 or 2025-03-07."
        )
        authorities = [(authority_words(name), name) for name in AUTHORITY_WORDS if name != "commentary"]
        authority = gr.Radio(
            authorities, value=None, label="Authority", info="What kind of document it is.", elem_classes="authorities"
        )
        status = gr.Radio([("Current", "current"), ("Withdrawn", "withdrawn")], value="current", label="Status")
        licence = gr.Textbox(value="", label="Licence (optional)")
        landing_page = gr.Textbox(
            value="", label="Publisher’s page (optional)", info="A web address that starts with https://."
        )
        supersedes = gr.Dropdown(
            choices,
            value=[],
            multiselect=True,
            allow_custom_value=True,
            label="Replaces (optional)",
            info="Documents that this one replaces. Type the title if it is not in the library.",
        )
        button = gr.Button("Add to the library", variant="primary")
        message = gr.HTML(label="What was added", min_height=60)
    inputs = [file, title, publisher, published, authority, status, licence, landing_page, supersedes]
    # Without a limit, so that a second reader hears at once that another file is being added.
    event = button.click(show, inputs, message, api_visibility="private", api_name="show_added", concurrency_limit=None)
    add_file_endpoint(add, inputs)
    return event, supersedes


def _remove_form(current: Callable[[], Library], openness: Openness) -> tuple[Any, Any]:
    """Return the event of removing, which others may follow, and the list of documents that were added."""

    def remove(document: str | None) -> tuple[str, Any]:
        hidden = gr.Button(visible=False)
        if not openness.may_add:  # a proxy may have appeared since the page was drawn
            return problem_html(ADDING_IS_CLOSED), hidden
        if not document:
            return problem_html("Choose a document."), hidden
        library = current()
        try:
            with deadline(None):  # as adding
                return message_html(remove_document(document, library.settings, library.embedder).words), hidden
        except AssistantError as error:
            return problem_html(str(error)), hidden

    with gr.Accordion("Remove an added document", open=False):
        own = gr.Dropdown(
            _own_choices(current().settings),
            value=None,
            label="Document to remove",
            info="Its file is deleted from Steward. Keep a copy if you need it.",
        )
        button = gr.Button("Remove from the library")
        really = gr.Button("Yes, remove it permanently", variant="stop", visible=False)
        message = gr.HTML(label="What was removed", min_height=60)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
    button.click(lambda document: gr.Button(visible=bool(document)), own, really, **private)
    own.input(lambda: gr.Button(visible=False), None, really, **private)
    event = really.click(remove, own, [message, really], api_name="show_removed", concurrency_limit=None, **private)
    return event, own


def _own_choices(settings: Settings) -> list[tuple[str, str]]:
    """Return the documents that were added, even with a broken entry; none if the catalogue cannot be read."""
    try:
        own = {source.id: source for source in load_catalogue(settings.corpus) if source.file}
        broken = broken_entries(settings.corpus)
    except AssistantError:
        return []
    return [*_choices(own), *((f"{entry.id} (its entry is broken)", entry.id) for entry in broken)]


def _read_library(settings: Settings) -> tuple[list[DocumentStatus], dict[str, Source]]:
    return list_documents(settings), {source.id: source for source in load_catalogue(settings.corpus)}


def _choices(sources: Mapping[str, Source]) -> list[tuple[str, str]]:
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


def _outcome_words(added: Added) -> str:
    """Return what was added, and what it replaces."""
    named = f"{added.source.title} ({added.source.publisher}, {date_in_words(added.source.published)})"
    passages = "1 passage" if added.chunks == 1 else f"{added.chunks} passages"
    words = f"Added {named}: {passages}."
    if added.before is not None and added.before.summary:
        words = f"The file is now the text of {named}, whose details are unchanged: {passages}."
    elif added.before is not None:
        words = f"The file replaces an earlier one, {named}: {passages}."
    noticed = f" Problems when read: {' '.join(added.problems)}" if added.problems else ""
    return f"{words} Steward now answers questions from it.{noticed}"
