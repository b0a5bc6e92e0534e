"""A page that other sources sort, but not by its first terms, while these need more keys than the budget.

Its rows are walked in the order of the first terms alone, their own. Rows that tie there are sorted by the
others': the keys of as many rows as the budget allows are ranked over there, and this source sorts these rows
by all terms. Of more rows the first ones of each lot meet again, as in a tournament. So the work is that of
the rows up to the page's end and of all that tie with its last one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from gateway.errors import BudgetExceeded
from gateway.query.join import KeyList, RankList, Row, Rows, distinct_keys, list_values
from gateway.query.plan.types import Fetch, Ranks
from gateway.query.plan.ways import Ties
from gateway.query.sql.page import CHOSEN_SIZE
from gateway.query.sql.select import PAGE_KEYS
from gateway.query.visit import Visit
from gateway.query.walking import GROWTH, WalkedPage, page_of, passing

_TIE = itemgetter(-1)


@dataclass(frozen=True, slots=True)
class Found:
    """The first rows of a lot in order, each with its primary key, and the ranks they were sorted by."""

    rows: list[Row]
    ranks: dict[int, RankList]


@dataclass(slots=True)
class _Lot:
    """Rows that are sorted together: as many as a statement takes, with `most` keys of each node of ranks."""

    size: int
    most: Sequence[int]
    rows: list[Row]
    kept: Sequence[set[Any]]

    def takes(self, rows: Sequence[Row], keys: Sequence[Sequence[Any]]) -> bool:
        """Add rows with these keys, unless that would be too many."""
        fits = len(self.rows) + len(rows) <= self.size and all(
            len(known) + sum(key not in known for key in new) <= most
            for known, new, most in zip(self.kept, keys, self.most, strict=True)
        )
        if fits:
            self.add(rows, keys)
        return fits

    def add(self, rows: Sequence[Row], keys: Sequence[Sequence[Any]]) -> None:
        self.rows += rows
        for known, new in zip(self.kept, keys, strict=True):
            known.update(new)


@dataclass(slots=True)
class SortingTies(WalkedPage):
    """One page, walked by its first terms.

    `values` are the sort values by node and rank, ranks of different lots being numbered on.
    """

    way: Ties
    values: dict[int, dict[int, Any]] = field(default_factory=dict, init=False)

    async def take(self) -> Rows:
        size = self.first_size
        while not await self.is_full(size):
            if size == self.run.walk_max:
                raise self.over_walk()
            size = self.next_size(size)
        self.run.note(
            f"node {self.step.node.id}: walked {self.rows} rows for {len(self.found)}, sorted tie by tie"
        )
        page = page_of(self.run, self.step, self.found[self.offset :])
        page.values = self.values
        return page

    @property
    def left(self) -> int:
        return self.wanted - len(self.found)

    @property
    def lot_wanted(self) -> int:
        """How many rows a lot should have: more than are missing where some do not pass."""
        return GROWTH * self.wanted if self.over else self.left

    async def is_full(self, size: int) -> bool:
        """Look at the first `size` rows; whether the page is full, or there are no more."""
        batch = self.run.prepared.steps[self.way.batch]
        rows = await self.run.rows(batch, batch.statement, {CHOSEN_SIZE: size + 1})
        rows.sort(key=_TIE)
        self.rows, whole = min(len(rows), size), len(rows) <= size
        if not whole:
            # Of the last tie there may be more.
            last = rows[-1][-1]
            rows = [row for row in rows if row[-1] != last]
        fresh = [row for row in rows if self.step.page_key(row) not in self.seen]
        self.seen.update(map(self.step.page_key, fresh))
        ties = [list(tie) for _, tie in groupby(fresh, _TIE)][::-1]
        while ties and self.left > 0:
            lot = self.lot()
            lot.add(ties[-1], self.keys(ties.pop()))
            while ties and len(lot.rows) < self.lot_wanted and lot.takes(ties[-1], self.keys(ties[-1])):
                ties.pop()
            self.keep(await self.first(lot.rows))
        return whole or self.left <= 0

    # Lots

    async def first(self, rows: list[Row]) -> Found:
        """The first of some rows that have no others between them, in the page's order."""
        known = {self.step.page_key(row): row for row in rows}
        while True:
            found = [await self.sorted(lot) for lot in self.lots(rows)]
            if len(found) == 1:
                return found[0]
            better = [known[self.key(row)] for each in found for row in each.rows]
            if not better:
                return Found([], {})
            if len(better) == len(rows):
                raise self.over_keys()
            rows = better

    def lots(self, rows: list[Row]) -> Iterator[list[Row]]:
        """Rows in as few lots as the budget allows: of keys, and of what a statement takes."""
        lot = self.lot()
        if lot.takes(rows, self.keys(rows)):
            yield rows
            return
        for row in sorted(rows, key=lambda row: str(self.step.rank_keys[0](row))):
            keys = self.keys([row])
            if not lot.takes([row], keys):
                yield lot.rows
                lot = self.lot()
                lot.add([row], keys)
        yield lot.rows

    def lot(self) -> "_Lot":
        most = []
        for each in self.way.ranks:
            asked = self.run.prepared.steps[each.among]
            assert isinstance(asked.node, Ranks)
            most.append(min(asked.chunk, asked.node.limit))
        return _Lot(self.step.chunk, most, [], [set() for _ in most])

    def keys(self, rows: Sequence[Row]) -> list[list[Any]]:
        """The keys of rows that each node of ranks is asked for."""
        return [
            distinct_keys(rows, key, len(each.positions) > 1)
            for each, key in zip(self.way.ranks, self.step.rank_keys, strict=True)
        ]

    async def sorted(self, rows: list[Row]) -> Found:
        """The first of the rows of a lot."""
        ranks: dict[int, RankList] = {}
        extra = await passing(self.run, self.step, self.over, rows)
        for each, keys in zip(self.way.ranks, self.keys(rows), strict=True):
            ranks[each.ranks] = await self.ranked(each.among, each.own, keys)
            extra |= self.step.ranks[each.ranks].table(ranks[each.ranks].rows)
        page = list_values(PAGE_KEYS, list(map(self.step.page_key, rows)), len(self.step.node.entity.key))
        assert self.step.heat is not None
        found = await self.run.rows(self.step, self.step.heat, {**extra, **page, CHOSEN_SIZE: self.left})
        return Found(found, ranks)

    async def ranked(self, among: int, own: int, keys: list[Any]) -> RankList:
        """The ranks of given keys, through further sources where these sort."""
        step = self.run.prepared.steps[among]
        assert isinstance(step.node, Ranks)
        extra, results = step.lists[own].list(keys), dict(self.run.results)
        further = step.node.sorted.ranks
        if further is not None:
            way_there = self.run.prepared.inputs[further][0]
            asked = self.run.prepared.steps[way_there]
            there = await self.run.run_step(asked, asked.lists[own].list(keys))
            assert isinstance(there, KeyList)
            results[further] = found = await self.ranked(further, way_there, there.keys)
            extra |= step.ranks[further].table(found.rows)
        rows = await self.run.rows(step, step.statement, extra)
        made = Visit(self.run.prepared, self.run.values, results, step.node.source).index(step, rows)
        assert isinstance(made, RankList)
        return made

    # The page

    def key(self, row: Row) -> Any:
        """The primary key of a row that has one behind its columns."""
        node = self.step.node
        assert isinstance(node, Fetch)
        return self.step.page_key(row[len(node.columns) :])

    def keep(self, found: Found) -> None:
        """Add rows to the page: without their key, and with ranks that no other lot has."""
        node = self.step.node
        assert isinstance(node, Fetch)
        start, width = len(node.columns), len(node.entity.key)
        rows = [row[:start] + row[start + width :] for row in found.rows]
        others = [each for each in node.order if not each.own] if node.sort_values else []
        for each in self.way.ranks if rows else ():
            known, ranks = self.values.setdefault(each.ranks, {}), found.ranks[each.ranks]
            base = max(known, default=0)
            known.update((base + rank, value) for rank, value in ranks.values.items() if rank)
            for place, term in enumerate(others):
                if term.ranks == each.ranks and base:
                    rows = [_moved(row, place - len(others), base) for row in rows]
        self.found += rows

    def over_walk(self) -> BudgetExceeded:
        node = self.step.node
        return BudgetExceeded(
            f"{self.run.walk_max} rows of {node.entity.plural!r} were walked and the page is not full, or "
            "more tie with its last row; that is the budget walk_max.",
            hint="Narrow the condition, sort by a value with fewer ties first, or raise walk_max.",
            source=node.source,
        )

    def over_keys(self) -> BudgetExceeded:
        node = self.step.node
        return BudgetExceeded(
            f"To sort {node.entity.plural!r} that tie, more keys of other sources are needed at once than "
            "the budget keys_max, or a statement, takes for a page of this size.",
            hint="Ask for a smaller page, sort by a value with fewer ties first, or raise keys_max.",
            source=node.source,
        )


def _moved(row: Row, position: int, base: int) -> Row:
    """A row with another number for a rank; 0 and none stay."""
    rank = row[position]
    if not rank:
        return row
    place = len(row) + position
    return (*row[:place], rank + base, *row[place + 1 :])
