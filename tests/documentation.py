"""Writes the parts of the READMEs that the code knows best: settings, commands, functions for programs.

``make docs`` writes them; tests/test_documentation.py fails where one of them is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from pydantic import BaseModel

from assistant.cli import app
from assistant.indexing.ingestion import ingest
from assistant.settings import PREFIX, Settings
from assistant.web.api.programs import READING
from assistant.web.app import build_app
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library

ROOT = Path(__file__).parents[1]


def settings_table() -> str:
    """Return every setting as a Markdown table: variable, default, meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for inner, detail in annotation.model_fields.items():
                variable = f"{PREFIX}{name}__{inner}".upper()
                rows.append(f"| `{variable}` | {_shown(detail.default)} | {detail.description} |")
        else:
            rows.append(f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows)


def commands_table() -> str:
    """Return every command as a Markdown table: its arguments and required options, and the first line of its help."""
    rows = ["| command | does |", "|---|---|"]
    for name, command in _commands(typer.main.get_command(app), "steward"):
        words = [name, *filter(None, map(_argument, command.params))]
        rows.append(f"| {_code(' '.join(words))} | {_cell(_first_paragraph(command.help))} |")
    return "\n".join(rows)


def programs_table() -> str:
    """Return every function for programs as a Markdown table: its parameters, whether it is a tool, what it does."""
    rows = ["| function | MCP tool | does |", "|---|---|---|"]
    for name, function in _functions().items():
        parameters = ", ".join(_parameter(parameter) for parameter in function["parameters"])
        is_tool = "yes" if name in READING else "no"
        rows.append(f"| {_code(f'{name}({parameters})')} | {is_tool} | {_cell(_first_sentence(function))} |")
    return "\n".join(rows)


PARTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "settings": ("assistant/README.md", settings_table),
    "commands": ("assistant/README.md", commands_table),
    "programs": ("assistant/web/README.md", programs_table),
}
"""Each part by its name: the README that holds it, and what writes it."""


def written_part(name: str) -> str:
    """Return a part as it stands in its README, between the comments ``<!-- NAME:start -->`` and ``<!-- NAME:end -->``.

    Raises:
        ValueError: the README does not hold both comments, once each.
    """
    path = PARTS[name][0]
    found = _place(name).findall((ROOT / path).read_text(encoding="utf-8"))
    if len(found) != 1:
        raise ValueError(f"{path} holds the part {name!r} {len(found)} times; mark its place once.")
    return str(found[0])


def write_parts() -> None:
    """Bring every part up to date."""
    for name, (path, make) in PARTS.items():
        part = f"<!-- {name}:start -->\n{make()}\n<!-- {name}:end -->"
        words = (ROOT / path).read_text(encoding="utf-8")
        (ROOT / path).write_text(_place(name).sub(lambda _, part=part: part, words), encoding="utf-8")


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- {name}:start -->\n(.*?)\n?<!-- {name}:end -->", re.DOTALL)


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word, inner in command.commands.items():
        yield from _commands(inner, f"{name} {word}")


def _argument(parameter: Any) -> str:
    """Return how a parameter is given; empty for an option that may be left out, which ``--help`` describes."""
    if parameter.param_type_name == "argument":
        word = parameter.metavar or parameter.name.upper()
        return word if parameter.required or word.startswith("[") else f"[{word}]"
    if not parameter.required:
        return ""
    again = " ..." if parameter.multiple else ""
    return f"{parameter.opts[0]} {parameter.metavar or parameter.name.upper()}{again}"


def _functions() -> dict[str, Any]:
    """Return what the app says of its functions, by their names."""
    with TemporaryDirectory() as folder:
        settings = make_library(Path(folder))
        ingest(settings, HashEmbedder())
        library = open_library(settings)
        blocks = build_app(lambda: library, "127.0.0.1")  # on other addresses nobody may add files
        try:
            endpoints = blocks.get_api_info()["named_endpoints"]
        finally:
            blocks.close()
            library.generation.close()
    return {name.removeprefix("/"): endpoint for name, endpoint in endpoints.items()}


def _parameter(parameter: Mapping[str, Any]) -> str:
    name = parameter["parameter_name"]
    return f"[{name}]" if parameter["parameter_has_default"] else str(name)


def _first_sentence(function: Mapping[str, Any]) -> str:
    return re.split(r"(?<=[.!?])\s", _first_paragraph(function["description"]))[0]


def _first_paragraph(words: str | None) -> str:
    return " ".join((words or "").split("\n\n")[0].split())


def _code(words: str) -> str:
    return f"`{words.replace('|', chr(92) + '|')}`"


def _cell(words: str) -> str:
    return words.replace("|", r"\|")


def _shown(value: object) -> str:
    return "unset" if value is None else f"`{value}`"


if __name__ == "__main__":
    write_parts()
