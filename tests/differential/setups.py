"""The demo graph over nasty rows, and one with odd keys, on several combinations of databases."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from gateway.app import Gateway
from gateway.config import Settings
from gateway.demo.graph import LINKS, MODELS
from gateway.demo.histories import demo_history
from gateway.migrate import upgrade
from gateway.sources.declare import Link
from gateway.sources.source import Source
from tests.differential import data, odd, single
from tests.differential.data import Content
from tests.differential.tables import Tables
from tests.servers import connected, database


@dataclass(frozen=True)
class World:
    """Three sources with their rows. `migrated`: their tables come from the demo's migrations."""

    models: Mapping[str, type[DeclarativeBase]]
    links: tuple[Link, ...]
    content: Callable[[int], Content]
    migrated: bool = False


DEMO = World(MODELS, LINKS, data.content, migrated=True)
ODD = World(odd.MODELS, odd.LINKS, odd.content)


@dataclass(frozen=True)
class Setup:
    """Where each source lies, as dialects in the order of the world's sources, and the budgets.

    `twin`: every document is also asked of a graph with all tables in one database, `alone`: only of that.
    `counts_spaces`: on MySQL, texts have collations for which trailing spaces count, not those of the models.
    `tight`: the budgets are so small that other directions are taken, and some documents are refused.
    """

    dialects: tuple[str, str, str]
    world: World = DEMO
    twin: bool = False
    alone: bool = False
    counts_spaces: bool = False
    budgets: Mapping[str, int] = field(default_factory=dict)

    @property
    def tight(self) -> bool:
        return bool(self.budgets)


SQLITE = ("sqlite", "sqlite", "sqlite")
MIXED = ("mariadb", "postgresql", "sqlite")
TURNED = ("postgresql", "sqlite", "mariadb")
TURNED_AGAIN = ("sqlite", "mariadb", "postgresql")
"""The last three put every source on every database once."""
MYSQL = ("mysql", "postgresql", "sqlite")
MYSQL_TURNED = ("postgresql", "mysql", "mariadb")
MYSQL_TURNED_AGAIN = ("mariadb", "sqlite", "mysql")
"""Every source on MySQL once, beside each of the others."""
COLLATIONS = {"utf8mb4_bin": "utf8mb4_0900_bin", "utf8mb4_general_ci": "utf8mb4_0900_ai_ci"}
"""A collation that MySQL has like MariaDB -> its own one, which does not ignore trailing spaces."""

