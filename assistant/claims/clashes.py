"""Names and words of the claim that its context lacks or contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.claims.alignment import Alignment, agreement
from assistant.claims.counterparts import counterpart, mostly_in_order
from assistant.claims.lexicon import BODIES_OF_GOVERNMENT, OPPOSITES, PAPERS_OF_GOVERNMENT
from assistant.claims.lists import in_one_list
from assistant.claims.tokens import Token
from assistant.records import Reason

_NO_NAME_ENDINGS = ("ly", "tion", "ment", "ity", "ness", "ance", "ence", "ship", "ism", "sion")
_TENSES = ({"has", "had"}, {"have", "had"}, {"is", "was"}, {"are", "were"})
_SHORT = 5
"""Up to this many content words, one other word changes what a sentence says."""
_REPORTING = frozenset(
    "say argue contend maintain claim state note observe report recommend propose suggest urge warn find conclude "
    "judge think believe describe call expect want welcome see regard hold treat use announce estimate".split()
)


def name_clashes(found: Alignment) -> Iterator[Reason]:
    """Yield names and actors of the claim that the context lacks or has in another role."""
    matches = found.matches
    for run in _runs(found.claim):
        missing = [index for index in run if not _holds(found, index, matches)]
        if not missing:
            other = _displaced(found, run)
            if other is not None:
                yield Reason("name", _text(found.claim, run), other.text)
            continue
        first = found.claim[missing[0]]
        if missing[0] in matches:
            other = found.context[matches[missing[0]]]  # "government" within the name of an institute
        else:
            other = counterpart(found, missing[0], _names_someone)
        if first.base == "government" and _speaks_for_government(found, other):
            continue
        if first.base == "minister" and other is not None and other.base == "government" and other.run < 0:
            continue
        opens = not any(token.content for token in found.claim[: missing[0]])
        if other is None and not first.named and not opens and not _speaks(found.claim, missing[0]):
            continue  # a reworded common noun counts in the words in common
        yield Reason("name", _text(found.claim, run), other.text if other else "")


def _names_someone(tokens: tuple[Token, ...], index: int) -> bool:
    return tokens[index].named or tokens[index].actor or _may_name(tokens, index)


def opposite_clashes(found: Alignment) -> Iterator[Reason]:
    """Yield words of the claim whose opposite is in the context, unmatched by anything else."""
    held = set(found.matches.values())
    for index, token in enumerate(found.claim):
        if index in found.matches or not (token.content or token.kind in ("stop", "force")):
            continue
        contraries = OPPOSITES.get(token.base or token.text, frozenset())
        if not contraries:
            continue
        if any((item.base or item.text) == (token.base or token.text) for item in found.context):
            continue
        for column, item in enumerate(found.context):
            if column not in held and (item.base or item.text) in contraries:
                yield Reason("opposite", token.text, item.text)
                break


def single_change(found: Alignment) -> Iterator[Reason]:
    """Yield the one word by which a claim differs from a whole sentence, unless the lists count it as the same.

    A short sentence that was reworded differs in more than one place; one that differs in one word was altered.
    """
    claim = [token for token in found.claim if token.kind != "mark"]
    context = [token for token in found.context if token.kind != "mark"]
    if len(claim) != len(context) or sum(token.content for token in claim) > _SHORT:
        return
    changed = [pair for pair in zip(claim, context, strict=True) if not _same(*pair)]
    if len(changed) != 1:
        return
    mine, other = changed[0]
    if not {mine.kind, other.kind} <= {"word", "stop"}:
        return
    tense = {mine.text.lower(), other.text.lower()} in _TENSES
    if tense or (mine.kind == other.kind == "word" and not agreement(mine, other)):
        yield Reason("words", mine.text, other.text)


def _same(first: Token, second: Token) -> bool:
    return (first.kind, first.key) == (second.kind, second.key)


def _runs(tokens: tuple[Token, ...]) -> list[list[int]]:
    """Return names as runs of tokens, each actor outside a name alone, and a first word that may be a name."""
    runs: dict[int, list[int]] = {}
    single = -1
    for index, token in enumerate(tokens):
        if token.named and token.content:
            runs.setdefault(token.run, []).append(index)
        elif token.actor or _may_name(tokens, index):
            single -= 1
            runs[single] = [index]
    return sorted(runs.values())


def _may_name(tokens: tuple[Token, ...], index: int) -> bool:
    """Return whether a capitalised first word is unknown to all lists."""
    token = tokens[index]
    if token.kind != "word" or not token.opening or not token.text[:1].isupper():
        return False
    if token.groups or token.base in OPPOSITES or token.base in _REPORTING or token.text.endswith(_NO_NAME_ENDINGS):
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return not token.text.endswith("ing") or following is None or following.kind != "stop"


def _text(tokens: tuple[Token, ...], run: list[int]) -> str:
    return " ".join(token.text for token in tokens[run[0] : run[-1] + 1])


def _holds(found: Alignment, index: int, matches: dict[int, int]) -> bool:
    """Return whether a token of a name is matched by one of the same name, not by a word of a longer one."""
    if index not in matches:
        return False
    own, other = found.claim[index], found.context[matches[index]]
    if not other.named or other.run < 0:
        return True
    theirs = [item for item in found.context if item.run == other.run and item.content]
    if len(theirs) == 1:
        return True
    ours = [item for item in found.claim if item.run == own.run and item.content] if own.run >= 0 else [own]
    if all(any(agreement(mine, item) for item in theirs) for mine in ours):
        head = _head(found.context, other.run)
        return any(agreement(mine, item) for mine in ours for item in (theirs[-1], *head)) and not _is_institute(
            found, own, other
        )
    return all(any(agreement(mine, item) for mine in ours) for item in theirs)


def _is_institute(found: Alignment, own: Token, other: Token) -> bool:
    """Return whether "government" meets "Institute for Government": the body is not what follows "for" or "of"."""
    if own.run >= 0 and len([item for item in found.claim if item.run == own.run]) > 1:
        return False
    places = [index for index, item in enumerate(found.context) if item.run == other.run and item.content]
    place = next(index for index in places if found.context[index] is other)
    return any(found.context[index].text.lower() in ("for", "of", "on") for index in range(places[0], place))


def _head(tokens: tuple[Token, ...], run: int) -> list[Token]:
    """Return the last word before "of" or "for" in a name."""
    places = [index for index, item in enumerate(tokens) if item.run == run and item.content]
    return [
        tokens[place]
        for place in places
        if place + 1 < len(tokens) and tokens[place + 1].text.lower() in ("of", "for", "on") and place != places[-1]
    ]


def _displaced(found: Alignment, run: list[int]) -> Token | None:
    """Return another name in the context at the place where the claim has this one, moved from elsewhere."""
    first = found.claim[run[0]]
    if not all(index in found.moved for index in run) or not (first.named or _takes_subject(found, run[0])):
        return None
    if not mostly_in_order(found):
        return None
    gap = found.gap_of(run[0])
    own = {found.moved[index] for index in run}
    for column in gap.context:
        item = found.context[column]
        if column in own or not _names_someone(found.context, column):
            continue
        if any(agreement(found.claim[index], item) for index in run):
            continue
        if not in_one_list(found.context, min(own), column):
            return item
    return None


def _takes_subject(found: Alignment, index: int) -> bool:
    """Return whether a noun opens the claim where a name opens the context, and nothing is reversed."""
    places = found.gap_of(index).context
    alone = bool(places) and all(_names_someone(found.context, place) for place in places)
    turned = any(token.text.lower() == "by" for token in found.claim)
    return alone and not turned and not any(token.content for token in found.claim[:index])


def _speaks_for_government(found: Alignment, other: Token | None) -> bool:
    """Return whether the context has a government body or paper where the claim has the government."""
    held = set(found.matches.values())
    places = [place for place in range(len(found.context)) if _is_government(found.context, place)]
    if other is not None:
        return any(found.context[place] is other or found.context[place].run == other.run >= 0 for place in places)
    return any(place not in held for place in places)


def _is_government(tokens: tuple[Token, ...], index: int) -> bool:
    token = tokens[index]
    if token.base in BODIES_OF_GOVERNMENT:
        return _names_someone(tokens, index)
    ends = index + 1 == len(tokens) or tokens[index + 1].run != token.run
    return token.named and ends and token.base in PAPERS_OF_GOVERNMENT


def _speaks(tokens: tuple[Token, ...], index: int) -> bool:
    """Return whether the word is the subject of a verb of saying, or follows "according to"."""
    before = tokens[max(0, index - 2) : index]
    return any(item.text.lower().startswith(("according to", "in the")) for item in before) or any(
        item.base in _REPORTING for item in tokens[index + 1 : index + 4]
    )
