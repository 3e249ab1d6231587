"""What a note consists of, in plain words; Markdown and Word are made from the same record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ParagraphKind = Literal["voice", "quotation", "list-item", "written", "remark"]
"""``voice`` says who speaks below; ``quotation`` and ``list-item`` are a source's words, or in an abstention a place;
``written`` is a model's sentence; ``remark`` is Steward's own."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of an answer as it is shown, without its citation marks."""

    kind: ParagraphKind
    text: str
    footnotes: tuple[int, ...] = ()
    """Numbers of the note's footnotes that it rests on."""
    says: str = ""
    """Who says it and with what authority, in words; empty for a remark."""
    number: str = ""
    """A list item's own number as its source gives it, such as ``3.``; empty where it has none."""


@dataclass(frozen=True, slots=True)
class NoteFootnote:
    """A quote and where it stands. Nothing is known of a source but what is given here; empty means not known."""

    number: int
    """From 1, through the whole note."""
    source: str
    """Publisher, title, which register, and date, in words."""
    standing: str
    """Authority, whether superseded or withdrawn, and whether the quote is from the original or from a briefing."""
    section: str
    page: str
    """The printed label, the page of the file, or both; empty where the source has no pages."""
    quote: str
    """The exact words; line ends are those of the source."""
    notes: tuple[str, ...] = ()
    """Footnotes of the source that the quote carries."""
    url: str = ""
    """The catalogue's https address of the document; empty where there is none."""

    @property
    def place(self) -> str:
        """Section and page, as one sentence each."""
        return " ".join(
            f"{words}." for words in (f"Section: {self.section}" if self.section else "", self.page) if words
        )


@dataclass(frozen=True, slots=True)
class NoteSection:
    """One question and its answer."""

    heading: str
    asked: str
    """The question in full where the headings shorten it; otherwise empty."""
    searched_as: str
    """The question as it was searched, where that differs; otherwise empty."""
    warnings: tuple[str, ...]
    """What a reader should know of the documents cited, one sentence each."""
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Answers to one question or several, ready to be written."""

    title: str
    sections: tuple[NoteSection, ...]
    footnotes: tuple[NoteFootnote, ...]
    accessed: date
    """The day on which the addresses of the sources are given."""
    made: tuple[str, ...]
    """How the note was made, one paragraph each."""
