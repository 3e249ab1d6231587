"""The Library tab: its documents, the reader of one, and the form that adds a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.deadlines import deadline
from assistant.errors import AssistantError, NotAllowedError
from assistant.indexing.documents import list_documents
from assistant.indexing.proposals import POLICY, confirm, proposals, propose_removal, reject
from assistant.indexing.removing import Removed, remove_document
from assistant.library import Library
from assistant.readers import current_account, current_person
from assistant.sources.catalogue import broken_entries, is_private_id
from assistant.web.api.endpoints import reader_message
from assistant.web.door.permissions import Openness
from assistant.web.html_parts import message_html, problem_html
from assistant.web.library.adding import AddForm, outcome_words
from assistant.web.library.documents_html import documents_table, originals_html
from assistant.web.library.getting_originals import OriginalsJob
from assistant.web.static import read_static
from assistant.web.templates import render

_PAGE: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
# To what was done, or else to the form.
_TO_TOP = """() => {
  const told = document.querySelector(".shelf .message");
  (told ?? document.querySelector(".shelf")).scrollIntoView({ block: told ? "center" : "start" });
}"""
STAYS = "{} is government policy, so a second librarian must confirm that it goes. Until then it stays."
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
            library = current()
            sources = library.sources
            documents, broken = list_documents(library.settings, sources.values()), _broken(library)
        except AssistantError as error:
            return problem_html(str(error))
        may = {"may_change": openness.may_share, "may_change_own": openness.may_add}
        table = documents_table(documents, sources, broken, **may)
        return originals_html(documents, sources) + waiting() + table

    def waiting() -> str:
        """Return the changes that wait for a second librarian, for librarians who sign in."""
        if not (openness.signs_in and openness.may_share):
            return ""
        return render("pending", proposals=proposals(current().settings), account=current_account())

    def act(event: gr.EventData) -> Update:
        """Remove a file that was added, or open the form to replace it, as the reader chose in its row."""
        assert form is not None
        document = str(event.entry)
        library = current()
        source = library.sources.get(document)
        # A proxy may have appeared since the page was drawn.
        if not (openness.may_add if source is not None and source.reader else openness.may_share):
            return {form.message: problem_html(openness.closed_words)}
        try:
            if event.action in ("confirm", "reject"):
                return {form.message: message_html(decide(document, confirms=event.action == "confirm"))}
            if document not in (*library.sources, *_broken(library)):
                return {form.message: problem_html(f"No document {document!r} was added to the library.")}
            if event.action == "replace" and document in library.sources:
                return {form.message: "", **form.replace(document)}
            person, account = current_person(), current_account()
            if source is not None and source.authority == POLICY and not source.reader and person and account:
                propose_removal(source, library.settings, person.name, account)
                return {form.message: message_html(STAYS.format(source.title))}
            with deadline(None):  # as adding
                removed = remove_document(document, library.settings, library.embedder)
            return {form.message: message_html(removed.words)}
        except AssistantError as error:
            return {form.message: problem_html(reader_message(error))}

    def decide(document: str, *, confirms: bool) -> str:
        library, person, account = current(), current_person(), current_account()
        if not openness.may_share or person is None or account is None:  # only who signs in can be a second person
            raise NotAllowedError(openness.closed_words)
        if not confirms:
            rejected = reject(document, library.settings)
            title = rejected.details["title"]
            return f"{title} was rejected and deleted." if rejected.file else f"{title} stays in the library."
        with deadline(None):  # as adding
            done = confirm(document, library.settings, library.embedder, person.name, account)
        return done.words if isinstance(done, Removed) else outcome_words(done)

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


def _broken(library: Library) -> list[str]:
    """Return the ids of added files whose entry is broken; whose a private one is cannot be read then."""
    entries = broken_entries(library.settings.corpus)
    return [entry.id for entry in entries if not is_private_id(entry.id)]
