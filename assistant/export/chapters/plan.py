"""The plan of a chapter: a small TOML file of its contents, in order, with the author's own text.

::

    title = "Citizens in the room"
    date = 2026-11-27          # optional; default: today
    case_table = true          # optional
    introduction = "Own text: paragraphs, and lists whose lines begin with '- '."

    [[section]]
    heading = "What was tried"
    items = [
      { text = "Own text." },
      { case = "ID" },
      { recommendation = "ID" },
    ]
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import PlanError
from assistant.text.printable import clean, in_one_line, shortened

TITLE_CHARACTERS = 200
TEXT_CHARACTERS = 20_000
"""Longest piece of text."""
MOST_SECTIONS = 50
MOST_ITEMS = 200
"""Most items in a section."""
PLAN_BYTES = 1_000_000
"""Largest plan file."""
VALUE_CHARACTERS = 60
"""How much of a wrong value an error shows."""

ItemKind = Literal["text", "case", "recommendation"]
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--|<![A-Za-z]")


def _without_html(text: str) -> str:
    found = _TAG.search(text)
    if found:
        raise ValueError(f"found HTML ({shortened(found[0], VALUE_CHARACTERS)!r}). Remove the tags")
    return text


def _own_text(text: str) -> str:
    return _without_html("\n".join(line.rstrip() for line in clean(text).split("\n")).strip("\n"))


def _one_line(text: str) -> str:
    return _without_html(in_one_line(text))


OwnText = Annotated[str, Field(max_length=TEXT_CHARACTERS), AfterValidator(_own_text)]
Line = Annotated[str, Field(max_length=TITLE_CHARACTERS), AfterValidator(_one_line)]
Id = Annotated[str, Field(max_length=TITLE_CHARACTERS), AfterValidator(in_one_line)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PlanItem(_Part):
    """Either text, a case or a recommendation."""

    text: OwnText = ""
    case: Id = ""
    recommendation: Id = ""

    @model_validator(mode="after")
    def _holds_one(self) -> PlanItem:
        if len(self.model_fields_set) != 1:
            raise ValueError("an item has one of text, case and recommendation. Make separate items")
        return self

    @property
    def kind(self) -> ItemKind:
        """Which of the three it is."""
        kinds: tuple[ItemKind, ...] = ("text", "case", "recommendation")
        return next(kind for kind in kinds if kind in self.model_fields_set)

    @property
    def value(self) -> str:
        """Its text or id."""
        return str(getattr(self, self.kind))


class PlanSection(_Part):
    """One heading and its items in order."""

    heading: Line
    items: Annotated[tuple[PlanItem, ...], Field(max_length=MOST_ITEMS, strict=False)] = ()


class Plan(_Part):
    """The plan of a chapter. Text is clean (see `printable.clean`); ids are checked elsewhere."""

    title: Line
    date: datetime.date | None = None
    """The date of the chapter; None for today."""
    case_table: bool = True
    introduction: OwnText = ""
    section: Annotated[tuple[PlanSection, ...], Field(max_length=MOST_SECTIONS, strict=False)] = ()

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of its content; comments and spacing do not count."""
        return hashlib.sha256(plan_toml(self).encode()).hexdigest()[:16]

    def ids(self, kind: ItemKind) -> list[str]:
        """Return every id of one kind, in order."""
        return [item.value for section in self.section for item in section.items if item.kind == kind]


def read_plan(path: Path) -> Plan:
    """Return the plan in a file.

    Raises:
        PlanError: it cannot be read or is not valid; names file, entry, field, value and how to fix it.
    """
    try:
        if path.stat().st_size > PLAN_BYTES:
            raise PlanError(f"{path} has {path.stat().st_size:,} bytes; the limit is {PLAN_BYTES:,}. Shorten it.")
        content = path.read_bytes()
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read: {error.strerror}. Start a plan with `steward precedents chapter --new {path}`."
        ) from error
    return plan_of_toml(content, str(path))


