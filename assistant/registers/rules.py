"""The rules that the fields of a register's entry declare, and what is said where one is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, cast

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from assistant.errors import FieldProblem
from assistant.reading.builder import normalise, unseen_characters
from assistant.text.dates import DATE_HINT, date_parts
from assistant.text.slugs import slug
from assistant.text.terms import content_terms
from assistant.text.urls import is_address

SHOWN = 60
"""Characters of a value that a message repeats."""
MOST_NEAR = 5
"""Values that a message names as the nearest, and up to which it names all."""
MOST_STRANGE = 20
"""Unknown fields that are named."""
DRAFT_NEEDS = ("id", "title")

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


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field is called and may hold: as an annotation of words, a choice or a list, it checks them.

    The context of a validation may have a method ``problem(field, words)``, which knows what only a library knows.
    """

    label: str
    most: int
    """Characters of words, items of a list."""
    ask: str = ""
    """What to write, for whoever left it empty."""
    problem: Callable[[str], str | None] | None = None
    """What else can be wrong with words."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Return the check of the annotated type; the length comes first, so that nothing reads a megabyte."""
        schema = handler(source)
        if schema["type"] == "tuple":
            items = cast(core_schema.TupleSchema, {**schema, "max_length": self.most})
            return core_schema.no_info_after_validator_function(_without_repeats, items)
        known = tuple(schema.get("expected", ())) if schema["type"] == "literal" else ()
        words = core_schema.str_schema(strict=True, max_length=self.most)
        return core_schema.with_info_after_validator_function(partial(self._checked, known), words)

    def _checked(self, known: tuple[str, ...], value: str, info: ValidationInfo) -> str:
        words = normalise(value)
        message = wording_problem(value)
        if message is None and known and words not in known:
            message = choice_problem(words, self.label.lower(), known)
        if message is None and self.problem:
            message = self.problem(words)
        if message is None and info.context is not None:
            message = info.context.problem(info.field_name, words)
        if message:
            raise _error("rule", message)
        return words


def rules_of(model: type[BaseModel]) -> dict[str, Rule]:
    """Return the rules that the fields of a model declare, by field."""
    return {
        name: rule for name, field in model.model_fields.items() for rule in field.metadata if isinstance(rule, Rule)
    }


def given(fields: Any) -> Any:
    """Return fields without those that are empty, which count as not given; anything but fields as it is."""
    if not isinstance(fields, dict):
        return fields
    return {str(name): value for name, value in fields.items() if not _is_nothing(value)}


def refusal(problems: Iterable[tuple[str | int, str]], kind: str = "rule") -> ValidationError:
    """Return the error that a validator raises for parts of an entry, each with its field and message.

    Those of the ``kind`` "missing" a draft may have.
    """
    errors = [
        InitErrorDetails(type=_error(kind, message), loc=() if field == "" else (field,), input=None)
        for field, message in problems
    ]
    return ValidationError.from_exception_data("entry", errors)


def field_problems(
    error: ValidationError, model: type[BaseModel], *, complete: bool = True
) -> tuple[FieldProblem, ...]:
    """Return what is wrong in plain words, unknown fields first; unless ``complete``, not what a draft may lack."""
    found = error.errors(include_url=False)
    strange = [item for item in found if item["type"] == "extra_forbidden"][:MOST_STRANGE]
    wrong = [item for item in found if item["type"] != "extra_forbidden" and (complete or not _may_lack(item))]
    return tuple(FieldProblem(_place(item), _sentence(item, model)) for item in (*strange, *wrong))


def wording_problem(value: str) -> str | None:
    """Return what words may not hold and these do: markup, links, what cannot be seen; None where they are plain."""
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


def address_problem(value: str) -> str | None:
    """Return what is wrong with an address on the web; None where nothing is."""
    if is_address(value):
        return None
    scheme, _, rest = value.partition("//")
    host, slash, path = rest.partition("/")
    if "@" in host:
        without_secret = f"{scheme}//…@{host.rpartition('@')[2]}{slash}{path}"
        return f"{shown(without_secret)} contains a user name or password. Delete everything up to the @."
    return f"{shown(value)} is not a web address. Copy it from the browser, starting with https:// or http://."


def date_problem(value: str) -> str | None:
    """Return what is wrong with an ISO date as precise as known; None where nothing is."""
    return None if date_parts(value) else f"{shown(value)} is not a date. {DATE_HINT}"


