"""Sessions block, so they are kept off the event loop, and their statements can be stopped.

What a session sends to its database passes `watch`: on a thread that runs an event loop it is refused, and
within `attached` it belongs to a call, whose deadline or cancellation stops it. `limit` stops what belongs
to none.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

from gateway.errors import BlockingCall
from gateway.sources.calls import Call, Interruption

_current = threading.local()


class SessionInterruption:
    """Stops whichever statement of a call's sessions is running, in the way of its own database."""

    def ask(self, attached: tuple[Interruption, Any]) -> None:
        attached[0].ask(attached[1])

    def force(self, attached: tuple[Interruption, Any]) -> None:
        attached[0].force(attached[1])


class WatchedSession(Session):
    """A session that refuses to commit on the event loop before it has begun to."""

    def commit(self) -> None:
        refuse_on_event_loop()
        try:
            super().commit()
        finally:
            _end_limit()


@contextmanager
def attached(call: Call[Any]) -> Iterator[None]:
    """Statements that sessions send from this thread belong to `call`, which must use SessionInterruption."""
    _current.call = call
    try:
        yield
    finally:
        _current.call = None
        call.detach()


def watch(engine: Engine, interruption: Interruption) -> None:
    """Refuse to use an engine of sessions on the event loop, and let calls stop its statements."""

    def connecting(*_: Any) -> None:
        refuse_on_event_loop()

    def beginning(connection: Connection, *_: Any) -> None:
        refuse_on_event_loop()
        call: Call[Any] | None = getattr(_current, "call", None)
        if call is not None:
            call.attach((interruption, connection.connection.dbapi_connection))

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "before_cursor_execute", beginning)
    event.listen(engine, "commit", beginning)


def limit(engine: Engine, interruption: Interruption, seconds: float) -> None:
    """Stop what takes longer than `seconds` and belongs to no call: statements of an app's own routes.

    Drivers may wait for ever, and a route that does would keep its thread and its sessions. The price is a
    timer per statement.
    """

    def begin(connection: Connection, *_: Any) -> None:
        if getattr(_current, "call", None) is not None:
            return
        call: Call[None] = Call(lambda _call: None, interruption)
        call.attach(connection.connection.dbapi_connection)
        timer = threading.Timer(seconds, call.stop)
        timer.daemon = True
        timer.start()
        _current.limited = call, timer

    def finished(connection: Connection, *_: Any) -> None:
        if _end_limit():
            connection.invalidate()  # the interruption may arrive late

    def failed(context: ExceptionContext) -> None:
        if _end_limit():
            context.is_disconnect = True

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "commit", begin)
    event.listen(engine, "after_cursor_execute", finished)
    event.listen(engine, "handle_error", failed)


def _end_limit() -> bool:
    """What this thread was doing is over. Returns whether it was stopped."""
    limited = getattr(_current, "limited", None)
    if limited is None:
        return False
    _current.limited = None
    call, timer = limited
    timer.cancel()
    stopped: bool = call.detach()
    return stopped


def refuse_on_event_loop() -> None:
    """Raises BlockingCall on a thread whose event loop is running."""
    if asyncio._get_running_loop() is not None:
        raise BlockingCall(
            "A database session was used on the event loop, where it would hold up every other request.",
            hint="Write `await context.run(lambda sessions: …)`, or a resolver or route with plain `def`.",
        )
