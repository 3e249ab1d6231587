"""Publications in the shapes that government gives them, in own words, so that every block of each is known.

Each is set as a PDF by `evals.making.publications` or as a page of GOV.UK by `evals.making.govspeak`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from assistant.reading.builder import DocumentBuilder, mark
from assistant.reading.footnotes import parse_footnote
from assistant.records import BlockKind, Document, Source
from evals.cases import Split
from evals.making.govspeak import LAYOUTS, govspeak_page
from evals.making.publications import Inset, Style, set_in_pages

_WHO = (
    "The Rivers Office|Each catchment partnership|A county flood warden|The independent panel|Every drainage board|"
    "The chief hydrologist|A local water company|The joint committee|The regional coordinator"
).split("|")
_DOES = (
    "will publish|has agreed to simplify|must first identify|intends to strengthen|should carefully monitor|"
    "is expected to reorganise|has now confirmed|will co-ordinate|may temporarily suspend"
).split("|")
_WHAT = (
    "the official inventory of weirs|a five-year maintenance programme|its classification of embankments|"
    "long-term responsibility for culverts|an affordable scheme of inspections|the flow records of every tributary|"
    "a cross-border agreement on abstraction|the first comprehensive flood atlas|simplified arrangements for "
    "landowners|well-documented procedures for evacuation"
).split("|")
_WHEN = (
    "before the spring tides|once the survey is finished|in consultation with neighbouring parishes|"
    "after the second independent review|at no additional cost to households|wherever the gradient allows it|"
    "within eighteen months of the announcement"
).split("|")
_SOURCE = Source(
    id="rivers-plan",
    title="Rivers and embankments: a plan for the catchments",
    publisher="Rivers Office",
    published="2024-05",
    authority="government-policy",
    status="current",
    jurisdiction="England",
    licence="Not stated",
    credit="Own words, set as a publication.",
    landing_page="https://example.org/rivers",
)
_OFFICES = ("Rivers Office", "Weir Trust", "Flood Panel", "Office for Embankments")


@dataclass(frozen=True)
class Shape:
    """A publication: how it is made, and what a reader of it should be given."""

    name: str
    split: Split
    document: Document
    apart: frozenset[int]
    """Indexes of the blocks in boxes, and of the words pulled out of the text."""
    make: Callable[[], bytes]


@dataclass
class _Draft:
    """A document as it is written; sentences go on where the last ones ended, so that all differ."""

    start: int = 0
    builder: DocumentBuilder = field(default_factory=DocumentBuilder)
    insets: list[Inset] = field(default_factory=list)
    blocks: int = 0
    notes: int = 0

    def __post_init__(self) -> None:
        self.sentences = sentences(self.start)
        self.heading("Rivers and embankments: a plan for the catchments", 1)

    @property
    def apart(self) -> frozenset[int]:
        return frozenset(n for inset in self.insets for n in range(inset.first, inset.last + 1))

    def say(self, kind: BlockKind, text: str, level: int = 0) -> int:
        self.builder.add(kind, text, level=level)
        self.blocks += 1
        return self.blocks - 1

    def heading(self, text: str, level: int) -> int:
        return self.say("heading", text, level)

    def prose(self, count: int, calls: int = 0) -> None:
        """A paragraph in which ``calls`` words or sentences call a note."""
        said = [next(self.sentences) for _ in range(count)]
        for n in range(calls):
            at = n * count // calls
            # Within the sentence, and behind its stop.
            spot = said[at].index(" ", len(said[at]) // 2) if n % 2 else len(said[at])
            said[at] = said[at][:spot] + self.call() + said[at][spot:]
        self.say("paragraph", " ".join(said))

    def call(self) -> str:
        self.notes += 1
        office = _OFFICES[self.notes % 4]
        address = f"https://example.org/reports/catchment-{self.start + self.notes}/summary.pdf"
        words = f"{office}, “Catchment report {self.start + self.notes}”, {self.notes % 28 + 1} May 2024, {address}"
        if self.notes % 3 == 0:
            words = next(self.sentences)
        self.builder.add_footnote(parse_footnote(str(self.notes), words))
        return mark(str(self.notes))

    def items(self, count: int, level: int = 1) -> None:
        for _ in range(count):
            self.say("list-item", next(self.sentences), level)

    def box(self, number: int) -> None:
        first = self.heading(f"Box {number}: What the survey of {2020 + number} found", 3)
        self.prose(2)
        self.items(2)
        self.insets.append(Inset(first, self.blocks - 1, "box"))

    def pull(self) -> None:
        at = self.say("quotation", next(self.sentences))
        self.insets.append(Inset(at, at, "pull"))

    def figure(self, number: int) -> None:
        self.say("caption", f"Figure {number}: Share of weirs inspected in each year")
        self.say("paragraph", f"Source: {_OFFICES[number % 4]} inspection returns, counted at the end of March.")

    def table(self, number: int, rows: int) -> None:
        self.say("caption", f"Table {number}: Inspections by catchment and what they led to")
        self.say("table-header", "Catchment | What was agreed | Inspections")
        for n in range(rows):
            agreed = next(self.sentences).split(" ", 3)[-1].rstrip(".").capitalize()
            self.say("table-row", f"Catchment {chr(65 + n % 26)}{n // 26 + 1} | {agreed} | {17 * n + 40}")


def sentences(start: int) -> Iterator[str]:
    """Own sentences, all different, from one of them on."""
    for n in itertools.count(start):
        yield (
            f"{_WHO[n % 9]} {_DOES[n // 9 % 9]} {_WHAT[n % 10]} {_WHEN[n % 7]}, and {_WHO[(n + 4) % 9].lower()} "
            f"{_DOES[(n + 2) % 9]} {_WHAT[(n // 3 + 5) % 10]}."
        )


# What the publications hold.


def white_paper(draft: _Draft) -> None:
    """Numbered chapters, bullets, notes, a table over pages, figures, boxes and an annex."""
    draft.heading("Foreword", 2)
    draft.prose(4)
    for chapter, title in enumerate(("What the plan is for", "Who keeps the banks", "How money is shared"), 1):
        draft.heading(f"{chapter}. {title}", 2)
        draft.prose(6, 2)
        draft.heading(f"{chapter}.1 The position today", 3)
        draft.prose(3, 1)
        draft.say("paragraph", f"In chapter {chapter} the partnerships agree to do the following:")
        draft.items(4)
        draft.prose(5, 2)
        draft.heading(f"{chapter}.2 What will change", 3)
        if chapter == 1:
            draft.figure(1)
        elif chapter == 2:
            draft.table(1, 14)
        else:
            draft.box(1)
        draft.prose(7, 2)
    draft.heading("Annex A: How the figures were made", 2)
    draft.prose(4, 1)
    draft.items(3)
    draft.prose(3)


def insets(draft: _Draft) -> None:
    """Paragraphs that boxes, pulled quotes and figures interrupt."""
    for chapter in range(3):
        draft.heading(f"Part {'ABC'[chapter]} of the plan", 2)
        draft.prose(5, 1)
        draft.pull()
        draft.prose(8, 1)
        draft.box(chapter + 1)
        for _ in range(5):
            draft.prose(6, 1)
        draft.figure(chapter + 1)
        draft.prose(9)
        draft.prose(7, 1)


def noted(draft: _Draft) -> None:
    """Running text with many notes."""
    for chapter, title in enumerate(("The upper reaches", "The middle reaches", "The estuary"), 1):
        draft.heading(f"Chapter {chapter}: {title}", 2)
        for calls in (3, 0, 2, 4, 1):
            draft.prose(5, calls)


def few_notes(draft: _Draft) -> None:
    """Running text with two or three notes a page at most."""
    for title in ("The north bank", "The south bank"):
        draft.heading(title, 2)
        for calls in (1, 0, 0, 1, 0, 0):
            draft.prose(5, calls)


def numbered(draft: _Draft) -> None:
    """Paragraphs that are numbered through the paper."""
    number = itertools.count(1)
    for title in ("Purpose", "Evidence", "Conclusions"):
        draft.heading(title, 2)
        for n in range(5):
            said = " ".join(next(draft.sentences) for _ in range(3))
            draft.say("list-item", f"{next(number)}. {said}{draft.call() if n % 2 else ''}", 1)


_HELVETICA = Style("Helvetica", "Helvetica-Bold", "foot-outer", labels_in_file=False)
_TIMES = Style("Times-Roman", "Times-Bold", "head-outer", labels_in_file=False, justified=True, size=11.0)
_VERA = Style("Vera", "VeraBd", "foot-centre", labels_in_file=True, outline=False, ligatures=True, size=9.5)


_COLUMNS: Mapping[str, Any] = {"columns": 2, "size": 9.0}

_WRITTEN: Mapping[str, Callable[[_Draft], None]] = {
    "white paper": white_paper,
    "insets": insets,
    "notes": noted,
    "few notes": few_notes,
    "numbered paragraphs": numbered,
}
_PRINTED: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("white paper", "white paper", {}),
    ("white paper in columns", "white paper", _COLUMNS),
    ("white paper, chapters on new pages", "white paper", {"openers": True, "grid": False}),
    ("insets", "insets", {}),
    ("insets in columns", "insets", _COLUMNS),
    ("insets in columns that run on", "insets", {**_COLUMNS, "cut_columns": False}),
    ("notes", "notes", {}),
    ("notes in columns", "notes", _COLUMNS),
    ("asterisks and daggers", "few notes", {"symbols": True}),
    ("endnotes", "notes", {"notes": "end"}),
    ("endnotes in columns", "notes", {**_COLUMNS, "notes": "end"}),
    ("endnotes by chapter", "notes", {"notes": "chapters"}),
    ("endnotes by chapter in columns", "notes", {**_COLUMNS, "notes": "chapters"}),
    ("numbered paragraphs", "numbered paragraphs", {}),
)
"""Name, what it holds and how it is set."""
_LOOKS: Mapping[Split, tuple[Style, ...]] = {"dev": (_HELVETICA,), "test": (_TIMES, _VERA)}


def shapes() -> Iterator[Shape]:
    """Yield every publication; those of the two splits differ in words and in type."""
    start = itertools.count(0, 1000)
    for split, looks in _LOOKS.items():
        for look in looks:
            for name, holds, said in _PRINTED:
                draft = _Draft(next(start))
                _WRITTEN[holds](draft)
                style = replace(look, **said)
                document = draft.builder.build()
                made = partial(_printed, document, style, tuple(draft.insets))
                yield Shape(f"PDF, {name}, {look.regular}", split, document, draft.apart, made)
        for layout in LAYOUTS:
            for holds, write in _WRITTEN.items():
                draft = _Draft(next(start))
                write(draft)
                document = draft.builder.build()
                made = partial(govspeak_page, document, tuple(draft.insets), layout)
                yield Shape(f"HTML, {holds}, {layout}", split, document, draft.apart, made)


def _printed(document: Document, style: Style, insets: tuple[Inset, ...]) -> bytes:
    return set_in_pages(document, _SOURCE, style, insets)[0]
