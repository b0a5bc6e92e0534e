"""Running a prepared operation: the only stage that waits for databases.

Nodes of one source that are ready together run in one hop on that source's threads, and go on there with
their children of the same source. A failed node costs its own branch.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError
from gateway.observe import Trace
from gateway.query.join import (
    Counts,
    Failure,
    PageCut,
    Result,
    Row,
    Rows,
    cut_page,
    distinct_keys,
    index_many,
    index_one,
)
from gateway.query.plan.types import Count, Fetch
from gateway.query.prepare import Prepared, Step
from gateway.query.sql.bind import KEYS
from gateway.sources.database import Database
from gateway.sources.sessions import Sessions
from gateway.sources.statement import Reader


@dataclass(slots=True)
class Outcome:
    """What came back, one result per node of the plan."""

    results: list[Result]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an execution runs in: the databases, and the operation's sessions and trace."""

    databases: Mapping[str, Database]
    sessions: Sessions | None
    trace: Trace


async def execute(prepared: Prepared, values: Mapping[str, Any], around: Surroundings) -> Outcome:
    """Run every node of a prepared operation; failures stand in the outcome and are not raised."""
    run = _Run(prepared, values, around)
    await run.go(prepared.roots)
    return Outcome([run.results.get(node.id) or _NOTHING for node in prepared.plan.nodes])


def check_rows(prepared: Prepared, values: Mapping[str, Any], limit: int) -> None:
    """Refuse, before anything runs, pages whose product could bring more than `limit` rows."""
    rows: list[int] = []
    total = 0
    for step in prepared.steps:
        node = step.node
        above = rows[node.join.parent] if node.join is not None else 1
        size = values[step.size] if step.size is not None else 1
        if isinstance(node, Fetch) and step.ids is not None:
            size = len(values[step.ids])
        rows.append(above * size)
        total += above * size if isinstance(node, Fetch) else 0
    if total > limit:
        raise BudgetExceeded(
            f"The pages asked for could hold {total} rows; the budget rows_max is {limit}.",
            hint="Ask for smaller pages with `first`, above all in nested lists.",
        )


_NOTHING: Result = Rows([])


@dataclass(slots=True)
class _Run:
    prepared: Prepared
    values: Mapping[str, Any]
    around: Surroundings
    results: dict[int, Result] = field(default_factory=dict)

    async def go(self, ready: Sequence[int]) -> None:
        """Run nodes whose parents are done, source by source, then what depends on them."""
        groups: dict[str, list[int]] = {}
        for node in ready:
            groups.setdefault(self.source_of(node), []).append(node)
        if len(groups) == 1:
            ((source, nodes),) = groups.items()
            await self.hop(source, nodes)
        elif groups:
            await asyncio.gather(*(self.hop(source, nodes) for source, nodes in groups.items()))

    async def hop(self, source: str, nodes: Sequence[int]) -> None:
        """One visit to a source's threads, and then the remote children of what it brought."""
        visit = _Visit(self.prepared, self.values, self.results, source)
        database = self.around.databases[source]
        try:
            if visit.has_work(nodes):
                await database.run(
                    lambda reader: visit.work(reader, nodes), self.around.sessions, self.around.trace
                )
            else:
                visit.skip(nodes)
        except GatewayError as error:
            # A visit that ran into its deadline may still be writing: take what is there now.
            done = dict(visit.done)
            self.results.update(done)
            self.fail([node for node in nodes if node not in done], error)
            self.fail([child for child in self.ready(done) if self.source_of(child) == source], error)
        else:
            done = visit.done
            self.results.update(done)
        await self.go([child for child in self.ready(done) if child not in self.results])

    def source_of(self, node: int) -> str:
        return self.prepared.steps[node].node.source

    def ready(self, done: Mapping[int, Result]) -> list[int]:
        """Nodes that can run now: children of what is done, unless it failed or they are done too."""
        return [
            child
            for node, result in done.items()
            if not isinstance(result, Failure)
            for child in self.prepared.children[node]
            if child not in done
        ]

    def fail(self, nodes: Iterable[int], error: GatewayError) -> None:
        self.results.update({node: Failure(error) for node in nodes})


@dataclass(slots=True)
class _Visit:
    """The work of one hop, on a thread of the source. Results of earlier hops are only read."""

    prepared: Prepared
    values: Mapping[str, Any]
    before: Mapping[int, Result]
    source: str
    done: dict[int, Result] = field(default_factory=dict)

    def parent_rows(self, step: Step) -> list[Row]:
        assert step.node.join is not None
        parent = step.node.join.parent
        result = self.done.get(parent) or self.before.get(parent)
        return result.rows if isinstance(result, Rows) else []

    def keys(self, step: Step) -> list[Any]:
        assert step.keys is not None
        return distinct_keys(self.parent_rows(step), step.keys, step.composite)

    def has_work(self, nodes: Sequence[int]) -> bool:
        """Whether any node needs its database: without keys there is nothing to ask."""
        for node in nodes:
            step = self.prepared.steps[node]
            if step.keys is None:
                if step.ids is None or self.values[step.ids]:
                    return True
            elif self.keys(step):
                return True
        return False

    def skip(self, nodes: Sequence[int]) -> None:
        for node in nodes:
            self.done[node] = self.index(self.prepared.steps[node], [])

    def work(self, reader: Reader, nodes: Sequence[int]) -> None:
        waiting = list(nodes)
        gone: GatewayError | None = None
        while waiting:
            node = waiting.pop(0)
            step = self.prepared.steps[node]
            try:
                if gone is not None:
                    raise gone
                self.done[node] = self.run(reader, step)
            except GatewayError as error:
                self.done[node] = Failure(error)
                gone = error if error.retryable else None
                continue
            waiting.extend(
                child
                for child in self.prepared.children[node]
                if self.prepared.steps[child].node.source == self.source
            )

    def run(self, reader: Reader, step: Step) -> Result:
        if step.keys is None:
            if step.ids is not None and not self.values[step.ids]:
                return self.index(step, [])
            return self.index(step, reader.rows(step.statement, self.values))
        keys = self.keys(step)
        rows: list[Row] = []
        for start in range(0, len(keys), step.chunk):
            chunk = keys[start : start + step.chunk]
            rows += reader.rows(step.statement, {**self.values, **_key_values(chunk, step.composite)})
        return self.index(step, rows)

    def index(self, step: Step, rows: list[Row]) -> Result:
        node = step.node
        if isinstance(node, Count):
            if step.key is None:
                return Counts({(): rows[0][0]} if rows else {})
            return Counts({step.key(row): row[-1] for row in rows})
        cut = PageCut(self.values[step.size] if step.size else 0, step.peek, step.backward)
        if step.key is None:
            return cut_page(rows, cut) if step.size else Rows(rows)
        if node.join is not None and node.join.many:
            return index_many(rows, step.key, cut)
        return index_one(rows, step.key)


def _key_values(keys: list[Any], composite: bool) -> dict[str, Any]:
    values: dict[str, Any] = {KEYS: keys}
    if composite:
        values |= {f"{KEYS}{part}": list(column) for part, column in enumerate(zip(*keys, strict=True))}
    return values
