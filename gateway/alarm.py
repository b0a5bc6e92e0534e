"""A limit on how long a block of a coroutine may take."""

import asyncio
from types import TracebackType
from typing import Any, Self


class Alarm:
    """`with Alarm(seconds, task) as alarm:` ends its block with TimeoutError after so many seconds.

    What `asyncio.timeout` does, for a third of its time: every request has several. `task` is the current
    one; `rang` says whether a TimeoutError is this alarm's.
    """

    __slots__ = ("_before", "_seconds", "_task", "_timer", "rang")

    def __init__(self, seconds: float, task: "asyncio.Task[Any] | None" = None) -> None:
        self._seconds = seconds
        current = task if task is not None else asyncio.current_task()
        if current is None:
            raise RuntimeError("an alarm needs a task to cancel")
        self._task = current
        self.rang = False

    def __enter__(self) -> Self:
        self._before = self._task.cancelling()
        self._timer = self._task.get_loop().call_later(self._seconds, self._ring)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        # Somebody else's cancellation (a server shutting down, say) goes through.
        if self.rang and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _ring(self) -> None:
        self.rang = True
        self._task.cancel()
