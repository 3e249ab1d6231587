from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.index import IndexStore
from assistant.settings import IndexSettings

KINDS = ("embedded", "server")
"""Where an index keeps its vectors: in its folder, or on a server."""


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Chroma server on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma-server")
    command = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, "--path", folder / "data"], stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    """An empty index that keeps its vectors in its folder."""
    return IndexStore(IndexSettings(folder=tmp_path / "indexes"))


@pytest.fixture(params=KINDS)
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> IndexStore:
    """An empty index of each kind."""
    return store_of(request, tmp_path)


def store_of(request: pytest.FixtureRequest, folder: Path) -> IndexStore:
    """An empty index of the kind that is asked for."""
    url = request.getfixturevalue("chroma_url") if request.param == "server" else None
    return IndexStore(IndexSettings(folder=folder / "indexes", chroma_url=url))
