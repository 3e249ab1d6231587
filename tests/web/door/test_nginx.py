"""The configuration of nginx in `docs`, between a client and the app: TLS, addresses, streams and sizes."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from assistant import answering
from assistant.library import Library
from assistant.web.api.endpoints import Blocks
from assistant.web.door.forwarding import client_of
from tests.conftest import NGINX
from tests.web.pages import free_port
from tests.web.serving import running

CONFIGURATION = Path(__file__).parents[3] / "docs" / "nginx.conf"
NAME = "steward.example"
CLIENT = "127.0.0.2"
"""Another address of this machine than the proxy's."""
STARTS_S = 60

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx-light")


@dataclass
class Proxied:
    """The app behind nginx, and a client that knows its certificate."""

    blocks: Blocks
    client: httpx.Client
    plain: str
    """Address without TLS."""


@pytest.fixture(scope="module")
def proxied(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    web = library.settings.web.model_copy(update={"hosts": (NAME,), "proxies": (ip_network("127.0.0.1"),)})
    made = replace(library, settings=library.settings.model_copy(update={"web": web}))
    authority = trustme.CA()
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    with running(lambda: made, is_open=False) as (blocks, address):
        secure, plain = free_port(), free_port()
        apps = {"127.0.0.1:7860": address.removeprefix("http://")}
        with nginx(folder, authority.issue_cert(NAME), CONFIGURATION.read_text(encoding="utf-8"), apps, secure, plain):
            transport = httpx.HTTPTransport(verify=trusted, local_address=CLIENT)
            with httpx.Client(
                base_url=f"https://127.0.0.1:{secure}", transport=transport, headers={"Host": NAME}, timeout=60
            ) as client:
                client.event_hooks = {"request": [name_the_server]}
                yield Proxied(blocks, client, f"http://127.0.0.1:{plain}")


def name_the_server(request: httpx.Request) -> None:
    request.extensions["sni_hostname"] = NAME


@contextmanager
def nginx(
    folder: Path, certificate: trustme.LeafCert, words: str, apps: dict[str, str], secure: int, plain: int
) -> Iterator[None]:
    """Run nginx with a configuration, with this test's files, ports and apps in it."""
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / "fullchain.pem", append=True)
    words = re.sub(r"listen \[::\].*\n", "", words)
    for ours, tests in (
        *apps.items(),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;\n", f"listen 127.0.0.1:{secure} ssl;\n"),
        ("/etc/ssl/steward", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        assert ours in words
        words = words.replace(ours, tests)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    owner = "user root;" if os.geteuid() == 0 else ""  # whoever owns the folder
    main = f"{owner} daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ {paths}\n{words} }}"
    (folder / "main.conf").write_text(main, encoding="utf-8")
    errors = (folder / "errors.txt").open("w")
    assert NGINX is not None
    process = subprocess.Popen([NGINX, "-e", "stderr", "-c", folder / "main.conf", "-p", folder], stderr=errors)
    try:
        until = time.monotonic() + STARTS_S
        while not listens(secure):
            assert process.poll() is None, (folder / "errors.txt").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()
        errors.close()
    log = (folder / "steward.log").read_text(encoding="utf-8")
    assert CLIENT in log
    assert "zebra" not in log


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_loads_under_its_public_name_and_is_told_of_tls(proxied: Proxied) -> None:
    said = proxied.client.get("/", params={"q": "zebra"})
    assert said.status_code == 200
    assert f'"root":"https://{NAME}"' in said.text
    assert said.headers["Set-Cookie"].endswith("; Secure")
    assert said.headers["Strict-Transport-Security"]
    assert re.fullmatch("[0-9a-f]{32}", said.headers["X-Request-ID"])
    for path in re.findall(r'(?:src|href)="\./(assets/[^"]+)"', said.text):
        assert proxied.client.get(f"/{path}").status_code == 200


def test_plain_http_leads_to_tls(proxied: Proxied) -> None:
    said = httpx.get(f"{proxied.plain}/?q=zebra", headers={"Host": NAME})
    assert (said.status_code, said.headers["Location"]) == (301, f"https://{NAME}/?q=zebra")


def test_the_address_is_the_clients_whatever_it_claims(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(proxied.blocks.rates, "count", lambda request, **_: seen.append(client_of(request)))
    claims = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    asked = proxied.client.post("/gradio_api/call/documents", json={"data": []}, headers=claims)
    assert asked.status_code == 200
    assert seen == [CLIENT]


def test_an_answer_comes_as_it_is_made(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that keeps a stream back would wait for the end, which waits for the beginning to be seen."""
    gate, ask = threading.Event(), answering.ask

    def waiting(*values: Any, **named: Any) -> Any:
        assert gate.wait(60)
        return ask(*values, **named)

    monkeypatch.setattr("assistant.web.api.programs.answering.ask", waiting)
    (function,) = [item for item in proxied.blocks.fns.values() if item.api_name == "ask"]
    values = [item.value for item in function.inputs]
    values[0] = "How many boats will the office license?"
    body = {"data": values, "fn_index": function._id, "session_hash": "through-nginx"}
    assert proxied.client.post("/gradio_api/queue/join", json=body).status_code == 200
    said = ""
    with proxied.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "through-nginx"}) as stream:
        for line in stream.iter_lines():
            said += line
            if "process_starts" in line:
                gate.set()
            if "process_completed" in line:
                break
    assert gate.is_set()
    assert '"status":"answered"' in said
    assert "boats by 2027" in said


def test_an_upload_passes_up_to_the_limit(proxied: Proxied) -> None:
    for size, status in ((5 * 2**20, 200), (22 * 2**20, 413)):
        said = proxied.client.post("/gradio_api/upload", files={"files": ("draft.txt", b"a" * size)})
        assert said.status_code == status
    assert proxied.client.post("/gradio_api/call/ask", content=b"a" * 2**21).status_code == 413
