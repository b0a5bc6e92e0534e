"""Three SQLAlchemy engines per database: `reads` in autocommit, `sessions` and `units` with transactions.

Making them connects to nothing. Here are the options of each driver, what every new connection is told,
and which errors mean that a connection is gone.
"""

import logging
import random
import re
from collections import deque
from collections.abc import Callable
from functools import lru_cache, partial
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    NullPool,
    PoolProxiedConnection,
    QueuePool,
    create_engine,
    event,
)
from sqlalchemy.engine import ExceptionContext

from gateway.sources.calls import PATIENCE
from gateway.sources.complaints import Complaints
from gateway.sources.features import Features, features_of
from gateway.sources.moments import FUNCTIONS, OddText
from gateway.sources.opening import POSTGRESQL_START, open_with, opened
from gateway.sources.options import flag_of, read_options
from gateway.sources.source import Source

log = logging.getLogger("gateway.sources")

MYSQL_LOST = frozenset({1053, 1927, 2006, 2013, 2055, 4031})
"""Server shutdown, killed, gone away, lost during a query, lost with a system error, idle too long."""
ON_ERROR = "on_error"
"""Where `Connection.info` may hold a function that is called with each error of the driver."""
WRITERS = 8
"""How many mutation operations run at once in a process, and so their connections to each database."""
LOCK_MS = {"sqlite": (1000, 2000), "mysql": (1000, 2000), "postgresql": (1500, 2500)}
"""How long one waits for another one's lock, least and most, in milliseconds; each connection draws its own.

Deadlocks across databases end by it: were it one length, both sides would give up at once. PostgreSQL looks
for its own deadlocks after a second (`deadlock_timeout`) and picks one victim, unless somebody gives up.
"""
SESSIONS_PER_THREAD = 4
"""Connections for sessions an app may hold at once, as a multiple of a source's threads."""
POSTGRESQL_LOST = frozenset({"57P01", "57P02", "57P03"})
"""Admin shutdown, crash shutdown, cannot connect now."""


class Engines:
    """The engines of one source.

    `reads` is for planned reads: nothing to begin, roll back or ping, so that a statement is one round trip.
    `sessions` has the database's default isolation. `units` is like it, for mutation operations: they wait
    for the locks of others for `LOCK_MS` only, and SQLite's transactions begin as writers.
    """

    def __init__(self, source: Source) -> None:
        self.features: Features = features_of(source.url)
        self.complaints = Complaints(source.name)
        self._source = source
        self._trusted_since = 0.0
        # Idle reads connections: there is nothing to reset, so a deque does what SQLAlchemy's pool does
        # for a tenth of its price. At most one per thread is out, stuck threads included.
        self._idle: deque[PoolProxiedConnection] = deque()
        self.reads: Engine = self._engine(
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            pool_reset_on_return=None,
            poolclass=NullPool,
        )
        self.sessions: Engine = self._engine(
            poolclass=QueuePool,
            pool_size=source.threads,
            pool_pre_ping=True,
            max_overflow=(SESSIONS_PER_THREAD - 1) * source.threads,
            pool_timeout=source.connect_timeout,
        )
        self.units: Engine = self._engine(
            poolclass=QueuePool,
            pool_size=WRITERS,
            pool_pre_ping=True,
            max_overflow=WRITERS,  # for those whose thread is stuck
            pool_timeout=source.connect_timeout,
        )
        event.listen(self.units, "connect", UNITS[self.features.name])
        if self.features.name == "sqlite":
            event.listen(self.units, "begin", _begin_writing)
        if self.features.name in READS:
            event.listen(self.reads, "connect", READS[self.features.name])
        self.failures = _driver_errors(self.reads.dialect)
        """What a driver raises: its own errors, and Python's for values it cannot encode."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that compiles statements for `reads`."""
        return self.reads.dialect

    def lend(self) -> PoolProxiedConnection:
        """A connection of `reads`, made after the last `distrust`. Raises what the driver and pool raise."""
        while self._idle:
            try:
                pooled = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if pooled.info["made"] >= self._trusted_since:
                return pooled
            pooled.invalidate()
        return self.reads.raw_connection()

    def take_back(self, pooled: PoolProxiedConnection) -> None:
        """Keep a lent connection for the next one who asks."""
        self._idle.append(pooled)

    def distrust(self) -> None:
        """One connection turned out dead, so do not use any that was made before."""
        self._trusted_since = monotonic()

    def is_lost(self, error: BaseException, connection: Any) -> bool:
        """Whether a driver's error means that the connection is gone."""
        dialect = self.dialect
        if not isinstance(error, dialect.loaded_dbapi.Error):
            return False
        return (
            dialect.is_disconnect(error, connection, None)
            or getattr(error, "errno", None) in MYSQL_LOST
            or getattr(error, "sqlstate", None) in POSTGRESQL_LOST
            or "MySQL Connection not available" in str(error)
        )

    def connect(self) -> Any:
        """A DBAPI connection outside of the pools, with short timeouts: for giving orders about others."""
        arguments, options = self.dialect.create_connect_args(_url(self._source.url))
        options.update(connect_options(self._source, patience=self._source.connect_timeout))
        return opened(self.dialect, self.features, arguments, options)

    def dispose(self) -> None:
        """Close all idle connections."""
        self.complaints.close()
        while self._idle:
            self._idle.pop().close()
        self.reads.dispose()
        self.sessions.dispose()
        self.units.dispose()

    def _engine(self, **options: Any) -> Engine:
        source = self._source
        if self.features.placeholder == "%s":
            options["paramstyle"] = "format"
        engine = create_engine(
            _url(source.url),
            connect_args=connect_options(source, patience=source.deadline),
            **options,
        )
        open_with(engine, self.features)
        if self.features.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        if self.features.name == "mysql":
            event.listen(engine, "connect", partial(_as_text, engine.dialect))
        if self.features.name == "postgresql":
            event.listen(engine, "connect", _read_arrays)
        event.listen(engine, "connect", _note_time)
        event.listen(engine, "handle_error", self._mark_lost)
        return engine

    def _mark_lost(self, context: ExceptionContext) -> None:
        """SQLAlchemy does not know every error of mysql-connector that means the connection is gone."""
        if not context.is_disconnect and self.is_lost(context.original_exception, None):
            context.is_disconnect = True
        if context.connection is not None and ON_ERROR in context.connection.info:
            context.connection.info[ON_ERROR](context.original_exception)


