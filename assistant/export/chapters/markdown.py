"""A chapter as Markdown: CommonMark apart from the table of cases; no data can act as markup.

References are an ordered list, cited by plain numbers, because CommonMark has no footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.export.chapters.chapter import (
    MADE,
    REFERENCES,
    TABLE_CAPTION,
    TABLE_HEADS,
    Block,
    Chapter,
    Reference,
    TableRow,
)
from assistant.export.notes.markdown import plain


def as_markdown(chapter: Chapter) -> str:
    """Return the chapter as Markdown with a pipe table, without HTML; only references' addresses are links."""
    blocks = [f"# {plain(chapter.title)}", *_blocks(chapter.introduction)]
    for section in chapter.sections:
        blocks += [f"## {plain(section.heading)}", *_blocks(section.blocks)]
    if chapter.table:
        blocks += [f"**{plain(TABLE_CAPTION)}**", _table(chapter.table)]
    if chapter.references:
        blocks += [f"## {REFERENCES}", "\n".join(map(_reference, chapter.references))]
    blocks += [f"## {MADE}", "\n".join(f"- {plain(line)}" for line in chapter.made)]
    return "\n\n".join(blocks) + "\n"


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    items: list[str] = []
    for block in blocks:
        if block.kind == "list-item":
            items.append(f"- {_words(block)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield f"### {plain(block.text)}" if block.kind == "heading" else _words(block)
    if items:
        yield "\n".join(items)


def _words(block: Block) -> str:
    label = f"**{plain(block.label)}:** " if block.label else ""
    return f"{label}{plain(block.text)}{_marks(block.references)}"


def _marks(numbers: Sequence[int]) -> str:
    return f" \\[{', '.join(map(str, numbers))}\\]" if numbers else ""


def _table(rows: Sequence[TableRow]) -> str:
    lines = [TABLE_HEADS, ("---",) * len(TABLE_HEADS)]
    for row in rows:
        references = ", ".join(map(str, row.references))
        lines.append((*map(_cell, (row.title, row.place, row.period, row.outcome)), references))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    # Tables are split at bars before code spans are read, so bars are escaped there too.
    return re.sub(r"(?<!\\)\|", r"\\|", plain(text))


def _reference(reference: Reference) -> str:
    parts = [f"{plain(reference.source)}.", *map(plain, reference.details)]
    if reference.url:
        parts.append(f"<{reference.url}>")
    mark = f"{reference.number}. "
    # A backslash at the end of a line keeps the line break.
    return mark + f"\\\n{' ' * len(mark)}".join(parts)
