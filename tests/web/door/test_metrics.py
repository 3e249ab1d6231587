"""What monitoring reads: figures of this app, without a word of a question, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant import answering, steps
from assistant.errors import StorageUnavailableError
from assistant.library import Library
from assistant.readers import COOKIE, new_id
from assistant.steps import step
from tests.web.serving import call_tool, running
from tests.writers import able

QUESTION = "How many zebra boats will the office license?"


def figures(address: str, **options: Any) -> dict[str, float]:
    """Every figure by its name and labels."""
    text = httpx.get(f"{address}/metrics", **options).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {f"{one.name}{''.join(f' {value}' for value in one.labels.values())}": one.value for one in samples}


def ask(address: str, client: httpx.Client, question: str = QUESTION, **values: Any) -> str:
    event = client.post(f"{address}/gradio_api/call/v2/ask", json={"question": question} | values).json()
    return client.get(f"{address}/gradio_api/call/ask/{event['event_id']}").text


@pytest.fixture
def with_model(library: Library) -> Callable[..., Library]:
    """The library, where chat models fail, in a copy with other settings of the web app."""

    def broken(prompt: str) -> str:
        raise ConnectionError(prompt)

    def make(**web: Any) -> Library:
        settings = library.settings.model_copy(update={"web": library.settings.web.model_copy(update=web)})
        return replace(library, settings=settings, writer=able(broken))

    return make


def test_answers_steps_and_what_is_held_are_counted(with_model: Callable[..., Library]) -> None:
    made = with_model()
    with running(lambda: made) as (_, address), httpx.Client() as client:
        client.cookies.set(COOKIE, "z" * 43)
        before = figures(address)
        assert (before["steward_requests_waiting"], before["steward_requests_running"]) == (0, 0)
        assert (before["steward_failures_total model"], before["steward_failures_total database"]) == (0, 0)
        assert "event: complete" in ask(address, client)
        assert "event: complete" in ask(address, client, mode="generative")
        assert not call_tool(address, "ask", {"question": "What does a quagga weigh?"}).isError
        with pytest.raises(StorageUnavailableError), step("database"):
            raise StorageUnavailableError("The database zebra cannot be used.")
        after = figures(address)
        text = httpx.get(f"{address}/metrics").text
    manifest = made.generation.manifest
    assert after[f"steward_library_info {manifest.generation} {manifest.library_version}"] == 1
    statuses = {name: value for name, value in after.items() if name.startswith("steward_answers_total")}
    assert sum(statuses.values()) == 3
    expected = answering.ask(made, QUESTION).status
    assert statuses[f"steward_answers_total {expected}"] >= 2
    assert {
        name: after[f"steward_step_seconds_count {name}"] for name in ("question", "search", "answer", "check")
    } == {
        "question": 3,
        "search": 3,
        "answer": 3,
        "check": 3,
    }
    assert after["steward_step_seconds_count write"] == 1
    assert after["steward_failures_total model"] >= 1
    assert after["steward_failures_total database"] == 1
    assert after["steward_responses_total 200"] > before["steward_responses_total 200"]
    assert after["process_resident_memory_bytes"] > 0
    for word in ("zebra", "quagga", "zzzz", "127.0.0.1"):
        assert word not in text


def test_what_is_refused_is_counted_by_reason(with_model: Callable[..., Library]) -> None:
    made = with_model(questions_per_minute=1)
    with running(lambda: made) as (blocks, address), httpx.Client() as client:
        blocks.rates._now = lambda: 0.0
        client.cookies.set(COOKIE, new_id())
        ask(address, client)
        for _ in range(2):
            assert client.post(f"{address}/gradio_api/call/v2/ask", json={"question": "x"}).status_code == 429
        blocks.web = blocks.web.model_copy(update={"queue_length": 0})
        client.post(f"{address}/gradio_api/call/v2/ask", json={"question": "x"})
        found = figures(address)
    refused = {reason: found[f"steward_requests_refused_total {reason}"] for reason in ("questions", "waiting")}
    assert refused == {"questions": 2, "waiting": 1}
    assert found["steward_responses_total 429"] == 3


def test_to_others_there_is_no_such_page(with_model: Callable[..., Library]) -> None:
    proxy = (ip_network("127.0.0.1"),)
    for web, headers, status in (
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 404),  # a proxy that the settings do not know
        ({}, {"Forwarded": "for=127.0.0.1"}, 404),
        ({"proxies": proxy}, {"X-Forwarded-For": "192.0.2.7"}, 404),
        ({"proxies": proxy}, {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}, 404),
        ({"proxies": proxy, "metrics_for": (ip_network("192.0.2.0/24"),)}, {"X-Forwarded-For": "192.0.2.7"}, 200),
        ({"metrics_for": (ip_network("192.0.2.0/24"),)}, {}, 404),
    ):
        made = with_model(**web)
        with running(lambda made=made: made) as (_, address):  # type: ignore[misc]
            said = httpx.get(f"{address}/metrics", headers=headers)
            nowhere = httpx.get(f"{address}/nowhere")
        assert said.status_code == status, (web, headers)
        assert (status == 200) or said.text == nowhere.text


def test_an_app_that_is_closed_counts_no_further(with_model: Callable[..., Library]) -> None:

    before = list(steps._listeners)
    made = with_model()
    with running(lambda: made):
        assert len(steps._listeners) == len(before) + 1
    assert steps._listeners == before
