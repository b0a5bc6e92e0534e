"""A source with read replicas: queries are read there while they are well and up to date.

What goes wrong on a replica is never an answer: the same work is done again by the primary, within what is
left of the deadline.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count
from math import inf
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import URL

from gateway.errors import SourceError
from gateway.observe import Trace
from gateway.sources.calls import Call
from gateway.sources.database import Database, Onward, Turn
from gateway.sources.lag import LAGS, LagOf
from gateway.sources.sessions import Sessions
from gateway.sources.source import Source
from gateway.sources.statement import Reader, Statement, Take

T = TypeVar("T")

SHARE = 0.5
"""How much of a source's deadline a replica may use up, so that enough is left for the primary."""
INTERVAL = 1.0
"""Most seconds between two measurements of a replica's lag, while it is read."""


class ReplicaFailed(Exception):
    """A replica did not answer; unlike a GatewayError it ends all the work that is going on there."""


class ReplicaReader(Reader):
    """Reads on a replica."""

    __slots__ = ()

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows. Raises ReplicaFailed for whatever the replica did not do."""
        try:
            return super().rows(statement, values)
        except SourceError as error:
            raise ReplicaFailed from error

    def texts(self, statement: Statement, values: Mapping[str, Any], take: Take) -> None:
        """Texts in portions. Raises ReplicaFailed as `rows` does."""
        try:
            super().texts(statement, values, take)
        except SourceError as error:
            raise ReplicaFailed from error


class Replica(Database):
    """One read replica. Its lag is measured now and then while it is read, and grows with time in between."""

    reader = ReplicaReader

    def __init__(self, source: Source, lag: LagOf) -> None:
        super().__init__(source)
        self._lag = lag
        self._measured: tuple[float, float] | None = None  # seconds behind, and when
        self._measuring: asyncio.Task[None] | None = None
        self._due = 0.0
        self._interval = min(INTERVAL, source.replica_lag_max / 2)

    @property
    def behind(self) -> float:
        """How many seconds it may be behind by now; infinite when that is unknown or it is down."""
        if self._measured is None or self._breaker.is_open:
            return inf
        seconds, at = self._measured
        return seconds + monotonic() - at

    def is_fit(self) -> bool:
        """Whether it may be read. Has its lag measured, and does not wait for that."""
        if monotonic() >= self._due and not self._breaker.is_open:
            self._due = monotonic() + self._interval
            self._measuring = asyncio.get_running_loop().create_task(self.measure())
        return self.behind <= self.source.replica_lag_max

    def doubt(self) -> None:
        """Something went wrong there, so nothing is read before it was measured again."""
        self._measured = None

    async def measure(self) -> None:
        """Ask it how far it is behind. Raises nothing: a replica that does not tell is not read."""
        asked = monotonic()
        found: float | None = None
        with suppress(SourceError):
            found = await self._hop(
                lambda call: self._watched(call, self._written, self._look), self.source.connect_timeout
            )
        self._measured = None if found is None else (found, asked)

    def _look(self, call: Call[float | None]) -> float | None:
        with self._engines.sessions.connect() as connection:
            call.attach(connection.connection.dbapi_connection)
            try:
                return self._lag(connection)
            except Exception as error:
                if isinstance(error, self._refusals):
                    raise
                raise SourceError("The lag of a replica could not be measured.") from error
            finally:
                if call.detach():
                    connection.invalidate()


class Replicated(Database):
    """A source's primary and its replicas. Sessions, and so mutations, are the primary's."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        lag = source.replica_lag or LAGS[self.features.name]
        self.replicas = tuple(
            Replica(replica_of(source, url, number), lag) for number, url in enumerate(source.replicas, 1)
        )
        self._turn = count()

    async def run(
        self,
        work: Callable[[Reader], T],
        sessions: Sessions | None = None,
        trace: Trace | None = None,
        onward: Onward | None = None,
    ) -> T:
        """As a database's, on a replica unless the operation writes or uses this source's session."""
        if sessions is not None and (sessions.of_writes or sessions.is_open(self.name)):
            return await super().run(work, sessions, trace, onward)
        replica = self._fit()
        if replica is None:
            return await super().run(work, sessions, trace, onward)
        started = monotonic()
        try:
            return await replica.run(work, None, trace)
        except (ReplicaFailed, SourceError):
            replica.doubt()
        if trace is not None:
            trace.notes.append(f"{replica.name} failed: read from the primary")
        return await self._run(Turn(work, sessions, trace), self.source.deadline - (monotonic() - started))

    def _takes_in(self, _call: Call[Any], _sessions: Sessions | None) -> bool:
        """No: which replica is read is chosen on the event loop."""
        return False

    def _fit(self) -> Replica | None:
        """A replica that may be read, each in turn."""
        fit = [replica for replica in self.replicas if replica.is_fit()]
        return fit[next(self._turn) % len(fit)] if fit else None

    async def close(self) -> None:
        await asyncio.gather(super().close(), *(replica.close() for replica in self.replicas))


def replica_of(source: Source, url: URL, number: int) -> Source:
    """The replica at `url` as a source of its own."""
    name = f"{source.name} (replica {number})"
    return replace(source, name=name, url=url, replicas=(), deadline=source.deadline * SHARE)
