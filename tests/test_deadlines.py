"""Deadlines: work stops itself soon after its time is up, in the thread of the call and in those that it starts."""

from __future__ import annotations

import time

import anyio
import pytest

from assistant.claims import verify
from assistant.deadlines import check_deadline, deadline, not_counted, within_deadline
from assistant.errors import OutOfTimeError


def test_work_stops_once_its_time_is_up() -> None:
    with deadline(0.01), pytest.raises(OutOfTimeError, match=r"more than 0\.01 seconds and was stopped"):
        for _ in within_deadline(range(10**9)):
            pass


def test_without_a_deadline_work_goes_on() -> None:
    check_deadline()
    assert list(within_deadline([1, 2])) == [1, 2]
    with deadline(-1.0):
        with deadline(None):
            check_deadline()
        with deadline(60.0):
            check_deadline()
        with pytest.raises(OutOfTimeError):
            check_deadline()
    check_deadline()


def test_a_worker_thread_sees_the_deadline_of_its_call() -> None:
    async def call() -> None:
        with deadline(-1.0):
            await anyio.to_thread.run_sync(check_deadline)

    with pytest.raises(OutOfTimeError):
        anyio.run(call)


def test_what_has_a_limit_of_its_own_is_not_counted() -> None:
    with deadline(5.0):
        before = time.monotonic()
        with not_counted():
            time.sleep(0.05)
        waited = time.monotonic() - before
        assert waited >= 0.05
        check_deadline()
    with deadline(0.0):
        with not_counted():
            time.sleep(0.05)
        with pytest.raises(OutOfTimeError):
            list(within_deadline(range(10**9)))


def test_a_claim_check_without_end_stops_in_time() -> None:
    claim, context = "a\n" * 2_500, "b\n" * 50_000
    started = time.monotonic()
    with deadline(0.5), pytest.raises(OutOfTimeError):
        verify(claim, context)
    assert time.monotonic() - started < 30
