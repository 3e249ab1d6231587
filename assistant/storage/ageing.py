"""The clock by which conversations age, so that a wrong system clock deletes none.

It follows the system clock, but each look moves it on by a week at most: a clock set months ahead, or reset after it
stood at 1970, makes no conversation old. With use at least once a week it counts every day; a longer pause counts as a
week.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assistant.storage.schema import ClockRow

MOST_AT_ONCE = timedelta(days=7)
"""The most that one look moves the clock on."""
_STEP = timedelta(minutes=1)
"""Looks closer together than this change nothing, so that writers need not wait for each other's row."""


def advance_clock(session: Session, now: datetime) -> datetime:
    """Return what the clock shows, moved on towards ``now`` by at most `MOST_AT_ONCE`; for a session that writes."""
    clock = session.get(ClockRow, 1)
    if clock is not None and timedelta(0) <= now - clock.seen < _STEP:
        return clock.counted
    clock = session.get(ClockRow, 1, with_for_update=True, populate_existing=True)
    if clock is None:
        clock = ClockRow(id=1, counted=now, seen=now)
        session.add(clock)
    passed = now - clock.seen
    # The clocks of two machines differ a little: follow backwards only a large step.
    if passed > timedelta(0) or passed < -MOST_AT_ONCE:
        clock.counted += min(max(passed, timedelta(0)), MOST_AT_ONCE)
        clock.seen = now
    return clock.counted
