"""Who says it, and what else is said: another speaker, half of another sentence, or another passage altogether."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Authority
from assistant.text.terms import content_terms
from evals.making.alterations.change import Alteration, either, pick, shuffled, upper_first
from evals.making.alterations.negation import is_imperative
from evals.making.alterations.paraphrase import can_be_lowered, lower_first
from evals.making.alterations.verbs import PASTS, SINGULARS

_DECIDED = ("The government has decided to ", "Government policy is to ", "Ministers have agreed to ")
_REQUIRED = ("Government policy requires that ", "It is government policy that ", "The government has decided that ")
_PROPOSED = ("Demos recommends that ", "Demos proposes that ", "Demos argues that ")
_DEMOS_VERBS = {"wants": "requires", "recommends": "requires", "recommended": "required"}
_UNFIT = re.compile(r"[:;]|\b(?:nor|do not|no longer|government policy|Demos|Nesta|NCVO|IfG|report)\b")
_NOT_THE_MAIN_VERB = re.compile(r"\b(?:whether|that|which|who|as|since|because|if|what|so|and|but|than|how)\b")
_PRONOUNS = re.compile(
    either(
        """It Its They Their This That These Those Such Each Another He She Her His Here Both One Either Some So
        But And Yet If Where Nor Three Two Four Then Later Also Elsewhere Not"""
    )
    + r"\b"
)
_MINISTERS = re.compile(
    r"(?:Ministers|Government|The (?:white )?paper|The statement|The NPPS) (?P<also>also |later )?"
    rf"(?P<verb>{either('promised proposed expect present reported put counted told estimates chose published')}) "
)
_CRITIC = re.compile(
    either(
        """The Institute for Government/The Resolution Foundation/The Health Foundation/The Nuffield Trust/
        The King's Fund/The Future Governance Forum/The National Audit Office/The Public Accounts Committee/
        The County Councils Network/The District Councils' Network/The Local Government Association/IPPR/
        Fieldfisher/Nesta/Bond/Social Enterprise UK/Full Fact/Unions/Browne Jacobson"""
    )
    + r" (?P<verb>[a-z]+) "
)


def attribution(sentence: str, context: str, authority: Authority) -> Alteration | None:
    """A proposal or a critic's view is passed off as the government's, or a policy as a proposal of Demos."""
    if authority == "independent-proposal":
        return _as_policy(sentence)
    return _as_proposal(sentence) if "Demos" not in context else None


def _as_policy(sentence: str) -> Alteration | None:
    demos = re.match(r"Demos (?P<verb>[a-z]+) ", sentence)
    if demos and demos["verb"] not in ("suggests", "proposes", "asks", "hopes", "would"):
        verb = _DEMOS_VERBS.get(demos["verb"], demos["verb"])
        return _said_by("The government", verb, sentence, demos.end())
    if _UNFIT.search(sentence):
        return None
    if is_imperative(sentence):
        opening = pick(_DECIDED, "policy", sentence)
        return Alteration(opening + sentence[0].lower() + sentence[1:], f"proposal → “{opening.strip()} …”")
    own = re.match(r"(?:The |Central )?[Gg]overnment should (?:accordingly |therefore |also )?", sentence)
    if own and sentence[own.end() :].startswith("want "):
        return None
    if own:
        return Alteration(
            f"The government has decided to {sentence[own.end() :]}", "proposal → “The government has decided to …”"
        )
    if _main_verb(sentence, "should") and _opens_plainly(sentence):
        opening = pick(_REQUIRED, "required", sentence)
        rest = re.sub(r"\bshould (?:therefore |also |likewise )?", "should ", lower_first(sentence), count=1)
        if "decided" in opening:
            rest = re.sub(r"\bshould\b", "will", rest, count=1)
        return Alteration(opening + rest, f"proposal → “{opening.strip()} …”")
    return None


def _as_proposal(sentence: str) -> Alteration | None:
    ministers = _MINISTERS.match(sentence)
    if ministers:
        verb = {"promised": "proposed", "expect": "expects", "present": "presents"}.get(
            ministers["verb"], ministers["verb"]
        )
        return _said_by("Demos", (ministers["also"] or "") + verb, sentence, ministers.end())
    critic = _CRITIC.match(sentence)
    if critic and (critic["verb"] in PASTS or critic["verb"] in SINGULARS):
        return _said_by("The government", critic["verb"], sentence, critic.end())
    if _UNFIT.search(sentence) or not _opens_plainly(sentence):
        return None
    opening = pick(_PROPOSED, "proposed", sentence)
    rest = lower_first(sentence)
    if any(_main_verb(sentence, modal) for modal in ("must", "will")):
        return Alteration(
            opening + re.sub(r"\b(?:must|will) (?:also )?", "should ", rest), f"policy → “{opening.strip()} …”"
        )
    return Alteration(opening + rest, f"policy → “{opening.strip()} …”") if _main_verb(sentence, "may") else None


def _said_by(who: str, verb: str, sentence: str, start: int) -> Alteration | None:
    rest = sentence[start:]
    if re.search(r"\b(?:[Gg]overnment|[Mm]inisters?|Demos)\b|\b(?:its|their)\b", rest):
        return None
    return Alteration(f"{who} {verb} {rest}", f"{sentence[:start].strip()} → {who} {verb}")


def _main_verb(sentence: str, modal: str) -> bool:
    """True when the modal word belongs to the first clause of the sentence."""
    before, found, after = sentence.partition(f" {modal} ")
    return bool(found) and not _NOT_THE_MAIN_VERB.search(before) and not after.startswith("not ")


def _opens_plainly(sentence: str) -> bool:
    return can_be_lowered(sentence) and not _PRONOUNS.match(sentence)


_COORDINATE = ("; ", ", but ", ", and ", ", so ", ", yet ", ", while ")
_SUBORDINATE = (" so that ", " because ", ", because ", ", although ", ", though ", ", since ", " where ", " when ")
_SUBJECT = re.compile(
    either(
        r"""the an? no two most many several other local central ministers mayors councils buyers suppliers
        government officials departments authorities teams people residents [A-Z]\w+"""
    )
    + r"\b"
)
_REPORTING = either(
    """said says noted notes argued argues warned warns found concluded concludes judged judges thought observed
    suggested suggests reported reports stressed stresses calculated contends objected recalls"""
)
_SAID = re.compile(rf"^(?P<first>[^,;:]+ (?:{_REPORTING}|told [a-zA-Z]+))(?P<joint> that )(?P<second>.+)$")
_WITH = re.compile(
    r"^(?P<first>[^;:]+)(?P<joint>, with )"
    rf"(?P<second>{either('a an the detail help more wider decisions half some public')} [^;:,]+)$"
)
_AUXILIARIES = "is are was were has have had will would should must may might can could cannot"
_FINITE = re.compile(
    r"(?<!\bfor )(?<!\bof )(?<!\bwith )(?<!\bby )(?<!\bthe )(?<!\ba )(?<!\ban )\b"
    rf"{either(' '.join((_AUXILIARIES, *sorted({*SINGULARS, *PASTS}))))}\b"
)
_POINTS_BACK = re.compile(r"\b(?:it|this|these|those|them|here|their|its|such|they|he|she|him|regards that)\b")
_LEAST_WORDS = 4
MOST_OVERLAP = 0.34
"""Largest share of its content words that a claim may have in common with a context that does not state it."""
LEAST_OVERLAP = 0.15
"""Least share of another passage's words in common, so that it is on a like subject."""


