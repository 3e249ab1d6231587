"""Running heads, running feet and printed page numbers: found by repetition, taken out, and read for labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.reading.pdf.lines import Line, Row

_MARGIN = 0.14
"""Share of the page height, at the top and at the bottom, where running lines stand."""
_SHORT = 12
"""Pages of a paper in which a head on every other page may stand only twice."""
_NUMBER = re.compile(r"(?<![\w.,/£$€%-])(\d{1,4}|[ivxlc]{1,8}|[IVXLC]{1,8})(?![\w.,/%-])")
_PAGE_OF = re.compile(r"\s*page\s+(\d{1,4})(?:\s+of\s+\d{1,4})?\s*", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class BarePages:
    """Pages without their running lines, and what is printed on each as its number."""

    rows: list[list[Row]]
    labels: list[str | None]


def without_running_lines(pages: Sequence[Sequence[Row]], heights: Sequence[float]) -> BarePages:
    """The rows of each page that are not repeated at the same place, and the printed page labels.

    A label is read only from lines whose numbers go up with the pages (or say "Page 3"), so a year in a running head is
    not taken for one.
    """
    outer = [_outer_rows(rows, height) for rows, height in zip(pages, heights, strict=True)]
    numbered = _numbered(outer)
    body_size = most_common_size(pages)
    running = _repeated(outer, heights, body_size) | _title_heads(pages, outer, heights, body_size) | set(numbered)
    labels: list[str | None] = [None] * len(pages)
    for (page, _), label in numbered.items():
        labels[page] = labels[page] or label
    rows = [[row for n, row in enumerate(page) if (number, n) not in running] for number, page in enumerate(pages)]
    return BarePages(rows, labels)


def _outer_rows(rows: Sequence[Row], height: float) -> dict[int, Row]:
    """Up to three rows at the top and at the bottom, each close to the one further out, by their place in the page."""
    found: dict[int, Row] = {}
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        chain: list[int] = []
        for n in order[:3]:
            y = rows[n][0].y
            in_margin = y < _MARGIN * height if order.step > 0 else y > (1 - _MARGIN) * height
            if (
                not in_margin
                or rows[n][0].starts_raised
                or (chain and abs(rows[chain[-1]][0].y - y) > 2.5 * rows[n][0].size)
            ):
                break
            chain.append(n)
        found.update({n: rows[n] for n in chain})
    return found


def _is_steady(pages: set[int], page_count: int) -> bool:
    """True for what stands on most pages, or every other one, from its first to its last; a note's end does not."""
    enough = 3 if page_count > 4 else 2
    return len(pages) >= enough and len(pages) >= 0.4 * (max(pages) - min(pages) + 1)


def _owns_a_side(pages: set[int], in_place: set[int], enough: int) -> bool:
    """True for what stands on the left pages alone, or on the right ones, where hardly anything else has its place.

    A title on left pages is seldom steady: chapters open without it.
    """
    sides = {page % 2 for page in pages}
    beside = sum(page % 2 in sides for page in in_place)
    return len(sides) == 1 and len(pages) >= enough and len(pages) >= 0.8 * beside


def _text(row: Row) -> str:
    return " ".join(piece.text for piece in row)


def _slot(row: Row) -> tuple[int, float]:
    return round(row[0].y / 3), round(row[0].size * 2) / 2


def _repeated(outer: Sequence[dict[int, Row]], heights: Sequence[float], body_size: float) -> set[tuple[int, int]]:
    """Rows whose words stand at the same place on several pages, and others in the same place and size."""
    places: dict[tuple[str, tuple[int, float]], list[tuple[int, int]]] = defaultdict(list)
    slots: dict[tuple[int, float], list[tuple[int, int]]] = defaultdict(list)
    for page, rows in enumerate(outer):
        for n, row in rows.items():
            words = re.sub(r"\d+", "#", _text(row)).casefold()
            places[words, _slot(row)].append((page, n))
            slots[_slot(row)].append((page, n))
    running: set[tuple[int, int]] = set()
    kept: Counter[tuple[int, float]] = Counter()
    for (_, slot), where in places.items():
        pages, in_place = {page for page, _ in where}, {page for page, _ in slots[slot]}
        page, n = where[0]
        # In a short paper two pages must do; at the foot, two notes may end alike.
        enough = 2 if len(outer) <= _SHORT and outer[page][n][0].y < heights[page] / 2 else 3
        if slot[1] <= 1.05 * body_size and _owns_a_side(pages, in_place, enough):
            running.update(slots[slot])
        elif _is_steady(pages, len(outer)):
            running.update(where)
            kept[slot] += len(where)
    for slot, count in kept.items():
        # Section names change in a running head while its place and size stay.
        if count * 2 >= len(slots[slot]):
            running.update(slots[slot])
    return running


