"""Pages sorted by another source, begun there: with its first rows in that order, more of them each time.

A condition on the rows over there, when more of them meet it than keys were asked for, is tested there too:
then the first of those that meet it are brought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import BudgetExceeded
from gateway.query.join import Failure, Over, RankList, Result, Row
from gateway.query.plan.types import Fetch, Keys, Ranks
from gateway.query.plan.ways import Drive, Narrowing
from gateway.query.runner import Runner
from gateway.query.sql.page import CHOSEN_SIZE
from gateway.query.step import Step
from gateway.query.visit import Visit, over_keys
from gateway.query.walking import GROWTH, first_size, narrowed, page_of, wanted
from gateway.sources.statement import Statement


@dataclass(slots=True)
class Driving:
    """One page. `over` are the conditions beyond the budget."""

    run: Runner
    step: Step
    drive: Drive
    over: Sequence[Narrowing]

    @property
    def pushed(self) -> bool:
        """Whether conditions beyond the budget are tested over there."""
        over = {each.keys for each in self.over}
        if self.drive.chosen is None or not over or not over <= set(self.drive.pushed):
            return False
        inputs = self.run.prepared.inputs[self.drive.chosen]
        return not any(isinstance(self.run.results.get(one), Over | None) for one in inputs)

    @property
    def after_cursor(self) -> bool:
        page = self.step.node.page if isinstance(self.step.node, Fetch) else None
        return page is not None and (page.after or page.before) is not None

    async def take(self) -> Result:
        drive, node = self.drive, self.step.node
        most = self.run.prepared.steps[drive.ranks].node
        assert isinstance(most, Ranks)
        lists = {} if self.pushed else await narrowed(self.run, self.step, self.over)
        if drive.narrowed and most.measure is not None:
            # Its top is as dear as all of it, so what the list's own rows need comes first.
            found = await self.ranked_in_full(lists)
            if found is not None:
                return found
        chosen = drive.chosen if self.pushed else drive.top
        assert chosen is not None
        top, tops = self.run.prepared.steps[chosen], self.tops(most.limit)
        for limit in tops:
            rows = await self.run.rows(top, top.statement, {CHOSEN_SIZE: limit})
            page = await self.begun(top, rows, lists, complete=len(rows) < limit)
            if page is None and len(rows) < limit:
                page = await self.ranked_in_full(lists)
                if page is None:
                    break
            if page is not None:
                where = ", where its condition is tested" if self.pushed else ""
                self.run.note(
                    f"node {node.id}: driven from the first {len(rows)} of {top.node.source}{where}"
                )
                return page
            if drive.narrowed and limit == tops[:2][-1] and drive.ranks not in self.run.results:
                found = await self.ranked_in_full(lists)
                if found is not None:
                    return found
        raise over_keys(most)

    def tops(self, most: int) -> list[int]:
        sizes = [first_size(wanted(self.run, self.step), most)]
        while sizes[-1] < most:
            sizes.append(min(sizes[-1] * GROWTH, most))
        return sizes

    async def begun(
        self, top: Step, rows: list[Row], lists: Mapping[str, Any], *, complete: bool
    ) -> Result | None:
        """The page with these ranks, which are all there are when `complete`; None when it may lack rows."""
        ranked = self.ranked(top, rows if complete else _whole_groups(rows, top))
        # With a cursor the rows before it have no rank either, so those without a value cannot be told.
        whole = complete and not self.after_cursor
        if not self.pushed:
            short = complete and self.drive.past_nulls
            return await self.page(ranked, lists, whole=whole, short=short)
        short = complete and (self.drive.complete or self.drive.past_nulls)
        page = await self.page(ranked, self.keys_of(ranked, top), whole=False, short=short)
        if page is not None or not whole:
            return page
        all_keys = await self.whole()
        return None if all_keys is None else await self.page(ranked, all_keys, whole=True, short=False)

    async def whole(self) -> dict[str, Any] | None:
        """All keys of the conditions beyond the budget of a first attempt; None when they are too many."""
        lists: dict[str, Any] = {}
        for each in self.over:
            if each.whole is None:
                return None
            asked = self.run.prepared.steps[each.whole]
            assert isinstance(asked.node, Keys)
            assert asked.key is not None
            rows = await self.run.rows(asked, asked.statement, {CHOSEN_SIZE: asked.node.limit + 1})
            if len(rows) > asked.node.limit:
                return None
            lists |= self.step.lists[each.keys].list(list(map(asked.key, rows)))
        return lists

    async def ranked_in_full(self, lists: Mapping[str, Any]) -> Result | None:
        """The page with the ranks of all keys its rows have; None when these are beyond the budget."""
        try:
            if self.pushed and not lists:
                lists = await narrowed(self.run, self.step, self.over)
        except BudgetExceeded:
            return None
        found = await self.run.ensure(self.drive.ranks)
        if isinstance(found, Failure):
            raise found.error
        return await self.run.run_step(self.step, lists) if isinstance(found, RankList) else None

    def ranked(self, top: Step, rows: list[Row]) -> RankList:
        visit = Visit(self.run.prepared, self.run.values, self.run.results, top.node.source)
        found = visit.index(top, rows)
        assert isinstance(found, RankList)
        return found

    def keys_of(self, ranked: RankList, top: Step) -> dict[str, Any]:
        """The keys that have ranks, as those that meet the conditions beyond the budget."""
        assert isinstance(top.node, Ranks)
        width = len(top.node.key)
        keys = [row[0] if width == 1 else row[:width] for row in ranked.rows]
        lists: dict[str, Any] = {}
        for each in self.over:
            lists |= self.step.lists[each.keys].list(keys)
        return lists

    async def page(
        self, ranked: RankList, lists: Mapping[str, Any], *, whole: bool, short: bool
    ) -> Result | None:
        """The page with the ranks there are; None when it may lack rows.

        On a `whole` list rows without a rank follow; a `short` page ends with the ranks.
        """
        extra = {**lists, **self.step.ranks[self.drive.ranks].table(ranked.rows)}
        statement = self.step.statement if whole else _given(self.step.only_ranked)
        rows = await self.run.rows(self.step, statement, extra)
        if not (whole or short) and len(rows) < wanted(self.run, self.step):
            return None
        found = page_of(self.run, self.step, rows)
        found.values = {self.drive.ranks: ranked.values}
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
