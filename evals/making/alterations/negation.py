"""Negation: put into a sentence that has none, or taken out of one that has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.making.alterations.change import Alteration, Edit, either, like, pick_edit
from evals.making.alterations.verbs import BASE_FORMS, PARTICIPLES, PASTS, SINGULARS

_SUBORDINATE = re.compile(
    either(
        """which who whom whose that whether if when where while because although though since what how as than
        unless until before after both either neither not no never cannot nor without few seldom rarely hardly
        only once every each all also there"""
    ).join((r"\b", r"\b|[:;\"“]")),
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    rf"\b{either('not no never cannot nor neither none nobody without hardly seldom rarely')}\b", re.IGNORECASE
)
_ODD_BEHIND_NOT = either(
    """not no never also only already still therefore either both nearly likely to likewise instead equally
    nonetheless then last all"""
)
_AUXILIARY = re.compile(
    rf"\b(?P<word>{either('is are was were has have had will would should must can')})\b"
    rf"(?! {_ODD_BEHIND_NOT}\b)(?= [a-z£\d\"])"
)
_TURN = re.compile(rf"\b{either('but yet so because though although whereas alone only until any either rather')}\b")
"""Words after which a negated first half would no longer fit the second."""
_DETERMINER = rf"{either('a an the two three four five six its their no more less fewer practical')}\b"
_PLAIN_SUBJECT = either(
    """Demos Nesta It They She He Ministers Mayors Government Councils Unions Suppliers Departments Labour
    Fieldfisher Deloitte Members Targets Exclusions This That These Auditors Buyers Stakeholders Residents"""
)
_SUBJECT = re.compile(
    rf"^(?P<subject>(?:In [^,]{{3,30}}, )?(?:{_PLAIN_SUBJECT}|"
    rf"{either('The A An Its Their Each Some Many Two Three Four Five Six')} [A-Za-z' -]{{2,45}}?)) (?P<verb>[a-z]+) "
)
_AUX = either("is are was were has have had will would should must may could can does do did")
_LIFTED = (
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(rf"\b(?P<aux>{_AUX}) not (?!only|merely|just|solely|yet)"), ""),
    (re.compile(r"\band not (?=(?:a|an|the|to|by|only departments|just|merely|solely|for|on)\b)"), "and "),
    (re.compile(r"\bno longer\b"), "still"),
    (re.compile(r"\bnever\b"), "always"),
    (re.compile(r"\bwithout (?=an?\b(?! Strategic))"), "with "),
)


def negation(sentence: str, context: str) -> Alteration | None:
    """A negation is put into a sentence that has none, or taken out of one that has."""
    if re.search(r"\b(?:until|nor|neither)\b", sentence):
        return None
    edits = list(_lifted(sentence)) if _NEGATIVE.search(sentence) else list(_inserted(sentence))
    return pick_edit(edits, sentence, "negation")


def _inserted(sentence: str) -> Iterator[Edit]:
    if is_imperative(sentence):
        first = sentence.partition(" ")[0]
        yield Edit(0, len(first), f"Do not {first.lower()}")
        return
    if _TURN.search(sentence) or ";" in sentence:
        return
    auxiliary = _AUXILIARY.search(sentence)
    if auxiliary and not _SUBORDINATE.search(sentence[: auxiliary.start()]) and _is_auxiliary(auxiliary, sentence):
        yield Edit(
            auxiliary.start(), auxiliary.end(), "cannot" if auxiliary["word"] == "can" else f"{auxiliary['word']} not"
        )
        return
    main = _SUBJECT.match(sentence)
    if main and not _SUBORDINATE.search(main["subject"]) and not _second_verb(sentence[main.end() :]):
        verb, after, simple = main["verb"], sentence[main.end() :], " " not in main["subject"]
        if main["subject"].endswith("'s") or (verb in ("has", "have", "had") and not re.match(_DETERMINER, after)):
            return
        if not simple and re.match(r"(?:on|in|by|at|with|as|to|from|for)\b", after):
            return
        if verb in SINGULARS:
            yield Edit(*main.span("verb"), f"does not {SINGULARS[verb]}")
        elif verb in PASTS:
            yield Edit(*main.span("verb"), f"did not {PASTS[verb]}")
        elif verb in BASE_FORMS and re.search(r"(?:s|They|These)$", main["subject"]):
            yield Edit(*main.span("verb"), f"do not {verb}")


def is_imperative(sentence: str) -> bool:
    """True when the sentence opens with the verb of an order.

    >>> [is_imperative(text) for text in ("Publish a summary.", "Support has been voiced.", "Set up in 2024, it met.")]
    [True, False, False]
    """
    words = sentence.split(" ", 2)
    no_noun = len(words) > 1 and words[1] not in ("is", "are", "was", "were", "has", "have", "had", "on", "of")
    return (
        words[0].lower() in BASE_FORMS
        and no_noun
        and not re.match(r"(?:Set up (?:by|in)|State reform|Close to|Test and learn)\b", sentence)
    )


def _second_verb(after: str) -> bool:
    """True when another finite verb hangs on the same subject, as in "called it a step and warned"."""
    return any(found[1] in SINGULARS or found[1] in PASTS for found in re.finditer(r"(?:and|but|, then) (\w+)", after))


def _is_auxiliary(found: re.Match[str], sentence: str) -> bool:
    """Only before a participle is "has" one; the other words always are, or take "not" all the same."""
    if found["word"] not in ("has", "have", "had"):
        return True
    following = re.match(r" ([a-z]+)", sentence[found.end() :])
    return following is not None and (following[1].endswith("ed") or following[1] in PARTICIPLES)


def _lifted(sentence: str) -> Iterator[Edit]:
    first = re.match(r"No (?=area|foundation|campaign|authority|evaluation|official)", sentence)
    if first:
        yield Edit(0, 2, "Every")
    for pattern, new in _LIFTED:
        for found in pattern.finditer(sentence):
            if "aux" in pattern.groupindex:
                yield from _without_not(found, sentence)
            else:
                yield Edit(*found.span(), like(found.group(), new))


def _without_not(found: re.Match[str], sentence: str) -> Iterator[Edit]:
    auxiliary, after = found["aux"], sentence[found.end() :]
    if auxiliary not in ("do", "does", "did"):
        yield Edit(found.start(), found.end(), f"{auxiliary} ")
        return
    verb = re.match(r"[a-z]+", after)
    forms = {"do": {base: base for base in BASE_FORMS}, "does": _turned(SINGULARS), "did": _turned(PASTS)}[auxiliary]
    if verb and verb.group() in forms and found.start() > 0:
        yield Edit(found.start(), found.end() + verb.end(), forms[verb.group()])


def _turned(forms: dict[str, str]) -> dict[str, str]:
    return {base: form for form, base in forms.items()}