def _title_heads(
    pages: Sequence[Sequence[Row]], outer: Sequence[dict[int, Row]], heights: Sequence[float], body_size: float
) -> set[tuple[int, int]]:
    """Small rows at the head of a page that repeat a title set large on a page before or on this one."""
    titles: set[str] = set()
    heads: set[tuple[int, int]] = set()
    for page, rows in enumerate(pages):
        large = [row for row in rows if row[0].size > 1.1 * body_size]
        lines = [_plain(_text(row)) for row in large]
        titles.update(lines)
        titles.update(f"{first}{second}" for first, second in pairwise(lines))
        heads.update(
            (page, n)
            for n, row in outer[page].items()
            if row[0].y < heights[page] / 2
            and row[0].size < 0.93 * body_size
            and any(len(words) > 3 and words in titles for words in map(_plain, _parts(row)))
        )
    return heads


def _parts(row: Row) -> Iterator[str]:
    """The words of a row, and of each of its pieces: a page number may stand beside the title."""
    yield _text(row)
    yield from (piece.text for piece in row)


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _numbered(outer: Sequence[dict[int, Row]]) -> dict[tuple[int, int], str]:
    """Rows that hold the page's number, with the number as printed."""
    series: dict[tuple[bool, int, tuple[int, float]], list[tuple[int, int, str]]] = defaultdict(list)
    sure: dict[tuple[int, int], str] = {}
    for page, rows in enumerate(outer):
        for n, row in rows.items():
            named = _PAGE_OF.fullmatch(_text(row))
            if named:
                sure[page, n] = named.group(1)
            for printed in _candidates(row):
                is_roman = not printed.isdigit()
                offset = (_roman(printed) if is_roman else int(printed)) - page
                series[is_roman, offset, _slot(row)].append((page, n, printed))
    slots: set[tuple[int, float]] = set()
    for (_, _, slot), where in sorted(series.items(), key=lambda item: -len(item[1])):
        if not _is_steady({page for page, _, _ in where}, len(outer)):
            continue
        slots.add(slot)
        for page, n, printed in where:
            if not any(known == page for known, _ in sure):
                sure[page, n] = printed
    # Few pages have roman numbers: a number alone in the place of the others is one of them.
    for page, rows in enumerate(outer):
        for n, row in rows.items():
            alone = _candidates(row) if _slot(row) in slots and not any(known == page for known, _ in sure) else []
            if len(alone) == 1 and _text(row).strip() == alone[0]:
                sure[page, n] = alone[0]
    return sure


def _candidates(row: Row) -> list[str]:
    """Numbers at the start or end of a row's pieces: a number inside a phrase is no page number."""
    found = []
    for piece in row:
        for number in _NUMBER.finditer(piece.text):
            at_edge = number.start() == 0 or number.end() == len(piece.text) or _is_framed(piece, number)
            if at_edge and (number.group(1).isdigit() or _is_roman(number.group(1))):
                found.append(number.group(1))
    return found


def _is_framed(piece: Line, number: re.Match[str]) -> bool:
    """``- 12 -``, ``| 12 |``."""
    return not re.search(r"\w", piece.text[: number.start()] + piece.text[number.end() :])


def _is_roman(text: str) -> bool:
    return bool(re.fullmatch(r"(?i)c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", text)) and text in (
        text.lower(),
        text.upper(),
    )


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def most_common_size(pages: Sequence[Sequence[Row]]) -> float:
    """The size, in points, that most characters have: the body's.

    Notes are not counted, as they may outweigh the text.
    """
    pieces = [[piece for row in rows for piece in row] for rows in pages]
    sizes: Counter[float] = Counter()
    for piece in [piece for page in pieces for piece in _without_notes(page)] or [p for page in pieces for p in page]:
        sizes[round(piece.size * 4) / 4] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_notes(pieces: Sequence[Line]) -> list[Line]:
    """A page's pieces but for those that begin with a raised number, and those of their size beneath them.

    What has larger letters beneath it is no note: a mark may begin a line of the body.
    """
    starts = [
        piece
        for piece in pieces
        if piece.starts_raised and not any(_is_beneath(low, piece) and low.size > 1.05 * piece.size for low in pieces)
    ]
    return [
        piece
        for piece in pieces
        if piece not in starts
        and not any(_is_beneath(piece, start) and abs(piece.size - start.size) < 0.6 for start in starts)
    ]


def _is_beneath(piece: Line, other: Line) -> bool:
    return piece.y > other.y + 1 and piece.x0 < other.x1 and other.x0 < piece.x1
