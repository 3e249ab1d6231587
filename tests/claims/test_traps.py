"""Claims that differ from their context in one small, decisive word: words alone neither approve nor veto wrongly."""

from __future__ import annotations

from assistant.claims import verify
from tests.claims.traps import FALSE, TRUE


def test_no_false_claim_is_called_supported() -> None:
    assert {name for name, pair in FALSE.items() if verify(*pair).verdict == "supported"} == set()


def test_no_true_claim_is_vetoed() -> None:
    assert {name for name, pair in TRUE.items() if verify(*pair).verdict not in ("supported", "unjudged")} == set()
