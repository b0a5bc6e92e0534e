"""Pages sorted by own values first and by another source's then, with more keys than the budget."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway import Gateway
from tests.setups import SETUPS, TURNED, Urls, ask, closing, demo_gateway

ORDERS = [
    "[{status: ASC}, {customer: {name: ASC}}]",
    "[{status: DESC}, {customer: {country: DESC_NULLS_FIRST}}, {total: DESC}]",
    "[{customerId: DESC_NULLS_FIRST}, {customer: {tickets: {count: DESC}}}]",
    "[{placedAt: DESC}, {customer: {email: ASC}}]",
    "[{status: ASC}, {customer: {tier: ASC}}, {customer: {name: DESC}}]",
    "[{status: ASC}, {customer: {reviews: {count: DESC}}}]",
]
WHERE = '{customer: {country: {neq: "DE"}}}'


@pytest.fixture(name="urls", scope="module", params=SETUPS | TURNED)
def every_urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    return setup_urls(request.param)


@pytest.fixture(name="plenty", scope="module")
def gateway_without_bounds(urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(urls)) as made:
        yield made


@pytest.fixture(name="small", scope="module")
def gateway_with_a_budget(urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(urls, keys_max=40)) as made:
        yield made


def page(order: str, arguments: str) -> str:
    return f"""{{ orders({arguments}, orderBy: {order}) {{
      edges {{ cursor node {{ number }} }} pageInfo {{ hasNextPage hasPreviousPage }}
    }} }}"""


def data(gateway: Gateway, document: str) -> Any:
    answer, _ = ask(gateway, document)
    assert answer.errors == []
    assert answer.data is not None
    return answer.data["orders"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("where", ["", f"where: {WHERE}, "])
def test_pages_from_either_end_continue_exactly(
    order: str, where: str, plenty: Gateway, small: Gateway
) -> None:
    for size, cursor in (("first", "after"), ("last", "before")):
        arguments = f"{where}{size}: 7"
        for _ in range(3):
            expected = data(plenty, page(order, arguments))
            answer, context = ask(small, page(order, arguments))
            assert answer.errors == []
            assert (answer.data or {})["orders"] == expected, context.trace.notes
            assert any("sorted tie by tie" in note for note in context.trace.notes)
            edge = expected["edges"][-1 if size == "first" else 0]
            arguments = f'{where}{size}: 7, {cursor}: "{edge["cursor"]}"'


@pytest.mark.parametrize("order", ORDERS)
def test_an_offset_and_the_place_before_a_cursor(order: str, plenty: Gateway, small: Gateway) -> None:
    offset = 430 if "placedAt" in order else 30
    expected = data(plenty, page(order, f"first: 3, offset: {offset}"))
    assert data(small, page(order, f"first: 3, offset: {offset}")) == expected
    cursor = expected["edges"][1]["cursor"]
    for arguments in (f'last: 9, before: "{cursor}"', f'first: 4, before: "{cursor}"'):
        assert data(small, page(order, arguments)) == data(plenty, page(order, arguments))


def test_few_rows_move_where_few_tie(small: Gateway) -> None:
    _, context = ask(small, page("[{placedAt: DESC}, {customer: {email: ASC}}]", "first: 5"))
    assert sum(statement.rows for statement in context.trace.statements) < 100, context.trace.notes


def test_a_list_that_is_one_tie_may_have_walk_max_rows(urls: Urls, plenty: Gateway) -> None:
    document = "{ orders: customers(first: 3, orderBy: [{orders: {count: ASC}}]) { edges { cursor } } }"
    count = "{ orders: customers { totalCount } }"
    expected, rows = data(plenty, document), data(plenty, count)["totalCount"]
    with closing(demo_gateway(urls, keys_max=40, walk_max=rows)) as made:
        assert data(made, document) == expected
    with closing(demo_gateway(urls, keys_max=40, walk_max=rows - 1)) as made:
        answer, _ = ask(made, document)
    (error,) = answer.errors
    assert "walk_max" in error["message"]


def test_more_ties_than_walk_max_are_refused(urls: Urls) -> None:
    with closing(demo_gateway(urls, keys_max=40, walk_max=100)) as made:
        answer, _ = ask(made, page("[{status: ASC}, {customer: {name: ASC}}]", "first: 5"))
    assert answer.data == {"orders": None}
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "walk_max" in error["message"]


def test_a_page_larger_than_a_lot_may_be_is_refused(urls: Urls) -> None:
    with closing(demo_gateway(urls, keys_max=10)) as made:
        answer, _ = ask(made, page("[{status: ASC}, {customer: {name: ASC}}]", "first: 500"))
    assert answer.data == {"orders": None}
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "keys_max" in error["message"]
