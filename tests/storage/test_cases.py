"""Cases: begun, reviewed, in force, retired, with a history that only grows."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.storage import CaseStore, Database, ImportCounts, Person
from tests.storage.conftest import Clock

ANN, BEN, RAE = Person("Ann", "contributor"), Person("Ben", "contributor"), Person("Rae", "reviewer")


def fields(case_id: str = "tide-bells", **others: Any) -> dict[str, Any]:
    return {
        "id": case_id,
        "title": "Bells at low tide",
        "source": [{"document": "harbour-plan", "notes": [1]}],
    } | others


@pytest.fixture
def cases(database: Database, clock: Clock) -> CaseStore:
    return CaseStore(database, now=clock)


def test_a_case_goes_from_draft_to_in_force_and_is_retired(cases: CaseStore) -> None:
    case = cases.begin(ANN, fields(), "first words")
    assert (case.state, case.version, case.begun_by, case.in_force) == ("draft", 1, "Ann", None)
    case = cases.edit(ANN, case.id, fields(title="Bells"), 1)
    case = cases.submit(ANN, case.id, 2)
    assert cases.in_force() == {}
    case = cases.take(RAE, case.id, 3)
    case = cases.accept(RAE, case.id, 4, "well told")
    assert (case.state, case.in_force) == ("accepted", fields(title="Bells"))
    assert cases.in_force() == {"tide-bells": fields(title="Bells")}
    case = cases.edit(ANN, case.id, fields(title="Whistles"), 5)
    assert (case.state, case.in_force) == ("draft", fields(title="Bells"))
    case = cases.retire(RAE, case.id, 6, "told elsewhere")
    assert (case.state, case.in_force, case.fields) == ("retired", None, fields(title="Whistles"))
    assert cases.in_force() == {"tide-bells": None}
    case = cases.restore(ANN, case.id, 1, 7)
    assert (case.state, case.fields) == ("draft", fields())
    assert cases.in_force() == {"tide-bells": None}
    history = cases.history(case.id)
    assert [event.action for event in history] == [
        "begun", "edited", "submitted", "taken", "accepted", "edited", "retired", "restored",
    ]  # fmt: skip
    assert [event.number for event in history] == list(range(1, 9))
    assert [(event.who, event.role, event.comment) for event in history if event.comment] == [
        ("Ann", "contributor", "first words"),
        ("Rae", "reviewer", "well told"),
        ("Rae", "reviewer", "told elsewhere"),
    ]


def test_an_import_puts_cases_in_force(cases: CaseStore) -> None:
    every = [fields(), fields("b"), fields("c")]
    assert cases.import_cases(RAE, every) == ImportCounts(3, 0, 0)
    assert cases.import_cases(RAE, [*every[:2], fields("c", title="New")]) == ImportCounts(0, 1, 2)
    assert cases.in_force()["c"] == fields("c", title="New")
