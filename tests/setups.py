"""The set-ups every case runs on: the demo's graph and its full seed, in different databases."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import EntityOptions, Gateway, Link, Settings, Source
from gateway.config import SourceSettings
from gateway.context import Context
from gateway.demo.graph import LINKS, MODELS, demo
from gateway.demo.histories import demo_history
from gateway.demo.seed.load import seed
from gateway.demo.seed.rows import rows
from gateway.migrate import upgrade
from gateway.schema.answer import Answer, Asked
from tests.cases.truth import Tables
from tests.servers import connected, database

SETUPS: dict[str, Mapping[str, str]] = {
    "sqlite": {"crm": "sqlite", "sales": "sqlite", "shop": "sqlite"},
    "mixed": {"crm": "mariadb", "sales": "postgresql", "shop": "sqlite"},
    "mixed-mysql": {"crm": "mysql", "sales": "postgresql", "shop": "sqlite"},
}
"""Set-up -> source -> the dialect its database has."""

TURNED: dict[str, Mapping[str, str]] = {
    "turned": {"crm": "sqlite", "sales": "mariadb", "shop": "postgresql"},
    "turned-again": {"crm": "postgresql", "sales": "mysql", "shop": "mariadb"},
    "turned-over": {"crm": "mariadb", "sales": "sqlite", "shop": "mysql"},
}
"""More set-ups, which with those above put every source on every database."""

Urls = Mapping[str, sa.URL]


@cache
def tables() -> Tables:
    """Source -> table -> rows of the seed; built once, so leave them as they are."""
    return rows()


@contextmanager
def seeded(setup: str, folder: Path, purpose: str = "cases") -> Iterator[Urls]:
    """The URLs of a set-up's three databases, migrated and filled; dropped at the end."""
    with ExitStack() as stack:
        urls = {
            source: stack.enter_context(
                database(dialect, f"gw_{purpose}_{setup.replace('-', '_')}_{source}", folder)
            )
            for source, dialect in (SETUPS | TURNED)[setup].items()
        }
        for source, url in urls.items():
            upgrade(demo_history(source, url))
        with ExitStack() as engines:
            seed({source: engines.enter_context(connected(url)) for source, url in urls.items()})
        yield urls


def demo_gateway(urls: Urls, **settings: Any) -> Gateway:
    """The demo's own gateway on these databases."""
    sources = {name: SourceSettings(url=url) for name, url in urls.items()}
    return demo(Settings(sources=sources, **{"profile": "debug", **settings}))


def own_gateway(
    urls: Urls,
    entities: Mapping[type[Any], EntityOptions] | None = None,
    links: tuple[Link, ...] = LINKS,
    settings: Settings | None = None,
    own: Mapping[str, Any] | None = None,
    **limits: Any,
) -> Gateway:
    """A gateway over the demo's models with options per entity; `limits` are those of every source.

    `own` are the app's own resolvers, as `Gateway` takes them.
    """
    given = entities or {}
    sources = [
        Source.from_models(
            name,
            urls[name],
            models=base,
            entities={
                mapped: options
                for mapped, options in given.items()
                if mapped in {mapper.class_ for mapper in base.registry.mappers}
            },
            **limits,
        )
        for name, base in MODELS.items()
    ]
    return Gateway(sources, links, settings=settings or Settings(profile="debug"), **(own or {}))


@contextmanager
def closing(gateway: Gateway) -> Iterator[Gateway]:
    """The gateway, closed at the end, for tests that are not coroutines."""
    try:
        yield gateway
    finally:
        asyncio.run(gateway.close())


def ask(gateway: Gateway, document: str, name: str | None = None) -> tuple[Answer, Context]:
    """The answer to an operation, and its context, which has its trace."""

    async def asked() -> tuple[Answer, Context]:
        context = Context(gateway.databases)
        try:
            return await gateway.schema.answer(Asked(document, operation_name=name), context), context
        finally:
            await context.close()

    return asyncio.run(asked())


@pytest.fixture(scope="session")
def setup_urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Urls]]:
    """The URLs of a set-up by its name; its databases are made on first use, once per run."""
    made: dict[str, Urls] = {}
    with ExitStack() as stack:

        def urls(name: str) -> Urls:
            if name not in made:
                made[name] = stack.enter_context(seeded(name, tmp_path_factory.mktemp(name)))
            return made[name]

        yield urls


@pytest.fixture(params=SETUPS)
def demo_urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    """The databases of each set-up in turn."""
    return setup_urls(request.param)
