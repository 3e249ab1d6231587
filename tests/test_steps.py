"""Steps are timed and told to whoever listens, also where they fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.steps import Step, listen, step, stop_listening


@pytest.fixture
def told() -> Iterator[list[Step]]:
    steps: list[Step] = []
    listen(steps.append)
    yield steps
    stop_listening(steps.append)


def test_a_step_is_told_once_it_has_ended(told: list[Step]) -> None:
    with step("outer") as outer:
        with step("inner"):
            assert told == []
        outer.result = "answered"
    assert [(item.name, item.result, item.error) for item in told] == [("inner", "", None), ("outer", "answered", None)]
    assert 0 <= told[0].seconds <= told[1].seconds == outer.seconds
    assert outer.began <= told[0].began


def test_a_step_that_fails_is_told_with_its_error(told: list[Step]) -> None:
    with pytest.raises(ZeroDivisionError), step("failing"):
        raise ZeroDivisionError
    assert isinstance(told[0].error, ZeroDivisionError)


def test_a_step_of_a_generator_ends_with_it(told: list[Step]) -> None:
    def pieces() -> Iterator[int]:
        with step("model"):
            yield from range(3)

    with closing(pieces()) as some:
        next(some)
        assert told == []
    assert isinstance(told[0].error, GeneratorExit)
    assert list(pieces()) == [0, 1, 2]
    assert told[1].error is None
