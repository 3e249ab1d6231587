"""The source behind a case: what kind of publication reports it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.records import Footnote
from assistant.registers.entries import Precedent

_ADDRESS = re.compile(r"https?://\S+")


EvidenceName = Literal["audit-or-evaluation", "research-or-survey", "official-record", "press-or-other", "own-account"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A publication behind a case; unknown fields are empty."""

    publisher: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of publication that reports a case; it does not say how good that is."""

    id: EvidenceName
    title: str
    meaning: str
    """In words, for readers."""
    publishers: re.Pattern[str] | None = None
    """What the publisher or address must match; without it, the kind of whatever is left."""
    titles: re.Pattern[str] | None = None
    """What the title must match, whoever published it."""

    def matches(self, cited: Cited) -> bool:
        """Return whether a publication is of this kind."""
        who = f"{cited.publisher} {cited.url}"
        return bool(
            (self.publishers and self.publishers.search(who)) or (self.titles and self.titles.search(cited.title))
        )


EVIDENCE = (
    EvidenceKind(
        "audit-or-evaluation",
        "Audit or evaluation",
        "A national auditor, a committee of Parliament or an evaluator of the work is among the sources.",
        re.compile(
            r"\bNAO\b|National Audit Office|nao\.org\.uk|Select Committee|(?:Accounts|Administration) Committee"
            r"|cmselect|Government Outcomes Lab|Centre for Homelessness Impact"
        ),
        re.compile(r"\bevaluation of\b|National Audit Office", re.IGNORECASE),
    ),
    EvidenceKind(
        "research-or-survey",
        "Research or survey",
        "A research body, think tank, academic journal or survey is among the sources; no auditor or evaluator is.",
        re.compile(
            r"\bInstitute (?:for|of)\b|\bUniversity\b|\bFoundation\b|\bDemos\b|\bNesta\b|\bNew Local\b|\bIPPR\b|\bJRF\b"
            r"|\bNPC\b|\bNCVO\b|New Philanthropy Capital|Pro Bono Economics|Nuffield Trust|Future Governance Forum"
            r"|Policy in Practice|Public Digital|Mutuo|Public Money & Management|Full Fact|British Academy"
            r"|House of Commons Library|Centre for Local Economic Strategies|\bcles\.org|instituteforgovernment\.org"
        ),
        re.compile(r"\bsurvey\b|\bresearch\b|\bstudy\b|\balmanac\b|Institute for Government", re.IGNORECASE),
    ),
    EvidenceKind(
        "official-record",
        "Official record or announcement",
        "Public bodies' own papers, announcements or guidance are cited, and nobody from outside.",
        re.compile(
            r"gov\.uk\b|\bGOV\.UK|^(?:HM |UK |Welsh )?Government\b|\bDepartment\b|\bMinistry\b|\bCabinet Office\b"
            r"|\bCouncil\b|\bBorough\b|\bCombined Authority\b|\bGMCA\b|\bMHCLG\b|\bNHS\b|nhs\.uk|\bHansard\b"
            r"|\bBusiness Board\b|\bCommission website\b|parliament\.uk"
        ),
    ),
    EvidenceKind(
        "press-or-other",
        "Press or another publication",
        "Only the press, the trade press, a campaign or a body of another kind is cited.",
    ),
    EvidenceKind(
        "own-account",
        "The document's own account",
        "The document that tells the case cites no publication for it.",
    ),
)
"""Strongest first: a case gets the first kind that one of its sources matches."""


def cited_in(entry: Precedent, notes: Sequence[Footnote]) -> Iterator[Cited]:
    """Yield the publications behind an entry: its own sources, and the notes of its documents that it names."""
    yield from (Cited(item.publisher or "", item.title or "", item.url) for item in entry.source if item.title)
    for note in notes:
        words = _ADDRESS.sub("", note.text)
        yield Cited(note.publisher or re.split("[,:]", words)[0], note.title or words, note.url or "")


def evidence_of(cited: Iterable[Cited]) -> EvidenceName:
    """Return the id of the strongest kind of evidence among publications.

    >>> evidence_of([Cited("The Guardian", "A report on a report"), Cited("National Audit Office", "A report")])
    'audit-or-evaluation'
    >>> evidence_of([])
    'own-account'
    """
    publications = tuple(cited)
    if not publications:
        return "own-account"
    return next((kind.id for kind in EVIDENCE if any(map(kind.matches, publications))), "press-or-other")
