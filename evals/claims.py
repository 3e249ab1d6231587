"""Claims beside the passage that is shown for them, some of which it supports.

`AlteredQuote`: exact quotes, light paraphrases, and quotes with one thing altered; `evals.making.altered_quotes` makes
them. `Restatement`: free restatements of short passages, and claims that swap roles or names; written by hand.
`FactChange`: paraphrases of digests, and the same with one fact changed; written by hand. The READMEs in
``evals/data`` say how.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import model_validator

from evals.cases import DATA, Identifier, Line, Record, Split, load_cases

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
FactKind = Literal["paraphrase", "figure", "date", "name", "denial"]
RestatementKind = Literal["restatement", "role-swap", "name-swap", "changed-force"]


class Claim(Record):
    """A claim and the passage shown as its evidence."""

    id: Identifier
    split: Split
    kind: str
    supported: bool
    """True when the context says what the claim says."""
    claim: Line
    context: Line
    around: str = ""
    """Headings, title, publisher and date of the context."""

    @property
    def question(self) -> str:
        """What a verifier is shown."""
        return f"{self.claim}\n\n{self.context}"

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind."""
        return {"kind": self.kind}


class AlteredQuote(Claim):
    """A claim made from a sentence of the library; the context is the paragraph, list item or row that holds it."""

    kind: QuoteKind
    document: str
    """Id of the text that the context is from: a catalogue id, or one with a register's name behind it."""
    section: str
    """Heading id of the summary, or entry id of the register."""
    original: Line
    """The sentence of the context that the claim was made from, or is put in the place of."""
    altered: str = ""
    """What was changed, as ``25 → 35``; empty for a verbatim quote."""

    @property
    def cluster(self) -> str:
        """The section of its context."""
        return f"{self.document}#{self.section}"

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind, and the document that the context is from."""
        return {**super().slices, "document": self.document.partition("/")[0]}

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


class Restatement(Claim):
    """A claim on a short passage; only a ``restatement`` is supported."""

    kind: RestatementKind
    passage: Identifier

    @property
    def cluster(self) -> str:
        """Its passage."""
        return self.passage

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.supported != (self.kind == "restatement"):
            raise ValueError(f"kind {self.kind} goes with supported = {not self.supported}")
        if not self.passage.startswith(self.split):
            raise ValueError("a passage belongs to one split, which its id begins with")
        return self


class FactChange(Claim):
    """A paraphrase of a digest's passage; ``supported`` unless one fact was changed."""

    kind: FactKind
    changes: FactKind
    """What its pair changes: a paraphrase and its changed copy name the same."""
    document: str
    """Catalogue id of the text that the context is from; a document belongs to one split."""

    @property
    def cluster(self) -> str:
        """Its passage."""
        return self.context

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.supported != (self.kind == "paraphrase"):
            raise ValueError(f"kind {self.kind} goes with supported = {not self.supported}")
        return self


def load_altered_quotes(path: Path = DATA / "altered_quotes.jsonl") -> list[AlteredQuote]:
    """The claims, in order; see `evals.cases.load_cases`."""
    return load_cases(path, AlteredQuote)


def load_restatements(path: Path = DATA / "restatements.jsonl") -> list[Restatement]:
    """The claims, in order; see `evals.cases.load_cases`."""
    return load_cases(path, Restatement)


def load_fact_changes(path: Path = DATA / "fact_changes.jsonl") -> list[FactChange]:
    """The claims, in order; see `evals.cases.load_cases`."""
    return load_cases(path, FactChange)
