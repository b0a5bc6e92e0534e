"""What one operation did: its statements and the time of each stage.

A `Trace` is filled while the operation runs, from the event loop and from the sources' threads, and is
handed to observers when it is over. Durations are milliseconds; moments are those of `perf_counter`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import TypedDict


@dataclass(slots=True)
class StatementEvent:
    """One statement sent to a source, at `started`. `ms` includes fetching its rows; `error` is a code."""

    source: str
    sql: str
    ms: float
    rows: int
    error: str | None = None
    started: float = 0.0


class SourceSummary(TypedDict):
    """Totals of one source in one operation."""

    statements: int
    ms: float
    rows: int


@dataclass(slots=True)
class Trace:
    """The record of one operation; `stages` maps a stage's name to its ms, in the order of first entry.

    `entered` maps it to the moment of that entry. `notes` say which directions were taken beyond the plan's
    first one.
    """

    operation_name: str | None = None
    kind: str = "query"
    statements: list[StatementEvent] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    entered: dict[str, float] = field(default_factory=dict)
    errors: int = 0
    notes: list[str] = field(default_factory=list)

    def stage(self, name: str) -> "Stage":
        """`with trace.stage("plan"):` adds the block's time to that stage."""
        return Stage(self, name)

    def summary(self) -> dict[str, SourceSummary]:
        """Totals per source, in the order of each one's first statement. `ms` adds up parallel statements."""
        totals: dict[str, SourceSummary] = {}
        for event in tuple(self.statements):
            total = totals.setdefault(event.source, {"statements": 0, "ms": 0.0, "rows": 0})
            total["statements"] += 1
            total["ms"] += event.ms
            total["rows"] += event.rows
        return totals


class Stage:
    """A running stage of a trace; a class, since a generator costs three times as much."""

    __slots__ = ("_name", "_started", "_trace")

    def __init__(self, trace: Trace, name: str) -> None:
        self._trace = trace
        self._name = name

    def __enter__(self) -> None:
        self._started = perf_counter()
        self._trace.entered.setdefault(self._name, self._started)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        spent = (perf_counter() - self._started) * 1000
        stages = self._trace.stages
        stages[self._name] = stages.get(self._name, 0.0) + spent


@dataclass(slots=True)
class Finished:
    """One operation that is over. `started` is the moment of its first work, `status` that of HTTP.

    Status 499 says that the client left before the answer. There is no trace when the app's `caller`
    refused the request. `headers` are those that tie it to its caller's own records: `x-request-id`,
    `traceparent` and `tracestate`, as far as they were sent.
    """

    trace: Trace | None
    status: int
    started: float
    ms: float
    headers: Mapping[str, str]


Observer = Callable[[Finished], None]
"""Called with each operation when it is over, on the event loop; must not block."""
