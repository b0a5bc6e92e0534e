"""Running a prepared operation: the only stage that waits for databases.

Nodes of one source that are ready together run in one hop on that source's threads, and go on there with
their children of the same source. A failed node costs its own branch.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError
from gateway.observe import Trace
from gateway.query.directions import Directions
from gateway.query.join import Failure, Over, Result, Row, Rows
from gateway.query.plan.types import Fetch, Keys, Ranks
from gateway.query.prepare import Prepared
from gateway.query.step import Step
from gateway.query.visit import LOST, Values, Visit
from gateway.sources.database import Database
from gateway.sources.sessions import Sessions
from gateway.sources.statement import Reader, Statement


@dataclass(slots=True)
class Outcome:
    """What came back, one result per node of the plan."""

    results: list[Result]


@dataclass(slots=True)
class Surroundings:
    """What an execution runs in: the databases, the operation's sessions and trace, and its budgets.

    A page walks `walk_max` rows at most. Other directions end when `statements_max` statements were sent.
    """

    databases: Mapping[str, Database]
    sessions: Sessions | None
    trace: Trace
    walk_max: int
    statements_max: int


async def execute(prepared: Prepared, values: Mapping[str, Any], around: Surroundings) -> Outcome:
    """Run every node of a prepared operation; failures stand in the outcome and are not raised."""
    run = _Run(prepared, values, around, walk_max=around.walk_max)
    await run.go(prepared.first)
    return Outcome([run.results.get(node.id, _NOT_RUN) for node in prepared.plan.nodes])


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
        total += above * size if isinstance(node, Fetch) or step.size is not None else 0
    if total > limit:
        raise BudgetExceeded(
            f"The pages asked for could hold {total} rows; the budget rows_max is {limit}.",
            hint="Ask for smaller pages with `first`, above all in nested lists.",
        )


_NOT_RUN: Result = Rows([])


@dataclass(slots=True)
class _Trip:
    """The visits of one thread, one after another; `nodes` are those the last one began with."""

    visits: list[Visit]
    nodes: Sequence[int]


@dataclass(slots=True)
class _Run:
    prepared: Prepared
    values: Values
    around: Surroundings
    walk_max: int
    results: dict[int, Result] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    wanted: set[int] = field(default_factory=set)
    under_way: int = 0

    async def go(self, ready: Sequence[int]) -> None:
        """Run nodes whose inputs are there, source by source, then what depends on them."""
        if not ready:
            return
        self.started.update(ready)
        directed = [node for node in ready if self.takes_direction(node)]
        plain = [node for node in ready if node not in directed] if directed else ready
        tasks: list[Coroutine[Any, Any, None]] = [self.direct(node) for node in directed]
        tasks += [self.hop(source, nodes) for source, nodes in self.by_source(plain).items()]
        self.under_way += len(tasks)
        if len(tasks) == 1:
            await tasks[0]
        else:
            await asyncio.gather(*tasks)

    async def hop(self, source: str, nodes: Sequence[int]) -> None:
        """One visit to a source's threads, and then what can run on other sources with what it brought."""
        visit = Visit(self.prepared, self.values, self.results, source)
        trip = _Trip([visit], nodes)
        done: dict[int, Result] = {}
        try:
            if visit.has_work(nodes):
                await self.around.databases[source].run(
                    lambda reader: visit.work(reader, nodes),
                    self.around.sessions,
                    self.around.trace,
                    lambda: self.onward(trip),
                )
            else:
                visit.skip(nodes)
        except GatewayError as error:
            # A visit that ran into its deadline may still be writing: take what is there now.
            last = trip.visits[-1]
            done = dict(last.done)
            lost = [node for node in (*trip.nodes, *last.begun) if node not in done]
            done |= {node: Failure(error) for node in lost}
        for one in trip.visits:
            done |= {node: found for node, found in one.done.items() if node not in done}
        self.under_way -= 1
        self.started.update(done)
        self.results.update(done)
        await self.go(self.ready(list(done)))

    def onward(self, trip: "_Trip") -> tuple[Database, Callable[[Reader], None]] | None:
        """In the thread of a visit that is done: the source that it should visit next, and the visit.

        None when several are better visited at the same time, and when anything is out of the ordinary.
        Changes nothing that others see: the event loop may have given the visit up.
        """
        if self.under_way > 1 or not self.leads_on(trip):
            return None
        last = trip.visits[-1]
        results = {**last.before, **last.done}
        started = {*self.started, *results}
        ahead = _Run(self.prepared, self.values, self.around, self.walk_max, results, started)
        ready = ahead.ready([node for visit in trip.visits for node in visit.done])
        if not ready or any(ahead.takes_direction(node) for node in ready):
            return None
        source, nodes = self.next_of(ready)
        visit = Visit(self.prepared, self.values, results, source)
        if not nodes or not visit.has_work(nodes):
            return None

        def work(reader: Reader) -> None:
            trip.visits.append(visit)
            trip.nodes = nodes
            visit.work(reader, nodes)

        return self.around.databases[source], work

    def leads_on(self, trip: "_Trip") -> bool:
        """Whether anything may follow what a thread visited: nothing failed, and children are left."""
        done = [node for visit in trip.visits for node in visit.done]
        children = self.prepared.children
        left = [child for node in done for child in children[node] if child not in done]
        return bool(left) and not any(isinstance(one, LOST) for one in trip.visits[-1].done.values())

    def next_of(self, ready: Sequence[int]) -> tuple[str, list[int]]:
        """The source to visit first, by one thread that visits all; no nodes when several take their time."""
        groups = self.by_source(ready)
        longer = [source for source, nodes in groups.items() if not self.prepared.is_brief(nodes)]
        if len(longer) > 1:
            return longer[0], []
        source = next((source for source in groups if source not in longer), "") or longer[0]
        return source, groups[source]

    def by_source(self, nodes: Sequence[int]) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for node in nodes:
            groups.setdefault(self.prepared.steps[node].node.source, []).append(node)
        return groups

    def ready(self, done: list[int]) -> list[int]:
        """The nodes that wait for nothing any more. Those with a failed input fail here, and theirs too."""
        found: list[int] = []
        while done:
            for child in self.prepared.children[done.pop()]:
                if child in self.started or child in found or not self.is_due(child):
                    continue
                lost = self.lost_input(child)
                if lost is None:
                    found.append(child)
                else:
                    self.results[child] = lost
                    self.started.add(child)
                    done.append(child)
        return found

    def is_due(self, node: int) -> bool:
        """Whether a node has to run and has what it needs."""
        deferred = self.prepared.plan.deferred
        if node in deferred and node not in self.wanted:
            return False
        missing = [one for one in self.prepared.inputs[node] if one not in self.results]
        return not missing or (
            node not in deferred and all(one in deferred and one not in self.wanted for one in missing)
        )

    def lost_input(self, node: int) -> Failure | Over | None:
        """What became of a node one of whose inputs is not to be had, unless another direction may help."""
        step = self.prepared.steps[node]
        for one in self.prepared.inputs[node]:
            found = self.results.get(one)
            if isinstance(found, Failure):
                return found
            if isinstance(found, Over) and one not in step.helped:
                return Over(found.error) if isinstance(step.node, Keys | Ranks) else Failure(found.error)
        return None

    # Other directions

    def takes_direction(self, node: int) -> bool:
        if self.prepared.steps[node].only_ranked is not None:
            return True
        inputs, results = self.prepared.inputs[node], self.results
        return bool(inputs) and any(isinstance(results.get(one), Over) for one in inputs)

    async def direct(self, node: int) -> None:
        try:
            self.results[node] = await Directions(self, self.prepared.steps[node]).take()
        except BudgetExceeded as error:
            listed = isinstance(self.prepared.steps[node].node, Keys | Ranks)
            self.results[node] = Over(error) if listed else Failure(error)
        except GatewayError as error:
            self.results[node] = Failure(error)
        self.under_way -= 1
        await self.go(self.ready([node]))

    async def ensure(self, node: int) -> Result:
        """The result of a deferred node, which runs now with the deferred nodes it needs."""
        if node not in self.results:
            needed = self.behind(node)
            self.wanted.update(needed)
            due = []
            for one in filter(self.is_due, needed):
                lost = self.lost_input(one)
                if lost is None:
                    due.append(one)
                else:
                    self.results[one] = lost
                    self.started.add(one)
            await self.go(due)
        return self.results[node]

    def behind(self, node: int) -> list[int]:
        """A node and its inputs, all the way down, as far as they have not run."""
        if node in self.results:
            return []
        inputs = [below for one in self.prepared.inputs[node] for below in self.behind(one)]
        return list(dict.fromkeys([*inputs, node]))

    def spend(self, source: str) -> None:
        """Refuse one more statement of another direction, which may take any number of them."""
        sent, most = self.around.trace.summary(), self.around.statements_max
        if sum(each["statements"] for each in sent.values()) >= most:
            spent = ", ".join(f"{each['statements']} on {name!r}" for name, each in sent.items())
            raise BudgetExceeded(
                f"{most} statements were sent and the answer is not complete ({spent}); "
                "that is the budget statements_max.",
                hint="Narrow the conditions, or raise the setting keys_max or statements_max.",
                source=source,
            )

    async def run_step(self, step: Step, extra: Values) -> Result:
        self.spend(step.node.source)
        visit = Visit(self.prepared, self.values, self.results, step.node.source)
        return await self.around.databases[step.node.source].run(
            lambda reader: visit.run(reader, step, extra), self.around.sessions, self.around.trace
        )

    async def rows(self, step: Step, statement: Statement, extra: Values) -> list[Row]:
        self.spend(step.node.source)
        visit = Visit(self.prepared, self.values, self.results, step.node.source)
        values = {**self.values, **visit.lists(step, extra), **extra}
        return await self.around.databases[step.node.source].run(
            lambda reader: reader.rows(statement, values), self.around.sessions, self.around.trace
        )

    def note(self, text: str) -> None:
        self.around.trace.notes.append(text)
