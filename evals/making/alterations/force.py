"""How strongly a sentence asserts, and of how many: modal words and quantifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.making.alterations.change import Alteration, Edit, either, like, pick_edit

Rule = tuple[re.Pattern[str], tuple[str, ...]]
"""What is looked for, and the words that may take its place."""


def _rules(lines: Sequence[tuple[str, str]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), tuple(others.split("/"))) for pattern, others in lines)


_BODIES = either(
    """[Aa]uthorities [Bb]odies [Mm]ayors [Mm]inisters [Cc]ouncils [Bb]uyers [Ss]uppliers [Tt]eams [Ll]eaders
    [Ee]mployers [Gg]overnment Staff Covenant centre Commission Council Fund LIOs VCSEs organisations
    enterprises agency It They Some plan Unit"""
)
_MAIN = rf"(?:(?!\b{either('that which who whose how what')}\b)[^,;:])*\b"
_BE = either("is are was were")
_FORCE = _rules(
    (
        (r"\bmust not\b", "need not"),
        (r"\bmust\b(?! not)", "may/need not/should"),
        (r"\bshould not\b", "may/must not"),
        (r"\bshould\b(?! not)", "must/may/need not/will"),
        (rf"^(?P<kept>{_MAIN}{_BODIES} )can\b", "must/should"),
        (rf"^(?P<kept>{_MAIN}{_BODIES} )could\b(?! not| no longer)", "must/will"),
        (rf"(?P<kept>\b{_BODIES} )may\b(?! (?:not|be|prove|have|suit|find|feel)\b)", "must/should"),
        (rf"^(?P<kept>{_MAIN}{_BODIES} )will not\b", "need not/should not"),
        (rf"^(?P<kept>{_MAIN}{_BODIES} )will\b(?! not)", "should/need not"),
        (r"(?<!would )(?<!will )(?<!may )\b(?:has to|have to)\b", "may/need not"),
        (r"\bhad to\b", "chose to"),
        (r"\bneeds? to\b", "may/need not"),
        (r"\brequires\b(?= .* to )(?! (?:regard|\d))", "encourages"),
        (r"\bobliges\b", "invites"),
        (rf"(?P<kept>\b{_BE} ){either('asked encouraged expected meant intended invited')} to\b", "required to"),
        (rf"(?P<kept>\b{_BE} )required to\b", "encouraged to"),
        (r"\bis optional\b", "is compulsory"),
        (r"\bare voluntary\b", "are compulsory"),
    )
)
_NO_MODAL_HERE = re.compile(
    r"(?:\b(?:whether|if|[Ii]f|so that|hopes|thinks|that would)\b[^,;]*|\b(?:in|is which) |[\"“]\w* ?|"
    r"\b(?:No|Not)\b[^,;]* )$"
)
_ODD_BEHIND_A_MODAL = re.compile(
    r"^ (?:therefore|also|likewise|then|still|instead|now|already|accordingly|perhaps|by default)\b"
)
_NO_NEED_NOT_BEFORE = re.compile(r"\b(?:no|not|never|only|but also)\b|, or ")


def modality(sentence: str, context: str) -> Alteration | None:
    """A modal word becomes one of other force: a duty a permission, a proposal a duty, a possibility a certainty."""
    return pick_edit(list(_other_forces(sentence)), sentence, "modality")


def _other_forces(sentence: str) -> Iterator[Edit]:
    for pattern, others in _FORCE:
        for found in pattern.finditer(sentence):
            start = found.end("kept") if "kept" in pattern.groupindex else found.start()
            after = sentence[found.end() :]
            if _NO_MODAL_HERE.search(sentence[:start]) or _ODD_BEHIND_A_MODAL.match(after):
                continue
            for other in others:
                if other != "need not" or not _NO_NEED_NOT_BEFORE.search(after):
                    yield Edit(start, found.end(), other)


_PLURAL = r"(?= (?:of (?:the|these) )?(?:[a-z-]+ )?[a-z]+[^s\W]s\b)"
_SOME = r"(?<![Tt]he )(?<!as )\b(?:[Mm]ost|[Mm]any|[Ss]ome)(?! (?:discussions|successes|citizens|years|overlapping))"
_OFTEN = r"(?<!more )(?<!most )(?<!as )\b(?i:often|usually|frequently|commonly)\b"
_QUANTIFIERS = _rules(
    (
        (r"\bat least(?= [\d£a-z])", "at most"),
        (r"(?<!little )\b(?:[Mm]ore than|[Uu]pwards of)(?= (?:£|[\d.]+%|half\b))", "less than"),
        (r"(?<!little )\b(?:[Mm]ore than|[Uu]pwards of)(?= (?:[\d,]+ |two\b|ten\b))", "fewer than"),
        (r"\b[Oo]ver(?= (?:£\d|[\d,]+(?:\.\d+)?%? (?!months|years|to|per)|\d\d%))(?! (?:19|20)\d\d)", "under"),
        (r"\babove(?= (?:£|\d|two))", "below"),
        (r"\b[Uu]nder(?= £?\d)", "over"),
        (r"\bfewer than(?= \d)", "more than"),
        (r"(?<!at )\b(?:up to|as many as|as much as)(?= (?:£|\d|three))", "at least"),
        (r"(?<=waits )inside|(?<=patients )inside", "beyond"),
        (r"(?<!waits )(?<!patients )\b(?:inside|within)(?= \d+ (?:weeks|days|months))", "only after"),
        (r"\bor more\b(?= other)", "or fewer"),
        (r"(?<=%) or more\b", " or less"),
        (r"(?<=residents )or more\b", "or fewer"),
        (r"\b(?i:nearly|almost|close to)(?= (?:half|a third|two-thirds|\d|£\d))", "far more than"),
        (rf"{_SOME}{_PLURAL}(?! of (?:a|an)\b)", "all"),
        (rf"^Several{_PLURAL}|(?<=gave )several", "all"),
        (r"\b[Mm]ost of (?=the\b)", "all of "),
        (r"^Certain(?= employers)", "All"),
        (r"\b[Ff]ew(?= [a-z]+s\b)", "many"),
        (r"^Not all\b", "All"),
        (rf"(?<!above )(?<!not )(?<!Not )(?<!for )\b[Aa]ll(?:{_PLURAL}|(?= of England))", "only some"),
        (r"^Every(?= [a-z]+ )", "Not every"),
        (rf"{_OFTEN}(?! do not)", "always/rarely"),
        (r"\b(?:seldom|rarely)\b", "often"),
        (r"\b(?:largely|mostly|chiefly)\b(?= (?:bind|micro-|failed|homelessness))", "entirely"),
        (r"\bthe lowest\b", "the highest"),
        (r"(?<!about )(?<!nearly )(?<!almost )(?<!over )\bhalf\b(?= of (?:it|the total|what))", "most"),
    )
)


def quantifier(sentence: str, context: str) -> Alteration | None:
    """Of how many: all for some, at most for at least, always for often."""
    if re.search(r"\bnor\b", sentence):
        return None
    edits = []
    for pattern, others in _QUANTIFIERS:
        for found in pattern.finditer(sentence):
            # "All have not been fixed" may mean that some have.
            fit = [other for other in others if other != "all" or not re.search(r"\bnot\b", sentence[found.end() :])]
            edits += [Edit(*found.span(), like(found.group(), other)) for other in fit]
    return pick_edit(edits, sentence, "quantifier")
