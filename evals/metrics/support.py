"""Where the passages that a case names stand in the library as it is now, and whether what was found holds them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.index import Generation
from assistant.records import Document, Span
from evals.cases import CaseError, Place, Question


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a library text, whoever cut it out; ``text_id`` is a catalogue id, or one with a register behind."""

    text_id: str
    span: Span


Need = tuple[Passage, ...]
"""Passages any one of which gives what a case needs."""


@dataclass(frozen=True)
class SupportFinder:
    """Finds the places of cases in one generation of the library."""

    generation: Generation

    def needs(self, question: Question) -> tuple[Need, ...]:
        """For each supporting span of a question the passages that would do.

        Raises:
            CaseError: a place is not there, or stands there more than once.
        """
        return tuple(tuple(self.find(place, question.id) for place in span.places) for span in question.spans)

    def find(self, place: Place, case_id: str) -> Passage:
        """The passage that a place names; raises as `needs` does."""
        where = f"Case {case_id}: {place.document}#{place.section}"
        if place.document not in self.generation.manifest.texts:
            known = ", ".join(sorted(self.generation.manifest.texts))
            raise CaseError(f"{where}: the library holds no such text; it holds: {known}.")
        document = self.generation.document(place.document)
        section = section_span(document, place.section)
        if section is None:
            raise CaseError(f"{where}: the text has no section of that id.")
        start = document.text.find(place.snippet, *section)
        if start < 0:
            raise CaseError(f"{where}: the snippet {place.snippet!r} does not stand in that section.")
        if document.text.find(place.snippet, start + 1, section.end) >= 0:
            raise CaseError(f"{where}: the snippet {place.snippet!r} stands there more than once; make it longer.")
        return Passage(place.document, Span(start, start + len(place.snippet)))


def section_span(document: Document, section: str) -> Span | None:
    """From below the section's heading to the next heading that has an id; None when there is no such section."""
    headings = [block for block in document.blocks if block.kind == "heading" and block.anchor]
    for block, following in zip(headings, [*headings[1:], None], strict=True):
        if block.anchor == section:
            return Span(block.end, following.start if following else len(document.text))
    return None


def holds(found: Passage, wanted: Passage) -> bool:
    """True when what was found contains all of what is wanted.

    >>> holds(Passage("a", Span(0, 50)), Passage("a", Span(10, 20)))
    True
    """
    inside = found.span.start <= wanted.span.start and wanted.span.end <= found.span.end
    return found.text_id == wanted.text_id and inside


def supporting_words(document: Document, passage: Passage) -> str:
    """The paragraphs, items or rows that a passage touches, in full."""
    starts = [block.start for block in document.blocks]
    first = max(bisect_right(starts, passage.span.start) - 1, 0)
    last = bisect_left(starts, passage.span.end)
    blocks = [block for block in document.blocks[first:last] if block.kind != "heading"]
    return "\n".join(document.text[block.start : block.end] for block in blocks)


def first_rank(found: Sequence[Passage], need: Need) -> int | None:
    """1-based rank of the first passage found that gives what is needed; None when none does."""
    return next((rank for rank, item in enumerate(found, 1) if any(holds(item, wanted) for wanted in need)), None)
