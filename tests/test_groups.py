"""Groups, against plain Python over the seed's rows, with every source on every database."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway import Caller, Context, EntityOptions, Gateway, Settings, claim
from gateway.config import SourceSettings
from gateway.demo.crm import Customer
from gateway.demo.sales import Order, OrderStatus
from gateway.query.plan.show import show_plan
from gateway.schema.answer import Asked
from gateway.sources.declare import FieldOptions
from tests.cases.truth import Row, Rows, shown
from tests.setups import SETUPS, TURNED, Urls, closing, demo_gateway, own_gateway, tables

Key = tuple[Any, ...]


@pytest.fixture(params=SETUPS | TURNED)
def urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    return setup_urls(request.param)


@pytest.fixture
def gateway(urls: Urls) -> Iterator[Gateway]:
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
    return sorted(found.items(), key=lambda group: [(part is None, *([part] * (part is not None))) for part in group[0]])


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


# Keys ----------------------------------------------------------------------------------------------------


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
        { date: { field: placedAt, unit: YEAR } }, { date: { field: placedAt, unit: MONTH } }, { field: status }
      ]) {
      key { date { placedAt month: placedAt(unit: MONTH) week: placedAt(unit: WEEK) } field { status placedAt } }
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
      key { product { category { field { name } parent { field { name } } } } } aggregate { count sum { rating } }
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
      orders { groups(by: [{ customer: { field: tier } }]) { key { customer { field { tier } } } aggregate { count } } }
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
      key { product { category { field { name } } field { active } } order { customer { field { country } } } }
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


# Which groups ------------------------------------------------------------------------------------------------


def test_where_on_another_source_and_pages_change_nothing_else(gateway: Gateway) -> None:
    query = """{ orders(where: { customer: { country: { eq: "DE" } }, status: { neq: CANCELLED } }, first: 1) {
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
            '{ or: [{ count: { gt: 400 } }, { not: { min: { placedAt: { lt: "2022-03-01T00:00:00Z" } } } }] }',
            lambda key: counts[key] > 400 or first[key] >= datetime(2022, 3, 1),
        ),
        ('{ max: { number: { startsWith: "SO-2026" } } }', lambda key: number[key].startswith("SO-2026")),
    ):
        assert by_country(gateway, having) == keys(test), having


