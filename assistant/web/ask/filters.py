"""The filters of the Ask tab: which documents are searched, as at which date, and how the answer is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.library import Library
from assistant.text.dates import date_parts, first_and_last_day
from assistant.text.quoting import AUTHORITY_WORDS, authority_words
from assistant.web.deep_links import View
from assistant.web.templates import render, shown_date

QUOTED, WRITTEN = "Quotes", "Written"


class FilterForm:
    """The components of the filters."""

    def __init__(self, current: Callable[[], Library]) -> None:
        """Draw the filters; ``current`` gives the library at each request."""
        self._current = current
        self.documents = gr.Dropdown(self._titles(), multiselect=True, label="Document", value=[])
        choices = [(authority_words(name), name) for name in AUTHORITY_WORDS]
        self.authorities = gr.CheckboxGroup(choices, label="Authority", value=[], elem_classes="authorities")
        with gr.Row(elem_classes="dates"):  # a script makes date pickers of them
            self.published_from = gr.Textbox("", label="Published from", max_lines=1)
            self.published_to = gr.Textbox("", label="Published to", max_lines=1)
            self.as_at = gr.Textbox("", label="As at: the library of that day", max_lines=1)
        model = self._model()
        modes: list[Any] = [QUOTED, *([(f"Written by {model} from the quotes", WRITTEN)] if model else [])]
        self.mode = gr.Radio(modes, value=QUOTED, label="Answers", visible=len(modes) > 1)

    def chips(self, documents: list[str], authorities: list[str], first: str, last: str, as_at: str, mode: str) -> str:
        """Return what is searched and how, as the buttons that open the filters."""
        chips = [_some(documents, "document"), *([_some(authorities, "authority")] if authorities else [])]
        chips += [f"Published {words} {shown_date(day)}" for words, day in (("from", first), ("to", last)) if day]
        chips += [f"As at {shown_date(as_at) or 'today'}", "" if self._model() is None else mode.capitalize()]
        return render("chips", chips=[chip for chip in chips if chip])

    @property
    def components(self) -> list[Any]:
        """The components, in the order in which `view_with` takes their values."""
        return [self.documents, self.authorities, self.published_from, self.published_to, self.as_at, self.mode]

    def filled(self, view: View) -> dict[Any, Any]:
        """Return what an address changes; a filter it does not name stays as the reader has already set it."""
        named: dict[Any, Any] = {
            self.authorities: list(view.authorities),
            self.published_from: _day(view.published_from),
            self.published_to: _day(view.published_to, is_last=True),
            self.as_at: _day(view.as_at, is_last=True),
            self.mode: WRITTEN if view.written and self._model() else "",
        }
        chosen: dict[str, Any] = {"value": list(view.documents)} if view.documents else {}
        # The choices include documents added while the app runs.
        documents = gr.update(choices=self._titles(), **chosen)
        return {self.documents: documents} | {name: value or gr.skip() for name, value in named.items()}

    def unknown(self, view: View) -> list[str]:
        """Return the documents and authorities of a view that the library does not have."""
        return sorted({*view.documents, *view.authorities} - {*self._current().held, *AUTHORITY_WORDS})

    def _titles(self) -> list[tuple[str, str]]:
        return [(source.title, source.id) for source in self._current().held.values()]

    def _model(self) -> str | None:
        library = self._current()
        return library.writer.name if library.writer else library.settings.model.name


def _day(date: str, *, is_last: bool = False) -> str:
    """Return the first or last day of an address's date, which may be a month or a year; a picker takes only days."""
    return first_and_last_day(date)[is_last] if date_parts(date) else date


def _some(chosen: list[str], what: str) -> str:
    plural = {"authority": "authorities"}.get(what, f"{what}s")
    return f"{len(chosen) or 'All'} {what if len(chosen) == 1 else plural}"


def view_with(
    question: str | None,
    documents: list[str],
    authorities: list[str],
    published_from: str,
    published_to: str,
    as_at: str,
    mode: str,
) -> View:
    """Return the view of a question with the page's filters; a box that was never filled gives None."""
    # Cutting text can leave half an emoji (a lone surrogate), which cannot be searched for or stored.
    question = (question or "").encode("utf-8", "replace").decode()
    first, last, day = (words.strip() for words in (published_from, published_to, as_at))
    return View("", question, tuple(documents), tuple(authorities), first, last, day, mode == WRITTEN)
