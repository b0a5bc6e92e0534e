"""Rows with conditions on other sources that more keys meet there than were asked for.

*Narrow*: only the keys that the list's own rows have are looked for there. *Walk*: the rows of a page are
taken in their order, and each batch's keys are looked for, until the page is full. Neither rows nor keys are
all read on a guess: both grow in turns, each time the one that what was seen says is cheaper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BudgetExceeded
from gateway.query.join import Failure, KeyList, Over, Result, Row, Rows, distinct_keys, list_values
from gateway.query.plan.types import Keys
from gateway.query.plan.ways import Narrowing, Walk
from gateway.query.runner import Runner
from gateway.query.sql.page import CHOSEN_SIZE
from gateway.query.sql.select import PAGE_KEYS
from gateway.query.step import Step
from gateway.query.visit import Visit

SMALLEST = 10
GROWTH = 5
"""How many times as much the next attempt takes."""


def first_attempt(budget: int) -> int:
    """How much the first attempt takes: enough for most pages, little where the budget is small."""
    return min(max(budget // 100, SMALLEST), 2_000, budget)


def first_size(wanted: int, budget: int) -> int:
    """How many rows are looked at first for so many that are wanted."""
    return min(max(GROWTH * wanted, SMALLEST), first_attempt(budget))


def wanted(run: Runner, step: Step) -> int:
    """Rows that make a page full, and one more when it has to be known whether there are more."""
    assert step.size is not None
    return int(run.values[step.size]) + step.peek


def page_of(run: Runner, step: Step, rows: list[Row]) -> Rows:
    """A page's rows as its result."""
    found = Visit(run.prepared, run.values, run.results, step.node.source).index(step, rows)
    assert isinstance(found, Rows)
    return found


def beyond_budget(run: Runner, step: Step) -> tuple[Narrowing, ...]:
    """The ways around those lists of keys that were too long."""
    return tuple(each for each in step.node.narrowings if isinstance(run.results[each.keys], Over))


async def narrowed(run: Runner, step: Step, over: Sequence[Narrowing]) -> dict[str, Any]:
    """The lists of keys among those that the rows have. Raises GatewayError where these are too many."""
    lists: dict[str, Any] = {}
    for each in over:
        found = await run.ensure(each.passing)
        if isinstance(found, Over | Failure):
            raise found.error
        assert isinstance(found, KeyList)
        run.note(f"node {step.node.id}: narrowed node {each.keys} to {len(found.keys)} keys")
        lists |= step.lists[each.keys].list(found.keys)
    return lists


async def passing(run: Runner, step: Step, over: Sequence[Narrowing], rows: Sequence[Row]) -> dict[str, Any]:
    """For each condition beyond the budget, which keys of a batch's rows pass it."""
    lists: dict[str, Any] = {}
    for narrowing, key in zip(step.node.narrowings, step.walk_keys, strict=True):
        if narrowing not in over:
            continue
        keys = distinct_keys(rows, key, len(narrowing.attributes) > 1)
        asked = run.prepared.steps[narrowing.passing]
        assert isinstance(asked.node, Keys)
        size = min(asked.chunk, asked.node.limit)
        found: list[Any] = []
        for start in range(0, len(keys), size):
            chunk = asked.lists[narrowing.own].list(keys[start : start + size])
            found += (await _among(run, asked, chunk)).keys
        lists |= step.lists[narrowing.keys].list(found)
    return lists


async def _among(run: Runner, asked: Step, given: dict[str, Any]) -> KeyList:
    """The keys that pass among given ones; their own condition beyond the budget is narrowed as well."""
    lists = dict(given)
    for each in beyond_budget(run, asked):
        own = _keys(await run.run_step(run.prepared.steps[each.own], given))
        further = run.prepared.steps[each.passing]
        found = await _among(run, further, further.lists[each.own].list(own.keys))
        lists |= asked.lists[each.keys].list(found.keys)
    return _keys(await run.run_step(asked, lists))


