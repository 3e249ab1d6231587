"""A real HTTPS server on loopback that plays every publisher: each host and path has its own handler."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import trustme

from assistant.sources.fetching.network import IPAddress, Network

Handler = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    url: str
    headers: dict[str, str]


class Exchange(BaseHTTPRequestHandler):
    """One request; ``answer`` for the usual shapes, ``raw`` for the hostile ones."""

    protocol_version = "HTTP/1.1"
    publishers: Publishers

    def do_HEAD(self) -> None:
        """Answer as to a GET, which for this client is the same: it reads no body."""
        self.do_GET()

    def do_GET(self) -> None:
        self.close_connection = True
        url = f"https://{self.headers['Host']}{self.path}"
        with self.publishers.lock:
            self.publishers.seen.append(Seen(url, {name.lower(): value for name, value in self.headers.items()}))
            queue = self.publishers.pages.get(url, [])
            handler = queue.pop(0) if len(queue) > 1 else queue[0] if queue else reply(b"nothing here", status=404)
        handler(self)

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the test's output."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a hostile answer is what is tested."""


@dataclass
class Publishers:
    """What the server says to whom, and what it was asked."""

    port: int
    tls: ssl.SSLContext
    pages: dict[str, list[Handler]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """Numeric addresses by host; 127.0.0.1 for all others."""
    slept: list[float] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, url: str, *handlers: Handler) -> None:
        """Answer ``url`` with these, one request each; the last one stays."""
        self.pages[url] = list(handlers)

    def serve_json(self, url: str, value: object) -> None:
        self.serve(url, reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"}))

    def asked(self, url: str) -> int:
        return sum(seen.url == url for seen in self.seen)

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        assert port == 443
        self.resolved.append(host)
        return [(number, self.port) for number in self.names.get(host, ["127.0.0.1"])]

    def network(self, clock: Callable[[], float] = lambda: 0.0) -> Network:
        """A network in which this server, and nothing else, counts as public; its time stands still."""
        return Network(resolve=self.resolve, permits=_is_the_server, tls=self.tls, clock=clock, sleep=self.slept.append)


def _is_the_server(address: IPAddress) -> bool:
    return address == ip_address("127.0.0.1")


def reply(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    """A plain answer; ``headers`` may lie."""
    return lambda exchange: exchange.answer(status, body, headers or {})


def redirect(location: str, status: int = 302) -> Handler:
    return reply(b"", status=status, headers={"Location": location})


@contextmanager
def running(authority: trustme.CA, hosts: tuple[str, ...]) -> Iterator[Publishers]:
    """A server with certificates for ``hosts``, until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    server = _Server(("127.0.0.1", 0), Exchange)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    publishers = Publishers(server.server_address[1], client)
    server.RequestHandlerClass = type("Bound", (Exchange,), {"publishers": publishers})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publishers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
