"""Rows known by key are read as the selection below any field asks, as `nodes` would read them."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from gateway import Caller, Context, EntityOptions, FieldOptions, Gateway
from gateway.demo.crm import Customer
from gateway.query.ids import encode_id
from gateway.schema.place import Place
from gateway.schema.reentry import Entered, Reentry
from tests.setups import Urls, closing, demo_gateway, own_gateway

BELOW = (
    "name email orders(first: $first) { nodes { number items(first: 1) { nodes { product { title } } } } }"
)
QUERY = "query ($first: Int!) { customers { edges { node { ...Below } } } } fragment Below on Customer { %s }"
PLACE = Place("Customer", (("Query", "customers"), ("CustomerConnection", "edges"), ("CustomerEdge", "node")))
KEYS = [(3,), (1,), None, (99_999,), (3,)]


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(demo_urls)) as made:
        yield made


def reentry(gateway: Gateway, context: Context, below: str = BELOW, variables: Any = None) -> Reentry:
    text, given = QUERY % below, variables or {"first": 2}
    document = gateway.schema.plans.document(text)
    operation = document.operation(None)
    shape = document.given(operation, given)
    return Reentry(gateway.schema, text, None, given, shape, context)


def read(gateway: Gateway, keys: Sequence[Any], below: str = BELOW, role: str = "anonymous") -> Entered:
    async def main() -> Entered:
        context = Context(gateway.databases, caller=Caller(role))
        try:
            return await reentry(gateway, context, below).read(PLACE, keys)
        finally:
            await context.close()

    return asyncio.run(main())


def test_rows_are_read_as_nodes_reads_them_in_the_order_of_the_keys(gateway: Gateway) -> None:
    customer = gateway.catalog.entities["Customer"]
    ids = [encode_id(customer, key) for key in KEYS if key is not None]
    query = f"query ($ids: [ID!]!, $first: Int!) {{ nodes(ids: $ids) {{ ... on Customer {{ {BELOW} }} }} }}"
    answer = asyncio.run(gateway.execute(query, {"ids": ids, "first": 2}))
    assert answer.data is not None
    expected = answer.data["nodes"]
    found = read(gateway, KEYS)
    assert found.records == [*expected[:2], None, *expected[2:]]
    assert found.errors == []


def test_the_number_of_statements_does_not_depend_on_the_number_of_keys(gateway: Gateway) -> None:
    async def statements(keys: Sequence[Any]) -> int:
        context = Context(gateway.databases)
        try:
            await reentry(gateway, context).read(PLACE, keys)
            return len(context.trace.statements)
        finally:
            await context.close()

    assert asyncio.run(statements(KEYS)) == asyncio.run(statements([(key,) for key in range(1, 200)]))


def test_reads_see_what_the_operation_has_written(gateway: Gateway) -> None:
    async def main() -> Entered:
        context = Context(gateway.databases)
        try:
            found = await context.run(lambda sessions: sessions["crm"].get_one(Customer, 1))
            found.name = "Ada Lovelace"
            return await reentry(gateway, context, "name first: id").read(PLACE, [(1,)])
        finally:
            await context.close()

    (record,) = asyncio.run(main()).records
    assert record is not None
    assert record["name"] == "Ada Lovelace"


def test_no_key_needs_no_statement(gateway: Gateway) -> None:
    assert read(gateway, []).records == []
    assert read(gateway, [None]).records == [None]


def test_access_applies(demo_urls: Urls) -> None:
    options = EntityOptions(
        rows=lambda role: None if role == "admin" else Customer.id > 2,
        fields={"name": FieldOptions(hide_from={"anonymous"})},
    )
    with closing(own_gateway(demo_urls, {Customer: options})) as gateway:
        found = read(gateway, KEYS, "email")
        assert [record is None for record in found.records] == [False, True, True, True, False]
        refused = read(gateway, [(3,), (4,)], "email name")
        assert refused.records == [None, None]
        (error,) = refused.errors
        assert (error.error.code.value, error.path, error.affected) == ("FORBIDDEN", (0, "name"), 2)
        assert [record is None for record in read(gateway, KEYS, "email", "admin").records][:2] == [False] * 2


def test_plans_are_cached_per_place_and_role(gateway: Gateway) -> None:
    for _ in range(3):
        read(gateway, KEYS)
    read(gateway, KEYS, role="admin")
    assert gateway.schema.plans.state()["plan"].misses == 2
