"""Running a prepared operation: the only stage that waits for databases.

Nodes of one source that are ready together run in one hop on that source's threads, and go on there with
their children of the same source. A failed node costs its own branch.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError
from gateway.observe import Trace
from gateway.query.join import (
    Failure,
    KeyList,
    Measures,
    PageCut,
    RankList,
    Result,
    Row,
    Rows,
    cut_page,
    distinct_keys,
    index_many,
    index_one,
)
from gateway.query.plan.types import Aggregate, Fetch, Keys, Ranks
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
    await run.go([node.id for node in prepared.plan.nodes if not prepared.inputs[node.id]])
    return Outcome([run.results[node.id] for node in prepared.plan.nodes])


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


@dataclass(slots=True)
class _Run:
    prepared: Prepared
    values: Mapping[str, Any]
    around: Surroundings
    results: dict[int, Result] = field(default_factory=dict)

    async def go(self, ready: Sequence[int]) -> None:
        """Run nodes whose inputs are there, source by source, then what depends on them."""
        groups: dict[str, list[int]] = {}
        for node in ready:
            groups.setdefault(self.prepared.steps[node].node.source, []).append(node)
        if len(groups) == 1:
            ((source, nodes),) = groups.items()
            await self.hop(source, nodes)
        elif groups:
            await asyncio.gather(*(self.hop(source, nodes) for source, nodes in groups.items()))

    async def hop(self, source: str, nodes: Sequence[int]) -> None:
        """One visit to a source's threads, and then what can run on other sources with what it brought."""
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
            lost = [node for node in (*nodes, *visit.begun) if node not in done]
            done |= {node: Failure(error) for node in lost}
        else:
            done = visit.done
        self.results.update(done)
        await self.go(self.ready(list(done)))

    def ready(self, done: list[int]) -> list[int]:
        """The nodes that wait for nothing any more. Those with a failed input fail here, and theirs too."""
        found: list[int] = []
        while done:
            for child in self.prepared.children[done.pop()]:
                inputs = self.prepared.inputs[child]
                if child in self.results or child in found or not all(one in self.results for one in inputs):
                    continue
                failure = failed_input(inputs, self.results)
                if failure is None:
                    found.append(child)
                else:
                    self.results[child] = failure
                    done.append(child)
        return found


def failed_input(inputs: Sequence[int], results: Mapping[int, Result]) -> Failure | None:
    return next((found for one in inputs if isinstance(found := results[one], Failure)), None)


@dataclass(slots=True)
class _Visit:
    """The work of one hop, on a thread of the source. Results of earlier hops are only read."""

    prepared: Prepared
    values: Mapping[str, Any]
    before: Mapping[int, Result]
    source: str
    done: dict[int, Result] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)

    def result(self, node: int) -> Result | None:
        found = self.done.get(node)
        return found if found is not None else self.before.get(node)

    def parent_rows(self, step: Step) -> list[Row]:
        assert step.node.join is not None
        result = self.result(step.node.join.parent)
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
            self.begun.append(node)
            try:
                if gone is not None:
                    raise gone
                self.done[node] = self.run(reader, self.prepared.steps[node])
            except GatewayError as error:
                self.done[node] = Failure(error)
                gone = error if error.retryable else gone
            else:
                waiting += [child for child in self.prepared.children[node] if self.can_run(child)]

    def can_run(self, node: int) -> bool:
        """Whether a node of this source has all its inputs, so that it can run in this visit."""
        if self.prepared.steps[node].node.source != self.source:
            return False
        found = [self.result(one) for one in self.prepared.inputs[node]]
        return all(result is not None and not isinstance(result, Failure) for result in found)

    def run(self, reader: Reader, step: Step) -> Result:
        values = self.values
        if step.lists or step.ranks:
            values = {**values, **self.lists(step)}
        if step.keys is None:
            if step.ids is not None and not values[step.ids]:
                return self.index(step, [])
            return self.index(step, reader.rows(step.statement, values))
        keys = self.keys(step)
        rows: list[Row] = []
        for start in range(0, len(keys), step.chunk):
            chunk = keys[start : start + step.chunk]
            rows += reader.rows(step.statement, {**values, **_list(KEYS, chunk, step.composite)})
        return self.index(step, rows)

    def ranks(self, step: Step, node: Ranks, rows: list[Row]) -> RankList:
        _refuse_over_budget(node, rows)
        assert step.key is not None
        width = len(node.key)
        key = step.key if width > 1 else lambda row, one=step.key: (one(row),)
        sent = [(*key(row), *row[width + 1 :]) for row in rows]
        if node.sorted.ranks is not None:
            found = self.result(node.sorted.ranks)
            assert isinstance(found, RankList)
            return RankList(sent, found.values)
        leaf = step.leaf
        if leaf is None:
            return RankList(sent, {row[width + 1]: row[width] for row in rows})
        return RankList(sent, {row[width + 1]: leaf(row[width]) for row in rows})

    def lists(self, step: Step) -> dict[str, Any]:
        """What other nodes found, under the names this step's statement knows it by."""
        values: dict[str, Any] = {}
        for node, name in step.ranks:
            ranked = self.result(node)
            assert isinstance(ranked, RankList)
            values |= _table(name, ranked.rows, step.width_of(node))
        for node, name in step.lists:
            found = self.result(node)
            assert isinstance(found, KeyList)
            values |= _list(name, found.keys, found.composite)
        return values

    def index(self, step: Step, rows: list[Row]) -> Result:
        node = step.node
        if isinstance(node, Keys):
            return _key_list(step, node, rows)
        if isinstance(node, Ranks):
            return self.ranks(step, node, rows)
        if isinstance(node, Aggregate):
            if step.key is None:
                return Measures({(): rows[0]} if rows else {})
            width = len(node.join.key) if node.join is not None else 0
            return Measures({step.key(row): row[width:] for row in rows})
        cut = PageCut(self.values[step.size] if step.size else 0, step.peek, step.backward)
        if step.key is None:
            return cut_page(rows, cut) if step.size else Rows(rows)
        if node.join is not None and node.join.many:
            return index_many(rows, step.key, cut)
        return index_one(rows, step.key)


def _key_list(step: Step, node: Keys, rows: list[Row]) -> KeyList:
    _refuse_over_budget(node, rows)
    assert step.key is not None
    keys = [step.key(row) for row in rows]
    if node.join is not None:
        keys = list(dict.fromkeys(keys))  # parents may have come in several chunks
    return KeyList(keys, composite=len(node.key) > 1)


def _refuse_over_budget(node: Keys | Ranks, rows: list[Row]) -> None:
    if len(rows) > node.limit:
        raise BudgetExceeded(
            f"For {node.purpose}, more than {node.limit} keys of {node.source!r} are needed; "
            "that is the budget keys_max.",
            hint="Narrow the condition or the list, or raise the setting keys_max.",
        )


def _table(name: str, rows: list[Row], width: int) -> dict[str, Any]:
    """Rows to send along: as one list, and column by column for databases that take arrays."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return {name: rows, **{f"{name}_{part}": list(column) for part, column in enumerate(columns)}}


def _list(name: str, keys: list[Any], composite: bool) -> dict[str, Any]:
    """A list of keys as values; composite keys also column by column, for databases that take arrays."""
    if not composite:
        return {name: keys or [None]}  # a statement cannot hold an empty list; NULL equals nothing
    columns = list(zip(*keys, strict=True))
    return {name: keys, **{f"{name}_{part}": list(column) for part, column in enumerate(columns)}}
