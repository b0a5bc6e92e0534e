"""Groups that cannot be had, and those a caller may not see."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gateway import Caller, Context, EntityOptions, Gateway, Settings, claim
from gateway.config import SourceSettings
from gateway.demo.crm import Customer
from gateway.demo.sales import Order, OrderStatus
from gateway.query.plan.show import show_plan
from gateway.schema.answer import Asked
from gateway.sources.declare import FieldOptions
from tests.cases.truth import Row
from tests.grouping import (
    ORDERS,
    ask,
    data,
    every_gateway,  # noqa: F401
    every_urls,  # noqa: F401
    grouped,
    of_customer,
    told,
)
from tests.setups import Urls, closing, own_gateway, tables


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
        "by: [{ field: status }], having: { avg: { total: { gt: 1 } } }",
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
        nested = """{ customers(first: 5) { nodes { orders {
          groups(by: [{ field: rowId }]) { aggregate { count } } } } } }"""
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
    query = """{ orders { groups(by: [{ customer: { field: country } }]) {
      aggregate { countDistinct { status } } } } }"""
    with closing(limited(urls, keys_max=100)) as gateway:
        payload = ask(gateway, query)
        assert payload["data"] == {"orders": {"groups": None}}
        ((code, message),) = told(payload)
        assert code == "BUDGET_EXCEEDED"
        assert "For the groups by customer.country, more than 100 keys of 'crm' are needed" in message


def test_a_condition_beyond_the_budget_is_narrowed_to_the_rows_own_keys(urls: Urls) -> None:
    query = """{ orders(where: { rowId: { lte: 60 }, customer: { country: { neq: "XX" } } }) {
      groups(by: [{ customer: { field: country } }]) {
        key { customer { field { country } } } aggregate { count } } } }"""
    rows = [row for row in ORDERS if row["id"] <= 60 and of_customer("country")(row) is not None]
    with closing(limited(urls, keys_max=100)) as gateway:
        assert data(gateway, query)["orders"]["groups"] == [
            {"key": {"customer": {"field": {"country": country}}}, "aggregate": {"count": len(group)}}
            for (country,), group in grouped(rows, of_customer("country"))
        ]


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
            assert "FORBIDDEN" not in json.dumps(ask(gateway, query, Caller("staff")))


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

    def seen(column: str, country: str) -> Callable[[Row], Any]:
        return lambda row: of_customer(column)(row) if of_customer("country")(row) == country else None

    with closing(own_gateway(urls, entities)) as gateway:
        for country in ("DE", "FR"):
            answer = data(gateway, query, Caller("user", {"country": country}))
            orders = [row for row in ORDERS if row["status"] is not OrderStatus.CANCELLED]
            for root, column, rows in (
                ("orders", "country", orders),
                ("tickets", "tier", tables()["crm"]["tickets"]),
            ):
                assert answer[root]["groups"] == [
                    {"key": {"customer": {"field": {column: key}}}, "aggregate": {"count": len(group)}}
                    for (key,), group in grouped(rows, seen(column, country))
                ]


def test_the_plan_says_how(gateway: Gateway) -> None:
    query = """{ orders(where: { status: { eq: PAID } }) { groups(by: [{ customer: { field: tier } }],
      having: { count: { gt: 3 } }, first: 2, orderBy: [{ count: DESC }]) {
      key { customer { field { tier } } } aggregate { sum { total } } } } }"""
    prepared = gateway.schema.ready(Asked(query), Context(gateway.databases)).prepared
    assert show_plan(prepared.plan).partition("\nin other directions:")[0].splitlines() == [
        "0. Keys sales.orders (customer_id) for the groups by customer.tier, at most 100000"
        " if status eq status(PAID)",
        "1. Ranks crm.customers (id) by tier asc for the groups by customer.tier, at most 100000"
        " if id in keys of 0",
        "2. Groups sales.orders by customer.tier as ranked by 1 (sum of total) if status eq status(PAID)"
        " having count gt 3, first 2, by count desc, customer.tier asc",
    ]
