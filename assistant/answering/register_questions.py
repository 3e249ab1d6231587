"""Does a question ask for a whole list of a register's entries, and for which?

It does when every word of it is accounted for: what is listed, who says it, whom or what it is about, and small words.
A word left over ("the *budgets* of Mission Councils", "the *first* recommendation") means that it asks for something
else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from assistant.answering.register_words import (
    ALL,
    ASKING,
    BACKGROUND,
    KINDS,
    LISTING,
    OPENING,
    PASSIVE,
    RELATING,
    REPORT,
    ROLES,
    SHIFT,
    SMALL,
    SMALL_OF_CASES,
    TIMING,
    TOPIC,
    Role,
    years_at,
)
from assistant.registers.field_aliases import Field
from assistant.registers.field_values import (
    ALSO_CALLED,
    WORD,
    Criterion,
    Register,
    RegisterFields,
    terms,
)
from assistant.text.terms import STOPWORDS

LONG_WORD = 9
ALIKE = 0.85
"""Least similarity at which a long plural is taken for a misspelling of one of `KINDS`."""
MOST_WORDS = 60
"""A longer question tells a story, which no list answers, and takes long to read."""
LONGEST_NAME = 9
"""Most words of a name."""
_EACH = re.compile(r"\b(?:every|each) (?:single )?(?:recommendation|proposal|precedent|case|example)\b", re.IGNORECASE)
_WISHED = frozenset({"have", "like"})
_FIELDS: Mapping[Register, Mapping[Role, tuple[Field, ...]]] = {
    "recommendations": {
        "any": ("document", "theme", "addressee"),
        "speaker": ("document",),
        "object": ("document", "addressee", "theme"),
        "to": ("addressee",),
        "for": ("addressee", "theme"),
        "about": ("document", "theme", "addressee"),
        "at": ("document",),
    },
    "precedents": {
        "any": ("outcome", "level", "document", "theme", "place", "organisation"),
        "speaker": ("outcome", "document"),
        "object": (),
        "to": ("outcome",),
        "for": ("outcome", "document", "theme", "place", "organisation"),
        "about": ("outcome", "document", "theme", "place", "organisation"),
        "at": ("outcome", "place", "document", "theme", "organisation", "level"),
    },
}
"""Which fields a name is looked up in, by the word before it; the first that has it counts."""


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """The entries that a question asks for: those of one register that meet every criterion."""

    register: Register
    names_register: bool
    """Whether it uses the word recommendations or precedents."""
    criteria: tuple[Criterion, ...] = ()
    unknown: str | None = None
    """A name asked for that no entry of the register has; then nothing matches."""

    def asks_for(self, entry: str) -> bool:
        """Return whether an entry, by its id, belongs in the list."""
        return self.unknown is None and all(entry in criterion.entries for criterion in self.criteria)


def read_list_question(question: str, fields: Mapping[Register, RegisterFields]) -> ListQuestion | None:
    """Return the list that a question asks for; None when it asks for something else."""
    asked = _EACH.sub(r"\g<0>s", OPENING.sub("", BACKGROUND.sub("", question.strip())))
    asked = WORD.sub(lambda match: _spelt(match[0]), asked)
    found = [KINDS[word] for word in map(str.lower, WORD.findall(asked)) if word in KINDS]
    if len(set(found)) > 1:
        return None
    return _Reading(asked, fields[found[0] if found else "recommendations"], bool(found)).read()


def _spelt(word: str) -> str:
    """Return a misspelt word for what is listed as it should be; any other word unchanged."""
    if len(word) < LONG_WORD or not word.endswith("s") or word.lower() in KINDS:
        return word
    return next(iter(get_close_matches(word.lower(), KINDS, 1, ALIKE)), word)


class _Reading:
    """One question, read from left to right."""

    def __init__(self, question: str, fields: RegisterFields, names_register: bool) -> None:
        self._question = question
        self._fields = fields
        self._names_register = names_register
        matches = list(WORD.finditer(question))
        self._spans = [match.span() for match in matches]
        self._words = [match[0].lower().replace("’", "'").removesuffix("'s") for match in matches]
        self._role: Role = "any"
        self._asked = False
        self._misread = False
        self._criteria: list[Criterion] = []
        self._named_until = 0
        self._left: list[tuple[int, Role]] = []

    def read(self) -> ListQuestion | None:
        """Return the list asked for; None as soon as a word shows that it asks for something else."""
        place = 0
        said = set(self._words)
        if len(self._words) > MOST_WORDS:
            return None
        if not self._names_register and not said & (ASKING | _WISHED):
            return None
        while place < len(self._words):
            if self._misread or (self._left and not self._names_register):
                return None
            place += self._year(place) or self._name(place) or self._word(place)
        unknown = self._unknown() if self._left else None
        if SHIFT & set(self._words) and all(criterion.field != "shift" for criterion in self._criteria):
            return None
        if self._misread or (self._left and unknown is None) or not self._asks_for_list(unknown):
            return None
        return ListQuestion(self._fields.register, self._names_register, tuple(self._criteria), unknown)

    def _asks_for_list(self, unknown: str | None) -> bool:
        """Return whether it asks for a list: by the register's name, or for what is asked of or about somebody."""
        said = set(self._words)
        narrowed = unknown is not None or any(item.field != "document" for item in self._criteria)
        if self._names_register:
            return narrowed or bool(said & LISTING)
        attributed = any(item.field == "document" for item in self._criteria)
        is_heading = attributed and self._words[0] not in ROLES  # "Demos asks of ministers"
        if not self._asked or not (said & LISTING or is_heading):
            return False
        if "should" in said:
            return "do" in said and any(item.field == "addressee" for item in self._criteria)
        return (narrowed and (attributed or bool(said & PASSIVE))) or (attributed and bool(said & ALL))

    def _unknown(self) -> str | None:
        """Return the words left over, if they are one capitalised name after "to", "from" or the like."""
        (first, role), (last, _) = self._left[0], self._left[-1]
        places = {place for place, _ in self._left}
        between = {self._words[place] for place in range(first, last + 1) if place not in places}
        expected: set[Role] = {"to", "for"} if self._fields.register == "recommendations" else {"at"}
        is_name = all(self._question[self._spans[place][0]].isupper() for place in places)
        if not (self._names_register and is_name and role in expected and between <= {"of", "for", "and", "the"}):
            return None
        return self._question[self._spans[first][0] : self._spans[last][1]]

    def _year(self, place: int) -> int:
        """Return how many words are a year or a range of years here; 0 for none."""
        first, last, size = years_at(self._words[place : place + 4])
        if size:
            self._add(self._fields.in_years(first, last), place)
            self._named_until = place + size
        return size

    def _name(self, place: int) -> int:
        """Return how many words are a name that some field holds, the longest possible; 0 for none."""
        for size in range(min(LONGEST_NAME, len(self._words) - place), 0, -1):
            ends = {self._words[place], self._words[place + size - 1]}
            known = terms(" ".join(self._words[place : place + size]))
            is_known = size > 1 and len(known) == size and known in ALSO_CALLED  # "in progress", but not "the firms"
            if not is_known and ends & (SMALL | ROLES.keys() | KINDS.keys() | (ASKING if self._recommends else set())):
                continue
            if self._joins_two(place, size) or (size == 1 and self._words[place] in STOPWORDS):
                continue
            found = self._look_up(place, size)
            if found is not None:
                speaks = self._speaks(place, size) and found.field not in ("document", "outcome")
                self._misread |= speaks or self._is_asked_for(place, size) or self._goes_on(place)
                self._add(found, place)
                self._named_until = place + size
                return size
        return 0

    @property
    def _recommends(self) -> bool:
        return self._fields.register == "recommendations"

    def _look_up(self, place: int, size: int) -> Criterion | None:
        start, end = self._spans[place][0], self._spans[place + size - 1][1]
        name = self._question[start:end]
        if self._recommends or self._speaks(place, size):
            publisher = self._fields.of_publisher(name)
            if publisher is not None and (self._role != "to" or not self._fields.find("addressee", name)):
                return publisher
        shift: tuple[Field, ...] = ("shift",) if SHIFT & set(self._words) else ()
        fields = (*shift, *_FIELDS[self._fields.register][self._role])
        return next(filter(None, (self._fields.find(field, name) for field in fields)), None)

    def _joins_two(self, place: int, size: int) -> bool:
        """Return whether the words are two names joined by "and", each of which some field holds."""
        words = self._words[place : place + size]
        if "and" not in words:
            return False
        before = words.index("and")
        return bool(self._look_up(place, before) and self._look_up(place + before + 1, size - before - 1))

    def _speaks(self, place: int, size: int) -> bool:
        """Return whether the name says what is listed, rather than receives it: "Demos's", "does Demos", "Demos
        asks".
        """
        end = place + size
        possessive = self._question[self._spans[end - 1][1] - 2 :][:3].replace("’", "'")
        if possessive.startswith("'s") or possessive.endswith("s'"):
            return True
        verb = self._words[end] if end < len(self._words) else ""
        active = verb == "asking" or (verb in ASKING - {"should"} and not set(self._words[:end]) & PASSIVE)
        return self._role == "speaker" or (self._recommends and active)

    def _goes_on(self, place: int) -> bool:
        """Return whether the name continues an earlier one: both are pieces of one that no field holds."""
        before = self._named_until - 1
        return 0 <= before == place - 1 and all(
            self._question[self._spans[word][0]].isupper() and self._question[self._spans[before][1]] == " "
            for word in (before, place)
        )

    def _is_asked_for(self, place: int, size: int) -> bool:
        """Return whether the named are asked for: "which councils are precedents", not "which council precedents"."""
        if not self._names_register or self._words[max(0, place - 1)] not in ("which", "what", "many"):
            return False
        behind = self._words[place + size :]
        to_kind = next((number for number, word in enumerate(behind) if word in KINDS), 0)
        return bool({"is", "are", "was", "were", "has", "have"} & set(behind[:to_kind]))

    def _add(self, found: Criterion | None, place: int) -> None:
        """Add a criterion; "and" merges it with the one before, otherwise both must hold."""
        if found is None:
            self._misread = True
            return
        start = self._spans[self._named_until - 1][1] if self._named_until else 0
        between = self._question[start : self._spans[place][0]]
        last = self._criteria[-1] if self._criteria else None
        if last and last.field == found.field and re.search(r",|/|&|\b(?:and|or)\b", between, re.IGNORECASE):
            values = tuple(dict.fromkeys((*last.values, *found.values)))
            self._criteria[-1] = replace(last, values=values, entries=last.entries | found.entries)
        elif found not in self._criteria:
            self._criteria.append(found)

    def _word(self, place: int) -> int:
        """Read one word that names nothing: it says what the next name is, is small, or is left over."""
        word, before = self._words[place], self._words[place - 1] if place else ""
        wishes = "would" in self._words and not self._names_register
        if word in KINDS:
            self._role = "any"
        elif word == "of" and before in LISTING:
            pass
        elif word in TOPIC or (word == "to" and before in RELATING):
            self._role = "about"
        elif (word in ASKING and self._recommends) or (word in _WISHED and wishes):
            self._asked, self._role = True, "object"
        elif self._asked and (word in ("of", "from") or (word == "on" and before.startswith("call"))):
            self._role = "to"
        elif word in ROLES and before not in TOPIC:
            is_verb = ROLES[word] == "object"
            self._role = "any" if is_verb and self._names_register else ROLES[word]
        elif word in REPORT and self._role != "to":
            self._add(self._fields.of_report, place)
        elif word in TIMING and self._recommends:
            self._add(self._fields.with_timeframe(), place)
        elif word in ("say", "says", "think", "thinks") and ("should" in self._words or "tank" in self._words):
            self._role = "object"
        elif not (word in SMALL or word in ROLES or self._words[place : place + 2] == ["how", "many"]) and (
            self._recommends or word not in SMALL_OF_CASES
        ):
            self._left.append((place, self._role))
        return 1
