"""Rows limited by the caller: `rows=` holds wherever an entity is reached, with claims bound each time."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import Caller, EntityOptions, Gateway, claim
from gateway.demo.crm import Customer
from gateway.demo.sales import Order, OrderStatus
from gateway.demo.shop import Category, Product, Review
from tests.cases.truth import Rows, node_id
from tests.setups import Urls, closing, own_gateway, tables
from tests.test_access import ask, data, told, unchanged


def in_country(role: str) -> sa.ColumnElement[bool] | None:
    """Staff sees every customer, others those of their country."""
    return None if role == "staff" else Customer.country == claim("country")


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    entities = {
        Customer: EntityOptions(rows=in_country),
        Order: EntityOptions(rows=Order.status != OrderStatus.CANCELLED),
        Product: EntityOptions(rows=lambda role: None if role == "staff" else Product.active.is_(True)),
        Review: EntityOptions(rows=Review.rating.in_([4, 5])),
        Category: EntityOptions(rows=sa.or_(Category.parent_id.is_(None), Category.id > claim("above"))),
    }
    with closing(own_gateway(demo_urls, entities)) as made:
        yield made


def caller(country: str, above: int = 0, role: str = "user") -> Caller:
    return Caller(role, {"country": country, "above": above})


GERMAN, FRENCH = caller("DE"), caller("FR")


def customers(country: str) -> Rows:
    return [row for row in tables()["crm"]["customers"] if row["country"] == country]


def orders(customer: Any) -> Rows:
    return [
        row
        for row in tables()["sales"]["orders"]
        if row["customer_id"] == customer["id"] and row["status"] is not OrderStatus.CANCELLED
    ]


def test_roots_and_counts(gateway: Gateway) -> None:
    query = "{ customers(first: 1000) { nodes { rowId } totalCount } }"
    for country in ("DE", "FR", "XX"):
        expected = [{"rowId": row["id"]} for row in customers(country)]
        assert data(gateway, query, caller(country)) == {
            "customers": {"nodes": expected, "totalCount": len(expected)}
        }
    assert data(gateway, query, Caller("staff"))["customers"]["totalCount"] == 300


def test_a_filter_cannot_widen_it(gateway: Gateway) -> None:
    query = """{
      customers(where: { or: [{ country: { eq: "FR" } }, { and: [] }] }) { totalCount }
      others: customers(where: { country: { neq: "DE" } }) { totalCount }
      not: customers(where: { not: { country: { eq: "DE" } } }) { totalCount }
    }"""
    assert data(gateway, query, GERMAN) == {
        "customers": {"totalCount": len(customers("DE"))},
        "others": {"totalCount": 0},
        "not": {"totalCount": 0},
    }


def test_single_rows_by_id_key_and_node(gateway: Gateway) -> None:
    german, french = customers("DE")[0], customers("FR")[0]
    own, other = node_id("Customer", german["id"]), node_id("Customer", french["id"])
    query = f"""{{
      own: customer(id: "{own}") {{ rowId }}
      other: customer(id: "{other}") {{ rowId }}
      ownBy: customerBy(key: {{ email: "{german["email"]}" }}) {{ rowId }}
      otherBy: customerBy(key: {{ email: "{french["email"]}" }}) {{ rowId }}
      ownNode: node(id: "{own}") {{ id }}
      otherNode: node(id: "{other}") {{ id }}
      nodes(ids: ["{other}", "{own}", "{other}"]) {{ id }}
    }}"""
    assert data(gateway, query, GERMAN) == {
        "own": {"rowId": german["id"]},
        "other": None,
        "ownBy": {"rowId": german["id"]},
        "otherBy": None,
        "ownNode": {"id": own},
        "otherNode": None,
        "nodes": [None, {"id": own}, None],
    }


def test_a_remote_to_one_that_may_not_be_seen_is_null(gateway: Gateway) -> None:
    found = [row for row in tables()["sales"]["orders"] if row["status"] is not OrderStatus.CANCELLED][:30]
    german = {row["id"]: row["name"] for row in customers("DE")}
    query = "{ orders(first: 30) { nodes { rowId customer { name } } } }"
    assert data(gateway, query, GERMAN)["orders"]["nodes"] == [
        {
            "rowId": row["id"],
            "customer": {"name": german[row["customer_id"]]} if row["customer_id"] in german else None,
        }
        for row in found
    ]


def test_lists_and_counts_per_parent(gateway: Gateway) -> None:
    query = "{ customers(first: 5) { nodes { orders(first: 2) { nodes { rowId } totalCount } } } }"
    assert data(gateway, query, GERMAN)["customers"]["nodes"] == [
        {
            "orders": {
                "nodes": [{"rowId": row["id"]} for row in orders(customer)[:2]],
                "totalCount": len(orders(customer)),
            }
        }
        for customer in customers("DE")[:5]
    ]


def test_a_many_to_many_relation(gateway: Gateway) -> None:
    shop = tables()["shop"]
    active = {row["id"] for row in shop["products"] if row["active"]}
    query = "{ tags { nodes { rowId products(first: 100) { nodes { rowId } totalCount } } } }"
    for found in data(gateway, query, GERMAN)["tags"]["nodes"]:
        linked = sorted(
            row["product_id"]
            for row in shop["product_tags"]
            if row["tag_id"] == found["rowId"] and row["product_id"] in active
        )
        assert found["products"] == {
            "nodes": [{"rowId": number} for number in linked],
            "totalCount": len(linked),
        }


def test_a_to_one_is_nullable_where_its_target_may_not_be_seen(gateway: Gateway) -> None:
    """Otherwise the null would take the row along, which the caller may see."""
    cancelled = {row["id"] for row in tables()["sales"]["orders"] if row["status"] is OrderStatus.CANCELLED}
    items = tables()["sales"]["order_items"]
    hidden = next(row for row in items if row["order_id"] in cancelled)
    query = f'{{ orderItem(id: "{node_id("OrderItem", hidden["id"])}") {{ quantity order {{ number }} }} }}'
    assert data(gateway, query, GERMAN) == {"orderItem": {"quantity": hidden["quantity"], "order": None}}
    assert str(gateway.schema.core.type_map["OrderItem"].fields["order"].type) == "Order"  # type: ignore[attr-defined]


def test_pages_and_cursors_stay_within(gateway: Gateway) -> None:
    query = """query Page($after: String) {
      customers(first: 7, after: $after, orderBy: [{ name: ASC }]) {
        nodes { rowId }
        pageInfo { hasNextPage endCursor }
      }
    }"""
    seen: list[int] = []
    after = None
    while True:
        page = data(gateway, query, GERMAN, after=after)["customers"]
        seen += [row["rowId"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == [row["id"] for row in customers("DE")]


def test_a_condition_on_a_relation_does_not_leak(gateway: Gateway) -> None:
    """A filter through a relation looks only at rows the caller may see."""
    query = '{ orders(where: { customer: { country: { eq: "FR" } } }) { totalCount } }'
    french = {row["id"] for row in customers("FR")}
    visible = [
        row
        for row in tables()["sales"]["orders"]
        if row["customer_id"] in french and row["status"] is not OrderStatus.CANCELLED
    ]
    assert data(gateway, query, GERMAN) == {"orders": {"totalCount": 0}}
    assert data(gateway, query, FRENCH) == {"orders": {"totalCount": len(visible)}}


def test_several_conditions_with_constants_and_claims(gateway: Gateway) -> None:
    query = "{ categories { nodes { rowId } } reviews { totalCount } }"
    shop = tables()["shop"]
    good = sum(row["rating"] >= 4 for row in shop["reviews"])
    for above in (20, 5, 20):
        found = [row["id"] for row in shop["categories"] if row["parent_id"] is None or row["id"] > above]
        assert data(gateway, query, caller("DE", above)) == {
            "categories": {"nodes": [{"rowId": number} for number in found]},
            "reviews": {"totalCount": good},
        }


def test_without_its_claim_a_caller_is_refused(gateway: Gateway) -> None:
    for query in ("{ customers { totalCount } }", "{ orders(first: 1) { nodes { customer { name } } } }"):
        payload = ask(gateway, query, Caller("user"))
        assert [code for code, _ in told(payload)] == ["FORBIDDEN"]
        assert not payload.get("data")
    assert data(gateway, "{ tags { totalCount } }", Caller("user")) == {"tags": {"totalCount": 21}}
    assert data(gateway, "{ customers { totalCount } }", Caller("staff")) == {
        "customers": {"totalCount": 300}
    }


def test_claims_share_a_plan_and_do_not_leak(gateway: Gateway) -> None:
    query = "{ customers { totalCount } }"
    data(gateway, query, GERMAN)
    with unchanged(gateway):
        for who, country in ((FRENCH, "FR"), (GERMAN, "DE"), (caller("XX"), "XX")):
            found = data(gateway, query, who)
            assert found == {"customers": {"totalCount": len(customers(country))}}


def test_claims_do_not_leak_between_operations_at_once(gateway: Gateway) -> None:
    countries = ["DE", "FR", "ES", "JP", "US"] * 6

    async def main() -> list[Any]:
        return await asyncio.gather(
            *(gateway.execute("{ customers { totalCount } }", caller=caller(each)) for each in countries)
        )

    found = [answer.data for answer in asyncio.run(main())]
    assert found == [{"customers": {"totalCount": len(customers(each))}} for each in countries]


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%", "DE' UNION SELECT 1", ""])
def test_a_claim_is_never_sql(gateway: Gateway, value: str) -> None:
    assert data(gateway, "{ customers { totalCount } }", caller(value)) == {"customers": {"totalCount": 0}}


def test_roles_do_not_share_conditions(gateway: Gateway) -> None:
    query = "{ products { totalCount } }"
    active = sum(row["active"] for row in tables()["shop"]["products"])
    for _ in range(2):
        assert data(gateway, query, GERMAN) == {"products": {"totalCount": active}}
        assert data(gateway, query, Caller("staff")) == {"products": {"totalCount": 200}}
