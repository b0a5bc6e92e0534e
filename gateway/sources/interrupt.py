"""How a running statement is stopped from another thread, one way per driver."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.sources.calls import Interruption

ASK_TIMEOUT = 0.5  # seconds psycopg may take to deliver a cancel request


class SqliteInterruption:
    """`interrupt()` ends the statement at its next step; there is no server to wait for."""

    def ask(self, connection: Any) -> None:
        connection.interrupt()

    def force(self, connection: Any) -> None:
        """Nothing is left to do: waiting for a lock ends with the busy timeout."""


class PostgresqlInterruption:
    """A cancel request, then closing the socket: psycopg has no read timeout on this side."""

    def ask(self, connection: Any) -> None:
        connection.cancel_safe(timeout=ASK_TIMEOUT)

    def force(self, connection: Any) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as duplicate:
            duplicate.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class MysqlInterruption:
    """KILL QUERY over a connection of its own. The driver's read timeout frees the thread when that fails."""

    connect: Callable[[], Any]

    def ask(self, connection: Any) -> None:
        identity = int(connection.connection_id)
        killer = self.connect()
        try:
            killer.cmd_query(f"KILL QUERY {identity}")
        finally:
            killer.close()

    def force(self, connection: Any) -> None:
        """The C extension shows no socket to close."""


def interruption_of(name: str, connect: Callable[[], Any]) -> Interruption:
    """The way for the database called `name` in `Features`; `connect` makes a DBAPI connection."""
    if name == "sqlite":
        return SqliteInterruption()
    if name == "postgresql":
        return PostgresqlInterruption()
    return MysqlInterruption(connect)
