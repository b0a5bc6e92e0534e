"""Parts of prepared operations that documents share which are alike."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import Context, Gateway
from gateway.schema.answer import Asked
from tests.setups import closing, demo_gateway, seeded

ORDERS = """{ NAME: orders(first: 3) { nodes {
  number total customer { name } items(first: 2) { nodes { quantity product { title } } }
} } }"""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with seeded("sqlite", tmp_path_factory.mktemp("shared")) as found:
        yield found


def ask(gateway: Gateway, document: str) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        context = Context(gateway.databases)
        return (await gateway.schema.answer(Asked(document, None), context)).payload()

    return asyncio.run(main())


def made(gateway: Gateway, cache: str) -> int:
    """How often something was asked of a cache that it did not hold."""
    return gateway.schema.caches()[cache].misses


def test_selections_that_are_alike_share_their_code(urls: Any) -> None:
    with closing(demo_gateway(urls)) as gateway:
        first = ask(gateway, ORDERS.replace("NAME", "one"))["data"]["one"]
        before = made(gateway, "code")
        for number in range(5):
            name = f"again{number}"
            assert ask(gateway, ORDERS.replace("NAME", name)) == {"data": {name: first}}
        assert 0 < before == made(gateway, "code")
        assert made(gateway, "plan") == 6


def test_a_flood_of_documents_that_are_not_alike_keeps_to_its_memory(urls: Any) -> None:
    size = 400_000
    with closing(demo_gateway(urls, cache_max=size, plan_cache=20)) as gateway:
        for number in range(60):
            aliases = " ".join(f"a{number}_{place}: name" for place in range(40))
            assert "errors" not in ask(gateway, f"{{ customers(first: 1) {{ nodes {{ {aliases} }} }} }}")
        for state in gateway.schema.caches().values():
            assert state.bytes <= size
        assert 0 < gateway.schema.caches()["code"].entries < made(gateway, "code")
