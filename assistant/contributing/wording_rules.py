"""What the words of a case may not hold: markup, links, characters that cannot be seen, more than a reader reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from assistant.reading.builder import unseen_characters
from assistant.sources.catalogue import slug
from assistant.text.terms import content_terms

SHOWN = 60
"""Characters of a value that a message repeats."""
MOST_NEAR = 5
"""Values that a message names as the nearest, and up to which it names all."""

_HTML = re.compile(r"</?[a-z!?][^<>]{0,60}>?", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
_LINK = re.compile(r"!?\[[^\[\]]{0,200}\]\([^()]{0,300}\)?|^\s*\[[^\[\]]{1,200}\]:\s*\S+", re.MULTILINE)
_UNSEEN = "\N{REPLACEMENT CHARACTER}"
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a list",
    dict: "a table of fields",
    type(None): "nothing",
}


def shown(value: Any) -> str:
    """A value as a message repeats it: in quotation marks, shortened, with nothing in it that cannot be seen.

    >>> shown("a\\u202eb"), shown(5)
    ('“a�b”', '5')
    """
    words = value if isinstance(value, str) else repr(value)[: 4 * SHOWN]
    short = words[:SHOWN] + ("…" if len(words) > SHOWN else "")
    spaced = " ".join(short.split())
    plain = "".join(each if each.isprintable() and not unseen_characters(each) else _UNSEEN for each in spaced)
    return f"“{plain}”" if isinstance(value, str) else plain


def kind_of(value: Any) -> str:
    """What a value is, for people who do not write programs."""
    return _KINDS.get(type(value), "something else")


def text_problem(value: Any, most: int) -> str | None:
    """What is wrong with a value that has to be words of at most ``most`` characters; None where nothing is."""
    if not isinstance(value, str):
        what = f"{kind_of(value)}, {shown(value)}" if value is not None else "nothing"
        return f"Found {what}; expected text. Write it in quotation marks."
    if len(value) > most:
        # Before all else: nothing here should read a megabyte.
        return f"{shown(value)} has {len(value):,} characters; the limit is {most:,}. Shorten it."
    if unseen := unseen_characters(value):
        named = ", ".join(unseen[:MOST_NEAR])
        return f"{shown(value)} contains invisible characters ({named}). Delete them, or type the text again."
    if found := _HTML.search(value):
        return f"{shown(found[0])} looks like HTML. Use plain text, and write “less than” for <."
    if found := _ENTITY.search(value):
        return f"{shown(found[0])} is a character code. Type the character itself."
    if found := _LINK.search(value):
        return (
            f"{shown(found[0])} looks like a Markdown link or picture. Use plain text, and add the web address as a "
            f"source."
        )
    return None


def choice_problem(value: str, what: str, known: Iterable[str]) -> str:
    """What to say of a value that is none of the known ones: all of a few, else the nearest."""
    values = tuple(known)
    if len(values) <= MOST_NEAR:
        return f"{shown(value)} is not a known {what}. Choose one of: {', '.join(values)}."
    near = nearest(value, values)
    named = f"The closest are: {', '.join(near)}" if near else f"Examples: {', '.join(values[:MOST_NEAR])}"
    return f"{shown(value)} is not a known {what}. {named}."


def nearest(value: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known values most like one, by spelling and by words in common; best first, at most `MOST_NEAR`."""
    spelt = {slug(name): name for name in known}
    asked = slug(value[:200])
    near = [spelt[each] for each in get_close_matches(asked, spelt, MOST_NEAR, 0.6)]
    terms = {*content_terms(value[:200].replace("-", " "))}
    shared = {name: len(terms & {*content_terms(name.replace("-", " "))}) for name in spelt.values()}
    near += sorted((name for name, count in shared.items() if count), key=lambda name: -shared[name])
    return tuple(dict.fromkeys(near))[:MOST_NEAR]
