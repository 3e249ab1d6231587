"""What a question names, and which of its words refer to something said before it.

Uses patterns of English questions, no model. What no pattern covers is None or empty, never a guess.
"""

from __future__ import annotations

import re

from assistant.text.terms import content_terms

AUXILIARY = "do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|shall|must|may|might|ought"
PREPOSITION = "of|to|for|about|with|from|by|on|after|against|in|under|before|like|than|into|at|without|behind"
_SAYING = (
    "say|think|want|recommend|propose|suggest|find|see|warn|argue|call|judge|note|report|forecast|expect|describe|rate|"
    "welcome|criticise|object|respond|ask|advise|demand|conclude"
)
_PLACES = {
    "first": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "sixth": 5,
    "last": -1,
    "former": 0,
    "latter": -1,
}
_POSSESSIVE = ("its", "their", "his", "her")
_OPENS_CLAUSE = (
    "that|which|who|whom|what|how|where|why|when|if|before|after|until|than|as|because|while|whether|says?|said|thinks?|"
    "believes?|claims?|insists?|reckons?"
)
OPENING = 1000
"""Characters of a question in which words can refer back; later ones have enough before them to refer to."""
LONG = 5
"""A question of this many content words explains its own pronouns."""
_PLURAL = ("they", "them", "their", "these", "those")
_PEOPLE = ("he", "she", "him", "his", "her")

_COUNTED = re.compile(rf"how many ((?:[a-z-]+ ){{0,2}}[a-z-]+s) (?:{AUXILIARY})\b", re.IGNORECASE)
_LISTED = re.compile(r"which ((?:[a-z-]+ ){0,2}[a-z-]+s) ((?:are|were|have|get|got|make|made)\b .+)$", re.IGNORECASE)
_MEMBERS = re.compile(
    r"\b(?:board|commission|committee|council|department|forum|government|group|ministry|office|panel|team|treasury|unit)\b",
    re.IGNORECASE,
)
_OF_SEVERAL = {"is": "are", "was": "were", "has": "have"}
_DOES = (
    "(?:[a-z]+ed|laid|set|made|held|begun|end|start|begin|open|close|meet|work|appear|contribute|cover|promise|require|"
    "happen|change|fail|collapse|exist|do|say|aim|worth|come into force)"
)
"""Verbs that a question may end with, after its subject."""

_TELLER = re.compile(
    rf"(?:what|how) (?:do|does|did|will|would) (.{{2,80}}?) (?:react|{_SAYING}|make of)\b", re.IGNORECASE
)
_CARRIES_ON = re.compile(r"^\s*(?:and|but|so|or|also|then|plus)\b,?\s*", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?P<word>(?-i:it|It)|its|they|them|their|he|she|him|his|her"
    r"|(?:these|those)(?! (?:that|who|which|in|of|with)\b))\b",
    re.IGNORECASE,
)
_TIMES = "year|month|week|parliament|country|government|report|library"
_POINTER = re.compile(
    # "Is that so?", "How much will that save?", "most of that", but not "bodies that speak"
    r"\b(?:this|that)(?=\s*[?.,!]|$)"
    rf"|(?:^|\b(?:{AUXILIARY}|think) )(?:this|that)(?= (?:mean|cost|save|go|goes|work|works|apply|matter|happen|take|"
    rf"change|come|make|leave|affect|compare|start|end|set|been|be|so|a|the|just|only|really|still|also|government|policy|"
    rf"official|law|legal|statutory|binding|published|launched|announced|agreed|decided|written|introduced|passed|signed|"
    rf"funded|proposed|{AUXILIARY})\b)"
    rf"|\b(?:{PREPOSITION}) (?:this|that)\b(?! (?:{_TIMES})\b)"
    rf"|\b(?:(?:the|that|this|which|an?|{PREPOSITION}) one|ones)(?=\s*[?.,!]|$)|\bthe ones? (?=for|of|in)"
    rf"|^which ones? (?:{AUXILIARY})\b"
    rf"|\bthe others?\b|\b(?:who|what|anything|anyone|where) else\b|\b(?:the same|instead|there)(?=\s*[?.!]|$)",
    re.IGNORECASE,
)
_DETERMINER = re.compile(rf"\b(?:this|that) (?!(?:{_TIMES})\b)(?P<noun>[\w-]+)", re.IGNORECASE)
_EXPLETIVE = re.compile(
    rf"\b(?:{AUXILIARY}) it (?:be |not |now )?(?:to|true|right|all right|fair|possible|likely|legal|lawful|worth \w|"
    r"necessary|clear|said|important|take|matter|cost to|make sense|mean to)\b|^is it [^?]{3,40} that\b|"
    r"\bit (?:takes|makes sense)\b|\bsees? it\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[.!?:] |,? (?:and|but|or) (?=\w)|, |; | (?:if|when|because|once|while|although|though|unless|whether) "
)

