"""Gives the names in a question typed in lower case their capitals, by which follow-ups tell names from other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.answering.pronouns import names_in
from assistant.library import Library, kept
from assistant.text.terms import STOPWORDS

NATIONS = {"England": "English", "Scotland": "Scottish", "Wales": "Welsh", "Northern Ireland": "Northern Irish"}
LONGEST_NAME = 8
"""Words of the longest name that is looked for."""
_TYPED_WITHOUT = re.compile(r"[^A-Z]*|[A-Z][^A-Z]*")
_OWNED = re.compile(r"['’]?s?$")
_SEPARATED = re.compile(r"\s*[;,:/]\s*| and | to ")


def with_capitals(question: str, names: Mapping[str, str], said: str = "") -> str:
    """Return the question with its names as the library, or an earlier answer, writes them.

    A question with a capital behind its first letter is left as it is.

    Args:
        question: as typed.
        names: each name by itself in lower case, see `library_names`.
        said: the answers before, whose names count too.

    >>> with_capitals("and in south yorkshire?", {"south yorkshire": "South Yorkshire"})
    'and in South Yorkshire?'
    """
    if not _TYPED_WITHOUT.fullmatch(question):
        return question
    told = (re.sub("^The ", "", name) for name in names_in(said))
    known = dict(_by_lower_case(name for name in told if " " in name or not name.istitle())) | dict(names)
    return "".join(_capitalised(re.split(r"(\s+)", question), known))


def _capitalised(parts: list[str], known: Mapping[str, str]) -> Iterator[str]:
    """Yield words and the spaces between them, the longest names in place of their words."""
    place = 0
    while place < len(parts):
        for end in range(min(len(parts), place + 2 * LONGEST_NAME - 1), place, -2):
            words = "".join(parts[place:end])
            bare = words.rstrip("?.,!:;")
            owner = _OWNED.sub("", bare)
            name = next((known[form] for form in (bare.lower(), owner.lower()) if form in known), None)
            if name is not None:
                yield name + words[len(bare if bare.lower() in known else owner) :]
                place = end
                break
        else:
            yield parts[place]
            place += 1


def _by_lower_case(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        lowered = name.lower()
        if name != lowered and lowered not in STOPWORDS:
            yield lowered, name


@kept
def library_names(library: Library) -> Mapping[str, str]:
    """Return the titles, publishers, short forms, and places and bodies of cases, each by itself in lower case."""
    names: list[str] = [*library.generation.glossary, *NATIONS, *NATIONS.values()]
    for source in library.held.values():
        names += [source.publisher, source.title, source.title.partition(":")[0]]
    for case in library.registers.precedents:
        names += [place for field in (case.place, case.country) for place in _SEPARATED.split(field)]
        names += [body for body in _SEPARATED.split(case.organisation) if len(re.findall(r"\b[A-Z]", body)) > 1]
    return dict(_by_lower_case(name for name in names if name[:1].isupper()))
