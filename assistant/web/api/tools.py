"""The app's reading functions as MCP tools, at /gradio_api/mcp/."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from inspect import unwrap
from pathlib import Path
from typing import Any

import mcp
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from gradio.context import LocalContext
from gradio.mcp import GradioMCPServer
from gradio.utils import get_function_description
from mcp.types import Tool, ToolAnnotations

from assistant.deadlines import CALL_SECONDS, deadline
from assistant.errors import AssistantError
from assistant.web.api.endpoints import FAILED, Blocks, reader_message
from assistant.web.api.parameters import Parameters, shown
from assistant.web.api.programs import READING
from assistant.web.door.event_queue import FULL
from assistant.web.door.logs import watch_loop
from assistant.web.door.value_sizes import bounded

_MCP_FOLDER = str(Path(mcp.__file__).parent)


@asynccontextmanager
async def serving_tools(app: Any) -> AsyncIterator[None]:
    """Serve the tools during the life of an app; pass it as ``app_kwargs={"lifespan": serving_tools}``.

    Gradio's own tools give records as Python prints them, include those that add files, and call the app over HTTP.
    These give JSON, structured too, and the message on a wrong value unchanged.
    """
    blocks = app.get_blocks()
    functions = {item.api_name: unwrap(item.fn) for item in blocks.fns.values() if item.api_visibility == "public"}
    # The MCP library logs messages that it cannot read word for word, partly through the root logger.
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_of_mcp)
    watch_loop()
    offer_tools(blocks.mcp_server_obj, {name: functions[name] for name in READING}, blocks)
    yield


def offer_tools(served: GradioMCPServer, functions: dict[str, Callable[..., dict[str, Any]]], blocks: Blocks) -> None:
    """Make these functions the only tools of Gradio's MCP server, within the limits of the app."""
    limiter = CapacityLimiter(blocks.web.questions_at_once)
    parameters = {name: Parameters(function) for name, function in functions.items()}
    tools = [_tool(name, function, parameters[name]) for name, function in functions.items()]
    # Gradio lists these on its API page.
    for name in [*served.tool_to_endpoint]:
        if name not in functions:
            del served.tool_to_endpoint[name]

    @served.mcp_server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_tools() -> list[Tool]:
        return tools

    @served.mcp_server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if name not in functions:
            raise AssistantError(f"Unknown tool {shown(name)}. Choose from: {', '.join(functions)}.")
        blocks.rates.count(served.mcp_server.request_context.request, is_question=True)
        if (waiting := limiter.statistics().tasks_waiting) >= blocks.web.queue_length:
            raise blocks.rates.busy(FULL.format(waiting))
        values = parameters[name].check(bounded(arguments))
        LocalContext.blocks.set(blocks)
        try:
            with deadline(CALL_SECONDS):
                return await run_sync(partial(functions[name], **values), limiter=limiter)
        except AssistantError as error:
            raise AssistantError(reader_message(error)) from error
        except Exception:
            logging.getLogger(__name__).exception("The tool %s failed.", name)
            raise AssistantError(FAILED) from None


def _tool(name: str, function: Callable[..., Any], parameters: Parameters) -> Tool:
    words, _, gives = get_function_description(function)
    return Tool(
        name=name,
        description=f"{words} Returns: {' '.join(gives)}",
        inputSchema=parameters.schema(),
        annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=False),
    )


def _is_not_of_mcp(record: logging.LogRecord) -> bool:
    return not record.pathname.startswith(_MCP_FOLDER)
