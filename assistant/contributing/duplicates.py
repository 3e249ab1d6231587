"""Cases that may be the one that somebody is about to add: shown, never decided."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from assistant.precedents.cases import cases_of
from assistant.registers.derived_facts import case_years, places
from assistant.text.printable import shortened
from assistant.text.sentences import split_sentences
from assistant.text.slugs import slug
from assistant.text.terms import content_terms
from assistant.text.urls import is_address

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.precedents.cases import CaseSentences
    from assistant.records import Array

MOST_SHOWN = 5
SHOWN_FROM = 0.5
"""Score from which on a case is shown."""
WAITING_SHOWN_FROM = 0.45
"""The same for cases that are worked on, whose sentences are not compared."""
WEIGHTS = {"sentences": 2.0, "address": 0.8, "title": 0.4, "facts": 0.4}
"""What each likeness counts. These and the scores were chosen on the dev split of evals/data/duplicates.jsonl and
on the register, whose cases are all different."""
OTHER_TIMES = 0.2
"""What is taken off where both cases name years and none in common."""
_REASONS = {"sentences": 0.08, "address": 0.0, "title": 0.35, "facts": 0.3}
"""Above which likeness each is given as a reason."""
_ALMOST_SAME = 0.75
_CAPITAL = re.compile(r"\b[A-Z]\w+")
_LONGEST_SENTENCE = 160
"""Characters of a sentence that a reason repeats."""


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A case that may be the same. A higher ``score`` is more likely, within one list."""

    id: str
    title: str
    reasons: tuple[str, ...]
    """In words, the strongest first."""
    score: float


def possible_duplicates(
    library: Library, fields: Mapping[str, Any], waiting: Iterable[Mapping[str, Any]] = ()
) -> tuple[PossibleDuplicate, ...]:
    """Cases that may be the one of these fields, best first, at most `MOST_SHOWN`; that of its own id is left out.

    Cases in force are compared by title, address, who, where and when, and by their sentences; those of ``waiting``,
    which are worked on, by all but the sentences.
    """
    cases = cases_of(library)
    own = fields.get("id")
    known = {name: entry.model_dump(mode="json") for name, entry in cases.entries.items() if name != own}
    compared = _Compared(fields, known.values())
    near = _sentence_likeness(library, fields, {name: cases.sentences[name] for name in known})
    found = [
        _judged(name, other, compared.likeness(other) | {"sentences": near[name][0]}, compared, near[name][1])
        for name, other in known.items()
    ]
    shown = [item for item in found if item.score >= SHOWN_FROM]
    for other in waiting:
        if other.get("id") not in known and other.get("id") != own:
            item = _judged(str(other.get("id")), other, compared.likeness(other), compared, "")
            shown += [item] if item.score >= WAITING_SHOWN_FROM else []
    return tuple(sorted(shown, key=lambda item: (-item.score, item.id))[:MOST_SHOWN])


class _Compared:
    """The case that is about to be added; a word, place or address counts by how few of the known cases have it."""

    def __init__(self, fields: Mapping[str, Any], known: Iterable[Mapping[str, Any]]) -> None:
        every = list(known)
        self._fields = fields
        self._every = max(len(every), 2)
        self._counts = {
            "title": Counter(term for other in every for term in _title(other)),
            "organisation": Counter(term for other in every for term in _bodies(other)),
            "place": Counter(place for other in every for place in _places(other)),
            "address": Counter(address for other in every for address in _addresses(other)),
        }

    def likeness(self, other: Mapping[str, Any]) -> dict[str, float]:
        """How like the other case is, each from 0 to 1."""
        body = self._shared("organisation", _bodies(self._fields), _bodies(other), contained=True)
        place = max((self._rarity("place", name) for name in _places(self._fields) & _places(other)), default=0.0)
        addresses = _addresses(self._fields) & _addresses(other)
        return {
            "title": self._shared("title", _title(self._fields), _title(other)),
            "facts": body * (1 + place) / 2,
            "address": max((1 / max(self._counts["address"][each], 1) for each in addresses), default=0.0),
        }

    def is_of_other_times(self, other: Mapping[str, Any]) -> bool:
        """Whether both name years, and none in common."""
        own, theirs = (case_years(_text(fields, "period")) for fields in (self._fields, other))
        return own is not None and theirs is not None and not (own[0] <= theirs[1] and theirs[0] <= own[1])

    def facts_in_common(self, other: Mapping[str, Any]) -> str:
        """Who, where and when that both have, in words."""
        names = ["organisation"] if _bodies(self._fields) & _bodies(other) else []
        names += ["place"] if _places(self._fields) & _places(other) else []
        own, theirs = (case_years(_text(fields, "period")) for fields in (self._fields, other))
        names += ["time"] if own and theirs and not self.is_of_other_times(other) else []
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))

    def _shared(self, what: str, own: set[str], theirs: set[str], contained: bool = False) -> float:
        """The share of two sets that both have, of the lesser one where ``contained``."""
        both, one, two = (sum(self._weight(what, term) for term in terms) for terms in (own & theirs, own, theirs))
        whole = min(one, two) if contained else (one + two) / 2
        return both / whole if whole else 0.0

    def _weight(self, what: str, term: str) -> float:
        return math.log(1 + self._every / max(self._counts[what][term], 1))

    def _rarity(self, what: str, term: str) -> float:
        """1 for what one case has alone, 0 for what all have: that two are in England says nothing."""
        return 1 - math.log(max(self._counts[what][term], 1)) / math.log(self._every)


