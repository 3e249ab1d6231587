"""The clock by which conversations age, so that a wrong clock of the machine deletes none.

It goes as the machine's clock goes, but each look moves it on by a week at most: neither a clock that was set months
ahead nor one that was set right again after it had stood at 1970 makes a conversation old. Where Steward is used at
least once a week it counts every day; a longer pause counts as a week.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assistant.storage.schema import ClockRow

MOST_AT_ONCE = timedelta(days=7)
"""What the clock moves on at one look at most."""
_STEP = timedelta(minutes=1)
"""Looks nearer together than this change nothing: writers need not wait for each other's row."""


def look_at_clock(session: Session, now: datetime) -> datetime:
    """What the clock shows, moved on to ``now`` as far as that is believed; for a session that writes."""
    clock = session.get(ClockRow, 1)
    if clock is not None and timedelta(0) <= now - clock.seen < _STEP:
        return clock.counted
    clock = session.get(ClockRow, 1, with_for_update=True, populate_existing=True)
    if clock is None:
        clock = ClockRow(id=1, counted=now, seen=now)
        session.add(clock)
    passed = now - clock.seen
    # Clocks of two machines differ a little: only one that was set back by far is followed there.
    if passed > timedelta(0) or passed < -MOST_AT_ONCE:
        clock.counted += min(max(passed, timedelta(0)), MOST_AT_ONCE)
        clock.seen = now
    return clock.counted
