"""What a failing database costs: its own branches, one coded error each, and only while it fails."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from gateway import Context, Gateway
from gateway.schema.answer import Asked
from tests.proxy import Proxy, proxied
from tests.setups import Urls, own_gateway, tables
from tests.timed import Best

DEADLINE = 1.5
GRACE = 0.1
"""Seconds an answer may take beyond the deadline of a source that hangs."""

HEALING = 1.0
"""Seconds within which a source is back after its database is."""

PATIENCE = 20.0
"""Seconds after which something that takes longer than it should is taken for something that never comes."""

QUERY = """{
  orders(first: 12) {
    nodes {
      number
      customer { name addresses { totalCount } }
      items(first: 1) { nodes { product { title } } }
    }
  }
  customers(first: 1) { nodes { name } }
  tags(first: 1) { nodes { name } }
}"""
ORDERS = 12
OTHERS = {
    "crm": "{ orders { totalCount } tags { totalCount } }",
    "sales": "{ customers { totalCount } tags { totalCount } }",
}
"""What does not ask a source."""


@dataclass(frozen=True)
class Mixed:
    """A set-up with a proxy before each server, by source."""

    proxies: dict[str, Proxy]
    urls: Urls

    def gateway(self, **limits: Any) -> Gateway:
        return own_gateway(self.urls, **{"deadline": DEADLINE, "connect_timeout": 0.5, **limits})


@pytest.fixture
def mixed(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Iterator[Mixed]:
    """The set-up "mixed", or the one that a test is given."""
    with ExitStack() as stack:
        urls = dict(setup_urls(getattr(request, "param", "mixed")))
        proxies = {}
        for name in ("crm", "sales"):
            proxies[name], urls[name] = stack.enter_context(proxied(urls[name]))
        yield Mixed(proxies, urls)


def run(gateway: Gateway, use: Callable[[Gateway], Any]) -> Any:
    """What the coroutine function `use` returns; the gateway is closed afterwards."""

    async def main() -> Any:
        try:
            return await use(gateway)
        finally:
            await gateway.close()

    return asyncio.run(main())


async def ask(gateway: Gateway, query: str = QUERY) -> dict[str, Any]:
    return (await gateway.execute(query)).payload()


async def healed(gateway: Gateway) -> float:
    """Seconds until an answer has no error."""
    started = time.monotonic()
    while (await ask(gateway)).get("errors"):
        assert time.monotonic() - started < PATIENCE
        await asyncio.sleep(0.02)
    return time.monotonic() - started


def whole() -> dict[str, Any]:
    """The data of QUERY when every source answers."""
    seed = tables()
    sales, products = seed["sales"], {row["id"]: row["title"] for row in seed["shop"]["products"]}
    names = {row["id"]: row["name"] for row in seed["crm"]["customers"]}

    def customer(number: int | None) -> Any:
        count = sum(row["customer_id"] == number for row in seed["crm"]["addresses"])
        return number and {"name": names[number], "addresses": {"totalCount": count}}

    def items(order: int) -> Any:
        found = next(row for row in sales["order_items"] if row["order_id"] == order)
        return {"nodes": [{"product": {"title": products[found["product_id"]]}}]}

    return {
        "orders": {
            "nodes": [
                {
                    "number": row["number"],
                    "customer": customer(row["customer_id"]),
                    "items": items(row["id"]),
                }
                for row in sales["orders"][:ORDERS]
            ]
        },
        "customers": {"nodes": [{"name": names[1]}]},
        "tags": {"nodes": [{"name": seed["shop"]["tags"][0]["name"]}]},
    }


def without(source: str) -> dict[str, Any]:
    """The data of QUERY when one source does not answer."""
    data = whole()
    if source == "sales":
        return data | {"orders": None}
    for order in data["orders"]["nodes"]:
        order["customer"] = None
    return data | {"customers": None}


def errors(source: str, *code: str) -> list[dict[str, Any]]:
    """Path and extensions of the errors of QUERY when one source does not answer."""
    failed = {**({"code": code[0]} if code else {}), "source": source, "retryable": True}
    if source == "sales":
        return [{"path": ["orders"], "extensions": failed}]
    buyers = [at for at, row in enumerate(tables()["sales"]["orders"][:ORDERS]) if row["customer_id"]]
    assert len(buyers) > 1
    return [
        {
            "path": ["orders", "nodes", buyers[0], "customer"],
            "extensions": failed | {"affected": len(buyers)},
        },
        {"path": ["customers"], "extensions": failed},
    ]


def told(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Path and extensions of the errors of an answer."""
    return [{"path": error["path"], "extensions": error["extensions"]} for error in payload.get("errors", [])]


PLACES = (("mixed", "crm"), ("mixed-mysql", "crm"), ("mixed", "sales"))
"""A set-up and a source, which is on MariaDB, on MySQL and on PostgreSQL."""
SERVERS = pytest.mark.parametrize(("mixed", "source"), PLACES, indirect=["mixed"])


def test_a_whole_answer(mixed: Mixed) -> None:
    assert run(mixed.gateway(), ask) == {"data": whole()}


@SERVERS
def test_the_server_starts_without_a_source_and_it_comes_by_itself(mixed: Mixed, source: str) -> None:
    mixed.proxies[source].refuse()
    gateway = mixed.gateway()

    async def use() -> None:
        app = gateway.app()
        async with (
            app.router.lifespan_context(app),
            AsyncClient(transport=ASGITransport(app), base_url="http://gateway") as client,
        ):

            async def post() -> dict[str, Any]:
                return dict((await client.post("/graphql", json={"query": QUERY})).json())

            payload = await post()
            assert payload["data"] == without(source)
            assert told(payload) == errors(source, "SOURCE_UNAVAILABLE")
            mixed.proxies[source].heal()
            started = time.monotonic()
            while (payload := await post()).get("errors"):
                assert time.monotonic() - started < PATIENCE
                await asyncio.sleep(0.02)
            assert payload["data"] == whole()

    asyncio.run(use())


