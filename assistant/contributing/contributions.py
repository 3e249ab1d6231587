"""Cases as people contribute them: checked, saved, reviewed, compared with their history, moved to files and back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.contributing.checking import as_precedent, problems_of, tidied
from assistant.contributing.duplicates import PossibleDuplicate, possible_duplicates
from assistant.contributing.known_values import KnownValues, known_values
from assistant.contributing.passages import LibraryPassages
from assistant.contributing.register_file import in_entry, read_entries
from assistant.errors import CaseFieldsError, CaseNotFoundError, FieldProblem
from assistant.precedents.cases import cases_of
from assistant.registers.entries import Precedent
from assistant.storage import CaseAction, CaseState, CaseStore, ImportCounts, Person, StoredCase, possible_for
from assistant.storage.case_life import next_state
from assistant.storage.case_records import DuplicateCaseError

if TYPE_CHECKING:
    from assistant.index import Generation
    from assistant.library import Library

WAITING: tuple[CaseState, ...] = ("draft", "submitted", "under-review", "returned")
"""States of cases that are worked on."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; what is absent is empty."""

    field: str
    """Such as ``summary`` or ``source.1.url``; sources count from 1."""
    before: str
    after: str


class Contributions:
    """What the web app and the command line do with contributed cases. Threads may share it.

    A case of the register's file that the database does not hold has version 0; who changes it gives that, and it comes
    into the database first, in force as it is. Methods raise what those of `CaseStore` of the same name raise.
    """

    def __init__(self, current: Callable[[], Library], store: CaseStore) -> None:
        """``current`` gives the assistant over the newest index."""
        self._current = current
        self.store = store
        self._lock = threading.Lock()
        self._passages: tuple[Generation, LibraryPassages] | None = None
        self._titles: tuple[object, Mapping[str, str]] = (None, {})

    def known(self, case_id: str = "") -> KnownValues:
        """What the fields of a new case are checked against, or those of the case of an id."""
        library = self._current()
        with self._lock:
            if self._passages is None or self._passages[0] is not library.generation:
                self._passages = (library.generation, LibraryPassages(library))
            passages = self._passages[1]
            stamp = self.store.stamp()
            if self._titles[0] != stamp:
                # Of what is not in force no title: it is for those who may read it.
                titles = {case.id: str((case.in_force or {}).get("title", "")) for case in self.store.list()}
                self._titles = (stamp, titles)
            titles = dict(self._titles[1])
        return known_values(library, passages).with_taken(titles).besides(case_id)

    def problems(self, fields: Mapping[str, Any], *, complete: bool, case_id: str = "") -> tuple[FieldProblem, ...]:
        """As `problems_of`, for a new case or for the one of an id."""
        return problems_of(fields, self.known(case_id), complete=complete)

    def duplicates(self, fields: Mapping[str, Any]) -> tuple[PossibleDuplicate, ...]:
        """As `possible_duplicates`, cases that are worked on among them."""
        waiting = [case.fields for case in self.store.list(WAITING) if case.in_force is None]
        return possible_duplicates(self._current(), fields, waiting)

    def get(self, case_id: str) -> StoredCase:
        """A case as it is now, from the database or, with version 0, from the register's file.

        Raises:
            CaseNotFoundError: neither holds it.
        """
        try:
            return self.store.get(case_id)
        except CaseNotFoundError:
            entry = self._of_file(case_id)
            if entry is None:
                raise
        fields = entry.model_dump(mode="json")
        path = self._current().settings.corpus / "registers" / "precedents.toml"
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return StoredCase(case_id, "accepted", 0, "", written, fields, fields)

    def save(self, person: Person, fields: Mapping[str, Any], version: int | None, comment: str = "") -> StoredCase:
        """A draft with these fields: a new case where ``version`` is None, else the one of that id as it was seen.

        Raises:
            CaseFieldsError: a field is wrong; nothing is kept.
        """
        known = self.known("" if version is None else str(fields.get("id", "")))
        kept = _right(fields, known, complete=False)
        if version is None:
            return self.store.begin(person, kept, comment)
        return self.store.edit(person, kept["id"], kept, self._adopted(person, kept["id"], version), comment)

    def add_file(
        self, person: Person, path: Path, *, submit: bool = False, comment: str = ""
    ) -> tuple[StoredCase, ...]:
        """A draft for each case of a file, or none at all; with ``submit`` they wait for review at once.

        Where one may be a case that is there already, all stay drafts: that is to be looked at before.

        Raises:
            CatalogueError: the file cannot be read.
            CaseFieldsError: fields are wrong; names the entries.
        """
        known = self.known()
        entries = read_entries(path)
        _check_entries(entries, known, complete=True)
        every = [tidied(fields, known) for fields in entries]
        submit = submit and not any(map(self.duplicates, every))
        return self.store.begin_all(person, every, comment, submit=submit)

    def submit(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """A draft waits for review.

        Raises:
            CaseFieldsError: it does not say all that a case in the register says; it stays as it is.
        """
        self._check_complete(person, "submitted", case_id)
        return self.store.submit(person, case_id, version, comment)

    def accept(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """The words that were reviewed are in force.

        Raises:
            CaseFieldsError: they are not right any more, as where a document of the library changed meanwhile.
        """
        self._check_complete(person, "accepted", case_id)
        return self.store.accept(person, case_id, version, comment)

    def withdraw(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """A case that waits for review is a draft again."""
        return self.store.withdraw(person, case_id, version, comment)

    def take(self, person: Person, case_id: str, version: int, comment: str = "") -> StoredCase:
        """A reviewer looks at it."""
        return self.store.take(person, case_id, version, comment)

    def send_back(self, person: Person, case_id: str, version: int, comment: str) -> StoredCase:
        """The reviewer returns it, saying what to change."""
        return self.store.send_back(person, case_id, version, comment)

    def retire(self, person: Person, case_id: str, version: int, comment: str) -> StoredCase:
        """Nothing of the case is in force any more."""
        if version == 0:
            # What is refused must not bring the case into the database.
            next_state("retired", person.role, "accepted", own=False, in_force=True, comment=comment)
        return self.store.retire(person, case_id, self._adopted(person, case_id, version), comment)

    def restore(self, person: Person, case_id: str, number: int, version: int, comment: str = "") -> StoredCase:
        """A draft with the words of an earlier event."""
        return self.store.restore(person, case_id, number, version, comment)

    def import_register(self, person: Person, path: Path, whole: bool = False) -> ImportCounts:
        """Put every case of a file in force, or none of them; cases that it does not name stay as they are.

        Where the file is the ``whole`` register, the cases in force that it does not name are retired with it. A
        passage from a form of a document that this library does not hold, original or summary, is taken on trust.

        Raises:
            CatalogueError: the file cannot be read.
            CaseFieldsError: fields are wrong; names the entries.
        """
        known = self.known().with_taken(None).trusting()
        entries = read_entries(path)
        _check_entries(entries, known, complete=True)
        every = [as_precedent(fields, known).model_dump(mode="json") for fields in entries]
        # What the register's file says already needs no place in the database.
        changed = [fields for fields in every if not self._is_in_force(fields)]
        named = {fields["id"] for fields in every}
        in_force = cases_of(self._current()).entries if whole else {}
        retired = {name: entry.model_dump(mode="json") for name, entry in in_force.items() if name not in named}
        counts = self.store.import_cases(person, changed, retired)
        return replace(counts, unchanged=counts.unchanged + len(every) - len(changed))

    def _of_file(self, case_id: str) -> Precedent | None:
        return next((entry for entry in self._current().registers.precedents if entry.id == case_id), None)

    def _is_in_force(self, fields: Mapping[str, Any]) -> bool:
        try:
            return self.get(fields["id"]).in_force == fields
        except CaseNotFoundError:
            return False

    def _adopted(self, person: Person, case_id: str, version: int) -> int:
        """The version to change: of a case of the file, the one with which it came into the database."""
        entry = self._of_file(case_id) if version == 0 else None
        if entry is None:
            return version
        try:
            return self.store.adopt(person, entry.model_dump(mode="json")).version
        except DuplicateCaseError as error:
            # Somebody brought it in meanwhile; unless they changed it too, it is as it was seen.
            return 1 if error.theirs.version == 1 else version

    def _check_complete(self, person: Person, action: CaseAction, case_id: str) -> None:
        case = self.store.get(case_id)
        # To anybody else the store says that they may not, and nothing of what the words are.
        if action in possible_for(person, case):
            _right(case.fields, self.known("" if self._is_taken(case) else case_id), complete=True)

    def _is_taken(self, case: StoredCase) -> bool:
        """Whether the register's file has come to hold another case with the id of one that was never in force."""
        return self._of_file(case.id) is not None and case.id not in self.store.in_force()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields that differ between two versions of a case, in the order of the fields.

    >>> changes({"id": "a", "title": "Lamps", "shift": []}, {"id": "a", "title": "Lamps in Hull"})
    (FieldChange(field='title', before='Lamps', after='Lamps in Hull'),)
    """
    old, new = _flat(before), _flat(after)
    names = sorted({*old, *new}, key=_place)
    return tuple(
        FieldChange(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)
    )


def _check_entries(entries: Sequence[Mapping[str, Any]], known: KnownValues, *, complete: bool) -> None:
    problems: list[FieldProblem] = []
    for number, fields in enumerate(entries, 1):
        problems += in_entry(problems_of(fields, known, complete=complete), number, fields)
    if problems:
        raise CaseFieldsError(problems)


def _right(fields: Mapping[str, Any], known: KnownValues, *, complete: bool) -> dict[str, Any]:
    problems = problems_of(fields, known, complete=complete)
    if problems:
        raise CaseFieldsError(problems)
    return tidied(fields, known)


def _flat(fields: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: _said(value) for name, value in fields.items() if name != "source"}
    for number, source in enumerate(fields.get("source", ()), 1):
        plain |= {f"source.{number}.{name}": _said(value) for name, value in source.items()}
    return {name: value for name, value in plain.items() if value}


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _place(name: str) -> tuple[int, int, str]:
    order = [*Precedent.model_fields]
    first, *rest = name.split(".")
    return (order.index(first) if first in order else len(order), int(rest[0]) if rest else 0, name)
