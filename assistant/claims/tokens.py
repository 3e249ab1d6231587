"""Splits a sentence into comparable tokens: amounts, names, words with a meaning, and words of force."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.claims.lexicon import (
    AT_DATES,
    AT_NUMBERS,
    FORCE_STARTS,
    FORCES,
    GROUPED_PHRASES,
    GROUPS,
    LONGEST_PHRASE,
    ONE_WORDS,
    PHRASE_STARTS,
    PLACES,
    PROPOSALS,
    is_actor,
    key_of,
    lemma,
)
from assistant.text.amounts import read_amount
from assistant.text.caching import kept
from assistant.text.terms import STOPWORDS

Kind = Literal["word", "name", "figure", "date", "rate", "force", "stop", "mark"]
CONTENT: tuple[Kind, ...] = ("word", "name", "figure", "date", "rate")

_PIECE = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\d(?!\d)|(?:19|20)\d\d[-–/]\d\d(?:\d\d)?(?![\d%])|"
    r"[£$€]?\d[\d,]*(?:\.\d+)?(?:%|[a-z]+\b)?|[^\W\d_][\w&]*(?:['’.](?=\w)[\w&]+)*['’]?|[^\w\s]"
)
_PROPOSALS = frozenset(PROPOSALS.split())
_PROPOSAL_PHRASES = frozenset(
    "put forward/puts forward/putting forward/call for/calls for/called for/calling for/call on/calls on".split("/")
)
_PERMITTING = frozenset("let lets letting allow allows permit permits".split())
_PRONOUNS = frozenset("it they this these those he she its their them which who that such".split())
_STOPWORDS = STOPWORDS - {"give", "gives", "given", "use", "used", "using"}
_LONGEST_RUN = 30
"""Tokens of a run of capitalised words, twice the longest in the library."""
_OWNER = re.compile(r"['’]s?$")
_COMPOUND = re.compile(r"(?<=[^\W\d_])[-–](?=\w)|(?<=\d)-(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of a sentence."""

    kind: Kind
    key: str
    """What it is compared by: a stem, an amount in one form, or the class of a force word."""
    text: str
    """The words as written."""
    groups: frozenset[int] = frozenset()
    """Groups of similar meaning that it belongs to."""
    family: str = ""
    """Of a force word: modality, negation, quantifier, bound or side."""
    base: str = ""
    """Base form, lower case."""
    named: bool = False
    """Capitalised, as a name is."""
    run: int = -1
    """Number of its run of capitalised words; -1 for none."""
    actor: bool = False
    pronoun: bool = False
    owner: bool = False
    """True for "the mayor's"."""
    opening: bool = False
    """True for the first word of a sentence or clause."""

    @property
    def content(self) -> bool:
        """True where it has a meaning of its own."""
        return self.kind in CONTENT


@kept(4096)
def tokenise(sentence: str, short_forms: tuple[tuple[str, str], ...] = ()) -> tuple[Token, ...]:
    """Return the tokens of a sentence.

    Args:
        sentence: its words.
        short_forms: pairs of an acronym and its long form; both give one token.
    """
    pieces = [_plain(piece) for piece in _PIECE.findall(_COMPOUND.sub(" ", sentence.replace("’", "'")))]
    pieces = [part for piece in pieces for part in _contraction(piece)]
    return tuple(_Reader(pieces, *_long_and_short(short_forms)).read())


@lru_cache(maxsize=16)
def _long_and_short(short_forms: tuple[tuple[str, str], ...]) -> tuple[dict[tuple[str, ...], str], set[str]]:
    longs = {tuple(_lowered(re.findall(r"[\w&']+|,", long))): short for short, long in short_forms}
    return longs, {short for short, _ in short_forms}


def _plain(piece: str) -> str:
    return piece if len(piece) < 2 else piece.rstrip(",")


