"""Connections lent to a reader: one of the pool of reads, or that of the operation's session.

A lease attaches its connection to the call, so that the statement can be interrupted, and discards it when
that happened. It turns the drivers' errors into the gateway's.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from gateway.errors import (
    Code,
    SourceBusy,
    SourceError,
    SourceTimeout,
    SourceUnavailable,
    StatementTooLarge,
    WriteConflict,
)
from gateway.sources import mysql
from gateway.sources.calls import Call
from gateway.sources.engines import Engines
from gateway.sources.letters import fitted, lack_letters
from gateway.sources.source import Source
from gateway.sources.statement import Statement

MYSQL_TIMEOUTS = frozenset({1205, 1317, 1969, 3024})
"""Lock wait, query interrupted, max_statement_time (MariaDB), max_execution_time (MySQL)."""
POSTGRESQL_TIMEOUTS = frozenset({"57014", "55P03"})
"""Query cancelled (statement_timeout too), lock not available."""
SQLITE_TIMEOUTS = frozenset({5, 6, 9})
"""SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT; the low byte of extended codes."""

MYSQL_TOO_LARGE = frozenset({1116, 1436, 1473, 3170, 4078})
"""Too many tables, thread stack overrun, too high a nesting of SELECTs, too much memory to plan it."""
POSTGRESQL_TOO_LARGE = frozenset({"54000", "54001", "54011"})
"""Too complex, stack depth limit exceeded, too many columns."""
SQLITE_TOO_LARGE = ("parser stack overflow", "Expression tree is too large", "tables in a join")
"""What SQLite says, which has no codes for it."""

MYSQL_CONFLICTS = frozenset({1020, 1205, 1213, 1613, 1614})
"""Row changed meanwhile (MariaDB), lock wait, deadlock, and both as a branch reports them."""
POSTGRESQL_CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available."""
SQLITE_CONFLICTS = frozenset({5, 6})
"""SQLITE_BUSY, SQLITE_LOCKED."""


