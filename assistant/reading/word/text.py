"""The words of a Word paragraph, as a reader who accepted all changes would see them, and the notes they call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from assistant.reading.builder import mark, normalise, strip_reserved
from assistant.reading.footnotes import parse_footnote
from assistant.reading.word.colours import Grounds, load_palette
from assistant.reading.word.package import Element, W, WordPackage
from assistant.reading.word.styles import StyleSheet, value
from assistant.records import Footnote

_M_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_INSERTED = frozenset({f"{W}ins", f"{W}moveTo"})
_SILENT = frozenset(
    {f"{W}{tag}" for tag in ("pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "sdtPr", "tbl")}
)
_INSTEAD = {
    f"{W}tab": " ",
    f"{W}br": " ",
    f"{W}cr": " ",
    f"{W}ptab": " ",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}
_NOTE_CALLS = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass
class ParagraphReader:
    """Reads paragraphs one after the other; notes are numbered in the order in which they are called."""

    package: WordPackage
    styles: StyleSheet
    hidden_words: int = 0
    has_changes: bool = False
    footnotes: dict[str, Footnote] = field(default_factory=dict)
    lost_notes: int = 0
    _counts: dict[str, int] = field(default_factory=dict)
    _in_note: bool = False
    _bodies: dict[str, dict[str, Element]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        palette = load_palette(self.package.theme, self.package.settings)
        self._grounds = Grounds(self.package.document, self.package.settings, palette, self.styles)
        for kind, part in (("footnote", self.package.footnotes), ("endnote", self.package.endnotes)):
            notes = () if part is None else part.iter(W + kind)
            self._bodies[kind] = {
                note.get(f"{W}id"): note for note in notes if note.get(f"{W}type") in (None, "normal")
            }

    def read(self, paragraph: Element) -> tuple[str, list[Element]]:
        """Its text with note marks, and the text boxes that hang on it."""
        words: list[str] = []
        boxes: list[Element] = []
        events = etree.iterwalk(paragraph, events=("start",))
        for _, element in events:
            tag = element.tag
            if tag in (f"{W}t", _M_TEXT):
                words.append(strip_reserved(element.text or ""))
            elif tag in _INSTEAD:
                words.append(_INSTEAD[tag])
            elif tag in _NOTE_CALLS:
                words.append(self._call(_NOTE_CALLS[tag], element))
            elif tag == f"{W}txbxContent":
                boxes.append(element)
                events.skip_subtree()
            elif tag == f"{W}r" and self._is_hidden(element, paragraph):
                self.hidden_words += len("".join(element.itertext(f"{W}t")).split())
                events.skip_subtree()
            elif tag in _DELETED or tag in _SILENT or (tag == _FALLBACK and _has_choice(element)):
                self.has_changes = self.has_changes or tag in _DELETED
                events.skip_subtree()
            elif tag in _INSERTED:
                self.has_changes = True
        return "".join(words), boxes

    def _is_hidden(self, run: Element, paragraph: Element) -> bool:
        if run.find(f"{W}t") is None:
            return False
        return self.styles.hides(run, paragraph) or self._grounds.hides(run, paragraph)

    def _call(self, kind: str, reference: Element) -> str:
        note = self._bodies[kind].get(reference.get(f"{W}id"))
        if self._in_note:  # a note that calls itself would never end
            return ""
        if note is None:
            self.lost_notes += 1
            return ""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        number = _format(self._counts[kind], self._number_format(kind))
        if number in self.footnotes:
            number = f"{kind} {number}"  # footnotes and endnotes may both count 1, 2, 3
        self._in_note = True
        text = normalise(" ".join(self.read(paragraph)[0] for paragraph in note.iter(f"{W}p")))
        self._in_note = False
        footnote = parse_footnote(number, text)
        address = self.package.address_in(f"{kind}s", note)
        self.footnotes[number] = replace(footnote, url=address) if footnote.url is None and address else footnote
        return mark(number)

    def _number_format(self, kind: str) -> str:
        for part in (self.package.document, self.package.settings):
            for properties in () if part is None else part.iter(f"{W}{kind}Pr"):
                if said := value(properties, "numFmt"):
                    return said
        return "decimal" if kind == "footnote" else "lowerRoman"


def _has_choice(fallback: Element) -> bool:
    """True when the same words stand in the newer form beside a fallback."""
    return any(next(choice.iter(f"{W}t"), None) is not None for choice in fallback.itersiblings(preceding=True))


def _format(number: int, style: str) -> str:
    if style.endswith("Roman"):
        letters = "".join(_roman(number))
    elif style.endswith("Letter"):
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    else:
        return str(number)
    return letters.upper() if style.startswith("upper") else letters


def _roman(number: int) -> Iterator[str]:
    for amount, letters in _ROMAN:
        count, number = divmod(number, amount)
        yield letters * count