def _judged(
    name: str, other: Mapping[str, Any], likeness: Mapping[str, float], compared: _Compared, pair: str
) -> PossibleDuplicate:
    parts = {kind: WEIGHTS[kind] * value for kind, value in likeness.items()}
    score = sum(parts.values()) - (OTHER_TIMES if compared.is_of_other_times(other) else 0.0)
    words = {
        "sentences": pair,
        "address": "the same web address",
        "title": "almost the same title" if likeness["title"] >= _ALMOST_SAME else "a similar title",
        "facts": f"similar {compared.facts_in_common(other)}",
    }
    kinds = sorted((kind for kind in parts if likeness[kind] > _REASONS[kind]), key=lambda kind: -parts[kind])
    reasons = tuple(words[kind] for kind in kinds if words[kind])
    return PossibleDuplicate(name, _text(other, "title"), reasons, round(score, 4))


def _sentence_likeness(
    library: Library, fields: Mapping[str, Any], known: Mapping[str, CaseSentences]
) -> dict[str, tuple[float, str]]:
    """By id how much nearer the sentences of a case are than those of most cases, and the nearest two in words.

    How near a case's sentences are to any others depends on its subject and length more than on what it tells: only
    what stands out counts.
    """
    sentences = [
        words[start:end]
        for words in (_text(fields, "summary"), _text(fields, "lesson"))
        for start, end in split_sentences(words)
    ]
    if not sentences:
        return dict.fromkeys(known, (0.0, ""))
    own: Array = np.stack([library.embedder.embed_question(sentence) for sentence in sentences])
    cosines = {name: own @ held.vectors.T for name, held in known.items() if len(held.texts)}
    means = {name: float(each.max(axis=1).mean()) for name, each in cosines.items()}
    usual = float(np.median([*means.values()])) if means else 0.0
    found = dict.fromkeys(known, (0.0, ""))
    for name, each in cosines.items():
        first, second = map(int, np.unravel_index(int(each.argmax()), each.shape))
        two = (shortened(words, _LONGEST_SENTENCE) for words in (sentences[first], known[name].texts[second]))
        pair = " / ".join(f"“{words}”" for words in two)
        found[name] = (max(means[name] - usual, 0.0), f"similar sentences: {pair}")
    return found


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _title(fields: Mapping[str, Any]) -> set[str]:
    return {*content_terms(_text(fields, "title"))}


def _bodies(fields: Mapping[str, Any]) -> set[str]:
    """The words of the organisations, and their initials: DVLA is the Driver and Vehicle Licensing Agency."""
    words = _text(fields, "organisation")
    initials = ("".join(word[0] for word in _CAPITAL.findall(body)).lower() for body in words.split(";"))
    return {*content_terms(words), *(each for each in initials if len(each) > 2)}


def _places(fields: Mapping[str, Any]) -> set[str]:
    return {slug(name) for name in places(_text(fields, "place"), "")}


def _addresses(fields: Mapping[str, Any]) -> set[str]:
    """Its addresses, without what does not tell pages apart."""
    given = fields.get("source")
    sources = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []
    found = set()
    for url in (_text(fields, "url"), *(_text(source, "url") for source in sources)):
        if is_address(url):
            parts = urlsplit(url)
            found.add(f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}")
    return found
