"""The sources in the form of a case: passages from the library, and other publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from assistant.contributing.contributions import Contributions
from assistant.contributing.known_values import SHORTEST_QUOTE
from assistant.errors import AssistantError
from assistant.library import Library
from assistant.records import Chunk
from assistant.registers.entries import LONGEST_QUOTE, OUTSIDE
from assistant.search.retrieval import Filters
from assistant.text.quoting import heading_path
from assistant.web.contribute.case_html import SOURCE_TITLES, field_id, source_words
from assistant.web.contribute.form import Work
from assistant.web.html_parts import message_html, problem_html
from assistant.web.precedents.page import AS_SENT, PAGE, SCRIPT, Update
from assistant.web.templates import render

PASSAGE, PUBLICATION = "A passage from the library", "Another publication"
PASSAGES = 8
"""How many passages are offered at a time."""
_HINTS: Mapping[str, str] = {
    "published": "As precise as you know, for example: 2025, 2025-03 or 2025-03-07.",
    "url": "Starts with https:// or http://.",
}
_TO_SOURCES = """() => {
  if (document.activeElement === document.body) document.getElementById("case-sources")?.focus();
}"""
"""The button of a removed source is gone, so focus moves to the list."""


class SourcesForm:
    """The components of the sources, and their events."""

    def __init__(self, current: Callable[[], Library], contributions: Contributions, work: Any) -> None:
        """``work`` is the component that holds the page's `Work`."""
        self._current = current
        self._contributions = contributions
        self._work = work
        with gr.Column(elem_id=field_id("source")):
            self.listed = gr.HTML(sources_html((), {}), label="Sources", js_on_load=SCRIPT)
            self.message = gr.HTML(label="Message on sources", elem_classes="message-place")
            self._kind = gr.Radio([PASSAGE, PUBLICATION], value=PASSAGE, label="Add a source")
            with gr.Column() as self._library:
                self._document = gr.Dropdown(self._documents(), value=None, label="Document")
                self._words = gr.Textbox(label="Words in the passage", info="Leave empty to start at the beginning.")
                self._find = gr.Button("Find passages")
                self._found = gr.HTML(label="Passages", js_on_load=SCRIPT)
            with gr.Column(visible=False) as self._elsewhere:
                self._parts = {
                    name: gr.Textbox("", label=SOURCE_TITLES[name], info=_HINTS.get(name), max_lines=3)
                    for name in OUTSIDE
                }
                self._add = gr.Button("Add this publication")
        self._connect()

    @property
    def publication(self) -> list[Any]:
        """The boxes of another publication."""
        return list(self._parts.values())

    @property
    def outputs(self) -> list[Any]:
        """The components that `filled` fills in."""
        return [self.listed, self.message, self._document, self._found, *self.publication]

    def filled(self, sources: Sequence[Mapping[str, Any]]) -> Update:
        """Return what to show for a list of sources; the boxes of a new one are cleared."""
        emptied: Update = dict.fromkeys(self.publication, "")
        document = gr.Dropdown(self._documents(), value=None)
        return emptied | {
            self.listed: self._html(sources),
            self.message: "",
            self._document: document,
            self._found: "",
        }

    def _html(self, sources: Sequence[Mapping[str, Any]]) -> str:
        return sources_html(sources, {source.id: source.title for source in self._current().sources.values()})

    def _documents(self) -> list[tuple[str, str]]:
        return [(source.title, source.id) for source in self._current().held.values()]

    def _connect(self) -> None:
        shown = [self._library, self._elsewhere]
        self._kind.input(
            lambda kind: [gr.Column(visible=kind == each) for each in (PASSAGE, PUBLICATION)], self._kind, shown, **PAGE
        )
        asked = [self._document, self._words]
        gr.on(
            [self._find.click, self._words.submit],
            self._passages,
            asked,
            self._found,
            api_name="find_passages",
            **AS_SENT,
        )
        outputs = [self._work, self.listed, self.message]
        self._found.select(self._choose, self._work, outputs, api_name="choose_passage", **PAGE)
        self._add.click(
            self._publication,
            [self._work, *self.publication],
            [*outputs, *self.publication],
            api_name="add_source",
            **PAGE,
        )
        removed = self.listed.select(self._remove, self._work, outputs, api_name="remove_source", **PAGE)
        removed.then(None, js=_TO_SOURCES, **PAGE)

    def _passages(self, document: str | None, words: str | None) -> str:
        if not document:
            return problem_html("Choose a document.")
        try:
            return passages_html(_passages(self._current(), document, (words or "").strip()), self._current())
        except AssistantError as error:
            return problem_html(str(error))

    def _choose(self, event: gr.EventData, page: Any) -> Update:
        """Add a passage, or a sentence of it, as a source."""
        name, _, number = str(event.entry).partition("/")
        generation = self._current().generation
        try:
            chunks = [chunk for chunk in generation.chunks([name]) if chunk.part == "body"]
        except KeyError:
            chunks = []
        offered = {}
        if chunks:
            sentences = enumerate(_sentences(chunks[0], self._current()))
            offered = {"": chunks[0].text} | {str(place): words for place, words in sentences}
        if number not in offered:
            return {
                self.message: problem_html("The library has changed and no longer has this passage. Find it again.")
            }
        source = {"document": chunks[0].document, "section": _section(chunks[0]), "quote": offered[number]}
        return self._added(Work.from_page(page), source)

    def _publication(self, page: Any, *values: str | None) -> Update:
        source = {name: (value or "").strip() for name, value in zip(OUTSIDE, values, strict=True)}
        return self._added(Work.from_page(page), source)

    def _remove(self, event: gr.EventData, page: Any) -> Update:
        work, entry = Work.from_page(page), str(event.entry)
        kept = [source for number, source in enumerate(work.sources, 1) if str(number) != entry]
        return self._changed(work.with_sources(kept), "Source removed. Save the draft to keep this change.")

    def _added(self, work: Work, source: Mapping[str, Any]) -> Update:
        if source in work.sources:
            return {self.message: problem_html("The case already has this source.")}
        problems = self._contributions.problems({"source": [source]}, complete=True)
        wrong = [f"{_part(item.field)}: {item.message}" for item in problems if item.field.startswith("source")]
        if wrong:
            return {self.message: problem_html(f"The source was not added. {' '.join(wrong)}")}
        shown = self._changed(work.with_sources([*work.sources, source]), "Source added. Save the draft to keep it.")
        return shown if source.get("document") else shown | dict.fromkeys(self.publication, "")

    def _changed(self, work: Work, words: str) -> Update:
        return {self._work: work.to_page(), self.listed: self._html(work.sources), self.message: message_html(words)}


