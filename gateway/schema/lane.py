"""A thread for work on documents that would hold up the event loop: one document at a time.

While it works, Python takes turns between it and the event loop every few milliseconds, so that other
operations go on. Whoever floods it with new documents waits in its queue, and only with others' new ones.
"""

import asyncio
from collections.abc import Callable, Hashable
from contextvars import copy_context
from typing import Any, TypeVar

from gateway.errors import Overloaded
from gateway.sources.calls import Call
from gateway.sources.threads import Threads

T = TypeVar("T")

QUEUE = 64


class TooLong(Exception):
    """The work should not be done on the event loop."""


class Lane:
    """The thread and its queue; it starts with the first piece of work."""

    def __init__(self) -> None:
        self._threads = Threads("documents", 1, QUEUE)
        self._under_way: dict[Hashable, asyncio.Future[Any]] = {}

    async def after(self, about: Hashable) -> bool:
        """Wait for work about the same thing that is under way. Returns whether there was any."""
        found = self._under_way.get(about)
        if found is None:
            return False
        await asyncio.wait([found])
        return True

    async def run(self, work: Callable[[], T], about: Hashable = None) -> T:
        """Do `work` in the thread. Raises Overloaded when its queue is full, and whatever `work` raises."""
        scope = copy_context()  # the operation's tenant is in it
        call = Call(lambda _: scope.run(work), _Endless(), asyncio.get_running_loop())
        assert call.answer is not None
        if not self._threads.submit(call):
            raise Overloaded("Too many new documents are waiting.", hint="Try again with a growing delay.")
        if about is not None:
            self._under_way[about] = call.answer
        try:
            return await call.answer
        except asyncio.CancelledError:
            if not call.running:  # what is begun is done, since nothing can interrupt it
                call.abandon()
            raise
        finally:
            if self._under_way.get(about) is call.answer:
                del self._under_way[about]

    def close(self) -> None:
        self._threads.close()


class _Endless:
    """Documents are read by Python alone, which nobody can interrupt."""

    def ask(self, connection: Any) -> None: ...

    def force(self, connection: Any) -> None: ...
