"""Where the benchmark's databases are.

The servers' addresses come from BENCH_MARIADB_URL and BENCH_POSTGRESQL_URL; BENCH_CRM_URL, BENCH_SALES_URL
and BENCH_SHOP_URL override single databases, which then must be loaded already.
"""

import os
from pathlib import Path

import sqlalchemy as sa

CACHE = Path(__file__).with_name(".cache")
"""Folder of the SQLite database and of what the servers print."""

MARIADB = os.environ.get("BENCH_MARIADB_URL", "mysql+mysqlconnector://root@127.0.0.1:3306/")
POSTGRESQL = os.environ.get("BENCH_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")

DEFAULTS: dict[str, sa.URL] = {
    "crm": sa.make_url(MARIADB).set(database="gw_bench_crm"),
    "sales": sa.make_url(POSTGRESQL).set(database="gw_bench_sales"),
    "shop": sa.URL.create("sqlite", database=str(CACHE / "gw_bench_shop.sqlite3")),
}


def url_of(source: str) -> sa.URL:
    """The URL of one database of the workload: what the environment says, else the default."""
    given = os.environ.get(f"BENCH_{source.upper()}_URL")
    return sa.make_url(given) if given else DEFAULTS[source]


def environment(urls: dict[str, sa.URL]) -> dict[str, str]:
    """Variables that make `url_of` return these URLs in another process."""
    return {
        f"BENCH_{name.upper()}_URL": url.render_as_string(hide_password=False) for name, url in urls.items()
    }
