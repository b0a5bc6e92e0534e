"""Notices that a client has left, and stops the work nobody will read."""

import asyncio
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive

from gateway.http.reply import ClientGone
from gateway.timers import Timers

PATIENCE = 0.02
"""Seconds before looking at the connection; most operations are done by then and pay for a timer only."""
_TIMERS = Timers(PATIENCE)


class Departure:
    """`with Departure(receive, task):` cancels its block when the client leaves and raises ClientGone.

    `task` is the current one.
    """

    def __init__(self, receive: Receive, task: "asyncio.Task[Any]") -> None:
        self._receive = receive
        self._task = task
        self._gone = False
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._cancelled_before = self._task.cancelling()
        self._number = _TIMERS.here.start(self._task.get_loop(), self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _TIMERS.here.stop(self._number)
        if self._watch is not None:
            self._watch.cancel()
        # As with an alarm: somebody else's cancellation (a server shutting down) goes through.
        if self._gone and self._task.uncancel() <= self._cancelled_before:
            raise ClientGone from error

    def _begin(self) -> None:
        self._watch = self._task.get_loop().create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
