"""The app as `steward serve` serves it, on a free port of this machine."""

from __future__ import annotations

import asyncio
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
