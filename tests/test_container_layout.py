"""The commands of the compose file, run without privileges in a folder laid out as the image, without a container."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
import trustme

from tests.conftest import NGINX
from tests.test_containers import CONTAINERFILE, FOLDER, GIVEN, OURS, ROOT, SERVICES, environment, filled
from tests.web.door.test_nginx import CLIENT, NAME, name_the_server, nginx
from tests.web.pages import free_port, free_ports

STARTS_S = 120
INGEST_S = 600
REPLICAS = ("steward-1", "steward-2")

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx-light"),
]


@cache
def user() -> int:
    """Return who runs the commands: the image's user where root may switch to it and Python is open to it."""
    # `setpriv` still has root's capabilities when it starts a program, which a shell that it started has not.
    probe = [*without_privileges(10001), "sh", "-c", '"$0" -c ""', sys.executable]
    if os.geteuid() == 0 and subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0:
        return 10001
    return os.geteuid()


def without_privileges(number: int) -> list[str]:
    """Return what goes before a command: without its capabilities even root may write only where modes say so."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--bounding-set=-all"]


@dataclass
class Layout:
    """The image's folders below another root, which only the volumes of a service may change."""

    root: Path
    ports: dict[str, int]
    database: str

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    def start(self, service: str, command: list[str] | None = None) -> subprocess.Popen[bytes]:
        """Run a service's command with its variables, as the image's user."""
        own = {name: self._here(value) for name, value in environment(service).items()}
        own |= dict(re.findall(r"\b(PYTHON\w+)=(\w+)", CONTAINERFILE))
        if "STEWARD_STORAGE__URL" in own:
            own |= {"STEWARD_STORAGE__URL": self.database, "STEWARD_WEB__PROXIES": '["127.0.0.1"]'}
        path = f"{self.path('/opt/steward/bin')}:/usr/bin:/bin"
        temporary = str(self.path("/tmp"))
        with (self.root / f"{service}.log").open("ab") as log:
            return subprocess.Popen(
                [*without_privileges(user()), *map(self._here, command or self._command(service))],
                cwd=self.path("/srv/steward"),
                env={**own, "PATH": path, "HOME": temporary, "TMPDIR": temporary},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def log(self, service: str) -> str:
        return (self.root / f"{service}.log").read_text(encoding="utf-8")

    def _command(self, service: str) -> list[str]:
        command = list(map(filled, SERVICES[service]["command"]))
        return [*command, "--port", str(self.ports[service])] if service in REPLICAS else command

    def _here(self, value: str) -> str:
        """Return a value with loopback, this test's port and its folders in place of the container's."""
        chroma = str(self.ports["chroma"])
        value = re.sub(r"(chroma|127\.0\.0\.1):8000", f"127.0.0.1:{chroma}", value)
        return {"0.0.0.0": "127.0.0.1", "8000": chroma, "/srv/chroma": str(self.path("/srv/chroma"))}.get(value, value)


@pytest.fixture(scope="module")
def layout() -> Iterator[Layout]:
    root = Path(tempfile.mkdtemp(prefix="steward-image-"))  # pytest's own folders are closed to other users
    try:
        _lay_out(root)
        ports = dict(zip(("chroma", *REPLICAS), free_ports(1 + len(REPLICAS)), strict=True))
        yield Layout(root, ports, os.environ["POSTGRESQL_TEST_URL"])
    finally:
        shutil.rmtree(root)


def _lay_out(root: Path) -> None:
    root.chmod(0o755)
    venv = root / "opt" / "steward"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    installed = Path(pytest.__file__).parents[1]
    (packages / "installed.pth").write_text(f"{installed}\n", encoding="utf-8")
    for name in ("steward", "chroma"):
        script = (Path(sys.executable).parent / name).read_text(encoding="utf-8")
        (venv / "bin" / name).write_text(re.sub("^#!.*", f"#!{venv}/bin/python", script), encoding="utf-8")
        (venv / "bin" / name).chmod(0o755)
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "assistant", packages / "assistant", ignore=left_out)
    corpus = root / "srv" / "steward" / "corpus"
    shutil.copytree(ROOT / "corpus", corpus, ignore=shutil.ignore_patterns("added", "originals"))
    subprocess.run(["chmod", "-R", "a-w,a+rX", root], check=True)
    for volume in ["/tmp", *{filled(each).split(":")[1] for name in OURS for each in SERVICES[name]["volumes"]}]:
        folder = root / volume.lstrip("/")
        folder.parent.chmod(0o755)
        folder.mkdir(parents=True)
        os.chown(folder, user(), user())
    if (cache := ROOT / "indexes" / "cache").exists():  # vectors of the same texts, so that the build takes less long
        indexes = root / "srv" / "steward" / "indexes"
        shutil.copytree(cache, indexes / "cache")
        subprocess.run(["chown", "-R", str(user()), indexes], check=True)
    for folder in (corpus, corpus.parent, root / "srv"):
        folder.chmod(0o555)


