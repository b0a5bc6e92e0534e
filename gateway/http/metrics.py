"""Prometheus metrics of a gateway, from what its operations and sources report about themselves.

Needs the extra `telemetry`. Names of operations come from clients, so only the first `NAMES` of them have
series of their own; the rest are counted together as `…`, and operations without a name as "".
"""

import os
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from gateway.http.telemetry import SHARED, Caches
from gateway.observe import Finished
from gateway.sources.database import Database

PATH = "/metrics"
NAMES = 200
OTHER = "…"

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts operations; `respond` answers a scrape."""

    def __init__(self, databases: Mapping[str, Database], caches: Caches) -> None:
        self._registry = registry = CollectorRegistry()
        self._names: set[str] = set()
        self._operations = Counter(
            "gateway_operations",
            "Operations, by the client's name for them and how they ended.",
            ("name", "kind", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "gateway_operation_seconds", "Time to answer.", ("kind",), buckets=SECONDS, registry=registry
        )
        self._stages = Counter(
            "gateway_stage_seconds", "Time spent in each stage.", ("stage",), registry=registry
        )
        self._statements = Histogram(
            "gateway_statement_seconds",
            "Time of statements, their rows included.",
            ("source", "outcome"),
            buckets=SECONDS,
            registry=registry,
        )
        self._rows = Counter("gateway_rows", "Rows fetched.", ("source",), registry=registry)
        self._directions = Counter(
            "gateway_directions", "Lists that took another way than their plan's first.", registry=registry
        )
        self._states = _States(databases, caches)
        registry.register(self._states)

    def observe(self, done: Finished) -> None:
        """Count one operation; an `Observer`."""
        trace = done.trace
        if trace is None:
            self._operations.labels("", "none", "refused").inc()
            return
        self._operations.labels(self._name(trace.operation_name), trace.kind, _outcome(done)).inc()
        self._seconds.labels(trace.kind).observe(done.ms / 1000)
        for stage, ms in trace.stages.items():
            self._stages.labels(stage).inc(ms / 1000)
        for event in tuple(trace.statements):
            self._statements.labels(event.source, event.error or "ok").observe(event.ms / 1000)
            self._rows.labels(event.source).inc(event.rows)
        if trace.notes:
            self._directions.inc(len(trace.notes))

    async def respond(self, request: Request) -> Response:
        """The metrics in the format a scraper accepts: of all processes when they share a folder."""
        encode, media = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._shown()), media_type=media)

    def _shown(self) -> CollectorRegistry:
        if SHARED not in os.environ:
            return self._registry
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        shared.register(self._states)
        return shared

    def _name(self, name: str | None) -> str:
        if not name or name in self._names:
            return name or ""
        if len(self._names) >= NAMES:
            return OTHER
        self._names.add(name)
        return name


class _States(Collector):
    """What is true at the moment of a scrape: the sources' states, and the caches."""

    def __init__(self, databases: Mapping[str, Database], caches: Caches) -> None:
        self._databases = databases
        self._caches = caches

    def collect(self) -> Iterable[Metric]:
        yield from self._sources()
        yield from self._cached()

    def _sources(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("gateway_source_up", "1 unless operations are refused.", labels=["source"])
        waiting = GaugeMetricFamily("gateway_source_waiting", "Trips no thread has begun.", labels=["source"])
        stuck = GaugeMetricFamily("gateway_source_stuck", "Threads that hang.", labels=["source"])
        for name, database in self._databases.items():
            state = database.state()
            up.add_metric([name], float(state["status"] != "down"))
            waiting.add_metric([name], state["waiting"])
            stuck.add_metric([name], state["stuck"])
        yield from (up, waiting, stuck)

    def _cached(self) -> Iterator[Metric]:
        size = GaugeMetricFamily("gateway_cache_entries", "Entries kept.", labels=["cache"])
        memory = GaugeMetricFamily("gateway_cache_bytes", "Their memory, as estimated.", labels=["cache"])
        hits = CounterMetricFamily("gateway_cache_hits", "Found in the cache.", labels=["cache"])
        misses = CounterMetricFamily("gateway_cache_misses", "Not found, and made.", labels=["cache"])
        for name, found in self._caches().items():
            size.add_metric([name], found.entries)
            memory.add_metric([name], found.bytes)
            hits.add_metric([name], found.hits)
            misses.add_metric([name], found.misses)
        yield from (size, memory, hits, misses)


def _outcome(done: Finished) -> str:
    """How it ended: `partial` is an answer with errors, `refused` none for a fault of the client's."""
    if done.status == 499:
        return "left"
    if done.status >= 500:
        return "failed"
    if done.trace is not None and not done.trace.errors:
        return "ok"
    executed = done.trace is not None and "execute" in done.trace.stages
    return "partial" if executed else "refused"
