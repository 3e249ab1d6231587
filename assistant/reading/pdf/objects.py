"""The text objects of a PDF page: all of them, switched off, and what ``/ActualText`` says in their place."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.reading.pdf.visibility import Glyph

_DEEPEST_FORM = 15
_ACTUAL = b"ActualText"
_ENCODINGS = {b"\xfe\xff": "utf-16", b"\xff\xfe": "utf-16", b"\xef\xbb\xbf": "utf-8"}
_LEADERS = frozenset(".…·")
_MOST_LETTERS = 3
"""That one glyph stands for, as in ffi."""


def text_objects(page: pdfium.PdfPage) -> dict[int, Any]:
    """Text objects of a page that are not switched off, those in forms included, in order, by key (`Style.key`)."""
    texts: dict[int, Any] = {}
    waiting = [(raw.FPDFPage_GetObject(page, n), 0) for n in reversed(range(raw.FPDFPage_CountObjects(page)))]
    is_active = ctypes.c_int()
    while waiting:
        item, depth = waiting.pop()
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            if raw.FPDFPageObj_GetIsActive(item, is_active) and is_active.value:
                texts[ctypes.addressof(item.contents)] = item
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            inner = reversed(range(raw.FPDFFormObj_CountObjects(item)))
            waiting += [(raw.FPDFFormObj_GetObject(item, n), depth + 1) for n in inner]
    return texts


@contextmanager
def switched_off(page: pdfium.PdfPage, keys: Collection[int]) -> Iterator[None]:
    """Text objects are neither drawn nor read meanwhile."""
    texts = [text for key, text in text_objects(page).items() if key in keys]
    for text in texts:
        raw.FPDFPageObj_SetIsActive(text, False)
    try:
        yield
    finally:
        for text in texts:
            raw.FPDFPageObj_SetIsActive(text, True)


@dataclass
class ActualText:
    """What the file says in place of glyphs: words for programs, which no reader of the page sees."""

    letters: str
    """Without spaces and controls."""
    keys: list[int] = field(default_factory=list)
    """The text objects that it stands for, in order."""


def take_actual_texts(page: pdfium.PdfPage) -> list[ActualText]:
    """The texts in place of glyphs, taken off the page; pdfium would read them instead of the glyphs."""
    found: dict[int, ActualText] = {}
    for key, text in text_objects(page).items():
        for number in reversed(range(raw.FPDFPageObj_CountMarks(text))):
            mark = raw.FPDFPageObj_GetMark(text, number)
            if raw.FPDFPageObjMark_GetParamValueType(mark, _ACTUAL) == raw.FPDF_OBJECT_UNKNOWN:
                continue
            # All text objects within one mark share it.
            at = ctypes.addressof(mark.contents)
            found.setdefault(at, ActualText(_actual_words(mark))).keys.append(key)
            raw.FPDFPageObj_RemoveMark(text, mark)
    return list(found.values())


def _actual_words(mark: Any) -> str:
    size = ctypes.c_ulong()
    raw.FPDFPageObjMark_GetParamBlobValue(mark, _ACTUAL, None, 0, size)
    buffer = (ctypes.c_ubyte * size.value)()
    raw.FPDFPageObjMark_GetParamBlobValue(mark, _ACTUAL, buffer, size.value, size)
    held = bytes(buffer)
    # pdfium's own reading of it spoils characters beyond U+FFFF.
    encoding = next((name for start, name in _ENCODINGS.items() if held.startswith(start)), "latin-1")
    words = held.decode(encoding, errors="ignore")
    return "".join(letter for letter in words if letter.isprintable() and not letter.isspace())


def with_actual_texts(glyphs: list[Glyph | None], actual_texts: list[ActualText]) -> list[Glyph | None]:
    """The characters, with what the page shows and its glyphs do not tell: small capitals, ligatures, leaders.

    An ``/ActualText`` is believed where it says what the glyphs say in other letter case, and where they say nothing
    and it is no longer than ligatures are. Dots that it calls something else are a gap.
    """
    by_object: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph is not None:
            by_object[glyph.style.key].append(glyph)
    told: dict[int, str] = {}
    for actual in actual_texts:
        shown = [glyph for key in actual.keys for glyph in by_object[key]]
        if [letter.casefold() for letter in actual.letters] == [glyph.text.casefold() for glyph in shown]:
            told |= {id(glyph): letter for glyph, letter in zip(shown, actual.letters, strict=True)}
        elif shown and not any(glyph.is_named for glyph in shown) and len(actual.letters) <= _MOST_LETTERS * len(shown):
            told |= {id(glyph): "" for glyph in shown} | {id(shown[0]): actual.letters}
        elif all(glyph.text in _LEADERS for glyph in shown):
            told |= {id(glyph): " " for glyph in shown}
    corrected = (
        replace(glyph, text=told[id(glyph)]) if glyph is not None and id(glyph) in told else glyph for glyph in glyphs
    )
    return [glyph if glyph and glyph.text != " " else None for glyph in corrected if glyph is None or glyph.text]