@dataclass
class Running:
    """What compose.yaml starts, and a client of nginx that knows its certificate."""

    layout: Layout
    client: httpx.Client
    first: subprocess.Popen[bytes]
    """The first replica."""

    def replica(self, answer: httpx.Response) -> str:
        """Return which replica gave an answer."""
        wait_for(lambda: any(answer.headers["X-Request-ID"] in self.layout.log(name) for name in REPLICAS))
        (found,) = [name for name in REPLICAS if answer.headers["X-Request-ID"] in self.layout.log(name)]
        return found


@pytest.fixture(scope="module")
def composed(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    assert GIVEN["STEWARD_NAME"] == NAME
    with ExitStack() as ended:
        _start(layout, "chroma", ended)
        check = SERVICES["chroma"]["healthcheck"]["test"][1:]
        wait_for(lambda: layout.start("chroma", check).wait() == 0)
        assert layout.start("ingest").wait(INGEST_S) == 0, layout.log("ingest")
        first, _ = [_start(layout, name, ended) for name in REPLICAS]
        for name in REPLICAS:
            wait_for(lambda name=name: listens(layout.ports[name]), lambda name=name: layout.log(name))
        script = SERVICES["nginx"]["command"][2].partition(" > ")[0].replace("$$", "$")
        script = script.replace("/replicas.sed", str(FOLDER / "replicas.sed"))
        script = script.replace(" /steward.conf", f" {ROOT / 'docs' / 'nginx.conf'}")
        words = subprocess.run(["sh", "-c", script], env=environment("nginx"), capture_output=True, check=True).stdout
        apps = {f"{name}:7860": f"127.0.0.1:{layout.ports[name]}" for name in REPLICAS}
        authority, trusted = trustme.CA(), ssl.create_default_context()
        authority.configure_trust(trusted)
        secure = free_port()
        folder = tmp_path_factory.mktemp("nginx")
        ended.enter_context(nginx(folder, authority.issue_cert(NAME), words.decode(), apps, secure, free_port()))
        client = httpx.Client(
            base_url=f"https://127.0.0.1:{secure}",
            transport=httpx.HTTPTransport(verify=trusted, local_address=CLIENT),
            headers={"Host": NAME},
            timeout=60,
            event_hooks={"request": [name_the_server]},
        )
        ask(ended.enter_context(closing(client)))  # as a test that a worker runs alone may not
        yield Running(layout, client, first)


def _start(layout: Layout, service: str, ended: ExitStack) -> subprocess.Popen[bytes]:
    process = layout.start(service)
    ended.callback(process.wait, 60)
    ended.callback(process.terminate)
    return process


def wait_for(holds: Callable[[], bool], why: Callable[[], str] = str) -> None:
    until = time.monotonic() + STARTS_S
    while not holds():
        assert time.monotonic() < until, why()
        time.sleep(0.2)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(client: httpx.Client) -> list[httpx.Response]:
    """Return both responses of a new reader's question, which is answered."""
    cookie = {"Cookie": f"steward-reader={secrets.token_urlsafe(32)}"}
    assert client.get("/readyz", headers=cookie).json()["ready"] is True
    question = {"question": "How big is the Mission Delivery Unit?"}
    asked = client.post("/gradio_api/call/v2/ask", json=question, headers=cookie)
    said = client.get(f"/gradio_api/call/ask/{asked.json()['event_id']}", headers=cookie)
    (data,) = re.findall(r"event: complete\ndata: (.*)", said.text)
    assert json.loads(data)[0]["status"] == "answered"
    return [asked, said]


def test_each_replica_is_ready_and_answers_its_readers_through_nginx(composed: Running) -> None:
    answered = [tuple(map(composed.replica, ask(composed.client))) for _ in range(12)]
    assert set(answered) == {(name, name) for name in REPLICAS}


def test_what_a_program_began_is_known_to_one_replica_alone(composed: Running) -> None:
    """So the choice of nginx must be the same for all requests of a reader."""
    first, second = (f"http://127.0.0.1:{composed.layout.ports[name]}/gradio_api/call" for name in REPLICAS)
    asked = httpx.post(f"{first}/v2/ask", json={"question": "How big is the Mission Delivery Unit?"}, timeout=60).json()
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        httpx.get(f"{second}/ask/{asked['event_id']}", timeout=60)
    assert "event: complete" in httpx.get(f"{first}/ask/{asked['event_id']}", timeout=60).text


def test_readers_of_a_killed_replica_are_answered_by_the_other(composed: Running) -> None:
    composed.first.kill()
    composed.first.wait()
    assert {composed.replica(response) for _ in range(8) for response in ask(composed.client)} == {REPLICAS[1]}
