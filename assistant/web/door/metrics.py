"""What monitoring reads at ``/metrics``, in Prometheus' text format: figures alone, of no reader and no question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, ModelUnavailableError, StorageUnavailableError
from assistant.index.following import Follower
from assistant.library import Library
from assistant.models.reply import WritingError
from assistant.steps import Step, listen, stop_listening
from assistant.web.door.forwarding import UNKNOWN_PROXY, address_of
from assistant.web.door.routes import NOT_FOUND

if TYPE_CHECKING:
    from assistant.web.api.endpoints import Blocks

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper ends of the histogram's classes, in seconds."""
FAILURES = (StorageUnavailableError, ModelUnavailableError, WritingError)
"""Errors of the database and of chat models; others are those of readers."""


class Metrics:
    """The figures of one app, until it is closed."""

    def __init__(self, blocks: Blocks, current: Callable[[], Library], follower: Follower | None = None) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_AppCollector(blocks, current, follower))
        self._seconds = Histogram(
            "steward_step_seconds", "Time that each step took.", ["step"], buckets=BUCKETS, registry=self._registry
        )
        self._answers = Counter("steward_answers", "Answers by status.", ["status"], registry=self._registry)
        self._failures = Counter(
            "steward_failures", "Steps that failed: `model` and `database`.", ["step"], registry=self._registry
        )
        for name in ("model", "database"):
            self._failures.labels(name)
        listen(self._note)

    def text(self) -> bytes:
        """Return all figures as they are now."""
        return generate_latest(self._registry)

    def close(self) -> None:
        """Count no further."""
        stop_listening(self._note)

    def _note(self, step: Step) -> None:
        self._seconds.labels(step.name).observe(step.seconds)
        if step.result:
            self._answers.labels(step.result).inc()
        if isinstance(step.error, FAILURES):
            self._failures.labels(step.name).inc()


class _AppCollector(Collector):
    """Reads what the app holds anyway, when it is asked."""

    def __init__(self, blocks: Blocks, current: Callable[[], Library], follower: Follower | None) -> None:
        self._blocks = blocks
        self._current = current
        self._follower = follower

    def collect(self) -> Iterator[Metric]:
        queue = self._blocks._queue
        running = sum(len(job or ()) for job in queue.active_jobs)
        yield GaugeMetricFamily("steward_requests_waiting", "Questions and other events that wait.", len(queue))
        yield GaugeMetricFamily("steward_requests_running", "Those that are being answered.", running)
        refused = CounterMetricFamily("steward_requests_refused", "Refused as too many.", labels=["reason"])
        for reason, count in sorted(self._blocks.rates.refused.items()):
            refused.add_metric([reason], count)
        yield refused
        responses = CounterMetricFamily("steward_responses", "HTTP responses by status.", labels=["status"])
        for status, count in sorted(self._blocks.traffic.responses.items()):
            responses.add_metric([str(status)], count)
        yield responses
        with suppress(AssistantError):
            generation = self._current().generation
            manifest = generation.manifest
            held = {"generation": manifest.generation, "version": manifest.library_version}
            yield InfoMetricFamily("steward_library", "The index that answers.", held)
            if self._follower:
                newest = not self._follower.problem(manifest.generation)
                yield GaugeMetricFamily("steward_library_newest", "1 if it is the one that is published.", newest)
            if manifest.vectors == "server":
                answers = not generation.vectors_problem()
                yield GaugeMetricFamily("steward_vectors_answer", "1 if the Chroma server answers.", answers)


def metrics_route(metrics: Metrics, networks: Sequence[IPv4Network | IPv6Network]) -> Route:
    """Return the route; to others than ``networks`` there is no such page.

    A proxy that is not named in the settings makes every client look like this machine: what comes through it is not
    answered either.
    """

    def answer(request: Request) -> Response:
        address = address_of(request.client.host) if request.client else None
        known = address is not None and any(address in network for network in networks)
        if not known or UNKNOWN_PROXY in request.scope:
            return PlainTextResponse(NOT_FOUND, 404)
        headers = {"Cache-Control": "no-store"}
        return Response(metrics.text(), headers=headers, media_type=CONTENT_TYPE_PLAIN_1_0_0)

    return Route("/metrics", answer)
