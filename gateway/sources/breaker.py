"""Whether a source is worth asking: one that failed repeatedly is left alone until it answers again."""

from collections.abc import Callable
from threading import Event, Lock, Semaphore, Thread
from typing import Any

PROBE_PAUSE = 0.25  # seconds between two probes of a failing source
PROBES = 8  # probes of one source that may hang at once


class Breaker:
    """Stops asking a source that failed `limit` times in a row, until a probe succeeds.

    It is probed at once and then every `PROBE_PAUSE` seconds, in threads of their own, so that no caller
    waits for it and a probe that hangs does not keep the next one from finding the source well.
    """

    def __init__(self, name: str, probe: Callable[[], bool], limit: int = 3) -> None:
        self._name = name
        self._probe = probe
        self._limit = limit
        self._lock = Lock()
        self._closing = False
        self._healed = Event()
        self.failures = 0
        self.is_open = False

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        with self._lock:
            self.failures += 1
            if self.is_open or self.failures < self._limit or self._closing:
                return
            self.is_open = True
            self._healed = Event()
        self._start(self._heal, self._healed)

    def _heal(self, healed: Event) -> None:
        free = Semaphore(PROBES)
        while not healed.is_set():
            if free.acquire(blocking=False):
                self._start(self._try, healed, free)
            healed.wait(PROBE_PAUSE)

    def _try(self, healed: Event, free: Semaphore) -> None:
        try:
            well = self._probe()
        finally:
            free.release()
        with self._lock:
            if well and not healed.is_set():
                self.failures = 0
                self.is_open = False
                healed.set()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        Thread(target=target, args=arguments, name=f"gateway-{self._name}-probe", daemon=True).start()

    def close(self) -> None:
        """Stop probing and stay open."""
        with self._lock:
            self._closing = True
            self.is_open = True
            self._healed.set()
