"""Many pairs of claim and context at once: JSON Lines in, verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.claims.verification import Checker, Verification
from assistant.files.json_lines import load_lines, write_records


class Pair(BaseModel):
    """A line of a batch; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | int
    claim: str = Field(pattern=r"\S")
    context: str


def load_pairs(path: Path) -> list[Pair]:
    """Return the pairs of a JSON Lines file, in order.

    Raises:
        AssistantError: the file cannot be read, or a line is wrong; names file and line.
    """
    return [pair for _, pair in load_lines(path, Pair, '{"id": …, "claim": …, "context": …}')]


def verify_batch(checker: Checker, pairs: Sequence[Pair], output: Path) -> None:
    """Check all pairs and write ``{"id", "verdict", "score", "reasons"}`` for each, as `write_records` does.

    Raises:
        AssistantError: the output cannot be written; or pairs failed, once all were checked.
    """
    write_records(pairs, lambda pair: verdict_record(checker.verify(pair.claim, pair.context)), output)


def verdict_record(found: Verification) -> dict[str, Any]:
    """Return a verdict as ``{"verdict", "score", "reasons"}``."""
    return {
        "verdict": found.verdict,
        "score": round(found.score, 4),
        "reasons": [asdict(reason) for reason in found.reasons],
    }
