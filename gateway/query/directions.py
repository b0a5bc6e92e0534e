"""Other directions, taken when sizes measured while running ask for them.

*Narrow* and *walk* (`walking.py`): only the keys that the list's own rows have, or the next of them in order,
are looked for in the other source. *Tie by tie* (`ties.py`): a page sorted by its own values first is walked
by these, and only ties are sorted by another source's. *Drive*: a page sorted by another source is begun
there, with its first rows in that order. *Slice* (`slicing.py`): numbers are made range by range of a key and
added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import BudgetExceeded
from gateway.query.conditions import All
from gateway.query.join import Failure, Over, RankList, Result, Row
from gateway.query.plan.types import Aggregate, Fetch, Groups, Ranks
from gateway.query.plan.ways import Drive, Narrowing, Ties
from gateway.query.runner import Runner
from gateway.query.slicing import Slices
from gateway.query.sql.page import CHOSEN_SIZE
from gateway.query.step import Step
from gateway.query.ties import SortingTies
from gateway.query.visit import Visit, over_keys
from gateway.query.walking import (
    GROWTH,
    SMALLEST,
    Walking,
    beyond_budget,
    first_attempt,
    narrowed,
    page_of,
    wanted,
)
from gateway.sources.statement import Statement


@dataclass(slots=True)
class Directions:
    """Runs one node in another direction. Raises GatewayError where a source or a budget fails it."""

    run: Runner
    step: Step

    async def take(self) -> Result:
        node = self.step.node
        if isinstance(node, Aggregate | Groups):
            return await self.numbers(node)
        over = beyond_budget(self.run, self.step)
        if over and isinstance(node, Fetch) and node.walk is not None:
            return await Walking(self.run, self.step, node.walk, over).take()
        if isinstance(node, Fetch) and node.ties is not None:
            return await self.tied(node, node.ties, over)
        lists = await narrowed(self.run, self.step, over)
        if isinstance(node, Fetch) and node.drive is not None:
            return await self.drive(node, node.drive, lists)
        return await self.run.run_step(self.step, lists)

    async def tied(self, node: Fetch, ties: Ties, over: tuple[Narrowing, ...]) -> Result:
        """A page sorted tie by tie, unless it has all its ranks and narrowing helps."""
        if not any(isinstance(self.run.results[each.ranks], Over) for each in ties.ranks):
            try:
                return await self.run.run_step(self.step, await narrowed(self.run, self.step, over))
            except BudgetExceeded:
                self.run.note(f"node {node.id}: its keys are too many to narrow")
        return await SortingTies(self.run, self.step, ties, over).take()

    async def numbers(self, node: Aggregate | Groups) -> Result:
        """Numbers, whose keys are narrowed if that may help, or else had range by range."""
        over = {one for one in self.run.prepared.inputs[node.id] if isinstance(self.run.results[one], Over)}
        slicing = next((each for each in node.slicings if over <= {one for one, _ in each.lists}), None)
        if over <= {each.keys for each in node.narrowings} and (slicing is None or not self.takes_all()):
            try:
                return await self.run.run_step(
                    self.step, await narrowed(self.run, self.step, beyond_budget(self.run, self.step))
                )
            except BudgetExceeded:
                if slicing is None:
                    raise
        for one in over if slicing is None else ():
            found = self.run.results[one]
            assert isinstance(found, Over)
            raise found.error
        assert slicing is not None
        return await Slices(self.run, self.step, slicing, over).take()

    def takes_all(self) -> bool:
        """Whether the rows are a whole table's but for the keys, so that their own are no shorter list."""
        relaxed = (self.run.prepared.plan.nodes[each.own].condition for each in self.step.node.narrowings)
        return all(condition in (None, All(())) for condition in relaxed)

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
            rows = await self.run.rows(top, top.statement, {CHOSEN_SIZE: limit})
            complete = len(rows) < limit
            ranked = self.ranked(top, rows if complete else _whole_groups(rows, top))
            # With a cursor the rows before it have no rank either, so those without a value cannot be told.
            cursor = node.page is not None and (node.page.after or node.page.before) is not None
            short = complete and drive.past_nulls
            page = await self.page(drive, ranked, lists, whole=complete and not cursor, short=short)
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
        sizes = [min(first_attempt(most), max(GROWTH * wanted(self.run, self.step), SMALLEST))]
        while sizes[-1] < most:
            sizes.append(min(sizes[-1] * GROWTH, most))
        return sizes

    def ranked(self, top: Step, rows: list[Row]) -> RankList:
        visit = Visit(self.run.prepared, self.run.values, self.run.results, top.node.source)
        found = visit.index(top, rows)
        assert isinstance(found, RankList)
        return found

    async def page(
        self, drive: Drive, ranked: RankList, lists: Mapping[str, Any], *, whole: bool, short: bool
    ) -> Result | None:
        """The page with the ranks there are; None when it may lack rows.

        On a `whole` list rows without a rank follow; a `short` page ends with the ranks.
        """
        extra = {**lists, **self.step.ranks[drive.ranks].table(ranked.rows)}
        statement = self.step.statement if whole else _given(self.step.only_ranked)
        rows = await self.run.rows(self.step, statement, extra)
        if not (whole or short) and len(rows) < wanted(self.run, self.step):
            return None
        found = page_of(self.run, self.step, rows)
        found.values = {drive.ranks: ranked.values}
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
