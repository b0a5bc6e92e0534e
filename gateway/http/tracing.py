"""OpenTelemetry traces: a span per operation, and below it one per stage and statement.

Needs the extra `telemetry`. The spans are made when the operation is over, from the moments its trace
noted, so that a gateway that does not sample pays nothing while it answers. They belong to the caller's
trace when the request said so (`traceparent`). Names of attributes are OpenTelemetry's conventions.
"""

import os
from collections.abc import Iterable, Mapping
from time import perf_counter, time_ns
from typing import Any

from opentelemetry import trace as telemetry
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider as Exporting
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.observe import Finished, StatementEvent, Trace
from gateway.sources.database import Database

_CALLERS = TraceContextTextMapPropagator()


class Tracing:
    """Reports operations to a tracer provider, the process's own by default."""

    def __init__(self, databases: Mapping[str, Database], provider: TracerProvider | None = None) -> None:
        self._tracer: Tracer = telemetry.get_tracer("gateway", tracer_provider=provider)
        self._systems = {name: database.features.name for name, database in databases.items()}

    def observe(self, done: Finished) -> None:
        """Report one operation; an `Observer`."""
        clock = _Clock()
        kind = "operation" if done.trace is None else done.trace.kind
        span = self._tracer.start_span(
            kind,
            context=_CALLERS.extract(done.headers),
            kind=SpanKind.SERVER,
            start_time=clock.at(done.started),
        )
        if span.is_recording():
            span.set_attributes({"http.response.status_code": done.status})
            if done.trace is not None:
                self._describe(span, done.trace)
                self._report(span, done.trace, clock)
            if done.status >= 500:
                span.set_status(Status(StatusCode.ERROR))
        span.end(clock.at(done.started + done.ms / 1000))

    def _describe(self, span: Span, trace: Trace) -> None:
        span.set_attribute("graphql.operation.type", trace.kind)
        if trace.operation_name:
            span.set_attribute("graphql.operation.name", trace.operation_name)
        if trace.errors:
            span.set_attribute("gateway.errors", trace.errors)
        for note in trace.notes:
            span.add_event(note)

    def _report(self, span: Span, trace: Trace, clock: "_Clock") -> None:
        below = telemetry.set_span_in_context(span)
        executing = below
        for name, entered in trace.entered.items():
            stage = self._tracer.start_span(name, context=below, start_time=clock.at(entered))
            if name == "execute":
                executing = telemetry.set_span_in_context(stage)
            stage.end(clock.at(entered + trace.stages.get(name, 0.0) / 1000))
        self._report_statements(tuple(trace.statements), executing, clock)

    def _report_statements(self, statements: Iterable[StatementEvent], below: Any, clock: "_Clock") -> None:
        for event in statements:
            verb = event.sql.split(None, 1)[0].upper()
            span = self._tracer.start_span(
                f"{verb} {event.source}",
                context=below,
                kind=SpanKind.CLIENT,
                start_time=clock.at(event.started),
                attributes={
                    "db.system.name": self._systems[event.source],
                    "db.namespace": event.source,
                    "db.operation.name": verb,
                    "db.query.text": event.sql,  # values are never part of it
                    "db.response.returned_rows": event.rows,
                },
            )
            if event.error is not None:
                span.set_attribute("error.type", event.error)
                span.set_status(Status(StatusCode.ERROR))
            span.end(clock.at(event.started + event.ms / 1000))


class _Clock:
    """Turns moments of `perf_counter` into nanoseconds since 1970."""

    def __init__(self) -> None:
        self._offset = time_ns() - int(perf_counter() * 1e9)

    def at(self, moment: float) -> int:
        return self._offset + int(moment * 1e9)


def exporting() -> Exporting:
    """A provider that sends spans over OTLP, where and how the OTEL_… environment variables say."""
    name = os.environ.get("OTEL_SERVICE_NAME", "graph-gateway")
    provider = Exporting(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
