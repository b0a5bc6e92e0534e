"""A cache of what was made of documents: the least recently used goes first, by count and by size."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CacheState:
    """What a cache holds and how it has served since the start. `bytes` is an estimate."""

    entries: int
    bytes: int
    hits: int
    misses: int


class Cache(Generic[K, V]):
    """At most `entries` values of at most `size` bytes in all, as their makers estimate them.

    The event loop and the lane's thread use it at once.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._entries = entries
        self._size = size
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0
        self._lock = Lock()

    def get(self, key: K, *, again: bool = False) -> V | None:
        """The value of a key, None when it has none; `again`: it is asked for again before it is made."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                self._misses += not again
                return None
            self._held.move_to_end(key)
            self._hits += 1
            return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of about `size` bytes. One that is larger than all of the cache is not kept."""
        with self._lock:
            _, before = self._held.pop(key, (None, 0))
            self._bytes -= before
            if size > self._size:
                return
            self._held[key] = (value, size)
            self._bytes += size
            while len(self._held) > self._entries or self._bytes > self._size:
                _, (_, gone) = self._held.popitem(last=False)
                self._bytes -= gone

    def state(self) -> CacheState:
        with self._lock:
            return CacheState(len(self._held), self._bytes, self._hits, self._misses)
