"""Reading with psycopg straight through libpq.

The driver's own cursor takes longer in Python, for each statement, than libpq does for the statement. What is
sent, and what becomes of a value on either side, is psycopg's here too: its transformer makes both.
"""

import re
from collections import OrderedDict
from functools import cache, lru_cache
from secrets import token_hex
from typing import Any, TypeAlias

from psycopg import (
    Connection,
    Cursor,
    DataError,
    Error,
    OperationalError,
    ProgrammingError,
    abc,
    capabilities,
)
from psycopg.adapt import Loader, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, PipelineStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.string import ByteaBinaryLoader

from gateway.sources.statement import Take

FIRST = 500
"""Rows in the first portion of texts."""
LONG = 1000
"""A cursor of psycopg's that had more rows is not used again."""
LONGEST = 4096
"""Longer statements are not kept for the next time: they have long lists, and seldom come again."""
IDLE, OFF, ROWS = TransactionStatus.IDLE, PipelineStatus.OFF, ExecStatus.TUPLES_OK
PLACE = re.compile(r"%(?:(%)|\(([^)]+)\)s)?")
STALE = frozenset({"26000", "0A000"})
"""No such prepared statement; its table was changed since ("cached plan must not change result type")."""

Rows: TypeAlias = list[tuple[Any, ...]]
Key: TypeAlias = tuple[str, tuple[int, ...]]
"""A statement and the types of its parameters, which may differ from one time to the next."""


class DirectCursor:
    """What a reader needs of a cursor, on a psycopg connection.

    In a transaction, and wherever else something is out of the ordinary, psycopg's own cursor serves. That
    one holds what it was sent until it is sent something else, and so is not kept after a long result.
    """

    __slots__ = ("_bytes", "_connection", "_own", "_pgconn", "_prepared", "_result", "_transformer", "_usual")

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._bytes: abc.Transformer | None = None
        self._prepared = Prepared(connection)
        self._result: PGresult | None = None
        self._own: Cursor[Any] | None = None
        self._usual = (
            type(connection) is Connection
            and connection.cursor_factory is Cursor
            and connection.info.encoding == "utf-8"
        )

    def execute(self, sql: str, parameters: dict[str, Any]) -> None:
        """Send a statement with `%(name)s` for each parameter. Raises psycopg's errors."""
        self._result = self._asked(sql, parameters, Format.TEXT)
        if self._result is None:
            if self._own is None:
                self._own = self._connection.cursor()
            self._own.execute(sql, parameters)

    def fetchall(self) -> Rows:
        """All rows. Raises psycopg's errors."""
        result, self._result = self._result, None
        if result is None:
            return self._own_rows()
        transformer = self._transformer
        transformer.set_pgresult(result)
        try:
            return transformer.load_rows(0, result.ntuples, tuple)
        except DataError:
            return self._loaded_with_care(result)
        finally:
            transformer.set_pgresult(None)

    def _loaded_with_care(self, result: PGresult) -> Rows:
        """Rows with text in the places of dates and times that Python lacks, such as `infinity`."""
        context = self._connection.cursor()
        adapters = context.adapters
        for name in _DATES:
            usual = adapters.get_loader(adapters.types[name].oid, Format.TEXT)
            if usual is not None:
                adapters.register_loader(name, _or_text(usual))
        transformer = Transformer(context)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def texts(self, sql: str, parameters: dict[str, Any], take: Take) -> int:
        """Give the rows of a statement with one column of text, in UTF-8, to `take`; how many there were."""
        result = self._asked(sql, parameters, Format.BINARY)
        if result is None:
            return _own_texts(self._connection, sql, parameters, take)
        if self._bytes is None:
            context = self._connection.cursor()
            context.adapters.register_loader("text", ByteaBinaryLoader)
            self._bytes = Transformer(context)
        transformer, ends = self._bytes, result.ntuples
        begin, size = 0, FIRST
        transformer.set_pgresult(result)
        try:
            while size and begin < ends:
                rows = transformer.load_rows(begin, min(begin + size, ends), tuple)
                begin += len(rows)
                size = take(rows)
        finally:
            transformer.set_pgresult(None)
        return begin

    def _own_rows(self) -> Rows:
        assert self._own is not None
        try:
            rows: Rows = self._own.fetchall()
        except DataError:
            assert self._own.pgresult is not None
            rows = self._loaded_with_care(self._own.pgresult)
        if len(rows) > LONG:
            self._own = None
        return rows

    def _asked(self, sql: str, parameters: dict[str, Any], form: Format) -> PGresult | None:
        """The result of a statement; None when it is better left to psycopg's own cursor."""
        translated = _translated(sql) if len(sql) <= LONGEST else _translated.__wrapped__(sql)
        if translated is None or not self._is_idle():
            return None
        query, names, formats = translated
        transformer, pgconn = self._transformer, self._pgconn
        values = transformer.dump_sequence([parameters[name] for name in names], formats)
        key = sql, transformer.types or ()
        name = self._prepared.name_of(key, query)
        if name is not None:
            result = pgconn.exec_prepared(name, values, transformer.formats, form)  # type: ignore[arg-type]
            if result.status == ROWS:
                return result
            if (failure := _failure(pgconn, result)).sqlstate not in STALE:
                raise failure
            self._prepared.forget(key)
        result = pgconn.exec_params(query, values, key[1], transformer.formats, form)
        if result.status != ROWS:
            raise _failure(pgconn, result)
        return result

    def _is_idle(self) -> bool:
        """Whether the connection waits for a statement that is its own transaction."""
        pgconn = self._pgconn
        return (
            self._usual
            and pgconn.transaction_status == IDLE
            and self._connection.autocommit
            and pgconn.pipeline_status == OFF
        )


