"""Filling the three databases, once: a database whose fingerprint is that of the code is left as it is."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import models, rows
from bench.models import MODELS
from bench.places import DEFAULTS
from bench.rows import FULL, Scale, tables_of

BATCH = 5_000
_MARK = sa.Table("bench_fingerprint", sa.MetaData(), sa.Column("fingerprint", sa.String(64)))


def fingerprint(scale: Scale) -> str:
    """What the loaded rows follow from: the code that draws them, the tables and the scale."""
    code = [Path(str(module.__file__)).read_bytes() for module in (models, rows)]
    return hashlib.sha256(b"".join([*code, repr(scale).encode()])).hexdigest()


def ensure(reload: bool = False) -> dict[str, sa.URL]:
    """Source -> URL of its loaded database at full scale; what is missing or outdated is loaded."""
    for source, url in DEFAULTS.items():
        if reload or not is_loaded(url, FULL):
            print(f"Loading {url.render_as_string(hide_password=True)} ...", flush=True)
            recreate(url)
            fill(source, url, FULL)
    return dict(DEFAULTS)


def is_loaded(url: sa.URL, scale: Scale) -> bool:
    """Whether the database is there and holds the rows of `scale`."""
    if url.drivername == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return connection.scalar(sa.select(_MARK.c.fingerprint)) == fingerprint(scale)
    except sa.exc.DBAPIError:
        return False


def recreate(url: sa.URL) -> None:
    """Replace the database by an empty one."""
    drop(url)
    if url.drivername == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    else:
        _order(url, f"CREATE DATABASE {url.database}")


def drop(url: sa.URL) -> None:
    """Remove the database if there is one."""
    if url.drivername == "sqlite":
        Path(url.database or "").unlink(missing_ok=True)
    else:
        force = " WITH (FORCE)" if url.get_backend_name() == "postgresql" else ""
        _order(url, f"DROP DATABASE IF EXISTS {url.database}{force}")


def _order(url: sa.URL, statement: str) -> None:
    """Run a statement on the server of a database."""
    home = url.set(database="postgres" if url.get_backend_name() == "postgresql" else "")
    with sa.create_engine(home, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(statement)


def fill(source: str, url: sa.URL, scale: Scale) -> None:
    """Create the tables of a source in an empty database, and their rows."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = MODELS[source].metadata
    metadata.create_all(engine)
    with engine.begin() as connection:
        for table, drawn in tables_of(source, scale).items():
            _insert(connection, metadata.tables[table], drawn)
    _MARK.create(engine)
    with engine.begin() as connection:
        connection.execute(_MARK.insert().values(fingerprint=fingerprint(scale)))
    _analyze(engine, list(metadata.tables))


def _insert(connection: sa.Connection, table: sa.Table, drawn: Iterator[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    raw = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with raw.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in drawn:
                copy.write_row(row)
        return
    statement = table.insert()
    while batch := list(islice(drawn, BATCH)):
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in batch])


def _analyze(engine: sa.Engine, tables: list[str]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
        else:
            connection.exec_driver_sql(f"ANALYZE TABLE {', '.join(tables)}")
