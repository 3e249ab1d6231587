"""Steps as OpenTelemetry spans, sent to a collector: times, outcomes and ids of requests, no word of a question."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.steps import Step, listen, stop_listening
from assistant.web.door.request_ids import current_request_id

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import SpanContext

_HEXADECIMAL = re.compile(r"(?!0{32})[0-9a-f]{32}")


class Traces:
    """Makes a span of every step, until it is closed; the steps of one request are one trace."""

    def __init__(self, processor: SpanProcessor) -> None:
        # Switched off for Chroma's sake, which has no collector; this provider is nobody else's.
        os.environ["OTEL_SDK_DISABLED"] = "false"
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._provider = TracerProvider(resource=Resource.create({"service.name": "steward"}))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("steward")
        listen(self._note)

    def close(self) -> None:
        """Send what is left, and make no more."""
        stop_listening(self._note)
        self._provider.shutdown()

    def _note(self, step: Step) -> None:
        from opentelemetry.trace import NonRecordingSpan, StatusCode, set_span_in_context

        request_id = current_request_id()
        within = set_span_in_context(NonRecordingSpan(_context_of(request_id))) if request_id else None
        span = self._tracer.start_span(step.name, within, start_time=round(step.began * 1e9))
        if step.result:
            span.set_attribute("result", step.result)
        if isinstance(step.error, Exception):
            span.set_status(StatusCode.ERROR, type(step.error).__name__)
        span.end(round((step.began + step.seconds) * 1e9))


def open_traces(address: str) -> Traces:
    """Return traces that are sent to a collector's address for OTLP over HTTP.

    Raises:
        SettingsError: the packages for it are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"STEWARD_WEB__TRACES needs the package {error.name}, which is not installed. Run `pip install "
            "'steward-assistant[otel]'`."
        ) from error
    return Traces(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))


def _context_of(request_id: str) -> SpanContext:
    """Return what the spans of a request lie in; its id is the trace's, or decides it where it has another form."""
    from opentelemetry.trace import SpanContext, TraceFlags

    digest = hashlib.sha256(request_id.encode()).hexdigest()
    trace = request_id if _HEXADECIMAL.fullmatch(request_id) else digest[:32]
    return SpanContext(
        int(trace, 16), int(digest[32:48], 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