@SERVERS
def test_a_source_that_goes_down_costs_its_branches_until_it_is_back(mixed: Mixed, source: str) -> None:
    async def use(gateway: Gateway) -> None:
        assert not (await ask(gateway)).get("errors")
        best = Best()
        while best.round():
            mixed.proxies[source].refuse()
            for _ in range(10):  # long enough for the source to be given up
                payload = await ask(gateway)
                assert payload["data"] == without(source)
                assert told(payload) == errors(source, "SOURCE_UNAVAILABLE")
            mixed.proxies[source].heal()
            best.add("back", await healed(gateway), HEALING)
        best.check()

    run(mixed.gateway(), use)


def test_both_servers_down_leave_the_third_source(mixed: Mixed) -> None:
    for proxy in mixed.proxies.values():
        proxy.refuse()
    payload = run(mixed.gateway(), ask)
    assert payload["data"] == {"orders": None, "customers": None, "tags": whole()["tags"]}
    assert {(error["path"][0], error["extensions"]["source"]) for error in payload["errors"]} == {
        ("orders", "sales"),
        ("customers", "crm"),
    }


@SERVERS
def test_connections_killed_in_the_pool_lose_no_read(mixed: Mixed, source: str) -> None:
    async def use(gateway: Gateway) -> None:
        for _ in range(3):
            await asyncio.gather(*(ask(gateway) for _ in range(8)))  # fills the pool
            mixed.proxies[source].cut()
            for payload in await asyncio.gather(*(ask(gateway) for _ in range(8))):
                assert payload == {"data": whole()}

    run(mixed.gateway(), use)


@SERVERS
def test_a_connection_killed_during_a_statement_loses_no_read(mixed: Mixed, source: str) -> None:
    async def use(gateway: Gateway) -> None:
        await asyncio.gather(*(ask(gateway) for _ in range(20)))
        load = asyncio.gather(*(ask(gateway) for _ in range(60)))
        await asyncio.sleep(0.05)
        mixed.proxies[source].cut()
        for payload in await load:
            assert payload == {"data": whole()}

    run(mixed.gateway(deadline=10.0), use)


@SERVERS
@pytest.mark.parametrize("warm", [True, False], ids=["connected", "not connected"])
def test_a_source_that_hangs_costs_only_its_branch_and_its_deadline(
    mixed: Mixed, source: str, warm: bool
) -> None:
    async def use(gateway: Gateway) -> None:
        # Either way the plan is made and the other sources are connected.
        await ask(gateway, QUERY if warm else OTHERS[source])
        gateway.schema.ready(Asked(QUERY), Context(gateway.databases))
        mixed.proxies[source].hang()
        started = time.monotonic()
        payload = await ask(gateway)
        best.add("ended after the deadline", time.monotonic() - started - DEADLINE, GRACE)
        assert payload["data"] == without(source)
        for error in payload["errors"]:  # a statement that hangs, or a connection that is not made
            assert error["extensions"].pop("code") in ("SOURCE_TIMEOUT", "SOURCE_UNAVAILABLE")
        assert told(payload) == errors(source)
        mixed.proxies[source].heal()
        await healed(gateway)

    best = Best()
    while best.round():
        run(mixed.gateway(), use)
    best.check()


def test_a_source_that_hangs_delays_no_answer_without_it(mixed: Mixed) -> None:
    async def use(gateway: Gateway) -> None:
        await ask(gateway)
        mixed.proxies["crm"].hang()
        slow = [asyncio.create_task(ask(gateway)) for _ in range(12)]
        await asyncio.sleep(0.05)
        for _ in range(20):
            payload = await ask(gateway, "{ orders(first: 3) { nodes { number } } tags { totalCount } }")
            assert "errors" not in payload
        assert not any(task.done() for task in slow)
        for payload in await asyncio.gather(*slow):
            assert payload["data"] == without("crm")

    run(mixed.gateway(deadline=3.0), use)


def test_one_error_per_selection(mixed: Mixed) -> None:
    """Two selections of one dead source are two errors, however many places each has."""
    query = """{
      orders(first: 12) { nodes { a: customer { name } b: customer { country } } }
      reviews(first: 3) { nodes { customer { name } } }
      node(id: "WyJDdXN0b21lciIsMV0") { id }
      nodes(ids: ["WyJDdXN0b21lciIsMV0", "WyJUYWciLDFd", "WyJDdXN0b21lciIsMl0"]) { id }
    }"""
    mixed.proxies["crm"].refuse()
    payload = run(mixed.gateway(), lambda gateway: ask(gateway, query))
    buyers = [at for at, row in enumerate(tables()["sales"]["orders"][:12]) if row["customer_id"]]
    found = [(error["path"], error["extensions"].get("affected", 1)) for error in payload["errors"]]
    assert found == [
        (["orders", "nodes", buyers[0], "a"], len(buyers)),
        (["orders", "nodes", buyers[0], "b"], len(buyers)),
        (["reviews", "nodes", 0, "customer"], 3),
        (["node"], 1),
        (["nodes", 0], 2),
    ]
    assert payload["data"]["nodes"] == [None, {"id": "WyJUYWciLDFd"}, None]


def test_a_driver_never_speaks_to_clients(mixed: Mixed) -> None:
    mixed.proxies["sales"].refuse()
    payload = run(mixed.gateway(), ask)
    (error,) = payload["errors"]
    assert error["message"] == "The database of sales cannot be reached."
