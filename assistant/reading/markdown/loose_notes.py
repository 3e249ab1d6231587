"""Footnotes that stand as plain lines between the paragraphs, as page converters leave them.

A note line begins with its number, raised (``¹²``, ``^{12}``) or plain. The number of a line may be lost, a note may be
cut in two or share a line with the next one or with text of the body. What tells notes apart is the order of their
numbers and the shape of a reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.reading.footnotes import ACCESSED, SUPERSCRIPTS, split_marks
from assistant.reading.markdown.paragraphs import join_lines

_START = re.compile(
    rf"\s*(?:(?P<raised>[{SUPERSCRIPTS}]{{1,4}}|\^\{{\d{{1,4}}\}}|<sup>\s*\d{{1,4}}\s*</sup>)\s*"
    r"|(?P<plain>\d{1,4})\s+(?=[^\W\d_a-z]|[\"“'‘]|https?:))(?P<words>\S.*)"
)
_RAISED = re.compile(
    rf"[{SUPERSCRIPTS}]+(?:[,–-][{SUPERSCRIPTS}]+)*|\^\{{[\d,\s–-]{{1,40}}\}}|<sup>[\d,\s–-]{{1,40}}</sup>"
)
_CITES = re.compile(
    r"\[\s*(?:last\s+)?accessed\b|\bavailable\s+(?:online\s+)?(?:at|from):?\s+https?:|^https?://\S+$", re.I
)
_REFERENCE_END = re.compile(r"(?:\b(?:1[5-9]|20)\d\d|\((?:no date|n\.d\.)\))[.)]?$")
_CUT_ADDRESS = re.compile(r"(?:https?://\S*[/_.-]|www\.)$")
_WHOLE_ADDRESS = re.compile(r"https?://\S+[\w/]$")
_TAIL_START = re.compile(r"available\s+(?:online\s+)?(?:at|from)\b|\[?accessed\b|[a-z0-9._-]+[./][\w./-]*/\S*", re.I)
_FINISHED_WORDS = re.compile(r"[.?!)\]\"'”’>]$")
_RAISED_WORDS = re.compile(r"^\s*\^\{(?!\d{1,4}\})([^{}]*)\}?")
_LONGEST_REFERENCE = 400
_WIDEST_GAP = 12
"""How far a plain number at the start of a line may be from the last note to count as a note's."""


@dataclass(slots=True)
class _Note:
    number: int | None
    cluster: int
    place: int
    """How many paragraphs of the body stand before it."""
    lines: list[str]

    @property
    def end(self) -> str:
        return self.lines[-1].rstrip()

    @property
    def is_closed(self) -> bool:
        """Whether the note of a visit ends it, behind which nothing of it can follow."""
        return bool(ACCESSED.search(self.end[-80:])) and self.end.endswith(("]", ")"))

    @property
    def is_cut(self) -> bool:
        """Whether its end is missing: an address or a sentence that stops short."""
        if self.is_closed:
            return False
        last = self.end.rsplit(maxsplit=1)[-1]
        if _CUT_ADDRESS.search(last):
            return True
        return not (_WHOLE_ADDRESS.fullmatch(last) or _FINISHED_WORDS.search(self.end))


@dataclass(slots=True)
class BodyParagraph:
    """A paragraph of the body, and whether notes, hence the end of a page, stood before it."""

    lines: list[str]
    behind_notes: bool = False


@dataclass(slots=True)
class _Sorting:
    body: list[BodyParagraph] = field(default_factory=list)
    notes: list[_Note] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    last: int = 0
    lost: int = 0
    """Notes of this cluster whose number is lost, behind the last one that has its number."""
    cluster: int = 0
    in_cluster: bool = False

    def add_body(self, lines: list[str]) -> None:
        self.body.append(BodyParagraph(lines, self.in_cluster))
        if self.in_cluster:
            self.cluster += 1
            self.in_cluster = False
            self.lost = 0

    def add_note(self, number: int | None, words: str) -> None:
        self.notes.append(_Note(number, self.cluster, len(self.body), [words]))
        self.in_cluster = True
        self.lost = self.lost + 1 if number is None else 0
        if number is not None:
            self.seen.add(number)
            self.last = max(self.last, number)

    @property
    def current(self) -> _Note | None:
        return self.notes[-1] if self.in_cluster else None

    @property
    def cut(self) -> _Note | None:
        """The last note of this cluster whose end is missing."""
        if not self.in_cluster:
            return None
        for note in reversed(self.notes[-20:]):
            if note.cluster != self.cluster:
                break
            if note.is_cut:
                return note
        return None

    def follows(self, number: int, *, reach: int = _WIDEST_GAP) -> bool:
        """Whether a plain number fits the order of the notes; a repeated last one does."""
        if number == self.last:
            return True
        return number not in self.seen and max(0, self.last - reach) < number <= self.last + reach


def lift_notes(paragraphs: Iterable[list[str]]) -> tuple[list[BodyParagraph], list[tuple[str, str]]]:
    """The paragraphs without the notes between them, and the notes, by number, each once.

    A reference whose number is lost gets it back where the numbers around leave no doubt; else it stays in the body.
    """
    sorting = _Sorting()
    for lines in paragraphs:
        if _is_note(lines, sorting):
            _sort_pieces(lines, sorting)
        else:
            sorting.add_body(lines)
    _number_lost(sorting.notes, _called(sorting.body))
    for note in reversed(sorting.notes):
        if note.number is None:
            sorting.body.insert(note.place, BodyParagraph(note.lines))
    return sorting.body, _by_number(sorting.notes)


