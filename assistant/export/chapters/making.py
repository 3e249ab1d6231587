"""Make a chapter from a plan and the registers. Proposals are never given a result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import assistant as steward
from assistant.export.chapters.bibliography import References
from assistant.export.chapters.chapter import Block, BlockKind, Chapter, ChapterSection, TableRow
from assistant.export.chapters.checking import check_plan, counted
from assistant.export.chapters.plan import Plan, PlanItem
from assistant.precedents.cases import cases_of
from assistant.precedents.citations import Places, place_words
from assistant.precedents.grounds import TIE_WORDS, cases_behind
from assistant.registers.entries import Polarity, Precedent, Recommendation, Registers
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.text.dates import date_in_words
from assistant.text.printable import in_one_line
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.text.speakers import GOVERNMENT

if TYPE_CHECKING:
    from assistant.library import Library

OUTCOMES: Mapping[Polarity, str] = {
    "worked": "Worked, with a measured result",
    "cited": "Cited as good practice, no measured result told",
    "mixed": "Mixed, partial or disputed result",
    "failed": "Failed, presented as a warning",
    "proposed": "Proposed, not carried out",
    "ongoing": "Under way, no result yet",
}
"""Outcomes in words."""
LESSON = "Lesson (our interpretation)"


def make_chapter(plan: Plan, library: Library, today: date | None = None) -> Chapter:
    """Return the chapter of a plan; ``today`` is used if the plan has no date.

    The same plan, registers, library and date give the same chapter.

    Raises:
        PlanError: the plan cannot become a chapter; see `check_plan`.
    """
    check_plan(plan, library)
    return _Maker(plan, library, plan.date or today or date.today()).chapter()


def register_version(library: Library) -> str:
    """Return 12 hexadecimal digits that change with any word of the published registers."""
    entries = [*cases_of(library).entries.values(), *library.registers.recommendations]
    return hashlib.sha256("\n".join(entry.model_dump_json() for entry in entries).encode()).hexdigest()[:12]


class _Maker:
    """Makes one chapter."""

    def __init__(self, plan: Plan, library: Library, day: date) -> None:
        self._plan = plan
        self._library = library
        self._day = day
        self._cases = cases_of(library)
        self._recommendations = {entry.id: entry for entry in library.registers.recommendations}
        self._places = Places(library)
        self._references = References(library, self._places)

    def chapter(self) -> Chapter:
        plan = self._plan
        sections = tuple(
            ChapterSection(
                section.heading, tuple(block for item in section.items for block in self._item(item) if block.text)
            )
            for section in plan.section
        )
        rows = tuple(self._row(self._cases.entries[name]) for name in plan.ids("case")) if plan.case_table else ()
        introduction = tuple(own_text(plan.introduction))
        references = self._references.all()
        return Chapter(plan.title, introduction, sections, rows, references, tuple(self._made()), self._day)

    def _item(self, item: PlanItem) -> Iterator[Block]:
        match item.kind:
            case "text":
                return own_text(item.value)
            case "case":
                return self._case(self._cases.entries[item.value])
            case "recommendation":
                return self._recommendation(self._recommendations[item.value])

    def _case(self, entry: Precedent) -> Iterator[Block]:
        evidence = EVIDENCE[entry.evidence]
        yield Block("heading", in_one_line(entry.title))
        yield _fact("Who did it", entry.organisation)
        yield _fact("Where", place_words(entry))
        yield _fact("When", entry.period)
        yield _fact("Outcome", OUTCOMES[entry.polarity])
        yield Block("paragraph", in_one_line(entry.summary), references=self._references.of_case(entry))
        word = f"{self._places.speaker(entry) or 'Not named'} (kind of evidence: {evidence.title.lower()})"
        yield Block("paragraph", in_one_line(word), "Who says so")
        yield Block("paragraph", in_one_line(entry.lesson), LESSON)

    def _recommendation(self, entry: Recommendation) -> Iterator[Block]:
        yield Block("heading", f"Recommendation: {entry.id.replace('-', ' ')}")
        words = f"{self._who_recommends(entry)}: {entry.text}"
        yield Block("paragraph", in_one_line(words), references=self._references.of_recommendation(entry))
        yield _fact("To whom", entry.actor)
        if entry.timeframe:
            yield _fact("When", entry.timeframe)
        yield _fact("Supporting cases in this chapter", self._behind(entry))

    def _who_recommends(self, entry: Recommendation) -> str:
        source = self._library.sources.get(entry.document)
        if source is None:
            return f"The document {entry.document} recommends"
        standing = AUTHORITY_WORDS[source.authority] + (
            "" if source.authority in GOVERNMENT else ", not government policy"
        )
        return f"{source.publisher} recommends ({standing})"

    def _behind(self, entry: Recommendation) -> str:
        chosen = set(self._plan.ids("case"))
        # Includes cases accepted into the database, which the register's file does not have.
        in_force = Registers(self._library.registers.recommendations, tuple(self._cases.entries.values()))
        every = cases_behind(in_force, entry.id)
        here = [f"{item.entry.title} ({TIE_WORDS[item.tie]})" for item in every if item.entry.id in chosen]
        others = len(every) - len(here)
        more = f"{others} more in the register" if others else ""
        return "; ".join([*(here or ["none"]), *filter(None, (more,))])

    def _row(self, entry: Precedent) -> TableRow:
        return TableRow(
            in_one_line(entry.title),
            in_one_line(place_words(entry)),
            in_one_line(entry.period),
            OUTCOMES[entry.polarity],
            self._references.of_case(entry),
        )

    def _made(self) -> Iterator[str]:
        registers = (
            f"{counted(len(self._cases.entries), 'case')} and {counted(len(self._recommendations), 'recommendation')}"
        )
        version = self._library.generation.manifest.library_version
        yield (
            f"Made by Steward {steward.__version__} from registers of {registers} (version "
            f"{register_version(self._library)}) and library version {version}, as at "
            f"{date_in_words(self._day.isoformat())}."
        )
        yield (
            f"Plan: {self._plan.digest} (the first digits of its SHA-256). The same plan, registers, library and date "
            "give the same file (steward precedents chapter PLAN.toml FILE)."
        )
        if plan_text(self._plan):
            yield "Text outside the cases and recommendations is the author’s own."
        yield (
            "Cases and recommendations are Steward’s summaries, and each lesson is Steward’s interpretation. Check "
            "the sources before you quote. No language model wrote any of it."
        )
        if "proposed" in {self._cases.entries[name].polarity for name in self._plan.ids("case")}:
            yield "Proposed cases have not been carried out, so they have no result."


def plan_text(plan: Plan) -> bool:
    """Return whether a plan has text of the author's own."""
    return bool(plan.introduction or plan.ids("text"))


def own_text(text: str) -> Iterator[Block]:
    """Yield the paragraphs and list items of own text: an empty line ends a paragraph, "- " starts an item.

    >>> [(block.kind, block.text) for block in own_text("So it\\nwent.\\n- one\\n- two\\n  lines")]
    [('paragraph', 'So it went.'), ('list-item', 'one'), ('list-item', 'two lines')]
    """
    kind: BlockKind = "paragraph"
    lines: list[str] = []
    for line in [*map(str.strip, text.split("\n")), ""]:
        starts_item = line.startswith("- ")
        if lines and (starts_item or not line):
            yield Block(kind, in_one_line(" ".join(lines)))
            lines = []
        if line:
            kind = "list-item" if starts_item else kind if lines else "paragraph"
            lines.append(line[2:] if starts_item else line)


def _fact(label: str, words: str) -> Block:
    return Block("list-item", in_one_line(words), label)
