"""Contributed cases as HTML: who can do what, lists of cases, a case's history, and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.contributing.checking import FIELD_TITLES
from assistant.contributing.conflicts import Difference
from assistant.contributing.contributions import FieldChange
from assistant.contributing.duplicates import PossibleDuplicate
from assistant.errors import FieldProblem
from assistant.precedents.facets import plain_words
from assistant.registers.entries import PrecedentSource
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.registers.rules import rules_of
from assistant.roles import Person, Role
from assistant.storage.case_life import CaseAction, CaseState
from assistant.storage.case_store import CaseEvent, StoredCase
from assistant.text.dates import date_in_words
from assistant.web.precedents.cases_html import LEVEL_WORDS
from assistant.web.precedents.outcomes import OUTCOME_WORDS
from assistant.web.templates import render

SOURCE_TITLES: Mapping[str, str] = {name: rule.label for name, rule in rules_of(PrecedentSource).items()}
"""Names of the fields of a source on screen."""
STATE_WORDS: Mapping[CaseState, str] = {
    "draft": "Draft",
    "submitted": "Submitted and waiting for review",
    "under-review": "Under review",
    "accepted": "Accepted",
    "returned": "Returned with comments",
    "retired": "Retired",
}
ACTION_WORDS: Mapping[CaseAction, str] = {
    "begun": "started it",
    "edited": "saved a draft",
    "submitted": "submitted it",
    "withdrawn": "withdrew it",
    "taken": "started a review",
    "accepted": "accepted it",
    "returned": "returned it",
    "retired": "retired it",
    "restored": "restored an earlier version",
    "imported": "imported it",
}
MAY: Mapping[Role, str] = {
    "reader": "You can read published cases.",
    "contributor": "You can write cases, suggest changes to published ones, and submit them for review.",
    "reviewer": "You can write cases, suggest changes, and accept, return or retire cases submitted by others.",
    "librarian": "You can write and review cases, and change the documents that everybody sees.",
    "auditor": "You can read published cases and the audit log.",
}


def person_html(person: Person | None, keys_required: bool) -> str:
    """Return who is signed in and what they can do; for a reader, how to become a contributor."""
    return render("contributor", person=person, keys_required=keys_required, may=MAY)


def account_html(person: Person | None) -> str:
    """Return who somebody is and what they can do; empty for nobody."""
    return person_html(person, keys_required=True) if person else ""


def cases_html(title: str, cases: Sequence[StoredCase], none: str) -> str:
    """Return a list of cases with their states and a button to open each; ``none`` is the text of an empty list."""
    return render("case_list", title=title, cases=cases, empty=none, title_of=title_of, state=_state, moment=moment)


def case_head_html(case: StoredCase | None, title: str, events: Sequence[CaseEvent] = ()) -> str:
    """Return the title and state of the open case, its last event and the comment on it."""
    state = f"{_state(case)}." if case else "New, not saved yet."
    last = events[-1] if events else None
    return render("case_head", title=title or "New case", state=state, last=last, done=_done)


def history_html(events: Sequence[CaseEvent], changes: Mapping[int, Sequence[FieldChange]], *, restorable: bool) -> str:
    """Return every event, newest first: who did what when, their comment, and what changed field by field.

    ``changes`` maps the number of an event to its changes.
    """
    rows = {event.number: [_words(item) for item in changes.get(event.number, ())] for event in events}
    return render(
        "case_history", events=events, changes=rows, restorable=restorable, state_words=STATE_WORDS, done=_done
    )


def duplicates_html(found: Sequence[PossibleDuplicate]) -> str:
    """Return the cases that may be duplicates, why, and a button to view each."""
    return render("duplicates", found=found)


def conflict_html(event: CaseEvent, differences: Sequence[Difference]) -> str:
    """Return who else changed the case, and the fields in which the two versions differ."""
    rows = [
        (
            f"{FIELD_TITLES[item.field]}\nchanged by {item.changed_by}",
            words_of(item.field, item.theirs),
            words_of(item.field, item.mine),
        )
        for item in differences
    ]
    return render("conflict", event=event, when=moment(event.when), done=ACTION_WORDS[event.action], rows=rows)


def problems_html(problems: Sequence[FieldProblem], *, listed: bool) -> str:
    """Return the problems, each with a link to its field, beside which the page's script shows it too.

    Unless ``listed``, only the script shows them, as while somebody types.
    """
    order = {name: number for number, name in enumerate(FIELD_TITLES)}
    placed = sorted(problems, key=lambda item: order.get(form_field(item.field), len(order)))
    return render(
        "problems", problems=placed, listed=listed, form_field=form_field, field_id=field_id, field_title=field_title
    )


def form_field(name: str) -> str:
    """Return the part of the form that a field belongs to.

    >>> form_field("source.1.url"), form_field("title")
    ('source', 'title')
    """
    return name.partition(".")[0]


def field_id(name: str) -> str:
    """Return the element id of a field."""
    return f"contribute-{name}"


def field_title(name: str) -> str:
    """Return the name of a field on screen.

    >>> field_title("source.1.url"), field_title("sectors.2")
    ('Source 1, web address', 'Sectors, number 2')
    """
    first, _, rest = name.partition(".")
    title = FIELD_TITLES.get(first, first)
    if not rest or first != "source":
        return f"{title}, number {rest}" if rest else title
    number, _, part = rest.partition(".")
    return f"Source {number}" + (f", {SOURCE_TITLES.get(part, part).lower()}" if part else "")


def words_of(name: str, value: Any) -> str:
    """Return a field's value in words, one source a line."""
    if value in (None, "", [], ()):
        return "(empty)"
    if name == "source":
        return "\n".join(f"{number}. {source_words(item)}" for number, item in enumerate(value, 1))
    if name in ("shift", "sectors", "theme"):
        return ", ".join(plain_words(str(item)) for item in ([value] if isinstance(value, str) else value))
    if name in ("polarity", "level"):
        return {**OUTCOME_WORDS, **LEVEL_WORDS}.get(value, str(value))
    if name == "evidence":
        return EVIDENCE[value].title if value in EVIDENCE else str(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def source_words(source: Mapping[str, Any]) -> str:
    """Return a source in one line of words."""
    named = [
        f"{title.lower()}: {words_of(name, source[name])}" for name, title in SOURCE_TITLES.items() if source.get(name)
    ]
    words = "; ".join(named)
    return words[:1].upper() + words[1:]


def title_of(fields: Mapping[str, Any]) -> str:
    """Return the name of a case in lists."""
    return str(fields.get("title") or fields.get("id") or "Untitled")


def moment(when: datetime) -> str:
    """Return a time in words, in UTC."""
    return f"{date_in_words(when.date().isoformat())}, {when:%H:%M} UTC"


def _state(case: StoredCase) -> str:
    words = STATE_WORDS[case.state]
    if case.in_force is not None and case.state not in ("accepted", "retired"):
        words += "; an earlier version is published"
    return words


def _done(event: CaseEvent) -> str:
    return f"{event.who} ({event.role}) {ACTION_WORDS[event.action]} on {moment(event.when)}."


def _words(item: FieldChange) -> tuple[str, str, str]:
    title = FIELD_TITLES.get(item.field, item.field)
    return title, words_of(item.field, item.before), words_of(item.field, item.after)