_DATES = ("date", "timestamp", "timestamptz", "time", "timetz")


class Prepared:
    """The statements that the server keeps parsed for one connection.

    When to prepare, and how many to keep, are psycopg's settings of the connection. The names are unlike
    those of any other one, so that a pooler between here and there mixes nothing up.
    """

    __slots__ = ("_connection", "_names", "_number", "_prefix", "_seen")

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._prefix = f"gateway_{token_hex(8)}"
        self._number = 0
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._seen: OrderedDict[Key, int] = OrderedDict()

    def name_of(self, key: Key, query: bytes) -> bytes | None:
        """What a statement was prepared as, now if its time has come; None when it is sent as a text."""
        name = self._names.get(key)
        if name is not None:
            self._names.move_to_end(key)
            return name
        threshold, most = self._connection.prepare_threshold, self._connection.prepared_max
        if threshold is None or most == 0:
            return None
        seen = self._seen.pop(key, 0)
        if seen >= threshold:
            return self._prepare(key, query, most)
        self._seen[key] = seen + 1
        if most is not None and len(self._seen) > most:
            self._seen.popitem(last=False)
        return None

    def forget(self, key: Key) -> None:
        """Have a statement that is out of date prepared anew, when it has come often enough again."""
        self._release(self._names.pop(key))

    def _prepare(self, key: Key, query: bytes, most: int | None) -> bytes:
        while most is not None and len(self._names) >= most:
            self._release(self._names.popitem(last=False)[1])
        name = f"{self._prefix}_{self._number}".encode()
        self._number += 1
        pgconn = self._connection.pgconn
        result = pgconn.prepare(name, query, key[1])
        if result.status != ExecStatus.COMMAND_OK:
            raise _failure(pgconn, result)
        self._names[key] = name
        return name

    def _release(self, name: bytes) -> None:
        pgconn = self._connection.pgconn
        if capabilities.has_send_close_prepared():
            pgconn.close_prepared(name)
        else:
            pgconn.exec_(b"DEALLOCATE " + name)


@lru_cache(512)
def _translated(sql: str) -> tuple[bytes, list[str], list[PyFormat]] | None:
    """A statement as PostgreSQL takes it, with the names of `$1`, `$2` …; None: psycopg may know better."""
    numbers: dict[str, int] = {}

    def numbered(place: re.Match[str]) -> str:
        percent, name = place.groups()
        return percent or f"${numbers.setdefault(name, len(numbers) + 1)}"

    query = PLACE.sub(numbered, sql)
    return None if None in numbers else (query.encode(), list(numbers), [PyFormat.AUTO] * len(numbers))


def _failure(pgconn: PGconn, result: PGresult) -> Error:
    """The error that psycopg's cursor would raise."""
    if result.status != ExecStatus.FATAL_ERROR:
        return ProgrammingError("the statement did not produce rows")
    if pgconn.status != ConnStatus.OK and not result.error_field(DiagnosticField.SQLSTATE):
        return OperationalError(f"the connection is lost: {result.get_error_message()}")
    return error_from_result(result)


def _own_texts(connection: Connection[Any], sql: str, parameters: dict[str, Any], take: Take) -> int:
    """As `DirectCursor.texts`, by a cursor of psycopg's."""
    with connection.cursor() as own:
        is_utf8 = connection.info.encoding == "utf-8"
        if is_utf8:
            own.adapters.register_loader("text", ByteaBinaryLoader)
        own.execute(sql, parameters, binary=True)
        count, size = 0, FIRST
        while size and (rows := own.fetchmany(size)):
            count += len(rows)
            size = take(rows if is_utf8 else [(text and text.encode(),) for (text,) in rows])
    return count


def read_arrays(connection: Connection[Any]) -> None:
    """An array with a date that Python has not is text, where psycopg would read no row of the statement."""
    adapters = connection.adapters
    for name in _DATES:
        array = adapters.types[name].array_oid
        loader = adapters.get_loader(array, Format.TEXT)
        if loader is not None:
            adapters.register_loader(array, _or_text(loader))


@cache
def _or_text(usual: type[abc.Loader]) -> type[Loader]:
    class OrText(Loader):
        def __init__(self, oid: int, context: abc.AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self.usual = usual(oid, context)

        def load(self, data: abc.Buffer) -> Any:
            try:
                return self.usual.load(data)
            except DataError:
                return bytes(data).decode()

    return OrText
