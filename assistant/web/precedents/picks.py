"""Numbers in pictures as buttons that show the cases they count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

MOST_VALUES = 200
"""Most values that one button may choose."""
Choice = Mapping[str, Sequence[str]]
"""Values by facet, as `CaseFilters` names them."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A number of cases in a picture, which is a button that chooses them unless it is 0."""

    count: int
    words: str
    """What it counts, in words."""
    line: str
    """What it chooses, which `read` reads."""
    is_pressed: bool


def pick(count: int, words: str, wanted: Choice, chosen: Choice) -> Pick:
    """Return a number that chooses ``wanted``; it is pressed while exactly that is ``chosen`` in those facets."""
    return Pick(count, words, written(wanted), is_chosen(wanted, chosen))


def is_chosen(wanted: Choice, chosen: Choice) -> bool:
    """Return whether exactly the wanted values are chosen in their facets."""
    return all({*values} == {*chosen.get(facet, ())} for facet, values in wanted.items())


def written(choice: Choice) -> str:
    """Return a choice as one line, which `read` reads."""
    return urlencode([(facet, value) for facet, values in choice.items() for value in values])


def read(line: str, facets: Iterable[str]) -> dict[str, list[str]]:
    """Return the choice in a button's line; unknown facets are ignored.

    >>> read("themes=health&polarities=failed&colour=red", ["themes", "polarities"])
    {'themes': ['health'], 'polarities': ['failed']}
    """
    known = {*facets}
    choice: dict[str, list[str]] = {}
    for facet, value in parse_qsl(line)[:MOST_VALUES]:
        if facet in known:
            choice.setdefault(facet, []).append(value)
    return choice


def cases_in_words(count: int) -> str:
    """Return a number of cases in words.

    >>> cases_in_words(1)
    '1 case'
    """
    return f"{count} case{'' if count == 1 else 's'}"
