"""The three servers of the benchmark answer alike, and the load generator counts what it is answered."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.client import Load
from bench.load import fill, is_loaded
from bench.measure import check, memory_times, statements
from bench.peers import requests_to
from bench.processes import Server, generate, serving, serving_all
from bench.questions import QUERIES, SERVERS, normal, requests_of
from bench.report import MEMORY_TIMES
from bench.rows import TINY
from tests.servers import database

DIALECTS = {"crm": "mariadb", "sales": "postgresql", "shop": "sqlite"}


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, sa.URL]]:
    folder: Path = tmp_path_factory.mktemp("bench")
    with ExitStack() as stack:
        found = {
            source: stack.enter_context(database(dialect, f"gw_bench_test_{source}", folder))
            for source, dialect in DIALECTS.items()
        }
        for source, url in found.items():
            fill(source, url, TINY)
            assert is_loaded(url, TINY)
        yield found


@pytest.fixture(scope="module")
def servers(urls: dict[str, sa.URL]) -> Iterator[list[Server]]:
    with serving_all(SERVERS, urls, counting=True) as found:
        yield found


def test_all_servers_answer_every_query_with_the_same_rows(servers: list[Server]) -> None:
    check(servers, list(QUERIES), TINY)


def test_floor_sends_the_fewest_statements(servers: list[Server]) -> None:
    sent = statements(servers, ["q1", "q2", "q3", "q4", "q5"], TINY)
    assert {query: counts["floor"] for query, counts in sent.items()} == {
        "q1": 2,
        "q2": 4,
        "q3": 1,
        "q4": 3,
        "q5": 2,
    }


@pytest.mark.parametrize(("question", "rows"), [("newest", 50), ("flat", 2000), ("top", 200)])
def test_the_gateway_answers_lists_that_peers_are_asked_for(
    servers: list[Server], question: str, rows: int
) -> None:
    (request,) = requests_to("gateway", question, TINY)
    answered = normal(servers[0].ask(request))
    assert len(answered) == rows
    assert {len(order["items"]) for order in answered if question == "top"} <= {1, 2, 3}


def test_the_gateway_answers_each_order_that_peers_are_asked_for(servers: list[Server]) -> None:
    answered = [normal(servers[0].ask(request)) for request in requests_to("gateway", "one", TINY)[:5]]
    assert len({order["id"] for order in answered}) == 5
    assert all(order["items"] for order in answered)


@pytest.mark.parametrize("query", ["q1", "q8"])
def test_generated_load_is_answered(servers: list[Server], query: str) -> None:
    unique = 1 if query == "q8" else None
    load = Load(servers[0].port, 2, 0.2, requests_of("gateway", query, TINY), unique)
    measured = generate(load)
    assert measured.requests >= 2
    assert 0 < measured.p50 <= measured.p99
    assert measured.bytes > 100


def test_a_long_answer_takes_a_few_times_its_length(
    urls: dict[str, sa.URL], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("long")
    with database("postgresql", f"gw_bench_test_long_{os.getpid()}", folder) as sales:
        fill("sales", sales, replace(TINY, orders=10_000))
        with serving("gateway", {**urls, "sales": sales}) as server:
            # The first one only: how many of its threads have a turn later depends on the machine.
            assert memory_times([server], "q9", answers=1)["gateway"] < MEMORY_TIMES + 0.5
