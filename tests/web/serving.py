"""The app as `steward serve` serves it, on a free port of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from assistant.answering import Assistant
from assistant.web.app import build_app
from assistant.web.hosts import host_check
from assistant.web.tools import serving_tools
from tests.web.pages import free_port

Said = TypeVar("Said")


@contextmanager
def served(current: Callable[[], Assistant]) -> Iterator[str]:
    """The address, without a slash at its end."""
    blocks = build_app(current)
    try:
        _, address, _ = blocks.launch(
            server_name="127.0.0.1",
            server_port=free_port(),
            prevent_thread_lock=True,
            quiet=True,
            mcp_server=True,
            app_kwargs={"lifespan": serving_tools, "middleware": host_check("127.0.0.1")},
        )
        yield address.rstrip("/")
    finally:
        blocks.close()


def with_tools(address: str, work: Callable[[ClientSession], Awaitable[Said]]) -> Said:
    """What ``work`` makes of a session with the MCP server."""

    async def run() -> Said:
        async with streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _):  # noqa: SIM117 one opens the other
            async with ClientSession(read, write) as session:
                await session.initialize()
                return await work(session)

    return asyncio.run(run())


def call_tool(address: str, name: str, arguments: dict[str, Any]) -> Any:
    """The result of one tool."""
    return with_tools(address, lambda session: session.call_tool(name, arguments))
