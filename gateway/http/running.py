"""The requests in work: not too many at once, and none for long after the server is told to stop."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from gateway.errors import Overloaded, ShuttingDown
from gateway.http.reply import Refused, refused

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Running:
    """The tasks that answer requests, at most `most`. `over`: the grace of a stopping server has ended."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[Any]] = set()
        self.over = False

    def enter(self) -> "asyncio.Task[Any]":
        """Note the current task. Raises Refused (503) when there are too many, or the server stops."""
        if self.over:
            raise stopping()
        if len(self._tasks) >= self._most:
            error = Overloaded("Too many operations are running.", hint="Try again with a growing delay.")
            raise refused(error)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        return task

    def leave(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)

    def end(self) -> None:
        """Cancel every request, which stops its statements; each is answered that the server stops."""
        self.over = True
        for task in tuple(self._tasks):
            task.cancel()

    @contextmanager
    def until_told(self, grace: float) -> Iterator[None]:
        """Inside, a signal to stop ends what is running `grace` seconds later.

        The server's own handler of the signal is called too. On other threads than the main one no
        signals arrive, and there is nothing to do.
        """
        kept = _handlers() if threading.current_thread() is threading.main_thread() else {}
        loop = asyncio.get_running_loop()

        def told(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(loop.call_later, grace, self.end)
            kept[number](number, frame)

        for number in kept:
            signal.signal(number, told)
        try:
            yield
        finally:
            for number, handler in kept.items():
                if signal.getsignal(number) is told:
                    signal.signal(number, handler)


def stopping() -> Refused:
    """The refusal of a request that a stopping server does not finish."""
    message = "The gateway is shutting down."
    return refused(ShuttingDown(message, hint="Send the request again: another process will answer it."))


def _handlers() -> dict[int, Any]:
    """The handlers that a server has set for the signals which tell it to stop."""
    found = {number: signal.getsignal(number) for number in _SIGNALS}
    default = signal.default_int_handler
    return {
        number: handler for number, handler in found.items() if callable(handler) and handler is not default
    }
