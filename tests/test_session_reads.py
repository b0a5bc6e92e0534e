"""Planned reads of an operation whose session is open see what it wrote; nobody else does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gateway import Context, Gateway
from gateway.demo.crm import Customer, Tier
from gateway.demo.sales import Order
from gateway.schema.answer import Asked
from tests.setups import Urls, closing, demo_gateway, tables

NAMES = "{ customers(first: 2) { nodes { name } totalCount } }"
UNTOUCHED = {
    "customers": {
        "nodes": [{"name": row["name"]} for row in tables()["crm"]["customers"][:2]],
        "totalCount": 300,
    }
}


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(demo_urls)) as made:
        yield made


def operation(gateway: Gateway, use: Callable[[Context], Awaitable[Any]]) -> Any:
    """What `use` returns, within one operation."""

    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await use(context)
        finally:
            await context.close()

    return asyncio.run(main())


async def read(gateway: Gateway, context: Context, query: str = NAMES) -> Any:
    answer = await gateway.schema.answer(Asked(query), context)
    assert not answer.errors
    return answer.data


async def read_elsewhere(gateway: Gateway, query: str = NAMES) -> Any:
    """The same read by another operation."""
    answer = await gateway.execute(query)
    assert not answer.errors
    return answer.data


async def rename(context: Context, name: str) -> None:
    def write(sessions: Mapping[str, Session]) -> None:
        customer = sessions["crm"].get(Customer, 1)
        assert customer is not None
        customer.name = name

    await context.run(write)


def test_uncommitted_writes_are_seen_by_their_operation_alone(gateway: Gateway) -> None:
    async def use(context: Context) -> None:
        await rename(context, "Ada Lovelace")
        found = await read(gateway, context)
        assert [row["name"] for row in found["customers"]["nodes"]] == [
            "Ada Lovelace",
            UNTOUCHED["customers"]["nodes"][1]["name"],  # type: ignore[index]
        ]
        assert await read_elsewhere(gateway) == UNTOUCHED

    operation(gateway, use)
    assert asyncio.run(read_elsewhere(gateway)) == UNTOUCHED


def test_new_and_deleted_rows_count(gateway: Gateway) -> None:
    async def use(context: Context) -> None:
        new = Customer(name="New", email="new@example.net", country="CH", tier=Tier.PRO)
        await context.run(lambda sessions: sessions["crm"].add(new))
        assert (await read(gateway, context))["customers"]["totalCount"] == 301
        query = '{ customerBy(key: { email: "new@example.net" }) { name tier orders { totalCount } } }'
        assert await read(gateway, context, query) == {
            "customerBy": {"name": "New", "tier": "PRO", "orders": {"totalCount": 0}}
        }
        assert await read_elsewhere(gateway, query) == {"customerBy": None}
        await context.run(lambda sessions: sessions["crm"].rollback())
        assert await read(gateway, context) == UNTOUCHED

    operation(gateway, use)


def test_a_session_of_one_source_leaves_the_others_alone(gateway: Gateway) -> None:
    order = next(row for row in tables()["sales"]["orders"] if row["customer_id"] == 1)
    query = f'{{ orderBy(key: {{ number: "{order["number"]}" }}) {{ total customer {{ name }} }} }}'

    async def use(context: Context) -> None:
        await rename(context, "Grace Hopper")
        found = await read(gateway, context, query)
        assert found == {"orderBy": {"total": f"{order['total']:f}", "customer": {"name": "Grace Hopper"}}}
        assert list(context.sessions.opened) == ["crm"]

    operation(gateway, use)


def test_writes_in_two_sources_meet_in_one_answer(gateway: Gateway) -> None:
    order = next(row for row in tables()["sales"]["orders"] if row["customer_id"] == 1)
    query = f'{{ orderBy(key: {{ number: "{order["number"]}" }}) {{ currency customer {{ name }} }} }}'

    async def use(context: Context) -> None:
        await rename(context, "Barbara Liskov")
        await context.run(
            lambda sessions: setattr(sessions["sales"].get(Order, order["id"]), "currency", "CHF")
        )
        assert await read(gateway, context, query) == {
            "orderBy": {"currency": "CHF", "customer": {"name": "Barbara Liskov"}}
        }
        assert (await read_elsewhere(gateway, query))["orderBy"]["currency"] == order["currency"]

    operation(gateway, use)


def test_a_read_opens_no_session(gateway: Gateway) -> None:
    async def use(context: Context) -> None:
        await read(gateway, context)
        assert not context.sessions.opened

    operation(gateway, use)


def test_a_session_sees_its_own_writes_after_a_read(gateway: Gateway) -> None:
    async def use(context: Context) -> None:
        for name in ("First", "Second"):
            await rename(context, name)
            assert (await read(gateway, context))["customers"]["nodes"][0]["name"] == name
        customer = await context.run(lambda sessions: sessions["crm"].get(Customer, 1))
        assert customer is not None
        assert customer.name == "Second"

    operation(gateway, use)


def test_when_the_operation_is_over_its_sessions_are_closed(gateway: Gateway) -> None:
    kept: list[Context] = []

    async def use(context: Context) -> None:
        kept.append(context)
        await rename(context, "Nobody")
        await read(gateway, context)

    operation(gateway, use)
    with pytest.raises(RuntimeError, match="the operation is over"):
        kept[0].sessions["sales"]
    assert asyncio.run(read_elsewhere(gateway)) == UNTOUCHED