_NAME_WORD = r"(?:[A-Z][\w&’'-]*|\d{4}(?:-\d{2,4})?)"
_NAME = re.compile(rf"{_NAME_WORD}(?:(?:,? | \(|\) | (?:of|for|and|the|in) (?:the )?){_NAME_WORD})*\)?")
# "When did West Yorkshire get its settlement?", but "What does Demos want its board to do?"
_OWNER = re.compile(rf"\b(?i:{AUXILIARY}) (?:the )?{_NAME.pattern} (?!(?:{_SAYING})\b)[a-z]+ $")
_OPENING = re.compile(
    rf"^(?:who|whom|whose|what|which|when|where|why|how|{AUXILIARY}|{PREPOSITION}|if|tell|give|list|explain|please|the)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(?<![\w’-])(?:Sir |Dame |Lord )?[A-Z][a-z]+ [A-Z][a-zA-Z’-]+(?![\w’-])")
_ARTICLE = re.compile(r"(?:the|an?|this|that|each|every|any|some) ")
_BODY = re.compile(
    r"\b(?:Act|Alliance|Authorit|Bill|Board|Book|Business|Cabinet|Citizens|City|Civil|Combined|Commission|Committee|Companies|"
    r"Council|Covenant|Department|Economy|England|Foundation|Framework|Fund|Government|Greater|Health|House|Industrial|"
    r"Institute|Integrated|Ireland|Law|Local|Manchester|Midlands|Mission|National|Network|New|North|Office|Page|Panel|Paper|"
    r"Party|Plan|Prime|Procurement|Public|Report|Review|Scotland|Section|Settlement|Social|South|Spending|Statement|Strategy|"
    r"Table|Team|Test|The|Treasury|Trust|Unit|Wales|West|White|Yorkshire)"
)


def carries_on(question: str) -> bool:
    """Return whether the question opens with "And", "But" or "So"."""
    return _CARRIES_ON.match(question) is not None


def without_opening(question: str) -> str:
    """Return the question without "And", "But" or "So" at its start, with a capital again.

    >>> without_opening("And who pays for them?")
    'Who pays for them?'
    """
    rest = _CARRIES_ON.sub("", question.strip())
    return rest[:1].upper() + rest[1:]


def points_back(question: str, before: str = "") -> bool:
    """Return whether a word of the question refers to something said before it.

    A word that its own sentence explains does not: "councils … if they", "bodies that speak". ``before`` is what was
    said until then: "that test" refers back if a test was mentioned.
    """
    known = set(content_terms(before))
    question = question[:OPENING]
    matches = [*_PRONOUN.finditer(question), *_POINTER.finditer(question)]
    matches += [match for match in _DETERMINER.finditer(question) if known & set(content_terms(match["noun"]))]
    return any(not _is_explained(question, match) for match in matches)


