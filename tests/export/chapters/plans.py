"""A plan over the small register, and what tests change in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.export.chapters import Plan, plan_of

DAY = date(2026, 11, 27)
FIELDS: dict[str, Any] = {
    "title": "Light on the water",
    "date": DAY,
    "introduction": "What harbours tried.\n\n- lamps\n- bells",
    "section": [
        {
            "heading": "Tried",
            "items": [{"text": "Two schemes."}, {"case": "leith-bell-scheme"}, {"case": "hull-lamp-scheme"}],
        },
        {
            "heading": "Asked for",
            "items": [{"recommendation": "license-boats-by-lamp"}, {"case": "tide-school"}],
        },
    ],
}


def plan(**changes: Any) -> Plan:
    return plan_of(FIELDS | changes, "plan.toml")


def plan_with(*items: dict[str, Any], **changes: Any) -> Plan:
    return plan(section=[{"heading": "Tried", "items": list(items)}], **changes)