@dataclass(slots=True)
class WalkedPage:
    """A page made of rows that are walked in some order. `over` are the conditions beyond the budget.

    Of the rows walked, `rows` in number, `found` belong to the page so far.
    """

    run: Runner
    step: Step
    over: Sequence[Narrowing]
    rows: int = field(default=0, init=False)
    found: list[Row] = field(default_factory=list, init=False)
    seen: set[Any] = field(default_factory=set, init=False)

    @property
    def wanted(self) -> int:
        """Rows to find, those that the page's offset leaves out among them."""
        return wanted(self.run, self.step) + self.offset

    @property
    def offset(self) -> int:
        return int(self.run.values[self.step.offset]) if self.step.offset is not None else 0

    @property
    def first_size(self) -> int:
        return first_size(self.wanted, self.run.walk_max)

    def next_size(self, size: int) -> int:
        """How many rows will fill the page if it goes on as with that many, and a fifth more."""
        found = len(self.found)
        more = max(size * 6 * self.wanted // (5 * found), size * 2) if found else size * GROWTH
        return min(more, self.run.walk_max)


@dataclass(slots=True)
class Walking(WalkedPage):
    """One page, its rows walked in its own order."""

    way: Walk

    async def take(self) -> Result:
        """Rows or keys, until the page is full or all keys are there."""
        most = self.run.walk_max
        size: int | None = self.first_size
        keys = self.attempted()
        while True:
            next_keys = None if keys is None else keys * GROWTH
            if size is not None and (next_keys is None or size <= next_keys):
                if await self.is_full(size):
                    return self.page()
                size = None if size == most else self.next_size(size)
            elif keys is not None:
                keys = min(keys * GROWTH, self.most_keys())
                lists = await self.whole(keys)
                if lists is not None:
                    self.run.note(f"node {self.step.node.id}: all keys after {self.rows} rows")
                    return await self.run.run_step(self.step, lists)
                keys = None if keys == self.most_keys() else keys
            else:
                return await self.last()

    def page(self) -> Rows:
        found = self.found[: self.wanted]
        self.run.note(f"node {self.step.node.id}: walked {self.rows} rows for {len(found)}")
        return page_of(self.run, self.step, found[self.offset :])

    # Rows

    async def is_full(self, size: int) -> bool:
        """Look at the first `size` rows; whether the page is full, or there are no more."""
        batch = self.run.prepared.steps[self.way.batch]
        rows = await self.run.rows(batch, batch.statement, {CHOSEN_SIZE: size})
        fresh = [row for row in rows if self.step.page_key(row) not in self.seen]
        self.seen.update(map(self.step.page_key, fresh))
        self.rows = len(self.seen)
        lists, width = await passing(self.run, self.step, self.over, fresh), len(self.step.node.entity.key)
        statement = self.step.within
        assert statement is not None
        for start in range(0, len(fresh), self.step.chunk):
            keys = [self.step.page_key(row) for row in fresh[start : start + self.step.chunk]]
            left = {CHOSEN_SIZE: self.wanted - len(self.found)}
            page = lists | list_values(PAGE_KEYS, keys, width) | left
            self.found += await self.run.rows(self.step, statement, page)
            if len(self.found) >= self.wanted:
                return True
        return len(rows) < size

    # Keys

    def attempted(self) -> int | None:
        """How many keys were asked for; None where all of them were, or where they cannot be had."""
        found = []
        for each in self.over:
            keys = self.run.prepared.steps[each.keys].node
            assert isinstance(keys, Keys)
            inputs = self.run.prepared.inputs[each.keys]
            if keys.attempt is None or any(isinstance(self.run.results[one], Over) for one in inputs):
                return None
            found.append(keys.attempt)
        return max(found)

    def most_keys(self) -> int:
        nodes = (self.run.prepared.steps[each.keys].node for each in self.over)
        return max(node.limit for node in nodes if isinstance(node, Keys))

    async def whole(self, size: int) -> dict[str, Any] | None:
        """All keys of every condition; None when one has more than `size`."""
        lists: dict[str, Any] = {}
        for each in self.over:
            assert each.whole is not None
            asked = self.run.prepared.steps[each.whole]
            rows = await self.run.rows(asked, asked.statement, {CHOSEN_SIZE: size + 1})
            if len(rows) > size:
                return None
            assert asked.key is not None
            lists |= self.step.lists[each.keys].list(list(map(asked.key, rows)))
        return lists

    async def last(self) -> Result:
        """Neither rows nor keys were enough; the keys that the list's rows have may still be few."""
        try:
            return await self.run.run_step(self.step, await narrowed(self.run, self.step, self.over))
        except BudgetExceeded:
            raise self.over_walk() from None

    def over_walk(self) -> BudgetExceeded:
        node = self.step.node
        return BudgetExceeded(
            f"{self.run.walk_max} rows of {node.entity.plural!r} were walked and the page is not full; "
            "that is the budget walk_max.",
            hint="Narrow the condition, sort matching rows to the front, or raise walk_max or keys_max.",
            source=node.source,
        )


def _keys(found: Result) -> KeyList:
    if isinstance(found, Over):
        raise found.error
    assert isinstance(found, KeyList)
    return found