def _is_explained(question: str, match: re.Match[str]) -> bool:
    """Return whether a word that could refer back refers to something in its own question, or to nothing."""
    place, word = match.start(), match[0].lower()
    if any(found.start() <= place < found.end() for found in _EXPLETIVE.finditer(question)):
        return True
    ends = [found.start() for found in _CLAUSE.finditer(question, 0, place + 1)]
    if ends and len(content_terms(question[: ends[-1]])) >= 2:
        return True
    if word in _POSSESSIVE and _OWNER.search(question[:place]):
        return True
    if len(content_terms(question[:place])) < 2 or len(content_terms(question)) < LONG:
        return False
    # "the mayor and its council", "proves that it works"; but "does it work"
    opened = re.search(rf"\b(?:{_OPENS_CLAUSE}) $", question[:place], re.IGNORECASE)
    inverted = re.search(rf"\b(?:{AUXILIARY}) $", question[:place], re.IGNORECASE)
    is_subject = word in ("it", "they", "he", "she") and not inverted
    followed = re.match(rf" (?:{AUXILIARY})\b", question[match.end() :], re.IGNORECASE)
    return word in _POSSESSIVE or (is_subject and bool(opened or followed))


def names_in(text: str) -> list[str]:
    """Return the names in a question, in order, without its opening word.

    >>> names_in("When was the Plan for Change launched, and by the NAO?")
    ['Plan for Change', 'NAO']
    """
    names = []
    for match in _NAME.finditer(text):
        name = match[0]
        while opening := _OPENING.match(name):
            name = name[opening.end() :].lstrip(" ,")
        opens = name == match[0] and re.search(r"(?:^|[.?!])[\s\"'“‘(]*$", text[: match.start()])
        if opens and re.fullmatch("[A-Z][a-z]*", name):
            continue  # any word has a capital there
        if name and (name[0].isupper() or not name[0].isalpha()) and not name.isdigit():
            names.append(name if "(" in name else name.rstrip(")"))
    return names


def people_in(text: str) -> list[str]:
    """Return names of two words without a word for a body or place, in order, each once.

    >>> people_in("Clara Swinson led the Mission Delivery Unit.")
    ['Clara Swinson']
    """
    return list(dict.fromkeys(name for name in _PERSON.findall(text) if not _BODY.search(name)))


def subject_of(question: str) -> str | None:
    """Return what a question is about, as a phrase for another question; None when no pattern fits.

    >>> subject_of("What is the public interest test?")
    'the public interest test'
    >>> subject_of("What does Demos say about Mission Councils?")
    'Mission Councils'
    >>> subject_of("When was the Plan for Change launched?")
    'the Plan for Change'
    >>> subject_of("What happened to the mayoral elections in Essex?")
    'the mayoral elections in Essex'
    """
    # Of two questions that were put together the first has the subject.
    asked = re.split(r"[.?!] ", question.strip(), maxsplit=1)[0].rstrip("?. ")
    asked = re.sub(r"^(who|what|where|how|when)['’]s\b", r"\1 is", asked, flags=re.IGNORECASE)
    asked = re.sub(r",? (?:according to|as) [^,?]*(?=[,?]|$)", "", asked)
    if defined := re.match(
        r"(?:who|what) (?:is|are|was|were) (.+)$|what (?:do|does|did) (.+) mean$", asked, re.IGNORECASE
    ):
        return re.sub(r" (?:an example of|about|for)$", "", defined[1] or defined[2])
    if made := re.match(
        rf"what (?:{AUXILIARY}) (.+?) (?:make|let|help|get|want|ask|expect|require|allow|tell|force)\b.* do$",
        asked,
        re.IGNORECASE,
    ):
        return made[1]
    said = re.match(
        rf"(?:what|how) (?:{AUXILIARY}) .+? (?:{_SAYING}) (?:(?:of|about|for|to|on) )?(?!(?:{PREPOSITION})\b)(.+)$",
        asked,
        re.IGNORECASE,
    )
    if said:
        return said[1]
    if done := re.match(
        rf"(?:.+ )?(?:{AUXILIARY}) ((?:(?!(?:{AUXILIARY}|{_SAYING})\b)[\w’'-]+ ){{1,8}})(?:{_DOES}|{_SAYING})$",
        asked,
        re.IGNORECASE,
    ):
        return done[1].strip()
    if told := re.match(
        rf"(?:what (?:happened|became|came) (?:to|of)|how (?:big|large|old|long) (?:{AUXILIARY})"
        rf"|who (?:{AUXILIARY})? ?\w+(?: (?:on|in|for|at|to))?) ((?:the|an?|each|every) .+|(?-i:[A-Z]).+)$",
        asked,
        re.IGNORECASE,
    ):
        return told[1]
    names = names_in(asked)
    # If the question has more than its one name, keeping only the name would lose it.
    if len(names) == 1 and len(set(content_terms(asked)) - set(content_terms(names[0]))) <= 1:
        article = re.search(rf"\b(the|an?) {re.escape(names[0])}", asked)
        return f"{article[1]} {names[0]}" if article else names[0]
    return None


