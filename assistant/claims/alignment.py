"""Which token of a claim corresponds to which token of its context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assistant.claims.lexicon import OPPOSITES
from assistant.claims.tokens import Token
from assistant.deadlines import within_deadline

SAME, ALIKE, KIN = 1.0, 0.9, 0.8
"""How far two tokens agree: same stem or amount; one group of meaning; same beginning of a long word."""
_LEAST_PREFIX = 5
_NEAR = 0.01


@dataclass(frozen=True)
class Gap:
    """What lies between two neighbouring anchors: tokens of the claim, and tokens of the context."""

    claim: tuple[int, ...]
    context: tuple[int, ...]


@dataclass(frozen=True)
class Alignment:
    """Matches between the content tokens of a claim and those of a context, by index."""

    claim: tuple[Token, ...]
    context: tuple[Token, ...]
    anchors: dict[int, int]
    """Matches in the same order in both."""
    moved: dict[int, int]
    """Matches out of order."""
    gaps: tuple[Gap, ...]

    @cached_property
    def matches(self) -> dict[int, int]:
        """All matches, claim to context."""
        return {**self.moved, **self.anchors}

    def gap_of(self, index: int) -> Gap:
        """Return the gap around a claim's token that is not an anchor."""
        return next((gap for gap in self.gaps if index in gap.claim), Gap((index,), ()))


def align(claim: Sequence[Token], context: Sequence[Token]) -> Alignment:
    """Match as much as possible in order, then the rest with the nearest match elsewhere."""
    rows = [index for index, token in enumerate(claim) if token.content]
    columns = [index for index, token in enumerate(context) if token.content]
    pairs = [[agreement(claim[row], context[column]) for column in columns] for row in within_deadline(rows)]
    anchors = _in_order(pairs, rows, columns)
    taken = set(anchors.values())
    moved: dict[int, int] = {}
    for row, agreed in zip(rows, pairs, strict=True):
        if row in anchors:
            continue
        near = _expected(row, anchors)
        options = [
            (-(value - (column in taken) * 0.5), abs(column - near), column)
            for column, value in zip(columns, agreed, strict=True)
            if value and not (claim[row].kind == "rate" and column in taken)
        ]
        if options:
            moved[row] = min(options)[2]
            taken.add(moved[row])
    return Alignment(tuple(claim), tuple(context), anchors, moved, tuple(_gaps(rows, columns, anchors)))


def agreement(claim: Token, context: Token) -> float:
    """Return how far two tokens agree, between 0 and 1."""
    if claim.kind in ("figure", "date", "rate") or context.kind in ("figure", "date", "rate"):
        return SAME * (claim.kind == context.kind and same_amount(claim.key, context.key))
    if claim.key == context.key or claim.base == context.base:
        return SAME
    if claim.base in OPPOSITES.get(context.base, ()):
        return 0.0
    if claim.groups & context.groups:
        return ALIKE
    if not claim.named and not context.named and _share_beginning(claim.base, context.base):
        return KIN
    return 0.0


def same_amount(first: str, second: str) -> bool:
    """Return whether two amounts in one form are equal: a half is 50 per cent.

    >>> same_amount("50%", "1/2"), same_amount("5", "£5")
    (True, False)
    """
    return first == second or (share_of(first) is not None and share_of(first) == share_of(second))


def share_of(key: str) -> Fraction | None:
    """Return the part of a whole that an amount in one form names; None where it names none."""
    if key.endswith("%"):
        return Fraction(key[:-1]) / 100 if key[:-1].replace(".", "").isdigit() else None
    parts = key.split("/")
    return Fraction(int(parts[0]), int(parts[1])) if len(parts) == 2 and all(map(str.isdigit, parts)) else None


def _share_beginning(first: str, second: str) -> bool:
    if first[:_LEAST_PREFIX] != second[:_LEAST_PREFIX]:
        return False
    shorter, longer = sorted((first, second), key=len)
    common = 0
    while common < len(shorter) and shorter[common] == longer[common]:
        common += 1
    return common >= _LEAST_PREFIX and common >= len(shorter) - 2 and len(longer) - common <= 5


def _in_order(pairs: Sequence[Sequence[float]], rows: Sequence[int], columns: Sequence[int]) -> dict[int, int]:
    """Return the in-order matching of greatest agreement; ties go to neighbours that stay neighbours."""
    height, width = len(rows), len(columns)
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for i in range(height - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            take = 0.0
            if pairs[i][j]:
                follows = i + 1 < height and j + 1 < width and pairs[i + 1][j + 1] > 0
                take = pairs[i][j] + best[i + 1][j + 1] + _NEAR * follows
            best[i][j] = max(take, best[i + 1][j], best[i][j + 1])
    anchors: dict[int, int] = {}
    i = j = 0
    while i < height and j < width:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            anchors[rows[i]] = columns[j]
            i, j = i + 1, j + 1
    return anchors


def _expected(row: int, anchors: dict[int, int]) -> int:
    """Return where a token would be in the context if it had not moved."""
    before = [column for index, column in anchors.items() if index < row]
    return max(before) if before else 0


def _gaps(rows: Sequence[int], columns: Sequence[int], anchors: dict[int, int]) -> Iterator[Gap]:
    row_from, column_from = -1, -1
    for row, column in [*sorted(anchors.items()), (10**9, 10**9)]:
        left = tuple(index for index in rows if row_from < index < row)
        right = tuple(index for index in columns if column_from < index < column)
        if left or right:
            yield Gap(left, right)
        row_from, column_from = row, column
