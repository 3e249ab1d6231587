"""What words mean to the checks: which say the same, which the contrary, and which give a statement its force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from assistant.terms import stem

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

MODALS: Mapping[str, str] = {
    "must": "must / shall / have to / has to / had to / having to / need to / needs to / needed to / required to / "
    "obliged to / forced to / compelled to / mandatory / compulsory / obligatory / is required / are required / be required / is a duty / are duty bound to",
    "should": "should / ought to",
    "may": "may / can / could / might / able to / allowed to / permitted to / free to / has the power to / "
    "have the power to / has the option / have the option / at liberty to / entitled to / optional / be allowed / "
    "in a position to / let / lets / letting / allow / allows / allowed / permit / permits / open to / power to / powers to / "
    "right to / given the power",
    "will": "will / is to / are to / was to / were to / going to / is set to / are set to / is due to / are due to / "
    "was due to / were due to",
    "would": "would",
    "plan": "plan to / plans to / planned to / planning to / intend to / intends to / intended to / aim to / aims to / "
    "aimed to / hope to / hopes to / hoped to / propose to / proposes to / proposed to / wish to / wishes to / "
    "set out to / sets out to / plans for / seeks to / seek to / sought to",
    "expect": "expected to / expects to / expect to / likely to / thought to / expects / expected / forecast to",
    "promise": "promised / promise to / promises to / promise / promises / pledged / pledge to / pledges / "
    "committed to / commits to / commit to / commitment to / undertook to / undertaken to / undertakes to / vowed / "
    "has committed / have committed / gave an undertaking",
    "decide": "decided / decides / has agreed / have agreed / agreed to / resolved to / ruled that / government policy",
    "need-not": "need not / needn't / does not have to / do not have to / did not have to / does not need to / "
    "do not need to / not required to / not obliged to / no need to / under no obligation / without having to / "
    "no obligation to / no duty to",
}
"""What somebody is bound, asked, allowed or going to do, by class."""
PROPOSALS = "propose recommend suggest urge advocate want recommendation proposal suggestion"
"""Base forms of the words that put something forward without deciding it."""
NEGATIONS = (
    "not / no / never / none / nor / neither / without / cannot / nobody / nothing / fail to / fails to / failed to / "
    "unable to / yet to / no longer / refused to / refuses to / declined to / declines to / nowhere / stop short of / "
    "stops short of / stopped short of / rules out / ruled out / rule out"
)
NO_NEGATIONS = "not only / not merely / not just / not simply / if not / whether or not / no matter / no doubt"
QUANTIFIERS: Mapping[str, str] = {
    "all": "all / every / each / whole / entire / every one of / everyone / all of",
    "most": "most / most of / the majority of / a majority of / majority",
    "many": "many / numerous / a lot of / lots of / a large number of",
    "some": "some / several / certain / a number of / some of / various",
    "few": "few / a few / a handful of / hardly any / few of / a minority of",
    "not all": "not all / not every / only some / only some of / only a few / only few / only part of / not each",
    "always": "always / invariably / without exception / at all times",
    "often": "often / frequently / usually / commonly / generally / regularly / "
    "typically / normally / ordinarily / as a rule / in general / tend to / tends to / frequent / usual / common for",
    "sometimes": "sometimes / occasionally / at times / from time to time / now and then",
    "rarely": "rarely / seldom / hardly ever / rare / rare for",
    "entirely": "entirely / wholly / fully / completely / in full",
    "mostly": "largely / mostly / chiefly / mainly / for the most part / primarily",
    "partly": "partly / in part / partially / to some extent",
    "only": "only / solely / exclusively / alone / nothing but",
}
BOUNDS: Mapping[str, str] = {
    "least": "at least / more than / over / above / upwards of / exceeding / no fewer than / no less than / not less than / "
    "beyond / far more than / a minimum of / minimum of / in excess of / well over / just over / or more / and above / "
    "only after / greater than / at a minimum",
    "most": "at most / up to / under / below / fewer than / less than / within / inside / no more than / as many as / "
    "as much as / a maximum of / maximum of / not more than / or fewer / or less / no later than / at the most",
    "nearly": "nearly / almost / close to / just under / not quite / approaching",
    "about": "about / around / roughly / approximately / circa / some / broadly / or so",
}
"""Words at a number that say on which side of it the amount lies."""
SIDES: Mapping[str, str] = {
    "by": "by / by the end of / no later than / before the end of / by the close of",
    "before": "before / ahead of / prior to",
    "until": "until / till / up to / through to",
    "after": "after / following / only after / later than",
    "since": "since / from / as of / starting in / beginning in / ever since",
}
"""Words at a date that say on which side of it something lies."""
ACTORS = (
    "government minister mayor council department treasury official regulator charity business firm company union "
    "citizen resident parliament commission committee court school hospital agency board team supplier buyer employer "
    "worker patient pupil parent landlord tenant developer investor bank university college police ministry chancellor "
    "secretary president commissioner auditor inspector trust association network lender borrower customer manager "
    "director councillor voter unit taskforce panel foundation society institute authority teacher nurse doctor "
    "region city town county office household builder firm club member carer judge volunteer adviser expert academic think-tank opposition party mp peer lord"
).split()
"""Base forms of nouns that name who acts: one in the place of another is another statement."""
BODIES_OF_GOVERNMENT = frozenset(
    "ministry minister department treasury cabinet secretary chancellor whitehall policy white bill act statement "
    "hmrc hmt beis dsit dhsc dwp defra mhclg desnz dcms dbt dfe mod moj fcdo home downing ofgem ofsted".split()
)
"""Words in the names of bodies and papers by which the government speaks."""


def phrases(listed: str) -> Iterator[Phrase]:
    """The phrases of a list with slashes between.

    >>> list(phrases("at least / over"))
    [('at', 'least'), ('over',)]
    """
    for item in listed.split("/"):
        yield tuple(item.replace("-", " ").split())


def _forces() -> dict[Phrase, tuple[str, str]]:
    table: dict[Phrase, tuple[str, str]] = {}
    families = {"side": SIDES, "bound": BOUNDS, "quantifier": QUANTIFIERS, "modality": MODALS}
    for family, classes in families.items():
        for name, listed in classes.items():
            for phrase in phrases(listed):
                table[phrase] = (family, name)
    table |= dict.fromkeys(phrases(NEGATIONS), ("negation", "not"))
    return table | dict.fromkeys(phrases(NO_NEGATIONS), ("stop", ""))


FORCES = _forces()
"""Family and class of each phrase that gives a statement its force."""
AT_NUMBERS = {phrase: name for name, listed in BOUNDS.items() for phrase in phrases(listed)}
AT_DATES = {phrase: name for name, listed in SIDES.items() for phrase in phrases(listed)}


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _groups() -> dict[Phrase, frozenset[int]]:
    table: dict[Phrase, frozenset[int]] = {}
    for number, line in enumerate(_lines("synonyms.txt")):
        for phrase in phrases(line):
            table[phrase] = table.get(phrase, frozenset()) | {number}
    return table


GROUPS = _groups()
"""Numbers of the groups of words alike in meaning that a phrase, as listed, belongs to."""


def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in _lines("opposites.txt"):
        left, right = (frozenset(side.replace("-", "").split()) for side in line.split("/"))
        for words, others in ((left, right), (right, left)):
            for word in words:
                table[word] = table.get(word, frozenset()) | others
    return table


OPPOSITES = _opposites()
"""For a word in base form those that say the contrary."""


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """The base form of a word in lower case, as far as the lists know it; otherwise the word.

    >>> lemma("chosen"), lemma("policies"), lemma("merging"), lemma("boards")
    ('choose', 'policy', 'merge', 'board')
    """
    if word in _LEMMA:
        return _LEMMA[word]
    if (word,) in GROUPS or word in _ACTOR_SET:
        return word
    for candidate in _candidates(word):
        if (candidate,) in GROUPS or candidate in _ACTOR_SET or candidate in OPPOSITES:
            return candidate
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


_ACTOR_SET = frozenset(ACTORS)


def _candidates(word: str) -> Iterator[str]:
    for ending in ("s", "es", "ed", "d", "ing", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            cut = word[: -len(ending)]
            yield cut
            if ending in ("ed", "ing"):
                yield cut + "e"
                if len(cut) > 2 and cut[-1] == cut[-2]:
                    yield cut[:-1]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ied"):
        yield word[:-3] + "y"


def is_actor(base: str) -> bool:
    """True for a noun that names who acts, in base form."""
    return base in _ACTOR_SET


@lru_cache(maxsize=65536)
def key_of(base: str) -> str:
    """The stem under which forms of a word meet."""
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
"""For a group its first single word, which stands for its phrases."""
