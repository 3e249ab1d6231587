"""Check that a plan can become a chapter: every id is known and used once, and nothing is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from assistant.errors import PlanError
from assistant.export.chapters.plan import VALUE_CHARACTERS, ItemKind, Plan, PlanItem, location_words
from assistant.precedents.cases import cases_of
from assistant.text.printable import shortened

if TYPE_CHECKING:
    from assistant.library import Library

NEAR_IDS = 3
_FIND: Mapping[ItemKind, str] = {
    "case": "Find its id with `steward precedents search`.",
    "recommendation": "Find its id in corpus/registers/recommendations.toml.",
}


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """A reason why a plan cannot become a chapter."""

    message: str
    """The entry, the field, the value and how to fix it."""
    section: int | None = None
    """Index of the section from 0; None if it concerns the whole plan."""
    item: int | None = None
    """Index in the section from 0; None if it concerns the whole section."""


def plan_problems(plan: Plan, library: Library) -> tuple[PlanProblem, ...]:
    """Return the problems of a plan, in the plan's order; empty if it can become a chapter."""
    return tuple(_problems(plan, library))


def check_plan(plan: Plan, library: Library) -> None:
    """Check that a plan can become a chapter.

    Raises:
        PlanError: it cannot; gives the first of `plan_problems`.
    """
    problems = plan_problems(plan, library)
    if problems:
        more = len(problems) - 1
        others = f" ({counted(more, 'further problem')}.)" if more else ""
        raise PlanError(problems[0].message + others)


def valid_part(plan: Plan, problems: Sequence[PlanProblem]) -> Plan:
    """Return the plan without the parts that have problems, for a preview; it may have no section left."""
    wrong = {(problem.section, problem.item) for problem in problems if problem.item is not None}
    sections = []
    for number, section in enumerate(plan.section):
        items = tuple(item for place, item in enumerate(section.items) if (number, place) not in wrong)
        if items:
            heading = section.heading or "Untitled section"
            sections.append(section.model_copy(update={"heading": heading, "items": items}))
    return plan.model_copy(update={"title": plan.title or "Untitled chapter", "section": tuple(sections)})


def counted(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "case"), counted(2, "case")
    ('1 case', '2 cases')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _problems(plan: Plan, library: Library) -> Iterator[PlanProblem]:
    if not plan.title:
        yield PlanProblem("The chapter has no title. Add one.")
    if not plan.section:
        yield PlanProblem("The plan has no sections. Add one with a heading and an item.")
    seen: dict[tuple[ItemKind, str], str] = {}
    for number, section in enumerate(plan.section):
        where = f"S{location_words(number + 1, section.heading)[1:]}"
        if not section.heading:
            yield PlanProblem(f"{where} has no heading. Add one.", number)
        if not section.items:
            yield PlanProblem(f"{where} has no items. Add one, or remove the section.", number)
        for place, item in enumerate(section.items):
            at = location_words(number + 1, section.heading, place + 1)
            problem = _item_problem(item, library)
            if not problem and item.kind != "text":
                before = seen.setdefault((item.kind, item.value), at)
                if before != at:
                    problem = f"{_shown(item.value)} is already in {before}. Remove one of the two."
            if problem:
                yield PlanProblem(f"S{at[1:]}, {item.kind}: {problem}", number, place)


def _item_problem(item: PlanItem, library: Library) -> str:
    if not item.value.strip():
        return "this item is empty. Fill it in, or remove it."
    if item.kind == "text":
        return ""
    cases, recommendations = cases_of(library).entries, {entry.id for entry in library.registers.recommendations}
    known = cases if item.kind == "case" else recommendations
    others = recommendations if item.kind == "case" else cases
    if item.value in known:
        return ""
    if item.value in others:
        other = "recommendation" if item.kind == "case" else "case"
        return f"{_shown(item.value)} is a {other}. Write {other} = {_shown(item.value)}."
    if item.kind == "case" and item.value in {entry.id for entry in library.registers.precedents}:
        return f"{_shown(item.value)} has been retired. Remove it, or choose another case."
    near = get_close_matches(item.value[:200], known, NEAR_IDS, 0.5)
    advice = f"Did you mean: {', '.join(near)}?" if near else _FIND[item.kind]
    return f"there is no {item.kind} {_shown(item.value)}. {advice}"


def _shown(value: str) -> str:
    return f'"{shortened(value, VALUE_CHARACTERS)}"'
