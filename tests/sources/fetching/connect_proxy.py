"""A proxy on loopback that tunnels as those of offices do, to the server that plays publishers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ConnectProxy:
    """What the proxy was asked for, and how it answers."""

    port: int = 0
    answer: str = "200 Connection established"
    asked: list[str] = field(default_factory=list)
    """The first line of each request."""
    authorizations: list[str] = field(default_factory=list)


@contextmanager
def proxying(server_port: int) -> Iterator[ConnectProxy]:
    """A proxy that connects to ``server_port`` whatever host it is asked for, until the block ends."""
    proxy = ConnectProxy()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy.port = listening.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listening, server_port, proxy))
        thread.start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listening: socket.socket, server_port: int, proxy: ConnectProxy) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        with client:
            first, *headers = _head(client).decode().split("\r\n")
            proxy.asked.append(first)
            proxy.authorizations += [line for line in headers if line.lower().startswith("proxy-authorization")]
            client.sendall(f"HTTP/1.1 {proxy.answer}\r\n\r\n".encode())
            if proxy.answer.startswith("200"):
                with socket.create_connection(("127.0.0.1", server_port)) as server:
                    back = threading.Thread(target=_relay, args=(server, client))
                    back.start()
                    _relay(client, server)
                    back.join()


def _head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (piece := client.recv(4096)):
        head += piece
    return head


def _relay(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
