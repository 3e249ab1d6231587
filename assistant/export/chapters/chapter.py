"""What a chapter consists of, in plain words; Markdown, Word and the web's preview are made from the same record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list-item"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or heading; none is empty."""

    kind: BlockKind
    text: str
    label: str = ""
    """What stands in bold before the text, without its colon; empty where nothing does."""
    references: tuple[int, ...] = ()
    """Numbers of the references that it rests on."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a document of the library, or another publication."""

    number: int
    """From 1, in the order in which the chapter calls them."""
    source: str
    """Publisher, title, date and standing, in words."""
    details: tuple[str, ...] = ()
    """Section, pages (said to be an estimate), the passage chosen and the document's own notes, one line each."""
    url: str = ""
    """An https address; empty where there is none that can be followed."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One case in the table of cases."""

    title: str
    place: str
    period: str
    outcome: str
    references: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChapterSection:
    """One heading of the chapter and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, ready to be written."""

    title: str
    introduction: tuple[Block, ...]
    sections: tuple[ChapterSection, ...]
    table: tuple[TableRow, ...]
    """The cases in their order; empty where the plan wants no table or names no case."""
    references: tuple[Reference, ...]
    made: tuple[str, ...]
    """How it was made, one sentence or two each."""
    day: date
    """The day on which the addresses of the references are given."""


TABLE_HEADS = ("Case", "Where", "When", "What came of it", "References")
TABLE_CAPTION = "Table 1. The cases of this chapter"
REFERENCES = "References"
MADE = "How this chapter was made"
