"""The Glossary tab: the library's acronyms, what they stand for and where it says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr

from assistant.deadlines import within_deadline
from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.records import Chunk
from assistant.text.glossary import definitions
from assistant.text.quoting import heading_path
from assistant.web.html_parts import message_html, problem_html, table_html

MOST_ROWS = 200
MOST_PLACES = 5
"""Most places shown for one long form."""
HEADINGS = ("Acronym", "Stands for", "Where the library says so")


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One long form of an acronym; most acronyms have one."""

    acronym: str
    long_form: str
    is_searched: bool
    """Whether search adds this form to questions with the acronym: true of the most common form."""
    places: tuple[str, ...]
    """Title and headings of each place that gives it, in library order."""


def glossary_tab(current: Callable[[], Library]) -> None:
    """Draw the tab; it calls ``current`` for the library at each request."""
    # Kept while the generation is, because finding the places reads every text.
    known: WeakKeyDictionary[Generation, list[GlossaryEntry]] = WeakKeyDictionary()

    def entries() -> list[GlossaryEntry]:
        generation = current().generation
        if generation not in known:
            known[generation] = glossary_entries(generation)
        return known[generation]

    def show(wanted: str) -> str:
        try:
            return glossary_html(entries(), wanted)
        except AssistantError as error:
            return problem_html(str(error))

    with gr.Tab("Glossary", id="glossary") as tab:
        wanted = gr.Textbox(
            label="Search the glossary", info="By acronym, word or document.", max_lines=1, max_length=200
        )
        table = gr.HTML(label="Glossary")
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        tab.select(show, wanted, table, **private)
        # ``change`` also sees pasted words; of several quick keys the last one counts.
        wanted.change(show, wanted, table, trigger_mode="always_last", **private)


def glossary_entries(generation: Generation) -> list[GlossaryEntry]:
    """Return every long form in the texts, by acronym; forms that differ only in capitals count as one."""
    forms: dict[tuple[str, str], dict[str, None]] = {}
    spelling: dict[tuple[str, str], str] = {}
    for text_id, entry in within_deadline(generation.manifest.texts.items()):
        found = list(definitions(generation.document(text_id).text))
        chunks = generation.text_chunks(text_id) if found else []
        for item in found:
            key = item.acronym, item.long_form.casefold()
            searched = generation.glossary.get(item.acronym) == item.long_form
            spelling[key] = item.long_form if searched else spelling.get(key, item.long_form)
            place = heading_path(_path(entry.title, chunks, item.position))
            forms.setdefault(key, {})[place] = None
    listed = [
        GlossaryEntry(acronym, form, generation.glossary.get(acronym) == form, tuple(forms[acronym, folded]))
        for (acronym, folded), form in spelling.items()
    ]
    return sorted(listed, key=lambda item: (item.acronym.casefold(), item.acronym, not item.is_searched))


def glossary_html(entries: list[GlossaryEntry], wanted: str = "") -> str:
    """Return the entries that contain the words as a table of at most `MOST_ROWS`."""
    found = matching(entries, wanted)
    if not found:
        why = (
            f"No acronym matches “{wanted.strip()}”."
            if wanted.strip()
            else "The library’s documents define no acronyms."
        )
        return message_html(why)
    rows = [(item.acronym, item.long_form, _places(item)) for item in found[:MOST_ROWS]]
    count = f"{len(rows)} of {len(found)} shown; search to see others" if len(found) > len(rows) else str(len(found))
    return table_html(f"Acronyms and what they stand for ({count})", HEADINGS, rows)


def matching(entries: list[GlossaryEntry], wanted: str) -> list[GlossaryEntry]:
    """Return the entries that contain every word, ignoring case."""
    words = wanted.casefold().split()
    return [
        item
        for item in entries
        if all(word in " ".join((item.acronym, item.long_form, *item.places)).casefold() for word in words)
    ]


def _places(entry: GlossaryEntry) -> str:
    more = len(entry.places) - MOST_PLACES
    return "\n".join((*entry.places[:MOST_PLACES], *([f"and {more} more"] if more > 0 else [])))


def _path(title: str, chunks: Sequence[Chunk], position: int) -> tuple[str, ...]:
    """Return the title and the headings above a place, without a first heading that repeats the title."""
    section = next((chunk.section for chunk in chunks if chunk.end > position), ())
    repeats = section and section[0].casefold().startswith(title.casefold())
    return (title, *(section[1:] if repeats else section))
