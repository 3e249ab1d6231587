"""Many pairs of claim and context in one go: JSON Lines in, verdicts out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.catalogue import write_atomically
from assistant.errors import AssistantError
from assistant.grounding.verification import Checker, Verification


class Pair(BaseModel):
    """One line of a batch; fields it does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | int
    claim: str = Field(pattern=r"\S")
    context: str


def load_pairs(path: Path) -> list[Pair]:
    """The pairs of a JSON Lines file, in order.

    Raises:
        AssistantError: the file cannot be read, or a line is wrong; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return list(_pairs(lines, path))


def verify_batch(checker: Checker, pairs: Sequence[Pair], output: Path) -> None:
    """Check all pairs and write ``{"id", "verdict", "score", "reasons"}`` for each.

    The file appears whole or not at all.

    Raises:
        AssistantError: the output cannot be written.
    """
    records = ({"id": pair.id, **verdict_record(checker.verify(pair.claim, pair.context))} for pair in pairs)
    text = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
    try:
        write_atomically(output, text.encode())
    except OSError as error:
        raise AssistantError(f"{output} cannot be written: {error.strerror}.") from error


def verdict_record(found: Verification) -> dict[str, Any]:
    """A verdict as ``{"verdict", "score", "reasons"}``."""
    return {
        "verdict": found.verdict,
        "score": round(found.score, 4),
        "reasons": [asdict(reason) for reason in found.reasons],
    }


def _pairs(lines: Sequence[str], path: Path) -> Iterator[Pair]:
    known: set[str | int] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            pair = Pair.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise AssistantError(
                f'{where}, {field}: {first["msg"]}; expected {{"id": …, "claim": …, "context": …}}.'
            ) from error
        if pair.id in known:
            raise AssistantError(f"{where}: the id {pair.id!r} stands twice; ids must be unique.")
        known.add(pair.id)
        yield pair
