"""Cases as they stand in the tables: read from there, and given one more event."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from assistant.errors import CaseChangedError, CaseNotFoundError
from assistant.storage.case_fields import MOST_ID_CHARACTERS, fields_from_json, storable
from assistant.storage.case_life import CaseAction, CaseState, Role
from assistant.storage.case_records import CaseEvent, StoredCase
from assistant.storage.schema import CaseEventRow, CaseRow


def record(session: Session, event: CaseEventRow) -> None:
    """Add the event, and make the case point at it."""
    row = session.get(CaseRow, event.case)
    if row is None:
        row = CaseRow(id=event.case, begun_by=event.who)
        session.add(row)
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


def event_row(session: Session, case_id: str, number: int) -> CaseEventRow:
    """One event of a case that has it."""
    return session.scalars(
        select(CaseEventRow).where(CaseEventRow.case == case_id, CaseEventRow.number == number)
    ).one()


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


def changed_since(version: int, case: StoredCase, newest: CaseEventRow) -> CaseChangedError:
    """The error for a change of ``version`` where the case has a newer event."""
    when = f"{newest.happened:%-d %B %Y at %H:%M} UTC"
    return CaseChangedError(
        f"The case {case.id!r} was {newest.action} by {newest.who} on {when}, after the version {version} that you saw "
        f"(it is now {case.version}). Nothing of yours was saved: look at what changed, then do it again.",
        case,
        event_of(newest),
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
