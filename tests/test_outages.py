"""A service that the web app needs is killed, or hangs, while readers ask; `-s` prints how long each thing took."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from tests.replicas import PATIENCE_S, Builder, Replica, wait_for
from tests.web.pages import free_port
from tests.web.serving import Browser

ASKED = {
    "How many boats will the office license by 2027?": "40 boats by 2027",
    "What must each boat carry?": "a lamp that burns for twelve hours",
    "Who should appoint a tide warden?": "every harbour appoint a tide warden",
}
"""Questions, and words of their answers."""
READERS, PROGRAMS = 3, 2
WITHOUT_LIMITS = {f"STEWARD_WEB__{name}_PER_MINUTE": "1000000" for name in ("QUESTIONS", "REQUESTS")}

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Said:
    """What came of one question."""

    words: str
    seconds: float
    problem: str
    """What is wrong with it; empty for a right answer."""


class Load:
    """Readers at their pages, and programs, each of whom asks one question after the other."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._ending = threading.Event()
        self.said: list[Said] = []
        self.browsers = [Browser(replica.address, f"reader{number}") for number in range(READERS)]
        self.asked: dict[Browser, list[str]] = {browser: [] for browser in self.browsers}
        """What each reader asked, in order."""
        every: list[Callable[[str], str]] = [self._at(browser) for browser in self.browsers]
        every += [lambda question: str(replica.ask(question)["answer"])] * PROGRAMS
        self._threads = [threading.Thread(target=self._keep_asking, args=(ask,)) for ask in every]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, rounds: int = 3) -> list[Said]:
        """Wait until so many further questions came to an end for each who asks; return what came of them."""
        before = len(self.said)
        wait_for(lambda: len(self.said) >= before + rounds * len(self._threads), self._replica.log)
        return self.said[before:]

    def _at(self, browser: Browser) -> Callable[[str], str]:
        def ask(question: str) -> str:
            self.asked[browser].append(question)
            return browser.ask(question)

        return ask

    def _keep_asking(self, ask: Callable[[str], str]) -> None:
        for question, expected in cycle(ASKED.items()):
            if self._ending.is_set():
                return
            began = time.monotonic()
            try:
                words = ask(question)
                problem = "" if expected in words else f"no answer to {question!r}: {words}"
            except Exception as error:
                words, problem = "", repr(error)
            self.said.append(Said(words, time.monotonic() - began, problem))


def report(name: str, said: list[Said]) -> None:
    seconds = [each.seconds for each in said]
    print(f"{name}: n {len(said)}, median {median(seconds):.2f} s, longest {max(seconds):.2f} s")


@contextmanager
def recovering(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - began:.1f} s")


class ChromaServer:
    """A Chroma server that can be killed and started again with what it keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1", "--port", str(self._port)]
        with (self._folder / "chroma.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--path", self._folder / "chroma"], stdout=log, stderr=log, cwd=self._folder
            )
        wait_for(self._answers)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=PATIENCE_S).is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def with_chroma(chroma: ChromaServer, tmp_path: Path) -> Iterator[Replica]:
    builder = Builder(tmp_path, chroma.url)
    builder.add("\n\n".join(f"Buoy {number} is to be painted by the crew of ship {number}." for number in range(400)))
    own = {"STEWARD_INDEX__CHROMA_URL": chroma.url} | WITHOUT_LIMITS
    replica = Replica(tmp_path / "app", builder.address, f"sqlite:///{tmp_path}/db", **own)
    replica.start()
    try:
        replica.wait()
        yield replica
    finally:
        replica.stop()


def test_questions_are_answered_while_the_chroma_server_is_killed_or_hangs(
    chroma: ChromaServer, with_chroma: Replica
) -> None:
    app = with_chroma

    def is_used() -> bool:
        return state(app)["vectors"] == "ok"

    assert is_used()
    with Load(app) as load:
        report("before", load.goes_on())
        chroma.kill()
        wait_for(lambda: not is_used(), app.log)
        report("killed", load.goes_on())
        found = state(app)
        assert (found["ready"], found["vectors"]) == (True, "the Chroma server does not answer")
        assert app.figure("steward_vectors_answer") == 0
        chroma.start()
        with recovering("used again after its start"):
            wait_for(is_used, app.log)
        report("after", load.goes_on())
        assert app.figure("steward_vectors_answer") == 1
        chroma.process.send_signal(signal.SIGSTOP)  # it accepts connections, and never answers
        report("stopped", load.goes_on(10))
        assert not is_used()
        chroma.process.send_signal(signal.SIGCONT)
        with recovering("used again after its stop"):
            wait_for(is_used, app.log)
        load.goes_on()
    assert [each.problem for each in load.said if each.problem] == []
    log = app.log()
    assert log.count(f"Chroma at {chroma.url} answers again.") == 2
    assert "raised through" not in log


def state(replica: Replica) -> dict[str, Any]:
    found = replica.ready()
    assert found is not None
    return found
