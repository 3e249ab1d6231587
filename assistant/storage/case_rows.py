"""Reads cases from their tables, and adds events."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from assistant.errors import CaseNotFoundError, NotAllowedError
from assistant.roles import Person, Role
from assistant.storage.case_fields import MOST_ID_CHARACTERS, checked_comment, fields_from_json, storable
from assistant.storage.case_life import FINISHED, CaseAction, CaseState
from assistant.storage.case_records import CaseChangedError, CaseEvent, DuplicateCaseError, StoredCase
from assistant.storage.people import checked_name, folded
from assistant.storage.schema import CaseEventRow, CaseRow


def new_event(
    action: CaseAction,
    state: CaseState,
    person: Person,
    case_id: str,
    comment: str,
    text: str,
    when: datetime,
    number: int = 1,
) -> CaseEventRow:
    """Return the row of an event, not yet in the database; ``text`` is the fields as JSON, ``when`` is in UTC."""
    return CaseEventRow(
        case=case_id,
        number=number,
        action=action,
        who=checked_name(person.name),
        role=person.role,
        happened=when,
        state=state,
        comment=checked_comment(comment),
        fields=text,
    )


def record(session: Session, event: CaseEventRow) -> None:
    """Add the event and point the case at it; whoever drafts from a finished case becomes the one who began it."""
    row = session.get(CaseRow, event.case)
    if row is None:
        row = CaseRow(id=event.case, begun_by=event.who)
        session.add(row)
    elif event.state == "draft" and event_row(session, event.case, row.version).state in FINISHED:
        row.begun_by = event.who
    row.version = event.number
    if event.state == "accepted":
        row.in_force = event.number
    elif event.state == "retired":
        row.in_force = None
    session.flush()
    session.add(event)
    session.flush()


_IN_FORCE = aliased(CaseEventRow)


def cases_query() -> Select[CaseRow, CaseEventRow, str]:
    """Return a query for cases with their newest event and the fields in force."""
    return (
        select(CaseRow, CaseEventRow, _IN_FORCE.fields)
        .join(CaseEventRow, and_(CaseEventRow.case == CaseRow.id, CaseEventRow.number == CaseRow.version))
        .outerjoin(_IN_FORCE, and_(_IN_FORCE.case == CaseRow.id, _IN_FORCE.number == CaseRow.in_force))
    )


def read_cases(session: Session, query: Select[CaseRow, CaseEventRow, str]) -> tuple[StoredCase, ...]:
    """Return the cases of :func:`cases_query`, narrowed or ordered."""
    return tuple(_case(row, newest, in_force) for row, newest, in_force in session.execute(query))


def find_case(session: Session, case_id: str) -> StoredCase | None:
    """Return the case; None where there is none."""
    return next(iter(read_cases(session, cases_query().where(CaseRow.id == storable(case_id)))), None)


def get_case(session: Session, case_id: str) -> StoredCase:
    """Return the case.

    Raises:
        CaseNotFoundError: there is none.
    """
    found = find_case(session, case_id)
    if found is None:
        raise not_found(case_id)
    return found


def read_in_force(session: Session) -> dict[str, dict[str, Any] | None]:
    """Return the fields in force by case, None for a retired one, in the order in which cases first came into force."""
    once = (
        select(CaseEventRow.case, func.min(CaseEventRow.id).label("first"))
        .where(CaseEventRow.action.in_(("accepted", "imported")))
        .group_by(CaseEventRow.case)
        .subquery()
    )
    query = (
        select(CaseRow.id, CaseEventRow.fields)
        .join(once, once.c.case == CaseRow.id)
        .outerjoin(CaseEventRow, and_(CaseEventRow.case == CaseRow.id, CaseEventRow.number == CaseRow.in_force))
        .order_by(once.c.first)
    )
    return {case_id: None if fields is None else fields_from_json(fields) for case_id, fields in session.execute(query)}


def event_row(session: Session, case_id: str, number: int) -> CaseEventRow:
    """Return one event of a case."""
    return session.scalars(
        select(CaseEventRow).where(CaseEventRow.case == case_id, CaseEventRow.number == number)
    ).one()


def is_author(session: Session, case_id: str, person: Person) -> bool:
    """Return whether the person wrote or restored the current draft since the case was last in force."""
    events = session.execute(
        select(CaseEventRow.action, CaseEventRow.who)
        .where(CaseEventRow.case == case_id)
        .order_by(CaseEventRow.number.desc())
    )
    for action, who in events:
        if action in ("accepted", "imported", "retired"):
            return False
        if action in ("begun", "edited", "restored") and folded(who) == folded(person.name):
            return True
    return False


def event_of(row: CaseEventRow) -> CaseEvent:
    """Return the event that a row holds."""
    return CaseEvent(
        row.number,
        cast(CaseAction, row.action),
        row.who,
        cast(Role, row.role),
        row.happened,
        cast(CaseState, row.state),
        row.comment,
        fields_from_json(row.fields),
    )


def not_found(case_id: str) -> CaseNotFoundError:
    """Return the error for a case that does not exist."""
    shown = repr(case_id) if len(case_id) <= MOST_ID_CHARACTERS else f"{case_id[:MOST_ID_CHARACTERS]!r}…"
    return CaseNotFoundError(f"The database holds no case {shown}. Check the spelling of its id.")


def duplicate_of(case: StoredCase) -> DuplicateCaseError:
    """Return the error for a new case whose id is taken."""
    return DuplicateCaseError(
        f"A case {case.id!r} exists already, begun by {case.begun_by}. Edit that one, or give yours another id.", case
    )


def changed_since(version: int, case: StoredCase, newest: CaseEventRow) -> CaseChangedError:
    """Return the error for a change of ``version`` where the case has a newer event."""
    when = f"{newest.happened:%-d %B %Y at %H:%M} UTC"
    return CaseChangedError(
        f"The case {case.id!r} was {newest.action} by {newest.who} on {when}, after the version {version} that "
        f"you saw (it is now {case.version}). Nothing of yours was saved: look at what changed, then do it "
        "again.",
        case,
        event_of(newest),
    )


def changed_by_another(version: int, case: StoredCase) -> NotAllowedError:
    """Return the error for a change of ``version`` where another person has a draft that is not to be shown."""
    return NotAllowedError(
        f"{case.begun_by} is working on the case {case.id!r}, which has changed since the version {version} "
        "that you saw. Nothing of yours was saved: keep your words until theirs are accepted."
    )


def _case(row: CaseRow, newest: CaseEventRow, in_force: str | None) -> StoredCase:
    return StoredCase(
        row.id,
        cast(CaseState, newest.state),
        row.version,
        row.begun_by,
        newest.happened,
        fields_from_json(newest.fields),
        None if in_force is None else fields_from_json(in_force),
    )