def most_connections(source: Source) -> int:
    """How many connections `Engines` may have to a database at once: for reads, sessions and writers."""
    return source.threads * (1 + SESSIONS_PER_THREAD) + 2 * WRITERS


def most_to_a_replica(source: Source) -> int:
    """The same of a replica, which serves reads and is asked how far it is behind."""
    return 2 * source.threads


def _driver_errors(dialect: Dialect) -> tuple[type[Exception], ...]:
    failures = (dialect.loaded_dbapi.Error, OverflowError, UnicodeError)
    if dialect.name not in ("mysql", "mariadb"):
        return failures
    try:  # the C extension has errors that do not belong to the DBAPI's
        from _mysql_connector import MySQLError  # type: ignore[import-not-found]
    except ImportError:
        log.warning("mysql-connector-python runs without its C extension: reads are 3 to 4 times slower")
        return failures
    return (*failures, MySQLError)


def connect_options(source: Source, patience: float) -> dict[str, Any]:
    """Arguments for the driver's connect; what the URL says wins. `patience`: seconds to wait for data."""
    options = OPTIONS[features_of(source.url).name](source, patience)
    given = source.url.query
    kept = {key: value for key, value in options.items() if key not in given or key == "options"}
    return kept | read_options(source.url)


def _sqlite_options(_source: Source, patience: float) -> dict[str, Any]:
    return {"check_same_thread": False, "timeout": patience}


def _mysql_options(source: Source, patience: float) -> dict[str, Any]:
    return {
        "connection_timeout": ceil(source.connect_timeout),
        # The statement of a call given up is killed over its connection's number, which is gone with it.
        "read_timeout": ceil(patience + PATIENCE),
        "write_timeout": ceil(patience + PATIENCE),
        "charset": "utf8mb4",
        # A value of our own never decides how text compares: with a column's collation, the column's wins,
        # and with another value, the binary one does. MariaDB also lacks the driver's default.
        "collation": "utf8mb4_bin",
        "consume_results": True,
    }


def _postgresql_options(source: Source, patience: float) -> dict[str, Any]:
    given = source.url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    return {
        "connect_timeout": ceil(source.connect_timeout),
        "tcp_user_timeout": ceil(patience * 1000),
        "application_name": "graph-gateway",
        # Whatever the database's own encoding, texts are sent and written as JSON in this one.
        "client_encoding": "utf8",
        "options": f"{options} {POSTGRESQL_START}".strip(),
    }


OPTIONS: dict[str, Callable[[Source, float], dict[str, Any]]] = {
    "sqlite": _sqlite_options,
    "mysql": _mysql_options,
    "postgresql": _postgresql_options,
}


