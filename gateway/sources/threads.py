"""Threads of one source: a few daemon threads, a bounded queue, calls that can be given up, a breaker.

Sync drivers hang when their server does. Each source therefore has threads of its own, a call is given up
at its deadline whatever its thread does, and a thread that does not come back is replaced.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Lock, Semaphore, Thread
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")

LOST_FACTOR = 3
"""How many threads may be stuck, as a multiple of a source's threads, before they are no longer replaced."""
PATIENCE = 1.0  # seconds of asking the database to stop a statement before its connection is cut
INTERVAL = 0.1  # seconds between two requests
PROBE_PAUSE = 0.25  # seconds between two probes of a failing source
PROBES = 8  # probes of one source that may hang at once


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
        "_lock",
        "_loop",
        "_work",
        "answer",
        "over",
        "running",
        "stopped",
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
        self.answer: asyncio.Future[T] | None = None if loop is None else loop.create_future()
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


class Threads:
    """At most `size` daemon threads, started when needed, and at most `queue` calls waiting for them."""

    def __init__(self, name: str, size: int, queue: int) -> None:
        self._name = name
        self._size = size
        self._queue = queue
        self._waiting: SimpleQueue[Call[Any] | None] = SimpleQueue()
        self._lock = Lock()
        self._count = 0
        self._idle = 0
        self._lost = 0

    @property
    def waiting(self) -> int:
        """Calls no thread has begun."""
        return self._waiting.qsize()

    @property
    def stuck(self) -> int:
        """Threads that still work on calls given up."""
        return self._lost

    def submit(self, call: Call[Any]) -> bool:
        """Have a thread perform the call; False when the queue is full."""
        if self._waiting.qsize() >= self._queue:
            return False
        self._waiting.put(call)
        self._provide()
        return True

    def abandon(self, call: Call[Any]) -> bool:
        """Give a call up and interrupt it. Returns whether a thread was working on it.

        The thread ends when it comes back; another one takes its place at once.
        """
        with self._lock:
            if call.over:
                return False
            call.over = True
            running = call.running
            if running:
                self._count -= 1
                self._lost += 1
        call.stop()
        if running and self._waiting.qsize():
            self._provide()
        return running

    def close(self) -> None:
        """End the threads when they are done with what waits."""
        for _ in range(self._count):
            self._waiting.put(None)

    def _provide(self) -> None:
        with self._lock:
            if self._idle:
                self._idle -= 1
                return
            if self._count >= self._size or self._lost > LOST_FACTOR * self._size:
                return
            self._count += 1
        Thread(target=self._serve, name=f"gateway-{self._name}", daemon=True).start()

    def _next(self) -> Call[Any] | None:
        try:
            return self._waiting.get_nowait()
        except Empty:
            with self._lock:
                self._idle += 1
            return self._waiting.get()

    def _serve(self) -> None:
        while (call := self._next()) is not None:
            with self._lock:
                call.running = not call.over
            if call.running:
                call.perform()
                with self._lock:
                    if call.over:
                        self._lost -= 1
                        return
                    call.over = True
            del call  # or its rows live until the next one comes


class Breaker:
    """Stops asking a source that failed `limit` times in a row, until a probe succeeds.

    It is probed at once and then every `PROBE_PAUSE` seconds, in threads of their own, so that no caller
    waits for it and a probe that hangs does not keep the next one from finding the source well.
    """

    def __init__(self, name: str, probe: Callable[[], bool], limit: int = 3) -> None:
        self._name = name
        self._probe = probe
        self._limit = limit
        self._lock = Lock()
        self._closing = False
        self._healed = Event()
        self.failures = 0
        self.is_open = False

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        with self._lock:
            self.failures += 1
            if self.is_open or self.failures < self._limit or self._closing:
                return
            self.is_open = True
            self._healed = Event()
        self._start(self._heal, self._healed)

    def _heal(self, healed: Event) -> None:
        free = Semaphore(PROBES)
        while not healed.is_set():
            if free.acquire(blocking=False):
                self._start(self._try, healed, free)
            healed.wait(PROBE_PAUSE)

    def _try(self, healed: Event, free: Semaphore) -> None:
        try:
            well = self._probe()
        finally:
            free.release()
        with self._lock:
            if well and not healed.is_set():
                self.failures = 0
                self.is_open = False
                healed.set()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        Thread(target=target, args=arguments, name=f"gateway-{self._name}-probe", daemon=True).start()

    def close(self) -> None:
        """Stop probing and stay open."""
        with self._lock:
            self._closing = True
            self.is_open = True
            self._healed.set()
