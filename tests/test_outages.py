"""What the web app needs, or one of two apps, is killed or hangs while readers ask; `-s` prints how long it took."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import create_engine, text

from assistant.settings import load_settings
from assistant.storage import Conversations, open_conversations
from assistant.storage.database_url import database_url
from tests.replicas import PATIENCE_S, ROOT, Builder, Replica, database_of, replicas, wait_for
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

    who: int
    words: str
    seconds: float
    ended: float
    """By the monotonic clock."""
    problem: str
    """What is wrong with it; empty for a right answer."""


class Reader:
    """A reader at a page, whom a proxy leads to another replica, if there is one, when theirs dies."""

    def __init__(self, name: str, replicas: Iterable[Replica]) -> None:
        self._name, self._replicas = name, cycle(replicas)
        self.asked: list[str] = []
        self.broken: list[int] = []
        """Which of those no answer was shown to."""
        self._open()

    def ask(self, question: str) -> str:
        self.asked.append(question)
        try:
            return self.browser.ask(question)
        except Exception:
            self.broken.append(len(self.asked) - 1)
            self._open()
            raise

    def _open(self) -> None:
        self.browser = Browser(next(self._replicas).address, self._name)


class Program:
    """A program that asks, and asks at another replica, if there is one, when its own dies."""

    def __init__(self, replicas: Iterable[Replica]) -> None:
        self._replicas = cycle(replicas)
        self._replica = next(self._replicas)

    def ask(self, question: str) -> str:
        try:
            return str(self._replica.ask(question)["answer"])
        except Exception:
            self._replica = next(self._replicas)
            raise


class Load:
    """Readers at their pages, and programs, each of whom asks one question after the other."""

    def __init__(self, *replicas: Replica) -> None:
        self._replicas = replicas
        self._ending = threading.Event()
        self.said: list[Said] = []
        starts = [replicas[number % len(replicas) :] + replicas[: number % len(replicas)] for number in range(READERS)]
        self.readers = [Reader(f"reader{number}", those) for number, those in enumerate(starts)]
        self._asking = [*self.readers, *map(Program, starts[:PROGRAMS])]
        self._threads = [threading.Thread(target=self._keep_asking, args=each) for each in enumerate(self._asking)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, rounds: int = 3) -> list[Said]:
        """Wait until so many further questions came to an end for each who asks; return what came of all since."""
        before = len(self.said)

        def is_done() -> bool:
            ended = Counter(each.who for each in self.said[before:])
            return all(ended[who] >= rounds for who in range(len(self._threads)))

        wait_for(is_done, lambda: "\n".join(replica.log() for replica in self._replicas))
        return self.said[before:]

    def _keep_asking(self, who: int, asking: Reader | Program) -> None:
        for question, expected in cycle(ASKED.items()):
            if self._ending.is_set():
                return
            began = time.monotonic()
            try:
                words = asking.ask(question)
                problem = "" if expected in words else f"no answer to {question!r}: {words}"
            except Exception as error:  # whatever it is, the test shows it
                words, problem = "", repr(error)
            ended = time.monotonic()
            self.said.append(Said(who, words, ended - began, ended, problem))


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


def started(replica: Replica) -> Iterator[Replica]:
    """The replica, ready, until the test ends."""
    replica.start()
    try:
        replica.wait()
        yield replica
    finally:
        replica.stop()


@pytest.fixture
def with_chroma(chroma: ChromaServer, tmp_path: Path) -> Iterator[Replica]:
    builder = Builder(tmp_path, chroma.url)
    builder.add("\n\n".join(f"Buoy {number} is to be painted by the crew of ship {number}." for number in range(400)))
    own = {"STEWARD_INDEX__CHROMA_URL": chroma.url} | WITHOUT_LIMITS
    yield from started(Replica(tmp_path / "app", builder.address, f"sqlite:///{tmp_path}/db", **own))


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


class PostgresqlServer:
    """A PostgreSQL server of our own, since the one of `POSTGRESQL_TEST_URL` has other users."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [ROOT / ".ci" / "postgresql", "sh", "-c", "echo $POSTGRESQL_TEST_URL && read end"],
            env={name: value for name, value in os.environ.items() if name != "POSTGRESQL_TEST_URL"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self.settings = load_settings(storage={"url": self.url})
        self._engine = create_engine(database_url(self.settings), pool_pre_ping=True, isolation_level="AUTOCOMMIT")
        self._folder = self.ask("SHOW data_directory")
        version = int(self.ask("SHOW server_version_num")) // 10_000
        self._control = f"/usr/lib/postgresql/{version}/bin/pg_ctl"

    def ask(self, query: str) -> Any:
        with self._engine.connect() as connection:
            return connection.scalar(text(query))

    def end_connections(self) -> int:
        """End every connection but ours, and return how many there were."""
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
        return int(self.ask(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}"))

    def stop(self, mode: str) -> None:
        self._run("stop", "--mode", mode)

    def start(self) -> None:
        self._run("restart", "--log", f"{self._folder}/log")  # as it was started before, unlike with `start`

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Stop every process of it: connections are accepted, and nothing is answered."""
        postmaster = psutil.Process(int(Path(self._folder, "postmaster.pid").read_text().split()[0]))
        stopped = [postmaster, *postmaster.children()]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                process.resume()

    def close(self) -> None:
        self._engine.dispose()
        self._process.communicate("end\n")

    def _run(self, *command: str) -> None:
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = (self._control, "--pgdata", self._folder, "--wait", "--silent", *command)
        subprocess.run([*owner, *command], check=True, cwd="/", capture_output=True)


@pytest.fixture
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    yield server
    server.close()


@pytest.fixture
def with_postgresql(postgresql: PostgresqlServer, tmp_path: Path) -> Iterator[Replica]:
    builder = Builder(tmp_path)
    builder.publish()
    yield from started(Replica(tmp_path / "app", builder.address, postgresql.url, **WITHOUT_LIMITS))


@pytest.mark.postgresql
def test_no_answer_is_lost_or_kept_twice_when_the_database_ends_connections_stops_or_hangs(
    postgresql: PostgresqlServer, with_postgresql: Replica
) -> None:
    app = with_postgresql

    def is_used() -> bool:
        return state(app)["database"] == "ok"

    with Load(app) as load:
        report("before", load.goes_on())
        ended = 0
        for _ in range(20):
            ended += postgresql.end_connections()
            load.goes_on(1)
        report(f"{ended} connections ended", load.said)
        for mode in ("fast", "immediate"):  # the second as a crash
            postgresql.stop(mode)
            wait_for(lambda: not is_used(), app.log)
            report(f"stopped: {mode}", load.goes_on())
            found = state(app)
            assert (found["ready"], found["database"]) == (False, "it does not answer")
            postgresql.start()
            with recovering("used again"):
                wait_for(is_used, app.log)
            report("after", load.goes_on())
        with postgresql.hanging():
            report("hanging", load.goes_on(2))
            assert not is_used()
        with recovering("used again"):
            wait_for(is_used, app.log)
        report("after", load.goes_on())
    assert [each.problem for each in load.said if each.problem] == []
    assert any("This answer is not saved: Steward cannot use its database" in each.words for each in load.said)
    assert "raised through" not in app.log()
    with closing(open_conversations(postgresql.settings)) as conversations:
        for reader in load.readers:
            assert "not saved" not in reader.ask(next(iter(ASKED)))  # and what the page still held is saved with it
            assert kept_for(reader, conversations) == reader.asked


def kept_for(reader: Reader, conversations: Conversations) -> list[str]:
    """The questions whose answers are kept for a reader, the earliest first."""
    key = reader.browser.key
    found = [conversations.answers(key, each.id).answers for each in reversed(conversations.list(key))]
    return [each.answer.question for kept in found for each in kept]


def test_readers_of_a_killed_replica_go_on_at_the_other_and_no_answer_is_lost_or_kept_twice(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.publish()
    database = database_of(tmp_path)
    with replicas(builder, tmp_path, database, **WITHOUT_LIMITS) as (one, other):
        with Load(one, other) as load:
            report("before", load.goes_on())
            killed = time.monotonic()
            one.kill()
            since = load.goes_on(2)
            report("killed", since)
            again = {each.who: each.ended - killed for each in reversed(since) if not each.problem}
            print(f"answered again: the last after {max(again.values()):.1f} s")
            assert len(again) == READERS + PROGRAMS
            one.start()
            with recovering("ready again"):
                one.wait()
            assert one.ask(next(iter(ASKED)))["status"] == "answered"
            load.goes_on()
        broken = [each for each in load.said if each.problem]
        assert 1 <= len(broken) <= 3  # who was at it: two readers and a program
        with closing(open_conversations(load_settings(storage={"url": database}))) as conversations:
            for reader in load.readers:
                shown = [question for at, question in enumerate(reader.asked) if at not in reader.broken]
                assert kept_for(reader, conversations) in (shown, reader.asked)  # it may die with its answer kept
                assert len(reader.broken) <= 1
        assert "raised through" not in other.log()
