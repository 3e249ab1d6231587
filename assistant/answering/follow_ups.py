"""Makes follow-up questions stand alone, by what the earlier questions were about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.pronouns import (
    AUXILIARY,
    PREPOSITION,
    carries_on,
    items_of,
    names_in,
    people_in,
    points_back,
    replace_place,
    replace_pointer,
    replace_pronoun,
    spell_out,
    stands_for_person,
    subject_of,
    without_opening,
)
from assistant.text.terms import content_terms

TURNS_READ = 8
"""Most turns of a conversation that are read, the latest ones."""
_ASKS = rf"(?:who|whom|whose|what|which|when|where|why|how|{AUXILIARY})\b"
_ANOTHER = re.compile(
    rf"^(?:(?:and|but|so),? )?(?:(?:what|how) about|and(?! {_ASKS})(?! \w+ (?:which|what|whom)\b))"
    r" (?P<other>.+?)\s*\??$",
    re.IGNORECASE,
)
_DEFINED = re.compile(rf"(?:who|what) (?:{AUXILIARY})\b", re.IGNORECASE)
"""A question of these is whole with one name: "What is HMT?", but "Which in Wales?"."""
_DATE = re.compile(r"\b(?:(?:\d{1,2} )?[A-Z][a-z]+ )?(?:19|20)\d\d(?:[-/–]\d{2,4})?\b")
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


def standalone_question(question: str, conversation: Sequence[Turn]) -> str:
    """Return the question as it can be searched without the conversation.

    A pronoun is replaced by what the previous question was about, "the second one" by that item of the last answer, and
    "What about Wales?" asks the previous question of Wales. Where no rule fits, the follow-up is appended to that
    question. A question that is complete is left as it is, whatever came before.

    >>> standalone_question("And who pays for them?", [Turn("What are Mission Councils?", "…")])
    'Who pays for Mission Councils?'
    """
    parent = answer = ""
    for turn in conversation[-TURNS_READ:]:
        parent, answer = _resolved(turn.question, parent, answer).strip(), turn.answer
    return _resolved(question, parent, answer)


def _resolved(question: str, parent: str, answer: str) -> str:
    """Make the question stand alone, given the previous standalone question and its answer."""
    if not parent:
        return question
    asked = without_opening(question)
    if named := replace_place(asked, items_of(answer)) or spell_out(asked, parent):
        return named
    if other := _ANOTHER.match(question.strip()):
        return _asked_of(other["other"], parent) or _with_context(question, parent)
    if not points_back(question, f"{parent} {answer}"):
        return question if _says_enough(question, parent) else _with_context(question, parent)
    if stands_for_person(asked):
        people = [*people_in(parent), *people_in(answer)]
        return (people and replace_pronoun(asked, people[0])) or _with_context(question, parent)
    subject = subject_of(parent)
    replaced = subject and (replace_pronoun(asked, subject) or replace_pointer(asked, subject))
    return replaced or _with_context(question, parent)


def _says_enough(question: str, parent: str) -> bool:
    """Return whether a question that does not refer back can be searched alone."""
    words = content_terms(question)
    has_name = bool({*names_in(without_opening(question))} - {*names_in(parent)})
    if carries_on(question):
        return len(words) >= OWN_WORDS and has_name
    return len(words) >= 2 or (has_name and _DEFINED.match(question) is not None)


def _with_context(question: str, parent: str) -> str:
    """Return the question with the names of the previous one, or appended to it where that is about more than names."""
    names = [name for name in names_in(parent) if name not in question]
    named = set(content_terms(" ".join(names)))
    if len(named) < NAMED * len(set(content_terms(parent))) or len(content_terms(question)) < 2:
        return f"{parent if parent[-1:] in ('?', '.', '!') else f'{parent}.'} {question}"
    asked = without_opening(question)
    return f"{asked.rstrip(' ?.')} ({', '.join(names)})?"


def _asked_of(other: str, parent: str) -> str | None:
    """Return the previous question asked of something else, "What about Wales?"; None without a clear counterpart."""
    if points_back(other) or len(other.split()) > MOST_OTHER:
        return None
    if opening := re.match(rf"(?:{PREPOSITION})\b", other, re.IGNORECASE):
        places = list(re.finditer(rf"\b{opening[0]}\b", parent, re.IGNORECASE))
        return f"{parent[: places[-1].start()]}{other}?" if places else None
    if _DATE.fullmatch(other):
        return _DATE.sub(other, parent, count=1) if _DATE.search(parent) else None
    names = names_in(parent)
    last = other.split()[-1].rstrip("s")
    alike = [name for name in names if name.split()[-1].rstrip("s") == last] or names
    if not alike or other.islower():
        return None
    replaced = rf"(?:\b(?:the|an?) )?{re.escape(alike[0])}(?: {re.escape(last)}s?\b)?"
    return re.sub(replaced, lambda _: other, parent, count=1)
