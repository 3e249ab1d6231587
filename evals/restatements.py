"""Free restatements of short passages, and claims that swap who does what or another name of the same passage.

`evals/data/README-restatements.md` says how the set was made. Run ``python -m evals.restatements`` for the share
that each verifier accepts, by kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import typer
from pydantic import BaseModel, ConfigDict, model_validator

from evals.cases import DATA, Identifier, Line, Split, load_cases
from evals.metrics.intervals import estimate
from evals.metrics.verification import VERIFIERS, build_verifier
from evals.quotes import load_altered_quotes

RestatementKind = Literal["restatement", "role-swap", "name-swap", "changed-force"]


class Restatement(BaseModel):
    """A claim and the passage shown as its evidence; only a ``restatement`` is supported."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    kind: RestatementKind
    supported: bool
    claim: Line
    context: Line
    passage: Identifier
    """Claims on one passage are not independent: the unit that intervals draw."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.supported != (self.kind == "restatement"):
            raise ValueError(f"kind {self.kind} goes with supported = {not self.supported}")
        if not self.passage.startswith(self.split):
            raise ValueError("a passage belongs to one split, which its id begins with")
        return self


def load_restatements(path: Path = DATA / "restatements.jsonl") -> list[Restatement]:
    """The claims, in order; see `evals.cases.load_cases`."""
    return load_cases(path, Restatement)


def main(split: Annotated[Split, typer.Argument(help="dev while tuning, test to report.")] = "test") -> None:
    """Print the share that each verifier accepts."""
    claims = [item for item in load_restatements() if item.split == split]
    dev = [quote for quote in load_altered_quotes() if quote.split == "dev"]
    verifiers = {name: build_verifier(name, dev) for name in VERIFIERS}
    print(f"| {split}: accepted | n | " + " | ".join(verifiers) + " |")
    print("|---" * (2 + len(verifiers)) + "|")
    for kind in get_args(RestatementKind):
        chosen = [item for item in claims if item.kind == kind]
        clusters = [item.passage for item in chosen]
        cells = [
            str(estimate([float(accepts(item.claim, item.context)) for item in chosen], clusters))
            for accepts in verifiers.values()
        ]
        print(f"| {kind} | {len(chosen)} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    typer.run(main)
