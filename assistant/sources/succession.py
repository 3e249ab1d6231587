"""Which document replaced which: checked in the catalogue, read as at a date, and said beside an answer.

A superseded document stays in the library. It ranks below its successor where both answer, unless the question asks for
the earlier one, and an answer that cites it names what replaced it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import CatalogueError
from assistant.records import Quote, RetrievedChunk, Source
from assistant.text.dates import first_and_last_day

ANSWERS_AS_WELL = 0.8
"""The successor counts as answering as well from this share of a superseded document's best score. Chosen by hand: two
versions of one statement score alike, documents on different topics do not.
"""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EARLIER = re.compile(
    r"\b(?:earlier|previous|former|old|older|superseded|withdrawn|original|prior|first|replaced) (?:\w+ )?"
    r"(?:version|statement|plan|policy|paper|edition|text|guidance|document|report|rules|one|strategy|target|figure|number)s?\b"
    r"|\b(?:superseded|used to|no longer|what (?:has |was |is )?changed|differ\w*|compar\w+|replaced|until then|"
    r"at the time)\b",
    re.IGNORECASE,
)


def link(sources: Mapping[str, Source], where: Path | str) -> dict[str, Source]:
    """Return the entries with both ends of every succession set.

    Raises:
        CatalogueError: an id is unknown, a status contradicts a succession, or one runs in a circle or back in time.
    """
    for source in sources.values():
        _check_names(source, sources, where)
    linked = dict(sources)
    for newer in sources.values():
        for name in newer.supersedes:
            older = linked.get(name)
            if older is None:
                continue
            if older.superseded_by not in (None, newer.id):
                raise _wrong(
                    where, older, "superseded_by", older.superseded_by, f"yet {newer.id!r} says that it supersedes it"
                )
            status = older.status if older.status == "withdrawn" else "superseded"
            linked[name] = replace(older, status=status, superseded_by=newer.id)
    for source in linked.values():
        if source.status == "superseded" and not source.superseded_by:
            raise _wrong(where, source, "superseded_by", None, "a superseded document names its successor")
        _check_order(source, linked, where)
    return linked


def _check_names(source: Source, sources: Mapping[str, Source], where: Path | str) -> None:
    for field, names in (("supersedes", source.supersedes), ("superseded_by", (source.superseded_by,))):
        for name in filter(None, names):
            if name == source.id:
                raise CatalogueError(f"{where}, entry {source.id}: a document cannot supersede itself.")
            if name not in sources and _ID.fullmatch(name):
                raise _wrong(
                    where,
                    source,
                    field,
                    name,
                    f"which is no id of the library; it holds: {', '.join(sorted(sources))}. "
                    "Of a document that it does not hold, write the title",
                )
    if source.superseded_by and source.status == "current":
        raise _wrong(where, source, "status", "current", f"yet superseded_by names {source.superseded_by!r}")


def _check_order(source: Source, sources: Mapping[str, Source], where: Path | str) -> None:
    passed = [source.id]
    while (name := sources[passed[-1]].superseded_by) in sources:
        if name in passed:
            raise CatalogueError(f"{where}, entry {source.id}: the succession runs in a circle: {' → '.join(passed)}.")
        passed.append(str(name))
    successor = sources.get(source.superseded_by or "")
    if successor and first_and_last_day(successor.published)[1] < first_and_last_day(source.published)[0]:
        raise _wrong(
            where,
            source,
            "superseded_by",
            successor.id,
            f"which was published before it ({successor.published}, {source.published})",
        )


def _wrong(where: Path | str, source: Source, field: str, found: object, why: str) -> CatalogueError:
    value = "nothing" if found is None else repr(found)
    return CatalogueError(f"{where}, entry {source.id}, field {field}: found {value}; {why}.")


def sources_as_at(sources: Mapping[str, Source], as_at: str) -> dict[str, Source]:
    """Return the documents published by a date, with their status then; ``as_at`` is an ISO date.

    A coarse ``as_at`` counts as its last day, a document's coarse date as its first. A document is current until its
    successor is published. Dates of withdrawal are not known, so a withdrawn document counts as withdrawn throughout.

    Raises:
        AssistantError: ``as_at`` is not a date.
    """
    last = first_and_last_day(as_at)[1]
    then = {name: item for name, item in sources.items() if first_and_last_day(item.published)[0] <= last}
    for name, source in then.items():
        if source.status == "superseded" and source.superseded_by in sources and source.superseded_by not in then:
            then[name] = replace(source, status="current", superseded_by=None)
    return then


def latest_successor(source: Source, sources: Mapping[str, Source]) -> Source | None:
    """Return the last of a document's successors that the library holds; None where it holds none."""
    last = None
    while (successor := sources.get(source.superseded_by or "")) is not None:
        last = source = successor
    return last


