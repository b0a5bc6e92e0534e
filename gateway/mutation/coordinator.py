"""What the units of one graph share in this process: their resources, the log, the turns, the recovery."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from time import time
from typing import TypeVar
from weakref import WeakKeyDictionary

from gateway.errors import ConfigurationError, NotAtomic, Problem, SourceBusy, UnitRolledBack
from gateway.mutation.decisions import Decisions, declared_table, table_name
from gateway.mutation.log import FileLog, Log, TableLog
from gateway.mutation.recovery import LATE, InDoubt, Recovered, Recovery
from gateway.mutation.resources import Resource, Resources, decisions_in, obstacle
from gateway.mutation.unit import Unit
from gateway.sources.database import Database
from gateway.sources.databases import Databases
from gateway.sources.engines import WRITERS
from gateway.sources.tenants import Tenants
from gateway.sources.twophase import TWO_PHASE, UnitId

T = TypeVar("T")

log = logging.getLogger("gateway.mutation")

FILE, SOURCE = "file:", "source:"
"""How the setting `decision_log` begins."""
WAIT_SECONDS = 10.0
"""How long an operation waits for its turn to write."""
RECOVERY_SECONDS = 10.0
"""Between two recoveries."""
MANY = 100
"""Finished units whose decisions are forgotten at once, without waiting for the next recovery."""


class Coordinator:
    """Begins units and answers for them. Making one connects to nothing.

    `place` is the setting `decision_log`. Raises ConfigurationError when it names no log. `writes`: there are
    mutations, so that something may be in doubt; `writers` are the sources they write, all by default.
    With `best_effort`, writes that cannot be committed atomically are committed one after the other.
    `on_step` is called with the name of each step of a commit, for observers; `pause` are the seconds between
    two recoveries. `quiet` are the dead instances of which the last look at all databases found nothing.
    `told` are the databases of which the log says already why they cannot be asked.
    """

    def __init__(
        self,
        databases: Databases,
        place: str = f"{FILE}gateway-log",
        best_effort: bool = False,
        writes: bool = False,
        writers: Collection[str] | None = None,
    ) -> None:
        self.databases = databases
        self._shared = frozenset(name for name, each in databases.items() if not isinstance(each, Tenants))
        self._resources: dict[str | None, Resources] = {}  # by tenant, of those that are open
        self.log: Log = _log(databases, place)
        self.pause = RECOVERY_SECONDS
        self.on_step: Callable[[str], None] = lambda _name: None
        self._best_effort = best_effort
        self._writes = writes
        self._writers = frozenset(databases if writers is None else writers)
        self.told: set[str] = set()
        self._numbers = count(1)
        self._lock = Lock()
        self._shown = False
        self._active: set[UnitId] = set()
        self._forgettable: dict[Resource | None, list[UnitId]] = {}
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._holders: set[Unit] = set()
        self.quiet: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    # Units

    async def begin(self, databases: Databases) -> Unit:
        """A new unit, once it is its turn: at most `WRITERS` are under way. Raises SourceBusy.

        `databases` are this graph's, those of one tenant perhaps.
        """
        turns = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(WRITERS))
        try:
            await asyncio.wait_for(turns.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise SourceBusy("Too many operations are writing.") from None
        unit = Unit(self, databases)
        self._holders.add(unit)
        return unit

    def resources_of(self, databases: Databases) -> Resources:
        """What can be committed by itself among these, looked at once while a tenant's are open."""
        found = self._resources.get(databases.tenant)
        if found is None or not found.are_of(databases):
            self._resources = {name: one for name, one in self._resources.items() if self._is_open(name)}
            found = self._resources[databases.tenant] = Resources(databases, self._shared)
        return found

    def _is_open(self, tenant: str | None) -> bool:
        each = (one for one in self.databases.values() if isinstance(one, Tenants))
        return tenant is None or any(tenant in one.opened for one in each)

    @property
    def decisions(self) -> list[Decisions]:
        """The tables that may hold decisions."""
        found = (decisions_in(self.databases[name]) for name in self._shared)
        return [decisions for decisions in found if decisions is not None]

    def ended(self, unit: Unit) -> None:
        """A unit holds no connection any more."""
        if unit in self._holders:
            self._holders.discard(unit)
            self._turns[asyncio.get_running_loop()].release()
        self._active.discard(unit.id)

    def new_id(self) -> UnitId:
        """The name of the next unit."""
        return UnitId(self.log.instance, int(time() * 1000), next(self._numbers))

    def check(self, resources: Sequence[Resource]) -> None:
        """Raises NotAtomic when these cannot be committed together."""
        plain = [resource for resource in resources if not resource.control.two_phase]
        if len(resources) < 2 or not plain or self._best_effort:
            return
        hints = [one.problem.hint for one in plain if one.problem is not None]
        if len(plain) > 1:
            raise NotAtomic([resource.name for resource in plain], hints)
        if plain[0].decisions is None:
            name = plain[0].database.name
            hint = f"Declare its table of decisions, decisions_table(…, {name!r}), and migrate it."
            raise NotAtomic([resource.name for resource in resources], [hint, *hints])

    # Decisions

    async def began(self, unit: UnitId) -> None:
        """A unit is about to be prepared: nobody but its commit may finish it. Raises what the log does."""
        if not self._shown:
            try:
                await self.in_log(self.log.open)
            except OSError as error:
                message = "Nothing was written: the log of decisions cannot be opened."
                raise UnitRolledBack(message, hint="See the setting decision_log.") from error
            self._shown = True
        self._active.add(unit)

    def is_active(self, unit: UnitId) -> bool:
        """Whether a commit is at work on it in this process."""
        return unit in self._active

    def is_log(self, resource: Resource) -> bool:
        """Whether decisions are written into this very database, so that its own commit can be one."""
        return isinstance(self.log, TableLog) and self.log.decisions.database is resource.database

    async def decide(self, unit: UnitId) -> None:
        """Write into the log that a unit is committed. Raises UnitRolledBack and SourceError."""
        await self.in_log(lambda: self.log.commit(unit))

    async def settle(self, unit: UnitId, resource: Resource | None) -> bool:
        """Whether a unit is committed whose decision nobody confirmed; if not, it cannot be any more."""
        if resource is None:
            return await self.in_log(lambda: self.log.settle(unit))
        decisions = resource.decisions
        assert decisions is not None
        return await resource.database.write(lambda _call: decisions.settle(unit))

    async def in_log(self, work: Callable[[], T]) -> T:
        """Do `work` with the log in a thread."""
        if isinstance(self.log, TableLog):
            return await self.log.decisions.database.write(lambda _call: work())
        return await asyncio.to_thread(work)

    def finished(self, unit: UnitId, resource: Resource | None) -> None:
        """A unit is finished everywhere, so that its decision may be forgotten."""
        with self._lock:
            self._forgettable.setdefault(resource, []).append(unit)

    async def forget(self) -> None:
        """Delete the decisions that nobody needs any more."""
        with self._lock:
            forgettable, self._forgettable = self._forgettable, {}
        for resource, units in forgettable.items():
            await self._forget(resource, units)

    async def _forget(self, resource: Resource | None, units: list[UnitId]) -> None:
        if resource is None:
            await self.in_log(lambda: self.log.forget(units))
        elif (decisions := resource.decisions) is not None:
            await resource.database.write(lambda _call: decisions.forget(map(str, units)))

    # Recovery

    async def start(self) -> None:
        """Take part in the log, finish what was left behind, and go on doing so in the background.

        What cannot be reached is tried again later; problems with two-phase commits are logged.
        """
        if not self.concerned:
            return
        for problem in await self.problems():
            log.warning("%s: %s; %s", problem.place, problem.message, problem.hint)
            self.told.add(problem.place.removeprefix("source ").strip("'"))
        await self._tick()
        self._task = asyncio.create_task(self._keep_recovering())

    async def recover(self, dry_run: bool = False) -> list[InDoubt]:
        """Finish the branches in doubt of this graph's dead instances, or only tell what would be done.

        Of sources with tenants, those in the databases that are open.
        """
        return (await Recovery(self).run(dry_run)).doubts

    async def recover_all(self, dry_run: bool = False, tenants: Sequence[str] = ()) -> Recovered:
        """As `recover`, in the databases of these tenants, by default of all.

        Raises ConfigurationError for an unknown tenant, and when nobody knows them all.
        """
        done = await Recovery(self, tenants=tenants).run(dry_run)
        if self.quiet:  # a second look, and their decisions can be forgotten
            await asyncio.sleep(LATE)
            done = done.followed_by(await Recovery(self, tenants=tenants).run(dry_run))
        return done

    async def in_doubt(self, seconds: float | None = None) -> list[InDoubt]:
        """The prepared branches that nobody here is finishing, in all sources that answer in time."""
        return (await self.doubts(seconds)).doubts

    async def doubts(self, seconds: float | None = None) -> Recovered:
        """As `in_doubt`, with the sources that cannot be asked."""
        look = Recovery(self, seconds)
        if self.concerned:
            look.recovered.doubts = await look.found()
        return look.recovered

    async def all_in_doubt(self) -> list[InDoubt]:
        """As `in_doubt`, of all tenants that can be listed."""
        if not self.concerned:
            return []
        try:
            everywhere = Recovery(self, tenants=())
        except ConfigurationError:  # only a function knows them
            everywhere = Recovery(self)
        return await everywhere.found()

    @property
    def concerned(self) -> bool:
        """Whether there can be anything in doubt."""
        kinds = [database.features.name in TWO_PHASE for database in self.databases.values()]
        return (self._writes or self._shown) and len(kinds) > 1 and any(kinds)

    async def problems(self) -> list[Problem]:
        """What stands in the way of two-phase commits, of the databases that answer and are written to."""
        places = [place for place in Recovery(self).places if self.crosses(place.name)]
        found = await asyncio.gather(*(self._problem(place.database) for place in places))
        return [problem for problem in found if problem is not None]

    def crosses(self, source: str) -> bool:
        """Whether an operation may write to this source and to another one."""
        return source in self._writers and len(self._writers) > 1

    def tell(self, place: str, reason: str) -> None:
        """Write into the log why a database cannot be asked, unless that is known."""
        if place not in self.told:
            self.told.add(place)
            log.warning("%s", reason)

    async def _problem(self, database: Database) -> Problem | None:
        with suppress(Exception):
            return await database.write(lambda _call: obstacle(database))
        return None

    async def close(self) -> None:
        """End the recovery and leave the log. Units that are under way are left alone."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        with suppress(Exception):
            await self.forget()
        with suppress(Exception):
            await self.in_log(self.log.close)

    async def _keep_recovering(self) -> None:
        while True:
            await asyncio.sleep(self.pause)
            await self._tick()

    async def _tick(self) -> None:
        try:
            await self.in_log(self.log.open)
            await self.forget()
            for doubt in await self.recover():
                log.warning("in doubt: %s", doubt)
        except Exception as error:
            log.warning("the recovery could not do its work: %s: %s", type(error).__name__, error)


def _log(databases: Databases, place: str) -> Log:
    """The log that the setting names. Raises ConfigurationError."""
    if place.startswith(FILE):
        return FileLog(Path(place.removeprefix(FILE)))
    name = place.removeprefix(SOURCE)
    if not place.startswith(SOURCE) or name not in databases or databases[name].features.name == "sqlite":
        hint = "Write file:FOLDER, or source:NAME with a source on MySQL, MariaDB or PostgreSQL."
        raise ConfigurationError([Problem("decision_log", f"{place!r} is no place for decisions", hint)])
    table = declared_table(databases[name].source)
    if table is None:
        hint = f"Declare it, decisions_table(…, {name!r}), and migrate it."
        raise ConfigurationError([Problem("decision_log", f"{name} has no {table_name(name)}", hint)])
    return TableLog(Decisions(databases[name], table))
