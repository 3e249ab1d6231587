"""The parameters of functions for programs: checked before a call, and described as JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, getdoc, signature
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from assistant.errors import AssistantError

SHOWN_CHARACTERS = 60
"""How much of a wrong value a message shows."""
MOST_SHOWN = 5
"""How many wrong values a message shows."""
_LINES = re.compile(r"^ {4}(\w+): (.+)$", re.MULTILINE)


class Parameters:
    """The parameters of one function: types and bounds from its signature, descriptions from its docstring."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """``function`` has a type and a line under ``Args:`` for each parameter."""
        words = dict(_LINES.findall(one_line_parameters(function)))
        types = get_type_hints(function, include_extras=True)
        fields: dict[str, Any] = {
            name: (types[name], Field(_default(parameter), description=words[name]))
            for name, parameter in signature(function).parameters.items()
        }
        config = ConfigDict(extra="forbid", strict=True)
        self._model: type[BaseModel] = create_model("Parameters", __config__=config, **fields)

    @property
    def names(self) -> list[str]:
        """The names, in the order of the function."""
        return list(self._model.model_fields)

    def check(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values to call the function with, defaults filled in.

        Raises:
            AssistantError: a value is missing, unknown, of the wrong type or out of bounds; names parameter and value.
        """
        try:
            checked = self._model.model_validate(given)
        except ValidationError as error:
            raise AssistantError(self._sentence(error)) from None
        return {name: getattr(checked, name) for name in self.names}

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of an object with a described property for each parameter."""
        schema = self._model.model_json_schema()
        plain: dict[str, Any] = _plain(schema, schema.get("$defs", {}))
        return plain

    def _sentence(self, error: ValidationError) -> str:
        first = error.errors(include_url=False)[0]
        name, *within = first["loc"]
        where = str(name) + "".join(f"[{step}]" for step in within)
        if first["type"] == "missing":
            return f"{where}: required, but no value was given."
        if first["type"] == "extra_forbidden":
            return f"{where}: unknown parameter. Choose from: {', '.join(self.names)}."
        if "error" in first.get("ctx", {}):  # our own check, whose message has the value
            return f"{where}: {first['ctx']['error']}"
        expected = first["msg"].replace("Input should be ", "").replace(" should have ", " of ")
        return f"{where}: found {shown(first['input'])}; expected {expected[:1].lower()}{expected[1:]}."


def one_line_parameters(function: Callable[..., Any]) -> str:
    """Return the function's docstring with each parameter on one line, as Gradio expects."""
    return re.sub(r"\n {8,}", " ", getdoc(function) or "")


def shown(value: Any) -> str:
    """Return a value as a message shows it: a long one is cut, with its length."""
    words = repr(value)
    if len(words) <= SHOWN_CHARACTERS:
        return words
    length = f" ({len(value):,} characters)" if isinstance(value, str) else ""
    return f"{words[:SHOWN_CHARACTERS]}…{length}"


def listed(values: Sequence[str]) -> str:
    """Return unchecked names as a message shows them: the first few, long ones cut."""
    kept = [name if len(name) <= SHOWN_CHARACTERS else f"{name[:SHOWN_CHARACTERS]}…" for name in values[:MOST_SHOWN]]
    more = len(values) - len(kept)
    return ", ".join([*kept, *([f"and {more} more"] if more else [])])


def _default(parameter: Parameter) -> Any:
    return ... if parameter.default is Parameter.empty else parameter.default


def _plain(schema: Any, named: Mapping[str, Any]) -> Any:
    """Return the schema without what Gradio and some programs cannot read: references, closed objects and titles."""
    if isinstance(schema, list):
        return [_plain(item, named) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(named[schema["$ref"].rpartition("/")[2]], named)
    kept = {
        key: value
        for key, value in schema.items()
        if key not in ("title", "$defs", "properties", "additionalProperties")
    }
    plain = {key: _plain(value, named) for key, value in kept.items()}
    if "properties" in schema:
        plain["properties"] = {name: _plain(value, named) for name, value in schema["properties"].items()}
    return plain
