"""Claims that differ from their context in one small, decisive word."""

from __future__ import annotations

from assistant.claims import RuleChecker
from tests.claims.traps import FALSE, TRUE

MISSED = {
    *("last-first", "percent-points", "predecessor", "stopped", "missed", "claimed", "nearly-all", "by-to"),
    "except-place",
}
"""False claims that the rules take for supported; whatever replaces them must catch these too."""
REFUSED = {"share"}
"""True claims that the rules refuse."""


def _is_supported(claim: str, context: str) -> bool:
    return RuleChecker().verify(claim, context).verdict == "supported"


def test_only_the_known_false_claims_are_taken_for_supported() -> None:
    assert {name for name, pair in FALSE.items() if _is_supported(*pair)} == MISSED


def test_only_the_known_true_claims_are_refused() -> None:
    assert {name for name, pair in TRUE.items() if not _is_supported(*pair)} == REFUSED
