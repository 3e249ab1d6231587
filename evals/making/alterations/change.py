"""What the alterations share: the record they return, and draws that come out alike on every machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

SEED = "steward-altered-quotes-1"
T = TypeVar("T")
_VOWEL_SOUND = re.compile(
    r"[£€]?(?:8|11(?!\d)|18(?!\d))|(?!eu|one\b|once|uk|uni|us[ea])[aeiou]|hour|honest|(?-i:[FHLMNRSX](?=[A-Z]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Alteration:
    """A changed sentence and a short note on the change, as ``25 → 35``."""

    claim: str
    altered: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: the characters ``[start, end)`` of a sentence become ``new``."""

    start: int
    end: int
    new: str

    def apply(self, sentence: str) -> Alteration:
        """The sentence with this replacement."""
        old = sentence[self.start : self.end]
        claim = with_article(sentence[: self.start], self.new + sentence[self.end :])
        return Alteration(upper_first(claim), f"{old.strip() or '–'} → {self.new.strip() or '–'}")


Alter = Callable[[str, str], Alteration | None]
"""A sentence and the context that holds it make an altered claim, or None where there is nothing to alter."""


def draw(*key: str) -> int:
    """A number from 0 to 2**64 - 1 that depends on the key alone."""
    return int.from_bytes(hashlib.sha256("\x1f".join((SEED, *key)).encode()).digest()[:8], "big")


def pick(options: Sequence[T], *key: str) -> T:
    """One of the options, drawn by the key."""
    return options[draw(*key) % len(options)]


def shuffled(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """The items in an order that depends on their keys alone."""
    return sorted(items, key=lambda item: (draw("order", key(item)), key(item)))


def pick_edit(edits: Sequence[Edit], sentence: str, kind: str) -> Alteration | None:
    """The sentence with one of the edits, drawn by the sentence and the kind; None when there are none."""
    return pick(edits, kind, sentence).apply(sentence) if edits else None


def stands_in(words: str, text: str) -> bool:
    """True when the words, in any case, stand in the text and not within longer words or numbers.

    >>> stands_in("5", "1.5 million"), stands_in("The Treasury", "asks the treasury.")
    (False, True)
    """
    pattern = rf"(?<![\w.,£])£?{re.escape(words.removeprefix('£'))}(?!\w|[.,]\d)"
    return re.search(pattern, text, re.IGNORECASE) is not None


def either(words: str) -> str:
    """A pattern that finds any of the words; they are parted by slashes where one holds a space, else by spaces.

    >>> either("is are"), either("at least / above")
    ('(?:is|are)', '(?:at least|above)')
    """
    parts = words.split("/") if "/" in words else words.split()
    return f"(?:{'|'.join(' '.join(part.split()) for part in parts)})"


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def with_article(before: str, after: str) -> str:
    """The two joined, with "a" or "an" between them as the sound of the second needs.

    >>> with_article("It is a ", "£80 million scheme"), with_article("An ", "UK scheme")
    ('It is an £80 million scheme', 'A UK scheme')
    """
    found = re.search(r"\b([Aa])n? $", before)
    if not found or not after:
        return before + after
    return f"{before[: found.start()]}{found[1]}{'n' if _VOWEL_SOUND.match(after) else ''} {after}"


def like(old: str, new: str) -> str:
    """``new`` with a capital first letter where ``old`` has one and ``new`` is all lower case.

    >>> like("About", "roughly"), like("about", "the Treasury")
    ('Roughly', 'the Treasury')
    """
    return upper_first(new) if old[:1].isupper() else new
