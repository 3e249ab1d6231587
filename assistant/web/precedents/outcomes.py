"""How the outcomes of cases are named and drawn."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.registers.entries import Polarity

OUTCOME_WORDS: Mapping[str, str] = {
    "worked": "Worked",
    "cited": "Cited as good practice",
    "mixed": "Mixed",
    "failed": "Failed",
    "proposed": "Proposed",
    "ongoing": "Under way",
}
"""Names of the outcomes on screen, in their order."""
OUTCOME_SIGNS: Mapping[Polarity, str] = {
    "worked": "✓",
    "cited": "☆",
    "mixed": "≈",
    "failed": "✕",
    "proposed": "○",
    "ongoing": "▷",
}
"""Decorative shapes before the words."""
