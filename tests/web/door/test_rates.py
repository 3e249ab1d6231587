"""How much one reader and one address may ask, and how it is refused: in one sentence, with when to try again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from gradio.context import LocalContext

from assistant.errors import BusyError
from assistant.library import Library
from assistant.readers import COOKIE, new_id, reading_as
from assistant.settings import WebSettings
from assistant.web.api.endpoints import Blocks, count_question
from assistant.web.door import rates as rates_module
from assistant.web.door.event_queue import QUESTIONS_OF_PAGE
from assistant.web.door.rates import ADDRESS_TIMES, Rates
from tests.web.serving import call_tool, running


class Clock:
    """Stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def rates_of(clock: Clock, questions: int = 3, requests: int = 600) -> Rates:
    return Rates(WebSettings(questions_per_minute=questions, requests_per_minute=requests), clock)


def asked(rates: Rates, reader: str | None, times: int = 1, client: str = "192.0.2.1", **what: Any) -> int:
    """How many of so many questions are accepted."""
    accepted = 0
    request = SimpleNamespace(client=SimpleNamespace(host=client))
    with reading_as(reader):
        for _ in range(times):
            try:
                rates.count(request, **{"is_question": True} | what)
            except BusyError:
                continue
            accepted += 1
    return accepted


@pytest.mark.parametrize("per_minute", [1, 7, 60, 1_000])
def test_a_reader_may_ask_so_many_at_once_and_then_as_many_a_minute(per_minute: int) -> None:
    clock = Clock()
    rates = rates_of(clock, per_minute, 1_000_000)
    assert asked(rates, "ann", per_minute + 5) == per_minute
    clock.now += 60 / per_minute
    assert asked(rates, "ann", 3) == 1
    clock.now += 3600
    assert asked(rates, "ann", per_minute + 5) == per_minute


def test_one_reader_holds_up_no_other_and_what_is_refused_is_not_counted() -> None:
    clock = Clock()
    rates = rates_of(clock)
    assert asked(rates, "ann", 50) == 3
    assert asked(rates, "ben", 3) == 3
    clock.now += 20
    assert asked(rates, "ann", 50) == 1


def test_readers_of_one_address_may_together_ask_twenty_times_as_much() -> None:
    rates = rates_of(Clock())
    assert sum(asked(rates, f"reader {number}", 3) for number in range(2 * ADDRESS_TIMES)) == 3 * ADDRESS_TIMES
    assert asked(rates, "ann", client="192.0.2.2") == 1


def test_without_a_cookie_an_address_is_one_reader_and_an_ipv6_network_one_address() -> None:
    rates = rates_of(Clock())
    assert asked(rates, None, 5) == 3
    assert asked(rates, None, 5, "192.0.2.2") == 3
    assert asked(rates, None, 2, "2001:db8::1") + asked(rates, None, 5, "2001:db8::2") == 3


def test_what_is_no_question_has_a_rate_of_its_own() -> None:
    rates = rates_of(Clock(), questions=3, requests=10)
    assert asked(rates, "ann", 5) == 3
    assert asked(rates, "ann", 20, is_question=False) == 7
    assert asked(rates, "ann") == 0


@pytest.mark.parametrize(
    ("reader", "client", "message"),
    [
        ("ann", "192.0.2.1", "^More than 3 questions a minute came from you. Try again in 20 seconds.$"),
        ("new", "192.0.2.9", "^More than 60 questions a minute came from your network. Try again in 1 second.$"),
    ],
)
def test_the_sentence_says_what_was_too_much_and_for_how_long(reader: str, client: str, message: str) -> None:
    rates = rates_of(Clock())
    asked(rates, "ann", 3)
    for number in range(ADDRESS_TIMES):
        asked(rates, str(number), 3, "192.0.2.9")
    with reading_as(reader), pytest.raises(BusyError, match=message):
        rates.count(SimpleNamespace(client=SimpleNamespace(host=client)), is_question=True)


def test_so_many_readers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates_module, "MOST_NAMES", 5)
    rates = rates_of(Clock())
    for number in range(30):
        asked(rates, str(number), client=f"192.0.2.{number}")
    assert {len(held._full_at) for pair in rates._buckets.values() for held in pair} == {5}


@pytest.fixture
def limited(library: Library) -> Any:
    """The app, which takes three questions a minute of each reader."""
    web = library.settings.web.model_copy(update={"questions_per_minute": 3})
    settings = library.settings.model_copy(update={"web": web})

    return lambda: replace(library, settings=settings)


def test_a_program_that_asks_too_fast_is_told_when_to_try_again_and_others_are_answered(limited: Any) -> None:
    with (
        running(limited) as (blocks, address),
        httpx.Client(base_url=address) as ann,
        httpx.Client(base_url=address) as ben,
    ):
        blocks.rates._now = Clock()
        for client in (ann, ben):
            client.cookies.set(COOKIE, new_id())
        said = [ann.post("/gradio_api/call/ask", json={"data": ["x"]}).status_code for _ in range(3)]
        assert said == [200] * 3
        refused = ann.post("/gradio_api/call/v2/ask", json={"question": "x"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "20")
        assert refused.json() == {"detail": "More than 3 questions a minute came from you. Try again in 20 seconds."}
        event = ben.post("/gradio_api/call/v2/ask", json={"question": "How many boats will be licensed?"}).json()
        assert "event: complete" in ben.get(f"/gradio_api/call/ask/{event['event_id']}").text


def test_tools_count_as_questions(limited: Any) -> None:
    with running(limited) as (blocks, address):
        blocks.rates._now = Clock()
        assert [call_tool(address, "documents", {}).isError for _ in range(3)] == [False] * 3
        refused = call_tool(address, "documents", {})
        assert refused.isError
        assert "More than 3 questions a minute came from you. Try again in" in refused.content[0].text


def test_the_page_counts_its_questions(library: Library) -> None:
    with running(lambda: library) as (blocks, _):
        assert {function.api_name for function in blocks.fns.values()} >= QUESTIONS_OF_PAGE


def test_a_question_of_an_address_is_counted_when_it_is_asked() -> None:
    count_question()  # outside an app there is nothing to count
    with Blocks(analytics_enabled=False, web=WebSettings(questions_per_minute=1)) as blocks:
        pass
    LocalContext.blocks.set(blocks)
    try:
        count_question()
        with pytest.raises(BusyError, match="More than 1 questions a minute"):
            count_question()
    finally:
        LocalContext.blocks.set(None)
