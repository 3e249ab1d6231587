"""What stands inside one block of Markdown: plain words, and note marks as the builder wants them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any

from markdown_it.token import Token

from assistant.reading.builder import mark, normalise, strip_reserved
from assistant.reading.footnotes import SUPERSCRIPTS, split_marks
from assistant.reading.html.styles import StyleSheet
from assistant.reading.markdown.hidden import Hiding
from assistant.reading.markdown.paragraphs import join_lines

_RAISED = re.compile(
    rf"\^\{{(?P<braces>\d[\d,;\s–-]{{0,40}})\}}|[{SUPERSCRIPTS}]{{1,4}}(?:[,⁻–-]?\s?[{SUPERSCRIPTS}]{{1,4}}){{0,20}}"
)
_RAISE_DIGITS = str.maketrans("0123456789", SUPERSCRIPTS)
_UNIT = re.compile(r"(?:^|[\s\d(/])(?:[kcdmµ]?m|ft|in|yd|mi|s|[A-Za-zΑ-ω])$")
_QUANTITY = re.compile(r"(?<!\d)\d[\d,.]*$")
_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d$")
_TAG = re.compile(r"<(?P<closing>/?)(?P<name>[a-z][a-z0-9]*)", re.I)
_LOOK_BACK = 12


class InlineReader:
    """Reads the parsed content of blocks; remembers which notes were called."""

    def __init__(self, words: Collection[str], env: Mapping[str, Any], sheet: StyleSheet) -> None:
        self.known: set[str] = set()
        """Numbers of the notes there are; to be filled before reading."""
        self.called: set[str] = set()
        self.lost: dict[str, None] = {}
        """Numbers called that no note has, in order."""
        self.notes_in_place: list[tuple[str, str]] = []
        """Numbers given to notes written where they are called, ``^[…]``, and their words."""
        self.hidden_words = 0
        """How many words raw HTML hides."""
        self._env = env
        self._words = words
        self._sheet = sheet

    def read(self, tokens: Sequence[Token], *, as_note: bool = False) -> str:
        """Plain words with marks; ``as_note`` keeps addresses in angle brackets and emphasis as asterisks."""
        lines: list[list[str]] = [[]]
        raised_at: int | None = None
        hiding = Hiding(self._sheet)
        address = ""
        for token in tokens:
            kind, line = token.type, lines[-1]
            tag = _TAG.match(token.content) if kind == "html_inline" else None
            was_hidden = bool(hiding.name)
            if tag:
                hiding.take(token.content)
            if was_hidden or hiding.name:
                self.hidden_words += 0 if tag or hiding.is_silent else len(token.content.split())
            elif kind in ("text", "code_inline", "text_special"):
                words = strip_reserved(token.content)
                line.append(words if raised_at is not None or as_note else self._lift(words, _tail(line)))
            elif kind in ("softbreak", "hardbreak"):
                lines.append([])
                raised_at = None
            elif kind == "footnote_ref":
                line.append("" if as_note else self._call(token))
            elif kind == "link_open":
                address = str(token.attrGet("href") or "")
            elif kind == "link_close" and as_note:
                line.append(f" <{address}>" if address.startswith("http") and line[-1:] != [address] else "")
            elif kind in ("em_open", "em_close") and as_note:
                line.append("*")
            elif tag and tag["name"].lower() == "sup":
                if not tag["closing"]:
                    raised_at = len(line)
                elif raised_at is not None:
                    raised = "".join(line[raised_at:])
                    del line[raised_at:]
                    line.append(self._raised(raised, _tail(line)))
                    raised_at = None
            elif tag and tag["name"].lower() == "br":
                lines.append([])
                raised_at = None
        return join_lines(("".join(line) for line in lines), self._words)

    def _lift(self, words: str, before: str) -> str:
        """Text with raised numbers turned to marks."""
        parts: list[str] = []
        last = 0
        for found in _RAISED.finditer(words):
            parts.append(words[last : found.start()])
            look_back = (before + words[max(0, found.start() - _LOOK_BACK) : found.start()])[-_LOOK_BACK:]
            parts.append(self._marks(found[0], split_marks(found["braces"] or found[0]), look_back))
            last = found.end()
        return "".join(parts) + words[last:] if parts else words

    def _raised(self, words: str, before: str) -> str:
        """What a ``<sup>`` holds: marks, or the words; digits stay raised so that none reads as a plain number."""
        plain = words.strip().strip("[]()")
        return self._marks(words.translate(_RAISE_DIGITS), split_marks(plain), before)

    def _marks(self, printed: str, numbers: list[str], before: str) -> str:
        if not numbers or not self.known or _is_exponent(numbers, before):
            return printed
        if not self.known.issuperset(numbers):
            self.lost.update(dict.fromkeys(number for number in numbers if number not in self.known))
        found = [number for number in numbers if number in self.known]
        self.called.update(found)
        return "".join(map(mark, found))

    def _call(self, token: Token) -> str:
        label = token.meta.get("label") or self._note_in_place(token.meta["id"])
        if label is None:
            return ""
        if label not in self.known:
            self.lost[label] = None
            return ""
        self.called.add(label)
        return mark(label)

    def _note_in_place(self, note_id: int) -> str | None:
        """The number that a note written in place gets; None for one without words."""
        words = self.read(self._env["footnotes"]["list"][note_id]["tokens"], as_note=True)
        if not normalise(words):
            return None
        number = next(str(value) for value in count(len(self.notes_in_place) + 1) if str(value) not in self.known)
        self.known.add(number)
        self.notes_in_place.append((number, words))
        return number


def _is_exponent(numbers: list[str], before: str) -> bool:
    """Whether raised digits belong to a unit or a quantity: m², 10⁶; a year may carry a mark."""
    if _QUANTITY.search(before) and not _YEAR.search(before):
        return not before.endswith((".", ","))
    return numbers in (["2"], ["3"]) and _UNIT.search(before) is not None


def _tail(line: list[str]) -> str:
    """The last characters of the line so far, marks left out."""
    tail = ""
    for piece in reversed(line[-4:]):
        if piece and not piece.startswith(mark("")[0]):
            tail = piece[-_LOOK_BACK:] + tail
        if len(tail) >= _LOOK_BACK:
            break
    return tail[-_LOOK_BACK:]
