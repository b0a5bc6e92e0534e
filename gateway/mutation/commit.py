"""The commit of one unit: in one phase where one database was written, in two phases where several were.

    prepare …  →  decide  →  commit …

Between the phases lies one durable decision: a row that commits together with the last database, or a line in
the coordinator's log. Before it everything is rolled back, after it everything is committed, whatever fails:
what cannot be reached is finished by the recovery.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from gateway.errors import (
    GatewayError,
    OutcomeUnknown,
    PartiallyCommitted,
    SourceTimeout,
    SourceUnavailable,
    UnitRolledBack,
)
from gateway.mutation.branch import Branch
from gateway.mutation.resources import Resource

if TYPE_CHECKING:
    from gateway.mutation.coordinator import Coordinator
    from gateway.mutation.unit import Unit

log = logging.getLogger("gateway.mutation")

UNCERTAIN = (SourceUnavailable, SourceTimeout)
"""After these nobody here knows whether a commit was carried out."""
SETTLE_SECONDS = 5.0
SETTLE_PAUSE = 0.2


class Commit:
    """The commit of a unit whose branches in `written` have written something."""

    def __init__(self, unit: "Unit", written: Sequence[Branch], coordinator: "Coordinator") -> None:
        self._unit = unit
        self._coordinator = coordinator
        self._written = written
        plain = [branch for branch in written if not branch.resource.control.two_phase]
        own = [branch for branch in written if coordinator.is_log(branch.resource)]
        self._last = next(iter([*plain, *own]), None)
        self._rest = plain[1:]  # without a promise
        self._first = [branch for branch in written if branch is not self._last and branch not in self._rest]

    async def carry_out(self) -> None:
        """Raises as `Unit.commit` does."""
        self._step("begin")
        if len(self._written) == 1:
            await self._commit_alone(self._written[0])
        elif self._written:
            await self._commit_together()
        self._step("end")

    async def _commit_alone(self, branch: Branch) -> None:
        try:
            await self._visit(branch, branch.commit)
        except UNCERTAIN as error:
            raise OutcomeUnknown([branch.resource.name]) from error

    async def _commit_together(self) -> None:
        await self._coordinator.began(self._unit.id)
        try:
            await self._prepare()
            await self._decide()
        except OutcomeUnknown:
            raise  # the recovery will know
        except BaseException:
            await self._finish(commit=False)
            raise
        self._step("decided")
        lost = await self._commit_rest()
        await self._finish(commit=True)
        if lost:
            done = [branch for branch in self._written if branch not in lost]
            raise PartiallyCommitted(_sources(done), _sources(lost))

    async def _prepare(self) -> None:
        """The first phase. Raises what fails, once all have answered."""
        answers = await asyncio.gather(
            *(self._visit(branch, branch.prepare) for branch in self._first), return_exceptions=True
        )
        self._step("prepared")
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _decide(self) -> None:
        """Returns once the unit is committed for good. Raises OutcomeUnknown, or what rolls it back."""
        try:
            if self._last is None:
                await self._coordinator.decide(self._unit.id)
            else:
                await self._visit(self._last, partial(self._commit_last, self._last))
        except UNCERTAIN as error:
            if not await self._settled(error):
                raise

    def _commit_last(self, last: Branch) -> None:
        if self._first:
            try:
                last.decide()
            except IntegrityError as error:
                raise UnitRolledBack("Nothing was written: the operation was taken for lost.") from error
            self._step("deciding")
        last.commit()

    async def _settled(self, error: GatewayError) -> bool:
        """Find out what became of a decision that nobody confirmed."""
        if self._last is not None and (not self._first or self._last.resource.decisions is None):
            raise OutcomeUnknown(_sources(self._written)) from error
        given_up = monotonic() + SETTLE_SECONDS
        while monotonic() < given_up:
            try:
                return await self._coordinator.settle(self._unit.id, self._decider)
            except Exception as failure:
                log.warning("the outcome of %s is not known yet: %s", self._unit.id, type(failure).__name__)
            await asyncio.sleep(SETTLE_PAUSE)
        raise OutcomeUnknown(_sources(self._written)) from error

    async def _commit_rest(self) -> list[Branch]:
        """Commit those that only take part with best effort, in turn. Returns the failed ones."""
        lost = []
        for branch in self._rest:
            try:
                await self._visit(branch, branch.commit)
            except Exception as error:
                log.error("%s is not committed: %s", branch.resource.name, error)
                lost.append(branch)
        return lost

    async def _finish(self, commit: bool) -> None:
        """The second phase. What fails stays for the recovery."""
        branches = [branch for branch in self._first if branch.prepared]
        answers = await asyncio.gather(
            *(self._visit(branch, partial(self._finish_one, branch, commit)) for branch in branches),
            return_exceptions=True,
        )
        failed = [
            (branch.resource.name, answer)
            for branch, answer in zip(branches, answers, strict=True)
            if isinstance(answer, BaseException)
        ]
        for name, error in failed:
            log.warning("%s in %s is left to the recovery: %s", self._unit.id, name, type(error).__name__)
        if not failed:
            self._coordinator.finished(self._unit.id, self._decider)

    def _finish_one(self, branch: Branch, commit: bool) -> None:
        branch.finish(commit)
        self._step("finished")

    @property
    def _decider(self) -> Resource | None:
        """The resource whose commit is the decision, None for the log."""
        return None if self._last is None else self._last.resource

    async def _visit(self, branch: Branch, work: Callable[[], Any]) -> None:
        await self._unit.visit(self._unit.source_of(branch), work)

    def _step(self, name: str) -> None:
        self._coordinator.on_step(name)


def _sources(branches: Sequence[Branch]) -> list[str]:
    return [name for branch in branches for name in branch.resource.sources]
