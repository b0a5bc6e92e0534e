"""The demo graph over the nasty rows, on several combinations of databases."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from gateway.app import Gateway
from gateway.config import Settings, SourceSettings
from gateway.demo.graph import LINKS, demo_source
from gateway.demo.histories import METADATA, demo_history
from gateway.migrate import upgrade
from tests.differential.data import Content
from tests.servers import connected, database

SETUPS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {"crm": "sqlite", "sales": "sqlite", "shop": "sqlite"},
    "mixed": {"crm": "mariadb", "sales": "postgresql", "shop": "sqlite"},
    "turned": {"crm": "postgresql", "sales": "sqlite", "shop": "mariadb"},
    "turned-again": {"crm": "sqlite", "sales": "mariadb", "shop": "postgresql"},
}
"""Name -> source -> dialect; the last three put every source on every database once."""

ROWS_MAX = 10**12
"""Budgets have tests of their own; documents here may nest whole pages."""


@dataclass(frozen=True)
class Graph:
    """A gateway, and per source whether its text comparisons pad with spaces, as MariaDB's do."""

    gateway: Gateway
    padded: Mapping[str, bool]


@contextmanager
def graph(setup: str, content: Content, folder: Path, prefix: str = "gw_differential") -> Iterator[Graph]:
    """The demo graph with `content`, in databases whose names start with `prefix`.

    Whoever asks for it closes the gateway within its event loop.
    """
    dialects = SETUPS[setup]
    with ExitStack() as stack:
        sources = []
        for name, dialect in dialects.items():
            place = f"{prefix}_{setup.replace('-', '_')}_{name}"
            url = stack.enter_context(database(dialect, place, folder))
            upgrade(demo_history(name, url))
            _fill(url, METADATA[name], content[name])
            sources.append(demo_source(name, SourceSettings(url=url)))
        gateway = Gateway(sources, LINKS, settings=Settings(rows_max=ROWS_MAX, cors_origins=[]))
        yield Graph(gateway, {name: dialect == "mariadb" for name, dialect in dialects.items()})


def _fill(url: sa.URL, metadata: sa.MetaData, tables: Mapping[str, list[dict[str, object]]]) -> None:
    with connected(url) as engine, engine.begin() as connection:
        for name, rows in tables.items():
            if rows:
                connection.execute(sa.insert(metadata.tables[name]), rows)
