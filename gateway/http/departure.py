"""Notices that a client has left, and stops the work nobody will read."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

from gateway.http.reply import ClientGone

PATIENCE = 0.02
"""Seconds before looking at the connection; most operations are done by then and pay for a timer only."""


class Departure:
    """`async with Departure(receive):` cancels its block when the client leaves and raises ClientGone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("Departure needs a task to cancel")
        self._task = task
        self._cancelled_before = task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        # As in asyncio.timeout: somebody else's cancellation (a server shutting down) goes through.
        if self._gone and self._task.uncancel() <= self._cancelled_before:
            raise ClientGone from error

    def _begin(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