def sources_html(sources: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> str:
    """Return the sources of a case, with a button to remove each; ``titles`` are the documents' titles by id."""
    words = []
    for source in sources:
        document = source.get("document")
        words.append(source_words({**source, "document": titles.get(str(document), document)}))
    return render("case_sources", sources=words)


def passages_html(chunks: Sequence[Chunk], library: Library) -> str:
    """Return passages of a document, with buttons to use a whole passage or one of its sentences."""
    if not chunks:
        return message_html("No passages found. Try other words, or none to start at the beginning.")
    return render("passages", passages=[_passage(chunk, library) for chunk in chunks], longest=LONGEST_QUOTE)


def _passage(chunk: Chunk, library: Library) -> dict[str, Any]:
    sentences = _sentences(chunk, library)
    quotable = [
        (number, words)
        for number, words in enumerate(sentences)
        if len(words.split()) >= SHORTEST_QUOTE and len(words) <= LONGEST_QUOTE
    ]
    return {"chunk": chunk, "where": _section(chunk), "is_several": len(sentences) > 1, "sentences": quotable}


def _part(name: str) -> str:
    return SOURCE_TITLES.get(name.rpartition(".")[2], "Source")


def _passages(library: Library, document: str, words: str) -> list[Chunk]:
    """Return the passages of a document nearest to the words; without words, its first ones."""
    if words:
        filters = Filters(documents=(document,), parts=("body",))
        return [found.chunk for found in library.retriever.retrieve(words[:2000], PASSAGES, filters)]
    texts = library.generation.manifest.texts
    return library.generation.text_chunks(document, 0, PASSAGES) if document in texts else []


def _sentences(chunk: Chunk, library: Library) -> list[str]:
    whole = library.generation.document(chunk.text_id).text
    return [whole[span.start : span.end].strip() for span in chunk.sentences]


def _section(chunk: Chunk) -> str:
    return heading_path(chunk.section[1:] or chunk.section)
