"""Finishes what a commit left behind: prepared branches whose process, database or network went away.

A branch is committed when its unit is decided so, in the log or in a table of decisions, and rolled back
otherwise: abort is presumed. It is left alone when its instance lives, when nobody here knows the instance,
and as long as a place where the decision may stand does not answer.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from gateway.mutation.log import Standing
from gateway.sources.database import Database
from gateway.sources.tenants import Tenants
from gateway.sources.twophase import TWO_PHASE, BranchId, UnitId, is_gone, label_of

if TYPE_CHECKING:
    from gateway.mutation.coordinator import Coordinator

S = TypeVar("S")
T = TypeVar("T")

log = logging.getLogger("gateway.mutation")

YOUNG = 1.0
"""Seconds within which a prepared branch is nothing to talk about."""


class Outcome(Enum):
    """What is to become of a branch, or why nothing does yet."""

    COMMIT = "commit"
    ROLLBACK = "roll back"
    LIVE = "its process is at work on it"
    STRANGER = "it is of another gateway or has another log"
    UNDECIDED = "a place where its decision may stand does not answer"
    FAILED = "its database did not carry it out"


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A prepared branch. `age` is in seconds; `outcome` None when it was only looked at."""

    source: str
    unit: str
    age: float
    outcome: Outcome | None = None

    def __str__(self) -> str:
        text = f"{self.source}: {self.unit}, {self.age:.0f} s old"
        return text if self.outcome is None else f"{text}: {self.outcome.value}"


class Recovery:
    """One look at all databases that take part in two-phase commits, each for `seconds` at most."""

    def __init__(self, coordinator: "Coordinator", seconds: float | None = None) -> None:
        self._seconds = seconds
        self._coordinator = coordinator
        databases = coordinator.databases.values() if len(coordinator.databases) > 1 else ()
        self.databases = [
            each
            for database in databases
            if database.features.name in TWO_PHASE
            for each in (database.opened.values() if isinstance(database, Tenants) else (database,))
        ]

    async def found(self) -> list[InDoubt]:
        """What is in doubt, leaving everything as it is. Sources that do not answer are left out."""
        listed, _ = await self._listed()
        return [
            InDoubt(source, str(branch.unit), branch.unit.age)
            for source, branches in listed.items()
            for branch in branches
            if branch.unit.age >= YOUNG and not self._coordinator.is_active(branch.unit)
        ]

    async def run(self, dry_run: bool) -> list[InDoubt]:
        """Finish what can be. Returns every branch with what was (or would be) done about it."""
        listed, complete = await self._listed()
        outcomes: dict[UnitId, Outcome] = {}
        done: list[InDoubt] = []
        for source, branches in listed.items():
            for branch in branches:
                unit = branch.unit
                if self._coordinator.is_active(unit):
                    continue
                if unit not in outcomes:
                    outcomes[unit] = await self._outcome(unit, dry_run)
                outcome = outcomes[unit]
                if not dry_run and outcome in (Outcome.COMMIT, Outcome.ROLLBACK):
                    outcome = await self._finish(self._coordinator.databases[source], branch, outcome)
                done.append(InDoubt(source, str(unit), unit.age, outcome))
        if complete and not dry_run:
            await self._bury({branch.unit.instance for branches in listed.values() for branch in branches})
        return done

    async def _listed(self) -> tuple[dict[str, list[BranchId]], bool]:
        """The prepared branches of each source that answers, and whether all did."""
        answers = await asyncio.gather(*map(self._branches, self.databases), return_exceptions=True)
        listed: dict[str, list[BranchId]] = {}
        for database, answer in zip(self.databases, answers, strict=True):
            if isinstance(answer, BaseException):
                reason = type(answer).__name__
                log.warning("%s cannot be asked for prepared transactions: %s", database.name, reason)
            else:
                listed[database.name] = answer
        return listed, len(listed) == len(self.databases)

    async def _branches(self, database: Database) -> list[BranchId]:
        control, label = TWO_PHASE[database.features.name], label_of(database.name)

        def prepared() -> list[BranchId]:
            connection = database.connect()
            try:
                connection.autocommit = True
                return [branch for branch in control.prepared(connection) if branch.label == label]
            finally:
                connection.close()

        return await asyncio.wait_for(database.write(lambda _call: prepared()), self._seconds)

    async def _outcome(self, unit: UnitId, dry_run: bool) -> Outcome:
        coordinator = self._coordinator
        try:
            if unit.instance != coordinator.log.instance:
                standing = await coordinator.in_log(lambda: coordinator.log.standing(unit.instance))
                if standing is not Standing.DEAD:
                    return Outcome.LIVE if standing is Standing.LIVE else Outcome.STRANGER
            return await self._decided(unit, dry_run)
        except Exception as error:
            log.warning("%s cannot be decided: %s: %s", unit, type(error).__name__, error)
            return Outcome.UNDECIDED

    async def _decided(self, unit: UnitId, dry_run: bool) -> Outcome:
        written = self._coordinator.log
        ask = written.is_committed if dry_run else written.settle
        if await self._coordinator.in_log(lambda: ask(unit)):
            return Outcome.COMMIT
        for decisions in self._coordinator.decisions:
            settle = decisions.is_committed if dry_run else decisions.settle
            if await decisions.database.write(partial(_without_call, settle, unit)):
                return Outcome.COMMIT
        return Outcome.ROLLBACK

    async def _finish(self, database: Database, branch: BranchId, outcome: Outcome) -> Outcome:
        control = TWO_PHASE[database.features.name]

        def finish() -> None:
            connection = database.connect()
            try:
                connection.autocommit = True
                control.finish(connection, branch, outcome is Outcome.COMMIT)
            except database.failures as error:
                if not is_gone(error):
                    raise
            finally:
                connection.close()

        try:
            await database.write(lambda _call: finish())
        except Exception as error:
            log.warning("%s in %s is still in doubt: %s", branch.unit, database.name, type(error).__name__)
            return Outcome.FAILED
        return outcome

    async def _bury(self, doubtful: set[str]) -> None:
        """Forget dead instances of which no database has anything left."""
        coordinator = self._coordinator
        dead = set(await coordinator.in_log(coordinator.log.dead)) - doubtful
        if not dead:
            return
        for decisions in coordinator.decisions:
            await decisions.database.write(partial(_without_call, decisions.forget_instances, dead))
        await coordinator.in_log(lambda: coordinator.log.bury(dead))


def _without_call(work: Callable[[S], T], subject: S, _call: object) -> T:
    return work(subject)
