"""Lines joined to paragraphs and list items, across columns and pages, with hyphenation undone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.reading.lists import without_marks
from assistant.reading.pdf.lines import Line, Row

_BULLET = re.compile(r"([•◦▪‣∙·●○■□►▶➢✓❖⚫*]|[–—-](?=\s)|o(?=\s))\s*")
_NUMBER = re.compile(r"(\((?:\d{1,2}|[a-z]|[ivx]{1,5})\)|(?:\d{1,2}|[a-zA-Z]|[ivx]{1,5})[.)])\s+(?=\S)")
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_ADDRESS_END = re.compile(r"(?:https?://|www\.|doi\.org/)\S*$")
_COMPOUND_FIRST = frozenset("anti cross ex half high long low mid multi non post self semi short well".split())
_IN_ADDRESS = re.compile(r"://|www\.|[a-z]\.[a-z]|/[^/]*/")
_ADDRESS_PART = re.compile(r"[\w~%#?=&./:+-]*[/\-_=.?&%\d][\w~%#?=&./:+-]*")
_ENOUGH_LINES = 8
"""Lines from which a column shows where it ends on the right."""


@dataclass
class Paragraph:
    """Lines that make one block."""

    lines: list[Line]
    marker: str = ""
    """The bullet or number of a list item."""
    body: list[str] = field(default_factory=list)
    """The text of each line; the first without its marker."""

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def indent(self) -> float:
        """Where the text of a list item begins, from the column's left edge."""
        return self.first.indent - self.first.left


@dataclass(frozen=True, slots=True)
class Setting:
    """How the document is set, counted over all its lines."""

    body_size: float
    pitches: dict[float, float]
    """Usual distance of baselines by size."""
    words: Counter[str]
    """How often each word stands in the document, as `count_words` counts."""
    right_edges: dict[int, float]
    """Right edge of columns, by left edge in steps of 6 points: of long columns if there are any."""
    column_lines: Counter[tuple[int, float, float]]
    """How many lines stand in a column, by page and edges: the right edge of a short one is not known from itself."""


def count_words(pages: Iterable[Sequence[Row]]) -> Counter[str]:
    """How often each whole word stands on the pages, in lower case.

    What hyphens leave at the ends of lines are no words, nor are the parts of addresses: "com" would make "com-bined" a
    compound.
    """
    words: Counter[str] = Counter()
    for rows in pages:
        cut: list[Line] = []
        for n, row in enumerate(rows):
            for piece in row:
                above = [line for line in cut if line.x0 < piece.x1 and piece.x0 < line.x1]
                cut = [line for line in cut if line not in above]
                text = " ".join(word for word in without_marks(piece.text).split() if not _IN_ADDRESS.search(word))
                found = [match.group().casefold() for match in _WORD.finditer(text)]
                if piece.text.endswith("-"):
                    cut.append(piece)
                    found = found[:-1]
                # The top of a page or column may go on with a word as well.
                words.update(found[1:] if above or n == 0 else found)
    return words


def measure(lines: Sequence[Line], body_size: float, words: Counter[str]) -> Setting:
    """Pitches and edges of a document's lines, beside its words."""
    pitches: dict[float, Counter[float]] = {}
    column_lines = Counter((line.page, line.left, line.right) for line in lines)
    for line, following in zip(lines, [*lines, None][1:], strict=True):
        if following and following.page == line.page and abs(following.size - line.size) < 0.3:
            down = following.y - line.y
            if 0.8 * line.size < down < 2.5 * line.size:
                pitches.setdefault(round(line.size), Counter())[round(down * 4) / 4] += 1
    usual = {size: _usual(counts) for size, counts in pitches.items()}
    long: dict[int, list[float]] = {}
    short: dict[int, list[float]] = {}
    for (_, left, right), count in column_lines.items():
        (long if count >= _ENOUGH_LINES else short).setdefault(round(left / 6), []).append(right)
    rights = {edge: max(found) for edge, found in short.items()}
    rights.update((edge, median(found)) for edge, found in long.items())
    return Setting(body_size, usual, words, rights, column_lines)


def _usual(counts: Counter[float]) -> float:
    """The smallest distance that is common: the space between paragraphs is wider and may be more frequent."""
    most = max(counts.values())
    return min(distance for distance, count in counts.items() if count >= 0.3 * most)


def join_lines(lines: Iterable[Line], setting: Setting) -> list[Paragraph]:
    """Paragraphs in reading order."""
    paragraphs: list[Paragraph] = []
    for line in lines:
        current = paragraphs[-1] if paragraphs and paragraphs[-1].first.table is None else None
        if line.table is not None:
            paragraphs.append(Paragraph([line], "", [""]))
            continue
        marker, text = _marker(line, current, setting)
        if current and not marker and _goes_on(current, line, setting):
            current.lines.append(line)
            current.body.append(line.text)
        else:
            paragraphs.append(Paragraph([line], marker, [text]))
    return paragraphs


