"""A draft that was checked, with a sentence of every verdict that words alone give."""

from __future__ import annotations

from assistant.claims.drafts import CheckedSentence, DraftCheck, DraftVerdict
from assistant.reading import read_bytes
from assistant.records import Document, Reason
from tests.export.notes.answers import QUOTE

TEXT = """# Boats

The office will license 40 boats by 2027. The office will license 60 boats by 2027.

Boats need:

- a lamp that burns until the morning comes;
- an oar that nobody in the harbour has seen.

| Boat | Colour |
|---|---|
| Heron | Green |
"""
VERDICTS: dict[str, tuple[DraftVerdict, tuple[Reason, ...]]] = {
    "The office will license 40 boats by 2027.": ("verbatim", ()),
    "The office will license 60 boats by 2027.": ("clashes", (Reason("figure", "60", "40"),)),
    "a lamp that burns until the morning comes;": ("found nearby", ()),
    "an oar that nobody in the harbour has seen.": ("not found", (Reason("matter", "", "nothing comes near enough"),)),
    "Heron | Green": ("found nearby", ()),
}


def checked_draft(data: bytes = TEXT.encode()) -> tuple[Document, DraftCheck]:
    """The draft in a file as read, and its check, which rests on one quote."""
    draft = read_bytes(data)
    sentences = []
    at = 0
    for words, (verdict, reasons) in VERDICTS.items():
        at = draft.text.index(words, at)
        cited = () if verdict == "not found" else (1,)
        sentences.append(CheckedSentence(words, at, at + len(words), verdict, cited, reasons))
        at += len(words)
    return draft, DraftCheck("draft.docx", tuple(sentences), (QUOTE,), (), "1", "2026-11-27", 0.1)