def teller_of(question: str) -> re.Match[str] | None:
    """Return the start of a question for somebody's words; its first group is who that is.

    >>> teller_of("How did the SNP react to the Plan for Change?")[1]
    'the SNP'
    """
    return _TELLER.match(question)


def counted_in(question: str) -> str | None:
    """Return what a question counts, as a phrase for another question.

    >>> counted_in("How many homes does the Plan for Change promise?")
    'the homes'
    """
    found = _COUNTED.match(question)
    return found and f"the {found[1]}"


def listed_in(question: str) -> str | None:
    """Return what a question asks to be listed, as a phrase for another question.

    >>> listed_in("Which areas are in the Devolution Priority Programme?")
    'the areas that are in the Devolution Priority Programme'
    """
    found = _LISTED.match(question.rstrip(" ?."))
    return found and f"the {found[1]} that {found[2]}"


def is_several(question: str, subject: str) -> bool:
    """Return whether the subject of a question is plural: its verb says so, or else its own ending."""
    verb = re.match(r"(?:who|what)(?: (is|was|are|were)\b|['’]s\b)", question, re.IGNORECASE)
    return (verb[1] or "is").lower() in ("are", "were") if verb else _is_plural(subject)


def is_of_members(phrase: str) -> bool:
    """Return whether a phrase names a body, which may be "they" though it is one."""
    return _MEMBERS.search(phrase) is not None


def replace_pronoun(question: str, phrase: str, *, is_plural: bool | None = None) -> str | None:
    """Return the question with its first pronoun replaced; None without a pronoun that fits the phrase.

    ``is_plural`` says whether the phrase is; by default its ending does.

    >>> replace_pronoun("Who pays for them?", "Mission Councils")
    'Who pays for Mission Councils?'
    >>> replace_pronoun("What are its aims?", "the Procurement Act 2023")
    "What are the Procurement Act 2023's aims?"
    """
    match = _first_pronoun(question)
    if match is None:
        return None
    word = match["word"].lower()
    if (word in _PLURAL) != (_is_plural(phrase) if is_plural is None else is_plural):
        return None
    is_possessive = word in ("its", "their", "his") or (word == "her" and question[match.end() :].strip(" ?.!") != "")
    if is_possessive:
        phrase += "'" if phrase.endswith("s") else "'s"
    if re.search(r"\bof $", question[: match.start()]) and re.match(r"[a-z]", phrase) and not _ARTICLE.match(phrase):
        phrase = f"the {phrase}"
    if match.start() == 0:
        phrase = phrase[:1].upper() + phrase[1:]
    return question[: match.start()] + phrase + question[match.end() :]


