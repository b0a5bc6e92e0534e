"""Metrics, traces and ids in the log, from a real server asked over HTTP."""

import asyncio
import gzip
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from gateway.http.metrics import NAMES, Metrics
from gateway.observe import Finished, Trace
from tests.process import free_port, serving

QUERY = "query Some { orders(first: 2) { nodes { number customer { name } } } }"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SECONDS = 10.0


def asked(url: str, query: str = QUERY, **headers: str) -> httpx.Response:
    return httpx.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=SECONDS)


def scraped(url: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """(name, labels) → value of every sample."""
    text = httpx.get(f"{url}/metrics", timeout=SECONDS).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: dict[Any, float], metric: str, /, **labels: str) -> float:
    return samples.get((metric, frozenset(labels.items())), 0.0)


@pytest.fixture(scope="module")
def counting(demo_server: str, demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the demo's databases that counts."""
    log = tmp_path_factory.mktemp("log") / "counting.log"
    arguments = ["demo", "--data", str(demo_data)]
    with serving(arguments, free_port(), log, GATEWAY_METRICS="true") as url:
        yield url


def test_without_the_setting_there_are_no_metrics(demo_server: str) -> None:
    assert httpx.get(f"{demo_server}/metrics", timeout=60).status_code == 404


def test_operations_statements_and_caches_are_counted(counting: str) -> None:
    before = scraped(counting)
    for _ in range(3):
        assert "errors" not in asked(counting).json()
    asked(counting, "query Wrong { nothing }")
    asked(counting, "query Far { orders(first: 2, after: $x) { nodes { number } } }")
    after = scraped(counting)

    def grew(metric: str, /, **labels: str) -> float:
        return value(after, metric, **labels) - value(before, metric, **labels)

    assert grew("gateway_operations_total", name="Some", kind="query", outcome="ok") == 3
    assert grew("gateway_operations_total", name="Wrong", kind="query", outcome="refused") == 1
    assert grew("gateway_operation_seconds_count", kind="query") == 5
    for source in ("crm", "sales"):
        assert grew("gateway_statement_seconds_count", source=source, outcome="ok") == 3
        assert value(after, "gateway_source_up", source=source) == 1
    assert grew("gateway_rows_total", source="sales") >= 6
    assert grew("gateway_cache_hits_total", cache="plan") == 2
    assert grew("gateway_cache_misses_total", cache="plan") == 1
    assert value(after, "gateway_cache_entries", cache="document") >= 3


def test_names_from_clients_do_not_make_series_without_end() -> None:
    counted = Metrics({}, dict)
    for number in range(NAMES + 20):
        counted.observe(Finished(Trace(f"Flood{number}", entered={"execute": 0.0}), 200, 0.0, 1.0, {}))
    scope = {"type": "http", "headers": []}
    text = bytes(asyncio.run(counted.respond(Request(scope))).body).decode()
    names = re.findall(r'gateway_operations_total\{.*name="([^"]*)"', text)
    assert len(names) == NAMES + 1
    assert 'name="…",outcome="ok"} 20.0' in text


def test_processes_of_one_server_count_together(demo_server: str, demo_data: Path, tmp_path: Path) -> None:
    urls = {
        f"GATEWAY_SOURCES__{name.upper()}__URL": f"sqlite:///{demo_data / name}.sqlite3"
        for name in ("crm", "sales", "shop")
    }
    with serving(
        ["serve", "--workers", "2"], free_port(), tmp_path / "log", GATEWAY_METRICS="true", **urls
    ) as url:
        for _ in range(20):  # each over a connection of its own, so that both processes get some
            asked(url)
        counts = {
            value(scraped(url), "gateway_operations_total", name="Some", kind="query", outcome="ok")
            for _ in range(6)
        }
    assert counts == {20.0}


class _Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP and keeps the spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.spans: list[Span] = []

    def wait_for(self, count: int) -> list[Span]:
        deadline = time.monotonic() + SECONDS
        while len(self.spans) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(self.spans)


class _Taking(BaseHTTPRequestHandler):
    server: _Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def collector() -> Iterator[_Collector]:
    with _Collector() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def traced(
    demo_server: str, demo_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Span], str]]:
    """The spans of one operation, and the server's log."""
    log = tmp_path_factory.mktemp("log") / "traced.log"
    with collector() as collected:
        environment = {
            "GATEWAY_TRACING": "true",
            "GATEWAY_LOG_FORMAT": "json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collected.server_address[1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        with serving(["demo", "--data", str(demo_data)], free_port(), log, **environment) as url:
            asked(url, traceparent=f"00-{TRACE}-{PARENT}-01", **{"x-request-id": "order-page-7"})
            spans = collected.wait_for(9)
    return spans, log.read_text("utf-8")


def attributes(span: Span) -> dict[str, Any]:
    return {
        pair.key: pair.value.string_value or pair.value.int_value or pair.value.double_value
        for pair in span.attributes
    }


def test_an_operation_is_a_span_of_its_callers_trace(traced: tuple[list[Span], str]) -> None:
    (operation,) = [span for span in traced[0] if span.kind == Span.SPAN_KIND_SERVER]
    assert operation.trace_id.hex() == TRACE
    assert operation.parent_span_id.hex() == PARENT
    assert attributes(operation) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Some",
        "http.response.status_code": 200,
    }


def test_stages_and_statements_are_spans_below_it_and_lie_within_it(traced: tuple[list[Span], str]) -> None:
    spans = traced[0]
    (operation,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    stages = [span for span in spans if span.parent_span_id == operation.span_id]
    assert [span.name for span in stages] == ["document", "variables", "plan", "values", "execute", "shape"]
    (execute,) = [span for span in stages if span.name == "execute"]
    statements = [span for span in spans if span.parent_span_id == execute.span_id]
    assert [span.name for span in statements] == ["SELECT sales", "SELECT crm"]
    for span in (*stages, *statements):
        assert operation.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= operation.end_time_unix_nano
    first = attributes(statements[0])
    assert first["db.system.name"] == "sqlite"
    assert first["db.query.text"].startswith("SELECT")
    assert first["db.response.returned_rows"] == 2


def test_the_log_line_names_the_request_and_its_trace(traced: tuple[list[Span], str]) -> None:
    lines = [json.loads(line) for line in traced[1].splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "operation"]
    assert (line["request"], line["trace"]) == ("order-page-7", TRACE)
    assert list(line["sources"]) == ["sales", "crm"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", line["timestamp"])


def test_packages_that_are_missing_are_named_at_start() -> None:
    program = """
import sys
sys.modules["prometheus_client"] = None
from gateway import Settings
from gateway.demo.graph import demo
demo(Settings(metrics=True)).app()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ConfigurationError" in done.stderr
    assert 'pip install "graph-gateway[telemetry]"' in done.stderr
