"""Contributed cases as HTML: who may do what, lists of cases, a case's history, and what stands in the way of saving.

Whatever was typed is escaped: it shows as plain words.
"""

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
from assistant.storage.case_life import CaseAction, CaseState, Role
from assistant.storage.case_store import CaseEvent, StoredCase
from assistant.storage.people import Person
from assistant.text.printable import date_in_words
from assistant.web.precedents.cases_html import LEVEL_WORDS
from assistant.web.precedents.pictures import OUTCOME_WORDS
from assistant.web.tables import table_html

SOURCE_TITLES: Mapping[str, str] = {
    "document": "Document",
    "section": "Section",
    "quote": "Passage",
    "pages": "Pages",
    "notes": "Notes",
    "publisher": "Publisher",
    "title": "Title of the publication",
    "part": "Part",
    "published": "Date of publication",
    "url": "Web address",
}
"""The fields of a source, likewise."""
STATE_WORDS: Mapping[CaseState, str] = {
    "draft": "Draft",
    "submitted": "Submitted, waiting for a reviewer",
    "under-review": "Under review",
    "accepted": "Accepted",
    "returned": "Returned with comments",
    "retired": "Retired",
}
ACTION_WORDS: Mapping[CaseAction, str] = {
    "begun": "began it",
    "edited": "saved a draft",
    "submitted": "submitted it",
    "withdrawn": "withdrew it",
    "taken": "took it under review",
    "accepted": "accepted it",
    "returned": "returned it",
    "retired": "retired it",
    "restored": "restored an earlier version",
    "imported": "brought it in from the register",
}
MAY: Mapping[Role, str] = {
    "reader": "You may read the cases in force.",
    "contributor": "You may write cases, suggest changes to those in force, and submit them to a reviewer.",
    "reviewer": "You may write cases and suggest changes, and accept, return or retire what others submitted.",
}


def person_html(person: Person | None, keys_required: bool) -> str:
    """Who is at the page and what that person may do; for a reader, how to become a contributor."""
    if person is not None:
        return f"<p>You are <strong>{escape(person.name)}</strong>, a {person.role}. {MAY[person.role]}</p>"
    if not keys_required:
        return (
            "<p>Nobody is registered here, so whoever uses this computer may write and review cases. "
            "Type your name: it stands in the history of what you do.</p>"
        )
    return (
        f"<p>You are a reader. {MAY['reader']} To contribute you need a key. Whoever runs Steward makes one with "
        "<code>steward people add NAME --role contributor</code>; it is shown once.</p>"
    )


def cases_html(title: str, cases: Sequence[StoredCase], none: str) -> str:
    """A list of cases with their states and a button each to open one; ``none`` is said where there are none."""
    items = "".join(
        f'<li><h3>{escape(title_of(case.fields))}</h3><p class="state">{_state(case)}</p>'
        f"<p>Begun by {escape(case.begun_by)}, last changed {moment(case.updated)}.</p>"
        f"<p>{button_html('open', case.id, 'Open', title_of(case.fields))}</p></li>"
        for case in cases
    )
    listed = f'<ul class="case-list">{items}</ul>' if items else f"<p>{escape(none)}</p>"
    return (
        f'<section class="cases" aria-label="{escape(title)}"><h2>{escape(title)} ({len(cases)})</h2>{listed}</section>'
    )


def case_head_html(case: StoredCase | None, title: str, events: Sequence[CaseEvent] = ()) -> str:
    """What is open: its title, its state, who did the last thing when, and what that person said."""
    if case is None:
        state = "New, not saved yet."
    else:
        state = f"{_state(case)}. {_last(events[-1])}" if events else f"{_state(case)}."
    comment = _comment(events[-1]) if events else ""
    heading = escape(title) or "A new case"
    return (
        f'<section class="cases" aria-label="Case"><h2 id="case-head" tabindex="-1">{heading}</h2>'
        f"<p>{state}</p>{comment}</section>"
    )


def history_html(events: Sequence[CaseEvent], changes: Mapping[int, Sequence[FieldChange]], *, restorable: bool) -> str:
    """Every event, newest first: who did what when, what was said, and what changed field by field.

    ``changes`` are by the number of the event that made them.
    """
    items = []
    for event in reversed(events):
        changed = changes.get(event.number, ())
        same = "<p>No words changed.</p>" if event.number > 1 else ""
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
    """Cases that may be the same, why, and a button each to look at one."""
    items = "".join(
        f"<li><h4>{escape(item.title)}</h4><p>Why it may be the same: {escape('; '.join(item.reasons))}.</p>"
        f"<p>{button_html('look', item.id, 'Look at this case', item.title)}</p></li>"
        for item in found
    )
    count = "1 case that may be the same" if len(found) == 1 else f"{len(found)} cases that may be the same"
    return (
        f'<section class="cases" aria-label="Possible duplicates"><h3 tabindex="-1">{count}</h3>'
        "<p>Your words are saved as a draft and not submitted yet. Look at these first. If yours is another case, "
        f'choose “Submit all the same”.</p><ul class="case-list">{items}</ul></section>'
    )


