"""Contributed cases: each a list of events that only grows, one of which may be in force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.errors import CaseNotFoundError, NotAllowedError, StorageError
from assistant.roles import Person
from assistant.settings import Settings
from assistant.storage.audit import AuditLog, subject_of
from assistant.storage.case_fields import checked_id, fields_to_json, storable
from assistant.storage.case_life import CaseAction, CaseState, may_read, next_state
from assistant.storage.case_records import CaseEvent, ImportCounts, StoredCase
from assistant.storage.case_rows import (
    cases_query,
    changed_by_another,
    changed_since,
    duplicate_of,
    event_of,
    event_row,
    find_case,
    get_case,
    is_author,
    new_event,
    not_found,
    read_cases,
    read_in_force,
    record,
)
from assistant.storage.database import Database, find_database, open_database
from assistant.storage.people import People, checked_name, folded, is_other_reviewer
from assistant.storage.schema import CaseEventRow, CaseRow, PersonRow

__all__ = ["CaseEvent", "CaseStore", "ImportCounts", "StoredCase", "find_cases", "open_cases"]


class CaseStore:
    """Cases with their history. Threads may share it.

    To change a case, give the ``version`` that you saw. Every method raises ``StorageError`` where the database cannot
    be used; those that change a case also raise these, and then save nothing:

    - ``CaseNotFoundError``: there is no such case;
    - ``CaseChangedError``: somebody changed it after that version;
    - ``NotAllowedError``: the role or the state does not allow it, a comment is missing, somebody accepts their own
      words though there is another reviewer, or somebody whose draft is not to be shown changed the case since;
    - ``StorageError``: name, comment or fields are too long or cannot be kept.

    Args:
        now: returns the time in UTC.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now
        self.people = People(database, now)
        """The people who may contribute, in the same database."""
        self._log = AuditLog(database, now)

    def begin(self, person: Person, fields: Mapping[str, Any], comment: str = "") -> StoredCase:
        """Create a draft; its id is that of the fields.

        Raises:
            DuplicateCaseError: a case with this id exists.
        """
        return self.begin_all(person, [fields], comment)[0]

    def begin_all(
        self, person: Person, every: Sequence[Mapping[str, Any]], comment: str = "", *, submit: bool = False
    ) -> tuple[StoredCase, ...]:
        """Create a draft for each, or none at all; see :meth:`begin`. With ``submit`` all wait for review at once."""
        return self._make("begun", "draft", person, every, comment, submit=submit)

    def adopt(self, person: Person, fields: Mapping[str, Any]) -> StoredCase:
        """Store a case of the register file, in force unchanged, so that any contributor can edit it.

        Raises:
            DuplicateCaseError: a case with this id exists.
        """
        return self._make("imported", "accepted", person, [fields], "")[0]

    def edit(
        self, person: Person, case_id: str, fields: Mapping[str, Any], version: int, comment: str = ""
    ) -> StoredCase:
        """Save a draft with new fields; what is in force stays so until they are accepted.

        Raises:
            StorageError: the fields have another id.
        """
        if checked_id(fields) != case_id:
            raise StorageError(
                f"The id of a case cannot change: {case_id!r} would become {fields['id']!r}. Keep {case_id!r}."
            )
        return self._change("edited", person, case_id, version, comment, text=fields_to_json(fields))

    def submit(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """Send a draft, or a returned case, to review."""
        return self._change("submitted", person, case_id, version, comment)

    def withdraw(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """Make a case that waits for review a draft again."""
        return self._change("withdrawn", person, case_id, version, comment)

    def take(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """Take a case for review: nobody changes it meanwhile."""
        return self._change("taken", person, case_id, version, comment)

    def accept(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """Put the reviewed fields in force."""
        return self._change("accepted", person, case_id, version, comment)

    def send_back(self, person: Person, case_id: str, version: int, comment: str) -> StoredCase:
        """Return the case to its contributor, with what to change."""
        return self._change("returned", person, case_id, version, comment)

    def retire(self, person: Person, case_id: str, version: int, comment: str) -> StoredCase:
        """Take the case out of force; it keeps its fields and history."""
        return self._change("retired", person, case_id, version, comment)

    def restore(self, person: Person, case_id: str, number: int, version: int, comment: str = "") -> StoredCase:
        """Save a draft with the fields of event ``number``.

        Raises:
            CaseNotFoundError: the case has no such event.
        """
        return self._change("restored", person, case_id, version, comment, restored=number)

    def get(self, case_id: str) -> StoredCase:
        """Return the case as it is now.

        Raises:
            CaseNotFoundError: there is no such case.
        """
        with self._database.read() as session:
            return get_case(session, case_id)

    def list(self, states: Collection[CaseState] = (), begun_by: str = "") -> tuple[StoredCase, ...]:
        """Return the cases in these states (all by default), begun by this person, last changed first."""
        query = cases_query().order_by(CaseEventRow.id.desc())
        if states:
            query = query.where(CaseEventRow.state.in_(states))
        if begun_by:
            query = query.where(CaseRow.begun_by == storable(begun_by))
        with self._database.read() as session:
            return read_cases(session, query)

    def history(self, case_id: str) -> tuple[CaseEvent, ...]:
        """Return every event of the case, oldest first.

        Raises:
            CaseNotFoundError: there is no such case.
        """
        query = select(CaseEventRow).where(CaseEventRow.case == storable(case_id)).order_by(CaseEventRow.number)
        with self._database.read() as session:
            events = tuple(map(event_of, session.scalars(query)))
        if not events:  # every case has at least one event
            raise not_found(case_id)
        return events

    def in_force(self) -> Mapping[str, Mapping[str, Any] | None]:
        """Return the fields in force of every case that was ever in force, by id; None for a retired one.

        Ordered by when they first came into force, so that an import keeps the order of its file.
        """
        with self._database.read() as session:
            return read_in_force(session)

    def stamp(self) -> tuple[int, int]:
        """Return a stamp of the database's file and its newest event: while it stays, so does all that is in force.

        Read it before :meth:`in_force`: a change in between is then read again, and not missed.
        """
        with self._database.read() as session:
            return self._database.replaced, session.scalar(select(func.max(CaseEventRow.id))) or 0

    def import_cases(
        self, person: Person, every: Sequence[Mapping[str, Any]], retired: Mapping[str, Mapping[str, Any]] | None = None
    ) -> ImportCounts:
        """Put all of these in force, or none; other cases stay as they are.

        Cases already in force with these fields are left alone. One with a draft is accepted with the imported fields,
        and its draft stays in the history. ``retired`` are cases to take out of force, by id, with their fields.

        Raises:
            NotAllowedError: the person is not a reviewer.
            StorageError: an id is used twice.
        """
        next_state("imported", person.role, None, own=False, in_force=False)
        words: dict[str, str] = {}
        for fields in every:
            case_id = checked_id(fields)
            if case_id in words:
                raise StorageError(f"The case {case_id!r} is used twice in the import. Leave one of the two out.")
            words[case_id] = fields_to_json(fields)
        added = changed = 0
        with self._database.write(one_at_a_time=True) as session:
            there = {case.id: case for case in read_cases(session, cases_query())}
            for case_id, text in words.items():
                case = there.get(case_id)
                if case is not None and case.in_force is not None and fields_to_json(case.in_force) == text:
                    continue
                number = case.version + 1 if case else 1
                self._put(session, new_event("imported", "accepted", person, case_id, "", text, self._now(), number))
                added += case is None
                changed += case is not None
            gone = 0
            for case_id, fields in (retired or {}).items():
                case = there.get(case_id)
                if case is not None and case.in_force is None:
                    continue
                text, number = fields_to_json((case and case.in_force) or fields), case.version if case else 1
                if case is None:
                    self._put(session, new_event("imported", "accepted", person, case_id, "", text, self._now()))
                why = "Not in the register that was imported."
                self._put(session, new_event("retired", "retired", person, case_id, why, text, self._now(), number + 1))
                gone += 1
        return ImportCounts(added, changed, len(words) - added - changed, gone)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _put(self, session: Session, event: CaseEventRow) -> None:
        record(session, event)
        person = session.scalar(select(PersonRow).where(PersonRow.folded == folded(event.who)))
        subject = subject_of(person) if person else ""
        self._log.add(session, f"case-{event.action}", {"case": event.case, "event": event.number}, subject=subject)

    def _make(
        self,
        action: CaseAction,
        state: CaseState,
        person: Person,
        every: Sequence[Mapping[str, Any]],
        comment: str,
        *,
        submit: bool = False,
    ) -> tuple[StoredCase, ...]:
        next_state("begun", person.role, None, own=True, in_force=False)
        events = [
            new_event(action, state, person, checked_id(each), comment, fields_to_json(each), self._now())
            for each in every
        ]
        with self._database.write(one_at_a_time=True) as session:
            for event in events:
                there = find_case(session, event.case)
                if there is not None:
                    raise duplicate_of(there)
                self._put(session, event)
                if submit:
                    now = self._now()
                    self._put(
                        session, new_event("submitted", "submitted", person, event.case, "", event.fields, now, 2)
                    )
            return tuple(get_case(session, event.case) for event in events)

    def _change(
        self,
        action: CaseAction,
        person: Person,
        case_id: str,
        version: int,
        comment: str,
        *,
        text: str | None = None,
        restored: int | None = None,
    ) -> StoredCase:
        """Return the case after ``action``, with new fields as JSON, those of event ``restored``, or the same
        fields.
        """
        with self._database.write(one_at_a_time=True) as session:
            case = get_case(session, case_id)
            own, in_force = case.begun_by == checked_name(person.name), case.in_force is not None
            if case.version != version:
                if not may_read(person.role, case.state, own=own):
                    raise changed_by_another(version, case)
                raise changed_since(version, case, event_row(session, case_id, case.version))
            state = next_state(action, person.role, case.state, own=own, in_force=in_force, comment=comment)
            if action == "accepted" and is_author(session, case_id, person) and is_other_reviewer(session, person.name):
                raise NotAllowedError(
                    "You wrote this version, so another reviewer must accept it; `steward people list` shows "
                    "the reviewers."
                )
            if action == "retired":
                # The fields that readers saw, not those of a later draft.
                text = fields_to_json(case.in_force or case.fields)
            if text is None:
                number = version if restored is None else restored
                if not 1 <= number <= version:
                    raise CaseNotFoundError(
                        f"The case {case_id!r} has versions 1 to {version}; there is no version {number}."
                    )
                text = event_row(session, case_id, number).fields
            event = new_event(action, state, person, case_id, comment, text, self._now(), version + 1)
            self._put(session, event)
            return get_case(session, case_id)


def open_cases(settings: Settings, *, migrate: bool = True) -> CaseStore:
    """Open the cases of the settings' database and migrate its schema, unless ``migrate`` is False.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    return CaseStore(open_database(settings, migrate=migrate))


def find_cases(settings: Settings, *, migrate: bool = True) -> CaseStore | None:
    """Open the cases for reading; None without a database, or without ``migrate`` where its schema is older.

    Raises:
        StorageError: the database cannot be reached or read, or its schema is newer than this code.
    """
    database = find_database(settings, migrate=migrate)
    return None if database is None else CaseStore(database)
