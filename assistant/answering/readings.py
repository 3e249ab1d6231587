"""Questions that can be read in several ways: "the Act" where the library speaks of three."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.text.terms import content_terms

MOST = 4
"""Readings that are offered."""
_KINDS = "act|bill|board|commission|council|framework|fund|inquiry|review|strategy|taskforce"
_BARE = re.compile(
    rf"\b(?:the|that|this) (?P<kind>{_KINDS})\b(?! (?:of|for|on|to|in|into|about|that|which|who|\d))(?![-’'])",
    re.IGNORECASE,
)
_SMALL = "of|for|and|on|the|in|to"
_NAME = re.compile(
    rf"\b(?:[A-Z][\w&-]*(?:['’]s)? (?:(?:{_SMALL}) )*){{1,6}}(?P<kind>{_KINDS.title()})\b(?: \d{{4}})?"
    r"(?P<more> [A-Z]\w+)?"
)
_BEFORE_NAME = re.compile(rf"^(?:.*['’]s |(?:The|A|An|In|Under|By|As|Its|This|That|For|Since) (?:(?:{_SMALL}) )?)")


@dataclass(frozen=True, slots=True)
class Readings:
    """What a question names by its kind alone, and what it may mean."""

    bare: str
    names: tuple[str, ...]
    questions: tuple[str, ...]
    """The question with each of the names."""

    @property
    def line(self) -> str:
        """Said above the answer."""
        *others, last = self.names
        return f"“{self.bare}” may be the {', the '.join(others)} or the {last}: say which you mean."


def find_readings(question: str, passages: Iterable[str]) -> Readings | None:
    """Return the readings of a question that names an act, a board or the like by its kind alone; None if it is clear.

    >>> passages = ["The Care Act 2014 and the Fire Act 2010.", "Under the Care Act 2014,"]
    >>> found = find_readings("What does the Act say?", passages)
    >>> found.names, found.questions[0]
    (('Care Act 2014', 'Fire Act 2010'), 'What does the Care Act 2014 say?')
    >>> find_readings("What does the Care Act say?", passages)
    """
    bare = _BARE.search(question)
    if bare is None:
        return None
    kind = bare["kind"].lower()
    found: Counter[str] = Counter()
    for words in passages:
        for name in _NAME.finditer(words):
            if name["kind"].lower() == kind and not name["more"]:
                found[_BEFORE_NAME.sub("", name[0])] += 1
    several = [name for name, _ in found.most_common() if " " in name]
    # A longer form of a name is no other name, and two names joined are none.
    names = [name for name in several if not any(name != other and _is_part(other, name) for other in several)]
    asked = set(content_terms(question))
    if len(names) < 2 or any(asked & (set(content_terms(name)) - set(content_terms(kind))) for name in names):
        return None
    names = names[:MOST]
    put = tuple(f"{question[: bare.start()]}the {name}{question[bare.end() :]}" for name in names)
    return Readings(bare[0], tuple(names), put)


def _is_part(shorter: str, name: str) -> bool:
    return name.startswith(f"{shorter} ") or name.endswith(f" {shorter}")
