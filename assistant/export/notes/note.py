"""A note as plain text; Markdown and Word are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ParagraphKind = Literal["voice", "quotation", "list-item", "table-header", "table-row", "written", "remark"]
"""``voice`` names the speaker below; ``quotation``, ``list-item`` and a table's rows are a source's words;
``written`` is a model's sentence; ``remark`` is Steward's own."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of an answer, without its citation marks."""

    kind: ParagraphKind
    text: str
    footnotes: tuple[int, ...] = ()
    """Numbers of the footnotes cited."""
    says: str = ""
    """Who says it and with what authority; empty for a remark."""
    number: str = ""
    """A list item's number in its source, such as ``3.``; may be empty."""
    cells: tuple[str, ...] = ()
    """Of a table's row."""


@dataclass(frozen=True, slots=True)
class NoteFootnote:
    """A quote and its place; empty fields are not known."""

    number: int
    """From 1, through the whole note."""
    source: str
    """Publisher, title, which register, and date, in words."""
    standing: str
    """Authority, whether superseded or withdrawn, and whether quoted from the original or a summary."""
    section: str
    page: str
    """The printed label, the page of the file, or both; empty if the source has no pages."""
    quote: str
    """The exact words, with the source's line ends."""
    notes: tuple[str, ...] = ()
    """Footnotes of the source in the quote."""
    url: str = ""
    """The document's https address in the catalogue; may be empty."""

    @property
    def place(self) -> str:
        """Section and page, a sentence each."""
        return " ".join(
            f"{words}." for words in (f"Section: {self.section}" if self.section else "", self.page) if words
        )


@dataclass(frozen=True, slots=True)
class NoteSection:
    """One question and its answer."""

    heading: str
    asked: str
    """The question in full if the heading shortens it; otherwise empty."""
    searched_as: str
    """The question as it was searched, if different; otherwise empty."""
    warnings: tuple[str, ...]
    """Warnings about the documents cited, a sentence each."""
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Answers to one or more questions, ready to write."""

    title: str
    sections: tuple[NoteSection, ...]
    footnotes: tuple[NoteFootnote, ...]
    day: date
    """The date of the note."""
    made: tuple[str, ...]
    """How the note was made, a paragraph each."""
