"""The demo's graph: crm, sales and shop as one, and the links between them.

`gateway serve --app gateway.demo.graph:gateway` serves it. Nothing is built when the module is imported.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from gateway.app import Gateway
from gateway.config import Profile, Settings, SourceSettings
from gateway.demo.crm import CrmBase
from gateway.demo.histories import FOLDER, demo_history, embedded_url, migrations_directory
from gateway.demo.sales import SalesBase
from gateway.demo.seed.load import seed
from gateway.demo.shop import ShopBase
from gateway.errors import ConfigurationError, Problem
from gateway.migrate import sqlite_file, upgrade
from gateway.sources.declare import Link
from gateway.sources.engines import Engines
from gateway.sources.source import Source

MODELS: dict[str, type[DeclarativeBase]] = {"crm": CrmBase, "sales": SalesBase, "shop": ShopBase}

LINKS = (
    Link(
        "sales.orders.customer_id",
        "crm.customers.id",
        name="customer",
        back="orders",
        describe="Customer who ordered; null for an order placed as a guest.",
        back_describe="Orders the customer placed.",
    ),
    Link(
        "sales.order_items.product_id",
        "shop.products.id",
        name="product",
        back="orderItems",
        describe="Product that was ordered.",
        back_describe="Order lines that sold the product.",
    ),
    Link(
        "shop.reviews.customer_id",
        "crm.customers.id",
        name="customer",
        back="reviews",
        describe="Customer who wrote the review; null after leaving.",
        back_describe="Reviews the customer wrote.",
    ),
)

SAMPLE = Path(__file__).with_name("sample.graphql")
"""A query that crosses all three sources; GraphiQL opens on it."""


class DemoSettings(Settings):
    """Settings of somebody who looks around."""

    profile: Profile = "debug"


def demo(settings: Settings | None = None, directory: Path = FOLDER) -> Gateway:
    """The demo's gateway. A source without a URL in `settings` is a SQLite file in `directory`.

    Reads the settings itself when none are given, with the profile `debug` unless they name another.
    Touches no database. Raises ConfigurationError.
    """
    chosen = settings or DemoSettings()
    hint = f"The demo's sources are {', '.join(MODELS)}."
    problems = [
        Problem(f"sources.{name}", "there is no such source", hint)
        for name in chosen.sources
        if name not in MODELS
    ]
    sources = []
    for name in MODELS:
        try:
            sources.append(demo_source(name, chosen.sources.get(name, SourceSettings()), directory))
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return Gateway(sources, LINKS, settings=chosen, sample=SAMPLE.read_text("utf-8"))


def demo_source(name: str, settings: SourceSettings, directory: Path = FOLDER) -> Source:
    """One source of the demo. Raises KeyError when the demo has none of that name."""
    return Source.from_models(
        name,
        settings.url or embedded_url(name, directory),
        models=MODELS[name],
        mutations=True,
        deadline=settings.deadline,
        connect_timeout=settings.connect_timeout,
        threads=settings.threads,
        queue=settings.queue,
        replicas=settings.replicas,
        replica_lag_max=settings.replica_lag_max,
        migrations=migrations_directory(),
    )


def gateway() -> Gateway:
    """The demo with settings from the environment and `gateway.toml`: what the command line serves."""
    return demo(Settings())


def prepare(sources: Iterable[Source], progress: bool = False) -> dict[str, str]:
    """Migrate the demo's sources to the newest revision and fill those that are empty.

    Returns the sources that could not be reached, each with the driver's reason; the graph can be served
    without them. With `progress`, a bar on the terminal.
    """
    reached: dict[str, Engines] = {}
    unreachable: dict[str, str] = {}
    for source in sources:
        engines = Engines(source)
        reason = _refusal(source, engines)
        try:
            if reason is None:
                upgrade(demo_history(source.name, source.url))
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
        if reason is not None:
            unreachable[source.name] = reason
            continue
        reached[source.name] = engines
    seed({name: engines.sessions for name, engines in reached.items()}, progress)
    for engines in reached.values():
        engines.dispose()
    return unreachable


def _refusal(source: Source, engines: Engines) -> str | None:
    """Why no connection can be had, None when one can. A SQLite file is made by the migrations."""
    if sqlite_file(source.url) is not None:
        return None
    try:
        engines.connect().close()
    except engines.dialect.loaded_dbapi.Error as error:
        return str(error)
    return None
