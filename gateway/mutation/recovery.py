"""Finishes what a commit left behind: prepared branches whose process, database or network went away.

A branch is committed when its unit is decided so, in the log or in a table of decisions, and rolled back
otherwise: abort is presumed. It is left alone when its instance lives, when nobody here knows the instance,
and as long as a place where the decision may stand does not answer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from gateway.errors import ConfigurationError, Problem, UnknownTenant
from gateway.mutation.log import Standing
from gateway.sources.database import Database
from gateway.sources.tenants import Tenants
from gateway.sources.twophase import SEE, TWO_PHASE, UNSEEN, BranchId, UnitId, is_denied, is_gone, label_of

if TYPE_CHECKING:
    from gateway.mutation.coordinator import Coordinator

S = TypeVar("S")
T = TypeVar("T")

log = logging.getLogger("gateway.mutation")

YOUNG = 1.0
"""Seconds within which a prepared branch is nothing to talk about."""
LATE = 1.0
"""Seconds within which a server may still prepare what a process asked for before it died."""


class _Unseen(Exception):
    """A user who may connect, and may not see what is prepared."""


class Outcome(Enum):
    """What is to become of a branch, or why nothing does yet."""

    COMMIT = "commit"
    ROLLBACK = "roll back"
    LIVE = "its process is at work on it"
    STRANGER = "it is of another gateway or has another log"
    UNDECIDED = "a place where its decision may stand does not answer"
    FAILED = "its database did not carry it out"

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do about it for whoever looks: done, or not theirs to finish."""
        return self not in (Outcome.UNDECIDED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Place:
    """A database that takes part in two-phase commits, `tenant`'s if its source has tenants."""

    database: Database
    tenant: str | None = None

    @property
    def name(self) -> str:
        return self.database.name

    def __str__(self) -> str:
        return self.name if self.tenant is None else f"{self.name} of {self.tenant}"


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A prepared branch. `age` is in seconds; `outcome` None when it was only looked at."""

    source: str
    unit: str
    age: float
    outcome: Outcome | None = None
    tenant: str | None = None

    def __str__(self) -> str:
        place = self.source if self.tenant is None else f"{self.source} of {self.tenant}"
        text = f"{place}: {self.unit}, {self.age:.0f} s old"
        return text if self.outcome is None else f"{text}: {self.outcome.value}"


@dataclass(slots=True)
class Recovered:
    """What was in doubt with what was done about it, and the databases that could not be asked.

    `unseen` are those whose user may not see what is prepared, and so prepares nothing there.
    """

    doubts: list[InDoubt] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do for whoever asked."""
        finished = (doubt.outcome is None or doubt.outcome.is_finished for doubt in self.doubts)
        return not self.unreached and all(finished)

    def followed_by(self, later: "Recovered") -> "Recovered":
        """Both, with the later word about each branch."""
        words = {(each.source, each.tenant, each.unit): each for each in (*self.doubts, *later.doubts)}
        return Recovered(list(words.values()), later.unreached, later.unseen)


class Recovery:
    """One look at the databases that take part in two-phase commits, each for `seconds` at most.

    Of a source with tenants these are the open ones. With `tenants` it is those that are named, opened one
    after the other, or all of them when none is named; then it raises ConfigurationError for a source whose
    tenants nobody can list, and for an unknown one.
    """

    def __init__(
        self, coordinator: "Coordinator", seconds: float | None = None, tenants: Sequence[str] | None = None
    ) -> None:
        self._seconds = seconds
        self._coordinator = coordinator
        databases = coordinator.databases.values() if len(coordinator.databases) > 1 else ()
        taking_part = [each for each in databases if each.features.name in TWO_PHASE]
        self._tenanted = {
            each: None if tenants is None else _names(each, tenants)
            for each in taking_part
            if isinstance(each, Tenants)
        }
        self._shared = [Place(each) for each in taking_part if not isinstance(each, Tenants)]
        self._knows_all = all(names == each.source.tenant_names for each, names in self._tenanted.items())
        self.recovered = Recovered()

    @property
    def places(self) -> list[Place]:
        """The databases that are open."""
        opened = [(each, tenant) for each in self._tenanted for tenant in each.opened]
        return [*self._shared, *(Place(each.opened[tenant], tenant) for each, tenant in opened)]

    async def found(self) -> list[InDoubt]:
        """What is in doubt, leaving everything as it is. Sources that do not answer are left out."""
        return [
            InDoubt(place.name, str(branch.unit), branch.unit.age, tenant=place.tenant)
            async for place, branches in self._listed()
            for branch in branches
            if branch.unit.age >= YOUNG and not self._coordinator.is_active(branch.unit)
        ]

    async def run(self, dry_run: bool) -> Recovered:
        """Finish what can be. Returns every branch with what was (or would be) done about it.

        Forgets the dead instances of which all databases have nothing, now as at the last look.
        """
        dead = set() if dry_run else await self._dead()  # before looking what they have left behind
        outcomes: dict[UnitId, Outcome] = {}
        doubtful: set[str] = set()
        async for place, branches in self._listed():
            for branch in branches:
                unit = branch.unit
                doubtful.add(unit.instance)
                if self._coordinator.is_active(unit):
                    continue
                if unit not in outcomes:
                    outcomes[unit] = await self._outcome(unit, dry_run)
                outcome = outcomes[unit]
                if not dry_run and outcome in (Outcome.COMMIT, Outcome.ROLLBACK):
                    outcome = await self._finish(place.database, branch, outcome)
                doubt = InDoubt(place.name, str(unit), unit.age, outcome, place.tenant)
                self.recovered.doubts.append(doubt)
        if not dry_run and self._knows_all and not (self.recovered.unreached or self.recovered.unseen):
            await self._bury(dead - doubtful)
        return self.recovered

    async def _listed(self) -> AsyncIterator[tuple[Place, list[BranchId]]]:
        """The prepared branches of each place that answers."""
        async for places in self._groups():
            answers = await asyncio.gather(*map(self._branches, places), return_exceptions=True)
            for place, answer in zip(places, answers, strict=True):
                if not isinstance(answer, BaseException):
                    self._coordinator.told.discard(str(place))
                    yield place, answer
                elif not isinstance(answer, _Unseen):
                    self._note_unreached(str(place), answer)
                elif self._coordinator.crosses(place.name):
                    self._note_unseen(str(place))

    async def _groups(self) -> AsyncIterator[list[Place]]:
        """The places, as many at once as may be open."""
        named = {each: names for each, names in self._tenanted.items() if names is not None}
        yield self._shared if named else self.places
        for tenants, names in named.items():
            for name in names:
                try:
                    database = await tenants.hold(name)
                except Exception as error:
                    self._note_unreached(f"{tenants.name} of {name}", error)
                    continue
                try:
                    yield [Place(database, name)]
                finally:
                    tenants.let_go(name)

    def _note_unreached(self, place: str, error: BaseException) -> None:
        reason = type(error).__name__
        self._coordinator.tell(place, f"{place} cannot be asked for prepared transactions: {reason}")
        self.recovered.unreached.append(place)

    def _note_unseen(self, place: str) -> None:
        self._coordinator.tell(place, f"source {place!r}: {UNSEEN}; {SEE}")
        self.recovered.unseen.append(place)

    async def _branches(self, place: Place) -> list[BranchId]:
        database = place.database
        control, label = TWO_PHASE[database.features.name], label_of(database.name, place.tenant)

        def prepared() -> list[BranchId]:
            connection = database.connect()
            try:
                connection.autocommit = True
                return [branch for branch in control.prepared(connection) if branch.label == label]
            except database.failures as error:
                if is_denied(error):
                    raise _Unseen from error
                raise
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

    async def _dead(self) -> set[str]:
        """The dead instances of the log; none when it does not answer."""
        try:
            return set(await self._coordinator.in_log(self._coordinator.log.dead))
        except Exception as error:
            log.warning("the log of decisions cannot be asked: %s", type(error).__name__)
            return set()

    async def _bury(self, quiet: set[str]) -> None:
        """Forget dead instances of which no database has anything, unless they were just found so.

        What a process asked a server to prepare may be done after both its death and one look.
        """
        coordinator = self._coordinator
        buried, coordinator.quiet = quiet & coordinator.quiet, quiet - coordinator.quiet
        if not buried:
            return
        try:
            for decisions in coordinator.decisions:
                await decisions.database.write(partial(_without_call, decisions.forget_instances, buried))
            await coordinator.in_log(lambda: coordinator.log.bury(buried))
        except Exception as error:  # another time then
            log.warning("old decisions are not forgotten: %s", type(error).__name__)


def _names(tenants: Tenants, named: Sequence[str]) -> tuple[str, ...]:
    """The tenants of a source to look at. Raises ConfigurationError."""
    names = tuple(named) or tenants.source.tenant_names
    if names is None:
        hint = "Name them: --tenant acme --tenant globex."
        raise ConfigurationError([Problem(tenants.name, "only a function knows its tenants", hint)])
    for name in names:
        try:
            tenants.source.of_tenant(name)
        except UnknownTenant as error:
            raise ConfigurationError([Problem("--tenant", error.message, "Look at its spelling.")]) from None
    return names


def _without_call(work: Callable[[S], T], subject: S, _call: object) -> T:
    return work(subject)
