"""Threads of one source: slots, a bounded queue, a few daemon threads.

Each source has slots of its own, for as many calls as may work on it at once, and a thread that does not come
back from a call that was given up is replaced. To wake a thread and the event loop costs as much as a short
statement; so a call may go on with another source in the thread it has, if that source has a slot to spare.
"""

from collections import deque
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from gateway.sources.calls import Call

LOST_FACTOR = 3
"""How many threads may be stuck, as a multiple of a source's threads, before they are no longer replaced."""


class Threads:
    """Slots for `size` calls at once, room for `queue` that wait for one, and daemon threads to perform them.

    Threads are started when needed. One whose call went on with another source has no slot here, so there
    may be more threads than slots, but never more of them at work on this source.
    """

    def __init__(self, name: str, size: int, queue: int) -> None:
        self._name = name
        self._size = size
        self._queue = queue
        self._lock = Lock()
        self._free = size
        self._waiting: deque[Call[Any]] = deque()
        self._handed: SimpleQueue[Call[Any] | None] = SimpleQueue()
        self._idle = 0  # threads that wait at `_handed` and that nothing was put there for
        self._lost = 0
        self._closed = False
        self.calls: set[Call[Any]] = set()
        """Those that wait here or have a slot."""

    @property
    def waiting(self) -> int:
        """Calls no thread has begun."""
        return len(self._waiting)

    @property
    def stuck(self) -> int:
        """Threads that still work on calls given up."""
        return self._lost

    @property
    def has_one_call(self) -> bool:
        return len(self.calls) == 1

    def submit(self, call: Call[Any]) -> bool:
        """Have a thread perform the call; False when the queue is full."""
        with self._lock:
            if len(self._waiting) >= self._queue:
                return False
            call.threads = self
            self.calls.add(call)
            self._waiting.append(call)
            self._dispatch()
        return True

    def give_up(self, call: Call[Any]) -> bool | None:
        """Count the call as over. Returns whether a thread works on it, and None when it is elsewhere now."""
        with self._lock:
            if call.threads is not self:
                return None
            if call.over:
                return False
            call.over = True
            self.calls.discard(call)
            if call.running:
                self._lost += 1
                self._free += 1
                self._dispatch()
            return call.running

    def admit(self) -> bool:
        """Give a slot to the thread of another source, if that keeps nobody waiting."""
        with self._lock:
            if not self._free or self._waiting or self._closed:
                return False
            self._free -= 1
            return True

    def let_go(self, call: Call[Any], to: "Threads") -> bool:
        """Have the slot of a call back that has one of `to` now; False when the call is over."""
        with self._lock:
            if call.over:
                return False
            call.threads = to
            self.calls.discard(call)
            to.calls.add(call)
            self._free += 1
            self._dispatch()
            return True

    def vacate(self) -> None:
        """Have a slot back."""
        with self._lock:
            self._free += 1
            self._dispatch()

    def close(self) -> None:
        """End the threads when they are done with what waits."""
        with self._lock:
            self._closed = True
            for _ in range(self._idle):
                self._handed.put(None)
            self._idle = 0

    def _dispatch(self) -> None:
        """Give waiting calls to threads, as far as there are slots. The lock is held."""
        while self._idle or self._lost <= LOST_FACTOR * self._size:
            call = self._take()
            if call is None:
                return
            if self._idle:
                self._idle -= 1
                self._handed.put(call)
            else:
                Thread(target=self._serve, args=(call,), name=f"gateway-{self._name}", daemon=True).start()

    def _take(self) -> Call[Any] | None:
        """The next call that waits, with a slot for it, if there are both. The lock is held."""
        while self._waiting and self._free:
            call = self._waiting.popleft()
            if not call.over:
                self._free -= 1
                return call
        return None

    def _serve(self, first: Call[Any]) -> None:
        call: Call[Any] | None = first
        del first
        while call is not None:
            holds = True
            if self._begin(call):
                call.perform()
                holds = call.threads is self
                if not (call.threads or self)._finish(call, holds):
                    return
            call = None  # or its rows live until the next one comes
            call = self._next(holds)

    def _begin(self, call: Call[Any]) -> bool:
        with self._lock:
            call.running = not call.over
            return call.running

    def _finish(self, call: Call[Any], holds: bool) -> bool:
        """Whether its thread may live: not if the call was given up, because another thread took its place.

        The slot is free again, unless the thread is of this source and still `holds` it.
        """
        with self._lock:
            gone = call.over
            if gone:
                self._lost -= 1
            else:
                call.over = True
                self.calls.discard(call)
                self._free += not holds
            if gone or not holds:
                self._dispatch()
            return not gone

    def _next(self, holds: bool) -> Call[Any] | None:
        """The next call, with a slot; None for a thread that has to end."""
        with self._lock:
            self._free += holds
            call = self._take()
            if call is not None:
                return call
            if self._closed or self._idle >= self._size:
                return None
            self._idle += 1
        return self._handed.get()
