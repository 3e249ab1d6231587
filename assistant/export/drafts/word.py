"""A checked draft as a Word file: its text, and comments at the sentences that need one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import docx
from docx.document import Document as WordDocument

from assistant.export.drafts.notes import SentenceNote
from assistant.export.drafts.places import find_places
from assistant.export.word_parts import set_up, word_bytes
from assistant.records import Block, Document
from assistant.text.chunking import CELL_END
from assistant.text.printable import clean

AUTHOR, INITIALS = "Steward", "S"
NOT_PLACED = "Steward found no place in this file for its comments on these sentences:"
_STYLES = {"list-item": "List Bullet", "quotation": "Quote", "caption": "Normal", "paragraph": "Normal"}
_NUMBERED = re.compile(r"\d{1,9}[.)]\s")


def draft_bytes(draft: Document, notes: Sequence[SentenceNote], title: str, day: date) -> bytes:
    """Return a Word file with the draft's text and the comments; ``day`` is the date in its properties."""
    made = docx.Document()
    set_up(made, clean(title), day)
    for is_table, blocks in groupby(draft.blocks, key=lambda block: block.kind.startswith("table")):
        if is_table:
            _add_table(made, draft, list(blocks))
        else:
            for block in blocks:
                _add_block(made, draft, block)
    add_comments(made, notes)
    return word_bytes(made)


def add_comments(document: WordDocument, notes: Sequence[SentenceNote]) -> None:
    """Add a comment at each sentence that has one; those without a place go into one comment at the start."""
    places = find_places(document, [note.words for note in notes])
    # From the end: a run that is split keeps its beginning, where earlier sentences stand.
    backwards = reversed([*zip(notes, places, strict=True)])
    runs = [place.runs(document) if place and note.lines else None for note, place in backwards]
    lost: list[str] = []
    for note, stretch in zip(notes, reversed(runs), strict=True):
        if stretch is not None:
            document.add_comment(stretch, clean("\n".join(note.lines)), AUTHOR, INITIALS)
        elif note.lines:
            lost += [f"“{note.words}”", *note.lines]
    if lost:
        first = next((each for each in document.paragraphs if each.runs), None)
        run = first.runs[0] if first else (document.paragraphs or [document.add_paragraph()])[0].add_run()
        document.add_comment(run, clean("\n".join([NOT_PLACED, *lost])), AUTHOR, INITIALS)


def _add_block(made: WordDocument, draft: Document, block: Block) -> None:
    words = clean(draft.text[block.start : block.end])
    if block.kind == "heading":
        made.add_paragraph(words, f"Heading {min(block.level, 2)}")
    else:
        made.add_paragraph(words, "Normal" if _NUMBERED.match(words) else _STYLES[block.kind])


def _add_table(made: WordDocument, draft: Document, blocks: Sequence[Block]) -> None:
    rows = [draft.text[block.start : block.end].split(CELL_END) for block in blocks]
    table = made.add_table(0, max(map(len, rows)), "Table Grid")
    for block, words in zip(blocks, rows, strict=True):
        for cell, part in zip(table.add_row().cells, words, strict=False):
            cell.paragraphs[0].add_run(clean(part)).bold = block.kind == "table-header"
