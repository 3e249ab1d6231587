"""Wrong keys are counted by client, noticed, and slowed down."""

from __future__ import annotations

import pytest

from assistant.errors import NotAllowedError
from assistant.web.door.wrong_keys import CLIENT_LIMIT, LOCKED_S, TOTAL_LIMIT, WINDOW_S, WrongKeys


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(clock: Clock) -> WrongKeys:
    return WrongKeys(clock)


def guess(keys: WrongKeys, client: str, *words: str) -> int:
    """How many of these keys are looked up and found wrong."""
    looked_up = 0
    for word in words:
        try:
            keys.check(client, word)
        except NotAllowedError:
            continue
        keys.record_wrong(client, word)
        looked_up += 1
    return looked_up


def many(count: int, start: int = 0) -> list[str]:
    return [f"key-{number}" for number in range(start, start + count)]


def test_of_sixty_wrong_keys_ten_are_looked_up_and_it_is_logged_without_them(
    keys: WrongKeys, caplog: pytest.LogCaptureFixture
) -> None:
    assert guess(keys, "192.0.2.1", *many(60)) == CLIENT_LIMIT == 10
    with pytest.raises(NotAllowedError, match=r"^Too many wrong keys\. Wait 61 seconds, then try once more\.$"):
        keys.check("192.0.2.1", "the right one")
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("10 wrong keys from 192.0.2.1")
    assert "key-" not in caplog.text


def test_another_client_and_who_was_right_before_are_not_kept_out(keys: WrongKeys) -> None:
    keys.record_valid("the right one")
    guess(keys, "192.0.2.1", *many(60))
    keys.check("192.0.2.2", "another right one")
    keys.check("192.0.2.1", "the right one")


def test_after_a_minute_one_key_may_be_tried_and_after_a_while_all_is_forgotten(keys: WrongKeys, clock: Clock) -> None:
    guess(keys, "192.0.2.1", *many(60))
    clock.now += LOCKED_S
    assert guess(keys, "192.0.2.1", *many(60, 100)) == 1
    clock.now += WINDOW_S + 1
    assert guess(keys, "192.0.2.1", *many(60, 200)) == CLIENT_LIMIT


def test_the_same_wrong_key_again_is_no_guess(keys: WrongKeys) -> None:
    assert guess(keys, "192.0.2.1", *["an ended key"] * 60) == 60


def test_from_many_addresses_each_that_was_wrong_waits(keys: WrongKeys, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(TOTAL_LIMIT):
        assert guess(keys, f"198.51.{number}.1", f"key-{number}") == 1
    assert "from all clients" in caplog.messages[-1]
    assert guess(keys, "198.51.0.1", "another") == 0
    keys.check("192.0.2.1", "the right one")


def test_a_household_of_ipv6_is_one_client(keys: WrongKeys) -> None:
    tried = [guess(keys, f"2001:db8:1:2::{number}", f"key-{number}") for number in range(1, 30)]
    assert sum(tried) == CLIENT_LIMIT
    keys.check("2001:db8:1:3::1", "the right one")
