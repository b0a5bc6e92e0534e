"""What one operation carries: who calls, the request, its sessions and its trace."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from gateway.mutation.coordinator import Coordinator
from gateway.mutation.unit import Unit
from gateway.observe import Trace
from gateway.sources.blended import BlendedSession
from gateway.sources.databases import Databases
from gateway.worker import Worker, Workers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a role, which decides what is visible, and claims, which `rows=` conditions may use."""

    role: str = "anonymous"
    claims: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", MappingProxyType(dict(self.claims)))


ANONYMOUS = Caller()


class Context:
    """The context of one operation; `context.sessions["crm"]` is an ordinary SQLAlchemy session.

    `context.sessions` itself behaves as one session over all sources.
    `request` is the HTTP request, None outside of one. `workers` are the threads that all operations share,
    without which this one has its own. `unit` is the unit of work of a mutation operation. Whoever makes a
    context closes it.
    """

    __slots__ = (
        "_closed",
        "_coordinator",
        "_own_workers",
        "_sessions",
        "_worker",
        "_workers",
        "caller",
        "databases",
        "request",
        "trace",
        "unit",
    )

    def __init__(
        self,
        databases: Databases,
        *,
        request: Any | None = None,
        caller: Caller = ANONYMOUS,
        trace: Trace | None = None,
        workers: Workers | None = None,
        coordinator: Coordinator | None = None,
    ) -> None:
        self.databases = databases
        self._coordinator = coordinator
        self.request = request
        self.caller = caller
        self.trace = trace if trace is not None else Trace()
        self.unit: Unit | None = None
        self._sessions: BlendedSession | None = None
        self._closed = False
        self._workers = workers
        self._own_workers: Workers | None = None
        self._worker: Worker | None = None

    @property
    def sessions(self) -> BlendedSession:
        """The operation's sessions; those of a mutation are its unit's."""
        if self._sessions is None:
            factories = {name: database.new_session for name, database in self.databases.items()}
            self._sessions = BlendedSession(factories, self.databases)
        return self._sessions

    @property
    def begun(self) -> BlendedSession | None:
        """The same, None as long as nobody has asked for them."""
        return self._sessions

    @property
    def tenant(self) -> str | None:
        """The tenant whose databases these are, None in a graph without tenants."""
        return self.databases.tenant

    async def run(self, work: Callable[[BlendedSession], T]) -> T:
        """`await context.run(lambda sessions: …)`: what `work` returns, called in a thread.

        The sessions are the operation's own and nobody else uses them meanwhile. Raises ResolverTimeout
        after the seconds of the setting `resolver_deadline`, RuntimeError when the operation is over, and
        whatever `work` raises.
        """
        return await self.worker.run(lambda: work(self.sessions))

    @property
    def worker(self) -> Worker:
        """The operation's worker. Raises RuntimeError when the operation is over."""
        if self._closed:
            raise RuntimeError("the operation is over")
        if self._worker is None:
            if self._workers is None:
                self._workers = self._own_workers = Workers()
            self._worker = Worker(self._workers, self.sessions)
        return self._worker

    async def begin(self) -> Unit:
        """Begin the unit of work of a mutation operation: from here on `sessions` are the unit's.

        Begun again, the one before is rolled back first.
        """
        await self._close_sessions()
        self._worker = None
        if self._coordinator is None:
            self._coordinator = Coordinator(self.databases)
        self.unit = await self._coordinator.begin(self.databases)
        self._sessions = self.unit.sessions
        return self.unit

    async def close(self) -> None:
        """Roll back and close the sessions that were opened, on their sources' threads, even if cancelled."""
        self._closed = True
        if self._own_workers is not None:
            self._own_workers.close()
        await self._close_sessions()

    async def _close_sessions(self) -> None:
        if self.unit is not None:
            await self.unit.rollback()
            return
        opened = () if self._sessions is None else tuple(self._sessions.opened)
        try:
            if opened:
                await asyncio.shield(asyncio.gather(*map(self._close_session, opened)))
        finally:
            self.databases.release()

    async def _close_session(self, name: str) -> None:
        await self.databases[name].close_session(self.sessions)
