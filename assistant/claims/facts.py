"""The veto of facts: what of a claim cannot follow from its context, whatever the words between say.

Compares figures, dates, names, denial and words in quotation marks. It speaks only where it is sure, and never
approves: a claim without a clash may still say something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from math import inf

from assistant.deadlines import check_deadline, within_deadline
from assistant.records import Reason
from assistant.text.amounts import DATES, Amount, amounts
from assistant.text.caching import kept
from assistant.text.sentences import split_sentences
from assistant.text.terms import STOPWORDS, content_terms, stem

_SMALL_COUNT = 12
"""Up to here a number may have been counted by the writer: "both firms", "three reasons"."""
_MOST_SHARED = 12
_LARGE = 1000
"""From here on numbers are taken to count the same thing."""

_CAPITALISED = r"(?<![\w’'-])(?:[A-Z][\w’'&-]*|[a-z]+[A-Z]{2,}\w*)"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s(?:(?:of|and|for|the|on|in)\s){{0,2}}{_CAPITALISED})*")
_PLACED = re.compile(rf"\b(in|at|from|by|under|of|than|with)\s((?:the\s)?{_CAPITALISED}(?:\s{_CAPITALISED})*)")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,7}(?=s?\b)")
_SMALL_WORDS = frozenset("a an and for in of on or the to with by at".split())
_OPENS_AS_NAME = re.compile(
    r"(?P<name>[A-Z][\w’'-]*)(?:['’]s\b|,\s(?:an?|the|which|who|one|then)\b|\s(?:says?|said|argue[sd]?|expects?|expected|wants?|wanted|asks|asked|calls|called|"
    r"reports|reported|finds|found|warns|warned|notes|noted|thinks|thought|estimates|estimated|checked|judges|judged|"
    r"proposes|proposed|recommends|recommended|suggests|suggested|feared|fears|objects|objected|welcomed|welcomes|has|"
    r"had|is|was|were|does|did|will|would|and [A-Z]\w+)\b)"
)
_MASS_NOUN = re.compile(r".*(?:ing|ion|ment|ness|ity|ship|ance|ence|th|al|age|ly|more|s)$")
_EVERYDAY = frozenset(
    "money work power crime demand staff research trust debt help care advice food water housing however moreover "
    "overall today nobody everybody everyone anyone someone meanwhile instead otherwise therefore data people".split()
)
_ANYWHERE = frozenset(
    "uk british britain government minister parliament whitehall mp act bill plan paper report white green section "
    "page chapter table mr mrs ms sir dame lord lady professor dr january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec ai monday tuesday wednesday "
    "thursday friday saturday sunday i number".split()
)
"""Capitalised words that may be said of almost any context of these texts; months are compared as dates."""
_SAME = tuple(
    frozenset(words.split())
    for words in (
        *("england english", "wales welsh", "scotland scottish scots", "ireland irish", "germany german germans"),
        *("france french", "netherlands dutch", "spain spanish", "italy italian", "japan japanese", "china chinese"),
        *("europe european eu", "america american us usa", "denmark danish", "sweden swedish", "norway norwegian"),
        *("finland finnish", "canada canadian", "australia australian", "vcse charity charities"),
    )
)
"""Words that stand for each other."""
_PLACES = frozenset().union(*_SAME[:-1])
"""Names also at the start of a sentence."""

_CLAUSE_END = re.compile(
    r"[;:]\s|,\s(?=(?:but|although|though|while|whereas|and|yet|so|nor|which|who|or|not)\b)|\.\s|\s\(|\)\s?|"
    r"\s(?=(?:but|although|whereas|yet|because)\s)"
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|neither|none|nobody|nothing|cannot|without|nowhere)\b|n['’]t\b|\bnon(?=-\w+\s(?:is|are)\b)",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\b(?:not (?:only|merely|solely|just|least|simply)|no (?:fewer|more|less|later|longer) than|if not|no doubt|"
    r"no matter|whether or not|no\.? ?1[01])\b",
    re.IGNORECASE,
)
_HALF_DENIAL = re.compile(
    r"\b(?:fail\w*|lack\w*|refus\w*|declin\w*|reject\w*|den(?:y|ies|ied)|exclu\w+|exempt\w*|outside|out|beyond|stop\w*|"
    r"prevent\w*|block\w*|avoid\w*|oppos\w*|against|absen\w+|miss\w*|un(?!i|de|til|der|less)\w{4,}|in(?:suffic|complet|ab)\w+|"
    r"impossib\w+|optional|voluntar\w+|only|alone|hardly|barely|rarely|seldom|few|little|less|instead|rather|except|"
    r"unless|yet|despite|free|abolish\w*|remov\w+|replac\w+|drop\w*|le(?:ave|ft|aves)|spare\w*|bann?\w*|bar(?:red|s)?|"
    r"prohibit\w*|forbid\w*|ceas\w+|short of|far from|nor|no longer|not until|otherwise|still|undecid\w+|weak\w*|"
    r"poor\w*|neglect\w*|withh\w+|doubt\w*|remain\w*|stays?|same|at most|w(?:as|ere) last|even|non-\w+)\b",
    re.IGNORECASE,
)
"""Words that may deny without "not": where one stands, no denial is called a clash."""
_SAME_MATTER = 0.34
"""Least share of the terms of two clauses, by the longer, that both must have for their denials to be compared."""
_FEWEST_TERMS = 3
_DENIED_TERMS = 3
_SAME_SENTENCE = 0.5
"""Least share of a claim's terms that a sentence must hold for its small numbers to be compared."""
_QUOTED = re.compile(r"[“\"]([^“”\"]{2,300})[”\"]")


