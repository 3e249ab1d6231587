"""Meanings of words for the checks: synonyms, opposites, and words that give a statement its force."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assistant.text.terms import STOPWORDS, stem

Phrase = tuple[str, ...]
"""Words in lower case, at most `LONGEST_PHRASE` of them."""
LONGEST_PHRASE = 6

_IRREGULAR = (
    "be is are was were been being am / have has had having / do does did done doing / make made / give gave given / "
    "take took taken / bring brought / build built / buy bought / choose chose chosen / come came / draw drew drawn / "
    "fall fell fallen / find found / get got / go went gone goes / grow grew grown / hold held / keep kept / "
    "know knew known / lead led / leave left / lose lost / mean meant / meet met / pay paid / put / rise rose risen / "
    "run ran / say said / see saw seen / seek sought / sell sold / send sent / set / show showed shown / "
    "speak spoke spoken / spend spent / spread / stand stood / teach taught / tell told / think thought / "
    "understand understood / undertake undertook undertaken / win won / write wrote written / begin began begun / "
    "become became / withdraw withdrew withdrawn / oversee oversaw overseen / shrink shrank shrunk / "
    "drive drove driven / break broke broken / split / cut / child children / person people / body bodies / "
    "forbid forbade forbidden / hear heard / feel felt / deal dealt / lend lent / strike struck / wear worn / "
    "arise arose arisen / bind bound / catch caught / fight fought / forget forgot forgotten / sit sat / swear sworn"
)
_LEMMA = {form: forms.split()[0] for forms in _IRREGULAR.split(" / ") for form in forms.split()}

PROPOSALS = "propose recommend suggest urge advocate want recommendation proposal suggestion"
"""Base forms of words that propose something without deciding it."""
ACTORS = (
    "government minister mayor council department treasury official regulator charity business firm company union "
    "citizen resident parliament commission committee court school hospital agency board team supplier buyer employer "
    "worker patient pupil parent landlord tenant developer investor bank university college police ministry chancellor "
    "secretary president commissioner auditor inspector trust association network lender borrower customer manager "
    "director councillor voter unit taskforce panel foundation society institute authority teacher nurse doctor "
    "region city town county office household builder firm club carer judge volunteer adviser expert "
    "academic leader chief think-tank opposition party mp peer lord"
).split()
"""Base forms of nouns for those who act: another one makes another statement."""
COMMON_VERBS = frozenset(
    "accept address advise aid allow appoint approve argue ask audit back ban blame bring build buy call carry cause "
    "chair challenge change choose claim collect control criticise cut defend deliver depend direct draw drive elect "
    "employ encourage examine expect fear fight fine follow force form fund get give govern grant guide help hire hold "
    "insure invite involve join judge keep lead leave lend let lose make manage meet mend monitor move need oppose "
    "order organise overtake own pay persuade praise press prevent produce promise protect provide pursue push reach "
    "receive reject rely represent require review reward rule run save sell send serve set shape share sue supply "
    "support take tax teach tell thank threaten train treat trust urge visit vote want warn watch win write".split()
)
"""Verbs in base form that are read as verbs between two nouns."""
PLACES = frozenset(
    "uk britain british england english scotland scottish wales welsh ireland irish france french germany german spain "
    "spanish italy italian japan japanese canada canadian denmark danish norway sweden swedish finland finnish "
    "netherlands dutch europe european america american china chinese india indian australia london manchester "
    "birmingham leeds liverpool sheffield newcastle bristol cornwall kent edinburgh glasgow cardiff belfast".split()
)
"""Places that are names even at the start of a sentence."""
BODIES_OF_GOVERNMENT = frozenset(
    "ministry minister department treasury cabinet secretary chancellor whitehall "
    "hmrc hmt beis dsit dhsc dwp defra mhclg desnz dcms dbt dfe mod moj fcdo downing ofgem ofsted".split()
)
"""Words in the names of bodies through which the government speaks."""
PAPERS_OF_GOVERNMENT = frozenset("paper statement act bill policy".split())
"""Last words in the names of papers through which it speaks."""


def phrases(listed: str) -> Iterator[Phrase]:
    """Yield the phrases of a list separated by slashes.

    >>> list(phrases("at least / over"))
    [('at', 'least'), ('over',)]
    """
    for item in listed.split("/"):
        yield tuple(item.replace("-", " ").split())


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _forces() -> tuple[dict[Phrase, tuple[str, str]], dict[Phrase, str], dict[Phrase, str]]:
    anywhere: dict[Phrase, tuple[str, str]] = {}
    at_amounts: dict[str, dict[Phrase, str]] = {"bound": {}, "side": {}}
    for line in _lines("force_words.txt"):
        named, listed = line.split(" = ")
        family, name = named.split(", ")
        for phrase in phrases(listed):
            if family in at_amounts:
                at_amounts[family][phrase] = name
            else:
                anywhere[phrase] = (family, name)
    return anywhere, at_amounts["bound"], at_amounts["side"]


FORCES, AT_NUMBERS, AT_DATES = _forces()
"""Return family and class of each phrase that gives a statement its force; those at a number; those at a date."""
FORCE_STARTS = frozenset(phrase[0] for table in (FORCES, AT_NUMBERS, AT_DATES) for phrase in table)


def _groups() -> dict[Phrase, frozenset[int]]:
    table: dict[Phrase, frozenset[int]] = {}
    for number, line in enumerate(_lines("synonyms.txt")):
        for phrase in phrases(line):
            table[phrase] = table.get(phrase, frozenset()) | {number}
    return table


GROUPS = _groups()
"""Numbers of the groups of similar meaning that a phrase, as listed, belongs to."""


def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in _lines("opposites.txt"):
        left, right = (frozenset(side.replace("-", "").split()) for side in line.split("/"))
        for words, others in ((left, right), (right, left)):
            for word in words:
                table[word] = table.get(word, frozenset()) | others
    return table


OPPOSITES = _opposites()
"""The opposites of a word in base form."""


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """Return the base form of a lower-case word, as far as the lists know it; otherwise the word.

    >>> lemma("chosen"), lemma("policies"), lemma("merging"), lemma("boards")
    ('choose', 'policy', 'merge', 'board')
    """
    if word in _LEMMA:
        return _LEMMA[word]
    if word in _KNOWN:
        return word
    for candidate in _candidates(word):
        if candidate in _KNOWN:
            return candidate
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


_ACTOR_SET = frozenset(ACTORS)
_KNOWN = {word for phrase in GROUPS for word in phrase} | _ACTOR_SET | set(OPPOSITES)


def _candidates(word: str) -> Iterator[str]:
    for ending in ("s", "es", "ed", "d", "ing", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            cut = word[: -len(ending)]
            if ending in ("ed", "ing"):
                yield cut + "e"
            if cut not in STOPWORDS:  # "noted" is not a form of "not"
                yield cut
            if ending in ("ed", "ing") and len(cut) > 2 and cut[-1] == cut[-2]:
                yield cut[:-1]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ied"):
        yield word[:-3] + "y"


def is_actor(base: str) -> bool:
    """Return whether a noun in base form names somebody who acts."""
    return base in _ACTOR_SET


@lru_cache(maxsize=65536)
def key_of(base: str) -> str:
    """Return the stem that forms of a word share."""
    return stem(base) if base else base


GROUPED_PHRASES = {tuple(map(lemma, phrase)): numbers for phrase, numbers in GROUPS.items() if len(phrase) > 1}
"""The groups of phrases of several words, each word in base form."""
PHRASE_STARTS = frozenset(phrase[0] for phrase in GROUPED_PHRASES)


def _one_words() -> dict[int, str]:
    table: dict[int, str] = {}
    for phrase, numbers in GROUPS.items():
        for number in numbers:
            if len(phrase) == 1:
                table.setdefault(number, phrase[0])
    return table


ONE_WORDS = _one_words()
"""The first single word of each group, which represents its phrases."""
