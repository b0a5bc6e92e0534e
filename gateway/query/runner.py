"""What a direction needs of the run it belongs to."""

from typing import Protocol

from gateway.query.join import Result, Row
from gateway.query.prepare import Prepared
from gateway.query.step import Step
from gateway.query.visit import Values
from gateway.sources.statement import Statement


class Runner(Protocol):
    """Runs nodes and statements, and holds what they brought."""

    prepared: Prepared
    values: Values
    results: dict[int, Result]
    walk_max: int

    async def ensure(self, node: int) -> Result:
        """The result of a deferred node."""

    async def run_step(self, step: Step, extra: Values) -> Result:
        """A node's result with these values beside, or instead of, what other nodes found."""

    async def rows(self, step: Step, statement: Statement, extra: Values) -> list[Row]:
        """The rows of a statement of a node."""

    def note(self, text: str) -> None:
        """Tell which direction was taken."""
