"""What the tests of groups share: every set-up, ways to ask, and the same groups in plain Python."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway import Caller, Gateway
from tests.cases.truth import Row, Rows, shown
from tests.setups import SETUPS, TURNED, Urls, closing, demo_gateway, tables

Key = tuple[Any, ...]


@pytest.fixture(name="urls", scope="session", params=SETUPS | TURNED)
def every_urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    return setup_urls(request.param)


@pytest.fixture(name="gateway", scope="session")
def every_gateway(urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(urls)) as made:
        yield made


def ask(gateway: Gateway, query: str, caller: Caller | None = None, **variables: Any) -> dict[str, Any]:
    return asyncio.run(gateway.execute(query, variables, caller=caller)).payload()


def data(gateway: Gateway, query: str, caller: Caller | None = None, **variables: Any) -> Any:
    payload = ask(gateway, query, caller, **variables)
    assert "errors" not in payload, payload["errors"]
    return payload["data"]


def told(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["extensions"]["code"], error["message"]) for error in payload["errors"]]


# The same in Python --------------------------------------------------------------------------------------

ORDERS, ITEMS = tables()["sales"]["orders"], tables()["sales"]["order_items"]
CUSTOMERS = {row["id"]: row for row in tables()["crm"]["customers"]}
PRODUCTS = {row["id"]: row for row in tables()["shop"]["products"]}
CATEGORIES = {row["id"]: row for row in tables()["shop"]["categories"]}
ORDER_BY_ID = {row["id"]: row for row in ORDERS}


def of_customer(column: str) -> Callable[[Row], Any]:
    """A column of an order's customer, None for guests and for customers that are gone."""
    return lambda row: shown((CUSTOMERS.get(row["customer_id"]) or {}).get(column))


def grouped(rows: Iterable[Row], *keys: Callable[[Row], Any]) -> list[tuple[Key, Rows]]:
    """Groups by their keys, sorted by these, None last."""
    found: dict[Key, Rows] = defaultdict(list)
    for row in rows:
        found[tuple(key(row) for key in keys)].append(row)
    return sorted(found.items(), key=lambda group: [(part is None, part) for part in group[0]])


def start(value: datetime | date, unit: str) -> str:
    """First day of a period, by the standard library."""
    day = value.date() if isinstance(value, datetime) else value
    match unit:
        case "WEEK":
            day = day - timedelta(days=day.isoweekday() - 1)
        case "MONTH":
            day = day.replace(day=1)
        case "QUARTER":
            day = day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
        case "YEAR":
            day = day.replace(day=1, month=1)
    return day.isoformat()


def total(rows: Rows) -> str:
    return shown(sum((row["total"] for row in rows), Decimal("0.00")))
