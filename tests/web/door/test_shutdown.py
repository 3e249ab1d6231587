"""The app ends in order: answers are finished, nothing new is begun, uploads are deleted."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.browser.serving import WRITTEN_LAST, process_serving

LONG_S = 120
QUESTION = "How many boats will the office license by 2027?"


def ask(address: str) -> str:
    """The id of a question that a model answers, as it waits for its turn."""
    data = [QUESTION, [], [], [], "", "", "", "generative", []]
    return str(httpx.post(f"{address}/gradio_api/call/ask", json={"data": data}).json()["event_id"])


def fetch(address: str, event: str) -> str:
    return httpx.get(f"{address}/gradio_api/call/ask/{event}", timeout=LONG_S).text


def until_refused(address: str) -> None:
    until = time.monotonic() + LONG_S
    while httpx.get(f"{address}/config").status_code != 503 and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.slow
def test_a_signal_lets_answers_be_finished_and_clears_uploads(tmp_path: Path) -> None:
    with process_serving(tmp_path, "written") as (process, served_at), ThreadPoolExecutor(2) as pool:
        address = served_at.rstrip("/")
        (upload,) = httpx.post(f"{address}/gradio_api/upload", files={"files": ("draft.txt", b"words")}).json()
        assert Path(upload).is_relative_to(tmp_path)
        # A page that stays open holds nothing up.
        page = pool.submit(httpx.get, f"{address}/gradio_api/heartbeat/page", timeout=LONG_S)
        answer = pool.submit(fetch, address, ask(address))
        process.terminate()
        until_refused(address)
        assert httpx.post(f"{address}/gradio_api/call/ask", json={"data": []}).status_code == 503
        (tmp_path / "gate").touch()
        assert WRITTEN_LAST in answer.result(timeout=LONG_S)
        assert process.wait(LONG_S) == 0
        assert page.exception(timeout=LONG_S) is None
    assert not Path(upload).exists()
    assert not [path for path in tmp_path.glob("steward-*/*") if path.is_dir()]


@pytest.mark.slow
def test_a_second_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    with process_serving(tmp_path, "written") as (process, served_at):
        address = served_at.rstrip("/")
        ask(address)
        process.send_signal(signal.SIGINT)
        until_refused(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG_S) == 0
    assert not [path for path in tmp_path.glob("steward-*/*") if path.is_dir()]
