"""Claims beside the passage that is shown for them: exact quotes, fair paraphrases, and quotes with one thing altered.

A grounding verifier should accept the first two and refuse the rest. `evals/data/README-altered-quotes.md` says how
the set was made; :mod:`evals.making.altered_quotes` makes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from evals.cases import DATA, Identifier, Line, Split, load_cases

SupportedKind = Literal["verbatim", "light-paraphrase"]
UnsupportedKind = Literal[
    "figure",
    "date",
    "unit",
    "name",
    "place",
    "negation",
    "modality",
    "attribution",
    "spliced",
    "other-passage",
    "quantifier",
]
QuoteKind = SupportedKind | UnsupportedKind
SUPPORTED_KINDS: tuple[SupportedKind, ...] = get_args(SupportedKind)
UNSUPPORTED_KINDS: tuple[UnsupportedKind, ...] = get_args(UnsupportedKind)


class AlteredQuote(BaseModel):
    """A claim and the passage shown as its evidence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    """The split of the passage's section."""
    kind: QuoteKind
    supported: bool
    """True when the context says what the claim says."""
    claim: Line
    context: Line
    """The whole paragraph, list item or table row that holds the original."""
    document: str
    """Id of the text that the context is from: a catalogue id, or one with a register's name behind it."""
    section: str
    """Heading id of the briefing, or entry id of the register."""
    original: Line
    """The sentence of the context that the claim was made from, or is put in the place of."""
    altered: str = ""
    """What was changed, as ``25 → 35``; empty for a verbatim quote."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.supported != (self.kind in SUPPORTED_KINDS):
            raise ValueError(f"kind {self.kind} goes with supported = {not self.supported}")
        if self.original not in self.context:
            raise ValueError("the original must stand in the context")
        if self.kind == "verbatim" and (self.claim != self.original or self.altered):
            raise ValueError("a verbatim claim is the original, with nothing altered")
        if self.kind != "verbatim" and (self.claim in self.context or not self.altered):
            raise ValueError("an altered claim must not stand in the context, and must say what was altered")
        return self


def load_altered_quotes(path: Path = DATA / "altered_quotes.jsonl") -> list[AlteredQuote]:
    """The claims, in order; see `evals.cases.load_cases`."""
    return load_cases(path, AlteredQuote)
