"""The register as a file: read with errors that say where and what to change, written in the form of the shipped one.

Writing the entries that were read from such a file gives its bytes again, so that a change in git shows what changed
and nothing else.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import CatalogueError, FieldProblem
from assistant.registers.entries import Precedent, PrecedentSource
from assistant.registers.rules import found_instead, shown

LARGEST = 5_000_000
"""Bytes of a file that is read; the shipped register has about 120,000."""
FORM = "For an example of the format, run `steward precedents export FILE.toml`"

_TOML_PLACE = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL)


def read_entries(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The entries of a file with one case or several, as they stand there: `[[precedent]]` tables, or one case alone.

    Raises:
        CatalogueError: it cannot be read, is no text, not TOML or JSON, of another shape, or has an id twice; says
            where and what to do.
    """
    content = _content(path)
    if isinstance(content, Mapping) and ("precedent" in content or not {"id", "title"} & {*content}):
        strange = [name for name in content if name != "precedent"]
        rows = content.get("precedent")
        if strange or not isinstance(rows, list) or not rows:
            held = ", ".join(shown(name) for name in [*content][:5]) or "nothing"
            raise CatalogueError(f"{path} has {held}; expected cases as [[precedent]]. {FORM}.")
    else:
        rows = content if isinstance(content, list) else [content]
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise CatalogueError(
                f"{path}, entry {number}: {found_instead(row)}; expected a case with its fields. {FORM}."
            )
    if not rows:
        raise CatalogueError(f"{path} has no cases. {FORM}.")
    _check_ids(rows, path)
    return tuple({name: _plain(value) for name, value in row.items()} for row in rows)


def register_header(path: Path) -> str:
    """The comments at the head of a register's file, with the empty line behind them; nothing where it has none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return ""
    header = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            break
        header.append(line)
    return "".join(header)


def register_toml(entries: Iterable[Precedent], header: str = "") -> str:
    """The entries in the form of the shipped register, in the order given, behind a header of comments.

    >>> register_toml([])
    ''
    """
    return header + "\n".join(_entry(entry) for entry in entries)


def in_entry(problems: Iterable[FieldProblem], number: int, fields: Mapping[str, Any]) -> list[FieldProblem]:
    """Problems of one entry of a file, each with the entry that it is in."""
    name = fields.get("id") or "without id"
    where = f"entry {number} ({name if isinstance(name, str) and len(name) <= 80 else shown(name)})"
    return [FieldProblem(f"{where}, {item.field}" if item.field else where, item.message) for item in problems]


def _content(path: Path) -> Any:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise CatalogueError(f"{path} has {size:,} bytes; the limit is {LARGEST:,}. Split it.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror or error}. Give a TOML or JSON file.") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path} is not UTF-8 text. Save the cases as a TOML or JSON text file.") from error
    if "\0" in text:
        raise CatalogueError(f"{path} is not UTF-8 text. Save the cases as a TOML or JSON text file.")
    if not text.strip():
        raise CatalogueError(f"{path} is empty. {FORM}.")
    try:
        return _json(text, path) if path.suffix.lower() == ".json" else _toml(text, path)
    except RecursionError as error:
        raise CatalogueError(f"{path} is nested too deeply. {FORM}.") from error


def _toml(text: str, path: Path) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.match(str(error))
        lines = text.splitlines()
        number = int(found["line"]) if found and found["line"] else len(lines)
        what = found["what"] if found else str(error)
        raise CatalogueError(_broken(path, "TOML", number, lines, what)) from error


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise CatalogueError(_broken(path, "JSON", error.lineno, text.splitlines(), error.msg)) from error
    except ValueError as error:  # a number too long to be one, or a name given twice
        raise CatalogueError(f"{path} is not valid JSON: {error}. Correct it. {FORM}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the field {shown(name)} is given twice")
    return dict(pairs)


def _broken(path: Path, form: str, number: int, lines: list[str], what: str) -> str:
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return f"{path}, line {number}, is not valid {form}: {what}. Found {shown(line)}. Correct the line. {FORM}."


def _check_ids(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        name = row.get("id")
        if isinstance(name, str):
            if name in seen:
                raise CatalogueError(
                    f"{path}, entry {number}, field id: entry {seen[name]} has the id {shown(name)} too. "
                    f"Give each case its own id, or delete one."
                )
            seen[name] = number


def _plain(value: Any) -> Any:
    """A value as a form gives it: a date that stands without quotation marks is one all the same."""
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def _entry(entry: Precedent) -> str:
    sources = "".join(f"  {_source(source)},\n" for source in entry.source)
    lines = ["[[precedent]]"]
    for name in Precedent.model_fields:
        lines.append(f"source = [\n{sources}]" if name == "source" else f"{name} = {_value(getattr(entry, name))}")
    return "\n".join(lines) + "\n"


def _source(source: PrecedentSource) -> str:
    """The fields that a source has, in the shipped order: an empty address says that none was confirmed."""
    names = ["document", "section"] if source.document else []
    names += ["quote"] if source.quote else []
    names += ["pages"] if source.pages is not None else []
    names += ["notes"] if source.notes or source.pages is not None else []
    names += [name for name in ("publisher", "title") if getattr(source, name) is not None]
    names += ["published"] if source.published else []
    names += ["url"] if source.url or source.publisher is not None or source.title is not None else []
    names += ["part"] if source.part is not None else []
    return f"{{ {', '.join(f'{name} = {_value(getattr(source, name))}' for name in names)} }}"


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # words and lists of them look alike in TOML and JSON
