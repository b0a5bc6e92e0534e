"""The runtime of one source: its engines, its threads, and whether it is well."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread, Timer
from typing import Any, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.orm import Session

from gateway.errors import SourceError, SourceUnavailable
from gateway.observe import Trace
from gateway.sources.engines import Engines
from gateway.sources.features import Features
from gateway.sources.interrupt import interruption_of
from gateway.sources.leases import PooledLease, SessionLease, busy, timed_out, unavailable
from gateway.sources.sessions import Sessions
from gateway.sources.source import Source
from gateway.sources.statement import Reader, Statement
from gateway.sources.threads import Breaker, Call, Threads

T = TypeVar("T")

log = logging.getLogger("gateway.sources")


class Database:
    """One source at work. Making it connects to nothing; a server that is down is tried when needed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.name = source.name
        self._engines = Engines(source)
        self._interruption = interruption_of(self.features.name, self._engines.connect)
        self._threads = Threads(source.name, source.threads, source.queue)
        self._breaker = Breaker(source.name, self._probe)
        self._calls: set[Call[Any]] = set()
        self._ping = Statement("SELECT 1", (), named=self.features.placeholder is None)

    @property
    def dialect(self) -> Dialect:
        """The dialect to compile this source's statements with; the server may be down."""
        return self._engines.dialect

    @property
    def features(self) -> Features:
        return self._engines.features

    async def run(
        self, work: Callable[[Reader], T], sessions: Sessions | None = None, trace: Trace | None = None
    ) -> T:
        """Do `work` in a thread of this source, within its deadline, and return what it returns.

        It reads over an autocommit connection or, when `sessions` has this source's session open, over
        that session, flushed. Raises SourceBusy when the queue is full, SourceTimeout at the deadline
        (the statement is then cancelled, as it is when the caller is), SourceUnavailable while the source
        is down, and whatever `work` raises.
        """
        self._refuse_if_down()

        def perform(call: Call[T]) -> T:
            self._refuse_if_down()  # it may have gone down while the call waited
            return self._watched(call, lambda: self._read(call, work, sessions, trace))

        return await self._hop(perform, self.source.deadline)

    async def ping(self, seconds: float) -> None:
        """Ask the database for an answer within `seconds`. Raises SourceError when there is none."""

        def perform(call: Call[None]) -> None:
            self._watched(call, lambda: self._read(call, self._ask, None, None))

        await self._hop(perform, seconds)

    def new_session(self) -> Session:
        """An ordinary session on this database; it connects when first used. The caller closes it."""
        return Session(self._engines.sessions, expire_on_commit=False)

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
            await self._hop(perform, self.source.connect_timeout)
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
        for call in tuple(self._calls):
            self._threads.abandon(call)
            call.fail(SourceUnavailable("The gateway is shutting down.", source=self.name))
        with suppress(SourceError):
            await self._hop(lambda _call: self._engines.dispose(), self.source.connect_timeout)
        self._threads.close()

    async def _hop(self, work: Callable[[Call[T]], T], seconds: float) -> T:
        loop = asyncio.get_running_loop()
        call = Call(work, self._interruption, loop)
        assert call.answer is not None
        if not self._threads.submit(call):
            raise busy(self.source)
        self._calls.add(call)
        timer = loop.call_later(seconds, self._expire, call, seconds)
        try:
            return await call.answer
        except asyncio.CancelledError:
            self._threads.abandon(call)
            raise
        finally:
            timer.cancel()
            self._calls.discard(call)

    def _expire(self, call: Call[Any], seconds: float) -> None:
        if self._threads.abandon(call):
            self._breaker.failed()
        call.fail(timed_out(self.source, seconds))

    def _watched(self, call: Call[Any], work: Callable[[], T]) -> T:
        """Do the work and tell the breaker what it says about the database."""
        try:
            result = work()
        except SourceUnavailable as error:
            if not call.stopped:
                log.warning("%s cannot be reached: %s", self.name, type(error.__cause__).__name__)
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        return result

    def _read(
        self, call: Call[Any], work: Callable[[Reader], T], sessions: Sessions | None, trace: Trace | None
    ) -> T:
        if sessions is None or not sessions.is_open(self.name):
            lease = PooledLease(self.source, self._engines, call)
            try:
                return work(Reader(self.name, lease, trace))
            finally:
                lease.release()
        return self._read_in_session(call, work, sessions, trace)

    def _read_in_session(
        self, call: Call[Any], work: Callable[[Reader], T], sessions: Sessions, trace: Trace | None
    ) -> T:
        try:
            turn = sessions.using(self.name, self.source.deadline)
            with turn as session:
                lease = SessionLease(self.source, self._engines, call, session)
                try:
                    return work(Reader(self.name, lease, trace))
                finally:
                    lease.release()
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
            self._read(call, self._ask, None, None)
        except Exception:
            return False
        finally:
            patience.cancel()
        return True