def _is_note(lines: list[str], sorting: _Sorting) -> bool:
    start = _START.match(lines[0])
    if start and start["raised"]:
        return True
    text = " ".join(lines)
    cites = _CITES.search(text) is not None
    if start and sorting.follows(int(start["plain"])):
        return cites or (bool(sorting.notes) and _is_reference(start["words"]) and len(text) <= _LONGEST_REFERENCE)
    if not sorting.notes:
        return False
    return cites or (sorting.cut is not None and bool(_TAIL_START.match(text.strip())))


def _is_reference(words: str) -> bool:
    words = words.strip()
    return len(words) <= _LONGEST_REFERENCE and bool(_CITES.search(words) or _REFERENCE_END.search(words))


def _sort_pieces(lines: list[str], sorting: _Sorting) -> None:
    """Give each piece of a paragraph of notes to a note or back to the body."""
    given_back: list[str] = []
    for at_line_start, piece in _pieces(lines):
        number, words = _numbered(piece, sorting, at_line_start=at_line_start)
        current = sorting.current
        if number is not None:
            sorting.add_note(number, words)
        elif _CITES.search(piece):
            _sort_reference(piece, sorting)
        elif given_back or (current is None) or (current.is_closed and not _is_lost_start(piece, at_line_start)):
            given_back.append(piece)
            continue
        elif current.is_closed:
            sorting.add_note(None, piece)
        else:
            current.lines.append(piece)
        if given_back:
            # A note behind text of the body: the text stood over it on the page.
            sorting.body.append(BodyParagraph(given_back, behind_notes=True))
            given_back = []
    if given_back:
        sorting.add_body(given_back)


def _pieces(lines: list[str]) -> Iterable[tuple[bool, str]]:
    """Lines, cut behind each note of a visit, and whether each piece begins a line."""
    for line in lines:
        line = _RAISED_WORDS.sub(r"\1", line)
        last = 0
        for found in ACCESSED.finditer(line):
            yield last == 0, line[last : found.end()].strip()
            last = found.end()
        if rest := line[last:].strip():
            yield last == 0, rest


def _numbered(piece: str, sorting: _Sorting, *, at_line_start: bool) -> tuple[int | None, str]:
    start = _START.match(piece)
    if start is None:
        return None, piece
    if start["raised"]:
        numbers = split_marks(re.sub(r"\D", "", start["raised"]) or start["raised"])
        return (int(numbers[0]), start["words"]) if numbers and at_line_start else (None, piece)
    number = int(start["plain"])
    next_one = sorting.in_cluster and 0 < number - sorting.last - sorting.lost <= (3 if at_line_start else 1)
    fits = next_one or (sorting.follows(number) and _is_reference(start["words"]))
    return (number, start["words"]) if fits else (None, piece)


def _is_lost_start(piece: str, at_line_start: bool) -> bool:
    return at_line_start and _is_reference(piece)


def _sort_reference(piece: str, sorting: _Sorting) -> None:
    """A piece with an address but no number: the end of a note that was cut, or a note whose number is lost."""
    cut, current = sorting.cut, sorting.current
    if cut is not None:
        cut.lines.append(piece)
    elif current is not None and not current.is_closed and (_TAIL_START.match(piece) or not _is_reference(current.end)):
        current.lines.append(piece)
    else:
        sorting.add_note(None, piece)


def _called(body: list[BodyParagraph]) -> set[int]:
    """Numbers that stand raised in the body."""
    raised = (found[0] for paragraph in body for line in paragraph.lines for found in _RAISED.finditer(line))
    return {int(number) for marks in raised for number in split_marks(re.sub(r"[\^{}]|</?sup>", "", marks))}


def _number_lost(notes: list[_Note], called: set[int]) -> None:
    """Give lost numbers back where as many numbers are missing as notes have none."""
    known = {note.number for note in notes if note.number is not None}
    clusters: dict[int, list[_Note]] = {}
    for note in notes:
        clusters.setdefault(note.cluster, []).append(note)
    ordered = list(clusters.values())
    lowest_after = _lowest_after(ordered)
    highest = 0
    for members, after in zip(ordered, lowest_after, strict=True):
        lost = [note for note in members if note.number is None]
        top = max((note.number for note in members if note.number is not None), default=0)
        for end in (top, after):
            # Behind the last number only marks in the text tell whether one is missing.
            candidates = range(highest + 1, min(end, highest + 100)) if end is not None else sorted(called)
            missing = [number for number in candidates if number not in known and number > highest]
            if lost and len(missing) == len(lost):
                for note, number in zip(lost, missing, strict=True):
                    note.number = number
                    known.add(number)
                break
        highest = max([highest, *(note.number for note in members if note.number is not None)])


def _lowest_after(clusters: list[list[_Note]]) -> list[int | None]:
    """For each cluster the lowest number of all later ones."""
    lowest: list[int | None] = []
    smallest: int | None = None
    for members in reversed(clusters):
        lowest.append(smallest)
        numbers = [note.number for note in members if note.number is not None]
        smallest = min([*numbers, *([smallest] if smallest is not None else [])], default=None)
    return lowest[::-1]


def _by_number(notes: list[_Note]) -> list[tuple[str, str]]:
    """Number and words of each note; the same note printed twice counts once."""
    kept: list[tuple[int, str]] = []
    seen: set[tuple[int, str]] = set()
    for note in notes:
        if note.number is None:
            continue
        entry = (note.number, join_lines(note.lines))
        if entry not in seen:
            seen.add(entry)
            kept.append(entry)
    kept.sort(key=lambda entry: entry[0])
    return [(str(number), words) for number, words in kept]
