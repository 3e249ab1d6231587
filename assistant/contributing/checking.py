"""Whether the fields of a case can stand in the register: one message a field, with the value and how to fix it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from assistant.contributing.known_values import KnownValues
from assistant.errors import CaseFieldsError, FieldProblem
from assistant.reading.builder import normalise
from assistant.registers.entries import Precedent
from assistant.registers.rules import field_problems, given, rules_of

FIELD_TITLES: Mapping[str, str] = {
    name: rules_of(Precedent)[name].label
    for name in (
        "title id summary lesson polarity evidence said_by as_at organisation place country level period theme url "
        "shift sectors source"
    ).split()
}
"""The fields of a case, in the order of the form, by what they are called on screen."""


def problems_of(fields: Any, known: KnownValues, *, complete: bool) -> tuple[FieldProblem, ...]:
    """Return everything that is wrong with the fields of a case; quick enough for every change.

    A draft needs an id and a title, and whatever else it says must be right. With ``complete`` it must say all that a
    case in the register says. An empty value counts as none.
    """
    try:
        Precedent.model_validate(fields, context=known)
    except ValidationError as error:
        return field_problems(error, Precedent, complete=complete)
    return ()


def as_precedent(fields: Mapping[str, Any], known: KnownValues | None = None) -> Precedent:
    """Return the entry of the register that complete fields make; with ``known``, passages have their place.

    Raises:
        CaseFieldsError: a field is wrong or missing; says which.
    """
    try:
        return Precedent.model_validate(dict(fields), context=known)
    except ValidationError as error:
        raise CaseFieldsError(field_problems(error, Precedent)) from error


def tidied(fields: Mapping[str, Any], known: KnownValues) -> dict[str, Any]:
    """Return right fields as they are kept: white space single, nothing empty, the place of each passage filled in.

    A complete case has every field of `Precedent`, as ``model_dump(mode="json")`` gives them.
    """
    try:
        return as_precedent(fields, known).model_dump(mode="json")
    except CaseFieldsError:
        draft: dict[str, Any] = _plain(fields)
        for source in draft.get("source", ()):
            if source.get("document") and source.get("quote"):
                source.update(known.place(source["document"], source.get("section", ""), source["quote"]))
        return draft


def _plain(value: Any) -> Any:
    """A value of a draft, with single spaces and nothing empty."""
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, Mapping):
        return {name: kept for name, each in given(dict(value)).items() if (kept := _plain(each))}
    return [kept for each in value if (kept := _plain(each))] if isinstance(value, list | tuple) else value
