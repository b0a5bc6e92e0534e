"""Empty databases for tests, on every dialect the gateway supports.

A server that cannot be reached skips the test on a laptop and fails it in CI.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

SERVERS = ("mariadb", "mysql", "postgresql")
DIALECTS = ("sqlite", *SERVERS)

ADDRESSES = {
    "mariadb": os.environ.get("GATEWAY_TEST_MARIADB_URL", "mysql+mysqlconnector://root@127.0.0.1:3306/"),
    "mysql": os.environ.get("GATEWAY_TEST_MYSQL_URL", "mysql+mysqlconnector://root@127.0.0.1:3307/"),
    "postgresql": os.environ.get(
        "GATEWAY_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
    ),
}
"""Dialect -> a URL of its server, of a user who may create databases."""
LOCK_SECONDS = 20


@contextmanager
def database(dialect: str, name: str, folder: Path) -> Iterator[sa.URL]:
    """An empty database, dropped at the end; `folder` is where SQLite keeps its file.

    It is called `name` and the process, since runs beside this one may use the same server.
    """
    name = f"{name}_{os.getpid()}"
    if dialect == "sqlite":
        yield sa.URL.create("sqlite", database=str(folder / f"{name}.sqlite3"))
        return
    server = _reachable(dialect)
    _drop(dialect, server, name)
    _execute(server, f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name)
    finally:
        _drop(dialect, server, name)


@contextmanager
def connected(url: sa.URL) -> Iterator[sa.Engine]:
    """An engine on `url`, without a connection left at the end; SQLite enforces its foreign keys."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    try:
        yield engine
    finally:
        engine.dispose()


def _reachable(dialect: str) -> sa.URL:
    server = sa.make_url(ADDRESSES[dialect])
    problem = _problem(server)
    if problem:
        message = f"{dialect}: no answer at {server.render_as_string(hide_password=True)}: {problem}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return server


def left_out(reasons: Iterable[str]) -> dict[str, str]:
    """Dialect -> why, of those that `database` skipped tests of, by the reasons that pytest keeps."""
    found = (reason.splitlines()[0].partition(": ") for reason in reasons)
    whys = {dialect: why for dialect, _, why in found if dialect in SERVERS}
    return {dialect: whys[dialect] for dialect in SERVERS if dialect in whys}


@cache
def _problem(server: sa.URL) -> str | None:
    """Why the server does not answer, asked once per run; None when it does."""
    try:
        _execute(server, "SELECT 1")
    except sa.exc.DBAPIError as error:
        return str(error.orig)
    return None


def _drop(dialect: str, server: sa.URL, name: str) -> None:
    # A test that failed may have left a connection open, which PostgreSQL would wait for.
    _execute(server, f"DROP DATABASE IF EXISTS {name}" + (" WITH (FORCE)" if dialect == "postgresql" else ""))


def _execute(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "mysql":  # what a test left in doubt holds its tables for ever
            connection.execute(sa.text(f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}"))
        connection.execute(sa.text(statement))