def reunite(paragraphs: Sequence[Paragraph], setting: Setting) -> list[Paragraph]:
    """The paragraphs in which those that a box, a table, a figure or large words interrupt are whole.

    What interrupts one comes behind it; or before it, where it would else be taken for a part of the next page.
    """
    joined: list[Paragraph] = []
    for paragraph in paragraphs:
        n = len(joined) - 1
        while n >= 0 and _interrupts(joined[n], paragraph):
            n -= 1
        between = joined[n + 1 :]
        pages = {part.first.page for part in between}
        whole = joined[n] if n >= 0 and _is_interrupted(joined[n], paragraph, setting) else None
        if whole and pages <= {paragraph.last.page}:
            whole.lines += paragraph.lines
            whole.body += paragraph.body
        elif whole and pages == {whole.first.page}:
            whole.lines += paragraph.lines
            whole.body += paragraph.body
            joined[n:] = [*between, whole]
        else:
            joined.append(paragraph)
    return joined


def _interrupts(part: Paragraph, paragraph: Paragraph) -> bool:
    """True for what is set in another way than the paragraph's text."""
    first, line = part.first, paragraph.first
    is_apart = first.table is not None or first.box != line.box
    return (
        is_apart or abs(first.size - line.size) > 0.06 * line.size or all(own.bold != line.bold for own in part.lines)
    )


def _is_interrupted(paragraph: Paragraph, rest: Paragraph, setting: Setting) -> bool:
    """True when the sentence at the end of the paragraph, whose last line is full, goes on in the rest."""
    last, line = paragraph.last, rest.first
    end = without_marks(last.text).rstrip()
    if last.table is not None or line.table is not None or rest.marker or last.box != line.box:
        return False
    if abs(last.size - line.size) > 0.06 * last.size or last.bold != line.bold or last.size > 1.05 * setting.body_size:
        return False
    reads_on = end.endswith("-") or without_marks(line.text)[:1].islower()
    return reads_on and not _ENDS.search(end) and not _has_room_for(last, line, setting, 0.5)


def _marker(line: Line, current: Paragraph | None, setting: Setting) -> tuple[str, str]:
    """The bullet or number that begins a list item here, and the text behind it."""
    bullet = _BULLET.match(line.text)
    if bullet:
        dash = bullet.group(1) in "–—-o*"
        if not dash or not current or not _goes_on(current, line, setting) or current.marker == bullet.group(1):
            return bullet.group(1), line.text[bullet.end() :]
    number = _NUMBER.match(line.text)
    if number and line.size < 1.1 * setting.body_size and not _is_whole_heading(line, setting):
        begins = not current or not _goes_on(current, line, setting) or _follows(current.marker, number.group(1))
        if begins:
            return number.group(1), line.text[number.end() :]
    return "", line.text


def _is_whole_heading(line: Line, setting: Setting) -> bool:
    return line.bold and line.right - line.x1 > 2 * setting.body_size


def _follows(marker: str, number: str) -> bool:
    before, after = re.findall(r"\w+", marker), re.findall(r"\w+", number)
    if not before or not after:
        return False
    if before[0].isdigit() and after[0].isdigit():
        return int(after[0]) == int(before[0]) + 1
    return len(before[0]) == len(after[0]) == 1 and ord(after[0]) == ord(before[0]) + 1


def _goes_on(paragraph: Paragraph, line: Line, setting: Setting) -> bool:
    """True when the line continues the paragraph."""
    last = paragraph.last
    if last.box != line.box:
        return False
    if abs(last.size - line.size) > 0.06 * last.size:
        return False
    if line.page != last.page or line.y < last.y or line.left > last.right:
        return _goes_on_elsewhere(paragraph, line, setting)
    pitch = setting.pitches.get(round(line.size), 1.3 * line.size)
    down = line.y - last.y
    if down > 1.25 * pitch and down > 1.25 * line.size:
        return False
    if last.bold != line.bold and _has_room_for(last, line, setting, 0.5):
        return False
    if _is_outdented(paragraph, line) or _is_indented(paragraph, line):
        return False
    return not _ends_early(last, line, setting)


def _goes_on_elsewhere(paragraph: Paragraph, line: Line, setting: Setting) -> bool:
    """The same at the top of the next column or page, where no distance helps."""
    last = paragraph.last
    end, begin = without_marks(last.text).rstrip(), without_marks(line.text)
    if last.bold != line.bold and last.size > 1.05 * setting.body_size:
        return False
    if end.endswith("-") or begin[:1].islower():
        return not end.endswith(":") or begin[:1].islower()
    if end.endswith(":") or line.bold != last.bold:
        return False
    offset = _offset(line)
    hang = _offset(paragraph.lines[1]) if len(paragraph.lines) > 1 else paragraph.indent
    if paragraph.marker and offset < hang - 3:
        return False
    if not paragraph.marker and abs(offset - _offset(paragraph.first)) > 3 and offset > 3:
        return False
    return not _has_room_for(last, line, setting, 0.5 if _ENDS.search(end) else 3.0)


