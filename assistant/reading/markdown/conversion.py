"""Repairs Markdown that a program made of printed pages, before it is parsed.

In such files footnotes stand between the halves of a paragraph, headings have no ``#`` and tables are kept by tabs.
What to repair shows by general signs (numbering of notes, capital lines, page numbers at line ends), never by words
of one document. Markdown that defines its notes (``[^1]: …``) and marks its headings comes back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.reading.markdown.loose_notes import BodyParagraph, lift_notes
from assistant.reading.markdown.paragraphs import is_capital_line, restore_hyphens, runs_on, vocabulary

_DEFINITION = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:", re.M)
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t]|$)", re.M)
_UNDERLINED = re.compile(r"^[^\s\-=|>].{0,200}\n(?:={3,}|-{3,})[ \t]*$", re.M)
_LIST_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_BULLET = re.compile(r"^(\s*)[•◦▪‣●○■]\s*")
_BROKEN_SLASH = re.compile(r"(?<=[^\W\d_])/ (?=[^\W\d_])")
_MARK_END = re.compile(r"(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]|\^\{[\d,\s–-]+\}|</sup>)(?:\s*\([^()]{1,60}\))?$")
_QUOTE_PAIRS = ('""', "“”", "''", "‘’")

_CONTENTS = re.compile(r"\W*(?:table of )?contents\W*", re.I)
_LEADERS = re.compile(r"(?:\.{3,}|…|(?:\. ){3,})\s*\d{1,4}\s*$|\bpage\s+\d{1,4}\s*$", re.I)
_PAGE_END = re.compile(r"\s\d{1,4}\s*$")

CAPTION = re.compile(r"(?:table|figure|fig\.|chart|box|exhibit|map)\s+(?:\d|[A-Z]\b|[IVX]+\b)", re.I)
"""How the line over or under a table, picture or box begins."""
_COUNT = r"(?:\d{1,2}|[ivxlc]+|[a-h]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_DIVISION = re.compile(
    rf"(?:section|chapter|part|annex|appendix)\s+{_COUNT}\b.*|(?:executive\s+)?summary|(?:key\s+)?recommendations|"
    r"introduction|conclusions?(?:\s+and\s+.*)?|foreword|preface|acknowledge?ments|about\s+(?:this|the|us)\b.*|"
    r"references|bibliography|(?:end)?notes|glossary|methodology|annex(?:es)?|appendi(?:x|ces)|licen[cs]e\b.*|copyright\b.*",
    re.I,
)
_DATE_LINE = re.compile(r"(?:\d{1,2}\s+)?[A-Za-z]{3,9}\s+\d{4}|\d{4}")
_NOT_IN_HEADING = re.compile(r"https?:|www\.|[@©\t|]|\.\s|[.,;:!?]$")
_TITLE, _DIVIDES, _CAPITALS, _SMALL = 1, 2, 3, 4
_LONGEST_HEADING = 160
_LONGEST_SMALL_HEADING = 100


@dataclass(frozen=True, slots=True)
class Repaired:
    """Markdown fit for a parser, and the notes that were taken out of it."""

    text: str
    notes: tuple[tuple[str, str], ...] = ()
    """Number and words of each note, in order of number."""


@dataclass(slots=True)
class _Paragraph:
    lines: list[str]
    page_break: bool = False
    """Notes stood between this paragraph and the one before it."""
    is_table: bool = False
    rank: int = 0
    """0 for text, else 1 (title) to 4 (line in small letters)."""
    is_quotation: bool = False

    @property
    def last(self) -> str:
        return self.lines[-1]

    @property
    def is_plain(self) -> bool:
        first = self.lines[0]
        return not (
            self.is_table or _LIST_MARKER.match(first) or first.lstrip().startswith((">", "#", "|", "```", "<"))
        )

    @property
    def only_line(self) -> str | None:
        """The line of a paragraph that has one and could be a heading."""
        if len(self.lines) != 1 or not self.is_plain:
            return None
        line = self.lines[0].strip()
        return line if len(line) <= _LONGEST_HEADING else None


def repair(text: str) -> Repaired:
    """The text as well-formed Markdown; unchanged where nothing tells of a conversion."""
    if _DEFINITION.search(text):
        return Repaired(text)
    has_headings = bool(_HEADING.search(text) or _UNDERLINED.search(text))
    body, notes = lift_notes(_paragraph_lines(text))
    if has_headings and not notes:
        return Repaired(text)
    paragraphs = [
        _mend_lines(_Paragraph(paragraph.lines, paragraph.behind_notes)) for paragraph in _without_contents(body)
    ]
    paragraphs = _join_split(paragraphs)
    if not has_headings:
        _rank_headings(paragraphs)
    if notes:
        _find_quotations(paragraphs)
    levels = _levels(paragraphs)
    repaired = "\n\n".join("\n".join(_as_markdown(paragraph, levels)) for paragraph in paragraphs)
    repaired = _BROKEN_SLASH.sub("/", restore_hyphens(repaired, vocabulary(repaired)))
    return Repaired(repaired, tuple(notes))


def _paragraph_lines(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _without_contents(body: list[BodyParagraph]) -> list[BodyParagraph]:
    """The body without tables of contents, which repeat the headings, often garbled."""
    kept: list[BodyParagraph] = []
    under_title = False
    for paragraph in body:
        if _lists_pages(paragraph.lines, _PAGE_END if under_title else _LEADERS):
            if kept and _CONTENTS.fullmatch(" ".join(kept[-1].lines)):
                kept.pop()
            continue
        # Entries may be paragraphs of their own, so the title counts until something else follows.
        under_title = _CONTENTS.fullmatch(" ".join(paragraph.lines)) is not None
        kept.append(paragraph)
    return kept


def _lists_pages(lines: list[str], page_end: re.Pattern[str]) -> bool:
    ending = sum(1 for line in lines if page_end.search(line[-40:]) or _LEADERS.search(line[-40:]))
    enough = 1 if page_end is _PAGE_END else 3
    return ending >= max(enough, 0.8 * len(lines))


def _mend_lines(paragraph: _Paragraph) -> _Paragraph:
    """Bullets as list markers, lines parted by tabs as a table."""
    lines = paragraph.lines
    tabs = {line.strip("\n").count("\t") for line in lines}
    if len(lines) > 1 and len(tabs) == 1 and tabs != {0} and not lines[0].startswith(("\t", " ", "-", "*")):
        paragraph.lines = _pipe_table([line.split("\t") for line in lines])
        paragraph.is_table = True
    else:
        paragraph.lines = [_BULLET.sub(r"\1- ", line) for line in lines]
    return paragraph


def _pipe_table(rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(cell.strip().replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]


def _join_split(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """Halves of one paragraph, parted by a page, as one."""
    joined: list[_Paragraph] = []
    for paragraph in paragraphs:
        before = joined[-1] if joined else None
        if (
            before is not None
            and paragraph.is_plain
            and not paragraph.lines[0][0].isspace()
            and not before.is_table
            and not is_capital_line(before.last)
            and not is_capital_line(paragraph.lines[0])
            and not CAPTION.match(before.lines[0])
            and runs_on(before.last, paragraph.lines[0], page_break=paragraph.page_break)
        ):
            before.lines.extend(line.lstrip() for line in paragraph.lines)
        else:
            joined.append(paragraph)
    return joined


def _rank_headings(paragraphs: list[_Paragraph]) -> None:
    """Say which lines are headings, and of which rank."""
    start = _rank_cover(paragraphs)
    for index in range(start, len(paragraphs)):
        line = paragraphs[index].only_line
        if line is not None and not _NOT_IN_HEADING.search(line) and not CAPTION.match(line):
            paragraphs[index].rank = _rank_of(line)
    # From the end: a line heads something only if text or a heading of no higher rank follows it.
    follower: int | None = None
    for paragraph in reversed(paragraphs[start:]):
        if follower is None or (paragraph.rank == _SMALL and follower in (_DIVIDES, _CAPITALS)):
            paragraph.rank = 0
        follower = paragraph.rank


def _rank_of(line: str) -> int:
    if _DIVISION.fullmatch(line):
        return _DIVIDES
    if is_capital_line(line):
        return _CAPITALS
    numbered = re.sub(r"^\d{1,2}(?:\.\d{1,2}){0,3}\s+", "", line)
    is_small = len(line) <= _LONGEST_SMALL_HEADING and numbered[:1].isupper()
    return _SMALL if is_small else 0


def _rank_cover(paragraphs: list[_Paragraph]) -> int:
    """Find the title among the lines before the first text; returns how many paragraphs the cover has."""
    cover: list[_Paragraph] = []
    for paragraph in paragraphs:
        line = paragraph.only_line
        if line is None or _NOT_IN_HEADING.search(line) or _DIVISION.fullmatch(line):
            break
        cover.append(paragraph)
    titles = [p for p in cover if len(p.lines[0].split()) > 1 and not _DATE_LINE.fullmatch(p.lines[0].strip())]
    if not titles:
        return 0
    # A publisher often stands over the title: the first line of three words or more is the safer guess.
    min(titles, key=lambda paragraph: len(paragraph.lines[0].split()) < 3).rank = _TITLE
    return len(cover)


def _find_quotations(paragraphs: list[_Paragraph]) -> None:
    """Paragraphs that a colon announces and a note mark or quotation marks close: the words of somebody else."""
    for before, paragraph in pairwise(paragraphs):
        if paragraph.rank or before.rank or not paragraph.is_plain or not before.is_plain:
            continue
        words = paragraph.last.strip()
        quoted = paragraph.lines[0].lstrip()[:1] + words[-1:] in _QUOTE_PAIRS
        if before.last.endswith(":") and (quoted or _MARK_END.search(words[-120:])):
            paragraph.is_quotation = True


def _levels(paragraphs: list[_Paragraph]) -> dict[int, int]:
    """Heading levels of the ranks that occur, without gaps."""
    return {rank: level for level, rank in enumerate(sorted({p.rank for p in paragraphs if p.rank}), start=1)}


def _as_markdown(paragraph: _Paragraph, levels: dict[int, int]) -> list[str]:
    if paragraph.rank:
        return [f"{'#' * levels[paragraph.rank]} {paragraph.lines[0].strip()}"]
    if paragraph.is_quotation:
        return [f"> {line.lstrip()}" for line in paragraph.lines]
    return paragraph.lines
