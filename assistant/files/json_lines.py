"""Batches: JSON Lines in, checked before any work; one record each out, saved at once."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.errors import AssistantError

PARTIAL = ".partial"
"""Suffix of the output file until the batch is done."""


class Identified(Protocol):
    """A line with its own id."""

    @property
    def id(self) -> str | int:
        """Unique in the file."""


Line = TypeVar("Line", bound=BaseModel)
Item = TypeVar("Item", bound=Identified)


def load_lines(path: Path, model: type[Line], expected: str) -> Iterator[tuple[str, Line]]:
    """Yield the place of each line ("FILE, line N") and what it holds; empty lines are skipped.

    Raises:
        AssistantError: the file cannot be read, a line has the wrong form or an id repeats; names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(
            f"{path} cannot be read as UTF-8 text: {error}. Check the file and its encoding."
        ) from error
    known: set[str | int] = set()
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        where = f"{path}, line {number}"
        try:
            line = model.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise AssistantError(f"{where}, {field}: {first['msg']}; expected {expected}.") from error
        identifier: str | int = getattr(line, "id")  # noqa: B009 a model of pydantic declares no protocol
        if identifier in known:
            raise AssistantError(f"{where}: the id {identifier!r} is used twice. Give each line its own id.")
        known.add(identifier)
        yield where, line


def check_output(output: Path, batch: Path | None = None) -> None:
    """Refuse an output that would replace its own batch, or a device, pipe or folder.

    Raises:
        AssistantError: says which it is, and what to do.
    """
    if not output.exists():
        return
    if not output.is_file():
        raise AssistantError(f"{output} cannot be written: it is not an ordinary file. Check --output.")
    if batch is not None and batch.exists() and output.samefile(batch):
        raise AssistantError(f"--output names the batch itself, {batch}. Choose another file for the results.")


def write_records(
    items: Sequence[Item],
    record: Callable[[Item], dict[str, Any]],
    output: Path,
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Write ``{"id": …, **record(item)}`` for each item as a JSON line, as soon as it is made.

    Lines go to ``OUTPUT.partial``, which becomes the output at the end: a killed batch loses only the record under way,
    and an earlier output stays until the new one is complete. An item that fails gets ``{"id": …, "error": …}``; the
    others go on.

    Raises:
        AssistantError: the output cannot be written; or it is complete, but items failed: says how many.
    """
    failed = 0
    with _output(output) as write:
        for number, item in enumerate(items, 1):
            try:
                made = record(item)
            except AssistantError as error:
                made, failed = {"error": str(error)}, failed + 1
            except Exception as error:
                traceback.print_exc(file=sys.stderr)  # a bug of ours costs one line and is not hidden
                made, failed = {"error": f"{type(error).__name__}: {error}"}, failed + 1
            write(json.dumps({"id": item.id, **made}, ensure_ascii=False))
            on_progress(number)
    if failed:
        raise AssistantError(f'{failed} of {len(items)} lines failed; {output} says why for each, under "error".')


@contextmanager
def _output(path: Path) -> Iterator[Callable[[str], None]]:
    """Yield a function that appends a line and flushes it to disk; the file appears when the block ends well."""
    check_output(path)
    partial = path.with_name(path.name + PARTIAL)

    def failure(error: OSError) -> AssistantError:
        return AssistantError(f"{error.filename or path} cannot be written: {error.strerror}. Check --output.")

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = partial.open("w", encoding="utf-8")
    except OSError as error:
        raise failure(error) from error

    def write(line: str) -> None:
        try:
            file.write(f"{line}\n")
            file.flush()
        except OSError as error:
            raise failure(error) from error

    with file:
        yield write
    try:
        partial.replace(path)
    except OSError as error:
        raise failure(error) from error
