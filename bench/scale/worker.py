"""`python -m bench.scale.worker CASE`: one case by the gateway, in a process of its own, measured as JSON.

A process per case, so that its peak of memory is the case's alone.
"""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from graphql import GraphQLObjectType

from bench.processes import forget_peak, memory
from bench.scale.cases import CASES, Case
from bench.scale.load import Urls, urls_of
from bench.scale.models import LINKS, MODELS
from bench.scale.rows import FULL, SMALL, Scale
from gateway import Context, Gateway, Settings, Source
from gateway.observe import Trace
from gateway.schema.answer import Asked
from gateway.sources.statement import Reader, Statement

WARM_RUNS = 3
_WARM_UP = """{
  customers(first: 1) { nodes { id } } orders(first: 1) { nodes { id } } products(first: 1) { nodes { id } }
}"""
_COLUMN = re.compile(r"_of_\d+_(\d+)$")


@dataclass
class Measured:
    """What one case cost the gateway. Times are milliseconds, `peak` bytes above the idle process.

    `answer`: ids in order, one count, or groups; None when the schema cannot be asked. `rows`: what each
    source sent, `sent`: keys and ranks that went to each.
    """

    case: str
    answer: list[Any] | None = None
    errors: list[str] = field(default_factory=list)
    cold_ms: float = 0.0
    ms: float = 0.0
    peak: int = 0
    statements: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    slowest: list[dict[str, Any]] = field(default_factory=list)


def count_sent(counts: dict[str, int]) -> None:
    """From now on, add what travels with every statement to its source's count."""
    original = Reader.rows

    def rows(self: Reader, statement: Statement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        counts[self._source] = counts.get(self._source, 0) + _elements(statement, values)
        return original(self, statement, values)

    Reader.rows = rows  # type: ignore[method-assign]


def _elements(statement: Statement, values: Mapping[str, Any]) -> int:
    """Keys and ranked rows that travel with a statement; an array per column counts once."""
    found = 0
    for name in {bind.name for bind in statement.binds}:
        column = _COLUMN.search(name)
        if isinstance(values[name], list | tuple) and (column is None or column[1] == "0"):
            found += len(values[name]) if any(element is not None for element in values[name][:1]) else 0
    return found


def graph(urls: Urls) -> Gateway:
    """The gateway over the three databases, with default settings."""
    sources = [Source.from_models(name, urls[name], models=base) for name, base in MODELS.items()]
    return Gateway(sources, LINKS, settings=Settings())


def can_ask(gateway: Gateway, case: Case) -> bool:
    """Whether the graph has what the question needs."""
    connection = gateway.schema.core.type_map["OrderConnection"]
    assert isinstance(connection, GraphQLObjectType)
    return case.member is None or case.member in connection.fields


async def measure(case: Case, scale: Scale) -> Measured:
    """Ask once cold, then `WARM_RUNS` times."""
    measured = Measured(case.name)
    gateway = graph(urls_of(scale))
    if not can_ask(gateway, case):
        return measured
    sent: dict[str, int] = {}
    count_sent(sent)
    try:
        await gateway.execute(_WARM_UP)
        variables = await _variables(gateway, case)
        idle, _ = memory(os.getpid())
        forget_peak(os.getpid())
        times = []
        for _ in range(1 + WARM_RUNS):
            sent.clear()
            began = time.perf_counter()
            trace, answer = await _ask(gateway, case, variables)
            times.append((time.perf_counter() - began) * 1000)
            if answer.get("errors"):
                break
    finally:
        await gateway.close()
    measured.peak = max(memory(os.getpid())[1] - idle, 0)
    measured.cold_ms, measured.ms = times[0], median(times[1:] or times)
    measured.errors = [
        f"{error['extensions']['code']}: {error['message']}" for error in answer.get("errors", [])
    ]
    measured.answer = _flat(answer["data"]) if not measured.errors else None
    measured.sent = {source: count for source, count in sent.items() if count}
    _describe(measured, trace)
    return measured


async def _ask(gateway: Gateway, case: Case, variables: Mapping[str, Any]) -> tuple[Trace, dict[str, Any]]:
    context = Context(gateway.databases)
    try:
        answer = await gateway.schema.answer(Asked(case.document, variables), context)
    finally:
        await context.close()
    return context.trace, answer.payload()


async def _variables(gateway: Gateway, case: Case) -> dict[str, Any]:
    """The case's variables with the cursor of the page before the measured one."""
    variables = dict(case.variables)
    for _ in range(case.page - 1):
        _, answer = await _ask(gateway, case, variables)
        (connection,) = (answer.get("data") or {"": None}).values()
        if connection is not None:
            variables["after"] = connection["pageInfo"]["endCursor"]
    return variables


def _flat(answer: dict[str, Any]) -> list[Any]:
    """The answer in the form of the SQL statement's: ids, one count, or groups."""
    (connection,) = answer.values()
    if "nodes" in connection:
        return [[node["rowId"]] for node in connection["nodes"]]
    if "totalCount" in connection:
        return [[connection["totalCount"]]]
    found = []
    for group in connection["groups"]:
        key, numbers = group["key"], group["aggregate"]
        country = ((key["customer"] or {}).get("field") or {}).get("country")
        found.append([country, key["date"]["placedAt"], numbers["count"], numbers["sum"]["total"]])
    return found


def _describe(measured: Measured, trace: Trace) -> None:
    measured.statements = len(trace.statements)
    measured.rows = {source: total["rows"] for source, total in trace.summary().items()}
    measured.notes = trace.notes
    slowest = sorted(trace.statements, key=lambda event: -event.ms)[:5]
    measured.slowest = [
        {"source": event.source, "ms": round(event.ms, 1), "rows": event.rows, "sql": event.sql[:2_000]}
        for event in slowest
    ]


def main() -> None:
    scale = SMALL if "--small" in sys.argv else FULL
    print(json.dumps(asdict(asyncio.run(measure(CASES[sys.argv[1]], scale)))))


if __name__ == "__main__":
    main()
