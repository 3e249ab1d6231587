"""Makes follow-up questions stand alone, by what the earlier questions were about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.capitals import NATIONS, with_capitals
from assistant.answering.pronouns import (
    AUXILIARY,
    PREPOSITION,
    carries_on,
    counted_in,
    is_of_members,
    is_several,
    items_of,
    listed_in,
    names_in,
    people_in,
    points_back,
    replace_place,
    replace_pointer,
    replace_pronoun,
    spell_out,
    stands_for_person,
    subject_of,
    teller_of,
    without_opening,
)
from assistant.text.terms import content_terms

TURNS_READ = 8
"""Most turns of a conversation that are read, the latest ones."""
SAID_READ = 5000
"""Characters of an earlier answer in which names are looked for."""
_ASKS = rf"(?:who|whom|whose|what|which|when|where|why|how|{AUXILIARY})\b"
_ANOTHER = re.compile(
    rf"^(?:(?:and|but|so),? )?(?:(?:what|how) about|and(?! {_ASKS})(?! \w+ (?:which|what|whom)\b))"
    r" (?P<other>.+?)\s*\??$",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"^(?:(?:no|sorry|actually|oh|ok|wrong one)\b[,.:;! ]*){0,4}(?:i meant? )?(?P<other>.+?)"
    r"(?:,? (?:i meant?|not|rather than|instead of)\b.*)?[?.! ]*$",
    re.IGNORECASE,
)
"""A correction, once it is known to be one: "no, I meant the settlement", "the Act, not the Bill"."""
_CORRECTS = re.compile(r"\bi meant?\b(?! to\b)", re.IGNORECASE)
_NARROWS = re.compile(
    r"^(?:and )?(?:just|only) (?:(?:the )?ones (?P<place>(?:in|for|of|from|with|under|on) .+?)|(?P<kind>the .+? ones?))"
    r"(?:,? (?:pls|please|thanks))?[?.! ]*$",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:and )?(why(?: not)?|(?:since|by) when|by how much|when|how|where)\W*$", re.IGNORECASE)
_DEFINED = re.compile(rf"(?:who|what) (?:{AUXILIARY})\b", re.IGNORECASE)
"""A question of these is whole with one name: "What is HMT?", but "Which in Wales?"."""
_THEM = re.compile(r"\bthem\b", re.IGNORECASE)
_YES_OR_NO = re.compile(rf"(?:{AUXILIARY})\b", re.IGNORECASE)
_DATE = re.compile(r"\b(?:(?:\d{1,2} )?[A-Z][a-z]+ )?(?:19|20)\d\d(?:[-/–]\d{2,4})?\b")
_OF_A_NATION = re.compile(rf"\b(?:{'|'.join(NATIONS.values())})\b")
MOST_OTHER = 8
"""Most words after "What about …?" that replace something; a longer one is a question of its own."""
NAMED = 0.34
"""Share of names among a question's content words from which its names alone say what it is about."""
OWN_WORDS = 4
"""A question that opens with "And" is complete from this many content words, if it has a name."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class RuleRewriter:
    """Uses rules, no model; see :func:`standalone_question`."""

    def rewrite(self, question: str, conversation: Sequence[Turn]) -> str:
        """Return the question as it can be searched without the conversation."""
        return standalone_question(question, conversation)


def standalone_question(question: str, conversation: Sequence[Turn], names: Mapping[str, str] | None = None) -> str:
    """Return the question as it can be searched without the conversation.

    A pronoun is replaced by what an earlier question was about, "the second one" by that item of the last answer, and
    "What about Wales?" asks the previous question of Wales. Where no rule fits, the follow-up is appended to that
    question. A question that is complete is left as it is, whatever came before. ``names`` are those of the library,
    see `library_names`: typed in lower case they are names as well.

    >>> standalone_question("And who pays for them?", [Turn("What are Mission Councils?", "…")])
    'Who pays for Mission Councils?'
    """
    earlier: list[str] = []
    said = ""
    for turn in conversation[-TURNS_READ:]:
        earlier.append(_resolved(_written(turn.question, names, turn.answer + said), earlier, said).strip())
        said = turn.answer
    standalone = _resolved(_written(question, names, said), earlier, said)
    return question if standalone.lower() == question.lower() else standalone


def _written(question: str, names: Mapping[str, str] | None, said: str) -> str:
    return question if names is None else with_capitals(question, names, said[:SAID_READ])


def _resolved(question: str, earlier: Sequence[str], answer: str) -> str:
    """Make the question stand alone, given the standalone questions before and the last answer."""
    if not earlier:
        return question
    parent = earlier[-1]
    asked = without_opening(question)
    if named := replace_place(asked, items_of(answer)) or spell_out(asked, parent):
        return named
    if meant := _meant(question):
        return _corrected(meant, parent) or _with_context(question, parent)
    if other := _ANOTHER.match(question.strip()):
        return _asked_of(other["other"], parent) or _with_context(question, parent)
    if narrowed := _NARROWS.match(question.strip()):
        tail = f" {narrowed['place']}" if narrowed["place"] else f", only {narrowed['kind']}"
        return f"{parent.rstrip(' ?.!')}{tail}?"
    if (bare := _BARE.match(question.strip())) and _YES_OR_NO.match(parent) and "? " not in parent:
        return f"{bare[1].capitalize()} {parent[0].lower()}{parent[1:]}"
    if not points_back(question, f"{parent} {answer}"):
        return question if _says_enough(question, parent) else _with_context(question, parent)
    if stands_for_person(asked):
        people = [*people_in(parent), *people_in(answer)]
        return (people and replace_pronoun(asked, people[0])) or _with_context(question, parent)
    for before in reversed(earlier):
        subject = subject_of(before)
        if subject and (replaced := _replaced(asked, subject, is_several(before, subject))):
            return replaced
        # "How many others will get them?" is mostly about what those listed have.
        listed = None if _THEM.search(asked) else listed_in(before)
        if listed and (replaced := _replaced(asked, listed, is_plural=True)):
            return replaced
        # "The homes" alone would not say which; a name does.
        counted = counted_in(before) if names_in(before) else None
        if counted and (replaced := replace_pronoun(asked, counted, is_plural=True)):
            return _with_names(replaced, before)
        if names_in(before):  # it may have turned to something else, and "it" be that
            break
    body = subject_of(parent)
    is_body = body is not None and is_of_members(body)
    return (body and is_body and replace_pronoun(asked, body, is_plural=True)) or _with_context(question, parent)


def _replaced(asked: str, subject: str, is_plural: bool) -> str | None:
    return replace_pronoun(asked, subject, is_plural=is_plural) or replace_pointer(asked, subject, is_plural=is_plural)


def _says_enough(question: str, parent: str) -> bool:
    """Return whether a question that does not refer back can be searched alone."""
    words = content_terms(question)
    has_name = bool({*names_in(without_opening(question))} - {*names_in(parent)})
    if carries_on(question):
        return len(words) >= OWN_WORDS and has_name
    return len(words) >= 2 or (has_name and _DEFINED.match(question) is not None)


def _with_context(question: str, parent: str) -> str:
    """Return the question with the names of the previous one, or appended to it where that is about more than names."""
    named = set(content_terms(" ".join(_names_missed(question, parent))))
    if len(named) < NAMED * len(set(content_terms(parent))) or len(content_terms(question)) < 2:
        return f"{parent if parent[-1:] in ('?', '.', '!') else f'{parent}.'} {question}"
    return _with_names(without_opening(question), parent)


def _with_names(asked: str, parent: str) -> str:
    names = _names_missed(asked, parent)
    return f"{asked.rstrip(' ?.')} ({', '.join(names)})?" if names else asked


def _names_missed(question: str, parent: str) -> list[str]:
    return [name for name in names_in(parent) if name not in question]


def _asked_of(other: str, parent: str) -> str | None:
    """Return the previous question asked of something else, "What about Wales?"; None without a clear counterpart."""
    other = re.sub(r",? (?:instead|then|though)$", "", other)
    if points_back(other) or len(other.split()) > MOST_OTHER:
        return None
    if opening := re.match(rf"(?:{PREPOSITION})\b", other, re.IGNORECASE):
        place = re.sub(rf"^(?:{PREPOSITION}) (?:the )?", "", other, flags=re.IGNORECASE)
        if place in NATIONS and _OF_A_NATION.search(parent):
            return _OF_A_NATION.sub(NATIONS[place], parent, count=1)
        places = list(re.finditer(rf"\b{opening[0]}\b", parent, re.IGNORECASE))
        return f"{parent[: places[-1].start()] if places else parent.rstrip(' ?.!') + ' '}{other}?"
    if _DATE.fullmatch(other):
        return _DATE.sub(other, parent, count=1) if _DATE.search(parent) else None
    if other in NATIONS and _OF_A_NATION.search(parent):
        return _OF_A_NATION.sub(NATIONS[other], parent, count=1)
    names = names_in(parent)
    last = other.split()[-1].rstrip("s")
    alike = [name for name in names if name.split()[-1].rstrip("s") == last]
    is_name = other.split()[-1][:1].isupper()
    if not alike and (teller := teller_of(parent)) and (is_name or other.startswith("the ")):
        return parent[: teller.start(1)] + other + parent[teller.end(1) :]
    if not names or not is_name:
        return None
    replaced = rf"(?:\b(?:the|an?) )?{re.escape((alike or names)[0])}(?: {re.escape(last)}s?\b)?"
    return re.sub(replaced, lambda _: other, parent, count=1)


def _meant(question: str) -> str | None:
    """Return what was meant instead, "no, I meant the Act"; None where nothing is corrected."""
    found = _MEANT.match(question.strip()) if _CORRECTS.search(question) else None
    return found["other"] if found and len(found["other"].split()) <= MOST_OTHER else None


def _corrected(other: str, parent: str) -> str | None:
    """Return the previous question about what was meant: of its subject, or of what stands behind its preposition."""
    subject = subject_of(parent)
    last = re.search(rf"^(.*\b(?:{PREPOSITION})) (?!force\b).+$", parent, re.IGNORECASE)
    if subject and subject in parent and not (last and parent.index(subject) < last.end(1)):
        return parent.replace(subject, other, 1)
    return f"{last[1]} {other}?" if last else None
