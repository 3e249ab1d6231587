"""Gradio's queue of events has an end, for each client and for all."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
from gradio.data_classes import PredictBodyInternal
from gradio.server_messages import HeartbeatMessage
from starlette.exceptions import HTTPException

from assistant.library import Library
from assistant.readers import reading_as
from assistant.roles import Person
from assistant.settings import WebSettings
from assistant.web.api.endpoints import ANSWERED_TOGETHER, Blocks
from assistant.web.door import event_queue
from tests.web.serving import running

FAST = WebSettings(questions_per_minute=1_000_000, requests_per_minute=1_000_000)
CLIENTS = ("192.0.2.1", "192.0.2.2", "192.0.2.3")


def queue_of(web: WebSettings | None = None) -> tuple[event_queue.BoundedQueue, Any]:
    with Blocks(analytics_enabled=False, web=web or FAST) as blocks:
        gr.on([], lambda: None, None, None, api_name="noted", **ANSWERED_TOGETHER)
    assert isinstance(blocks._queue, event_queue.BoundedQueue)
    blocks._queue.active_jobs = []
    return blocks._queue, blocks


async def push(queue: event_queue.BoundedQueue, session: str, client: str) -> bool:
    request = SimpleNamespace(client=SimpleNamespace(host=client))
    body = PredictBodyInternal(session_hash=session, fn_index=0, data=[])
    try:
        taken, _, _ = await queue.push(body, request, None)
    except HTTPException as refused:
        if (refused.status_code, refused.headers) != (429, {"Retry-After": "10"}):
            raise
        return False
    return bool(taken)


def taken(queue: event_queue.BoundedQueue, pairs: list[tuple[str, str]]) -> int:
    async def run() -> int:
        return sum([await push(queue, *pair) for pair in pairs])

    return asyncio.run(run())


def test_a_session_a_client_and_all_together_have_so_many_events_waiting() -> None:
    queue, _ = queue_of()
    assert taken(queue, [("page", "1.1.1.1")] * 30) == 20
    assert taken(queue, [(str(number), "1.1.1.1") for number in range(30)]) == 20
    assert taken(queue, [(f"b{number}", "2.2.2.2") for number in range(80)]) == 40
    assert taken(queue, [(f"c{number}", "3.3.3.3") for number in range(80)]) == 20


def test_accounts_behind_one_address_have_a_share_each() -> None:
    queue, _ = queue_of(FAST.model_copy(update={"queue_length": 20}))
    counts = []
    for name in ("ann", "ben"):
        with reading_as(name, Person(name, "reader")):
            counts.append(taken(queue, [(f"{name}{number}", CLIENTS[0]) for number in range(9)]))
    assert counts == [8, 8]


def test_the_settings_say_how_long_the_queue_is_and_how_much_runs_at_once() -> None:
    queue, _ = queue_of(FAST.model_copy(update={"queue_length": 10, "questions_at_once": 3}))
    assert [taken(queue, [(f"{client}{number}", client) for number in range(9)]) for client in CLIENTS] == [4, 4, 2]
    queue.active_jobs = [None] * 8
    started = 0
    while found := queue.get_events():
        queue.active_jobs[started] = found[0]
        queue.event_queue_per_concurrency_id[found[2]].current_concurrency += 1
        started += 1
    assert started == 3


def test_readers_take_turns() -> None:
    queue, _ = queue_of()
    taken(queue, [("a", CLIENTS[0])] * 5 + [("b", CLIENTS[1])] * 2 + [("c", CLIENTS[2])])
    queue.active_jobs = [None] * 8
    for number in range(8):
        queue.active_jobs[number], _, _ = queue.get_events()
    assert "".join(event.session_hash for (event,) in queue.active_jobs) == "abcabaaa"


def test_what_nobody_reads_is_forgotten_where_there_is_too_much(monkeypatch: Any) -> None:
    queue, _ = queue_of()
    monkeypatch.setattr(event_queue, "MOST_UNREAD", 50)

    async def run() -> None:
        for number in range(30):
            await push(queue, f"s{number}", f"1.1.1.{number}")
            for _ in range(10):
                queue.pending_messages_per_session[f"s{number}"].put_nowait(HeartbeatMessage())

    asyncio.run(run())
    assert sum(waiting.qsize() for waiting in queue.pending_messages_per_session.values()) < 100
    assert set(queue.pending_event_ids_session) == set(queue.pending_messages_per_session)
    assert "s29" in queue.pending_messages_per_session
    # An event of a session that was forgotten ends in silence.
    queue.send_message(SimpleNamespace(session_hash="s0", alive=True), HeartbeatMessage())


def test_a_program_that_asks_too_much_at_once_is_told(library: Library) -> None:
    with running(lambda: library) as (blocks, address):
        blocks.web = FAST.model_copy(update={"queue_length": 0})
        refused = httpx.post(f"{address}/gradio_api/call/documents", json={"data": []})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert refused.json()["detail"] == "Steward is busy: 0 requests are waiting for an answer. Try again in a moment."
