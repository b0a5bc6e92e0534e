"""The demo's sources as Alembic sees them: a name, a database, the tables it should have."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from gateway.demo.crm import CrmBase
from gateway.demo.sales import SalesBase
from gateway.demo.shop import ShopBase

METADATA: Mapping[str, sa.MetaData] = {
    "crm": CrmBase.metadata,
    "sales": SalesBase.metadata,
    "shop": ShopBase.metadata,
}
"""Source name -> its tables, in the order the sources are listed everywhere."""

FOLDER = Path("demo-data")
"""Where the embedded databases lie unless told otherwise, relative to the working directory."""


@dataclass(frozen=True)
class DemoHistory:
    """One demo source for `gateway.migrate` (a `History`)."""

    name: str
    url: sa.URL
    metadata: sa.MetaData
    directory: Path


def demo_history(name: str, url: sa.URL | str | None = None) -> DemoHistory:
    """The history of the demo source `name`, on `url` or else where `demo_url` finds it.

    Raises KeyError when the demo has no source of that name.
    """
    metadata = METADATA[name]
    return DemoHistory(name, sa.make_url(url or demo_url(name)), metadata, migrations_directory())


def demo_url(name: str, folder: Path = FOLDER) -> sa.URL:
    """The URL in GATEWAY_SOURCES__<NAME>__URL, or the embedded SQLite file in `folder`."""
    configured = os.environ.get(f"GATEWAY_SOURCES__{name.upper()}__URL")
    return sa.make_url(configured) if configured else embedded_url(name, folder)


def embedded_url(name: str, folder: Path = FOLDER) -> sa.URL:
    """The SQLite file of one source in `folder`; the file need not exist."""
    return sa.URL.create("sqlite", database=str(folder / f"{name}.sqlite3"))


def migrations_directory() -> Path:
    """The folder with `env.py` and one folder per source: inside the wheel, or the checkout's top level.

    Raises FileNotFoundError when the package was installed without it.
    """
    package = Path(__file__).resolve().parent
    for directory in (package / "migrations", package.parents[1] / "migrations"):
        if (directory / "env.py").is_file():
            return directory
    raise FileNotFoundError(f"no migrations beside {package} or above it; install the package again")