def fact_clashes(claim: str, words: str, around: str = "") -> tuple[Reason, ...]:
    """Return the facts of a claim that its context has otherwise, or not at all; the reason's context is then empty.

    Args:
        claim: a sentence.
        words: what it cites.
        around: what may be taken for granted beside it: headings, speakers, titles, dates, the question.

    >>> fact_clashes("The unit has about 40 staff.", "The unit has roughly 25 staff.")
    (Reason(check='figure', claim='40', context='25'),)
    >>> fact_clashes("A quarter of the 24 staff left.", "Six of the staff left; 24 had worked there: 25% gone.")
    ()
    """
    check_deadline()
    clashes = [*_amount_clashes(claim, words, around), *_name_clashes(claim, words, around)]
    clashes += [*_denial_clashes(claim, words), *_quoted_clashes(claim, f"{words}\n{around}")]
    return tuple(dict.fromkeys(clashes))


def _amount_clashes(claim: str, words: str, around: str) -> Iterator[Reason]:
    said = amounts(claim)
    if not said:
        return
    here, near = amounts(words), (*amounts(around), *_shares(amounts(words)))
    for amount in said:
        check = "date" if amount.kind in DATES else "figure"
        if any(amount.follows_from(other) for other in (*here, *near)) or _written_in(
            amount, claim, f"{words} {around}"
        ):
            continue
        counting = amount.kind == "number" and amount.value <= _SMALL_COUNT and amount.value % 1 == 0
        rivals = [other for other in here if _is_rival(amount, other, said)]
        if counting and not rivals:
            rivals = [other for other in amounts(_nearest_sentence(claim, words)) if _counts_too(other, said)]
        if rivals:
            nearest = min(
                rivals, key=lambda other: (-_shared(amount, other, said, here), abs(other.value - amount.value))
            )
            yield Reason(check, amount.words, nearest.words)
        elif not (counting or amount.kind in ("ordinal", "label", "frequency") or _is_reckoned(amount, claim)):
            yield Reason(check, amount.words, "")


def _shared(amount: Amount, other: Amount, said: Sequence[Amount], here: Sequence[Amount]) -> int:
    """Return how much two dates share, whichever of day, month and year ``amount`` is; a month counts twice."""
    theirs = {_part(item) for item in here if item.words == other.words and item.kind in DATES}
    own = [item for item in said if item.words == amount.words and item.kind in DATES]
    return sum(2 if item.kind == "month" else 1 for item in own if _part(item) in theirs)


def _part(date: Amount) -> tuple[str, float]:
    return date.kind, (date.value - 1) % 12 if date.kind == "month" else date.value


def _is_reckoned(amount: Amount, claim: str) -> bool:
    """Return whether a duration is one between two dates, which its writer may have reckoned: "ten years later"."""
    behind = rf"{re.escape(amount.words)}\s(?:later|earlier|afterwards|after|before|on)\b"
    return amount.kind == "duration" and re.search(behind, claim, re.IGNORECASE) is not None


def _shares(held: Sequence[Amount]) -> Iterator[Amount]:
    """Yield the shares that plain numbers make: "eight of the 12" is two-thirds."""
    numbers = [amount for amount in held if amount.kind == "number" and 0 < amount.value < inf][:_MOST_SHARED]
    for part, whole in permutations(numbers, 2):
        if part.value < whole.value:
            yield replace(part, kind="share", value=100 * part.value / whole.value, step=0.0)


