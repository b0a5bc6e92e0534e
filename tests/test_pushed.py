"""A condition on the rows of another source that a page is sorted by, met by more of them than the budget."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway import Gateway
from gateway.schema.answer import Answer
from tests.setups import SETUPS, TURNED, Urls, ask, closing, demo_gateway

OTHERS = '{customer: {country: {neq: "DE"}}}'
TWO = (
    '{and: [{customer: {country: {neq: "DE"}}}, {customer: {tier: {neq: ENTERPRISE}}}], '
    "status: {neq: PENDING}}"
)
THREE_SOURCES = '{customer: {country: {neq: "DE"}, orders: {count: {gt: 0}}}}'
SIBLINGS = (
    '{customer: {country: {neq: "DE"}}, '
    'product: {reviews: {some: {customer: {country: {neq: "DE"}}, rating: {eq: 1}}}}}'
)
"""The same keys are looked for in rows beside the page's own."""
BY_NAME = "[{customer: {name: ASC}}]"
QUESTIONS = [
    ("orders", OTHERS, BY_NAME),
    ("orders", OTHERS, "[{customer: {email: DESC}}, {total: ASC}]"),
    ("orders", TWO, "[{customer: {createdAt: DESC}}, {placedAt: DESC}]"),
    ("orders", THREE_SOURCES, BY_NAME),
    ("reviews", SIBLINGS, BY_NAME),
    ("orderItems", "{product: {active: {eq: true}}}", "[{product: {title: ASC_NULLS_FIRST}}]"),
    ("orderItems", "{product: {active: {eq: true}}}", "[{product: {weightKg: DESC}}]"),
    ("orderItems", "{product: {reviews: {none: {}}}}", "[{product: {category: {name: ASC}}}]"),
]


@pytest.fixture(name="urls", scope="module", params=SETUPS | TURNED)
def every_urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    return setup_urls(request.param)


@pytest.fixture(name="plenty", scope="module")
def gateway_without_bounds(urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(urls)) as made:
        yield made


@pytest.fixture(name="small", scope="module", params=[60, 150, 600])
def gateway_with_a_budget(urls: Urls, request: pytest.FixtureRequest) -> Iterator[Gateway]:
    with closing(demo_gateway(urls, keys_max=request.param)) as made:
        yield made


def page(question: tuple[str, str, str], arguments: str) -> str:
    rows, where, order = question
    return f"""{{ rows: {rows}({arguments}, where: {where}, orderBy: {order}) {{
      edges {{ cursor node {{ rowId }} }} pageInfo {{ hasNextPage hasPreviousPage }}
    }} }}"""


def data(answer: Answer) -> Any:
    assert answer.errors == []
    assert answer.data is not None
    return answer.data["rows"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_pages_continue_exactly_or_are_refused(
    question: tuple[str, str, str], plenty: Gateway, small: Gateway
) -> None:
    for size, cursor in (("first", "after"), ("last", "before")):
        arguments = f"{size}: 6"
        for turn in range(3):
            expected = data(ask(plenty, page(question, arguments))[0])
            answer, context = ask(small, page(question, arguments))
            if answer.errors:
                assert [error["extensions"]["code"] for error in answer.errors] == ["BUDGET_EXCEEDED"]
                assert size == "last" or question not in QUESTIONS[:3]
            else:
                assert data(answer) == expected, context.trace.notes
            edge = expected["edges"][-1 if size == "first" else 0]
            arguments = f'{size}: 6, {cursor}: "{edge["cursor"]}"'
            assert turn == 0 or edge


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_comes_late_is_the_same_or_refused(
    question: tuple[str, str, str], plenty: Gateway, small: Gateway
) -> None:
    for arguments in ("first: 1000, offset: 300", "first: 4, offset: 500"):
        expected = data(ask(plenty, page(question, arguments))[0])
        answer, context = ask(small, page(question, arguments))
        if answer.errors:
            assert [error["extensions"]["code"] for error in answer.errors] == ["BUDGET_EXCEEDED"]
        else:
            assert data(answer) == expected, context.trace.notes


def test_the_condition_is_tested_where_the_order_begins(urls: Urls) -> None:
    with closing(demo_gateway(urls, keys_max=60)) as made:
        answer, context = ask(made, page(QUESTIONS[0], "first: 2"))
    assert answer.errors == []
    assert any("where its condition is tested" in note for note in context.trace.notes)
    assert sum(statement.rows for statement in context.trace.statements) < 60, context.trace.notes
