"""Contributed cases as HTML: who can do what, lists of cases, a case's history, and problems. All escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
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
from assistant.web.html_parts import table_html
from assistant.web.precedents.cases_html import LEVEL_WORDS
from assistant.web.precedents.outcomes import OUTCOME_WORDS

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
    if person is not None:
        return account_html(person)
    if not keys_required:
        return (
            "<p>Nobody is registered yet, so anyone using this computer can write and review cases. "
            "Enter your name to start. It will appear in the history of your cases.</p>"
        )
    return (
        f"<p>You are a reader. {MAY['reader']} To contribute, you need a key. Ask your administrator to create one "
        "with <code>steward people add NAME --role contributor</code>. It is shown only once.</p>"
    )


def account_html(person: Person | None) -> str:
    """Return who somebody is and what they can do; empty for nobody."""
    if person is None:
        return ""
    which = f"{'an' if person.role == 'auditor' else 'a'} {person.role}"
    asks = "" if person.may("contribute") else " To contribute, ask your administrator for the role contributor."
    return f"<p>You are <strong>{escape(person.name)}</strong>, {which}. {MAY[person.role]}{asks}</p>"


def cases_html(title: str, cases: Sequence[StoredCase], none: str) -> str:
    """Return a list of cases with their states and a button to open each; ``none`` is the text of an empty list."""
    items = "".join(
        f'<li><h3>{escape(title_of(case.fields))}</h3><p class="state">{_state(case)}</p>'
        f"<p>Started by {escape(case.begun_by)}. Last changed {moment(case.updated)}.</p>"
        f"<p>{button_html('open', case.id, 'Open', title_of(case.fields))}</p></li>"
        for case in cases
    )
    listed = f'<ul class="case-list">{items}</ul>' if items else f"<p>{escape(none)}</p>"
    return (
        f'<section class="cases" aria-label="{escape(title)}"><h2>{escape(title)} ({len(cases)})</h2>{listed}</section>'
    )


def case_head_html(case: StoredCase | None, title: str, events: Sequence[CaseEvent] = ()) -> str:
    """Return the title and state of the open case, its last event and the comment on it."""
    if case is None:
        state = "New, not saved yet."
    else:
        state = f"{_state(case)}. {_last(events[-1])}" if events else f"{_state(case)}."
    comment = _comment(events[-1]) if events else ""
    heading = escape(title) or "New case"
    return (
        f'<section class="cases" aria-label="Case"><h2 id="case-head" tabindex="-1">{heading}</h2>'
        f"<p>{state}</p>{comment}</section>"
    )


def history_html(events: Sequence[CaseEvent], changes: Mapping[int, Sequence[FieldChange]], *, restorable: bool) -> str:
    """Return every event, newest first: who did what when, their comment, and what changed field by field.

    ``changes`` maps the number of an event to its changes.
    """
    items = []
    for event in reversed(events):
        changed = changes.get(event.number, ())
        same = "<p>Nothing changed.</p>" if event.number > 1 else ""
        what = _changes(event, changed) if changed else same
        again = restorable and event.number != events[-1].number
        button = (
            button_html("restore", str(event.number), "Restore this version", f"number {event.number}") if again else ""
        )
        items.append(
            f"<li><h3>Version {event.number}: {STATE_WORDS[event.state]}</h3>"
            f"<p>{_last(event)}</p>{_comment(event)}{what}"
            f"{f'<p>{button}</p>' if button else ''}</li>"
        )
    return f'<section class="cases" aria-label="History"><ol class="case-list" reversed>{"".join(items)}</ol></section>'


def duplicates_html(found: Sequence[PossibleDuplicate]) -> str:
    """Return the cases that may be duplicates, why, and a button to view each."""
    items = "".join(
        f"<li><h4>{escape(item.title)}</h4><p>Why it may be a duplicate: {escape('; '.join(item.reasons))}.</p>"
        f"<p>{button_html('look', item.id, 'View this case', item.title)}</p></li>"
        for item in found
    )
    count = "1 possible duplicate" if len(found) == 1 else f"{len(found)} possible duplicates"
    return (
        f'<section class="cases" aria-label="Possible duplicates"><h3 tabindex="-1">{count}</h3>'
        "<p>Your case is saved as a draft and not submitted yet. Check these cases first. If yours is different, "
        f'select “Submit anyway”.</p><ul class="case-list">{items}</ul></section>'
    )


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
    table = table_html("Differences", ("Field", f"{event.who}’s version", "Your version"), rows) if rows else ""
    same = "" if rows else "<p>Your version is the same as theirs.</p>"
    return (
        '<section class="cases" aria-label="Changed by another"><h3 tabindex="-1">'
        f"{escape(event.who)} changed this case on {moment(event.when)}</h3><p>{escape(event.who)} "
        f"{ACTION_WORDS[event.action]}. Your version was not saved. It is in the form.</p>{table}{same}</section>"
    )


def problems_html(problems: Sequence[FieldProblem], *, listed: bool) -> str:
    """Return the problems, each with a link to its field, beside which the page's script shows it too.

    Unless ``listed``, only the script shows them, as while somebody types.
    """
    order = {name: number for number, name in enumerate(FIELD_TITLES)}
    placed = sorted(problems, key=lambda item: order.get(form_field(item.field), len(order)))
    items = "".join(map(_problem, placed))
    if not items:
        return ""
    count = "1 problem to fix" if len(problems) == 1 else f"{len(problems)} problems to fix"
    hidden = "" if listed else " hidden"
    return (
        f'<section class="cases" aria-label="Problems to fix"{hidden}>'
        f'<h3 tabindex="-1">{count}</h3><ul>{items}</ul></section>'
    )


def _problem(problem: FieldProblem) -> str:
    place = field_id(form_field(problem.field))
    return (
        f'<li data-field="{escape(form_field(problem.field))}"><a href="#{place}" data-target="{place}">'
        f"{escape(field_title(problem.field))}</a>: <span>{escape(problem.message)}</span></li>"
    )


def form_field(name: str) -> str:
    """Return the part of the form that a field belongs to.

    >>> form_field("source.1.url"), form_field("title")
    ('source', 'title')
    """
    return name.partition(".")[0]


def field_id(name: str) -> str:
    """Return the element id of a field."""
    return f"contribute-{escape(name)}"


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
    return escape(words)


def _last(event: CaseEvent) -> str:
    return f"{escape(event.who)} ({event.role}) {ACTION_WORDS[event.action]} on {moment(event.when)}."


def _comment(event: CaseEvent) -> str:
    return f'<p class="lesson">Comment from {escape(event.who)}: {escape(event.comment)}</p>' if event.comment else ""


def _changes(event: CaseEvent, changes: Sequence[FieldChange]) -> str:
    count = "1 field changed" if len(changes) == 1 else f"{len(changes)} fields changed"
    rows = [
        (FIELD_TITLES.get(item.field, item.field), words_of(item.field, item.before), words_of(item.field, item.after))
        for item in changes
    ]
    about = f'<span class="visually-hidden"> in version {event.number}</span>'
    table = table_html(f"Changes in version {event.number}", ("Field", "Before", "After"), rows)
    return f"<details><summary>{count}{about}</summary>{table}</details>"


def button_html(action: str, entry: str, words: str, about: str) -> str:
    return (
        f'<button type="button" id="{action}-{escape(entry)}" data-action="{action}" data-id="{escape(entry)}">{words}'
        f'<span class="visually-hidden">: {escape(about)}</span></button>'
    )
