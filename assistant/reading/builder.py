"""Collects blocks into a :class:`~assistant.records.Document`; every reader builds through it.

Text handed to the builder may carry note marks as :func:`mark` makes them; they are lifted out and their positions
kept, so that readers of all formats treat notes alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from assistant.records import Block, BlockKind, Document, Footnote, NoteMark, Page

# Private-use characters: no source text keeps them (see `normalise`), so a mark can be neither forged nor mistaken.
_MARK_OPEN, _MARK_CLOSE, _PAGE_OPEN = "\ue000", "\ue001", "\ue002"
_INLINE = re.compile(rf"{_MARK_OPEN}([^{_MARK_CLOSE}]*){_MARK_CLOSE}|{_PAGE_OPEN}(\d+){_MARK_CLOSE}")
# Invisible characters that can hide or reorder words, or carry a text of their own: zero-width, joiners, bidirectional
# controls, tags, soft hyphens, variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
# These take up room: controls, private use, and the letters of Korean and braille that are blank.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u115f\u1160\u2800\u3164\uffa0\ue000-\uf8ff\ud800-\udfff\U000f0000-\U0010ffff]"
)
LONGEST_HEADING = 1000
"""Characters. Headings stand over every chunk of their section; what is longer is text."""
_TIGHT: frozenset[BlockKind] = frozenset({"list-item", "table-header", "table-row"})


def mark(number: str) -> str:
    """A note mark to be placed in text given to the builder, directly behind the words that carry it."""
    return f"{_MARK_OPEN}{number}{_MARK_CLOSE}"


def page_break(index: int) -> str:
    """Says, inside a paragraph that runs on, that page ``index`` (as returned by ``add_page``) starts here."""
    return f"{_PAGE_OPEN}{index}{_MARK_CLOSE}"


def normalise(raw: str) -> str:
    """Text as it is kept: NFC, no control, private-use, blank, zero-width or direction characters, single spaces.

    >>> normalise("Mission\\u200b  Boards\\u00a0and\\n teams")
    'Mission Boards and teams'
    """
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", _INVISIBLE.sub("", raw)))
    return re.sub(r"\s+", " ", text).strip()


def unseen_characters(text: str) -> list[str]:
    """The code points in a text that `normalise` does not keep, each once.

    >>> unseen_characters("plain words"), unseen_characters("a\\u202eb\\x1b")
    ([], ['U+202E', 'U+001B'])
    """
    found = (each for each in text if _INVISIBLE.match(each) or _CONTROL.match(each))
    return [f"U+{ord(each):04X}" for each in dict.fromkeys(found)]


@dataclass
class DocumentBuilder:
    """Appends blocks in reading order and keeps every span exact."""

    title: str | None = None
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _blocks: list[Block] = field(default_factory=list)
    _marks: list[NoteMark] = field(default_factory=list)
    _footnotes: dict[str, Footnote] = field(default_factory=dict)
    _declared: list[tuple[int, str | None]] = field(default_factory=list)
    _page_starts: dict[int, int] = field(default_factory=dict)
    _pending_page: int | None = None
    _problems: list[str] = field(default_factory=list)

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, lead: int | None = None, anchor: str | None = None
    ) -> int | None:
        """Append one block; returns its index, or None when nothing but space was given."""
        clean, marks, breaks = _lift(text)
        if not clean:
            return None
        if kind == "heading" and len(clean) > LONGEST_HEADING:
            kind, level, anchor = "paragraph", 0, None
        if self._blocks:
            tight = kind in _TIGHT and self._blocks[-1].kind in _TIGHT
            separator = "\n" if tight else "\n\n"
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        if self._pending_page is not None:
            self._page_starts.setdefault(self._pending_page, start)
            self._pending_page = None
        for position, index in breaks:
            self._page_starts.setdefault(index, start + position)
        self._marks.extend(NoteMark(number, start + position) for position, number in marks)
        self._parts.append(clean)
        self._length += len(clean)
        self._blocks.append(Block(kind, start, self._length, level, lead, anchor))
        return len(self._blocks) - 1

    def add_page(self, number: int, label: str | None = None, *, inside: bool = False) -> int:
        """Declare a page; text added next starts on it, or, with ``inside``, text behind its `page_break`."""
        self._declared.append((number, label))
        index = len(self._declared) - 1
        if not inside:
            self._pending_page = index
        return index

    def add_footnote(self, footnote: Footnote) -> None:
        """Keep a note; a second one of the same number is reported and dropped."""
        if footnote.number in self._footnotes:
            self.report(f"Note {footnote.number} stands twice; the first is kept.")
        else:
            self._footnotes[footnote.number] = footnote

    def has_footnote(self, number: str) -> bool:
        """True once a note of this number was added."""
        return number in self._footnotes

    def report(self, problem: str) -> None:
        """Say what a reader of the library should know, once."""
        if problem not in self._problems:
            self._problems.append(problem)

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def build(self) -> Document:
        """The document; pages without text are left out of ``pages``."""
        pages = sorted(
            (Page(start, *self._declared[index]) for index, start in self._page_starts.items()),
            key=lambda page: (page.start, page.number),
        )
        return Document(
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            footnotes=tuple(self._footnotes.values()),
            marks=tuple(sorted(self._marks, key=lambda item: item.position)),
            pages=tuple(pages),
            title=self.title,
            problems=tuple(self._problems),
        )


def strip_reserved(raw: str) -> str:
    """Source text without the characters that the builder reserves; every reader calls it before making marks."""
    return re.sub("[\ue000-\uf8ff]", " ", raw)


def _lift(text: str) -> tuple[str, list[tuple[int, str]], list[tuple[int, int]]]:
    """Normalised text, and the marks and page breaks that stood in it, by position."""
    parts: list[str] = []
    length = 0
    marks: list[tuple[int, str]] = []
    breaks: list[tuple[int, int]] = []
    last = 0
    spaced = True  # whether the text so far is empty or ends with a space
    for found in _INLINE.finditer(text):
        piece, spaced = _piece(text[last : found.start()], after_space=spaced)
        parts.append(piece)
        length += len(piece)
        if found.group(2) is not None:
            breaks.append((length, int(found.group(2))))
        else:
            marks.append((length - 1 if spaced and length else length, found.group(1)))
        last = found.end()
    parts.append(_piece(text[last:], after_space=spaced)[0])
    clean = "".join(parts).rstrip()
    return (
        clean,
        [(min(at, len(clean)), number) for at, number in marks],
        [(min(at, len(clean)), i) for at, i in breaks],
    )


def _piece(raw: str, *, after_space: bool) -> tuple[str, bool]:
    """Normalised ``raw`` with at most one space on each side, none behind a space; and whether it leaves one."""
    text = normalise(raw)
    if not text:
        # Also when only invisible characters were given.
        space = " " if raw and not after_space else ""
        return space, after_space or bool(space)
    leading = "" if after_space or not raw[:1].isspace() else " "
    trailing = " " if raw[-1:].isspace() else ""
    return leading + text + trailing, bool(trailing)
