"""A source that is one database per tenant: each is opened when first needed and closed when idle.

The tenant of an operation is settled before it begins. From then on it works with the tenant's own
`Database`, which has connections, threads and a health of its own, so one tenant's trouble stays with it.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from gateway.errors import SourceBusy, SourceError, UnknownTenant
from gateway.sources.database import Database
from gateway.sources.source import Source

STATUSES = ("ok", "failing", "down")


@dataclass(frozen=True, slots=True)
class TenantLimits:
    """How many tenants of a source may be open at once, and for how many seconds an idle one stays open."""

    open: int = 32
    idle: float = 300.0


@dataclass(slots=True)
class _Open:
    database: Database
    holders: int = 0
    used: float = 0.0


class Tenants(Database):
    """All tenants' databases of one source. Itself it knows the dialect, and runs nothing.

    At most `limits.open` are open at once, so that connections and threads stay bounded: when another one
    is needed, the one unused for longest is closed; when all are in use, SourceBusy is raised.
    """

    def __init__(self, source: Source, limits: TenantLimits) -> None:
        super().__init__(source)
        self._limits = limits
        self._open: dict[str, _Open] = {}  # the least recently used first
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_loop: asyncio.AbstractEventLoop | None = None

    async def hold(self, tenant: str) -> Database:
        """The tenant's database, kept open until `let_go`. Raises UnknownTenant or SourceBusy."""
        found = self._open.pop(tenant, None)
        if found is None:
            source = self.source.of_tenant(tenant)
            await self._make_room()
            found = self._open.pop(tenant, None) or _Open(Database(source))
        self._open[tenant] = found
        found.holders += 1
        return found.database

    def let_go(self, tenant: str) -> None:
        """Nobody who held it once needs it any more; it is closed when nobody comes back for a while."""
        held = self._open.get(tenant)
        if held is None:  # the gateway was closed meanwhile
            return
        held.holders -= 1
        held.used = monotonic()
        if not held.holders:
            self._schedule(self._limits.idle)

    @property
    def opened(self) -> dict[str, Database]:
        """The tenants whose databases are open."""
        return {tenant: each.database for tenant, each in self._open.items()}

    def state(self) -> dict[str, Any]:
        """As a database's, of all open tenants together: the worst status, and how many are `open`."""
        states = [each.database.state() for each in self._open.values()]
        return {
            **super().state(),
            "status": max((state["status"] for state in states), key=STATUSES.index, default="ok"),
            "waiting": sum(state["waiting"] for state in states),
            "stuck": sum(state["stuck"] for state in states),
            "open": len(states),
        }

    async def run(self, *_: Any, **__: Any) -> NoReturn:
        """Raises UnknownTenant: without a tenant there is no database."""
        raise UnknownTenant(None)

    async def ping(self, *_: Any) -> NoReturn:
        """Raises UnknownTenant: without a tenant there is no database."""
        raise UnknownTenant(None)

    def new_session(self) -> Session:
        """Raises UnknownTenant: without a tenant there is no database."""
        raise UnknownTenant(None)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        closing = [each.database.close() for each in self._open.values()]
        self._open.clear()
        await asyncio.gather(*closing, *self._closing, super().close())

    # Closing what is idle

    async def _make_room(self) -> None:
        """Close the tenant unused for longest when as many as may be are open or being closed."""
        while len(self._open) + len(self._closing) >= self._limits.open:
            idle = next((name for name, each in self._open.items() if not each.holders), None)
            if idle is not None:
                self._close_idle(idle)
            if not self._closing:
                raise SourceBusy(
                    f"Too many tenants of {self.name} are in use at once.",
                    hint="Try again, or raise the setting tenants_open.",
                    source=self.name,
                )
            await asyncio.wait(self._closing, return_when=asyncio.FIRST_COMPLETED)

    def _close_idle(self, tenant: str) -> None:
        task = asyncio.get_running_loop().create_task(_closed(self._open.pop(tenant).database))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _schedule(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer_loop is not loop:
            self._timer, self._timer_loop = loop.call_later(seconds, self._sweep), loop

    def _sweep(self) -> None:
        self._timer = None
        now = monotonic()
        due: list[float] = []
        for tenant, each in tuple(self._open.items()):
            left = each.used + self._limits.idle - now
            if each.holders:
                continue
            if left <= 0:
                self._close_idle(tenant)
            else:
                due.append(left)
        if due:
            self._schedule(min(due))


async def _closed(database: Database) -> None:
    with suppress(SourceError):
        await database.close()
