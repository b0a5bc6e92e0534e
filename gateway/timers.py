"""Timers that hardly ever ring: limits of requests, of their bodies and of their statements."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

EARLY = 0.002
"""Seconds by which a loop's timer may ring too early."""


class Queue:
    """Timers of one length on one loop, of which one timer of the loop's serves all that run at a time.

    They ring in the order they were started in, so only the first has to be waited for. Every request has
    several, and nearly all are stopped: to start and stop one here costs less than a timer of the loop does.
    """

    __slots__ = ("_loop", "_running", "_seconds", "_started", "_waits")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: dict[int, tuple[float, Callable[[], None]]] = {}
        self._started = 0
        self._waits = False

    def start(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> int:
        """Have `ring` called in so many seconds on the loop that runs here. Returns what stops it."""
        if self._loop is not loop:
            self._loop, self._waits = loop, False
            self._running.clear()
        self._started = number = self._started + 1
        self._running[number] = (loop.time() + self._seconds, ring)
        if not self._waits:
            self._wait(loop, self._seconds)
        return number

    def stop(self, number: int) -> None:
        """Have it not ring; one that has rung needs no stop."""
        self._running.pop(number, None)

    def _wait(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._waits = True
        loop.call_later(seconds, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ring what is due, and wait for the next."""
        if self._loop is not loop:
            return
        self._waits = False
        now = loop.time()
        due = []
        for number, (at, _) in self._running.items():
            if at > now + EARLY:
                self._wait(loop, at - now)
                break
            due.append(number)
        for ring in [self._running.pop(number)[1] for number in due]:
            ring()


class Timers(threading.local):
    """Timers of one length; `here` are those of the thread that asks, which has a loop of its own."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.here = Queue(seconds)


class Alarm:
    """`with Alarm(timers, task) as alarm:` ends its block with TimeoutError when its time is over.

    As `asyncio.timeout` does. `task` is the current one; `rang` says whether a TimeoutError is this alarm's.
    """

    __slots__ = ("_before", "_number", "_queue", "_task", "rang")

    def __init__(self, timers: Timers, task: "asyncio.Task[Any] | None" = None) -> None:
        current = task if task is not None else asyncio.current_task()
        if current is None:
            raise RuntimeError("an alarm needs a task to cancel")
        self._queue = timers.here
        self._task = current
        self.rang = False

    def __enter__(self) -> Self:
        self._before = self._task.cancelling()
        self._number = self._queue.start(self._task.get_loop(), self._ring)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.stop(self._number)
        # Somebody else's cancellation (a server shutting down, say) goes through.
        if self.rang and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _ring(self) -> None:
        self.rang = True
        self._task.cancel()
