"""The sessions of one operation: one ordinary SQLAlchemy session per source, made when first asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Condition

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.errors import GatewayError


class Sessions:
    """`sessions["crm"]` is a lazy `sqlalchemy.orm.Session`, the same one throughout the operation.

    Over all declared sources; looking a session up opens it, testing with `in` does not.
    `of_writes`: the operation writes, so what it reads is read where it writes, not from replicas.
    A session must be used by one thread at a time: `using` waits for its turn. `end` rolls a session back and
    closes it, for those to whom more belongs than the session itself; sessions with the same of `turns` share
    a connection and so one turn.
    """

    def __init__(
        self,
        factories: Mapping[str, Callable[[], Session]],
        end: Callable[[str, Session], None] | None = None,
        turns: Mapping[str, str] | None = None,
    ) -> None:
        self._factories = factories
        self._turns = {name: name for name in factories} | dict(turns or {})
        self._end = end if end is not None else _close
        self._opened: dict[str, Session] = {}
        self._in_use: set[str] = set()
        self._closed = False
        self._changed = Condition()
        self.of_writes = False

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
        session, turn = self[name], self._turns[name]
        with self._changed:
            if not self._changed.wait_for(lambda: turn not in self._in_use, timeout):
                raise TimeoutError(f"the session of {name!r} is in use")
            self._in_use.add(turn)
        try:
            yield session
        finally:
            with self._changed:
                self._in_use.discard(turn)
                self._changed.notify_all()
                abandoned = self._closed
            if abandoned:
                self._end(name, session)

    @contextmanager
    def using_all(self, timeout: float) -> Iterator["Sessions"]:
        """All sessions, opened or not, for one thread alone. Raises TimeoutError as `using` does."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._in_use, timeout):
                raise TimeoutError("the sessions are in use")
            self._in_use.update(self._turns.values())
        try:
            yield self
        finally:
            with self._changed:
                self._in_use.clear()
                self._changed.notify_all()
                abandoned = self._closed
            if abandoned:
                for name, session in tuple(self._opened.items()):
                    session.invalidate()
                    self._end(name, session)

    def spoil(self) -> None:
        """Drop the connections of the transactions begun, so that to commit without what was lost fails."""
        for session in tuple(self._opened.values()):
            if session.in_transaction():
                with suppress(SQLAlchemyError, GatewayError):
                    session.connection().invalidate()

    def flush_new(self) -> None:
        """Send new objects to their databases, so that they have keys."""
        for session in tuple(self._opened.values()):
            if session.new:
                session.flush()

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
            if self._turns.get(name) in self._in_use:
                return
        session = self._opened.get(name)
        if session is not None:
            self._end(name, session)


def _close(_name: str, session: Session) -> None:
    session.close()
