"""The server behind a source: which driver talks to it, what its tables can do, how much it bears."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping

import psycopg
import sqlalchemy as sa
from mysql.connector import HAVE_CEXT

from gateway.check.findings import Finder, Finding
from gateway.check.spelling import spelling
from gateway.sources.source import Source

SLOW_MYSQL = "reads are 3 to 4 times slower than with it"


def driver_findings(source: Source, connection: sa.Connection) -> Iterator[Finding]:
    """Which implementation of the driver runs, and the server's version."""
    find = Finder(source.name)
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    yield from _DRIVERS[connection.dialect.name](find, version, connection)


def _mysql(find: Finder, version: str, connection: sa.Connection) -> Iterator[Finding]:
    server = "MariaDB" if getattr(connection.dialect, "is_mariadb", False) else "MySQL"
    if HAVE_CEXT:
        yield find.note(find.source, f"{server} {version}, mysql-connector-python with its C extension")
        return
    message = f"{server} {version}, mysql-connector-python without its C extension: {SLOW_MYSQL}"
    yield find.warning(find.source, message, "Install a version whose extension loads here, such as 9.x.")


def _postgresql(find: Finder, version: str, connection: sa.Connection) -> Iterator[Finding]:
    encoding = connection.scalar(sa.text("SHOW server_encoding"))
    if encoding != "UTF8":
        message = f"its encoding is {encoding}: conditions with characters it lacks are errors"
        yield find.warning(find.source, message, "Make the database anew with ENCODING 'UTF8'.")
    implementation = psycopg.pq.__impl__
    if implementation != "python":
        yield find.note(find.source, f"PostgreSQL {version}, psycopg ({implementation})")
        return
    message = f"PostgreSQL {version}, psycopg in pure Python: reads are several times slower"
    yield find.warning(find.source, message, 'pip install "psycopg[binary]"')


def _sqlite(find: Finder, version: str, connection: sa.Connection) -> Iterator[Finding]:
    journal = connection.scalar(sa.text("PRAGMA journal_mode"))
    yield find.note(find.source, f"SQLite {version}, sqlite3 {sqlite3.sqlite_version}, journal {journal}")


_DRIVERS: Mapping[str, Callable[[Finder, str, sa.Connection], Iterator[Finding]]] = {
    "mysql": _mysql,
    "mariadb": _mysql,
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}


def engine_findings(source: Source, connection: sa.Connection) -> Iterator[Finding]:
    """Tables that cannot be written in a transaction, on MySQL, in a source that takes mutations."""
    if not source.mutations or connection.dialect.name not in ("mysql", "mariadb"):
        return
    find = Finder(source.name)
    rows = connection.execute(
        sa.text(
            "SELECT t.table_name, t.engine FROM information_schema.tables t"
            " JOIN information_schema.engines e ON e.engine = t.engine"
            " WHERE t.table_schema = DATABASE() AND COALESCE(e.transactions, '') <> 'YES'"
        )
    )
    as_modelled = spelling(source.metadata, connection)
    for stored, engine in rows:
        name = as_modelled(stored)
        if name in source.metadata.tables:
            message = (
                f"its storage engine {engine} has no transactions: what was written stays when others fail"
            )
            yield find.error(name, message, f"ALTER TABLE {name} ENGINE = InnoDB.")


def capacity(connection: sa.Connection) -> int | None:
    """How many connections ordinary users may have to the server at once; None where nothing limits them."""
    if connection.dialect.name == "sqlite":
        return None
    if connection.dialect.name == "postgresql":
        reserved = "current_setting('superuser_reserved_connections')::int"
        found = connection.scalar(sa.text(f"SELECT current_setting('max_connections')::int - {reserved}"))
    else:
        found = connection.scalar(sa.text("SELECT @@max_connections"))
    return int(found) if found is not None else None
