"""Functions of the app that other programs call by name, over HTTP or as MCP tools."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Protocol, TypeVar

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import LocalContext

from assistant.deadlines import CALL_SECONDS, deadline
from assistant.errors import AssistantError, StorageUnavailableError
from assistant.web.api.parameters import Parameters, unfolded
from assistant.web.door.event_queue import BoundedQueue
from assistant.web.door.limits import Traffic
from assistant.web.door.openness import Openness
from assistant.web.door.sizes import bounded, within_box

AT_ONCE = 20
"""How many calls of one endpoint run at the same time: one that waits for a chat model holds no other up."""


class _Closable(Protocol):
    def close(self) -> None: ...


Store = TypeVar("Store", bound=_Closable)

FAILED = "Steward failed at this; what went wrong is in its log. Trying again may work."
"""What a reader or a program is told of a mistake of ours."""

UNAVAILABLE = "Steward cannot use its database now, because {}. Try again; if it stays so, tell whoever runs Steward."


def said(error: AssistantError) -> str:
    """Why there is no result; where the database is, and what it wants, is for the log."""
    if isinstance(error, StorageUnavailableError):
        logging.getLogger(__name__).error("%s", error)
        return UNAVAILABLE.format(error.why)
    return str(error)


def client_of_event() -> str:
    """Return the address that the event under way came from; empty outside of one."""
    request = LocalContext.request.get(None)
    client = getattr(request, "client", None)
    return str(client.host) if client else ""


class Blocks(gr.Blocks):
    """Gradio's app, but that whatever goes wrong costs a sentence, and nothing of a request is printed."""

    openness: Openness
    traffic: Traffic
    """What is being answered, once the app is served."""

    def closing(self, store: Store) -> Store:
        """A store of the app's own, which is closed with it."""
        self._stores = [*getattr(self, "_stores", ()), store]
        return store

    def queue(self, *values: Any, **named: Any) -> Any:
        """Gradio's own queue has no end."""
        super().queue(*values, **named)
        self._queue = BoundedQueue(True, self.max_threads, 1, None, self)
        return self

    def close_stores(self) -> None:
        """Close what was opened for the app alone; harmless a second time."""
        for store in getattr(self, "_stores", ()):
            store.close()

    def close(self, verbose: bool = True) -> None:
        """Stop serving."""
        super().close(verbose)
        self.close_stores()

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Refuse too few values, which Gradio takes for a mistake in the app and prints, and too large ones."""
        if len(inputs) < len(block_fn.inputs):
            raise gr.Error(
                f"/{block_fn.api_name} takes {len(block_fn.inputs)} values, and {len(inputs)} came. Give all of them, "
                f"or some by name at /gradio_api/call/v2/{block_fn.api_name}."
            )
        try:
            for place, (box, value) in enumerate(zip(block_fn.inputs, inputs, strict=False)):
                if isinstance(box, gr.Textbox):
                    within_box(str(box.label or f"Value {place + 1}"), value, box.max_length)
            inputs[:] = bounded(inputs)
        except AssistantError as error:
            raise gr.Error(str(error)) from error

    async def preprocess_data(self, *values: Any, **named: Any) -> Any:
        """The values as components take them; Gradio's own message on one that they refuse repeats it."""
        try:
            return await super().preprocess_data(*values, **named)
        except gr.Error:
            raise
        except ValueError as error:  # no upload, or of another type than the component's
            raise gr.Error("A value is not of the kind that is expected here.") from error

    async def process_api(self, *values: Any, **named: Any) -> Any:
        """Run an event. An error of ours is handed on as its sentence, and a mistake in the app logged.

        It has :data:`~assistant.deadlines.CALL_SECONDS`, and so has each step of one that goes on. Gradio prints
        whatever else comes out of here, with the values that it is about, past every logger.
        """
        try:
            for event in (value for value in (*values, *named.values()) if isinstance(value, gr.EventData)):
                event._data = bounded(event._data)
            with deadline(CALL_SECONDS):
                return await super().process_api(*values, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except AssistantError as error:
            raise gr.Error(said(error), print_exception=False) from error
        except Exception as error:
            if isinstance(error, AttributeError) and isinstance(error.obj, gr.EventData):
                raise gr.Error("An event came without what it is about.", print_exception=False) from error
            logging.getLogger(__name__).exception("An event failed.")
            raise gr.Error(FAILED, print_exception=False) from error


def add_endpoint(function: Callable[..., Any]) -> None:
    """Offer a typed function that gives a record to programs, under its name; call it where the app is being built.

    Its types and docstring become the description of the endpoint. Wrong values and errors of ours reach the program
    as a sentence.
    """
    parameters = Parameters(function)

    @wraps(function)
    def answer(*values: Any) -> Any:
        return function(**parameters.check(dict(zip(parameters.names, values, strict=True))))

    answer.__doc__ = unfolded(function)
    # As `gr.api` does, which takes a type alone to Gradio: bounds and words of a parameter would be lost.
    inputs = [
        Api(schema.get("default"), schema | {"additional_description": schema["description"]}, name)
        for name, schema in parameters.schema()["properties"].items()
    ]
    gr.on(
        [],
        answer,
        inputs,
        _record(),
        preprocess=False,
        postprocess=False,
        api_name=function.__name__,
        concurrency_limit=AT_ONCE,
    )


def add_file_endpoint(function: Callable[..., dict[str, Any]], inputs: Sequence[Any]) -> None:
    """Offer a function that takes a file to programs under its name; ``inputs`` are the page's components.

    They let nothing but an upload pass for a file, which the types of a function alone would not.
    """
    gr.on([], function, inputs, _record(), api_name=function.__name__, concurrency_limit=AT_ONCE)


def _record() -> Api:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": {}}
    return Api(None, schema, "Record")
