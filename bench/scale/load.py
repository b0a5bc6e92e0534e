"""Filling the databases of the scale cases, once; they are reused while the code that draws rows is the same.

`crm`, `sales` and `shop` are what the gateway reads. `one` is a PostgreSQL database with all their tables.
"""

import hashlib
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from bench.load import drop, recreate
from bench.places import CACHE, MARIADB, POSTGRESQL
from bench.scale import models, rows
from bench.scale.models import MODELS
from bench.scale.rows import CHUNK, FULL, Scale, lines_of

Urls = dict[str, sa.URL]

_MARK = sa.Table("scale_fingerprint", sa.MetaData(), sa.Column("fingerprint", sa.String(64)))
_BATCH = 5_000


def urls_of(scale: Scale) -> Urls:
    """Database -> its URL; each scale has databases of its own."""
    prefix = "gw_scale" if scale == FULL else "gw_scale_small"
    return {
        "crm": sa.make_url(MARIADB).set(database=f"{prefix}_crm"),
        "sales": sa.make_url(POSTGRESQL).set(database=f"{prefix}_sales"),
        "shop": sa.URL.create("sqlite", database=str(CACHE / f"{prefix}_shop.sqlite3")),
        "one": sa.make_url(POSTGRESQL).set(database=f"{prefix}_one"),
    }


def ensure(scale: Scale, *, reload: bool = False) -> Urls:
    """The URLs of the loaded databases; what is missing or outdated is loaded."""
    urls, fresh = urls_of(scale), False
    for name, url in urls.items():
        outdated = reload or not _is_loaded(url, scale)
        if not outdated and not (name == "one" and fresh):
            continue
        began = time.monotonic()
        print(f"Loading {url.render_as_string(hide_password=True)} ...", end=" ", flush=True)
        fresh = True
        if name == "one":
            _fill_one(urls, scale)
        else:
            recreate(url)
            _fill(url, MODELS[name].metadata, scale)
        _finish(url, scale)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
    return urls


def _fingerprint(scale: Scale) -> str:
    code = [Path(str(module.__file__)).read_bytes() for module in (models, rows)]
    return hashlib.sha256(b"".join([*code, repr(scale).encode()])).hexdigest()


def _is_loaded(url: sa.URL, scale: Scale) -> bool:
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return connection.scalar(sa.select(_MARK.c.fingerprint)) == _fingerprint(scale)
    except sa.exc.DBAPIError:
        return False


def _fill(url: sa.URL, metadata: sa.MetaData, scale: Scale) -> None:
    """Tables and rows first, indexes last, which is several times faster."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    indexes = [index for table in metadata.sorted_tables for index in table.indexes]
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.schema.CreateTable(table))
            if engine.dialect.name == "postgresql":
                _copy(connection, table, scale)
            else:
                _insert(connection, table, scale)
        for index in indexes:
            connection.execute(sa.schema.CreateIndex(index))


def _fill_one(urls: Urls, scale: Scale) -> None:
    """The sales database copied file by file, and the tables of the others."""
    drop(urls["one"])
    home = sa.create_engine(
        urls["one"].set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with home.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE DATABASE {urls['one'].database} TEMPLATE {urls['sales'].database} STRATEGY FILE_COPY"
        )
    with sa.create_engine(urls["one"], poolclass=sa.NullPool).begin() as connection:
        _MARK.drop(connection)
    for name in ("crm", "shop"):
        _fill(urls["one"], MODELS[name].metadata, scale)


def _finish(url: sa.URL, scale: Scale) -> None:
    """Statistics for the planner, and the mark that says that all rows are there."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
        else:
            connection.exec_driver_sql("ANALYZE TABLE customers")
        _MARK.create(connection)
        connection.execute(_MARK.insert().values(fingerprint=_fingerprint(scale)))


def _copy(connection: sa.Connection, table: sa.Table, scale: Scale) -> None:
    lines = iter(lines_of(table.name, scale))
    with connection.connection.cursor().copy(f"COPY {table.name} FROM STDIN") as copy:
        while chunk := "\n".join(islice(lines, CHUNK)):
            copy.write(chunk + "\n")


def _insert(connection: sa.Connection, table: sa.Table, scale: Scale) -> None:
    names = [column.name for column in table.columns]
    lines: Iterable[str] = iter(lines_of(table.name, scale))
    statement = table.insert()
    while batch := list(islice(lines, _BATCH)):
        connection.execute(statement, [dict(zip(names, line.split("\t"), strict=True)) for line in batch])