def conflict_html(event: CaseEvent, differences: Sequence[Difference]) -> str:
    """Who changed a case since one began with it, and the fields in which the two differ."""
    rows = [
        (
            f"{FIELD_TITLES[item.field]}\nchanged by {item.changed_by}",
            words_of(item.field, item.theirs),
            words_of(item.field, item.mine),
        )
        for item in differences
    ]
    table = table_html("Where the two differ", ("Field", f"{event.who}’s words", "Your words"), rows) if rows else ""
    same = "" if rows else "<p>Your words are the same as theirs.</p>"
    return (
        '<section class="cases" aria-label="Changed by another"><h3 tabindex="-1">'
        f"{escape(event.who)} changed this case on {moment(event.when)}</h3><p>{escape(event.who)} "
        f"{ACTION_WORDS[event.action]}. Nothing of yours was saved over it, "
        f"and your words are still in the form.</p>{table}{same}</section>"
    )


def problems_html(problems: Sequence[FieldProblem], *, listed: bool) -> str:
    """What is wrong, each with a link to its field; the page's script shows it at the field as well.

    Not ``listed``, it is for the fields alone, as while one types.
    """
    order = {name: number for number, name in enumerate(FIELD_TITLES)}
    placed = sorted(problems, key=lambda item: order.get(form_field(item.field), len(order)))
    items = "".join(map(_problem, placed))
    if not items:
        return ""
    count = "1 thing to mend" if len(problems) == 1 else f"{len(problems)} things to mend"
    hidden = "" if listed else " hidden"
    return (
        f'<section class="cases mend" aria-label="What to mend"{hidden}>'
        f'<h3 tabindex="-1">{count}</h3><ul>{items}</ul></section>'
    )


def _problem(problem: FieldProblem) -> str:
    place = field_id(form_field(problem.field))
    return (
        f'<li data-field="{escape(form_field(problem.field))}"><a href="#{place}" data-target="{place}">'
        f"{escape(field_title(problem.field))}</a>: <span>{escape(problem.message)}</span></li>"
    )


def form_field(name: str) -> str:
    """The part of the form that a field stands in: that of a source stands among the sources.

    >>> form_field("source.1.url"), form_field("title")
    ('source', 'title')
    """
    return name.partition(".")[0]


def field_id(name: str) -> str:
    """The id of a field's place on the page."""
    return f"contribute-{escape(name)}"


def field_title(name: str) -> str:
    """What a field is called on screen.

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
    """A field's value in words; sources one below the other."""
    if value in (None, "", [], ()):
        return "(empty)"
    if name == "source":
        return "\n".join(f"{number}. {source_words(item)}" for number, item in enumerate(value, 1))
    if name in ("shift", "sectors", "theme"):
        return ", ".join(plain_words(str(item)) for item in ([value] if isinstance(value, str) else value))
    if name in ("polarity", "level"):
        return {**OUTCOME_WORDS, **LEVEL_WORDS}.get(value, str(value))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def source_words(source: Mapping[str, Any]) -> str:
    """A source in one line of words."""
    named = [
        f"{title.lower()}: {words_of(name, source[name])}" for name, title in SOURCE_TITLES.items() if source.get(name)
    ]
    words = "; ".join(named)
    return words[:1].upper() + words[1:]


def title_of(fields: Mapping[str, Any]) -> str:
    """What a case is called where it is listed."""
    return str(fields.get("title") or fields.get("id") or "Without a title")


def moment(when: datetime) -> str:
    """A time in words, in UTC."""
    return f"{date_in_words(when.date().isoformat())}, {when:%H:%M} UTC"


def _state(case: StoredCase) -> str:
    """The state of the newest words, and whether others are in force meanwhile."""
    words = STATE_WORDS[case.state]
    if case.in_force is not None and case.state not in ("accepted", "retired"):
        words += "; an earlier version is in force"
    return escape(words)


def _last(event: CaseEvent) -> str:
    return f"{escape(event.who)} ({event.role}) {ACTION_WORDS[event.action]} on {moment(event.when)}."


def _comment(event: CaseEvent) -> str:
    return f'<p class="lesson">{escape(event.who)} says: {escape(event.comment)}</p>' if event.comment else ""


def _changes(event: CaseEvent, changes: Sequence[FieldChange]) -> str:
    count = "1 field changed" if len(changes) == 1 else f"{len(changes)} fields changed"
    rows = [
        (FIELD_TITLES.get(item.field, item.field), words_of(item.field, item.before), words_of(item.field, item.after))
        for item in changes
    ]
    about = f'<span class="visually-hidden"> in version {event.number}</span>'
    table = table_html(f"What changed in version {event.number}", ("Field", "Before", "After"), rows)
    return f"<details><summary>{count}{about}</summary>{table}</details>"


def button_html(action: str, entry: str, words: str, about: str) -> str:
    return (
        f'<button type="button" id="{action}-{escape(entry)}" data-action="{action}" data-id="{escape(entry)}">{words}'
        f'<span class="visually-hidden">: {escape(about)}</span></button>'
    )
