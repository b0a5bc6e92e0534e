"""Lines of operations on their way to a JSON log: noted at once, written together a moment later.

What a line costs is mostly that its code is cold when a request comes to it; many at a time run it hot.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import Any, BinaryIO, NamedTuple

from gateway.observe import Finished

MOST = 1_000
"""Lines that wait at most."""


class Noted(NamedTuple):
    """An operation, when it was over (seconds since 1970), and what its app had bound to its lines."""

    done: Finished
    at: float
    bound: dict[str, Any]


class Lines:
    """Writes the lines of operations to `stream`, each made by `render`, at most `delay` seconds late.

    Operations of several event loops may be noted at once.
    """

    def __init__(self, stream: BinaryIO, delay: float, render: Callable[[Noted], bytes]) -> None:
        self._stream = stream
        self._delay = delay
        self._render = render
        self._waiting: deque[Noted] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    def note(self, noted: Noted) -> None:
        """Have a line written soon; at once outside of an event loop."""
        self._waiting.append(noted)
        loop = asyncio._get_running_loop()
        if loop is None or not self._delay or len(self._waiting) >= MOST:
            self.write()
        elif self._loop is not loop:
            self._loop = loop
            loop.call_later(self._delay, self.write)

    def write(self) -> None:
        """Write what waits."""
        self._loop = None
        lines: list[bytes] = []
        with suppress(IndexError):
            while True:
                lines.append(self._render(self._waiting.popleft()) + b"\n")
        if lines:
            with suppress(OSError, ValueError):  # nobody reads the log any more
                self._stream.write(b"".join(lines))
                self._stream.flush()


def noted(done: Finished, bound: dict[str, Any]) -> Noted:
    """An operation that is over now."""
    return Noted(done, time(), bound)
