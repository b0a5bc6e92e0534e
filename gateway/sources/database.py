"""The runtime of one source: its engines, its threads, and whether it is well."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread, Timer
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from gateway.errors import SourceError, SourceUnavailable
from gateway.observe import Trace
from gateway.sources.blocking import limit, watch
from gateway.sources.breaker import Breaker
from gateway.sources.calls import Call
from gateway.sources.complaints import reason_of
from gateway.sources.engines import WRITERS, Engines
from gateway.sources.features import Features
from gateway.sources.interrupt import interruption_of
from gateway.sources.leases import PooledLease, SessionLease, busy, fault, timed_out, unavailable
from gateway.sources.sessions import Sessions
from gateway.sources.source import Source
from gateway.sources.statement import Reader, Statement
from gateway.sources.threads import Threads
from gateway.sources.writes import SourceSession
from gateway.timers import Timers

T = TypeVar("T")
W = TypeVar("W")

Onward = Callable[[], tuple["Database", Callable[[Reader], Any]] | None]
"""Called in a thread that has done its work: which database it may go on with, and with what."""

log = logging.getLogger("gateway.sources")

CLOSING = 0.25
"""Seconds a source that is closed waits for what was given up, and for its connections to end."""


class Turn(NamedTuple, Generic[T]):
    """What is done in a thread, with the operation it belongs to."""

    work: Callable[[Reader], T]
    sessions: Sessions | None
    trace: Trace | None


class _Outage(Exception):
    """Work that went on without its database, which cannot be reached: what it made, and the error."""

    def __init__(self, result: Any, error: SourceUnavailable) -> None:
        super().__init__()
        self.result = result
        self.error = error


def _unless_out(result: T, lease: PooledLease | SessionLease) -> T:
    """What was read. Raises _Outage when the database could not be reached for a part of it."""
    if lease.outage is not None:
        raise _Outage(result, lease.outage)
    return result


class Database:
    """One source at work. Making it connects to nothing; a server that is down is tried when needed."""

    reader: ClassVar[type[Reader]] = Reader
    """What reads outside of sessions."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.name = source.name
        self._engines = Engines(source)
        self._interruption = interruption_of(self.features.name, self._engines.connect)
        for engine in (self._engines.sessions, self._engines.units):
            watch(engine, self._interruption)
        limit(self._engines.sessions, self._interruption, source.deadline)
        self._refusals: tuple[type[Exception], ...] = (SQLAlchemyError, *self._engines.failures)
        self._threads = Threads(source.name, source.threads, source.queue)
        # Writers wait for each other's locks. In threads of their own they keep no read waiting, nor those
        # that hold the locks.
        self._writers = Threads(f"{source.name}-writer", WRITERS, source.queue)
        self._breaker = Breaker(source.name, self._probe)
        self._outage: str | None = None  # why it cannot be reached
        self._timers = Timers(source.deadline)
        self._ping = Statement("SELECT 1", (), named=self.features.placeholder is None)

    @property
    def dialect(self) -> Dialect:
        """The dialect to compile this source's statements with; the server may be down."""
        return self._engines.dialect

    @property
    def features(self) -> Features:
        return self._engines.features

    async def run(
        self,
        work: Callable[[Reader], T],
        sessions: Sessions | None = None,
        trace: Trace | None = None,
        onward: Onward | None = None,
    ) -> T:
        """Do `work` in a thread of this source, within its deadline, and return what it returns.

        It reads over an autocommit connection or, when `sessions` has this source's session open, over
        that session, flushed. Raises SourceBusy when the queue is full, SourceTimeout at the deadline
        (the statement is then cancelled, as it is when the caller is), SourceUnavailable while the source
        is down, and whatever `work` raises.

        Then the same thread does what `onward` says, source by source, each within its own deadline, as long
        as these can take it in at once.
        """
        return await self._run(Turn(work, sessions, trace), self.source.deadline, onward)

    async def _run(self, turn: Turn[T], seconds: float, onward: Onward | None = None) -> T:
        self._refuse_if_down()

        def perform(call: Call[T]) -> T:
            self._refuse_if_down()  # it may have gone down while the call waited
            result = self._performed(call, turn)
            while onward is not None and call.may_go_on:
                following = onward()
                if following is None:
                    break
                database, work = following
                if not database._takes_in(call, turn.sessions):
                    break
                database._performed(call, Turn(work, turn.sessions, turn.trace))
            return result

        return await self._hop(perform, seconds)

    def _takes_in(self, call: Call[Any], sessions: Sessions | None) -> bool:
        """Whether a thread of another source may go on here with its call; it has a slot from then on."""
        if self._breaker.is_open or (sessions is not None and sessions.is_open(self.name)):
            return False
        return call.go_on(self._threads, self._interruption, self.source.deadline, self._late)

    async def write(self, work: Callable[[Call[T]], T]) -> T:
        """Do `work` in a thread for writers, within the source's deadline, and return what it returns.

        `work` attaches the connection it uses to the call it gets. Raises as `run` does, WriteConflict when
        other transactions stood in the way, and SQLAlchemy's DBAPIError for what is wrong with a statement.
        """
        self._refuse_if_down()
        return await self._hop(
            lambda call: self._watched(call, self._written, work), self.source.deadline, self._writers
        )

    def fault(self, error: BaseException) -> SourceError | None:
        """What went wrong with the database as such; None for a statement that it refused."""
        original = getattr(error, "orig", None) or error
        lost = getattr(error, "connection_invalidated", False) or self._engines.is_lost(original, None)
        return fault(original, self.source, lost or isinstance(original, PoolTimeout))

    async def ping(self, seconds: float) -> None:
        """Ask the database for an answer within `seconds`. Raises SourceError when there is none."""

        def perform(call: Call[None]) -> None:
            self._performed(call, Turn(self._ask, None, None))

        await self._hop(perform, seconds)

    def new_session(self) -> Session:
        """An ordinary session on this database; it connects when first used. The caller closes it."""
        return SourceSession(self._engines.sessions, expire_on_commit=False)

    def connect(self) -> Any:
        """A driver's connection outside of the pools, with short timeouts. The caller closes it."""
        return self._engines.connect()

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What the driver raises."""
        return self._engines.failures

    @property
    def units(self) -> Engine:
        """The engine of mutation operations."""
        return self._engines.units

    async def close_session(self, sessions: Sessions) -> None:
        """Roll back and close this source's session of an operation, in a thread. Never raises a SourceError.

        When no thread is free in time, it is closed in the background.
        """
        begun = False

        def perform(_call: Call[None]) -> None:
            nonlocal begun
            begun = True
            sessions.close_one(self.name)

        try:
            await self._hop(perform, self.source.connect_timeout, self._writers)
        except Exception as error:
            log.warning("closing a session of %s failed: %s", self.name, type(error).__name__)
            if not begun:
                Thread(target=sessions.close_one, args=(self.name,), daemon=True).start()

    def state(self) -> dict[str, Any]:
        """For health checks. `status` is "ok", "failing" (the last call failed) or "down".

        While it is down, calls are refused and probes go on. `waiting` counts calls no thread has begun,
        `stuck` threads that do not come back.
        """
        status = "down" if self._breaker.is_open else "failing" if self._breaker.failures else "ok"
        return {
            "source": self.name,
            "database": self.features.name,
            "status": status,
            "waiting": self._threads.waiting,
            "stuck": self._threads.stuck,
        }

    async def close(self) -> None:
        """Give up what runs, close the connections and end the threads; afterwards it cannot be used."""
        self._breaker.close()
        for call in (*self._threads.calls, *self._writers.calls):
            call.abandon()
            call.fail(SourceUnavailable("The gateway is shutting down.", source=self.name))
        await self._come_back(CLOSING)  # the process may end next, and interruptions with it
        with suppress(SourceError):
            await self._hop(lambda _call: self._engines.dispose(), CLOSING)
        self._threads.close()
        self._writers.close()

    async def _come_back(self, seconds: float) -> None:
        """Wait for the threads whose calls were given up, at most so long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (self._threads.stuck or self._writers.stuck) and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def _hop(self, work: Callable[[Call[T]], T], seconds: float, threads: Threads | None = None) -> T:
        call = Call(work, self._interruption, asyncio.get_running_loop())
        call.limit(seconds, self._late, self._timers.here if seconds == self.source.deadline else None)
        if not (threads or self._threads).submit(call):
            raise busy(self.source)
        return await call.answered()

    def _late(self, seconds: float, running: bool) -> SourceError:
        if running:
            self._breaker.failed()
        return timed_out(self.source, seconds)

    def _watched(self, call: Call[Any], work: Callable[[Call[Any], W], T], what: W) -> T:
        """Do the work and tell the breaker what it says about the database."""
        try:
            result = work(call, what)
        except _Outage as met:
            self._failed(call, met.error)
            return met.result  # type: ignore[no-any-return]
        except SourceUnavailable as error:
            self._failed(call, error)
            raise
        self._breaker.succeeded()
        self._outage = None
        return result

    def _failed(self, call: Call[Any], error: SourceUnavailable) -> None:
        """Tell the breaker, and the log once per outage and reason, that the database cannot be reached."""
        if call.stopped:
            return
        reason = reason_of(error.__cause__, self.source.url)
        if reason != self._outage:
            self._outage = reason
            log.warning("%s cannot be reached: %s", self.name, reason)
        self._breaker.failed()

    def _performed(self, call: Call[Any], turn: Turn[T]) -> T:
        return self._watched(call, self._read, turn)

    def _read(self, call: Call[Any], turn: Turn[T]) -> T:
        sessions = turn.sessions
        if sessions is not None and sessions.is_open(self.name):
            return self._read_in_session(call, turn, sessions)
        lease = PooledLease(self.source, self._engines, call)
        try:
            result = turn.work(self.reader(self.name, lease, turn.trace))
        finally:
            lease.release()
        return _unless_out(result, lease)

    def _written(self, call: Call[T], work: Callable[[Call[T]], T]) -> T:
        try:
            return work(call)
        except self._refusals as error:
            failure = self.fault(error)
            if failure is None:
                raise
            raise failure from error

    def _read_in_session(self, call: Call[Any], turn: Turn[T], sessions: Sessions) -> T:
        try:
            with sessions.using(self.name, self.source.deadline) as session:
                lease = SessionLease(self.source, self._engines, call, session)
                try:
                    result = turn.work(Reader(self.name, lease, turn.trace))
                finally:
                    lease.release()
                return _unless_out(result, lease)
        except TimeoutError as error:
            raise timed_out(self.source, self.source.deadline) from error

    def _refuse_if_down(self) -> None:
        if self._breaker.is_open:
            raise unavailable(self.source)

    def _ask(self, reader: Reader) -> None:
        reader.rows(self._ping, {})

    def _probe(self) -> bool:
        """Whether a fresh connection answers; in the breaker's thread."""
        self._engines.distrust()
        call: Call[None] = Call(lambda _call: None, self._interruption)
        patience = Timer(self.source.connect_timeout, call.stop)
        patience.daemon = True
        patience.start()
        try:
            self._read(call, Turn(self._ask, None, None))
        except Exception:
            return False
        finally:
            patience.cancel()
        return True
