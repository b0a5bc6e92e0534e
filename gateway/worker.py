"""The worker of one operation: a thread for code that blocks, such as resolvers that use sessions.

Work of one operation is done one piece at a time, so that its sessions never meet two threads. Different
operations have different threads, so that one which hangs holds up no other.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import copy_context
from typing import TypeVar

from gateway.errors import ResolverTimeout, SourceBusy
from gateway.sources.blocking import SessionInterruption, attached
from gateway.sources.calls import Call
from gateway.sources.sessions import Sessions
from gateway.sources.threads import Threads

T = TypeVar("T")


class Workers:
    """Threads for the work of all operations: at most `threads`, started when needed and kept.

    `deadline` is how many seconds one piece of work may take.
    """

    def __init__(self, threads: int = 64, deadline: float = 10.0) -> None:
        self.deadline = deadline
        self.threads = Threads("worker", threads, queue=threads)

    def close(self) -> None:
        """End the threads when they are done with what waits."""
        self.threads.close()


class Worker:
    """One operation's turn at the threads."""

    def __init__(self, workers: Workers, sessions: Sessions) -> None:
        self._workers = workers
        self._sessions = sessions
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, called in a thread when nothing else of the operation uses its sessions.

        New objects in the sessions are flushed behind it, so that their keys are known. Raises
        ResolverTimeout at the deadline and SourceBusy when all threads are taken; at the deadline, and when
        the caller is cancelled, the statement that is running is stopped.
        """
        scope = copy_context()
        async with self._turn:
            return await self._submitted(lambda call: scope.run(self._perform, call, work))

    def _perform(self, call: Call[T], work: Callable[[], T]) -> T:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._sessions.using_all(self._workers.deadline))
            except TimeoutError as error:
                raise _late(self._workers.deadline) from error
            try:
                with attached(call):
                    result = work()
                    self._sessions.flush_new()
                    return result
            finally:
                if call.stopped:
                    self._sessions.spoil()

    async def _submitted(self, work: Callable[[Call[T]], T]) -> T:
        seconds = self._workers.deadline
        call: Call[T] = Call(work, SessionInterruption(), asyncio.get_running_loop())
        call.limit(seconds, _late)
        if not self._workers.threads.submit(call):
            raise SourceBusy(
                "Too many resolvers are running.", hint="Try again, or raise the setting resolver_threads."
            )
        return await call.answered()


def _late(seconds: float, _running: bool = True) -> ResolverTimeout:
    return ResolverTimeout(
        f"A resolver did not finish within {seconds:g} s.",
        hint="Do less at once, or raise the setting resolver_deadline.",
    )
