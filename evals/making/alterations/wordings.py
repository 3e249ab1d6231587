"""The same in other words: the swaps of ``wordings.txt``, true wherever the library uses the words on the left."""

from __future__ import annotations

import re
from pathlib import Path

Swap = tuple[re.Pattern[str], str]
"""What is looked for, and the plain text that takes its place."""


def _sections(lines: list[str]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


def _swap(line: str) -> Swap:
    old, new = line.split(" => ")
    return _as_words(old), new


def _as_words(old: str) -> re.Pattern[str]:
    """The pattern as whole words; one that begins with a small letter is also found as the first word of a sentence."""
    head = re.match(r"(?:\(\?<[^)]*\))*", old)
    begin = head.end() if head else 0
    behind, words = old[:begin], old[begin:]
    left = r"\b" if words[0].isalpha() else ""
    right = r"\b" if words[-1].isalpha() else ""
    opening = (
        rf"|\A{words[0].upper()}{words[1:]}{right}" if words[0].islower() and not behind.startswith("(?<=") else ""
    )
    return re.compile(f"{behind}{left}{words}{right}{opening}")


_LISTED = _sections(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines())
WORDINGS: tuple[Swap, ...] = tuple(map(_swap, _LISTED["wordings"]))
"""Other words for the same."""
POSSESSIVES: tuple[Swap, ...] = tuple(map(_swap, _LISTED["possessives"]))
"""The owner put behind what is owned."""
PAIRS: tuple[str, ...] = tuple(_LISTED["pairs"])
"""Short phrases of the form "A and B" that say the same as "B and A"."""
