"""What one operation did: its statements and the time of each stage.

A `Trace` is filled while the operation runs, from the event loop and from the sources' threads, and is
handed to observers when it is over. Times are milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import TypedDict


@dataclass(slots=True)
class StatementEvent:
    """One statement sent to a source. `ms` includes fetching its rows; `error` is None or a code."""

    source: str
    sql: str
    ms: float
    rows: int
    error: str | None = None


class SourceSummary(TypedDict):
    """Totals of one source in one operation."""

    statements: int
    ms: float
    rows: int


@dataclass(slots=True)
class Trace:
    """The record of one operation; `stages` maps a stage's name to its ms, in the order of first entry.

    `notes` say which directions were taken beyond the plan's first one.
    """

    operation_name: str | None = None
    kind: str = "query"
    statements: list[StatementEvent] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    errors: int = 0
    notes: list[str] = field(default_factory=list)

    def stage(self, name: str) -> "Stage":
        """`with trace.stage("plan"):` adds the block's time to that stage."""
        return Stage(self.stages, name)

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

    __slots__ = ("_name", "_stages", "_started")

    def __init__(self, stages: dict[str, float], name: str) -> None:
        self._stages = stages
        self._name = name

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        spent = (perf_counter() - self._started) * 1000
        self._stages[self._name] = self._stages.get(self._name, 0.0) + spent


Observer = Callable[[Trace], None]
"""Called with each operation's trace when it is over, on the event loop; must not block."""
