"""The fields of register entries, and the entries that a name selects in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.records import Source
from assistant.registers.entries import Precedent, Recommendation, Registers
from assistant.registers.field_aliases import OTHER_NAMES, SAYS_LITTLE, Field
from assistant.text.glossary import expand
from assistant.text.terms import stem

Register = Literal["recommendations", "precedents"]
Terms = tuple[str, ...]
"""A name's words, lower-case and stemmed."""

WORD = re.compile(r"[A-Za-z0-9]+(?:['’][a-z]+)?")
_DROPPED = frozenset({"a", "an", "the"})
_BRACKETED_CREDIT = re.compile(r" \((?:[^)]* recommendation|implied)\)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SPAN = re.compile(
    r"((?:19|20)\d\d)\s?(?:-|–|to|until)\s?(?:[A-Z][a-z]+ |mid-|early |late )?((?:(?:19|20)\d\d)|\d\d\b)"
)
_OPEN = re.compile(r"((?:19|20)\d\d)(?: onwards|-ongoing| to date)")
_SINCE = re.compile(r"\b(?:[Ss]ince|[Ff]rom|extending in)\b[^;,]*?((?:19|20)\d\d)(?!-|–|\d| to)")
LONGEST_THEME = 3
"""Most words of a theme that is about each of them."""
LAST_YEAR = 9999
"""Stands for an open end."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition on entries: one of ``values`` in a field. ``entries`` are the ids of those that meet it."""

    field: Field
    values: tuple[str, ...]
    entries: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Value:
    words: str
    terms: Terms
    entry: str


class RegisterFields:
    """The fields of one register."""

    def __init__(
        self, register: Register, registers: Registers, sources: Mapping[str, Source], glossary: Mapping[str, str]
    ) -> None:
        """Take ``sources`` for the titles of the documents that entries rest on, ``glossary`` for their acronyms."""
        self.register = register
        self._publishers: dict[str, frozenset[str]] = {}
        self._glossary = glossary
        self._values: dict[Field, list[_Value]] = {}
        self._years: dict[str, list[tuple[int, int]]] = {}
        entries = [entry for entry in getattr(registers, register) if document_of(entry) in sources]
        for entry in entries:
            for field, words in _fields(entry):
                self._values.setdefault(field, []).append(_Value(words, terms(words), entry.id))
            self._years[entry.id] = list(
                period_years((entry.period if register == "precedents" else entry.timeframe) or "")
            )
            source = sources[document_of(entry)]
            for title in dict.fromkeys((source.title, source.title.partition(":")[0])):
                self._values.setdefault("document", []).append(_Value(title, terms(title), entry.id))
            held = self._publishers.get(source.publisher, frozenset())
            self._publishers[source.publisher] = held | {entry.id}
        reports = {entry.document for entry in registers.recommendations}
        of_report = frozenset(entry.id for entry in entries if document_of(entry) in reports)
        title = sources[next(iter(reports))].title if len(reports) == 1 else ""
        self.of_report = Criterion("document", (title,), of_report) if title else None
        """Entries of "the report": the one document with recommendations; None where there are several."""

    def find(self, field: Field, name: str) -> Criterion | None:
        """Return the entries with a name in a field, as given or by another name of it; None when there are none."""
        asked = terms(name)
        others = _OTHER_TERMS.get(field, {}).get(asked)
        if others is not None:
            return self._criterion(field, [value for other in others for value in self._having(field, other)])
        wanted = [asked, *(terms(form) for form in expand(name, self._glossary) if _is_whole(name, form))]
        exactly = len(asked) == 1 and (
            # One word of a title may be anybody's, and so may a common noun in a body's name.
            asked[0] in _LITTLE or field == "document" or (field == "organisation" and name.islower())
        )
        return self._criterion(
            field, [value for form in wanted for value in self._having(field, (form, exactly and form == asked))]
        )

    def in_years(self, first: int, last: int) -> Criterion | None:
        """Return the entries whose period touches the years from ``first`` to ``last``; None when there are none."""
        found = [
            entry for entry, spans in self._years.items() if any(start <= last and first <= end for start, end in spans)
        ]
        shown = f"{first}" if first == last else f"{first} to {last}"
        shown = f"since {first}" if last == LAST_YEAR else f"until {last}" if first == 0 else shown
        return Criterion("year", (shown,), frozenset(found)) if found else None

    def with_timeframe(self) -> Criterion | None:
        """Return the entries with a time frame; None when there are none."""
        return self._criterion("timeframe", self._values.get("timeframe", []), ("any",))

    def of_publisher(self, name: str) -> Criterion | None:
        """Return the entries that rest on a publisher's documents; None when there are none."""
        named = [publisher for publisher in self._publishers if terms(publisher) == terms(name)]
        return Criterion("document", (f"published by {named[0]}",), self._publishers[named[0]]) if named else None

    def _having(self, field: Field, wanted: tuple[Terms, bool]) -> Iterator[_Value]:
        """Yield values that hold these words in a row; with ``True``, those that hold nothing else."""
        words, exactly = wanted
        for value in self._values.get(field, []):
            # A long phrase is not about one of its words.
            passing = field == "theme" and len(words) == 1 and len(value.terms) > LONGEST_THEME
            if value.terms == words or (not exactly and not passing and _holds(value.terms, words)):
                yield value

    def _criterion(
        self, field: Field, values: Sequence[_Value], shown: tuple[str, ...] | None = None
    ) -> Criterion | None:
        if not values:
            return None
        names = shown or tuple(dict.fromkeys(value.words for value in values))
        return Criterion(field, names, frozenset(value.entry for value in values))