def halves(sentence: str) -> tuple[str, str, str] | None:
    """A sentence as its two halves and the joint between them; None when it has no such joint.

    >>> halves("The first year was short, but the second was worth more.")
    ('The first year was short', ', but ', 'the second was worth more.')
    """
    for joint in (*_COORDINATE, *_SUBORDINATE):
        first, found, second = sentence.partition(joint)
        if found and _is_clause(first) and _is_clause(second) and _SUBJECT.match(second):
            return first, joint, second
    said = _SAID.match(sentence)
    if said and _is_clause(said["second"]) and not _PRONOUNS.match(upper_first(said["second"])):
        return said["first"], said["joint"], said["second"]
    added = _WITH.match(sentence)
    return (added["first"], added["joint"], added["second"]) if added and _is_clause(added["first"]) else None


def splice(sentence: str, context: str, others: Sequence[str]) -> Alteration | None:
    """The first half of the sentence before the second half of another, which the context does not state."""
    own = halves(sentence)
    if own is None:
        return None
    first, joint, _ = own
    for other in shuffled(others, key=lambda text: f"{sentence}|{text}"):
        parts = halves(other)
        if parts and _sort(parts[1]) == _sort(joint) and overlap(parts[2], context) < MOST_OVERLAP:
            return Alteration(first + joint + parts[2], f"… {parts[2]}")
    return None


def _sort(joint: str) -> str:
    return "and" if joint in _COORDINATE else joint.strip(", ")


def other_passage(sentence: str, context: str, others: Sequence[str]) -> Alteration | None:
    """Another sentence of the library in the place of this one: on a like subject, but not stated by the context."""
    fit = [
        other for other in others if LEAST_OVERLAP <= overlap(other, context) <= MOST_OVERLAP and stands_alone(other)
    ]
    if not fit:
        return None
    near = sorted(fit, key=lambda other: (-overlap(other, context), other))[:5]
    return Alteration(pick(near, "other", sentence), "another sentence")


def overlap(claim: str, context: str) -> float:
    """Share of the claim's content words that the context holds in any form; between 0 and 1.

    >>> overlap("Councils fund new homes.", "The council funded roads.")
    0.5
    """
    terms = set(content_terms(claim))
    return len(terms & set(content_terms(context))) / len(terms) if terms else 0.0


def stands_alone(sentence: str) -> bool:
    """True when the sentence does not begin with a word that points back."""
    points_back = _POINTS_BACK.search(" ".join(sentence.split()[:6]))
    return not points_back and not _PRONOUNS.match(sentence) and not is_imperative(sentence)


def _is_clause(text: str) -> bool:
    if ":" in text or "(" in text or text.count('"') % 2 or len(text.split()) < _LEAST_WORDS:
        return False
    return _FINITE.search(text) is not None or is_imperative(text)
