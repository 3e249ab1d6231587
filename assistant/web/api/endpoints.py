"""The app's functions that other programs call by name, over HTTP or as MCP tools."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import LocalContext

from assistant.deadlines import CALL_SECONDS, deadline
from assistant.errors import AssistantError, StorageUnavailableError
from assistant.readers import reading_as
from assistant.roles import Person
from assistant.settings import WebSettings
from assistant.storage import AuditLog
from assistant.web.api.parameters import Parameters, one_line_parameters
from assistant.web.door.event_queue import QUESTIONS, BoundedQueue
from assistant.web.door.own_readers import READER
from assistant.web.door.permissions import Openness
from assistant.web.door.rates import Rates
from assistant.web.door.request_ids import answering
from assistant.web.door.request_limits import Traffic
from assistant.web.door.value_sizes import bounded, within_box

if TYPE_CHECKING:
    from assistant.web.library.getting_originals import OriginalsJob

AT_ONCE = 20
"""Most events of one kind at the same time; one that waits must not hold up others."""
ANSWERED_TOGETHER: Mapping[str, Any] = MappingProxyType({"concurrency_id": QUESTIONS})
"""Options of functions that answer questions: `STEWARD_WEB__QUESTIONS_AT_ONCE` bounds all of them together."""


class _Closable(Protocol):
    def close(self) -> None: ...


Store = TypeVar("Store", bound=_Closable)

FAILED = "Something went wrong, and the error has been logged. Try again later."
"""What readers and programs are told about an unexpected error."""

UNAVAILABLE = "Steward cannot use its database, because {}. Try again. If this continues, tell your administrator."


def reader_message(error: AssistantError) -> str:
    """Return the message for readers; details of the database go to the log only."""
    if isinstance(error, StorageUnavailableError):
        logging.getLogger(__name__).error("%s", error)
        return UNAVAILABLE.format(error.why)
    return str(error)


def client_of_event() -> str:
    """Return the client address of the current event; empty outside an event."""
    request = LocalContext.request.get(None)
    client = getattr(request, "client", None)
    return str(client.host) if client else ""


def count_question() -> None:
    """Count the current event as a question, which could not be seen when it was sent.

    Raises:
        BusyError: its reader has asked too many.
    """
    blocks = LocalContext.blocks.get(None)
    if isinstance(blocks, Blocks):
        blocks.rates.count(LocalContext.request.get(None), is_question=True)


def record_use(action: str, details: Mapping[str, Any] | None = None, *, words: str = "") -> str:
    """Note in the audit log what the current event or tool does; return why it could not be, empty where it was.

    Raises:
        StorageUnavailableError: it cannot be, and the settings require it.
    """
    blocks = LocalContext.blocks.get(None)
    if not isinstance(blocks, Blocks) or blocks.audit is None:
        return ""
    return blocks.audit.record(action, details, words=words)


class Blocks(gr.Blocks):
    """Gradio's app, with errors as messages and nothing of a request printed."""

    openness: Openness
    originals: OriginalsJob
    """Gets what the library waits for, once it is started."""
    traffic: Traffic
    """Requests being answered, once the app is served."""
    audit: AuditLog | None = None

    def __init__(self, *values: Any, web: WebSettings | None = None, **named: Any) -> None:
        """Without ``web``, the defaults limit how much readers may ask."""
        self.web = web or WebSettings()
        self.rates = Rates(self.web)
        super().__init__(*values, **named)

    def closing(self, store: Store) -> Store:
        """Have a store closed with the app, and return it."""
        self._stores = [*getattr(self, "_stores", ()), store]
        return store

    def queue(self, *values: Any, **named: Any) -> Any:
        """Bound Gradio's queue, which has no limit of its own."""
        super().queue(*values, **named)
        self._queue = BoundedQueue(True, self.max_threads, 1, None, self)
        return self

    def close_stores(self) -> None:
        """Close the app's own stores; may be called again."""
        for store in getattr(self, "_stores", ()):
            store.close()

    def close(self, verbose: bool = True) -> None:
        """Stop serving."""
        super().close(verbose)
        self.close_stores()

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Refuse too few values, which Gradio would print as a bug in the app, and too large ones."""
        if len(inputs) < len(block_fn.inputs):
            raise gr.Error(
                f"/{block_fn.api_name} takes {len(block_fn.inputs)} values but got {len(inputs)}. Send all of them, "
                f"or some by name to /gradio_api/call/v2/{block_fn.api_name}."
            )
        try:
            for place, (box, value) in enumerate(zip(block_fn.inputs, inputs, strict=False)):
                if isinstance(box, gr.Textbox):
                    within_box(str(box.label or f"Value {place + 1}"), value, box.max_length)
            inputs[:] = bounded(inputs)
        except AssistantError as error:
            raise gr.Error(str(error)) from error

    async def preprocess_data(self, *values: Any, **named: Any) -> Any:
        """Return the values as components take them; Gradio's own message would repeat a refused value."""
        try:
            return await super().preprocess_data(*values, **named)
        except gr.Error:
            raise
        except ValueError as error:  # not an upload, or of the wrong type
            raise gr.Error("A value has the wrong type. /gradio_api/openapi.json lists the types.") from error

    async def process_api(self, *values: Any, **named: Any) -> Any:
        """Run an event on behalf of the request that sent it, whose id is then in the log; see `_process`."""
        with answering(getattr(getattr(named.get("request"), "state", None), "request_id", "")):
            return await self._process(*values, **named)

    async def _process(self, *values: Any, **named: Any) -> Any:
        """Run an event; expected errors reach the reader as their message, others are logged.

        It runs for the reader of its request, and has :data:`~assistant.deadlines.CALL_SECONDS`, as has
        each step of a streaming one. Gradio would print any other exception, with its values, past every logger.
        """
        try:
            for event in (value for value in (*values, *named.values()) if isinstance(value, gr.EventData)):
                event._data = bounded(event._data)
            with reading_as(*_reader_of_event(named.get("request"))), deadline(CALL_SECONDS):
                return await super().process_api(*values, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except AssistantError as error:
            raise gr.Error(reader_message(error), print_exception=False) from error
        except Exception as error:
            if isinstance(error, AttributeError) and isinstance(error.obj, gr.EventData):
                raise gr.Error("The event has no data. Reload the page.", print_exception=False) from error
            logging.getLogger(__name__).exception("An event failed.")
            raise gr.Error(FAILED, print_exception=False) from error


def _reader_of_event(request: Any) -> tuple[str | None, Person | None]:
    """Return the reader of an event's request and who they are, as the door found them."""
    scope = getattr(getattr(request, "request", None), "scope", {})
    return cast("tuple[str | None, Person | None]", scope.get(READER, (None, None)))


def add_endpoint(function: Callable[..., Any]) -> None:
    """Offer a typed function to programs under its name, while the app is being built.

    Its types and docstring describe the endpoint. Wrong values and expected errors reach the program as a message.
    """
    parameters = Parameters(function)

    @wraps(function)
    def answer(*values: Any) -> Any:
        return function(**parameters.check(dict(zip(parameters.names, values, strict=True))))

    answer.__doc__ = one_line_parameters(function)
    # `gr.api` would pass on only the types, without the bounds and descriptions of parameters.
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
        **ANSWERED_TOGETHER,
    )


def add_file_endpoint(function: Callable[..., dict[str, Any]], inputs: Sequence[Any]) -> None:
    """Offer a function that takes a file to programs under its name.

    ``inputs`` are the page's components: unlike plain types, they accept only an upload as a file.
    """
    gr.on([], function, inputs, _record(), api_name=function.__name__, **ANSWERED_TOGETHER)


def _record() -> Api:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": {}}
    return Api(None, schema, "Record")