def _is_rival(amount: Amount, other: Amount, said: tuple[Amount, ...]) -> bool:
    """Return whether a figure of the context stands in the place of one that the claim has and the context lacks."""
    if other.kind != amount.kind or any(own.follows_from(other) or other.equals(own) for own in said):
        return False
    if amount.kind in ("number", "ordinal"):
        return bool(amount.counts & other.counts) or min(amount.value, other.value) >= _LARGE
    return True


def _counts_too(other: Amount, said: tuple[Amount, ...]) -> bool:
    """Return whether a small number of the context is one that the claim leaves out."""
    return (
        other.kind == "number"
        and other.value <= _SMALL_COUNT
        and not any(own.kind in ("number", "share", "frequency") and own.follows_from(other) for own in said)
    )


def _nearest_sentence(claim: str, words: str) -> str:
    """Return the sentence of the context that holds most of the claim's words; empty if that is less than half."""
    terms = set(content_terms(claim))
    held = [(len(terms & own), place) for place, (_, own) in enumerate(_sentences(words))]
    common, place = max(held, key=lambda item: (item[0], -item[1]), default=(0, 0))
    return _sentences(words)[place][0] if held and common >= _SAME_SENTENCE * len(terms) else ""


@kept(256)
def _sentences(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the sentences of a text, each with its terms."""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    return tuple((sentence, frozenset(content_terms(sentence))) for sentence in within_deadline(sentences))


def _written_in(amount: Amount, claim: str, text: str) -> bool:
    """Return whether the words stand there as they are, read as something else there: "from 39 to 79 per cent"."""
    words = re.escape(amount.words)
    joined = re.search(rf"(?<![\w.,]){words}\s(?:to|and|or)\s", claim)
    behind = r"(?!\d|[.,]\d)" if joined else r"(?![\w%]|[.,]\d)"
    return re.search(rf"(?<![\w.,]){words}{behind}", text, re.IGNORECASE) is not None


def _name_clashes(claim: str, words: str, around: str) -> Iterator[Reason]:
    held = _held(f"{words} {around}", claim)
    for start, end in split_sentences(claim):
        sentence = _joined(claim[start:end])
        for found in within_deadline(list(_NAME.finditer(sentence))):
            parts = _words_of_name(found, sentence)
            missing = [word for word in parts if not _is_held(word, held)]
            if not missing or _adds_first_name(parts, missing, words):
                continue
            yield Reason("name", found[0], _rival_name(found, sentence, claim, words))


def _rival_name(found: re.Match[str], sentence: str, claim: str, words: str) -> str:
    """Return the name that the context has in this one's place, which the claim does not say; empty if none is sure."""
    placed = {before.lower(): name for before, name in _PLACED.findall(words)}
    before = _PLACED.search(sentence, max(0, found.start() - 12), found.end())
    rival = (placed.get(before[1].lower(), "") if before else "") or _of_same_kind(found[0], words)
    said = set(content_terms(claim)) - {stem(found[0].split()[-1].lower())}
    return "" if said & set(content_terms(rival)) else rival


def is_named(name: str, text: str) -> bool:
    """Return whether all words of a name stand in a text, spelt out or abbreviated.

    >>> is_named("The NAO", "The National Audit Office reports."), is_named("Reed Institute", "Reed House")
    (True, False)
    """
    words = [word for word in re.findall(r"[\w&]+", re.sub(r"['’]s?\b", "", name)) if word.lower() not in _SMALL_WORDS]
    held = _held(text, name)
    return bool(words) and all(_is_held(word, held) for word in words)


def _words_of_name(found: re.Match[str], sentence: str) -> list[str]:
    """Return the words of a name that a context must hold: the opening word of a sentence mostly is no name."""
    words = [word for word in re.findall(r"[\w&]+(?:-\w+)*", re.sub(r"['’]s?\b", "", found[0])) if not word.isdigit()]
    opening = not re.search(r"\w", sentence[: found.start()]) or bool(
        re.search(r"[:“\"]\s?$", sentence[: found.start()])
    )
    if opening and words and not re.search(r"[A-Z].*[A-Z]", words[0]) and words[0].lower() not in _PLACES:
        alone = _OPENS_AS_NAME.match(sentence, found.start())
        first = words[0].lower()
        if len(words) == 1 and (not alone or _MASS_NOUN.match(first) or first in _EVERYDAY | STOPWORDS):
            return []
        if len(words) > 1 and not re.match(rf"{words[0]} and\b", found[0]):
            words = words[1:]  # in "Only Hull pays" and "Councillor Reed" the rest decides
    words = [word for word in words if word.isalpha() or not re.search(r"\d|[²³]", word)]  # "G7", "CO2"
    return [word for word in words if not {word.lower(), word.lower().rstrip("s")} & (_SMALL_WORDS | _ANYWHERE)]


def _adds_first_name(parts: list[str], missing: list[str], words: str) -> bool:
    """Return whether "Keir Starmer" stands for a "Starmer" that the context names alone."""
    if len(parts) < 2 or missing != parts[:1]:
        return False
    return bool(re.search(rf"(?:^|\b[a-z][\w’'-]*\s|[.,;:(]\s?){re.escape(parts[-1])}\b", words))


def _is_held(word: str, held: frozenset[str]) -> bool:
    word = re.sub(r"(?<=[A-Z])s$", "", word).lower()  # "SMEs"
    parts = [part for part in word.split("-") if part]
    return all({part, f"{part}s", stem(part)} & held for part in parts)


def _of_same_kind(name: str, words: str) -> str:
    """Return a name of the context that ends as this one does: "Cabinet Office" beside "Home Office"."""
    last = name.split()[-1]
    if len(name.split()) < 2:
        return ""
    return next((found[0] for found in _NAME.finditer(words) if found[0] != name and found[0].endswith(f" {last}")), "")


@kept(256)
def _held(text: str, claim: str) -> frozenset[str]:
    """Return words and stems of a text, with those of the claim that it abbreviates or spells out."""
    text = _joined(text)
    held = set(re.findall(r"[\w&]+", re.sub(r"['’]s?\b", "", text.lower())))
    held |= set(content_terms(text)) | {stem(word) for word in held}
    for acronym in set(_ACRONYM.findall(claim)):
        if _spelt_out(acronym, text):
            held.add(acronym.lower())
    for acronym in set(_ACRONYM.findall(text)):
        held.update(word for name in _spelt_out(acronym, claim) for word in (name, stem(name)))
    return frozenset(held).union(*(same for same in _SAME if same & held))


def _joined(text: str) -> str:
    """Return "U.S." as "US"."""
    return re.sub(r"\b([A-Z])\.(?=[A-Z]\b)", r"\1", text)


def _spelt_out(acronym: str, text: str) -> list[str]:
    """Return the run of words whose initials spell the acronym; nothing where there is none."""
    words = [word.lower() for word in re.findall(r"[A-Za-z][\w’']*", text)]
    for kept_words in ([word for word in words if word not in _SMALL_WORDS], words):
        place = "".join(word[0] for word in kept_words).find(acronym.lower())
        if place >= 0:
            return kept_words[place : place + len(acronym)]
    return []


def _denial_clashes(claim: str, words: str) -> Iterator[Reason]:
    """Yield where a clause denies what the nearest clause of the context affirms, or affirms what that denies."""
    held = _clauses(words)
    for clause, terms in within_deadline(_clauses(claim)):
        shares = [len(terms & other) / max(len(terms), len(other), _FEWEST_TERMS) for _, other in held]
        best = max(shares, default=0.0)
        if best < _SAME_MATTER:
            continue
        nearest = [text for (text, _), share in zip(held, shares, strict=True) if share >= 0.8 * best]
        if all(_opposed(clause, text) for text in nearest):
            yield Reason("denial", clause.strip(), nearest[0].strip())


@kept(256)
def _clauses(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the clauses of a text, each with its terms."""
    clauses = (clause for clause in _CLAUSE_END.split(text) if clause and clause.strip())
    return tuple((clause, frozenset(content_terms(clause))) for clause in within_deadline(list(clauses)))


def _half_denials(text: str) -> set[str]:
    return {word.lower() for word in _HALF_DENIAL.findall(text)}


def _opposed(clause: str, other: str) -> bool:
    """Return whether one clause denies a word that the other affirms, and no other word in them may deny."""
    if _half_denials(clause) != _half_denials(other):
        return False
    ours, theirs = _denied(clause), _denied(other)
    if len(ours) % 2 == len(theirs) % 2:
        return False
    denied, terms = (ours, content_terms(other)) if ours else (theirs, content_terms(clause))
    return any(set(words) & set(terms) for words in denied)


def _denied(clause: str) -> list[list[str]]:
    """Return, for each denial, the stems of the first words behind it."""
    plain = _NO_DENIAL.sub(" ", clause)
    return [content_terms(plain[found.end() :])[:_DENIED_TERMS] for found in _DENIAL.finditer(plain)]


def _quoted_clashes(claim: str, text: str) -> Iterator[Reason]:
    held = _plain(text)
    for found in _QUOTED.finditer(claim):
        if _plain(found[1]).strip(" .,;") not in held:
            yield Reason("quoted words", found[1], "")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())
