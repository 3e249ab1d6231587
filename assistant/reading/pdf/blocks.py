"""Paragraphs of a PDF given their kind: headings with levels, list items with their lead-in, captions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.reading.lists import without_marks
from assistant.reading.pdf.paragraphs import Paragraph, Setting, ends_sentence
from assistant.records import BlockKind

_CAPTION = re.compile(r"(?:figure|fig\.|table|chart|box|map|exhibit|diagram)\s+[A-Z]?\d+(?:[.:]\d+)*\b[.:]?", re.I)
_LONGEST_HEADING = 30
"""Words."""
_FULL_OUTLINE = 5
"""Bookmarks from which an outline is trusted to name the headings that only capitals would show."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark of the file."""

    title: str
    level: int
    """1 is the outermost."""
    page: int | None
    """0-based."""


@dataclass
class PdfBlock:
    """A paragraph and what it is."""

    kind: BlockKind
    paragraph: Paragraph
    level: int = 0


@dataclass
class _Outline:
    """Bookmarks by their words, without case and space."""

    entries: dict[str, list[OutlineEntry]] = field(default_factory=lambda: defaultdict(list))

    def level(self, text: str, page: int) -> int | None:
        near = [e for e in self.entries.get(_key(text), []) if e.page is None or abs(e.page - page) <= 1]
        return near[0].level if near else None


def classify(paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry], setting: Setting) -> list[PdfBlock]:
    """The paragraphs with kinds and levels. Headings that the outline names set the level of their style."""
    known = _Outline()
    for entry in outline:
        known.entries[_key(entry.title)].append(entry)
    cut = [part for paragraph in paragraphs for part in _cut_at_outline(paragraph, known)]
    blocks = [PdfBlock(_kind(paragraph, known, setting), paragraph) for paragraph in cut]
    _find_quotations(blocks)
    _level_headings([block for block in blocks if block.kind == "heading"], known)
    _level_items(blocks)
    for block in blocks:
        if block.kind == "list-item":
            _keep_number(block.paragraph)
    return blocks


def _key(text: str) -> str:
    return re.sub(r"\W+", "", without_marks(text)).casefold()


def _words(paragraph: Paragraph) -> str:
    return without_marks(" ".join(paragraph.body))


def _cut_at_outline(paragraph: Paragraph, outline: _Outline) -> list[Paragraph]:
    """Two headings that stand close are two where the outline names the first of them."""
    for n in range(1, len(paragraph.lines)):
        top = Paragraph(paragraph.lines[:n], paragraph.marker, paragraph.body[:n])
        if outline.level(_words(top), top.first.page) and not outline.level(_words(paragraph), top.first.page):
            rest = Paragraph(paragraph.lines[n:], "", paragraph.body[n:])
            return [top, *_cut_at_outline(rest, outline)]
    return [paragraph]


def _kind(paragraph: Paragraph, outline: _Outline, setting: Setting) -> BlockKind:
    text, first = _words(paragraph), paragraph.first
    count = len(text.split())
    in_outline = outline.level(f"{paragraph.marker} {text}", first.page) or outline.level(text, first.page)
    if in_outline and count <= 2 * _LONGEST_HEADING:
        return "heading"
    if _CAPTION.match(text) and count <= 40 and not _is_sentence_about(text, paragraph, setting):
        return "caption"
    if paragraph.marker:
        return "list-item"
    if count <= _LONGEST_HEADING and re.search(r"[^\W\d_]{2}", text) and not _reads_on(text):
        larger = first.size >= 1.08 * setting.body_size
        strong = all(line.bold for line in paragraph.lines) and first.size > 0.93 * setting.body_size
        capitals = (
            len(outline.entries) < _FULL_OUTLINE
            and text.isupper()
            and count > 1
            and first.size > 0.93 * setting.body_size
        )
        if larger or strong or capitals:
            return "heading"
    return "paragraph"


def _find_quotations(blocks: Sequence[PdfBlock]) -> None:
    """Paragraphs set in on the left, unless they belong to a list."""
    for before, block in zip([None, *blocks], blocks, strict=False):
        lines = block.paragraph.lines
        is_set_in = all(line.x0 - line.left > 1.5 * line.size for line in lines)
        if block.kind == "paragraph" and len(lines) > 1 and is_set_in and (not before or before.kind != "list-item"):
            block.kind = "quotation"


def _reads_on(text: str) -> bool:
    """True for words that a heading does not end with."""
    return text.rstrip().endswith((",", ";", "-")) or (ends_sentence(text) and len(text.split()) > 12)


def _is_sentence_about(text: str, paragraph: Paragraph, setting: Setting) -> bool:
    """ "Table 2 shows …" in the body is no caption."""
    plain = abs(paragraph.first.size - setting.body_size) < 0.3 and not paragraph.first.bold
    return plain and ends_sentence(text) and not re.match(r"\w+\.?\s+[\w.]+\s*[:.]\s", text)


# Levels.


def _style(paragraph: Paragraph) -> tuple[float, bool, bool]:
    return round(paragraph.first.size * 2) / 2, paragraph.first.bold, _words(paragraph).isupper()


def _level_headings(headings: Sequence[PdfBlock], outline: _Outline) -> None:
    votes: dict[tuple[float, bool, bool], Counter[int]] = defaultdict(Counter)
    for block in headings:
        level = outline.level(_words(block.paragraph), block.paragraph.first.page) or outline.level(
            f"{block.paragraph.marker} {_words(block.paragraph)}", block.paragraph.first.page
        )
        if level:
            block.level = min(level, 6)
            votes[_style(block.paragraph)][block.level] += 1
    levels = _levels_of_styles({_style(block.paragraph) for block in headings}, votes)
    for block in headings:
        block.level = block.level or levels[_style(block.paragraph)]
        _keep_number(block.paragraph)


def _keep_number(paragraph: Paragraph) -> None:
    """A number in front is read with the words, a bullet is not."""
    if re.search(r"\w", paragraph.marker) and paragraph.marker != "o":
        paragraph.body[0] = f"{paragraph.marker} {paragraph.body[0]}"
        paragraph.marker = ""


def _levels_of_styles(
    styles: set[tuple[float, bool, bool]], votes: dict[tuple[float, bool, bool], Counter[int]]
) -> dict[tuple[float, bool, bool], int]:
    """Levels by size, then weight, then capitals; where the outline knows a style, its level holds."""
    levels: dict[tuple[float, bool, bool], int] = {}
    current, deepest_known = 0, 0
    for style in sorted(styles, reverse=True):
        if votes.get(style):
            current = deepest_known = votes[style].most_common(1)[0][0]
        else:
            current = max(current, deepest_known) + 1
        levels[style] = min(current, 6)
    return levels


def _level_items(blocks: Sequence[PdfBlock]) -> None:
    """Nesting by how far the markers are set in, within each list."""
    indents: list[float] = []
    for block in blocks:
        if block.kind != "list-item":
            indents = []
            continue
        offset = block.paragraph.first.x0 - block.paragraph.first.left
        while indents and offset < indents[-1] - 4:
            indents.pop()
        if not indents or offset > indents[-1] + 4:
            indents.append(offset)
        block.level = len(indents)
