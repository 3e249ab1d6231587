"""Gradio's queue of events has an end, for each client and for all."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
from gradio.data_classes import PredictBodyInternal
from gradio.server_messages import HeartbeatMessage

from assistant.library import Library
from assistant.web.api.endpoints import Blocks
from assistant.web.door import event_queue
from tests.web.serving import served


def queue_of() -> tuple[event_queue.BoundedQueue, Any]:
    with Blocks(analytics_enabled=False) as blocks:
        gr.on([], lambda: None, None, None, api_name="noted")
    assert isinstance(blocks._queue, event_queue.BoundedQueue)
    blocks._queue.active_jobs = []
    return blocks._queue, blocks


async def push(queue: event_queue.BoundedQueue, session: str, client: str) -> bool:
    request = SimpleNamespace(client=SimpleNamespace(host=client))
    body = PredictBodyInternal(session_hash=session, fn_index=0, data=[])
    taken, _, said = await queue.push(body, request, None)
    assert taken or said == "queue_full"
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


def test_a_program_that_asks_too_much_at_once_is_told(library: Library, monkeypatch: Any) -> None:
    monkeypatch.setattr(event_queue, "MOST_WAITING", 0)
    with served(lambda: library) as address:
        refused = httpx.post(f"{address}/gradio_api/call/documents", json={"data": []})
    assert (refused.status_code, refused.json()["detail"]) == (503, event_queue._FULL)