def _contraction(piece: str) -> list[str]:
    lowered = piece.lower()
    if lowered in ("cannot", "can't"):
        return ["can", "not"]
    if lowered == "won't":
        return ["will", "not"]
    if lowered.endswith("n't"):
        return [piece[:-3], "not"]
    return [piece]


def _lowered(words: Sequence[str]) -> list[str]:
    return [_OWNER.sub("", word).lower() for word in words]


class _Reader:
    """Reads pieces from left to right, the longest known phrase first."""

    def __init__(self, pieces: Sequence[str], longs: Mapping[tuple[str, ...], str], shorts: set[str]) -> None:
        self.pieces = pieces
        self.words = _lowered(pieces)
        self.bases = [lemma(word) for word in self.words]
        self.longs, self.shorts = longs, shorts
        self.longest = max(map(len, longs), default=0)
        self.run = 0

    def read(self) -> list[Token]:
        tokens: list[Token] = []
        at, in_run, start = 0, False, 0
        while at < len(self.pieces):
            token, used = self._at(at, tokens)
            if token.kind == "name" or token.named:
                if not in_run or len(tokens) - start >= _LONGEST_RUN:
                    self.run, start = self.run + 1, len(tokens)
                in_run = True
                token = _with_run(token, self.run)
            elif (
                not (in_run and self.words[at] in ("of", "for", "and", "&") and self._named(at + 1, False))
                or self.words[at] == "and"
            ):
                in_run = False
            tokens.append(token)
            at += used
        return tokens

    def _at(self, at: int, before: Sequence[Token]) -> tuple[Token, int]:
        piece, word = self.pieces[at], self.words[at]
        opening = not before or before[-1].kind == "mark" or (len(before) == 1 and before[0].kind == "stop")
        if not re.match(r"\w|[£$€]\d", piece):
            return Token("mark", piece, piece), 1
        short = self._short_form(at)
        if short is not None:
            return Token("name", short[0].lower(), short[0], base=short[0].lower(), named=True, opening=opening), short[
                1
            ]
        capital = piece[0].isupper() and bool(before) and before[-1].kind != "mark"
        if not (capital and word in ("may", "march")) or self.words[at + 1 : at + 2]:
            amount = read_amount(self.words, at)
            if amount is not None:
                text = " ".join(self.pieces[at : at + amount.words])
                kind: Kind = "date" if amount.kind == "date" else "rate" if amount.kind == "rate" else "figure"
                force = self._force(at)
                if kind == "figure" or force is None or force[1] <= amount.words:
                    return Token(kind, amount.key, text, base=amount.key, opening=opening), amount.words
        force = self._force(at)
        if force is not None and not (word in ("not", "too", "few") and self._in_phrase(at)):
            return force
        return self._word(at, opening, not before)

    def _short_form(self, at: int) -> tuple[str, int] | None:
        bare = _OWNER.sub("", self.pieces[at])
        if bare in self.shorts:
            return bare, 1
        if bare.endswith("s") and bare[:-1] in self.shorts:
            return bare[:-1], 1
        for size in range(min(self.longest, len(self.words) - at), 1, -1):
            short = self.longs.get(tuple(self.words[at : at + size]))
            if short is not None:
                behind = self.words[at + size : at + size + 3]
                used = size + 3 if behind == ["(", short.lower(), ")"] else size
                return short, used
        return None

    def _force(self, at: int) -> tuple[Token, int] | None:
        if self.words[at] not in FORCE_STARTS:
            return None
        for size in range(min(LONGEST_PHRASE, len(self.words) - at), 0, -1):
            phrase = tuple(self.words[at : at + size])
            text = " ".join(phrase)
            if phrase in AT_DATES and self._next_amount(at + size, "date"):
                return Token("force", AT_DATES[phrase], text, family="side"), size
            behind = phrase in (("or", "more"), ("or", "fewer"), ("or", "less"), ("or", "so"))
            if phrase in AT_NUMBERS and (behind or self._next_amount(at + size, "figure")):
                return Token("force", AT_NUMBERS[phrase], text, family="bound"), size
            if phrase in FORCES:
                family, name = FORCES[phrase]
                if phrase == ("no",) and self.words[at + 1 : at + 2] == ["."]:
                    return None
                if (
                    phrase == ("will",)
                    and self.pieces[at] == "Will"
                    and at + 1 < len(self.pieces)
                    and self._named(at + 1, False)
                ):
                    return None
                if phrase[0] in _PERMITTING and not self._goes_on(at + size):
                    continue
                if family == "stop":
                    return Token("stop", text, text), size
                groups = GROUPS.get(phrase, frozenset()) if size == 1 else frozenset()
                return Token("force", name, text, groups, family, base=lemma(phrase[0])), size
        return None

    def _goes_on(self, at: int) -> bool:
        """Return whether a word follows, and not a mark: "time allows." gives no permission."""
        return at < len(self.pieces) and self.pieces[at][0].isalnum()

    def _next_amount(self, at: int, kind: str) -> bool:
        """Return whether an amount follows, skipping small words and "the end of"."""
        between = {
            "the",
            "a",
            "an",
            "about",
            "end",
            "of",
            "late",
            "early",
            "mid",
            "start",
            "spring",
            "summer",
            "autumn",
        }
        for place in range(at, min(at + 5, len(self.words))):
            amount = read_amount(self.words, place)
            if amount is not None and amount.kind != "rate":
                dated = amount.kind == "date" or (
                    place + 1 < len(self.words) and (read_amount(self.words, place + 1) or amount).kind == "date"
                )
                return dated if kind == "date" else not dated
            if self.words[place] not in between:
                return False
        return False

    def _named(self, at: int, first: bool) -> bool:
        if at >= len(self.pieces):
            return False
        piece = self.pieces[at]
        if not piece[0].isupper() or (self.words[at] in _STOPWORDS and not (piece.isupper() and len(piece) > 1)):
            return False
        if not first or self.words[at] in PLACES:
            return True
        follows = at + 2 if self.words[at + 1 : at + 2] in (["of"], ["for"]) else at + 1
        return (len(piece) > 1 and piece[1:2].isupper()) or self._named(follows, False)

    def _in_phrase(self, at: int) -> bool:
        """Return whether "not enough" or "too few" begins here."""
        return tuple(self.bases[at : at + 2]) in GROUPED_PHRASES

    def _word(self, at: int, opening: bool, first: bool) -> tuple[Token, int]:
        piece, word, base = self.pieces[at], self.words[at], self.bases[at]
        named = self._named(at, first or (at > 0 and self.pieces[at - 1] in ".!?:"))
        if not named and base in PHRASE_STARTS:
            for size in range(min(LONGEST_PHRASE, len(self.words) - at), 1, -1):
                groups = GROUPED_PHRASES.get(tuple(self.bases[at : at + size]))
                if groups is not None:
                    text = " ".join(self.pieces[at : at + size])
                    family = "proposal" if text.lower() in _PROPOSAL_PHRASES else ""
                    meaning = ONE_WORDS.get(min(groups), base)
                    return Token("word", text.lower(), text, groups, family, meaning, opening=opening), size
        groups = GROUPS.get((word,), frozenset()) | GROUPS.get((base,), frozenset())
        if word in _STOPWORDS and not named:
            return Token("stop", word, piece, groups, base=base, pronoun=word in _PRONOUNS, opening=opening), 1
        return (
            Token(
                "name" if named else "word",
                key_of(base),
                piece,
                groups,
                family="proposal" if base in _PROPOSALS else "",
                base=base,
                named=named,
                actor=is_actor(base),
                owner=bool(re.search(r"'s?$", piece)),
                opening=opening,
            ),
            1,
        )


def _with_run(token: Token, run: int) -> Token:
    return Token(
        token.kind, token.key, token.text, token.groups, token.family, token.base, token.named, run, token.actor,
        token.pronoun, token.owner, token.opening,
    )  # fmt: skip