def replace_pointer(question: str, phrase: str, *, is_plural: bool = False) -> str | None:
    """Return the question with "… to that", "is that …" or "which one" replaced; None without such words.

    >>> replace_pointer("What do councils say to that?", "the delayed elections")
    'What do councils say to the delayed elections?'
    >>> replace_pointer("Is that government policy?", "Mission Councils", is_plural=True)
    'Are Mission Councils government policy?'
    """
    match = re.search(rf"\b({PREPOSITION}) (?:this|that)(?=\s*[?.!]|$)", question[:OPENING], re.IGNORECASE)
    if match:
        return f"{question[: match.start()]}{match[1]} {phrase}{question[match.end() :]}"
    if is_plural and (match := re.match(r"which ones? ", question, re.IGNORECASE)):
        return f"Which of {phrase} {question[match.end() :]}"
    match = re.match(r"((?:\w+ ){0,2})(is|was|has) (?:this|that) (?=[a-z])", question, re.IGNORECASE)
    if match is None:
        return None
    verb = _OF_SEVERAL[match[2].lower()] if is_plural else match[2].lower()
    return f"{match[1]}{verb if match[1] else verb.capitalize()} {phrase} {question[match.end() :]}"


def stands_for_person(question: str) -> bool:
    """Return whether the question's first pronoun stands for a person."""
    match = _first_pronoun(question)
    return match is not None and match["word"].lower() in _PEOPLE


def _first_pronoun(question: str) -> re.Match[str] | None:
    return next((match for match in _PRONOUN.finditer(question[:OPENING]) if not _is_explained(question, match)), None)


def replace_place(question: str, items: list[str]) -> str | None:
    """Return the question with "the second one" replaced by that item; None if there is no such item.

    >>> replace_place("What does the second one mean?", ["Awareness", "Passive support"])
    'What does “Passive support” mean?'
    """
    match = re.search(
        rf"\bthe ({'|'.join(_PLACES)})(?: (?:one|option|point|item)\b| of (?:these|those|them)\b|(?=\s*[?.!]|$|"
        rf"\s+(?:{AUXILIARY}|mean|aim|say|cover|involve|require|work)\b))",
        question,
        re.IGNORECASE,
    )
    if match is None:
        return None
    place = _PLACES[match[1].lower()]
    if not -len(items) <= place < len(items):
        return None
    return f"{question[: match.start()]}“{items[place]}”{question[match.end() :]}"


def spell_out(question: str, before: str) -> str | None:
    """Return the question with "the unit" spelt out as an earlier question's name; None without such a word.

    >>> spell_out("How big is the unit?", "Who leads the Mission Delivery Unit?")
    'How big is the Mission Delivery Unit?'
    """
    for name in names_in(before):
        head = name.split()[-1]
        short = re.search(rf"\b(?:the|this|that|these|those) {re.escape(head.lower())}(?=\W|$)", question)
        if " " in name and head.isalpha() and short and name.lower() not in question.lower():
            return f"{question[: short.start()]}the {name}{question[short.end() :]}"
    return None


def items_of(answer: str) -> list[str]:
    """Return the items of a list in an answer, in order, as short phrases; none without a list.

    >>> items_of("1. “Awareness: people know.” [1]\\n2. “Passive support: people agree.” [1]")
    ['Awareness', 'Passive support']
    """
    parts = re.split(r"(?:^|(?<=\s))(?:\d{1,2}[.)]|[-•*])\s+(?=\S)", answer)[1:]
    return [_short(part) for part in parts] if len(parts) > 1 else []


def _short(item: str) -> str:
    words = re.sub(r"(?:\s*\[\d+\])+\s*$", "", item.strip()).strip('“”" ')
    label = re.match(r"[^.:;]{3,80}(?=[.:;]|$)", words)
    return label[0].strip() if label else " ".join(words.split()[:12])


def _is_plural(phrase: str) -> bool:
    """Return whether a phrase is plural: its head, the word before any "of" or "that", ends like one."""
    head = re.split(rf" (?:{PREPOSITION}|that|who|which|proposed)\b", phrase)[0]
    return bool(re.search(r"[a-rt-z]s['’]?$", head)) or " and " in head