def _offset(line: Line) -> float:
    """How far a line is set in from its column's edge."""
    return line.x0 - line.left


def _is_outdented(paragraph: Paragraph, line: Line) -> bool:
    if paragraph.marker:
        return _offset(line) < paragraph.indent - 4
    return len(paragraph.lines) > 1 and _offset(line) < min(map(_offset, paragraph.lines)) - 4


def _is_indented(paragraph: Paragraph, line: Line) -> bool:
    """A first line set in; a hanging second line is not one."""
    usual = min(map(_offset, paragraph.lines[1:] or paragraph.lines))
    if paragraph.marker:
        return _offset(line) > usual + 4 and len(paragraph.lines) > 1
    if len(paragraph.lines) == 1 and line.right - paragraph.last.x1 < 3 * line.size:
        return False
    return _offset(line) > usual + 0.8 * line.size


def _ends_early(last: Line, line: Line, setting: Setting) -> bool:
    """True when the next word would have had room on the last line, so the break is meant."""
    end, begin = without_marks(last.text), without_marks(line.text)
    if begin[:1].islower() and not end.endswith(":"):
        return False
    return _has_room_for(last, line, setting, 0.5 if _ENDS.search(end) or end.endswith(":") else 6.0)


def _has_room_for(last: Line, line: Line, setting: Setting, spare: float) -> bool:
    """True when the first word of ``line`` and ``spare`` ems would have fitted behind ``last``."""
    text = without_marks(line.text)
    word = text.split(maxsplit=1)[0] if text else ""
    width = (line.x1 - line.indent) * (len(word) + 1) / max(len(text), 1)
    right = last.right
    if setting.column_lines[last.page, last.left, last.right] < _ENOUGH_LINES:
        right = setting.right_edges.get(round(last.left / 6), right)
    return right - last.x1 > width + spare * last.size


def ends_sentence(text: str) -> bool:
    """True when the text closes with a full stop, question or exclamation mark."""
    return bool(_ENDS.search(without_marks(text).rstrip()))


def seam(end: str, begin: str, words: Counter[str]) -> tuple[str, str]:
    """What of the end of a line stays, and what stands between it and the next: nothing or a space.

    A hyphen goes when the joined word is known and stays when the hyphenated one is, or both of its parts are.
    """
    if _ADDRESS_END.search(end):
        token = begin.split(maxsplit=1)[0] if begin.strip() else ""
        is_new = token[:1].isupper() or token.startswith(("www.", "http"))
        if end[-1] in "/-_=?&%.#" or (_ADDRESS_PART.fullmatch(token) and not is_new):
            return end, ""
        return end, " "
    if end.endswith("—") or (end[-2:-1].isdigit() and end.endswith("–")):
        return end, ""
    if re.search(r"\w/$", end) and begin[:1].isalnum():
        return end, ""
    if not re.search(r"\w-$", end):
        return end, " "
    token = end.rsplit(maxsplit=1)[-1]
    if "/" in token or token.count("-") > 2:
        return end, ""
    before, after = _last_word(end[:-1]), _WORD.match(begin)
    if not after or not before or not after.group()[:1].islower():
        return end, "" if begin[:1].isalnum() else " "
    first, second = before.casefold(), after.group().casefold()
    for forms in ((second,), _inflections(second)):
        joined = sum(words[first + form] for form in forms)
        hyphenated = sum(words[f"{first}-{form}"] for form in forms)
        if joined or hyphenated:
            return (end, "") if hyphenated > joined else (end[:-1], "")
    head = second.split("-")[0]
    is_compound = first.split("-")[-1] in _COMPOUND_FIRST or (
        words[first] and any(words[form] for form in _inflections(head))
    )
    return (end, "") if is_compound else (end[:-1], "")


def _inflections(word: str) -> set[str]:
    """The word with other endings that its verb or noun may have; not all of them are words.

    >>> sorted(_inflections("fenced") & {"fence", "fences", "fencing", "fenced"})
    ['fence', 'fenced', 'fences', 'fencing']
    """
    stems = {word} | {word.removesuffix(ending) for ending in ("s", "d", "ed", "ing")}
    return {stem + ending for stem in stems for ending in ("", "s", "d", "e", "ed", "ing") if len(stem) > 2}


def _last_word(text: str) -> str:
    found = _WORD.findall(text[-60:])
    return found[-1] if found else ""
