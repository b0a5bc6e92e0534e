"""Groups by keys of every kind, against plain Python over the seed's rows."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from gateway import Gateway
from tests.cases.truth import Row, Rows, shown
from tests.grouping import (
    CATEGORIES,
    CUSTOMERS,
    ITEMS,
    ORDER_BY_ID,
    ORDERS,
    PRODUCTS,
    data,
    every_gateway,  # noqa: F401
    every_urls,  # noqa: F401
    grouped,
    of_customer,
    start,
    total,
)
from tests.setups import tables


def test_by_an_own_field_with_every_function(gateway: Gateway) -> None:
    query = """{ orders { groups(by: [{ field: currency }]) {
      __typename
      key { __typename field { __typename currency number } date { placedAt } customer { field { name } } }
      aggregate { __typename count countDistinct { customerId } sum { total } avg { total } min { placedAt }
        max { total number } }
    } } }"""
    expected = []
    for (currency,), rows in grouped(ORDERS, lambda row: row["currency"]):
        mean = sum(row["total"] for row in rows) / len(rows)
        mean_text = format(mean.quantize(Decimal("1e-8")), "f").rstrip("0").rstrip(".")
        expected.append(
            {
                "__typename": "OrderAggregateGroup",
                "key": {
                    "__typename": "OrderGroupKey",
                    "field": {"__typename": "OrderFieldKey", "currency": currency, "number": None},
                    "date": None,
                    "customer": None,
                },
                "aggregate": {
                    "__typename": "OrderAggregate",
                    "count": len(rows),
                    "countDistinct": {"customerId": len({row["customer_id"] for row in rows} - {None})},
                    "sum": {"total": total(rows)},
                    "avg": {"total": mean_text},
                    "min": {"placedAt": shown(min(row["placed_at"] for row in rows))},
                    "max": {
                        "total": shown(max(row["total"] for row in rows)),
                        "number": max(row["number"] for row in rows),
                    },
                },
            }
        )
    assert data(gateway, query)["orders"]["groups"] == expected


@pytest.mark.parametrize(
    ("root", "field", "table"),
    [
        ("orders", "status", ORDERS),
        ("orders", "customerId", ORDERS),
        ("orderItems", "quantity", ITEMS),
        ("orderItems", "unitPrice", ITEMS),
        ("products", "active", list(PRODUCTS.values())),
        ("products", "weightKg", list(PRODUCTS.values())),
        ("products", "released", list(PRODUCTS.values())),
        ("customers", "tier", list(CUSTOMERS.values())),
        ("tickets", "uuid", tables()["crm"]["tickets"]),
        ("tickets", "callbackTime", tables()["crm"]["tickets"]),
        ("tickets", "closedAt", tables()["crm"]["tickets"]),
        ("payments", "reference", tables()["sales"]["payments"]),
    ],
)
def test_by_each_kind_of_field(gateway: Gateway, root: str, field: str, table: Rows) -> None:
    query = f"""{{ {root} {{ groups(by: [{{ field: {field} }}], first: 1000,
      orderBy: [{{ key: {{ by: {{ field: {field} }}, order: ASC }} }}]) {{
      key {{ field {{ {field} }} }} aggregate {{ count }} }} }} }}"""
    column = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in field)
    counts: dict[Any, int] = defaultdict(int)
    for row in table:
        counts[row[column]] += 1

    def place(value: Any) -> tuple[bool, Any]:
        return value is None, getattr(
            value, "name", str(value) if field == "uuid" else value
        ) if value is not None else 0

    def value_shown(value: Any) -> Any:
        if field == "callbackTime" and value is not None:
            return value.isoformat()
        if field == "released":
            return value.isoformat()
        return shown(value, big=field == "reference")

    expected = [(value_shown(value), counts[value]) for value in sorted(counts, key=place)][:1000]
    found = data(gateway, query)[root]["groups"]
    assert [(each["key"]["field"][field], each["aggregate"]["count"]) for each in found] == expected


@pytest.mark.parametrize("unit", ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"])
def test_by_periods_of_moments_and_dates(gateway: Gateway, unit: str) -> None:
    query = """query ($unit: DateUnit!, $products: ProductGroupBy!) {
      customers { groups(by: [{ date: { field: createdAt, unit: $unit } }], first: 1000) {
        key { date { createdAt } } aggregate { count } } }
      orders(where: { customer: { country: { in: ["DE", "BR"] } } }) {
        groups(by: [{ date: { field: placedAt, unit: $unit } }], first: 1000) {
          key { date { placedAt } } aggregate { count } } }
      products { groups(by: [$products], first: 1000) { key { date { released } } aggregate { count } } }
    }"""
    products = {"date": {"field": "released", "unit": unit}}
    answer = data(gateway, query, unit=unit, products=products)
    local = [row for row in ORDERS if of_customer("country")(row) in ("DE", "BR")]
    for root, field, column, rows in (
        ("customers", "createdAt", "created_at", list(CUSTOMERS.values())),
        ("orders", "placedAt", "placed_at", local),
        ("products", "released", "released", list(PRODUCTS.values())),
    ):
        expected = grouped(rows, lambda row, column=column: start(row[column], unit))
        found = [(each["key"]["date"][field], each["aggregate"]["count"]) for each in answer[root]["groups"]]
        assert found == [(key, len(rows)) for (key,), rows in expected][:1000]


def test_by_one_date_in_several_units(gateway: Gateway) -> None:
    query = """{ orders { groups(first: 1000, by: [
        { date: { field: placedAt, unit: YEAR } }
        { date: { field: placedAt, unit: MONTH } }
        { field: status }
      ]) {
      key {
        date { placedAt month: placedAt(unit: MONTH) week: placedAt(unit: WEEK) }
        field { status placedAt }
      }
      aggregate { sum { total } } } } }"""
    expected = [
        {
            "key": {
                "date": {"placedAt": year, "month": month, "week": None},
                "field": {"status": status, "placedAt": None},
            },
            "aggregate": {"sum": {"total": total(rows)}},
        }
        for (year, month, status), rows in grouped(
            ORDERS,
            lambda row: start(row["placed_at"], "YEAR"),
            lambda row: start(row["placed_at"], "MONTH"),
            lambda row: row["status"].name,
        )
    ]
    assert data(gateway, query)["orders"]["groups"] == expected


def test_by_local_relations(gateway: Gateway) -> None:
    query = """{ reviews { groups(by: [{ product: { category: { parent: { field: name } } } }], first: 1000) {
      key { product { category { field { name } parent { field { name } } } } }
      aggregate { count sum { rating } }
    } } }"""

    def parent(row: Row) -> Any:
        above = CATEGORIES[PRODUCTS[row["product_id"]]["category_id"]]["parent_id"]
        return None if above is None else CATEGORIES[above]["name"]

    expected = [
        {
            "key": {"product": {"category": {"field": None, "parent": {"field": {"name": name}}}}},
            "aggregate": {"count": len(rows), "sum": {"rating": str(sum(row["rating"] for row in rows))}},
        }
        for (name,), rows in grouped(tables()["shop"]["reviews"], parent)
    ]
    assert data(gateway, query)["reviews"]["groups"] == expected


def test_revenue_by_country_and_month(gateway: Gateway) -> None:
    """A key in another database; guests and customers that are gone are the group of null."""
    query = """{ orders { groups(first: 1000, by: [
        { customer: { field: country } }, { date: { field: placedAt, unit: MONTH } }
      ]) {
      key { customer { field { country } } date { placedAt } }
      aggregate { count sum { total } avg { total } countDistinct { customerId } } } } }"""
    expected = [
        (country, month, len(rows), total(rows), len({row["customer_id"] for row in rows} - {None}))
        for (country, month), rows in grouped(
            ORDERS, of_customer("country"), lambda row: start(row["placed_at"], "MONTH")
        )
    ][:1000]
    found = [
        (
            each["key"]["customer"]["field"]["country"],
            each["key"]["date"]["placedAt"],
            each["aggregate"]["count"],
            each["aggregate"]["sum"]["total"],
            each["aggregate"]["countDistinct"]["customerId"],
        )
        for each in data(gateway, query)["orders"]["groups"]
    ]
    assert found == expected


def test_null_keys_are_one_group(gateway: Gateway) -> None:
    query = """{
      orders { groups(by: [{ customer: { field: tier } }]) {
        key { customer { field { tier } } } aggregate { count } } }
      reviews { groups(by: [{ customer: { date: { field: createdAt, unit: YEAR } } }]) {
        key { customer { date { createdAt } } } aggregate { count } } }
      categories { groups(by: [{ parent: { field: rowId } }, { field: parentId }]) {
        key { parent { field { rowId } } field { parentId } } aggregate { count } } }
    }"""
    answer = data(gateway, query)
    tiers = [
        ({"customer": {"field": {"tier": tier}}}, len(rows))
        for (tier,), rows in grouped(ORDERS, of_customer("tier"))
    ]
    assert tiers[-1][0] == {"customer": {"field": {"tier": None}}}
    assert [(each["key"], each["aggregate"]["count"]) for each in answer["orders"]["groups"]] == tiers

    def registered(row: Row) -> Any:
        customer = CUSTOMERS.get(row["customer_id"])
        return None if customer is None else start(customer["created_at"], "YEAR")

    years = [(year, len(rows)) for (year,), rows in grouped(tables()["shop"]["reviews"], registered)]
    assert years[-1][0] is None
    found = answer["reviews"]["groups"]
    assert [
        (each["key"]["customer"]["date"]["createdAt"], each["aggregate"]["count"]) for each in found
    ] == years
    last = answer["categories"]["groups"][-1]
    top = sum(row["parent_id"] is None for row in CATEGORIES.values())
    assert last == {
        "key": {"parent": {"field": {"rowId": None}}, "field": {"parentId": None}},
        "aggregate": {"count": top},
    }


def test_two_remote_keys_several_steps_away(gateway: Gateway) -> None:
    query = """{ orderItems { groups(first: 1000, by: [
        { product: { category: { field: name } } }, { order: { customer: { field: country } } },
        { product: { field: active } }
      ]) {
      key {
        product { category { field { name } } field { active } }
        order { customer { field { country } } }
      }
      aggregate { count sum { quantity } countDistinct { orderId } } } } }"""

    def category(row: Row) -> Any:
        product = PRODUCTS.get(row["product_id"])
        return None if product is None else CATEGORIES[product["category_id"]]["name"]

    expected = [
        (
            name,
            country,
            active,
            len(rows),
            str(sum(row["quantity"] for row in rows)),
            len({row["order_id"] for row in rows}),
        )
        for (name, country, active), rows in grouped(
            ITEMS,
            category,
            lambda row: of_customer("country")(ORDER_BY_ID[row["order_id"]]),
            lambda row: (PRODUCTS.get(row["product_id"]) or {}).get("active"),
        )
    ]
    found = [
        (
            each["key"]["product"]["category"]["field"]["name"],
            each["key"]["order"]["customer"]["field"]["country"],
            each["key"]["product"]["field"]["active"],
            each["aggregate"]["count"],
            each["aggregate"]["sum"]["quantity"],
            each["aggregate"]["countDistinct"]["orderId"],
        )
        for each in data(gateway, query)["orderItems"]["groups"]
    ]
    assert found == expected[:1000]
