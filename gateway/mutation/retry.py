"""Trying a unit again that others were in the way of."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.errors import WriteConflict

T = TypeVar("T")

ATTEMPTS = 6
PAUSE = 0.01
"""Seconds before the second attempt at most; each further one may wait twice as long."""


async def retried(attempt: Callable[[], Awaitable[T]], attempts: int = ATTEMPTS) -> T:
    """What `attempt` returns, which has a unit of its own and leaves nothing behind when it raises.

    It is tried again when it raises WriteConflict, after a random pause; the last one is raised.
    """
    for number in range(1, attempts):
        try:
            return await attempt()
        except WriteConflict:
            await asyncio.sleep(random.uniform(0, PAUSE * 2**number))
    return await attempt()
