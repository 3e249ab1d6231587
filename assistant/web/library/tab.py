"""The Library tab: its documents, the reader of one, and the form that adds a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.deadlines import deadline
from assistant.errors import AssistantError
from assistant.indexing.documents import DocumentStatus, list_documents
from assistant.indexing.removing import remove_document
from assistant.library import Library
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import broken_entries, load_catalogue
from assistant.web.door.permissions import ADDING_IS_CLOSED, Openness
from assistant.web.html_parts import message_html, problem_html
from assistant.web.library.adding import AddForm
from assistant.web.library.documents_html import documents_table, originals_html
from assistant.web.library.getting_originals import OriginalsJob
from assistant.web.static import read_static

_PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
_TO_TOP = "() => { document.querySelector('.shelf').scrollIntoView(); }"
Update = dict[Any, Any]


def library_tab(
    current: Callable[[], Library], openness: Openness, job: OriginalsJob, ended: gr.State, place: gr.Tab
) -> list[gr.HTML]:
    """Draw the tab, with its form if readers may add files; return the components that ask about a document.

    ``current`` gives the library at each request. ``ended`` changes on the page when a run of ``job`` has ended;
    ``place`` is the tab that holds this one.
    """

    def overview() -> str:
        try:
            documents, sources = _read_library(current().settings)
            broken = [entry.id for entry in broken_entries(current().settings.corpus)]
        except AssistantError as error:
            return problem_html(str(error))
        table = documents_table(documents, sources, broken, may_change=openness.may_add)
        return originals_html(documents, sources, job.words) + table

    def act(event: gr.EventData) -> Update:
        """Remove a file that was added, or open the form to replace it, as the reader chose in its row."""
        assert form is not None
        document = str(event.entry)
        if not openness.may_add:  # a proxy may have appeared since the page was drawn
            return {form.message: problem_html(ADDING_IS_CLOSED)}
        library = current()
        try:
            if event.action == "replace" and document in library.sources:
                return {form.message: "", **form.replace(document)}
            with deadline(None):  # as adding
                removed = remove_document(document, library.settings, library.embedder)
            return {form.message: message_html(removed.words)}
        except AssistantError as error:
            return {form.message: problem_html(str(error))}

    with gr.Tab("Documents", id="library") as tab:
        with gr.Column(elem_classes="shelf"):
            form = AddForm(current, openness) if openness.may_add else None
            table = gr.HTML(label="Documents", js_on_load=read_static("cards.js"))
        reader = gr.HTML(label="Document", js_on_load=read_static("reader.js"), elem_classes="reader")
        gr.on([place.select, tab.select, ended.change], overview, None, table, **_PAGE)
        if form is None:
            return [reader]
        gr.on([place.select, tab.select], form.choices, None, form.choosing, **_PAGE)
        acted = table.select(act, None, [form.message, *form.filled], api_name="act", **_PAGE)
        acted.then(overview, None, table, js=_TO_TOP, **_PAGE)
        added = form.ended.then(form.emptied, form.message, form.filled, **_PAGE)
        added.then(overview, None, table, **_PAGE).then(form.choices, None, form.choosing, **_PAGE)
    return [reader, form.message]


def _read_library(settings: Settings) -> tuple[list[DocumentStatus], dict[str, Source]]:
    return list_documents(settings), {source.id: source for source in load_catalogue(settings.corpus)}
