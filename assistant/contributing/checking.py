"""Whether the fields of a case can stand in the register: one message per field, with the value and the mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import ValidationError

from assistant.contributing.known_values import KnownValues
from assistant.contributing.passages import LibraryPassages
from assistant.contributing.source_rules import (
    ASK_SOURCE,
    LONGEST_ADDRESS,
    MOST_SOURCES,
    address_problem,
    source_problems,
)
from assistant.contributing.wording_rules import choice_problem, kind_of, nearest, shown, text_problem
from assistant.errors import CaseFieldsError, FieldProblem
from assistant.reading.builder import normalise
from assistant.registers.entries import Level, Polarity, Precedent, Shift
from assistant.sources.catalogue import slug

if TYPE_CHECKING:
    pass

MOST_SECTORS = 10
LONGEST_ID = 80


class CaseField(NamedTuple):
    """A field of a case that holds words."""

    label: str
    most: int
    """Characters."""
    ask: str
    """What to write, for whoever left it empty."""


CASE_FIELDS: Mapping[str, CaseField] = {
    "id": CaseField("Id", LONGEST_ID, "Use lower-case letters, numbers and hyphens, such as leeds-repair-hubs"),
    "title": CaseField("Title", 200, "Say in a few words what was tried"),
    "organisation": CaseField("Organisation", 300, "Say who did it, or “Not stated” if the source does not say"),
    "place": CaseField("Place", 300, "Say where, or “Not stated” if the source does not say"),
    "country": CaseField("Country", 300, "Name the country, such as England"),
    "level": CaseField("Level", 300, "Choose a level, such as local or national"),
    "period": CaseField("Period", 300, "Say when, such as 2019-2021, or “Not stated” if the source does not say"),
    "theme": CaseField("Theme", 300, "Choose a theme from the list"),
    "polarity": CaseField("Outcome", 300, "Choose an outcome, such as worked or failed"),
    "summary": CaseField("Summary", 2000, "Say what was tried and what came of it, in your own words"),
    "lesson": CaseField("Lesson", 1000, "Say what mission stewards can learn from it"),
    "url": CaseField("Web address", LONGEST_ADDRESS, "Give a web address, or leave it empty"),
}
"""The fields that hold words, in the order in which problems are told."""
_WORDED = "title id summary lesson polarity organisation place country level period theme url".split()
FIELD_TITLES: Mapping[str, str] = {
    **{name: CASE_FIELDS[name].label for name in _WORDED},
    "shift": "Shifts",
    "sectors": "Sectors",
    "source": "Sources",
}
"""The fields of a case, in the order of the form, by what they are called on screen."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OWN = "Value error, "
"""What pydantic puts before the words of our own checks."""
_ALWAYS = ("id", "title")
"""What a draft needs as well."""


def problems_of(fields: Mapping[str, Any], known: KnownValues, *, complete: bool) -> tuple[FieldProblem, ...]:
    """Everything that is wrong with the fields of a case, in the order of the fields; quick enough for every change.

    A draft needs an id and a title, and whatever else it says must be right. With ``complete`` it must say all that a
    case in the register says. An empty value counts as none.
    """
    if not isinstance(fields, Mapping):
        return (FieldProblem("", f"Found {kind_of(fields)}, {shown(fields)}; expected a case with its fields."),)
    return tuple(FieldProblem(name, message) for name, message in _problems(fields, known, complete))


def as_precedent(fields: Mapping[str, Any]) -> Precedent:
    """The entry of the register that complete fields make.

    Raises:
        CaseFieldsError: they make none; `problems_of` says more.
    """
    try:
        return Precedent.model_validate(dict(fields))
    except ValidationError as error:
        places = [item["loc"] for item in error.errors()]
        problems = [
            FieldProblem(_named(item["loc"]), f"Found {shown(item['input'])}; {item['msg'].removeprefix(_OWN)}.")
            for item in error.errors()
            # A list of which an item is wrong is called too short as well.
            if not any(place != item["loc"] and place[: len(item["loc"])] == item["loc"] for place in places)
        ]
        raise CaseFieldsError(problems) from error


def tidied(fields: Mapping[str, Any], known: KnownValues) -> dict[str, Any]:
    """Right fields as they are kept: white space single, nothing empty, the place of each passage filled in.

    A complete case has every field of `Precedent`, as ``model_dump(mode="json")`` gives them.
    """
    kept = _without_nothing(fields)
    kept["source"] = [_placed(source, known.passages) for source in kept.get("source", ()) if source]
    try:
        return as_precedent(kept).model_dump(mode="json")
    except CaseFieldsError:
        return _without_nothing(kept)