def plan_of_toml(content: bytes, name: str) -> Plan:
    """Return the plan in a file's content; ``name`` is what errors call the file.

    Raises:
        PlanError: as `read_plan`.
    """
    try:
        fields = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PlanError(f"{name} is not UTF-8 text (byte {error.start + 1}). Save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error) or "too deeply nested"
        raise PlanError(f"{name} is not valid TOML: {said}. Correct it there.") from error
    return plan_of(fields, name)


def plan_of(fields: Mapping[str, Any] | str, name: str) -> Plan:
    """Return the plan in a mapping of the same shape as the file, or in JSON of that shape.

    Raises:
        PlanError: it is not valid; names file, entry, field, value and how to fix it.
    """
    try:
        return Plan.model_validate_json(fields) if isinstance(fields, str) else Plan.model_validate(fields)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        more = len(problems) - 1
        others = f" ({more} further {'problem' if more == 1 else 'problems'}.)" if more else ""
        raise PlanError(f"{name}, {_problem(problems[0])}{others}") from error


def plan_toml(plan: Plan) -> str:
    """Return the plan as TOML, which `plan_of_toml` reads back unchanged."""
    lines = [f"title = {_string(plan.title)}"]
    if plan.date is not None:
        lines.append(f"date = {plan.date.isoformat()}")
    lines.append(f"case_table = {'true' if plan.case_table else 'false'}")
    lines.append(f"introduction = {_string(plan.introduction)}")
    for section in plan.section:
        lines += ["", "[[section]]", f"heading = {_string(section.heading)}"]
        items = [f"  {{ {item.kind} = {_string(item.value)} }}," for item in section.items]
        lines += ["items = [", *items, "]"] if items else ["items = []"]
    return "\n".join(lines) + "\n"


def location_words(section: int, heading: str, item: int | None = None) -> str:
    """Return the place of an entry, counted from 1, as errors name it.

    >>> location_words(2, "What was tried", 1)
    'section 2 (“What was tried”), item 1'
    """
    words = f"section {section}" + (f" (“{shortened(heading, VALUE_CHARACTERS)}”)" if heading else "")
    return words if item is None else f"{words}, item {item}"


def _string(text: str) -> str:
    # TOML has JSON's escapes, and clean text has no control characters except line ends. Each keeps its own line, which
    # is easy to review.
    if "\n" not in text:
        return json.dumps(text, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}"""'


def _problem(found: Any) -> str:
    place, field = _place(found["loc"])
    at = ", ".join(filter(None, (place, f"field {field}" if field else ""))) or "the plan"
    value, context = found["input"], found.get("ctx", {})
    match found["type"]:
        case "missing":
            return f"{at}: missing. Add it."
        case "extra_forbidden":
            known = _known_fields(found["loc"])
            return f"{at}: unknown field. Use one of: {', '.join(known)}."
        case "string_too_long":
            return f"{at}: found {len(value):,} characters; the limit is {context['max_length']:,}. Shorten it."
        case "too_long":
            return f"{at}: more than the limit of {context['max_length']} entries. Split it."
        case "value_error":
            return f"{at}: {context['error']}."
        case kind:
            expected = _EXPECTED.get(kind, found["msg"].lower())
            return f"{at}: found {shortened(repr(value), VALUE_CHARACTERS)}; expected {expected}."


_EXPECTED = {
    "string_type": 'text in quotation marks, such as "So it went"',
    "bool_type": "true or false",
    "date_type": "a date without quotation marks, such as 2026-11-27",
    "date_parsing": "a date such as 2026-11-27",
    "tuple_type": "a list",
    "model_type": "a table of fields",
    "json_invalid": "JSON",
}


def _place(loc: tuple[int | str, ...]) -> tuple[str, str]:
    """Return the entry in words, and the field."""
    words, field = [], ""
    for part in loc:
        if isinstance(part, int):
            words.append(f"{'item' if field == 'items' else field} {part + 1}")
            field = ""
        else:
            field = part
    return ", ".join(words), field


def _known_fields(loc: tuple[int | str, ...]) -> list[str]:
    names = [part for part in loc[:-1] if isinstance(part, str)]
    models: Mapping[str, type[BaseModel]] = {"": Plan, "section": PlanSection, "items": PlanItem}
    return list(models[names[-1] if names else ""].model_fields)
