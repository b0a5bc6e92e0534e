"""Around an operation: the caller function, the access log, clients that leave."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI, HTTPException
from starlette.requests import Request

from gateway.context import Caller
from gateway.errors import Forbidden, SourceUnavailable
from tests.library import (
    ASK,
    GRAPHQL,
    JSON,
    ask,
    assert_refused,
    library_gateway,
    make_library,
    post,
    served,
    wait_until,
)

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def app(library: Path) -> Iterator[FastAPI]:
    graph = library_gateway(library)
    yield graph.app()
    asyncio.run(graph.close())


# The caller


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Forbidden("No."), 403, "FORBIDDEN"),
        (HTTPException(401, "Sign in.", {"WWW-Authenticate": "Bearer"}), 401, "FORBIDDEN"),
        (HTTPException(429, "Slower."), 429, "BAD_USER_INPUT"),
        (SourceUnavailable("No keys.", source="keys"), 503, "SOURCE_UNAVAILABLE"),
        (RuntimeError("secret in /etc/passwd.py"), 500, "INTERNAL_SERVER_ERROR"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_the_caller_function(
    library: Path, accept: str, error: Exception, status: int, code: str
) -> None:
    def caller(request: Request) -> Caller:
        raise error

    with structlog.testing.capture_logs() as lines:
        response = post(library_gateway(library, caller=caller).app(), ASK, accept)
    assert_refused(response, status, code)
    assert "secret" not in response.text
    assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert [line["event"] for line in lines] == ["internal error"] * (status == 500) + ["operation"]
    assert lines[-1]["status"] == status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_caller_function_sees_the_request(library: Path, method: str) -> None:
    seen: list[tuple[str | None, bytes]] = []

    async def caller(request: Request) -> Caller:
        seen.append((request.headers.get("authorization"), await request.body()))
        return Caller()

    request: dict[str, Any] = {"json": ASK} if method == "POST" else {"params": ASK}
    app = library_gateway(library, caller=caller).app()
    response = ask(app, method, headers={"authorization": "Bearer x"}, **request)
    assert response.json() == {"data": {"__typename": "Query"}}
    [(authorization, body)] = seen
    assert authorization == "Bearer x"
    assert json.loads(body or b"{}") == (ASK if method == "POST" else {})


# The access log


def test_one_line_tells_of_an_operation(app: FastAPI) -> None:
    document = "query Titles($n: Int) { books(first: $n) { nodes { title } } }"
    with structlog.testing.capture_logs() as lines:
        post(app, {"query": document, "variables": {"n": 1}})
    [line] = lines
    assert line["event"] == "operation"
    assert line["logger"] == "gateway.access"
    assert (line["name"], line["kind"], line["status"], line["errors"]) == ("Titles", "query", 200, 0)
    assert line["ms"] > 0
    assert line["sources"]["library"]["statements"] == 1
    assert line["sources"]["library"]["rows"] >= 1
    assert "title" not in str(line)


def test_one_line_tells_of_a_refusal(app: FastAPI) -> None:
    with structlog.testing.capture_logs() as lines:
        post(app, b"null")
    [line] = lines
    assert (line["event"], line["status"]) == ("refused", 400)


# Clients that leave


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_stops_when_the_client_leaves(library: Path, method: str) -> None:
    events: list[str] = []

    async def caller(request: Request) -> Caller:
        events.append("began")
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            events.append("cancelled")
            raise
        return Caller()

    with (
        served(library_gateway(library, caller=caller).app()) as number,
        structlog.testing.capture_logs() as lines,
    ):
        connection = http.client.HTTPConnection("127.0.0.1", number)
        target = "/graphql" if method == "POST" else f"/graphql?{urlencode(ASK)}"
        connection.request(
            method, target, json.dumps(ASK) if method == "POST" else None, {"content-type": JSON}
        )
        wait_until(lambda: events == ["began"])
        connection.close()
        wait_until(lambda: bool(lines))
    assert events == ["began", "cancelled"]
    assert [(line["event"], line["status"]) for line in lines] == [("operation", 499)]


def test_a_waiting_statement_does_not_hold_a_client_that_left(library: Path) -> None:
    """The answer of an operation stuck in its database is given up, and its context closed."""
    lock = sa.create_engine(f"sqlite:///{library}", isolation_level="AUTOCOMMIT").connect()
    with served(library_gateway(library).app()) as number, structlog.testing.capture_logs() as lines:
        lock.exec_driver_sql("BEGIN EXCLUSIVE")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", number)
            body = json.dumps({"query": "query Stuck { books { nodes { title } } }"})
            connection.request("POST", "/graphql", body, {"content-type": JSON})
            time.sleep(0.2)
            assert lines == []
            connection.close()
            wait_until(lambda: bool(lines), 8)  # a default deadline is ten
        finally:
            lock.exec_driver_sql("ROLLBACK")
            lock.close()
            lock.engine.dispose()
        assert (lines[0]["event"], lines[0]["name"], lines[0]["status"]) == ("operation", "Stuck", 499)
        answer = httpx.post(
            f"http://127.0.0.1:{number}/graphql",
            json={"query": "{ books { nodes { title } } }"},
            timeout=60,
        )
        assert len(answer.json()["data"]["books"]["nodes"]) == 2


# Logging


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_log_lines_on_standard_error(library: Path, log_format: str) -> None:
    """In a process of its own: an operation, a refusal, an unexpected error, a line of a plain logger."""
    program = f"""
import logging
from pathlib import Path
from tests.library import ASK, library_gateway, post

def caller(request):
    token = "hunter2"
    raise RuntimeError("out of luck")

file = Path({str(library)!r})
app = library_gateway(file, log_format={log_format!r}).app()
post(app, {{"query": "query Mine {{ books {{ nodes {{ title }} }} }}"}})
post(app, b"null")
post(library_gateway(file, caller=caller).app(), ASK)
logging.getLogger("gateway.sources").warning("%s cannot be reached", "crm")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert done.stdout == ""
    assert "out of luck" in done.stderr
    assert "Traceback" in done.stderr
    assert "hunter2" not in done.stderr
    assert "crm cannot be reached" in done.stderr
    if log_format == "json":
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        events = ["operation", "refused", "internal error", "operation", "crm cannot be reached"]
        assert [line["event"] for line in lines] == events
        assert all({"level", "timestamp", "logger"} <= set(line) for line in lines)
        assert lines[0]["name"] == "Mine"
        assert lines[0]["sources"]["library"]["rows"] == 2
    else:
        assert "Mine" in done.stderr


@pytest.mark.parametrize("allowed", [True, False])
def test_a_header_asks_for_the_plan_where_it_is_allowed(allowed: bool, library: Path) -> None:
    graph = library_gateway(library, explain=allowed)
    body = json.dumps({"query": "{ books { nodes { title } } }"}).encode()
    headers = {"content-type": JSON, "x-gateway-explain": "1"}
    answer = ask(graph.app(), "POST", content=body, headers=headers).json()
    asyncio.run(graph.close())
    assert [book["title"] for book in answer["data"]["books"]["nodes"]] == ["Emma", "Ulysses 🙂"]
    assert ("extensions" in answer) is allowed
    if allowed:
        plan = answer["extensions"]["plan"]
        assert plan["tree"][0].startswith("0. Fetch library.books (title)")
        assert [(each["source"], each["rows"], each["error"]) for each in plan["statements"]] == [
            ("library", 2, None)
        ]
        assert "FROM books" in plan["statements"][0]["sql"]
