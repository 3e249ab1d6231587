"""Machines that serve one library over one database: one builds and publishes it, the others are `steward serve`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from assistant.indexing.ingestion import ingest
from assistant.indexing.publishing import publish
from assistant.models.embedding import SentenceEmbedder
from assistant.settings import Settings
from assistant.sources.catalogue import add_file
from tests.library_making import make_library
from tests.web.pages import free_port

ROOT = Path(__file__).parents[1]
PATIENCE_S = 120


def wait_for(holds: Callable[[], Any], why: Callable[[], str] = str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, why()
        time.sleep(0.1)


def database_of(folder: Path) -> str:
    """URL of the database that all share: on the server of `POSTGRESQL_TEST_URL`, or in a file."""
    return os.environ.get("POSTGRESQL_TEST_URL") or f"sqlite:///{folder / 'steward.db'}"


class Builder:
    """The machine that builds the index and publishes it."""

    def __init__(self, folder: Path, chroma_url: str | None = None) -> None:
        made = make_library(folder / "builder")
        index = made.index.model_copy(update={"chroma_url": chroma_url})
        self.settings: Settings = made.model_copy(update={"index": index})
        self.address = folder / "published"
        self._documents = 0

    def publish(self) -> str:
        """Build and publish; the library's version comes back."""
        ingest(self.settings, SentenceEmbedder(self.settings.embedding))
        return publish(self.settings, str(self.address)).library_version

    def add(self, words: str) -> str:
        """Add a document with these words, build and publish."""
        self._documents += 1
        file = self.settings.corpus / f"note-{self._documents}.md"
        file.write_text(f"# Note {self._documents}\n\n{words}\n", encoding="utf-8")
        details = {"publisher": "Harbour Office", "published": "2025-06", "authority": "guidance"}
        add_file(file, self.settings.corpus, title=f"Note {self._documents}", **details)
        return self.publish()


class Replica:
    """A web app with an index of its own, which it fetches."""

    def __init__(self, folder: Path, published: Path, database: str, **variables: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        make_library(folder)
        self._variables = {
            "STEWARD_CORPUS": str(folder / "corpus"),
            "STEWARD_INDEX__FOLDER": str(folder / "indexes"),
            "STEWARD_INDEX__PUBLISHED": str(published),
            "STEWARD_STORAGE__URL": database,
            "TMPDIR": str(folder),
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assistant.cli", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=os.environ | self._variables,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        wait_for(lambda: self.ready() is not None, self.log)

    def ready(self) -> dict[str, Any] | None:
        """What it says of itself; None while it does not listen."""
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        try:
            return dict(httpx.get(f"{self.address}/readyz", timeout=PATIENCE_S).json())
        except httpx.TransportError:
            return None

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def figure(self, name: str) -> float:
        text = httpx.get(f"{self.address}/metrics", timeout=PATIENCE_S).text
        (value,) = re.findall(rf"^{name} (\S+)$", text, re.MULTILINE)
        return float(value)

    def ask(self, question: str, **values: Any) -> dict[str, Any]:
        """The record of an answer."""
        with httpx.Client(base_url=f"{self.address}/gradio_api/call", timeout=PATIENCE_S) as client:
            event = client.post("/v2/ask", json={"question": question, **values}).json()["event_id"]
            said = client.get(f"/ask/{event}").text
        (data,) = re.findall(r"event: complete\ndata: (.*)", said)
        found: list[dict[str, Any]] = httpx.Response(200, text=data).json()
        return found[0]


@contextmanager
def replicas(builder: Builder, folder: Path, database: str, **variables: str) -> Iterator[tuple[Replica, Replica]]:
    """Two, which are ready."""
    first, second = (Replica(folder / name, builder.address, database, **variables) for name in ("one", "two"))
    try:
        for each in (first, second):
            each.start()
        for each in (first, second):
            each.wait()
        yield first, second
    finally:
        for each in (first, second):
            each.stop()
