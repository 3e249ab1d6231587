"""What holds for every document, whatever it was read from."""

from __future__ import annotations

import re
import unicodedata

from assistant.reading.serialisation import document_from_json, document_to_json
from assistant.records import Block, Document

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")


def words(document: Document, block: Block) -> str:
    """The words of a block."""
    return document.text[block.start : block.end]


def outline(document: Document) -> list[tuple[str, int, str]]:
    """Kind, level and words of each block."""
    return [(block.kind, block.level, words(document, block)) for block in document.blocks]


def check_document(document: Document) -> None:
    """Blocks are ordered, apart, inside the text, filled and stripped; nothing invisible is left; JSON keeps it all."""
    end = 0
    for index, block in enumerate(document.blocks):
        assert end <= block.start < block.end <= len(document.text)
        assert document.text[end : block.start].strip() == ""
        assert words(document, block) == words(document, block).strip()
        assert block.lead is None or 0 <= block.lead < index
        end = block.end
    assert document.text[end:] == ""
    assert document.blocks
    assert {letter for letter in document.text if unicodedata.category(letter) in ("Cc", "Co", "Cs")} <= {"\n"}
    assert not _INVISIBLE.search(document.text)
    numbers = {footnote.number for footnote in document.footnotes}
    assert all(0 <= mark.position <= len(document.text) and mark.number in numbers for mark in document.marks)
    assert document_from_json(document_to_json(document)) == document
