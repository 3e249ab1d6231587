"""The app as `steward serve` serves it, on a free port of this machine, and a browser at its Ask tab."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from assistant.library import Library
from assistant.web.api.endpoints import Blocks
from assistant.web.app import build_app, serve
from tests.web.pages import free_port

Said = TypeVar("Said")


@contextmanager
def running(
    current: Callable[[], Library], host: str = "127.0.0.1", *, is_open: bool = True
) -> Iterator[tuple[Blocks, str]]:
    """The app and its address, without a slash at its end; not open, as where others than this machine reach it."""
    blocks = build_app(current, host if is_open else "")
    try:
        yield blocks, serve(blocks, current, host, free_port()).rstrip("/")
    finally:
        blocks.close()


@contextmanager
def served(current: Callable[[], Library]) -> Iterator[str]:
    """The address of the app that is not open, without a slash at its end."""
    with running(current, is_open=False) as (_, address):
        yield address


def with_tools(
    address: str, work: Callable[[ClientSession], Awaitable[Said]], headers: dict[str, str] | None = None
) -> Said:
    """What ``work`` makes of a session with the MCP server."""

    async def run() -> Said:
        async with (
            create_mcp_http_client(headers) as client,
            streamable_http_client(f"{address}/gradio_api/mcp/", http_client=client) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await work(session)

    return asyncio.run(run())


def call_tool(address: str, name: str, arguments: dict[str, Any]) -> Any:
    """The result of one tool."""
    return with_tools(address, lambda session: session.call_tool(name, arguments))


class Browser:
    """A browser at the Ask tab: it sends what it keeps, and takes what it is sent."""

    def __init__(self, address: str, name: str = "onebrowser") -> None:
        self._name = name
        self._api = f"{address}/gradio_api"
        config = json.loads(self._get(f"{address}/config"))
        values = {item["id"]: item["props"].get("value") for item in config["components"]}
        labels = {item["id"]: item["props"].get("label") for item in config["components"]}
        (asking,) = [item for item in config["dependencies"] if item["api_name"] == "respond"]
        self._event, self._outputs = asking["id"], [labels[name] for name in asking["outputs"]]
        self._given = [values[name] for name in asking["inputs"]]
        self._question = [labels[name] for name in asking["inputs"]].index("Your question")
        self._given[-3] = self.key = f"the key of {name}"

    def ask(self, question: str) -> str:
        """The conversation that is shown at the end."""
        self._given[self._question] = question
        body = {"data": self._given, "fn_index": self._event, "session_hash": self._name}
        self._get(f"{self._api}/queue/join", json.dumps(body).encode())
        for line in self._get(f"{self._api}/queue/data?session_hash={self._name}").splitlines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("msg") == "process_generating":  # without a model's writing there is one
                shown = message["output"]["data"]
                if isinstance(shown[-2], str):  # an error changes the message alone
                    self._given[-2] = shown[-2]
                return str(shown[self._outputs.index("Conversation")])
        raise AssertionError("The app sent no conversation.")

    def _get(self, address: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return str(answer.read().decode())
