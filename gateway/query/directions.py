"""Other directions, taken when sizes measured while running ask for them.

*Narrow*: only the keys that the list's own rows have are looked for in the other source. *Walk*: the rows of
a page are taken in order, a batch at a time, and each batch's keys are looked for, until the page is full.
*Drive*: a page sorted by another source is begun there, with its first rows in that order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.errors import BudgetExceeded
from gateway.query.conditions import All
from gateway.query.join import Failure, KeyList, Over, RankList, Result, Row, Rows, distinct_keys
from gateway.query.plan.types import Drive, Fetch, Keys, Narrowing, Ranks, Walk
from gateway.query.prepare import Prepared, Step
from gateway.query.sql.condition import node_keys
from gateway.query.sql.order import node_ranks
from gateway.query.sql.select import PAGE_KEYS
from gateway.query.visit import Values, Visit, list_values, over_keys, table_values
from gateway.sources.statement import Statement

_SMALLEST = 10
_GROWTH = 5
"""How many times as much the next attempt takes."""


def first_attempt(budget: int) -> int:
    """How much the first attempt takes: enough for most pages, little where the budget is small."""
    return min(max(budget // 100, _SMALLEST), 2_000, budget)


class Runner(Protocol):
    """What a direction needs of the run it belongs to."""

    prepared: Prepared
    values: Values
    results: dict[int, Result]
    walk_max: int

    async def ensure(self, node: int) -> Result: ...
    async def run_step(self, step: Step, extra: Values) -> Result: ...
    async def rows(self, step: Step, statement: Statement, extra: Values) -> list[Row]: ...
    def note(self, text: str) -> None: ...


@dataclass(slots=True)
class Directions:
    """Runs one node in another direction. Raises GatewayError where a source or a budget fails it."""

    run: Runner
    step: Step

    async def take(self) -> Result:
        node = self.step.node
        lists = await self.narrowed()
        if lists is None:
            assert isinstance(node, Fetch)
            assert node.walk is not None
            return await self.walk(node, node.walk)
        if isinstance(node, Fetch) and node.drive is not None:
            return await self.drive(node, node.drive, lists)
        return await self.run.run_step(self.step, lists)

    async def narrowed(self) -> dict[str, Any] | None:
        """The lists of keys for conditions beyond the budget; None when only a walk can tell."""
        lists: dict[str, Any] = {}
        if self.over() and self.walks_everything():
            return None
        for each in self.over():
            found = await self.run.ensure(each.passing)
            if isinstance(found, Over):
                if isinstance(self.step.node, Fetch) and self.step.node.walk is not None:
                    return None
                raise found.error
            if isinstance(found, Failure):
                raise found.error
            assert isinstance(found, KeyList)
            self.run.note(f"node {self.step.node.id}: narrowed node {each.keys} to {len(found.keys)} keys")
            lists |= list_values(node_keys(each.keys), found.keys, found.width)
        return lists

    def walks_everything(self) -> bool:
        """Whether the rows to walk are a whole table's, whose own keys would be no shorter list."""
        node = self.step.node
        if not isinstance(node, Fetch) or node.walk is None:
            return False
        relaxed = self.run.prepared.plan.nodes[node.walk.batch].condition
        return relaxed is None or relaxed == All(())

    def over(self) -> list[Narrowing]:
        node = self.step.node
        narrowings = getattr(node, "narrowings", ())
        return [each for each in narrowings if isinstance(self.run.results[each.keys], Over)]

    # Walking

    async def walk(self, node: Fetch, walk: Walk) -> Result:
        batch = self.run.prepared.steps[walk.batch]
        wanted = self.wanted() + self.offset()
        found: list[Row] = []
        seen: set[Any] = set()
        limit = first_attempt(self.run.walk_max)
        while True:
            rows = await self.run.rows(batch, batch.statement, {str(batch.limit): limit})
            fresh = [row for row in rows if self.step.page_key(row) not in seen]
            seen.update(map(self.step.page_key, fresh))
            lists = await self.passing(node, fresh)
            width = len(node.entity.key)
            for start in range(0, len(fresh), self.step.chunk):
                keys = [self.step.page_key(row) for row in fresh[start : start + self.step.chunk]]
                page = lists | list_values(PAGE_KEYS, keys, width)
                page[str(self.step.limit)] = wanted - len(found)
                found += await self.run.rows(self.step, _given(self.step.within), page)
                if len(found) >= wanted:
                    break
            if len(found) >= wanted or len(rows) < limit:
                break
            if limit >= self.run.walk_max:
                raise self.over_walk()
            limit = min(limit * _GROWTH, self.run.walk_max)
        self.run.note(f"node {node.id}: walked {len(seen)} rows for {len(found[:wanted])}")
        return self.index(found[self.offset() : wanted])

    async def passing(self, node: Fetch, rows: Sequence[Row]) -> dict[str, Any]:
        """For each condition beyond the budget, which keys of a batch pass it."""
        lists: dict[str, Any] = {}
        over = self.over()
        for narrowing, key in zip(node.narrowings, self.step.walk_keys, strict=True):
            if narrowing not in over:
                continue
            width = len(narrowing.attributes)
            keys = distinct_keys(rows, key, width > 1)
            asked = self.run.prepared.steps[narrowing.passing]
            assert isinstance(asked.node, Keys)
            size = min(asked.chunk, asked.node.limit)
            passing: list[Any] = []
            for start in range(0, len(keys), size):
                chunk = list_values(node_keys(narrowing.own), keys[start : start + size], width)
                found = await self.run.run_step(asked, chunk)
                assert isinstance(found, KeyList)
                passing += found.keys
            lists |= list_values(node_keys(narrowing.keys), passing, width)
        return lists

    def over_walk(self) -> BudgetExceeded:
        node = self.step.node
        return BudgetExceeded(
            f"{self.run.walk_max} rows of {node.entity.plural!r} were walked and the page is not full; "
            "that is the budget walk_max.",
            hint="Narrow the condition, sort matching rows to the front, or raise walk_max or keys_max.",
            source=node.source,
        )

    # Driving

    async def drive(self, node: Fetch, drive: Drive, lists: Mapping[str, Any]) -> Result:
        top = self.run.prepared.steps[drive.top]
        most = self.run.prepared.steps[drive.ranks].node
        assert isinstance(most, Ranks)
        if drive.narrowed and most.measure is not None:
            # Its top is as dear as all of it, so what the list's own rows need comes first.
            found = await self.ranked_in_full(drive, lists)
            if found is not None:
                return found
        tops = self.tops(most.limit)
        for limit in tops:
            rows = await self.run.rows(top, top.statement, {str(top.limit): limit})
            complete = len(rows) < limit
            ranked = self.ranked(top, rows if complete else _whole_groups(rows, top))
            # With a cursor the rows before it have no rank either, so those without a value cannot be told.
            whole = complete and node.page is not None and node.page.after is None
            page = await self.page(drive, ranked, lists, complete=whole)
            if page is None and complete:
                page = await self.ranked_in_full(drive, lists)
                if page is None:
                    break
            if page is not None:
                self.run.note(f"node {node.id}: driven from the first {len(rows)} of {top.node.source}")
                return page
            if drive.narrowed and limit == tops[:2][-1] and drive.ranks not in self.run.results:
                found = await self.ranked_in_full(drive, lists)
                if found is not None:
                    return found
        raise over_keys(most)

    async def ranked_in_full(self, drive: Drive, lists: Mapping[str, Any]) -> Result | None:
        """The page with the ranks of all keys its rows have; None when these are beyond the budget."""
        found = await self.run.ensure(drive.ranks)
        if isinstance(found, Failure):
            raise found.error
        return await self.run.run_step(self.step, lists) if isinstance(found, RankList) else None

    def tops(self, most: int) -> list[int]:
        sizes = [min(first_attempt(most), max(_GROWTH * self.wanted(), _SMALLEST))]
        while sizes[-1] < most:
            sizes.append(min(sizes[-1] * _GROWTH, most))
        return sizes

    def ranked(self, top: Step, rows: list[Row]) -> RankList:
        visit = Visit(self.run.prepared, self.run.values, self.run.results, top.node.source)
        found = visit.index(top, rows)
        assert isinstance(found, RankList)
        return found

    async def page(
        self, drive: Drive, ranked: RankList, lists: Mapping[str, Any], *, complete: bool
    ) -> Result | None:
        """The page with the ranks there are; None when it may lack rows."""
        name = node_ranks(drive.ranks)
        extra = {**lists, **table_values(name, ranked.rows, self.step.width_of(drive.ranks))}
        statement = self.step.statement if complete else _given(self.step.only_ranked)
        rows = await self.run.rows(self.step, statement, extra)
        if not complete and len(rows) < self.wanted():
            return None
        found = self.index(rows)
        found.values = ranked.values
        return found

    # Pages

    def wanted(self) -> int:
        """Rows that make the page full, and one more when it has to be known whether there are more."""
        assert self.step.size is not None
        return int(self.run.values[self.step.size]) + self.step.peek

    def offset(self) -> int:
        return int(self.run.values[self.step.offset]) if self.step.offset is not None else 0

    def index(self, rows: list[Row]) -> Rows:
        visit = Visit(self.run.prepared, self.run.values, self.run.results, self.step.node.source)
        found = visit.index(self.step, rows)
        assert isinstance(found, Rows)
        return found


def _given(statement: Statement | None) -> Statement:
    assert statement is not None
    return statement


def _whole_groups(rows: list[Row], top: Step) -> list[Row]:
    """The rows without the last value's, of which there may be more beyond the limit."""
    node = top.node
    assert isinstance(node, Ranks)
    at = len(node.key) + 1
    ranks = [row[at] for row in rows]
    last = min(ranks) if node.descending else max(ranks)
    return [row for row in rows if row[at] != last]