def _url(url: URL) -> URL:
    """The URL to connect to. For SQLite one that opens an existing file and never makes an empty one."""
    if not url.drivername.startswith("sqlite"):
        return url
    if not flag_of(url, "uri"):
        path = quote(str(Path(url.database or "").absolute()))
        url = url.set(database=f"file:{path}")
    return url.update_query_dict({"mode": url.query.get("mode", "rw"), "uri": "true"})


def _as_text(dialect: Dialect, _connection: Any, _record: Any) -> None:
    """UUIDs are sent as text: SQLAlchemy believes that any driver of MariaDB takes Python's objects."""
    dialect._allows_uuid_binds = False  # type: ignore[attr-defined]


def _read_arrays(connection: Any, _record: Any) -> None:
    from gateway.sources.postgresql import read_arrays  # psycopg is there when it has connected

    read_arrays(connection)


def _note_time(_connection: Any, record: Any) -> None:
    record.info["made"] = monotonic()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.create_function("gateway_lower", 1, gateway_lower, deterministic=True)
    connection.create_function("gateway_like", 2, gateway_like, deterministic=True)
    connection.create_function("gateway_decimal", 2, gateway_decimal, deterministic=True)
    connection.create_aggregate("gateway_sum", 1, WholeSum)
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)


def _sqlite_units(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # or the driver begins only with the first write
    connection.execute(f"PRAGMA busy_timeout = {random.randint(*LOCK_MS['sqlite'])}")


def _sqlite_reads(connection: Any, _record: Any) -> None:
    """Text that is not in UTF-8 would fail its whole statement."""
    connection.text_factory = _text_or_bytes


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return OddText(data)


def _mysql_reads(connection: Any, _record: Any) -> None:
    """Days such as 2024-02-31 and 2024-05-00 would become 0000-00-00 in temporary tables of a statement."""
    connection.cmd_query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ALLOW_INVALID_DATES')")


READS: dict[str, Callable[[Any, Any], None]] = {"sqlite": _sqlite_reads, "mysql": _mysql_reads}
"""What connections of `reads` are told besides."""


def _mysql_units(connection: Any, _record: Any) -> None:
    seconds = round(random.randint(*LOCK_MS["mysql"]) / 1000)  # InnoDB counts whole ones
    connection.cmd_query(f"SET SESSION innodb_lock_wait_timeout = {seconds}")


def _postgresql_units(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {random.randint(*LOCK_MS['postgresql'])}")
    connection.commit()


UNITS: dict[str, Callable[[Any, Any], None]] = {
    "sqlite": _sqlite_units,
    "mysql": _mysql_units,
    "postgresql": _postgresql_units,
}


def _begin_writing(connection: Connection) -> None:
    """SQLite cannot make a writer of a reader while another one writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class WholeSum:
    """SQL aggregate of SQLite connections: a sum of integers of any size, as text; SQLite's own overflows."""

    def __init__(self) -> None:
        self._total: int | None = None

    def step(self, value: int | None) -> None:
        if value is not None:
            self._total = value if self._total is None else self._total + value

    def finalize(self) -> str | None:
        return None if self._total is None else str(self._total)


def gateway_decimal(value: Any, places: int) -> Any:
    """SQL function of SQLite connections: a float as a column of decimals with so many places shows it."""
    return float(f"{value:.{places}f}") if value.__class__ is float else value


def gateway_lower(value: Any) -> Any:
    """SQL function of SQLite connections: lower case in all of Unicode, where SQLite's own knows ASCII.

    Letter by letter as on the other databases: `İ` becomes `i` alone, and a final sigma any other.
    """
    return value.replace("İ", "i").lower().replace("ς", "σ") if isinstance(value, str) else value


def gateway_like(value: Any, pattern: Any) -> bool | None:
    """SQL function of SQLite connections: LIKE that heeds case, with % and _ and backslash to escape them."""
    if value is None or pattern is None:
        return None
    return _like(str(pattern)).fullmatch(str(value)) is not None


@lru_cache(maxsize=256)
def _like(pattern: str) -> re.Pattern[str]:
    """The pattern as one that never tries a text twice: what stands between two % is taken where it is found
    first, for good. A single such piece before the last % needs no care, and is found quicker without."""
    pieces = [""]
    for piece in re.findall(r"\\.|\\$|[^\\]", pattern, re.DOTALL):
        if piece == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if piece == "_" else re.escape(piece[-1])
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    *inner, last = rest
    inner = [piece for piece in inner if piece]
    if len(inner) == 1 and not last:
        return re.compile(f"{first}.*{inner[0]}.*", re.DOTALL)
    return re.compile(f"{first}{''.join(f'(?>.*?{piece})' for piece in inner)}.*{last}", re.DOTALL)