def test_having_on_sums_of_whole_numbers(gateway: Gateway) -> None:
    """A sum of BigInt is a Decimal, beyond 64 bits or not."""
    payments = tables()["sales"]["payments"]
    sums = {
        method: sum(row["reference"] for row in rows)
        for (method,), rows in grouped(
            [row for row in payments if row["id"] <= 3], lambda row: row["method"].name
        )
    }
    middle = sorted(sums.values())[0]
    query = """query ($than: Decimal!) { payments(where: { rowId: { lte: 3 } }) {
      groups(by: [{ field: method }], having: { sum: { reference: { gt: $than } } }) {
        key { field { method } } aggregate { sum { reference } } } } }"""
    for than, passes in (
        (f"{middle}", lambda value: value > middle),
        (f"{middle - 1}", lambda value: value > middle - 1),
        (f"{middle}.5", lambda value: value > middle),
        ("1" + "0" * 25, lambda value: False),
    ):
        assert data(gateway, query, than=than)["payments"]["groups"] == [
            {"key": {"field": {"method": method}}, "aggregate": {"sum": {"reference": str(value)}}}
            for method, value in sorted(sums.items())
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


# Per parent ---------------------------------------------------------------------------------------------------


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
    orderBy: [{ sum: { total: DESC } }]) { key { field { status } date { placedAt } } aggregate { sum { total } } }
  tiers: groups(by: [{ customer: { field: tier } }]) { key { customer { field { tier } } } aggregate { count } }
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
      groups(by: [{ customer: { field: name } }]) { key { customer { field { name } } } aggregate { count } } } }"""
    assert data(gateway, query) == {"orders": {"groups": []}}


# Errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("by: []", "groups needs at least one key in `by`."),
        ("by: [{ field: status }], first: -1", "first must not be negative, got -1."),
        ("by: [{ field: status }], first: 1001", "first: 1001 is above the maximum of 1000."),
        ("by: [{ field: status }], having: { count: {} }", "The filter OrderHaving.count is empty."),
        ("by: [{ field: status }], having: { sum: {} }", "The filter OrderHaving.sum is empty."),
        ("by: [{ field: status }], having: { count: { eq: null } }", "OrderHaving.count.eq is null."),
        (
            "by: [{ field: status }], having: { sum: { total: { gt: null } } }",
            "OrderHaving.sum.total.gt is null.",
        ),
        (
            "by: [{ field: status }], orderBy: [{ key: { by: { field: currency }, order: ASC } }]",
            "The groups are sorted by currency, which is none of their keys.",
        ),
        (
            "by: [{ date: { field: placedAt, unit: DAY } }],"
            " orderBy: [{ key: { by: { date: { field: placedAt, unit: WEEK } }, order: ASC } }]",
            "The groups are sorted by placedAt.week, which is none of their keys.",
        ),
    ],
)
def test_refused_arguments(gateway: Gateway, arguments: str, message: str) -> None:
    payload = ask(gateway, f"{{ orders {{ groups({arguments}) {{ aggregate {{ count }} }} }} }}")
    assert told(payload) == [("BAD_USER_INPUT", message)]


@pytest.mark.parametrize(
    "arguments",
    [
        "by: [{ field: status, customer: { field: name } }]",
        "by: [{}]",
        "by: [{ field: nothing }]",
        "by: [{ date: { field: status, unit: DAY } }]",
        "by: [{ date: { field: placedAt } }]",
        "by: [{ items: { field: quantity } }]",
        "by: [{ field: status }], having: { sum: { status: { eq: 1 } } }",
        "by: [{ field: status }], orderBy: [{ count: ASC, key: { by: { field: status }, order: ASC } }]",
    ],
)
def test_invalid_arguments(gateway: Gateway, arguments: str) -> None:
    payload = ask(gateway, f"{{ orders {{ groups({arguments}) {{ aggregate {{ count }} }} }} }}")
    assert {code for code, _ in told(payload)} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in payload


def test_a_null_inside_a_key_sent_as_variable(gateway: Gateway) -> None:
    query = "query ($by: [OrderGroupBy!]!) { orders { groups(by: $by) { aggregate { count } } } }"
    payload = ask(gateway, query, by=[{"field": None}])
    assert {code for code, _ in told(payload)} == {"BAD_USER_INPUT"}


def limited(urls: Urls, **settings: Any) -> Gateway:
    sources = {name: SourceSettings(url=url) for name, url in urls.items()}
    return own_gateway(urls, settings=Settings(sources=sources, **settings))


def test_too_many_groups_are_an_error_not_a_cut(urls: Urls) -> None:
    query = """query ($first: Int) { orders { totalCount groups(by: [{ field: status }], first: $first) {
      aggregate { count } } } }"""
    with closing(limited(urls, page_size=5, page_max=5)) as gateway:
        payload = ask(gateway, query)
        assert payload["data"] == {"orders": {"totalCount": len(ORDERS), "groups": None}}
        message = "There are more than 5 groups of orders; that is the budget page_max."
        assert told(payload) == [("BUDGET_EXCEEDED", message)]
        assert payload["errors"][0]["path"] == ["orders", "groups"]
        assert len(data(gateway, query, first=5)["orders"]["groups"]) == 5
        assert data(gateway, query, first=0)["orders"]["groups"] == []
        nested = "{ customers(first: 5) { nodes { orders { groups(by: [{ field: rowId }]) { aggregate { count } } } } } }"
        payload = ask(gateway, nested)
        assert told(payload) == [("BUDGET_EXCEEDED", message)]
    with closing(limited(urls, page_size=6, page_max=6)) as gateway:
        assert len(data(gateway, query)["orders"]["groups"]) == 6


def test_too_many_groups_of_all_parents(urls: Urls) -> None:
    query = """query ($first: Int) { customers(first: 20) { nodes { orders {
      groups(by: [{ field: rowId }], first: $first) { aggregate { count } } } } } }"""
    with closing(limited(urls, rows_max=40)) as gateway:
        assert [code for code, _ in told(ask(gateway, query))] == ["BUDGET_EXCEEDED"]
        payload = ask(gateway, query, first=3)  # refused before anything runs
        assert "data" not in payload
        assert [code for code, _ in told(payload)] == ["BUDGET_EXCEEDED"]
        assert len(data(gateway, query, first=1)["customers"]["nodes"]) == 20


def test_too_many_keys_of_another_source(urls: Urls) -> None:
    query = "{ orders { groups(by: [{ customer: { field: country } }]) { aggregate { count } } } }"
    with closing(limited(urls, keys_max=100)) as gateway:
        payload = ask(gateway, query)
        assert payload["data"] == {"orders": {"groups": None}}
        ((code, message),) = told(payload)
        assert code == "BUDGET_EXCEEDED"
        assert "For the groups by customer.country, more than 100 keys of 'crm' are needed" in message


# Access ---------------------------------------------------------------------------------------------------


def test_hidden_fields_are_refused(urls: Urls) -> None:
    entities = {
        Customer: EntityOptions(fields={"country": FieldOptions(hide_from={"guest"})}),
        Order: EntityOptions(fields={"total": FieldOptions(hide_from={"guest"})}),
    }
    with closing(own_gateway(urls, entities)) as gateway:
        for arguments, measure in (
            ("by: [{ customer: { field: country } }]", "count"),
            ("by: [{ field: total }]", "count"),
            ("by: [{ field: status }], having: { sum: { total: { isNull: false } } }", "count"),
            ("by: [{ field: status }], orderBy: [{ min: { total: ASC } }]", "count"),
            ("by: [{ field: status }]", "max { total }"),
        ):
            query = f"{{ orders {{ groups({arguments}) {{ aggregate {{ {measure} }} }} }} }}"
            payload = ask(gateway, query, Caller("guest"))
            assert payload["data"] == {"orders": None}
            assert [code for code, _ in told(payload)] == ["FORBIDDEN"]
            assert "errors" not in ask(gateway, query + " # more than 1000 totals", Caller("staff")) or (
                "field: total" in arguments
            )


def test_rows_a_caller_may_not_see_are_no_related_rows(urls: Urls) -> None:
    entities = {
        Customer: EntityOptions(rows=Customer.country == claim("country")),
        Order: EntityOptions(rows=Order.status != OrderStatus.CANCELLED),
    }
    query = """{
      orders { groups(by: [{ customer: { field: country } }]) {
        key { customer { field { country } } } aggregate { count } } }
      tickets { groups(by: [{ customer: { field: tier } }]) {
        key { customer { field { tier } } } aggregate { count } } } }"""

    def seen(number: Any, column: str, country: str) -> Any:
        customer = CUSTOMERS.get(number)
        return shown(customer[column]) if customer is not None and customer["country"] == country else None

    with closing(own_gateway(urls, entities)) as gateway:
        for country in ("DE", "FR"):
            answer = data(gateway, query, Caller("user", {"country": country}))
            orders = [row for row in ORDERS if row["status"] is not OrderStatus.CANCELLED]
            for root, column, rows in (
                ("orders", "country", orders),
                ("tickets", "tier", tables()["crm"]["tickets"]),
            ):
                expected = grouped(rows, lambda row, column=column: seen(row["customer_id"], column, country))
                assert answer[root]["groups"] == [
                    {"key": {"customer": {"field": {column: key}}}, "aggregate": {"count": len(group)}}
                    for (key,), group in expected
                ]


def test_the_plan_says_how(gateway: Gateway) -> None:
    query = """{ orders(where: { status: { eq: PAID } }) { groups(by: [{ customer: { field: tier } }],
      having: { count: { gt: 3 } }, first: 2, orderBy: [{ count: DESC }]) {
      key { customer { field { tier } } } aggregate { sum { total } } } } }"""
    prepared = gateway.schema.ready(Asked(query), Context(gateway.databases)).prepared
    assert show_plan(prepared.plan).splitlines() == [
        "0. Keys sales.orders (customer_id) for the groups by customer.tier, at most 100000"
        " if status eq status(PAID)",
        "1. Ranks crm.customers (id) by tier asc for the groups by customer.tier, at most 100000"
        " if id in keys of 0",
        "2. Groups sales.orders by customer.tier as ranked by 1 (sum of total) if status eq status(PAID)"
        " having count gt 3, first first(2), by count desc, customer.tier asc",
    ]
