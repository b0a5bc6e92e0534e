"""Work on its way through a thread: it can be given up, and go on with another source in the same thread.

Sync drivers hang when their server does, so a call is given up at its deadline whatever its thread does.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from gateway.timers import EARLY, Queue

if TYPE_CHECKING:
    from gateway.sources.threads import Threads

T = TypeVar("T")

PATIENCE = 1.0  # seconds of asking the database to stop a statement before its connection is cut
INTERVAL = 0.1  # seconds between two requests

Late = Callable[[float, bool], Exception]
"""The error for a call given up after so many seconds, told whether a thread was working on it."""


class Stopped(Exception):
    """The call was given up before its work was done; nobody waits for this."""


class Interruption(Protocol):
    """How to stop the statement a DBAPI connection is running, from another thread."""

    def ask(self, connection: Any) -> None:
        """Have the database stop it."""

    def force(self, connection: Any) -> None:
        """Free the thread that waits, without the database's help."""


class Call(Generic[T]):
    """One piece of work on its way through a thread.

    The thread attaches the DBAPI connection it works on, so that `stop` can interrupt the statement. A
    connection whose call was stopped must not be used again: the interruption may arrive late.
    """

    __slots__ = (
        "_connection",
        "_detached",
        "_interruption",
        "_late",
        "_lock",
        "_loop",
        "_timer",
        "_timers",
        "_until",
        "_work",
        "answer",
        "over",
        "running",
        "seconds",
        "stopped",
        "threads",
    )

    def __init__(
        self,
        work: Callable[["Call[T]"], T],
        interruption: Interruption,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._work = work
        self._interruption = interruption
        self._loop = loop
        self._lock = Lock()
        self._connection: Any = None
        self._detached: Event | None = None
        self._until = inf
        self._late: Late | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timers: Queue | None = None
        self.seconds: float | None = None
        self.answer: asyncio.Future[T] | None = None if loop is None else loop.create_future()
        self.threads: Threads | None = None
        self.running = False
        self.over = False
        self.stopped = False

    def perform(self) -> None:
        """Do the work in the current thread and hand the result to the waiting coroutine."""
        try:
            result = self._work(self)
        except BaseException as error:
            self._deliver(None, error)
        else:
            self._deliver(result, None)

    def _deliver(self, result: T | None, error: BaseException | None) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                self._loop.call_soon_threadsafe(self._resolve, result, error)

    def _resolve(self, result: Any, error: BaseException | None) -> None:
        if self.answer is None or self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(result)

    def fail(self, error: Exception) -> None:
        """Answer with an error; on the event loop only."""
        self._resolve(None, error)

    def limit(self, seconds: float, late: Late, timers: Queue | None = None) -> None:
        """Set the deadline, so many seconds from now; `late` makes its error. `timers` are of that length."""
        self.seconds, self._until, self._late, self._timers = seconds, monotonic() + seconds, late, timers

    async def answered(self) -> T:
        """What the work of a call that was submitted returns.

        At its deadline, and when the waiting task is cancelled, it is given up and its statement stopped.
        """
        loop, answer = self._loop, self.answer
        assert loop is not None
        assert answer is not None
        assert self.seconds is not None
        timers, number = self._timers, 0
        if timers is not None:
            number = timers.start(loop, self._expire)
        else:
            self._timer = loop.call_later(self.seconds, self._expire)
        try:
            return await answer
        except asyncio.CancelledError:
            self.abandon()
            raise
        finally:
            if timers is not None:
                timers.stop(number)
            if self._timer is not None:
                self._timer.cancel()

    def _expire(self) -> None:
        """Give it up, unless it went on with another source, which has a deadline of its own."""
        assert self._loop is not None
        assert self._late is not None
        left = self._until - monotonic()
        if left > EARLY:
            self._timer = self._loop.call_later(left, self._expire)
        else:
            self.fail(self._late(self.seconds or 0.0, self.abandon()))

    def abandon(self) -> bool:
        """Give the call up and interrupt it. Returns whether a thread was working on it.

        The thread ends when it comes back; another one takes its place at once.
        """
        running: bool | None = None
        while self.threads is not None and running is None:
            running = self.threads.give_up(self)
        self.stop()
        return bool(running)

    def go_on(self, threads: "Threads", interruption: Interruption, seconds: float, late: Late) -> bool:
        """Take a slot of other threads instead, with a new deadline; False when none is free at once.

        In the call's thread, while no connection is attached. Raises Stopped when it was given up already.
        """
        until = monotonic() + seconds
        if until < self._until:
            return False  # a timer that runs cannot be moved to an earlier time from here
        if self.threads is None or not threads.admit():
            return False
        self._interruption, self._until, self._late, self.seconds = interruption, until, late, seconds
        if not self.threads.let_go(self, threads):
            threads.vacate()
            raise Stopped
        return True

    @property
    def may_go_on(self) -> bool:
        """Whether nothing else is at work where it is: then its thread need not stay for others."""
        return self.threads is not None and self.threads.has_one_call

    def attach(self, connection: Any) -> None:
        """From now on `stop` interrupts this DBAPI connection. Raises Stopped when it is too late."""
        with self._lock:
            if self.stopped:
                raise Stopped
            self._connection = connection

    def detach(self) -> bool:
        """The connection is no longer at work. Returns whether the call was stopped: then discard it."""
        with self._lock:
            self._connection = None
            if self._detached is not None:
                self._detached.set()
            return self.stopped

    def stop(self) -> None:
        """Interrupt the statement, if one is running, without waiting for it; from any thread."""
        with self._lock:
            if self.stopped:
                return
            self.stopped = True
            connection = self._connection
            self._detached = Event()
        if connection is not None:
            Thread(target=self._interrupt, args=(connection, self._detached), daemon=True).start()

    def _interrupt(self, connection: Any, detached: Event) -> None:
        given_up = monotonic() + PATIENCE
        while monotonic() < given_up:  # a request that overtakes the statement has no effect
            with suppress(Exception):
                self._interruption.ask(connection)
            if detached.wait(INTERVAL):
                return
        with self._lock, suppress(Exception):
            if self._connection is not None:
                self._interruption.force(connection)