def choice_problem(value: str, what: str, known: Iterable[str]) -> str:
    """Return what to say of a value that is not one of the known: all of a few, else the closest."""
    values = tuple(known)
    if len(values) <= MOST_NEAR:
        return f"{shown(value)} is not a known {what}. Choose one of: {', '.join(values)}."
    near = nearest(value, values)
    named = f"The closest are: {', '.join(near)}" if near else f"Examples: {', '.join(values[:MOST_NEAR])}"
    return f"{shown(value)} is not a known {what}. {named}."


def nearest(value: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known values most like one, by spelling and by words in common; best first, at most `MOST_NEAR`."""
    spelt = {slug(name): name for name in known}
    asked = slug(value[:200])
    near = [spelt[each] for each in get_close_matches(asked, spelt, MOST_NEAR, 0.6)]
    terms = {*content_terms(value[:200].replace("-", " "))}
    shared = {name: len(terms & {*content_terms(name.replace("-", " "))}) for name in spelt.values()}
    near += sorted((name for name, count in shared.items() if count), key=lambda name: -shared[name])
    return tuple(dict.fromkeys(near))[:MOST_NEAR]


def shown(value: Any) -> str:
    """Return a value as a message repeats it: in quotation marks, shortened, with nothing in it that cannot be seen.

    >>> shown("a\\u202eb"), shown(5)
    ('“a�b”', '5')
    """
    words = value if isinstance(value, str) else repr(value)[: 4 * SHOWN]
    short = words[:SHOWN] + ("…" if len(words) > SHOWN else "")
    spaced = " ".join(short.split())
    plain = "".join(each if each.isprintable() and not unseen_characters(each) else _UNSEEN for each in spaced)
    return f"“{plain}”" if isinstance(value, str) else plain


def found_instead(value: Any) -> str:
    """Return what was found, for people who do not write programs: its kind, and the value.

    >>> found_instead("a book"), found_instead(5)
    ('Found text, “a book”', 'Found a number, 5')
    """
    return f"Found {_KINDS.get(type(value), 'something else')}, {shown(value)}"


def _sentence(item: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong and what to do, by pydantic's kinds of error; our own say it themselves."""
    value, context, place = item["input"], item.get("ctx", {}), item["loc"]
    most = context.get("max_length", 0)
    match item["type"]:
        case "missing" if "words" not in context:
            rule = rules_of(model).get(str(place[0])) or Rule(str(place[-1]), 0, "Add it")
            return f"{rule.label} {'are' if rule.label.endswith('s') else 'is'} missing. {rule.ask}."
        case "extra_forbidden":
            names = [*_inner(model, place).model_fields]
            near = ", ".join(nearest(str(place[-1]), names)) or ", ".join(names)
            return f"There is no field {shown(str(place[-1]))}. Did you mean: {near}?"
        case "string_type":
            return f"{found_instead(value)}; expected text. Write it in quotation marks."
        case "string_too_long":
            return f"{shown(value)} has {len(value):,} characters; the limit is {most:,}. Shorten it."
        case "tuple_type":
            return f"{found_instead(value)}; expected a list. Write it in square brackets."
        case "too_long":
            return f"{len(value):,} are given; the limit is {most:,}. Keep the most important."
        case "model_type":
            what = "source" if place else "case"
            return f"{found_instead(value)}; expected a {what} with its fields."
    return item["msg"]


def _inner(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that has the field of a place: of a source, one place deeper than the entry."""
    if len(place) == 1:
        return model
    inner: type[BaseModel] = model.model_fields[str(place[0])].annotation.__args__[0]  # type: ignore[union-attr]
    return inner


def _without_repeats(values: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = [n for n, each in enumerate(values) if isinstance(each, str) and each in values[:n]]
    if twice:
        raise refusal((n, f"{shown(values[n])} is given twice. Delete one.") for n in twice)
    return values


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _may_lack(item: ErrorDetails) -> bool:
    return item["type"] == "missing" and item["loc"] not in [(name,) for name in DRAFT_NEEDS]


def _place(item: ErrorDetails) -> str:
    """Such as ``source.1.url``; items of lists count from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part[:SHOWN] for part in item["loc"])


def _error(kind: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(kind, "{words}", {"words": message})  # a template of ours: the words may hold braces
