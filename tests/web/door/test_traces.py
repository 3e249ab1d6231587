"""Steps as spans: one trace for each request, and nothing of what was asked."""

from __future__ import annotations

import sys

import httpx
import pytest

from assistant.errors import SettingsError
from assistant.library import Library
from assistant.steps import step
from assistant.web.door.request_ids import answering
from assistant.web.door.traces import Traces, open_traces
from tests.web.serving import running

sdk = pytest.importorskip("opentelemetry.sdk.trace.export", reason="OpenTelemetry's SDK is not installed")
memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")


def test_the_steps_of_a_request_are_one_trace_by_its_id(library: Library) -> None:
    kept = memory.InMemorySpanExporter()
    with running(lambda: library) as (blocks, address):
        blocks.closing(Traces(sdk.SimpleSpanProcessor(kept)))
        asked = httpx.post(f"{address}/gradio_api/call/v2/ask", json={"question": "How many zebra boats are licensed?"})
        httpx.get(f"{address}/gradio_api/call/ask/{asked.json()['event_id']}")
        spans = kept.get_finished_spans()
        before = len(spans)
    with step("search"):
        pass
    assert len(kept.get_finished_spans()) == before
    trace = int(asked.headers["X-Request-ID"], 16)
    own = {span.name: span for span in spans if span.context.trace_id == trace}
    assert {"search", "answer", "check", "question"} <= set(own)
    assert own["question"].attributes["result"] in ("answered", "not-in-library")
    assert own["question"].start_time <= own["search"].start_time < own["search"].end_time <= own["question"].end_time
    assert "zebra" not in "".join(span.to_json() for span in spans)


def test_a_failed_step_is_marked_by_its_kind_and_other_ids_decide_a_trace_too() -> None:
    kept = memory.InMemorySpanExporter()
    traces = Traces(sdk.SimpleSpanProcessor(kept))
    try:
        for request_id in ("from-a-proxy", "from-a-proxy", "another-one", "0" * 32):
            with pytest.raises(ZeroDivisionError), answering(request_id), step("failing"):
                raise ZeroDivisionError("zebra")
    finally:
        traces.close()
    spans = kept.get_finished_spans()
    assert {(span.status.is_ok, span.status.description) for span in spans} == {(False, "ZeroDivisionError")}
    first, second, third, fourth = (span.context.trace_id for span in spans)
    assert first == second
    assert len({first, third, fourth, 0}) == 4


def test_missing_packages_are_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match=r"pip install 'steward-assistant\[otel\]'"):
        open_traces("http://127.0.0.1:4318/v1/traces")
