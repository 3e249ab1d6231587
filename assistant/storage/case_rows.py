"""Cases as they stand in the tables: read from there, and given one more event."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from assistant.errors import CaseNotFoundError, NotAllowedError
from assistant.storage.case_fields import MOST_ID_CHARACTERS, checked_comment, fields_from_json, storable
from assistant.storage.case_life import FINISHED, CaseAction, CaseState, Role
from assistant.storage.case_records import CaseChangedError, CaseEvent, DuplicateCaseError, StoredCase
from assistant.storage.people import Person, checked_name, folded
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
    """The row of an event, not yet in the database; ``text`` are the fields as JSON, ``when`` is in UTC."""
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
    """Add the event, and make the case point at it; a draft made of finished words is begun by who made it."""
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
    """Cases with their newest event and the fields in force."""
    return (
        select(CaseRow, CaseEventRow, _IN_FORCE.fields)
        .join(CaseEventRow, and_(CaseEventRow.case == CaseRow.id, CaseEventRow.number == CaseRow.version))
        .outerjoin(_IN_FORCE, and_(_IN_FORCE.case == CaseRow.id, _IN_FORCE.number == CaseRow.in_force))
    )


def read_cases(session: Session, query: Select[CaseRow, CaseEventRow, str]) -> tuple[StoredCase, ...]:
    """The cases of :func:`cases_query`, narrowed or ordered."""
    return tuple(_case(row, newest, in_force) for row, newest, in_force in session.execute(query))


def find_case(session: Session, case_id: str) -> StoredCase | None:
    """The case; None where there is none."""
    return next(iter(read_cases(session, cases_query().where(CaseRow.id == storable(case_id)))), None)


def get_case(session: Session, case_id: str) -> StoredCase:
    """The case.

    Raises:
        CaseNotFoundError: there is none.
    """
    found = find_case(session, case_id)
    if found is None:
        raise not_found(case_id)
    return found


def read_in_force(session: Session) -> dict[str, dict[str, Any] | None]:
    """The words in force by case, None for a retired one, in the order in which cases first came into force."""
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
    """One event of a case that has it."""
    return session.scalars(
        select(CaseEventRow).where(CaseEventRow.case == case_id, CaseEventRow.number == number)
    ).one()


def wrote(session: Session, case_id: str, person: Person) -> bool:
    """Whether words that are worked on are the person's: written or brought back since the case was last in force."""
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
    """The event that a row holds."""
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
    """The error for a case that is not there."""
    shown = repr(case_id) if len(case_id) <= MOST_ID_CHARACTERS else f"{case_id[:MOST_ID_CHARACTERS]!r}…"
    return CaseNotFoundError(f"The database holds no case {shown}; look at how its id is spelt.")


def already_there(case: StoredCase) -> DuplicateCaseError:
    """The error for a new case with the id of this one."""
    return DuplicateCaseError(
        f"A case {case.id!r} is there already, begun by {case.begun_by}; edit that one, or give yours another id.", case
    )


def changed_since(version: int, case: StoredCase, newest: CaseEventRow) -> CaseChangedError:
    """The error for a change of ``version`` where the case has a newer event."""
    when = f"{newest.happened:%-d %B %Y at %H:%M} UTC"
    return CaseChangedError(
        f"The case {case.id!r} was {newest.action} by {newest.who} on {when}, after the version {version} that you saw "
        f"(it is now {case.version}). Nothing of yours was saved: look at what changed, then do it again.",
        case,
        event_of(newest),
    )


def others_work(version: int, case: StoredCase) -> NotAllowedError:
    """The error for a change of ``version`` where another person is at work on words that are theirs to show."""
    return NotAllowedError(
        f"{case.begun_by} works on the case {case.id!r}, and it was changed after the version {version} that you saw. "
        "Nothing of yours was saved: keep your words until theirs are accepted."
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
