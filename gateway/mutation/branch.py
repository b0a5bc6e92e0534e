"""One resource's part of a unit: a connection, and on it one transaction that only the unit ends."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

from gateway.errors import GatewayError, UnitRolledBack
from gateway.mutation.resources import Resource
from gateway.sources.blocking import WatchedSession
from gateway.sources.engines import ON_ERROR
from gateway.sources.twophase import BranchId, UnitId, is_gone

READING = frozenset(
    {"SELECT", "SHOW", "VALUES", "EXPLAIN", "DESCRIBE", "PRAGMA", "SET", "SAVEPOINT", "RELEASE"}
)
ENDING = frozenset({"COMMIT", "END", "BEGIN", "START", "XA", "ABORT", "PREPARE", "ATTACH", "DETACH"})
"""Statements that would begin or end the transaction behind the unit's back."""
_FIRST_WORD = re.compile(r"[\s(]*(?:(?:--[^\n]*\n|/\*.*?\*/)[\s(]*)*([A-Za-z]*)", re.DOTALL)
_TO_SAVEPOINT = re.compile(r"\s*ROLLBACK\s+(?:TRANSACTION\s+|WORK\s+)?TO\b", re.IGNORECASE)

HINT = "the gateway commits a mutation operation once all its fields are done"


class Branch:
    """The transaction of a unit in one resource, begun with the first statement.

    `spoiled` is the first error after which the unit cannot be committed, such as a deadlock or a lost
    connection. `before_write` is called ahead of the first statement that may write, and may refuse it.
    All methods may block.
    """

    def __init__(self, resource: Resource, unit: UnitId, before_write: Callable[["Branch"], None]) -> None:
        self.resource = resource
        self.database = resource.database
        self.id = BranchId(unit, resource.label)
        self.wrote = False
        self.prepared = False
        self.spoiled: GatewayError | None = None
        self._before_write = before_write
        self._lock = Lock()
        self._connection: Connection | None = None
        self._ending = False
        self._undone = False

    @property
    def dbapi_connection(self) -> Any:
        """The driver's connection. Raises UnitRolledBack once it is lost."""
        connection = self._connection
        if connection is None or connection.invalidated:
            message = f"The connection to {self.resource.name} was lost."
            raise UnitRolledBack(message, source=self.database.name)
        return connection.connection.dbapi_connection

    def discard(self) -> None:
        """Drop the connection: an interruption of its statement may still be under way."""
        if self._connection is not None:
            self._connection.invalidate()

    def connect(self, source: str) -> Connection:
        """The connection, in a transaction. Raises `spoiled` and what the engine raises."""
        if self.spoiled is not None and not self._ending:
            raise self.spoiled
        with self._lock:
            if self._connection is None:
                if self._ending:
                    raise RuntimeError("the operation is over")
                self._connection = self._begun(self.resource.connect(source))
            return self._connection

    def _begun(self, connection: Connection) -> Connection:
        try:
            event.listen(connection, "commit", self._refuse_commit)
            event.listen(connection, "rollback", self._before_rollback)
            connection.info[ON_ERROR] = self._note_error
            connection.begin()
            self.resource.control.begin(connection.connection.dbapi_connection, self.id)
            event.listen(connection, "before_cursor_execute", self._check_statement)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection

    def decide(self) -> None:
        """Write into the transaction that the unit is committed, once it is. Raises UnitRolledBack."""
        assert self._connection is not None
        assert self.resource.decisions is not None
        self.resource.decisions.add(self._connection, str(self.id.unit))

    def commit(self) -> None:
        """Commit in one phase. Raises UnitRolledBack after a failed statement, DBAPIError if refused."""
        self._ending = True
        with self._translated("commit"):
            self.resource.control.commit(self.dbapi_connection, self.id)

    def prepare(self) -> None:
        """The first phase. Raises as `commit` does."""
        self._ending = self.prepared = True
        with self._translated("prepare"):
            self.resource.control.prepare(self.dbapi_connection, self.id)

    def finish(self, commit: bool) -> None:
        """The second phase. Raises what the driver raises; the branch is then in doubt."""
        try:
            self.resource.control.finish(self.dbapi_connection, self.id, commit)
        except self.database.failures as error:
            if not is_gone(error):
                raise
        self.prepared = False

    def close(self) -> None:
        """Roll back unless it is committed or prepared, and give the connection back."""
        with self._lock:
            connection, self._connection = self._connection, None
            ending, self._ending = self._ending, True
        if connection is None:
            return
        if connection.invalidated or self.prepared:
            connection.invalidate()  # a branch in doubt can be finished once its connection is gone
        else:
            del connection.info[ON_ERROR]
            if not ending and not self._undone:
                self._undo(connection)
        connection.close()

    def spoil(self, error: GatewayError) -> None:
        """From now on the unit can only be rolled back."""
        if self.spoiled is None:
            self.spoiled = error

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """The driver's errors as SQLAlchemy's, as those of every other statement."""
        try:
            yield
        except self.database.failures as error:
            driver = self.database.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(what, None, error, driver, dialect=self.database.dialect) from error

    def _refuse_commit(self, _connection: Connection) -> None:
        raise RuntimeError(f"commit() inside a mutation operation: leave it out, {HINT}")

    def _before_rollback(self, connection: Connection) -> None:
        """Of the session, when a flush has failed or the app says so."""
        if self._ending or self._undone:
            return
        message = f"Nothing was written, since the session of {self.resource.name} was rolled back."
        self.spoil(UnitRolledBack(message, source=self.database.name))
        self._undone = True
        if not connection.invalidated:
            self._undo(connection)

    def _undo(self, connection: Connection) -> None:
        try:
            self.resource.control.undo(connection.connection.dbapi_connection, self.id)
        except Exception:
            with suppress(Exception):
                connection.invalidate()

    def _check_statement(self, _connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        found = _FIRST_WORD.match(sql)
        word = found[1].upper() if found else ""
        if word in ENDING or (word == "ROLLBACK" and not _TO_SAVEPOINT.match(sql)):
            raise RuntimeError(f"{word} inside a mutation operation: leave it out, {HINT}")
        if not self.wrote and word not in READING and word != "ROLLBACK":
            self._before_write(self)
            self.wrote = True

    def _note_error(self, error: BaseException) -> None:
        failure = self.database.fault(error)
        if failure is not None:
            self.spoil(failure)


class UnitSession(WatchedSession):
    """An ordinary session of one source, except that the gateway commits, not the app."""

    def __init__(self, source: str, branch: Callable[[], Branch]) -> None:
        super().__init__(expire_on_commit=False, join_transaction_mode="rollback_only")
        self._source = source
        self._branch = branch

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        return self._branch().connect(self._source)

    def commit(self) -> None:
        """Raises RuntimeError: leave it out."""
        raise RuntimeError(f"commit() inside a mutation operation: leave it out, {HINT}")
