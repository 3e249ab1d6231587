"""Kinds of evidence behind a case: the best among the publications that tell what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EvidenceName = Literal[
    "audit", "research", "public-body", "representative-body", "press", "independent-proposal", "evidence"
]


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of publication that tells a case; it does not say how good that publication is."""

    title: str
    meaning: str
    """In words, for readers."""


EVIDENCE: Mapping[EvidenceName, EvidenceKind] = {
    "audit": EvidenceKind(
        "Audit or evaluation",
        "An auditor, a committee of Parliament, an official regulator or an evaluator tells what came of it.",
    ),
    "research": EvidenceKind(
        "Research", "A research body, university, fact checker or survey tells what came of it; no auditor does."
    ),
    "public-body": EvidenceKind(
        "Public body’s own record", "A government department, council or other public body tells of its own work."
    ),
    "representative-body": EvidenceKind(
        "Representative body", "An association of councils, charities, firms or unions tells it."
    ),
    "press": EvidenceKind(
        "Press or own account", "Newspapers, the trade press, companies or the projects themselves tell it."
    ),
    "independent-proposal": EvidenceKind(
        "The proposal’s own account", "Nothing better than the paper that proposes or argues for it tells it."
    ),
    "evidence": EvidenceKind("Not stated", "Whoever added the case did not say what kind of publication tells it."),
}
"""By name, the strongest first."""
