"""Lists within a sentence: "councils, charities and firms"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.claims.tokens import Token

_JOINTS = frozenset(["and", "or", ",", "&", "nor", "as well as"])
_PASSED = frozenset("the a an both as well of on its their".split())
_MOST_WORDS = 2
"""Content words of a member besides the one compared."""


def in_one_list(tokens: Sequence[Token], first: int, second: int) -> bool:
    """Return whether two tokens are in members of one list: only short members, commas and "and" between them."""
    low, high = sorted((first, second))
    between = tokens[low + 1 : high]
    places = [index for index, token in enumerate(between) if token.text.lower() in _JOINTS]
    if not places:
        return False
    if any(not token.content and token.text.lower() not in _JOINTS | _PASSED and token.run < 0 for token in between):
        return False
    parts: list[list[Token]] = [[]]
    for token in between:
        if token.text.lower() in _JOINTS:
            parts.append([])
        elif token.content:
            parts[-1].append(token)
    opening, *middle, closing = parts
    run = tokens[low].run
    opening = [token for token in opening if not token.run == run >= 0]
    closing = [token for token in closing if not token.run == tokens[high].run >= 0]
    most_before = 0 if tokens[high].kind in ("figure", "date") else 1
    return len(opening) <= 1 and len(closing) <= most_before and all(len(part) <= _MOST_WORDS for part in middle)
