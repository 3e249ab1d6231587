"""Originals that the library waits for come, are searched at once, and cost nobody anything where they do not come."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trustme
from numpy.typing import NDArray

from assistant.index import IndexStore
from assistant.indexing import fetching
from assistant.indexing.fetching import Brought, bring_originals, find_waiting
from assistant.models.embedding import Embedder
from assistant.settings import Settings
from assistant.sources.fetching.network import Network
from assistant.sources.fetching.store import Download, keep_original
from tests.embedders import HashEmbedder
from tests.https_server import Exchange, Publishers, redirect, reply, running
from tests.library_making import add_waiting, index_library, make_library, open_library, publish_at
from tests.reading.hostile_files import printed_pdf

HARBOUR, TIDE, QUAY = (f"https://tank.example/{name}.pdf" for name in ("harbour", "tide", "quay"))
ORIGINAL = printed_pdf("Boats sail at noon.")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(authority: trustme.CA) -> Iterator[Publishers]:
    with running(authority, ("tank.example",)) as publishers:
        yield publishers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_library(tmp_path)
    add_waiting(made)
    publish_at(made, {"harbour": HARBOUR, "tide": TIDE, "quay": QUAY})
    index_library(made)
    return made


def bring(settings: Settings, network: Network, embedder: Embedder | None = None) -> Brought:
    return bring_originals(find_waiting(settings), settings, embedder or HashEmbedder(), network=network)


def states(brought: Brought) -> dict[str, str]:
    return {outcome.source_id: outcome.state for outcome in brought.outcomes}


def forms(settings: Settings) -> dict[str, str]:
    manifest = IndexStore(settings.index).manifest()
    assert manifest is not None
    return {name: entry.form for name, entry in manifest.texts.items() if entry.part == "body"}


def test_what_comes_is_searched_at_once_and_is_not_asked_for_again(settings: Settings, web: Publishers) -> None:
    for url in (HARBOUR, TIDE, QUAY):
        web.serve(url, reply(ORIGINAL if url == QUAY else printed_pdf(f"This is {url}.")))
    assert states(bring(settings, web.network())) == dict.fromkeys(("harbour-plan", "tide-report", "quay-act"), "new")
    assert set(forms(settings).values()) == {"original"}
    with (library := open_library(settings)).generation:
        assert "sail at noon" in library.retriever.retrieve("When do boats sail?")[0].chunk.text
    web.seen.clear(), web.resolved.clear()
    before = IndexStore(settings.index).current_id()
    assert not find_waiting(settings)
    assert bring(settings, web.network()) == Brought()
    assert (web.seen, web.resolved, IndexStore(settings.index).current_id()) == ([], [], before)


def test_without_a_network_it_ends_within_three_seconds_and_changes_nothing(settings: Settings) -> None:
    hung = threading.Event()

    def hanging(host: str, port: int) -> list[tuple[str, int]]:
        hung.wait()
        return []

    before, began = IndexStore(settings.index).current_id(), time.monotonic()
    assert bring(settings, Network(hanging)) == Brought((), "tank.example: no answer within 3 s")
    assert time.monotonic() - began < 3.5
    hung.set()
    assert IndexStore(settings.index).current_id() == before


def test_slow_broken_and_hostile_publishers_keep_nobody_elses_original_away(
    settings: Settings, web: Publishers
) -> None:
    def dripping(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%PDF-1.7\n")
        while True:
            exchange.raw(b"x")
            time.sleep(0.05)

    hurried = settings.model_copy(
        update={"fetching": settings.fetching.model_copy(update={"seconds": 1, "retries": 0})}
    )
    web.serve(HARBOUR, dripping)
    web.serve(TIDE, redirect("https://169.254.169.254/latest/meta-data/"))
    web.serve(QUAY, reply(ORIGINAL))
    brought = bring(hurried, web.network(clock=time.monotonic))
    assert states(brought) == {"harbour-plan": "failed", "tide-report": "failed", "quay-act": "new"}
    assert "took longer than 1 s" in brought.outcomes[0].message
    assert forms(settings) == {"harbour-plan": "summary", "tide-report": "summary", "quay-act": "original"}
    web.serve(HARBOUR, reply(ORIGINAL[:-200]))
    web.serve(TIDE, reply(b"<!DOCTYPE html><html><body>Sign in</body></html>"))
    assert states(bring(hurried, web.network())) == {"harbour-plan": "failed", "tide-report": "failed"}
    assert forms(settings)["harbour-plan"] == "summary"


class _Failing(HashEmbedder):
    def embed(self, *values: object, **named: object) -> NDArray[np.float32]:  # type: ignore[override]
        raise RuntimeError("no memory left")


def test_a_build_that_fails_leaves_the_library_and_the_next_run_needs_no_network(
    settings: Settings, web: Publishers
) -> None:
    web.serve(QUAY, reply(ORIGINAL))
    before = IndexStore(settings.index).current_id()
    with pytest.raises(RuntimeError, match="no memory left"):
        bring(settings, web.network(), _Failing())
    assert IndexStore(settings.index).current_id() == before
    assert find_waiting(settings).is_unindexed
    for name in ("harbour-plan", "tide-report"):
        keep_original(settings.corpus, name, Download(ORIGINAL, "pdf", HARBOUR, HARBOUR))
    web.resolved.clear()
    assert bring(settings, web.network()) == Brought()
    assert set(forms(settings).values()) == {"original"}
    assert web.resolved == []


def test_a_build_that_is_killed_leaves_the_library(settings: Settings) -> None:
    keep_original(settings.corpus, "quay-act", Download(ORIGINAL, "pdf", QUAY, QUAY))
    before = IndexStore(settings.index).current_id()
    script = f"""
import os, signal
from dataclasses import replace
from assistant.indexing.fetching import bring_originals, find_waiting
from assistant.settings import load_settings
from tests.embedders import HashEmbedder
settings = load_settings(corpus={str(settings.corpus)!r}, index={{"folder": {str(settings.index.folder)!r}}})
waiting = replace(find_waiting(settings), originals=())
bring_originals(waiting, settings, HashEmbedder(), on_progress=lambda *step: os.kill(os.getpid(), signal.SIGKILL))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert IndexStore(settings.index).current_id() == before
    with (library := open_library(settings)).generation:
        assert library.retriever.retrieve("How many boats will the office license?")
    assert find_waiting(settings).is_unindexed


def test_it_waits_for_whoever_is_adding_a_file(
    settings: Settings, web: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WAIT_S", 0.02)
    web.serve(QUAY, reply(ORIGINAL))
    store, locked, free = IndexStore(settings.index), threading.Event(), threading.Event()

    def hold() -> None:
        described = {"chunking": {}, "reader_version": "", "catalogue_hash": ""}
        with store.write(embedding=HashEmbedder().identity, **described):  # type: ignore[arg-type]
            locked.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    threading.Timer(0.3, free.set).start()
    assert states(bring(settings, web.network()))["quay-act"] == "new"
    holder.join()
    assert forms(settings)["quay-act"] == "original"