def document_of(entry: Recommendation | Precedent) -> str:
    """Return the catalogue id of an entry's document; empty for a case that rests on no document of the library."""
    source = entry if isinstance(entry, Recommendation) else entry.library_source
    return source.document if source else ""


def terms(words: str) -> Terms:
    """Return a name's words for comparison.

    >>> terms("the Combined/Strategic Authorities")
    ('combin', 'strategic', 'authorit')
    """
    plain = (word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(words.replace("&", " and ")))
    return tuple(_stem(word) for word in plain if word not in _DROPPED)


def _stem(word: str) -> str:
    """Stem like `terms.stem`, and also the plural of a short word ("firms", "SMEs")."""
    if word.endswith("ss"):
        return word
    short = word.removesuffix("s") if len(word) > 3 and not word.endswith(("ss", "us", "is")) else word
    return stem(f"{short[:-2]}y" if short.endswith("ie") and len(short) > 4 else short)


def _holds(held: Terms, words: Terms) -> bool:
    return any(held[start : start + len(words)] == words for start in range(len(held) - len(words) + 1))


def _is_whole(name: str, form: str) -> bool:
    """Return whether the glossary's form stands for the whole name, not for a part of it."""
    acronym, long = sorted((name, form), key=lambda words: len(words.split()))
    return len(WORD.findall(acronym)) == 1 and len(WORD.findall(long)) > 1


def _fields(entry: Recommendation | Precedent) -> Iterator[tuple[Field, str]]:
    if isinstance(entry, Recommendation):
        yield from (("addressee", part.strip()) for part in _BRACKETED_CREDIT.sub("", entry.actor).split(";"))
        yield "theme", entry.theme.replace("-", " ")
        if entry.timeframe:
            yield "timeframe", entry.timeframe
    else:
        yield from (("place", words) for words in dict.fromkeys((entry.place, entry.country)))
        yield from (("organisation", part.strip()) for part in entry.organisation.split(";"))
        themes = (words.replace("-", " ") for words in (entry.theme, *entry.sectors))
        yield from (("theme", words) for words in dict.fromkeys(themes))
        yield "outcome", entry.polarity
        yield "level", entry.level
    yield from (("shift", shift.replace("-", " ")) for shift in entry.shift)


def period_years(period: str) -> Iterator[tuple[int, int]]:
    """Yield the years that a period names, and the ranges between two of them or from one on."""
    for match in _SPAN.finditer(period):
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        yield int(match[1]), int(last)
    for match in (*_OPEN.finditer(period), *_SINCE.finditer(period)):
        yield int(match[1]), LAST_YEAR
    yield from ((int(year), int(year)) for year in _YEAR.findall(period))


def _other_terms(names: Mapping[str, Iterable[str]]) -> dict[Terms, list[tuple[Terms, bool]]]:
    return {
        terms(name): [(terms(other.removeprefix("=")), other.startswith("=")) for other in others]
        for name, others in names.items()
    }


_OTHER_TERMS = {field: _other_terms(names) for field, names in OTHER_NAMES.items()}
_LITTLE = frozenset(term for word in SAYS_LITTLE for term in terms(word))
ALSO_CALLED = frozenset(name for names in _OTHER_TERMS.values() for name in names)
"""Every name of `register_names`, as terms."""
