"""Numbers that need more keys than the budget are made range by range; they are the same numbers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import Gateway
from gateway.schema.answer import Answer
from tests.setups import SETUPS, TURNED, Urls, ask, closing, demo_gateway

DOCUMENT = Path(__file__).with_suffix(".graphql").read_text("utf-8")
QUESTIONS = re.findall(r"^query (\w+)", DOCUMENT, re.MULTILINE)


@pytest.fixture(name="urls", scope="module", params=SETUPS | TURNED)
def every_urls(request: pytest.FixtureRequest, setup_urls: Callable[[str], Urls]) -> Urls:
    return setup_urls(request.param)


@pytest.fixture(name="plenty", scope="module")
def gateway_without_bounds(urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(urls)) as made:
        yield made


@pytest.fixture(name="small", scope="module", params=[5, 40, 120])
def gateway_with_a_budget(urls: Urls, request: pytest.FixtureRequest) -> Iterator[Gateway]:
    with closing(demo_gateway(urls, keys_max=request.param)) as made:
        yield made


def numbers(gateway: Gateway, name: str, document: str = DOCUMENT) -> tuple[Answer, list[str]]:
    """The answer, and which directions were taken."""
    answer, context = ask(gateway, document, name)
    return answer, context.trace.notes


@pytest.mark.parametrize("name", QUESTIONS)
def test_numbers_of_ranges_add_up(name: str, plenty: Gateway, small: Gateway) -> None:
    expected, notes = numbers(plenty, name)
    assert expected.errors == []
    assert notes == []
    answer, notes = numbers(small, name)
    assert answer.errors == []
    assert answer.data == expected.data, notes
    assert any("sliced" in note for note in notes) or "narrowed" in str(notes), notes


@pytest.mark.parametrize(
    "groups",
    [
        # What cannot be added up, or sorted by anyone but its own database, is refused.
        "groups(by: [{customer: {field: country}}]) { aggregate { countDistinct { status } } }",
        "groups(by: [{customer: {field: country}}]) { aggregate { max { number } } }",
        "groups(by: [{customer: {field: country}}, {field: number}], first: 3) { aggregate { count } }",
    ],
)
def test_what_does_not_add_up_is_refused(groups: str, small: Gateway) -> None:
    answer, _ = numbers(small, "Q", f"query Q {{ orders {{ {groups} }} }}")
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "keys_max" in error["message"]
    assert answer.data == {"orders": {"groups": None}}


def test_more_groups_than_rows_max_are_refused(urls: Urls) -> None:
    query = """query Q { orders { groups(by: [{ customer: { field: name } }, { date: {
      field: placedAt, unit: DAY } }], first: 5) { aggregate { count } } } }"""
    with closing(demo_gateway(urls, keys_max=40, rows_max=300)) as made:
        answer, _ = numbers(made, "Q", query)
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "rows_max" in error["message"]


def test_more_statements_than_the_budget_are_refused(urls: Urls) -> None:
    with closing(demo_gateway(urls, keys_max=5, statements_max=30)) as made:
        answer, _ = numbers(
            made,
            "Q",
            "query Q { orders { groups(by: [{customer: {field: country}}]) { aggregate { count } } } }",
        )
    (error,) = answer.errors
    assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "statements_max" in error["message"]
    assert "'crm'" in error["message"]
    assert answer.data == {"orders": {"groups": None}}
