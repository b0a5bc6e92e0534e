"""Numbers that need more keys of another source than the budget: range by range of the key, and added up.

A range ends where the budget of keys does. So no more than that many keys are held at once, however large
the tables are.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from gateway.query.join import GroupLists, Over, Result, Row
from gateway.query.plan.types import Groups, Keys, Ranks
from gateway.query.plan.ways import Slicing
from gateway.query.runner import Runner
from gateway.query.sql.page import CHOSEN_SIZE
from gateway.query.sql.select import CHOSEN_AFTER, CHOSEN_UNTIL
from gateway.query.step import Step
from gateway.query.visit import Visit, over_rows

_Lists = dict[int, list[Row]]


@dataclass(slots=True)
class Slices:
    """One node's numbers. `over` are the nodes whose keys or ranks are beyond the budget.

    `places` are the places of values among all of each node of ranks, as last heard of.
    """

    run: Runner
    step: Step
    slicing: Slicing
    over: Collection[int]
    places: dict[int, dict[Any, int]] = field(default_factory=dict)

    async def take(self) -> Result:
        assert self.step.merge is not None
        found: dict[Row, list[Any]] = {}
        part = self.run.prepared.steps[self.slicing.part]
        after, ranges = None, 0
        while True:
            lists, until = await self.pieces(after)
            values: dict[str, Any] = {CHOSEN_AFTER: after, CHOSEN_UNTIL: until}
            for node, rows in lists.items():
                values |= self.sent(part, node, rows)
            rows = await self.run.rows(part, part.statement, values)
            self.step.merge.add(found, self.with_values(rows, lists))
            ranges += 1
            if isinstance(self.step.node, Groups) and max(len(rows), len(found)) > self.step.node.total:
                raise over_rows(self.step.node)
            if until is None:
                break
            after = until
        self.run.note(f"node {self.step.node.id}: sliced by {self.slicing.attribute} into {ranges} ranges")
        return self.merged([(*key, *measures) for key, measures in found.items()])

    async def pieces(self, after: Any) -> tuple[_Lists, Any]:
        """The next keys or ranks of each node that is over, and the key up to which they are all there."""
        asked = [pair for pair in self.slicing.lists if pair[0] in self.over]
        found = await asyncio.gather(*(self.piece(whole, piece, after) for whole, piece in asked))
        ends = [
            self.key(piece, rows[self.limit(piece) - 1])
            for (_, piece), rows in zip(asked, found, strict=True)
            if len(rows) > self.limit(piece)
        ]
        until = min(ends, default=None)
        lists = {whole: rows for (whole, _), rows in zip(asked, found, strict=True)}
        if until is not None:
            for whole, piece in asked:
                lists[whole] = [row for row in lists[whole] if self.key(piece, row) <= until]
        return lists, until

    async def piece(self, whole: int, piece: int, after: Any) -> list[Row]:
        known, step = self.run.results[whole], self.run.prepared.steps[piece]
        assert isinstance(known, Over)
        if after is None and known.rows:
            rows, known.rows = known.rows, []
            return rows
        for one in self.run.prepared.inputs[piece]:
            beyond = self.run.results[one]
            if isinstance(beyond, Over):
                raise beyond.error
        size = {CHOSEN_AFTER: after, CHOSEN_SIZE: self.limit(piece) + 1}
        return await self.run.rows(step, step.statement, size)

    def limit(self, piece: int) -> int:
        node = self.run.prepared.steps[piece].node
        assert isinstance(node, Keys | Ranks)
        return node.limit

    def key(self, piece: int, row: Row) -> Any:
        key = self.run.prepared.steps[piece].key
        assert key is not None
        return key(row)

    def sent(self, part: Step, node: int, rows: list[Row]) -> dict[str, Any]:
        """Keys or ranks as the part's statement takes them."""
        step = self.run.prepared.steps[node]
        assert step.key is not None
        if isinstance(step.node, Keys):
            return part.lists[node].list([step.key(row) for row in rows])
        return part.ranks[node].table([(step.key(row), row[2]) for row in rows])

    # Groups by ranks: another range's ranks may be others, so values are what is merged by

    def with_values(self, rows: list[Row], lists: _Lists) -> list[Row]:
        """Rows with values in place of ranks."""
        for position, ranks in self.ranked():
            values = {row[2]: row[1] for row in lists[ranks]}
            self.places.setdefault(ranks, {}).update((value, rank) for rank, value in values.items())
            rows = [_with(row, position, values.get(row[position])) for row in rows]
        return rows

    def ranked(self) -> list[tuple[int, int]]:
        """Which positions hold ranks of nodes that are over."""
        keys = self.step.node.by if isinstance(self.step.node, Groups) else ()
        return [
            (position, each.ranks)
            for position, each in enumerate(keys)
            if each.ranks is not None and each.ranks in self.over
        ]

    def merged(self, rows: list[Row]) -> Result:
        """The node's result: values are turned into ranks again, which sort as their own database does."""
        assert self.step.merge is not None
        values: dict[int, dict[int, Any]] = {}
        for position, ranks in self.ranked():
            places = self.places[ranks]
            numbers = {
                value: number for number, value in enumerate(sorted(places, key=places.__getitem__), 1)
            }
            rows = [_with(row, position, numbers.get(row[position])) for row in rows]
            leaf = self.run.prepared.steps[ranks].leaf or (lambda value: value)
            values[ranks] = {number: leaf(value) for value, number in numbers.items()}
        rows = self.step.merge.finish(rows, self.run.values)
        if self.step.size is not None:
            rows = rows[: self.run.values[self.step.size]]
        visit = Visit(self.run.prepared, self.run.values, self.run.results, self.step.node.source)
        found = visit.index(self.step, rows)
        if isinstance(found, GroupLists):
            found.values = values
        return found


def _with(row: Row, position: int, value: Any) -> Row:
    return (*row[:position], value, *row[position + 1 :])
