"""What one operation carries: who calls, the request, its sessions and its trace."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gateway.observe import Trace
from gateway.sources.database import Database
from gateway.sources.sessions import Sessions


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

    `request` is the HTTP request, None outside of one. Whoever makes a context closes it.
    """

    __slots__ = ("caller", "databases", "request", "sessions", "trace")

    def __init__(
        self,
        databases: Mapping[str, Database],
        *,
        request: Any | None = None,
        caller: Caller = ANONYMOUS,
        trace: Trace | None = None,
    ) -> None:
        self.databases = databases
        self.request = request
        self.caller = caller
        self.trace = trace if trace is not None else Trace()
        self.sessions = Sessions({name: database.new_session for name, database in databases.items()})

    async def close(self) -> None:
        """Roll back and close the sessions that were opened, on their sources' threads, even if cancelled."""
        opened = tuple(self.sessions.opened)
        if opened:
            await asyncio.shield(asyncio.gather(*map(self._close_session, opened)))

    async def _close_session(self, name: str) -> None:
        await self.databases[name].close_session(self.sessions)
