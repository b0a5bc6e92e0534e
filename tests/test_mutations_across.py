"""Mutations that write related rows in several databases, on each of them in turn."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import Gateway
from gateway.demo.crm import Customer
from gateway.demo.graph import MODELS
from gateway.demo.sales import Order
from gateway.demo.shop import Category, Product
from tests.private import Servers, create_database
from tests.servers import connected, database
from tests.setups import SETUPS, TURNED, Urls, own_gateway

NUMBERS = count()
ORDER = """
mutation ($input: CreateOrderInput!) {
  made: createOrder(input: $input) {
    order {
      number
      customer { email orders { totalCount } }
      items { nodes { quantity product { sku orderItems { totalCount } } order { number } } }
    }
    errors { __typename path ... on NotFound { message } }
  }
}
"""
ITEMS = [
    {"quantity": 2, "unitPrice": "3.50", "product": {"connect": {"sku": "A-1"}}},
    {"quantity": 1, "unitPrice": "5", "product": {"connect": {"rowId": 2}}},
]
NEW = {"create": {"name": "Ada", "email": "ada@x", "country": "GB"}}


class Shop:
    """A gateway over three databases with two products and one customer, and a look past it."""

    def __init__(self, urls: Urls) -> None:
        self.urls = urls
        self.gateway: Gateway = own_gateway(urls, mutations=True)
        self.loop = asyncio.new_event_loop()

    def run(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        return self.loop.run_until_complete(self.gateway.execute(query, variables)).payload()

    def order(self, **values: Any) -> Any:
        given = {"number": "N-1", "total": "12.00", "items": {"create": ITEMS}, **values}
        shown = self.run(ORDER, {"input": given})
        assert "errors" not in shown, shown
        return shown["data"]["made"]

    def count(self, source: str, table: str) -> int:
        with connected(self.urls[source]) as engine, engine.connect() as connection:
            found: int = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            return found

    def close(self) -> None:
        self.loop.run_until_complete(self.gateway.close())
        self.loop.close()


@pytest.fixture(scope="module", params=SETUPS | TURNED)
def place(
    request: pytest.FixtureRequest, own_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    dialects = (SETUPS | TURNED)[request.param]
    with ExitStack() as stack:
        urls = {}
        for source, dialect in dialects.items():
            name = f"gw_across_{next(NUMBERS)}"
            if dialect != "sqlite":
                urls[source] = create_database(own_servers(dialect), name)
            else:
                urls[source] = stack.enter_context(database(dialect, name, tmp_path_factory.mktemp("across")))
        for source, base in MODELS.items():
            with connected(urls[source]) as engine:
                base.metadata.create_all(engine)
        made = Shop(urls)
        yield made
        made.close()


@pytest.fixture
def shop(place: Shop) -> Shop:
    """The shop as at its opening."""
    for source, base in MODELS.items():
        with connected(place.urls[source]) as engine, engine.begin() as connection:
            for table in reversed(base.metadata.sorted_tables):
                connection.execute(table.delete())
            if source == "crm":
                connection.execute(sa.insert(Customer).values(id=1, name="Bob", email="bob@x", country="FR"))
            if source == "shop":
                connection.execute(sa.insert(Category).values(id=1, name="things"))
                connection.execute(sa.insert(Product), [_product(1, "A-1"), _product(2, "A-2")])
            if engine.dialect.name == "postgresql":
                for table in base.metadata.sorted_tables:
                    if "id" in table.columns:
                        connection.execute(sa.text(f"SELECT setval('{table.name}_id_seq', 100)"))
    return place


def _product(number: int, sku: str) -> dict[str, Any]:
    day = date(2024, 1, 1)
    return {
        "id": number,
        "sku": sku,
        "title": sku,
        "price": Decimal("3.50"),
        "released": day,
        "category_id": 1,
    }


def test_an_order_with_a_new_customer_and_products_that_are_there(shop: Shop) -> None:
    made = shop.order(customer=NEW)
    assert made["errors"] == []
    assert made["order"] == {
        "number": "N-1",
        "customer": {"email": "ada@x", "orders": {"totalCount": 1}},
        "items": {
            "nodes": [
                {
                    "quantity": 2,
                    "product": {"sku": "A-1", "orderItems": {"totalCount": 1}},
                    "order": {"number": "N-1"},
                },
                {
                    "quantity": 1,
                    "product": {"sku": "A-2", "orderItems": {"totalCount": 1}},
                    "order": {"number": "N-1"},
                },
            ]
        },
    }
    assert (shop.count("crm", "customers"), shop.count("sales", "order_items")) == (2, 2)


def test_what_fails_in_one_database_is_undone_in_all(shop: Shop) -> None:
    lost = [{"quantity": 1, "unitPrice": "1", "product": {"connect": {"sku": "nothing"}}}]
    made = shop.order(customer=NEW, items={"create": lost})
    assert made["order"] is None
    path = ["made", "input", "items", "create", "0", "product", "connect"]
    message = "There is no Product with this sku."
    assert made["errors"] == [{"__typename": "NotFound", "path": path, "message": message}]
    broken = [{"quantity": 0, "unitPrice": "1", "product": {"connect": {"sku": "A-1"}}}]
    made = shop.order(customer=NEW, items={"create": broken})
    assert [error["__typename"] for error in made["errors"]] == ["CheckViolation"]
    assert (shop.count("crm", "customers"), shop.count("sales", "orders")) == (1, 0)


def test_many_are_chosen_by_conditions_on_other_databases(shop: Shop) -> None:
    shop.order(customer={"connect": {"email": "bob@x"}})
    query = """mutation {
      paid: updateOrders(
        where: { customer: { country: { eq: "FR" } }, items: { some: { product: { sku: { eq: "A-1" } } } } }
        set: { status: PAID, customer: { disconnect: true } }
      ) { affectedCount orders { status customer { email } } errors { message } }
      none: updateOrders(where: { customer: { country: { eq: "FR" } } }, set: { status: PAID }) {
        affectedCount
      }
    }"""
    shown = shop.run(query)["data"]
    assert shown["paid"] == {
        "affectedCount": 1,
        "orders": [{"status": "PAID", "customer": None}],
        "errors": [],
    }
    assert shown["none"] == {"affectedCount": 0}


def test_a_related_row_in_another_database_is_let_go(shop: Shop) -> None:
    shop.order(customer={"connect": {"email": "bob@x"}})
    change = (
        'updateCustomer(key: {email: "bob@x"}, set: {name: "Bob B", orders: {disconnect: [{number: "N-1"}]}})'
    )
    shown = shop.run(f"mutation {{ {change} {{ customer {{ name orders {{ totalCount }} }} }} }}")
    assert shown["data"]["updateCustomer"]["customer"] == {"name": "Bob B", "orders": {"totalCount": 0}}
    with connected(shop.urls["sales"]) as engine, engine.connect() as connection:
        assert connection.execute(sa.select(Order.customer_id)).all() == [(None,)]


def test_upserts_of_one_key_at_the_same_time_make_one_row(shop: Shop) -> None:
    upsert = (
        'mutation { it: upsertCustomer(key: {email: "c@x"}, create: {email: "c@x", name: "C", country: "GB"},'
        ' update: {name: "D"}) { created errors { __typename } } }'
    )

    async def all_at_once() -> list[Any]:
        answers = await asyncio.gather(*(shop.gateway.execute(upsert) for _ in range(8)))
        return [answer.payload() for answer in answers]

    shown = shop.loop.run_until_complete(all_at_once())
    assert [each.get("errors") for each in shown] == [None] * 8
    assert sorted(each["data"]["it"]["created"] for each in shown) == [False] * 7 + [True]
    assert shop.count("crm", "customers") == 2
