"""Many pairs of claim and context at once: JSON Lines in, verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.claims.checking import verify
from assistant.claims.verification import Judge, Verification
from assistant.files.json_lines import load_lines, write_records


class Pair(BaseModel):
    """A line of a batch; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | int
    claim: str = Field(pattern=r"\S")
    context: str
    speaker: str = ""
    """Who says the context; empty where that is not to be checked."""


def load_pairs(path: Path) -> list[Pair]:
    """Return the pairs of a JSON Lines file, in order.

    Raises:
        AssistantError: the file cannot be read, or a line is wrong; names file and line.
    """
    return [pair for _, pair in load_lines(path, Pair, '{"id": …, "claim": …, "context": …}')]


def verify_batch(pairs: Sequence[Pair], output: Path, judge: Judge | None) -> None:
    """Check all pairs and write ``{"id", "verdict", "score", "reasons"}`` for each, as `write_records` does.

    Raises:
        AssistantError: the output cannot be written; or pairs failed, once all were checked.
    """
    write_records(pairs, lambda pair: verdict_record(verify(pair.claim, pair.context, pair.speaker, judge)), output)


def verdict_record(found: Verification) -> dict[str, Any]:
    """Return a verdict as ``{"verdict", "score", "reasons"}``."""
    return {
        "verdict": found.verdict,
        "score": round(found.score, 4),
        "reasons": [asdict(reason) for reason in found.reasons],
    }
