"""A graph whose rows take their time: `naps` half a minute, `blinks` about half a second, on each database.

`gateway serve --app tests.naps:gateway` serves it over the databases named in `NAPS_<DIALECT>`.
"""

import os

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Source
from tests.servers import DIALECTS, connected

SLEEPING = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
        "SELECT 1 AS id, count(*) AS slept FROM n",
        "1e12",
        "2e5",
    ),
    **dict.fromkeys(("mariadb", "mysql"), ("SELECT 1 AS id, SLEEP({}) AS slept", "30", "0.6")),
    "postgresql": ("SELECT 1 AS id, length(pg_sleep({})::text) AS slept", "30", "0.6"),
}
"""Dialect -> what a view selects, with how long for naps and for blinks."""

RUNNING = {
    **dict.fromkeys(
        ("mariadb", "mysql"),
        "SELECT COUNT(*) FROM information_schema.processlist "
        "WHERE db = :name AND info LIKE '%naps%' AND id <> CONNECTION_ID()",
    ),
    "postgresql": "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = :name AND query LIKE '%naps%' AND state = 'active' AND pid <> pg_backend_pid()",
}


def make_views(dialect: str, url: sa.URL) -> None:
    """The views in an empty database; a SQLite file is made."""
    text, long, short = SLEEPING[dialect]
    with connected(url) as engine, engine.begin() as connection:
        for name, seconds in (("naps", long), ("blinks", short)):
            connection.exec_driver_sql(f"CREATE VIEW {name} AS {text.format(seconds)}")


def napping(dialect: str, url: sa.URL) -> int:
    """How many naps the database's server works on."""
    with connected(url) as engine, engine.connect() as connection:
        return int(connection.execute(sa.text(RUNNING[dialect]), {"name": url.database}).scalar_one())


def models(dialect: str) -> list[type]:
    """The two views as classes called `SqliteNap`, `SqliteBlink` and so on."""
    base = type("NapBase", (DeclarativeBase,), {})
    classes = []
    for kind in ("Nap", "Blink"):
        members = {
            "__tablename__": f"{kind.lower()}s",
            "__annotations__": {"id": Mapped[int], "slept": Mapped[int]},
            "id": mapped_column(primary_key=True),
            "slept": mapped_column(sa.Integer),
        }
        classes.append(type(f"{dialect.capitalize()}{kind}", (base,), members))
    return classes


def gateway() -> Gateway:
    """The graph over the databases that the environment names."""
    urls = {dialect: os.environ.get(f"NAPS_{dialect.upper()}") for dialect in DIALECTS}
    return Gateway(
        [
            Source.from_models(
                dialect,
                url,
                models=models(dialect),
                deadline=float(os.environ["NAPS_DEADLINE"]),
                threads=int(os.environ.get("NAPS_THREADS", 4)),
                queue=int(os.environ.get("NAPS_QUEUE", 128)),
            )
            for dialect, url in urls.items()
            if url
        ]
    )


def environment(urls: dict[str, sa.URL], deadline: float) -> dict[str, str]:
    """What `gateway` reads."""
    shown = {f"NAPS_{dialect.upper()}": url.render_as_string(False) for dialect, url in urls.items()}
    return shown | {"NAPS_DEADLINE": str(deadline)}
