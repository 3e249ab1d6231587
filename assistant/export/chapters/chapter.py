"""A chapter as plain text; Markdown, Word and the web's preview are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list-item"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or heading; never empty."""

    kind: BlockKind
    text: str
    label: str = ""
    """Bold text before the text, without its colon; may be empty."""
    references: tuple[int, ...] = ()
    """Numbers of the references cited."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a document of the library, or another publication."""

    number: int
    """From 1, in order of first citation."""
    source: str
    """Publisher, title, date and authority, in words."""
    details: tuple[str, ...] = ()
    """Section, estimated pages, chosen passage and the document's notes, one line each."""
    url: str = ""
    """An https address; empty if there is none."""


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
    """One heading of the chapter and the text under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, ready to write."""

    title: str
    introduction: tuple[Block, ...]
    sections: tuple[ChapterSection, ...]
    table: tuple[TableRow, ...]
    """The cases in their order; empty if the plan has no table or no case."""
    references: tuple[Reference, ...]
    made: tuple[str, ...]
    """How it was made, a sentence or two each."""
    day: date
    """The date of the chapter."""


TABLE_HEADS = ("Case", "Where", "When", "Outcome", "References")
TABLE_CAPTION = "Table 1. Cases"
REFERENCES = "References"
MADE = "How this was made"
