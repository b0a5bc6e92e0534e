"""The sessions of one operation: one ordinary SQLAlchemy session per source, made when first asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Condition

from sqlalchemy.orm import Session


class Sessions(Mapping[str, Session]):
    """`sessions["crm"]` is a lazy `sqlalchemy.orm.Session`, the same one throughout the operation.

    A mapping over all declared sources; looking a session up opens it, testing with `in` does not.
    A session must be used by one thread at a time: `using` waits for its turn.
    """

    def __init__(self, factories: Mapping[str, Callable[[], Session]]) -> None:
        self._factories = factories
        self._opened: dict[str, Session] = {}
        self._in_use: set[str] = set()
        self._closed = False
        self._changed = Condition()

    def __getitem__(self, name: str) -> Session:
        """Raises KeyError for an unknown source, RuntimeError when the operation is over."""
        session = self._opened.get(name)
        return session if session is not None else self._open(name)

    def _open(self, name: str) -> Session:
        factory = self._factories.get(name)
        if factory is None:
            raise KeyError(f"no source {name!r}; there are: {', '.join(self._factories) or 'none'}")
        with self._changed:
            if self._closed:
                raise RuntimeError(f"the operation is over, its session of {name!r} is closed")
            if name not in self._opened:
                self._opened[name] = factory()
            return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def is_open(self, name: str) -> bool:
        """Whether the session of a source has been asked for."""
        return name in self._opened

    @property
    def opened(self) -> Mapping[str, Session]:
        """The sessions asked for until now."""
        return self._opened

    @contextmanager
    def using(self, name: str, timeout: float) -> Iterator[Session]:
        """The session for one thread alone. Raises TimeoutError after `timeout` seconds of waiting.

        When the operation ends meanwhile (its deadline passed, say), the session is closed on the way out.
        """
        session = self[name]
        with self._changed:
            if not self._changed.wait_for(lambda: name not in self._in_use, timeout):
                raise TimeoutError(f"the session of {name!r} is in use")
            self._in_use.add(name)
        try:
            yield session
        finally:
            with self._changed:
                self._in_use.discard(name)
                self._changed.notify_all()
                abandoned = self._closed
            if abandoned:
                session.close()

    def close(self) -> None:
        """Roll back and close every session; one that a thread still uses is closed when that thread is done.

        May block on the network: call it in a thread.
        """
        for name in tuple(self._opened):
            self.close_one(name)

    def close_one(self, name: str) -> None:
        """Roll back and close the session of one source; none can be opened afterwards."""
        with self._changed:
            self._closed = True
            if name in self._in_use:
                return
        session = self._opened.get(name)
        if session is not None:
            session.close()
