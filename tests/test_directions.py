"""Small budgets make the gateway take other directions; the answers stay the same, or are refused."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import Gateway, Settings
from gateway.context import Context
from gateway.demo.crm import CrmBase
from gateway.demo.graph import LINKS, MODELS
from gateway.schema.answer import Answer, Asked
from gateway.sources.source import Source

assert CrmBase in MODELS.values()

DOCUMENT = Path(__file__).with_suffix(".graphql").read_text("utf-8")
PAGES = re.findall(r"^query (\w+)", DOCUMENT, re.MULTILINE)


def gateway(urls: dict[str, Any], **settings: int) -> Gateway:
    sources = [Source.from_models(name, urls[name], models=MODELS[name]) for name in MODELS]
    return Gateway(sources, LINKS, settings=Settings(**settings))


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


async def ask(graph: Gateway, name: str, document: str = DOCUMENT) -> tuple[Answer, Context]:
    context = Context(graph.databases)
    try:
        return await graph.schema.answer(Asked(document, operation_name=name), context), context
    finally:
        await context.close()


@pytest.mark.parametrize("name", PAGES)
def test_other_directions_give_the_same_answer(
    name: str, demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    plenty = gateway(demo_urls)
    expected, _ = loop.run_until_complete(ask(plenty, name))
    assert expected.errors == []
    loop.run_until_complete(plenty.close())
    for keys_max in (40, 120, 299):
        small = gateway(demo_urls, keys_max=keys_max)
        answer, context = loop.run_until_complete(ask(small, name))
        loop.run_until_complete(small.close())
        if answer.errors:
            # Whatever cannot be done within the budget says so, and nothing of it looks whole.
            assert {error["extensions"]["code"] for error in answer.errors} == {"BUDGET_EXCEEDED"}
        else:
            assert answer.data == expected.data, (keys_max, context.trace.notes)


@pytest.mark.parametrize(
    ("name", "keys_max", "direction"),
    [
        ("ToManyCondition", 120, "walked"),
        ("OrWithAnOwnField", 20, "walked"),
        ("PerParent", 120, "narrowed"),
        ("SortedByACustomer", 120, "driven"),
        ("SortedByASum", 120, "driven"),
    ],
)
def test_a_direction_is_taken_and_told(
    name: str, keys_max: int, direction: str, demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    document = DOCUMENT.replace("totalCount", "__typename")
    small = gateway(demo_urls, keys_max=keys_max)
    answer, context = loop.run_until_complete(ask(small, name, document))
    loop.run_until_complete(small.close())
    assert answer.errors == []
    assert any(direction in note for note in context.trace.notes), context.trace.notes


def test_a_walk_beyond_its_budget_is_refused(
    demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    where = '{customer: {orders: {count: {gt: 1}}, name: {like: "%z%"}}, number: {like: "SO-%"}}'
    document = f"query Far {{ orders(first: 50, where: {where}) {{ nodes {{ number }} }} }}"
    small = gateway(demo_urls, keys_max=10, walk_max=60)
    answer, _ = loop.run_until_complete(ask(small, "Far", document))
    loop.run_until_complete(small.close())
    assert answer.data == {"orders": None}
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert error["path"] == ["orders"]


def test_lists_of_one_order_keep_their_own_ranks(
    demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    order = "orderBy: [{customer: {email: DESC}}]"
    lists = [f"p{size}: orders(first: {size}, {order}) {{ edges {{ cursor }} }}" for size in (2, 40, 3, 90)]
    graph = gateway(demo_urls)
    together, _ = loop.run_until_complete(ask(graph, "All", f"query All {{ {' '.join(lists)} }}"))
    alone = [loop.run_until_complete(ask(graph, "One", f"query One {{ {each} }}"))[0] for each in lists]
    loop.run_until_complete(graph.close())
    assert together.errors == []
    expected = {name: page for each in alone for name, page in (each.data or {}).items()}
    assert together.data == expected


@pytest.mark.parametrize("country", ["DE", "US", "GR", "BR"])
def test_a_page_moves_few_rows_however_common_a_value_is(
    country: str, demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    where = f'where: {{customer: {{country: {{eq: "{country}"}}}}}}'
    page = (
        f"query Page {{ orders(first: 3, {where}, orderBy: [{{placedAt: DESC}}]) {{ nodes {{ number }} }} }}"
    )
    plenty, small = gateway(demo_urls), gateway(demo_urls, keys_max=300)
    expected, _ = loop.run_until_complete(ask(plenty, "Page", page))
    answer, context = loop.run_until_complete(ask(small, "Page", page))
    for graph in (plenty, small):
        loop.run_until_complete(graph.close())
    assert answer.errors == []
    assert answer.data == expected.data
    assert sum(statement.rows for statement in context.trace.statements) < 200, context.trace.notes


def test_keys_of_three_sources_beyond_the_budget_are_narrowed_in_turn(
    demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    orders = "orders: {some: {items: {some: {product: {active: {eq: true}}}}}}"
    page = f"query Page {{ reviews(first: 40, where: {{customer: {{{orders}}}}}) {{ nodes {{ rowId }} }} }}"
    plenty, small = gateway(demo_urls), gateway(demo_urls, keys_max=25)
    expected, _ = loop.run_until_complete(ask(plenty, "Page", page))
    answer, context = loop.run_until_complete(ask(small, "Page", page))
    for graph in (plenty, small):
        loop.run_until_complete(graph.close())
    if answer.errors:
        assert [error["extensions"]["code"] for error in answer.errors] == ["BUDGET_EXCEEDED"]
    else:
        assert answer.data == expected.data, context.trace.notes


@pytest.mark.parametrize("order", ["ASC", "DESC", "ASC_NULLS_FIRST", "DESC_NULLS_FIRST"])
@pytest.mark.parametrize("place", [2, 60, 400, 700])
def test_pages_after_and_before_a_cursor_are_driven(
    order: str, place: int, demo_urls: dict[str, Any], loop: asyncio.AbstractEventLoop
) -> None:
    by = f"orderBy: [{{customer: {{name: {order}}}}}, {{total: DESC}}]"
    edge = "cursor node { number customer { name } }"
    whole = f"query Page {{ orders(first: 1000, {by}) {{ edges {{ {edge} }} }} }}"
    plenty, small = gateway(demo_urls), gateway(demo_urls, keys_max=100)
    expected, _ = loop.run_until_complete(ask(plenty, "Page", whole))
    edges = (expected.data or {})["orders"]["edges"]
    cursor = edges[place]["cursor"]
    for page, rows in (
        (f'first: 5, after: "{cursor}"', edges[place + 1 : place + 6]),
        (f'last: 5, before: "{cursor}"', edges[max(place - 5, 0) : place]),
    ):
        document = whole.replace(f"first: 1000, {by}", f"{page}, {by}")
        answer, context = loop.run_until_complete(ask(small, "Page", document))
        if answer.errors:
            assert [error["extensions"]["code"] for error in answer.errors] == ["BUDGET_EXCEEDED"]
        else:
            assert (answer.data or {})["orders"]["edges"] == rows, context.trace.notes
        if all(edge["node"]["customer"] for edge in (edges[place], *rows)):
            assert answer.errors == []
            assert any("driven" in note for note in context.trace.notes)
    for graph in (plenty, small):
        loop.run_until_complete(graph.close())
