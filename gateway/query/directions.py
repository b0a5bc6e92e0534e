"""Other directions, taken when sizes measured while running ask for them.

*Narrow* and *walk* (`walking.py`): only the keys that the list's own rows have, or the next of them in order,
are looked for in the other source. *Tie by tie* (`ties.py`): a page sorted by its own values first is walked
by these, and only ties are sorted by another source's. *Drive*: a page sorted by another source is begun
there, with its first rows in that order. *Slice* (`slicing.py`): numbers are made range by range of a key and
added up.
"""

from dataclasses import dataclass

from gateway.errors import BudgetExceeded
from gateway.query.conditions import All
from gateway.query.driving import Driving
from gateway.query.join import Over, Result
from gateway.query.plan.types import Aggregate, Fetch, Groups
from gateway.query.plan.ways import Narrowing, Ties
from gateway.query.runner import Runner
from gateway.query.slicing import Slices
from gateway.query.step import Step
from gateway.query.ties import SortingTies
from gateway.query.walking import (
    Walking,
    beyond_budget,
    narrowed,
)


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
            return await Walking(self.run, self.step, over, node.walk).take()
        if isinstance(node, Fetch) and node.ties is not None:
            return await self.tied(node, node.ties, over)
        if isinstance(node, Fetch) and node.drive is not None:
            return await Driving(self.run, self.step, node.drive, over).take()
        return await self.run.run_step(self.step, await narrowed(self.run, self.step, over))

    async def tied(self, node: Fetch, ties: Ties, over: tuple[Narrowing, ...]) -> Result:
        """A page sorted tie by tie, unless it has all its ranks and narrowing helps."""
        if not any(isinstance(self.run.results[each.ranks], Over) for each in ties.ranks):
            try:
                return await self.run.run_step(self.step, await narrowed(self.run, self.step, over))
            except BudgetExceeded:
                self.run.note(f"node {node.id}: its keys are too many to narrow")
        return await SortingTies(self.run, self.step, over, ties).take()

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
