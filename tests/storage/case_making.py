"""People and cases that the tests of storage share."""

from __future__ import annotations

from typing import Any

from assistant.storage import CaseStore, Person, StoredCase

ANN, BEN, RAE = Person("Ann", "contributor"), Person("Ben", "contributor"), Person("Rae", "reviewer")


def fields(case_id: str = "tide-bells", **others: Any) -> dict[str, Any]:
    """The words of a case, as far as the database looks at them."""
    return {
        "id": case_id,
        "title": "Bells at low tide",
        "source": [{"document": "harbour-plan", "notes": [1]}],
    } | others


def accepted(cases: CaseStore, **others: Any) -> StoredCase:
    """A case that Ann began and Rae accepted."""
    case = cases.submit(ANN, cases.begin(ANN, fields(**others)).id, 1)
    return cases.accept(RAE, case.id, cases.take(RAE, case.id, 2).version)
