"""Two web apps over one database, which fetch the library that a third machine publishes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant.index.published import PublishedFile, PublishedStore
from tests.replicas import Builder, Replica, database_of, replicas, wait_for

BOATS = "How many boats will the office license by 2027?"

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(600)]


@dataclass
class Running:
    """Everything that runs."""

    builder: Builder
    one: Replica
    two: Replica


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("replicas")
    builder = Builder(folder)
    builder.publish()
    with replicas(builder, folder, database_of(folder)) as (one, two):
        yield Running(builder, one, two)


def published(address: Path, name: str) -> tuple[Path, PublishedFile]:
    """A published file by its path in the generation."""
    store = PublishedStore(str(address))
    file = store.listing(store.current())[name]
    return address / "files" / file.sha256, file


def is_newest(replica: Replica, version: str) -> bool:
    ready = replica.ready()
    return ready is not None and (ready["library"], ready["published"]) == (version, "ok")


def test_both_answer_from_a_new_library_without_a_restart(running: Running) -> None:
    version = running.builder.add("Every lamp is to be trimmed at noon by the harbour porter.")
    for replica in (running.one, running.two):
        wait_for(lambda replica=replica: is_newest(replica, version), replica.log)
        answer = replica.ask("Who trims every lamp at noon?")
        assert "harbour porter" in answer["answer"]
        assert replica.figure("steward_library_newest") == 1


def test_a_damaged_publication_changes_nothing_and_is_said(running: Running) -> None:
    replica = running.one
    before = replica.ready()
    assert before is not None
    replica.signal(signal.SIGSTOP)  # so that the damage is there before it looks
    version = running.builder.add("Every rope is to be tarred in May by the harbour cooper.")
    path, _ = published(running.builder.address, "chunks.sqlite")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    replica.signal(signal.SIGCONT)
    wait_for(lambda: (replica.ready() or {}).get("published") == "it is damaged", replica.log)
    assert replica.ready() == {**before, "published": "it is damaged"}
    assert replica.ask(BOATS)["status"] == "answered"
    assert replica.figure("steward_library_newest") == 0
    assert "The library that answers stays as it is. The index at" in replica.log()
    path.write_bytes(whole)
    for each in (running.one, running.two):
        wait_for(lambda each=each: is_newest(each, version), each.log)


def test_a_replica_killed_while_it_fetches_goes_on_after_its_start(running: Running) -> None:
    replica, other = running.one, running.two
    for each in (replica, other):
        each.signal(signal.SIGSTOP)
    version = running.builder.add("Every anchor is to be weighed in June by the harbour clerk.")
    path, _ = published(running.builder.address, "vectors.f32")
    whole = path.read_bytes()
    path.unlink()
    os.mkfifo(path)  # whoever opens it waits, as for a network folder that has gone
    for each in (replica, other):
        each.signal(signal.SIGCONT)
    wait_for(lambda: list(replica.folder.glob("indexes/generations/*/.fetching")), replica.log)
    assert replica.ask(BOATS)["status"] == "answered"
    wait_for(lambda: (replica.ready() or {}).get("published") == "it does not answer", replica.log)
    replica.kill()
    path.unlink()
    path.write_bytes(whole)
    replica.start()
    replica.wait()
    wait_for(lambda: is_newest(replica, version), replica.log)
    assert "harbour clerk" in replica.ask("Who weighs every anchor in June?")["answer"]
    other.kill()  # its thread waits for the pipe that is gone
    other.start()
    other.wait()
    wait_for(lambda: is_newest(other, version), other.log)


def test_a_programs_conversation_goes_on_at_the_other_replica(running: Running) -> None:
    first = running.one.ask(BOATS)
    conversation = [{"question": first["question"], "answer": first["answer"]}]
    followed = running.two.ask("And how long does each licence last?", conversation=conversation)
    assert followed["status"] == "answered"
    assert "Every licence lasts three years" in followed["answer"]


def test_an_mcp_session_needs_no_replica_of_its_own(running: Running) -> None:
    """A call is answered where the session was not begun."""
    call = {"name": "ask", "arguments": {"question": BOATS}}
    answer = httpx.post(
        f"{running.two.address}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
        headers={"Accept": "application/json, text/event-stream"},
        timeout=60,
    )
    assert '"isError":false' in answer.text
