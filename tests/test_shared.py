"""Parts of prepared operations that documents share which are alike."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway import Caller, Context, EntityOptions, Gateway
from gateway.context import ANONYMOUS
from gateway.demo.crm import Customer
from gateway.query.alike import Key, Mould
from gateway.query.prepare import Prepared, prepare
from gateway.query.shared import Shared
from gateway.schema.answer import Asked
from gateway.schema.cache import Cache
from gateway.sources.statement import Statement
from tests.setups import SETUPS, Urls, closing, demo_gateway, own_gateway, seeded
from tests.test_cases import CASES, FOLDER, run_case

ORDERS = """{ NAME: orders(first: 3) { nodes {
  number total customer { name } items(first: 2) { nodes { quantity product { title } } }
} } }"""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with seeded("sqlite", tmp_path_factory.mktemp("shared")) as found:
        yield found


def ask(gateway: Gateway, document: str, caller: Caller = ANONYMOUS) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        context = Context(gateway.databases, caller=caller)
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


def test_nodes_that_differ_in_values_share_their_step(urls: Any) -> None:
    with closing(demo_gateway(urls)) as gateway:
        found = [
            ask(
                gateway,
                "{ customers(where: { rowId: { COMPARED } }, first: 2) { nodes { rowId } } }".replace(
                    "COMPARED", each
                ),
            )
            for each in ("gt: 3", "gt: 2", "gt: 200", "gt: 3")
        ]
        shown = [[node["rowId"] for node in each["data"]["customers"]["nodes"]] for each in found]
        assert shown == [[4, 5], [3, 4], [201, 202], [4, 5]]
        assert made(gateway, "step") < made(gateway, "plan") == 3


def test_a_value_that_equals_a_constant_of_ours_is_nobody_elses(urls: Any) -> None:
    """Both are one parameter then. The constant is the budget of keys and one more."""
    asked = "{ customers(where: { orders: { count: { gt: NUMBER } } }) { totalCount } }"
    with closing(demo_gateway(urls, keys_max=100)) as gateway, closing(demo_gateway(urls)) as other:
        assert ask(gateway, asked.replace("NUMBER", "101"))["data"]["customers"]["totalCount"] == 0
        for number in ("4", "0"):
            expected = ask(other, asked.replace("NUMBER", number))
            assert expected["data"]["customers"]["totalCount"] > 50
            assert ask(gateway, asked.replace("NUMBER", number)) == expected


def test_rows_of_one_role_are_not_shown_to_another(urls: Any) -> None:
    """Their conditions differ in a constant only."""
    countries = {"greek": "GR", "german": "DE"}
    limited = {Customer: EntityOptions(rows=lambda role: Customer.country == countries.get(role, ""))}
    with closing(own_gateway(urls, limited)) as gateway:
        for role, country in [*countries.items(), *countries.items()]:
            found = ask(gateway, "{ customers { nodes { country } } }", Caller(role))
            shown = {node["country"] for node in found["data"]["customers"]["nodes"]}
            assert shown == {country}


def described(statement: Statement | None) -> Any:
    if statement is None:
        return None
    binds = [(bind.name, bind.process is None, bind.arity, bind.cast) for bind in statement.binds]
    return (statement.text, binds, described(statement.plain))


def steps(prepared: Prepared) -> Any:
    """All that tells what the steps of an operation send."""
    return [
        (
            step.node,
            described(step.statement),
            described(step.within),
            described(step.only_ranked),
            described(step.written and step.written.statement),
            (step.size, step.ids, step.offset, step.chunk, step.width, step.helped),
            (step.lists.keys(), step.ranks.keys(), step.peek, step.backward, len(step.walk_keys)),
            tuple(each is None for each in (step.keys, step.key, step.write, step.leaf, step.merge)),
        )
        for step in prepared.steps
    ]


@pytest.mark.parametrize("setup", SETUPS)
def test_steps_of_others_are_as_those_made_anew(setup: str, setup_urls: Callable[[str], Urls]) -> None:
    """All cases share with each other, as they are, and then once more, when nothing is left to be made."""
    moulds: Cache[Key, Mould] = Cache(10_000, 100_000_000)
    shared = Shared(Cache(10_000, 100_000_000), moulds)
    with closing(demo_gateway(setup_urls(setup))) as gateway:

        async def prepared() -> list[Prepared]:
            runs = [await run_case(gateway, FOLDER / case) for case in CASES]
            return [each.prepared for run in runs for each in run.steps if each.prepared is not None]

        found = asyncio.run(prepared())
        for once in (True, False):
            before = moulds.state()
            for each in found:
                made = prepare(each.plan, gateway.databases, shared)
                alone = prepare(each.plan, gateway.databases)
                assert steps(made) == steps(alone)
                assert made.parameters == alone.parameters
            after = moulds.state()
            assert (after.entries == before.entries) is not once
            assert after.hits > before.hits
