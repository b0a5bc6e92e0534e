"""Unit of work: the writes of one mutation operation, in all databases it touches."""

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.orm import Session

from gateway.errors import SourceError, WriteConflict
from gateway.mutation.branch import Branch, UnitSession
from gateway.mutation.commit import Commit
from gateway.sources.blended import BlendedSession
from gateway.sources.calls import Call
from gateway.sources.databases import Databases
from gateway.sources.leases import timed_out

if TYPE_CHECKING:
    from gateway.mutation.coordinator import Coordinator

T = TypeVar("T")


class Unit:
    """The writes of one operation; `sessions` are its sessions, one per source, made when first asked for.

    They are ordinary sessions that cannot commit. When the operation is over, `commit` or `rollback` ends
    all of them, and they cannot be used any more.
    """

    def __init__(self, coordinator: "Coordinator", databases: Databases) -> None:
        self.id = coordinator.new_id()
        self._coordinator = coordinator
        self._databases = databases
        self._resources = coordinator.resources_of(databases)
        self._branches: dict[str, Branch] = {}
        self._lock = Lock()
        self._ending: asyncio.Future[None] | None = None
        files = [name for name, database in databases.items() if database.features.name == "sqlite"]
        self.sessions = BlendedSession(
            {name: self._factory(name) for name in databases},
            databases,
            end=self._end,
            turns=dict.fromkeys(files, "sqlite"),
        )
        self.sessions.of_writes = True

    async def run(self, source: str, work: Callable[[Session], T]) -> T:
        """Do `work` with the session of `source` in a thread of it, within its deadline, and flush.

        Raises SourceError (WriteConflict after a deadlock: the whole unit may be tried again), NotAtomic when
        the source cannot be written together with the others, KeyError for an unknown source, and whatever
        else `work` raises, as SQLAlchemy's IntegrityError.
        """

        def flushed() -> T:
            session = self.sessions[source]
            result = work(session)
            session.flush()
            return result

        return await self.visit(source, flushed)

    async def visit(self, source: str, work: Callable[[], T]) -> T:
        """Do `work` in a thread of `source`, within its deadline, while nobody else uses its connection."""
        database = self._databases[source]
        seconds = database.source.deadline

        def perform(call: Call[T]) -> T:
            with self.sessions.using(source, seconds):
                branch = self._branch(source)
                branch.connect(source)
                call.attach(branch.dbapi_connection)
                try:
                    return work()
                finally:
                    if call.detach():
                        branch.discard()

        try:
            return await database.write(perform)
        except TimeoutError as error:
            raise timed_out(database.source, seconds) from error
        except SourceError as error:
            if source in self._branches:
                self._branches[source].spoil(error)
            raise

    async def commit(self) -> None:
        """Flush every session and commit: everywhere, or nowhere, in which case it raises.

        That is UnitRolledBack after a session was rolled back, WriteConflict after a deadlock, another
        SourceError when a database failed, and what flushing raises. OutcomeUnknown when a database did not
        say what it did; PartiallyCommitted only where the app allows best effort. Goes on when cancelled.
        """
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._commit())
        await asyncio.shield(self._ending)

    async def rollback(self) -> None:
        """Undo what is not committed and close the sessions. Waits for a commit under way."""
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._close())
        await asyncio.shield(asyncio.wait([self._ending]))

    async def _commit(self) -> None:
        try:
            for name in tuple(self.sessions.opened):
                await self.run(name, lambda session: session.flush())
            for branch in self.branches:
                if branch.spoiled is not None:
                    raise branch.spoiled
            written = [branch for branch in self.branches if branch.wrote]
            await Commit(self, written, self._coordinator).carry_out()
        finally:
            await self._close()

    async def _close(self) -> None:
        try:
            names = tuple(self.sessions.opened)
            closings = [self._databases[name].close_session(self.sessions) for name in names]
            await asyncio.gather(*closings)
        finally:
            self._coordinator.ended(self)

    @property
    def conflict(self) -> WriteConflict | None:
        """Why the unit may be tried again, None when it need not or cannot."""
        spoiled = (branch.spoiled for branch in self.branches)
        return next((error for error in spoiled if isinstance(error, WriteConflict)), None)

    def source_of(self, branch: Branch) -> str:
        """A source whose session has written to the branch."""
        return next(name for name, one in tuple(self._branches.items()) if one is branch)

    @property
    def branches(self) -> list[Branch]:
        """The transactions begun until now."""
        return list(dict.fromkeys(tuple(self._branches.values())))

    def _factory(self, name: str) -> Callable[[], Session]:
        return lambda: UnitSession(name, lambda: self._branch(name))

    def _branch(self, source: str) -> Branch:
        """The branch a source's writes belong to. May connect."""
        found = self._branches.get(source)
        if found is not None:
            return found
        resource = self._resources.of(source)
        with self._lock:
            branch = next((one for one in self.branches if one.resource is resource), None)
            if branch is None:
                branch = Branch(resource, self.id, self._admit)
            self._branches[source] = branch
            return branch

    def _admit(self, branch: Branch) -> None:
        """Let a branch write, if what is written then can be committed together. Raises NotAtomic."""
        with self._lock:
            written = [one for one in self.branches if one.wrote]
            self._coordinator.check([one.resource for one in (*written, branch)])
            branch.wrote = True

    def _end(self, name: str, session: Session) -> None:
        session.close()
        if name in self._branches:
            self._branches[name].close()