SETUPS: Mapping[str, Setup] = {
    "sqlite": Setup(SQLITE),
    "one": Setup(SQLITE, alone=True),
    "mixed": Setup(MIXED),
    "turned": Setup(TURNED),
    "turned-again": Setup(TURNED_AGAIN),
    "twice": Setup(MIXED, twin=True),
    "twice-sqlite": Setup(SQLITE, twin=True),
    "tight-7": Setup(MIXED, budgets={"keys_max": 7, "walk_max": 70}),
    "tight-20": Setup(TURNED, budgets={"keys_max": 20, "walk_max": 70}),
    "tight-35": Setup(TURNED_AGAIN, budgets={"keys_max": 35, "walk_max": 70}),
    "odd-sqlite": Setup(SQLITE, ODD),
    "odd-twice": Setup(MIXED, ODD, twin=True),
    "odd-turned": Setup(TURNED, ODD),
    "odd-turned-again": Setup(TURNED_AGAIN, ODD),
    "odd-tight-7": Setup(MIXED, ODD, budgets={"keys_max": 7, "walk_max": 70}),
    "odd-tight-20": Setup(TURNED, ODD, budgets={"keys_max": 20, "walk_max": 70}),
    "odd-tight-35": Setup(TURNED_AGAIN, ODD, budgets={"keys_max": 35, "walk_max": 70}),
    "mysql-twice": Setup(MYSQL, twin=True, counts_spaces=True),
    "mysql-turned": Setup(MYSQL_TURNED),
    "mysql-turned-again": Setup(MYSQL_TURNED_AGAIN, counts_spaces=True),
    "mysql-tight-7": Setup(MYSQL, budgets={"keys_max": 7, "walk_max": 70}),
    "mysql-tight-20": Setup(MYSQL_TURNED, counts_spaces=True, budgets={"keys_max": 20, "walk_max": 70}),
    "mysql-tight-35": Setup(MYSQL_TURNED_AGAIN, budgets={"keys_max": 35, "walk_max": 70}),
    "odd-mysql-twice": Setup(MYSQL, ODD, twin=True),
    "odd-mysql-turned": Setup(MYSQL_TURNED, ODD, counts_spaces=True),
    "odd-mysql-turned-again": Setup(MYSQL_TURNED_AGAIN, ODD),
    "odd-mysql-tight-7": Setup(MYSQL, ODD, counts_spaces=True, budgets={"keys_max": 7, "walk_max": 70}),
    "odd-mysql-tight-20": Setup(MYSQL_TURNED, ODD, budgets={"keys_max": 20, "walk_max": 70}),
    "odd-mysql-tight-35": Setup(
        MYSQL_TURNED_AGAIN, ODD, counts_spaces=True, budgets={"keys_max": 35, "walk_max": 70}
    ),
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
def graph(setup: str, seed: int, folder: Path) -> Iterator[Graph]:
    """A set-up's graph with rows drawn from `seed`. Whoever asks for it closes it within its event loop."""
    asked = SETUPS[setup]
    world, content = asked.world, asked.world.content(seed)
    with ExitStack() as stack:
        place = f"gw_differential_{setup.replace('-', '_')}"
        twin = None
        if asked.twin or asked.alone:
            twin = _single(world, content, stack.enter_context(database("sqlite", f"{place}_one", folder)))
        if twin is not None and asked.alone:
            yield twin
            return
        sources, padded = [], {}
        for (name, base), dialect in zip(world.models.items(), asked.dialects, strict=True):
            url = stack.enter_context(database(dialect, f"{place}_{name}", folder))
            _create(world, name, url)
            counts_spaces = dialect == "mysql" and asked.counts_spaces
            if counts_spaces:
                _count_spaces(url)
            _fill(url, base.metadata, content[name])
            sources.append(Source.from_models(name, url, models=base))
            padded[name] = dialect in ("mariadb", "mysql") and not counts_spaces
        gateway = Gateway(sources, world.links, settings=_settings(asked.budgets))
        yield Graph(gateway, Tables.of(gateway.catalog, content, padded), asked.tight, twin)


def _create(world: World, name: str, url: sa.URL) -> None:
    if world.migrated:
        upgrade(demo_history(name, url))
        return
    with connected(url) as engine:
        world.models[name].metadata.create_all(engine)


def _count_spaces(url: sa.URL) -> None:
    """Make the tables, which are empty, anew with other collations."""
    with connected(url) as engine, engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        made = [connection.exec_driver_sql(f"SHOW CREATE TABLE {name}").one()[1] for name in names]
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        connection.exec_driver_sql(f"DROP TABLE {', '.join(names)}")
        for text in made:
            for one, other in COLLATIONS.items():
                text = text.replace(one, other)
            connection.exec_driver_sql(text.replace("%", "%%"))
        connection.exec_driver_sql("SET foreign_key_checks = 1")


def _single(world: World, content: Content, url: sa.URL) -> Graph:
    """All tables in one SQLite database."""
    source, rows = single.source(url, world.models), single.together(content)
    with connected(url) as engine:
        source.metadata.create_all(engine)
    _fill(url, source.metadata, rows[single.NAME])
    gateway = Gateway([source], tuple(single.links(world.links)), settings=_settings({}))
    return Graph(gateway, Tables.of(gateway.catalog, rows, {single.NAME: False}))


def _settings(budgets: Mapping[str, int]) -> Settings:
    return Settings(rows_max=ROWS_MAX, cors_origins=[], **budgets)


def _fill(url: sa.URL, metadata: sa.MetaData, tables: Mapping[str, list[dict[str, object]]]) -> None:
    with connected(url) as engine, engine.begin() as connection:
        for name, rows in tables.items():
            if rows:
                connection.execute(sa.insert(metadata.tables[name]), rows)