def with_sections(fields: Mapping[str, Any], known: KnownValues) -> dict[str, Any]:
    """Right fields with the section of each passage that names none; all else is as it is."""
    sources = fields.get("source", ())
    return {**fields, "source": [each if each.get("section") else _placed(each, known.passages) for each in sources]}


def _named(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _problems(fields: Mapping[str, Any], known: KnownValues, complete: bool) -> Iterator[tuple[str, str]]:
    names = tuple(Precedent.model_fields)
    for name in fields:
        if name not in names:
            near = ", ".join(nearest(str(name), names)) or ", ".join(names)
            yield str(name)[:60], f"A case has no field {shown(name)}. Did you mean: {near}?"
    for name, kind in CASE_FIELDS.items():
        value = fields.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if (complete and name != "url") or name in _ALWAYS:
                yield name, f"{kind.label} is missing. {kind.ask}."
        elif message := text_problem(value, kind.most) or _value_problem(name, value.strip(), known):
            yield name, message
    yield from _list_problems(fields, "shift", "shift", get_args(Shift), complete)
    yield from _list_problems(fields, "sectors", "sector", None, complete)
    yield from _sources_problems(fields.get("source"), known, complete)


def _value_problem(name: str, value: str, known: KnownValues) -> str | None:
    if name == "id":
        if not _ID.fullmatch(value):
            made = slug(value) or "leeds-repair-hubs"
            return (
                f"{shown(value)} is not a valid id. Use lower-case letters, numbers and single hyphens, such as {made}."
            )
        if value in known.taken:
            title = known.taken[value]
            by = f"by {shown(title)}. Choose another, or edit that case" if title else "by another case. Choose another"
            return f"The id {shown(value)} is already used {by}."
    elif name == "level" and value not in get_args(Level):
        return choice_problem(value, "level", get_args(Level))
    elif name == "polarity" and value not in get_args(Polarity):
        return choice_problem(value, "outcome", get_args(Polarity))
    elif name == "theme" and value not in known.themes:
        return choice_problem(value, "theme", known.themes)
    elif name == "url":
        return address_problem(value)
    return None


def _list_problems(
    fields: Mapping[str, Any], name: str, what: str, known: tuple[str, ...] | None, complete: bool
) -> Iterator[tuple[str, str]]:
    value = fields.get(name)
    if value is None or value in ("", [], ()):
        if complete:
            yield name, f"No {what} is given. Give at least one, such as {'stewardship' if known else 'housing'}."
        return
    if not isinstance(value, list | tuple):
        yield name, f"Found {kind_of(value)}, {shown(value)}; expected a list. Write it in square brackets."
        return
    most = len(known) if known else MOST_SECTORS
    if len(value) > most:
        yield name, f"{len(value)} are given; the limit is {most}. Keep the most important."
        return
    for number, each in enumerate(value, 1):
        message = text_problem(each, 100)
        if message is None and not each.strip():
            message = f"This {what} is empty. Fill it in, or delete it."
        if message is None and known and each not in known:
            message = choice_problem(each, what, known)
        if message is None and each in value[: number - 1]:
            message = f"{shown(each)} is given twice. Delete one."
        if message:
            yield f"{name}.{number}", message


def _sources_problems(value: Any, known: KnownValues, complete: bool) -> Iterator[tuple[str, str]]:
    if value is None or value in ("", [], ()):
        if complete:
            yield (
                "source",
                f"The case has no source. {ASK_SOURCE}",
            )
        return
    if not isinstance(value, list | tuple):
        yield "source", f"Found {kind_of(value)}, {shown(value)}; expected a list of sources."
        return
    if len(value) > MOST_SOURCES:
        yield "source", f"{len(value)} sources are given; the limit is {MOST_SOURCES}. Keep the best."
        return
    for number, source in enumerate(value, 1):
        for problem in source_problems(source, known, complete=complete):
            yield ".".join(filter(None, ("source", str(number), problem.field))), problem.message


def _placed(source: Mapping[str, Any], passages: LibraryPassages) -> dict[str, Any]:
    """A source whose passage is in the document's own words, with the section in which it stands."""
    document, quote = source.get("document", ""), source.get("quote", "")
    found = passages.find(document, quote) if document and quote else None
    if found is None:
        return dict(source)
    return {**source, "quote": found.quote, "section": found.section}


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        kept = value
        if isinstance(value, str):
            kept = normalise(value)
        elif isinstance(value, list | tuple):
            kept = [
                normalise(each)
                if isinstance(each, str)
                else _without_nothing(each)
                if isinstance(each, Mapping)
                else each
                for each in value
            ]
        if kept not in ("", None, []) or name == "notes":
            plain[name] = kept
    return plain
