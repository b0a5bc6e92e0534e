"""The demo graph over the nasty rows, on several combinations of databases."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from gateway.app import Gateway
from gateway.config import Settings, SourceSettings
from gateway.demo.graph import LINKS, demo_source
from gateway.demo.histories import METADATA, demo_history
from gateway.migrate import upgrade
from tests.differential import single
from tests.differential.data import Content
from tests.differential.tables import Tables
from tests.servers import connected, database


@dataclass(frozen=True)
class Setup:
    """Where each source lies, as source -> dialect, and the budgets.

    `twin`: every document is also asked of a graph with all tables in one database. `tight`: the budgets
    are so small that other directions are taken, and some documents are refused.
    """

    dialects: Mapping[str, str]
    twin: bool = False
    budgets: Mapping[str, int] = field(default_factory=dict)

    @property
    def tight(self) -> bool:
        return bool(self.budgets)


SQLITE = {"crm": "sqlite", "sales": "sqlite", "shop": "sqlite"}
MIXED = {"crm": "mariadb", "sales": "postgresql", "shop": "sqlite"}
TURNED = {"crm": "postgresql", "sales": "sqlite", "shop": "mariadb"}
TURNED_AGAIN = {"crm": "sqlite", "sales": "mariadb", "shop": "postgresql"}
"""The last three put every source on every database once."""

SETUPS: Mapping[str, Setup] = {
    "sqlite": Setup(SQLITE),
    "one": Setup({single.NAME: "sqlite"}),
    "mixed": Setup(MIXED),
    "turned": Setup(TURNED),
    "turned-again": Setup(TURNED_AGAIN),
    "twice": Setup(MIXED, twin=True),
    "twice-sqlite": Setup(SQLITE, twin=True),
    "tight-7": Setup(MIXED, budgets={"keys_max": 7, "walk_max": 70}),
    "tight-20": Setup(TURNED, budgets={"keys_max": 20, "walk_max": 70}),
    "tight-35": Setup(TURNED_AGAIN, budgets={"keys_max": 35, "walk_max": 70}),
}

ROWS_MAX = 10**12
"""Documents may nest whole pages."""


@dataclass(frozen=True)
class Graph:
    """A gateway and the rows behind it; with a twin, the same rows behind another gateway."""

    gateway: Gateway
    tables: Tables
    tight: bool = False
    twin: "Graph | None" = None

    async def close(self) -> None:
        await self.gateway.close()
        if self.twin is not None:
            await self.twin.close()


@contextmanager
def graph(setup: str, content: Content, folder: Path, prefix: str = "gw_differential") -> Iterator[Graph]:
    """The demo graph with `content`, in databases whose names start with `prefix`.

    Whoever asks for it closes it within its event loop.
    """
    asked = SETUPS[setup]
    with ExitStack() as stack:
        place = f"{prefix}_{setup.replace('-', '_')}"
        twin = None
        if asked.twin or single.NAME in asked.dialects:
            twin = _single(content, stack.enter_context(database("sqlite", f"{place}_one", folder)))
        if twin is not None and not asked.twin:
            yield twin
            return
        sources = []
        for name, dialect in asked.dialects.items():
            url = stack.enter_context(database(dialect, f"{place}_{name}", folder))
            upgrade(demo_history(name, url))
            _fill(url, METADATA[name], content[name])
            sources.append(demo_source(name, SourceSettings(url=url)))
        gateway = Gateway(sources, LINKS, settings=_settings(asked.budgets))
        # As MariaDB compares texts, trailing spaces do not count.
        padded = {name: dialect == "mariadb" for name, dialect in asked.dialects.items()}
        tables = Tables.of(gateway.catalog, content, padded)
        yield Graph(gateway, tables, asked.tight, twin)


def _single(content: Content, url: sa.URL) -> Graph:
    """All tables in one SQLite database."""
    source, rows = single.source(url), single.together(content)
    with connected(url) as engine:
        source.metadata.create_all(engine)
    _fill(url, source.metadata, rows[single.NAME])
    gateway = Gateway([source], tuple(single.links()), settings=_settings({}))
    return Graph(gateway, Tables.of(gateway.catalog, rows, {single.NAME: False}))


def _settings(budgets: Mapping[str, int]) -> Settings:
    return Settings(rows_max=ROWS_MAX, cors_origins=[], **budgets)


def _fill(url: sa.URL, metadata: sa.MetaData, tables: Mapping[str, list[dict[str, object]]]) -> None:
    with connected(url) as engine, engine.begin() as connection:
        for name, rows in tables.items():
            if rows:
                connection.execute(sa.insert(metadata.tables[name]), rows)