class PooledLease:
    """A connection of the autocommit engine, taken with the first statement."""

    autocommit = True

    def __init__(self, source: Source, engines: Engines, call: Call[Any]) -> None:
        self._source = source
        self._engines = engines
        self._call = call
        self._pooled: PoolProxiedConnection | None = None
        self.outage: SourceUnavailable | None = None
        self.failures = engines.failures
        self._refusals: tuple[type[Exception], ...] = (*self.failures, SQLAlchemyError, OSError)

    def cursor(self) -> Any:
        if self._pooled is None:
            self._pooled = self._lend()
            self._call.attach(self._pooled.dbapi_connection)
        return cursor_of(self._pooled, self._engines.features.name)

    def renew(self, error: Exception) -> bool:
        pooled = self._pooled
        if pooled is None or self._call.stopped:
            return False
        if not self._engines.is_lost(error, pooled.dbapi_connection):
            return False
        self._pooled = None
        self._call.detach()
        pooled.invalidate()
        self._engines.distrust()
        return True

    def explain(self, error: Exception) -> SourceError:
        lost = self._pooled is not None and self._engines.is_lost(error, self._pooled.dbapi_connection)
        return explained(error, self._source, lost)

    def fit(
        self, error: Exception, statement: Statement, values: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        if self._pooled is None or self._call.stopped or not lack_letters(error):
            return None
        return fitted(statement, values, self._source, self.cursor())

    def note(self, error: SourceError) -> None:
        if isinstance(error, SourceUnavailable):
            self.outage = error
        _note(error, self._engines)

    def release(self) -> None:
        """Give the connection back, or throw it away when the call was stopped."""
        pooled, self._pooled = self._pooled, None
        stopped = self._call.detach()
        if pooled is None:
            return
        if stopped:
            pooled.invalidate()
        else:
            self._engines.take_back(pooled)

    def _lend(self) -> PoolProxiedConnection:
        try:
            return self._engines.lend()
        except self._refusals as error:
            raise unavailable(self._source) from error


class SessionLease:
    """The connection of the operation's own session, flushed first: reads see what it wrote."""

    autocommit = False

    def __init__(self, source: Source, engines: Engines, call: Call[Any], session: Session) -> None:
        self._source = source
        self._engines = engines
        self._call = call
        self._session = session
        self._connected: Any = None
        self.outage: SourceUnavailable | None = None
        self.failures = (*engines.failures, SQLAlchemyError)

    def cursor(self) -> Any:
        connection = self._session.connection()
        if self._connected is None:
            self._connected = connection.connection.dbapi_connection
            self._call.attach(self._connected)
            self._session.flush()
        return cursor_of(connection.connection, self._engines.features.name)

    def renew(self, _error: Exception) -> bool:
        """Never: what the transaction did before would be missing."""
        return False

    def explain(self, error: Exception) -> SourceError:
        if isinstance(error, PoolTimeout):
            return busy(self._source)
        original = getattr(error, "orig", None) or error
        if self._connected is None:
            refused = isinstance(error, DBAPIError)
            return explained(original, self._source, refused)
        lost = self._engines.is_lost(original, self._connected)
        if lost:
            self._spoil()
        return explained(original, self._source, lost)

    def fit(
        self, error: Exception, statement: Statement, values: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Only where a statement that fails leaves its transaction whole."""
        original = getattr(error, "orig", None) or error
        if self._engines.features.fails_whole or not lack_letters(original):
            return None
        return fitted(statement, values, self._source, self.cursor())

    def note(self, error: SourceError) -> None:
        if isinstance(error, SourceUnavailable):
            self.outage = error
        _note(error, self._engines)

    def release(self) -> None:
        """Leave the session as it is, but spoil it when the call was stopped."""
        if self._call.detach():
            self._spoil()

    def _spoil(self) -> None:
        """Drop the connection, not the transaction: to commit without what was lost must fail."""
        with suppress(SQLAlchemyError):
            self._session.connection().invalidate()


def _note(error: SourceError, engines: Engines) -> None:
    """Write a statement that a database refused into the log; other failures tell of the database as such."""
    if error.code is Code.SOURCE_ERROR:
        engines.complaints.note(error.code.value, error.__cause__)


def cursor_of(pooled: PoolProxiedConnection, database: str) -> Any:
    """A cursor for reads; where there is a quicker one than the driver's, that one, kept per connection."""
    make = DIRECT.get(database)
    if make is None:
        return pooled.cursor()
    kept = pooled.info.get("cursor")
    if kept is None:
        kept = pooled.info["cursor"] = make(pooled.dbapi_connection)
    return kept


def _postgresql_cursor(connection: Any) -> Any:
    from gateway.sources.postgresql import DirectCursor

    return DirectCursor(connection)


DIRECT: dict[str, Callable[[Any], Any]] = {"mysql": mysql.cursor_on, "postgresql": _postgresql_cursor}
"""By the database's name in `Features`."""


def explained(error: Exception, source: Source, lost: bool) -> SourceError:
    """The gateway's error for a driver's; the driver's words stay out of it."""
    if lost:
        return unavailable(source)
    if _is_one_of(error, MYSQL_TIMEOUTS, POSTGRESQL_TIMEOUTS, SQLITE_TIMEOUTS):
        return timed_out(source, source.deadline)
    if _is_one_of(error, MYSQL_TOO_LARGE, POSTGRESQL_TOO_LARGE, _NO_CODES) or _says_too_large(error):
        return StatementTooLarge(
            f"The statement is nested more deeply than the database of {source.name} takes.",
            hint="Nest fewer relations, `every`, `and`, `or` and `not` inside each other.",
            source=source.name,
        )
    return SourceError(f"The database of {source.name} could not run a statement.", source=source.name)


_NO_CODES: frozenset[int] = frozenset()


def _says_too_large(error: Exception) -> bool:
    return hasattr(error, "sqlite_errorcode") and any(words in str(error) for words in SQLITE_TOO_LARGE)


def fault(error: BaseException, source: Source, lost: bool) -> SourceError | None:
    """The gateway's error when a write failed for no fault of its own; None when the database refused it."""
    if lost:
        return unavailable(source)
    if _is_one_of(error, MYSQL_CONFLICTS, POSTGRESQL_CONFLICTS, SQLITE_CONFLICTS):
        message = f"Other operations are writing the same rows of {source.name}."
        return WriteConflict(message, source=source.name)
    if _is_one_of(error, MYSQL_TIMEOUTS, POSTGRESQL_TIMEOUTS, SQLITE_TIMEOUTS):
        return timed_out(source, source.deadline)
    return None


def _is_one_of(
    error: BaseException, mysql: frozenset[int], postgresql: frozenset[str], sqlite: frozenset[int]
) -> bool:
    return (
        getattr(error, "errno", None) in mysql
        or getattr(error, "sqlstate", None) in postgresql
        or (getattr(error, "sqlite_errorcode", 0) & 0xFF) in sqlite
    )


def unavailable(source: Source) -> SourceUnavailable:
    return SourceUnavailable(f"The database of {source.name} cannot be reached.", source=source.name)


def timed_out(source: Source, seconds: float) -> SourceTimeout:
    message = f"The database of {source.name} did not answer within {seconds:g} s."
    return SourceTimeout(message, source=source.name)


def busy(source: Source) -> SourceBusy:
    return SourceBusy(f"Too much is waiting for the database of {source.name}.", source=source.name)