def superseded_by_better(
    question: str, found: Sequence[RetrievedChunk], sources: Mapping[str, Source]
) -> frozenset[str]:
    """Return the retrieved documents whose successor answers as well, unless the question asks for the earlier one."""
    best: dict[str, float] = {}
    for item in found:
        best.setdefault(item.chunk.document, item.score)
    return frozenset(
        name
        for name, score in best.items()
        if (source := sources[name]).status == "superseded"
        and (successor := latest_successor(source, sources)) is not None
        and best.get(successor.id, 0.0) >= ANSWERS_AS_WELL * score
        and not _asks_for_earlier(question, source, successor)
    )


def _asks_for_earlier(question: str, earlier: Source, later: Source) -> bool:
    """Return whether a question asks for the earlier document: by saying so, or by its title or year."""
    asked = question.casefold()
    year, titles = earlier.published[:4], [item.title.partition(":")[0].casefold() for item in (earlier, later)]
    names_it = titles[0] in asked and titles[1] not in asked and not titles[1].startswith(titles[0])
    dates_it = year != later.published[:4] and re.search(rf"\b{year}\b", asked)
    return bool(names_it or dates_it or _EARLIER.search(question))


def rank_current_first(
    found: Sequence[RetrievedChunk], behind: frozenset[str], sources: Mapping[str, Source]
) -> list[RetrievedChunk]:
    """Return the chunks, those of the documents ``behind`` ranked below the best chunk of their successor."""
    best: dict[str, float] = {}
    for item in found:
        best.setdefault(item.chunk.document, item.score)
    scored = []
    for item in found:
        successor = latest_successor(sources[item.chunk.document], sources) if item.chunk.document in behind else None
        below = best[successor.id] if successor else item.score
        scored.append((min(item.score, below), successor is not None, item))
    scored.sort(key=lambda entry: (-entry[0], entry[1], entry[2].rank))
    return [replace(item, score=score, rank=rank) for rank, (score, _, item) in enumerate(scored, 1)]


def warnings_for(quotes: Iterable[Quote], sources: Mapping[str, Source], as_at: str | None = None) -> tuple[str, ...]:
    """Return one warning for each document cited that is not current, with what replaced it.

    With ``as_at`` also one for each register: it was written later and may include what was not known then.
    """
    return tuple(dict.fromkeys(_warnings(quotes, sources, as_at)))


def _warnings(quotes: Iterable[Quote], sources: Mapping[str, Source], as_at: str | None) -> Iterator[str]:
    for quote in quotes:
        source = sources[quote.document]
        successor = latest_successor(source, sources)
        new = _described(successor) if successor else source.superseded_by
        if source.status == "superseded":
            yield f"{_described(source)} has been superseded by {new}."
        elif source.status == "withdrawn":
            yield f"{_described(source)} has been withdrawn{f'; {new} took its place' if new else ''}."
        if as_at is not None and quote.part != "body":
            yield f"The register on {source.title} may tell of what came after {as_at}."


def _described(source: Source) -> str:
    return f"{source.title} ({source.publisher}, {source.published})"
