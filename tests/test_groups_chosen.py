"""Which groups a list has, in which order, and those of each parent."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gateway import Context, Gateway
from gateway.demo.sales import OrderStatus
from gateway.schema.answer import Asked
from tests.cases.truth import Rows, shown
from tests.grouping import (
    CUSTOMERS,
    ITEMS,
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


def test_where_on_another_source_and_pages_change_nothing_else(gateway: Gateway) -> None:
    query = """{ orders(first: 1, where: {
      customer: { country: { eq: "DE" } }, status: { neq: CANCELLED }
    }) {
      nodes { rowId }
      totalCount
      groups(by: [{ customer: { field: tier } }]) {
        key { customer { field { tier } } } aggregate { count sum { total } } } } }"""
    rows = [
        row
        for row in ORDERS
        if of_customer("country")(row) == "DE" and row["status"] is not OrderStatus.CANCELLED
    ]
    assert data(gateway, query)["orders"] == {
        "nodes": [{"rowId": rows[0]["id"]}],
        "totalCount": len(rows),
        "groups": [
            {
                "key": {"customer": {"field": {"tier": tier}}},
                "aggregate": {"count": len(group), "sum": {"total": total(group)}},
            }
            for (tier,), group in grouped(rows, of_customer("tier"))
        ],
    }


def by_country(gateway: Gateway, having: str) -> list[Any]:
    query = f"""{{ orders {{ groups(by: [{{ customer: {{ field: country }} }}], having: {having}) {{
      key {{ customer {{ field {{ country }} }} }} }} }} }}"""
    return [each["key"]["customer"]["field"]["country"] for each in data(gateway, query)["orders"]["groups"]]


def test_having(gateway: Gateway) -> None:
    groups = grouped(ORDERS, of_customer("country"))
    sums = {key: sum(row["total"] for row in rows) for (key,), rows in groups}
    counts = {key: len(rows) for (key,), rows in groups}
    customers = {key: len({row["customer_id"] for row in rows} - {None}) for (key,), rows in groups}
    first = {key: min(row["placed_at"] for row in rows) for (key,), rows in groups}
    number = {key: max(row["number"] for row in rows) for (key,), rows in groups}
    middle = sorted(sums.values())[len(sums) // 2]
    some = next(iter(counts.values()))

    def keys(test: Callable[[Any], bool]) -> list[Any]:
        return [key for (key,), _ in groups if test(key)]

    for having, test in (
        ("{}", lambda key: True),
        ("null", lambda key: True),
        ("{ count: { gt: 150 } }", lambda key: counts[key] > 150),
        (f"{{ count: {{ in: [{some}, 7] }} }}", lambda key: counts[key] in (some, 7)),
        (f"{{ count: {{ nin: [{some}, 7] }} }}", lambda key: counts[key] not in (some, 7)),
        ("{ countDistinct: { customerId: { gte: 10, lt: 50 } } }", lambda key: 10 <= customers[key] < 50),
        (f'{{ sum: {{ total: {{ eq: "{middle}" }} }} }}', lambda key: sums[key] == middle),
        (f'{{ sum: {{ total: {{ gte: "{middle}" }} }} }}', lambda key: sums[key] >= middle),
        # Between two values that a sum can have.
        (f'{{ sum: {{ total: {{ gte: "{middle}1" }} }} }}', lambda key: sums[key] > middle),
        (f'{{ sum: {{ total: {{ lt: "{middle}1" }} }} }}', lambda key: sums[key] <= middle),
        (f'{{ sum: {{ total: {{ eq: "{middle}1" }} }} }}', lambda key: False),
        (f'{{ sum: {{ total: {{ nin: ["{middle}", "1.5"] }} }} }}', lambda key: sums[key] != middle),
        ("{ sum: { total: { in: [] } } }", lambda key: False),
        ("{ sum: { total: { isNull: true } } }", lambda key: False),
        ("{ sum: { customerId: { isNull: true } } }", lambda key: customers[key] == 0),
        ('{ sum: { customerId: { gt: "0" } } }', lambda key: customers[key] > 0),
        ("{ not: { sum: { customerId: { isNull: true } } } }", lambda key: customers[key] > 0),
        ('{ not: { sum: { customerId: { lt: "0" } } } }', lambda key: customers[key] > 0),
        ("{ or: [] }", lambda key: False),
        ("{ and: [] }", lambda key: True),
        (
            '{ or: [{ count: { gt: 400 } }, { not: { min: { placedAt: { lt: "2022-03-01T00:00:00Z" } } } }]}',
            lambda key: counts[key] > 400 or first[key] >= datetime(2022, 3, 1),
        ),
        ('{ max: { number: { startsWith: "SO-2026" } } }', lambda key: number[key].startswith("SO-2026")),
    ):
        assert by_country(gateway, having) == keys(test), having


def test_having_on_sums_of_whole_numbers(gateway: Gateway) -> None:
    """A sum of Int is a BigInt. Sums of BigInt may be too large for a database to compare."""
    groups = grouped(ITEMS, lambda row: row["product_id"])
    sums = {product: sum(row["quantity"] for row in rows) for (product,), rows in groups}
    middle = sorted(sums.values())[len(sums) // 2]
    query = """query ($sum: BigIntFilter!) { orderItems {
      groups(by: [{ field: productId }], having: { sum: { quantity: $sum } }) {
        key { field { productId } } aggregate { sum { quantity } } } } }"""
    for test, passes in (
        ({"gt": f"{middle}"}, lambda value: value > middle),
        ({"in": [f"{middle}", f"{2**62}"]}, lambda value: value == middle),
        ({"lte": f"{-(2**63)}"}, lambda value: False),
    ):
        assert data(gateway, query, sum=test)["orderItems"]["groups"] == [
            {"key": {"field": {"productId": product}}, "aggregate": {"sum": {"quantity": str(value)}}}
            for product, value in sums.items()
            if passes(value)
        ]


def test_order_and_first(gateway: Gateway) -> None:
    query = """query ($order: [OrderGroupOrderBy!]) { orders {
      groups(by: [{ customer: { field: country } }, { field: status }], first: 12, orderBy: $order) {
        key { customer { field { country } } field { status } } aggregate { count } } } }"""
    groups = grouped(ORDERS, of_customer("country"), lambda row: row["status"].name)
    country = {"customer": {"field": "country"}}

    def least(rows: Rows) -> Any:
        return min((row["customer_id"] for row in rows if row["customer_id"] is not None), default=None)

    def absent_first(value: Any) -> tuple[bool, Any]:
        return value is not None, value or 0

    for order, key, reverse in (
        ([{"count": "DESC"}], lambda group: len(group[1]), True),
        ([{"sum": {"total": "ASC"}}], lambda group: sum(row["total"] for row in group[1]), False),
        ([{"max": {"placedAt": "DESC"}}], lambda group: max(row["placed_at"] for row in group[1]), True),
        (
            [{"min": {"customerId": "ASC_NULLS_FIRST"}}],
            lambda group: absent_first(least(group[1])),
            False,
        ),
        (
            [{"key": {"by": country, "order": "ASC_NULLS_FIRST"}}],
            lambda group: absent_first(group[0][0]),
            False,
        ),
        ([{"key": {"by": {"field": "status"}, "order": "DESC"}}], lambda group: group[0][1], True),
        (
            [{"key": {"by": {"field": "status"}, "order": "DESC"}}, {"count": "DESC"}],
            lambda group: (group[0][1], len(group[1])),
            True,
        ),
    ):
        expected = sorted(groups, key=key, reverse=reverse)  # keeps the order of the keys between equals
        found = data(gateway, query, order=order)["orders"]["groups"]
        assert [
            (each["key"]["customer"]["field"]["country"], each["key"]["field"]["status"]) for each in found
        ] == [group[0] for group in expected[:12]], order
        assert [each["aggregate"]["count"] for each in found] == [len(group[1]) for group in expected[:12]]


def test_remote_keys_sort_backward_with_null_last(gateway: Gateway) -> None:
    query = """{ orders { groups(by: [{ customer: { field: country } }], orderBy: [
        { key: { by: { customer: { field: country } }, order: DESC } }]) {
      key { customer { field { country } } } } } }"""
    countries = sorted({of_customer("country")(row) for row in ORDERS} - {None}, reverse=True)
    found = data(gateway, query)["orders"]["groups"]
    assert [each["key"]["customer"]["field"]["country"] for each in found] == [*countries, None]


# Per parent ------------------------------------------------------------------------------------------------


def statements(gateway: Gateway, query: str) -> int:
    async def run() -> int:
        context = Context(gateway.databases)
        answer = await gateway.schema.answer(Asked(query), context)
        await context.close()
        assert not answer.errors
        return len(context.trace.statements)

    return asyncio.run(run())


PER_PARENT = """{ customers(first: %s, orderBy: [{ rowId: ASC }]) { nodes { rowId orders(first: 1) {
  nodes { rowId }
  groups(by: [{ field: status }, { date: { field: placedAt, unit: YEAR } }], first: 2,
    orderBy: [{ sum: { total: DESC } }]
  ) { key { field { status } date { placedAt } } aggregate { sum { total } } }
  tiers: groups(by: [{ customer: { field: tier } }]) {
    key { customer { field { tier } } }
    aggregate { count }
  }
} } } }"""


def test_per_parent(gateway: Gateway) -> None:
    answer = data(gateway, PER_PARENT % 60)["customers"]["nodes"]
    assert len(answer) == 60
    for node in answer:
        rows = [row for row in ORDERS if row["customer_id"] == node["rowId"]]
        groups = grouped(rows, lambda row: row["status"].name, lambda row: start(row["placed_at"], "YEAR"))
        groups.sort(key=lambda group: sum(row["total"] for row in group[1]), reverse=True)
        assert node["orders"] == {
            "nodes": [{"rowId": row["id"]} for row in rows[:1]],
            "groups": [
                {
                    "key": {"field": {"status": status}, "date": {"placedAt": year}},
                    "aggregate": {"sum": {"total": total(group)}},
                }
                for (status, year), group in groups[:2]
            ],
            "tiers": [
                {
                    "key": {"customer": {"field": {"tier": CUSTOMERS[node["rowId"]]["tier"].name}}},
                    "aggregate": {"count": len(rows)},
                }
            ]
            if rows
            else [],
        }


def test_one_statement_however_many_parents(gateway: Gateway) -> None:
    assert statements(gateway, PER_PARENT % 2) == statements(gateway, PER_PARENT % 200) == 6


def test_through_a_junction(gateway: Gateway) -> None:
    query = """{ tags { nodes { rowId products { groups(by: [{ field: active }]) {
      key { field { active } } aggregate { count max { price } } } } } } }"""
    for node in data(gateway, query)["tags"]["nodes"]:
        rows = [
            PRODUCTS[row["product_id"]]
            for row in tables()["shop"]["product_tags"]
            if row["tag_id"] == node["rowId"]
        ]
        assert node["products"]["groups"] == [
            {
                "key": {"field": {"active": active}},
                "aggregate": {
                    "count": len(group),
                    "max": {"price": shown(max(row["price"] for row in group))},
                },
            }
            for (active,), group in grouped(rows, lambda row: row["active"])
        ]


def test_aliases_with_different_keys(gateway: Gateway) -> None:
    query = """{ orders {
      status: groups(by: [{ field: status }]) { key { field { status } } aggregate { count } }
      again: groups(by: [{ field: status }]) { aggregate { sum { total } n: count } }
      currency: groups(by: [{ field: currency }, { field: currency }]) { key { field { currency } } }
    } }"""
    answer = data(gateway, query)["orders"]
    groups = grouped(ORDERS, lambda row: row["status"].name)
    assert answer["status"] == [
        {"key": {"field": {"status": status}}, "aggregate": {"count": len(rows)}}
        for (status,), rows in groups
    ]
    assert answer["again"] == [
        {"aggregate": {"sum": {"total": total(rows)}, "n": len(rows)}} for _, rows in groups
    ]
    assert answer["currency"] == [
        {"key": {"field": {"currency": currency}}}
        for (currency,), _ in grouped(ORDERS, lambda row: row["currency"])
    ]
    assert statements(gateway, query) == 2  # equal groups are one statement


def test_no_rows_no_groups(gateway: Gateway) -> None:
    query = """{ orders(where: { customer: { country: { eq: "XX" } } }) {
      groups(by: [{ customer: { field: name } }]) { aggregate { count } } } }"""
    assert data(gateway, query) == {"orders": {"groups": []}}
