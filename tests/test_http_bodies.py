"""Requests of any bytes: each is answered or refused as the client's mistake, never a server error."""

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from tests.library import (
    ASK,
    BODY_MAX,
    GRAPHQL,
    JSON,
    ask,
    assert_refused,
    get,
    library_gateway,
    make_library,
    post,
    served,
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def app(library: Path) -> Iterator[FastAPI]:
    graph = library_gateway(library)
    yield graph.app()
    asyncio.run(graph.close())


BAD_BODIES = {
    "empty": b"",
    "blank": b" \n",
    "cut off": b'{ "not a JSON',
    "null": b"null",
    "number": b"7",
    "string": b'"{ __typename }"',
    "true": b"true",
    "list": b"[]",
    "batch": json.dumps([ASK, ASK]).encode(),
    "object": b"{}",
    "misspelt query": b'{"qeury": "{ __typename }"}',
    "query is null": b'{"query": null}',
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "only NaN": b"NaN",
    "Infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "deep list": b"[" * BODY_MAX,
    "deep object": b'{"a":' * (BODY_MAX // 5),
    "deep variables": b'{"query":"{ __typename }","variables":{"a":' + b"[" * 4000 + b"]" * 4000 + b"}}",
    "5,000 digits": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "only 5,000 digits": b"1" * 5_000,
    "number beyond a double": b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
    "invalid UTF-8": b'{"query": "{ __typename } # \xff\xfe"}',
    "overlong UTF-8": b'{"query": "\xc0\xaf"}',
    "surrogate as UTF-8": b'{"query": "\xed\xa0\x80"}',
    "lone surrogate": b'{"query": "{ __typename } # \\ud800"}',
    "byte order mark": b'\xef\xbb\xbf{"query": "{ __typename }"}',
    "UTF-16": json.dumps(ASK).encode("utf-16"),
    "NUL": b"\0",
    "two values": b"{}{}",
    "comment": b'{"query": "{ __typename }"} // a',
    "single quotes": b"{'query': '{ __typename }'}",
    "form": b"query=%7B__typename%7D",
}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_bodies_that_ask_nothing_are_refused(app: FastAPI, accept: str, body: bytes) -> None:
    response = post(app, body, accept)
    assert_refused(response, 400)
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"


def test_a_batch_is_named_as_such(app: FastAPI) -> None:
    assert assert_refused(post(app, [ASK]), 400)["message"] == "Batches are not supported."


@pytest.mark.parametrize(
    "document",
    [
        "{" * 5_000,
        "{ a(x: " + "[" * 4_000,
        "query ($x: " + "[" * 4_000 + "Int" + "]" * 4_000 + ") { __typename }",
        "{ a " * 1_500 + "}" * 1_500,
        "{ books(first: " + "9" * 5_000 + ") { nodes { title } } }",
        '{ books(first: "\\ud800") { nodes { title } } }',
        "\0",
        "\ufeff",
        "#" * 9_000,
    ],
    ids=lambda document: document[:12],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_documents_of_any_text_are_the_clients_mistake(app: FastAPI, method: str, document: str) -> None:
    response = post(app, {"query": document}) if method == "POST" else get(app, {"query": document})
    assert response.status_code == 400, response.text
    answer = response.json()
    assert set(answer) == {"errors"}
    codes = {error["extensions"]["code"] for error in answer["errors"]}
    assert codes <= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BUDGET_EXCEEDED"}


def test_deeply_nested_variables_are_no_server_error(app: FastAPI) -> None:
    document = "query ($where: BookWhere) { books(where: $where) { nodes { title } } }"
    nested: dict[str, Any] = {}
    for _ in range(900):
        nested = {"not": nested}
    response = post(app, {"query": document, "variables": {"where": nested}})
    assert response.status_code < 500
    assert "INTERNAL_SERVER_ERROR" not in response.text


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
def test_other_content_types_are_refused(app: FastAPI, content_type: str) -> None:
    response = post(app, ASK, content_type=content_type)
    assert "content-type" in str(assert_refused(response, 415)) or "UTF-8" in response.text


def test_a_missing_content_type_is_refused(app: FastAPI) -> None:
    assert_refused(ask(app, "POST", content=json.dumps(ASK)), 415)


@pytest.mark.parametrize(
    "content_type", ['application/json;charset="UTF-8"', "APPLICATION/JSON ; charset=utf8"]
)
def test_json_content_types_are_accepted(app: FastAPI, content_type: str) -> None:
    assert post(app, ASK, content_type=content_type).status_code == 200


def test_compressed_bodies_are_refused(app: FastAPI) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    assert_refused(ask(app, "POST", content=b"\x1f\x8b", headers=headers), 415)


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=%FF",
        "query=%ED%A0%80",
        "query={__typename}&query={__typename}",
        "query={__typename}&variables=[]",
        "query={__typename}&variables={",
        "query={__typename}&variables=NaN",
        "query={__typename}&variables=" + "[" * 5_000,
        "query={__typename}&variables={%22a%22:" + "9" * 5_000 + "}",
        "query={__typename}&extensions=1",
        "&".join(f"a{number}=1" for number in range(200)),
        "variables={}",
    ],
    ids=lambda text: text[:40],
)
def test_url_queries_that_ask_nothing_are_refused(app: FastAPI, query_string: str) -> None:
    assert_refused(ask(app, "GET", f"/graphql?{query_string}", headers={"accept": JSON}), 400)


# Sizes and connections, on a real server


@pytest.fixture(scope="module")
def port(library: Path) -> Iterator[int]:
    with served(library_gateway(library).app()) as number:
        yield number


def chunks(size: int) -> Iterator[bytes]:
    """A body of about `size` bytes in pieces, so that httpx sends it without a length."""
    body = json.dumps({**ASK, "extensions": {"padding": "x" * size}}).encode()
    for start in range(0, len(body), 4_096):
        yield body[start : start + 4_096]


@pytest.mark.parametrize("size", [BODY_MAX, 30 * BODY_MAX, 300 * BODY_MAX])
@pytest.mark.parametrize("chunked", [False, True])
def test_large_bodies_are_refused(port: int, size: int, chunked: bool) -> None:
    content: Any = chunks(size) if chunked else b"".join(chunks(size))
    url = f"http://127.0.0.1:{port}/graphql"
    response = httpx.post(url, content=content, headers={"content-type": JSON}, timeout=60)
    assert str(BODY_MAX) in assert_refused(response, 413)["message"]
    assert httpx.post(url, json=ASK, timeout=60).status_code == 200


def test_chunked_bodies_within_the_limit_are_answered(port: int) -> None:
    url = f"http://127.0.0.1:{port}/graphql"
    response = httpx.post(url, content=chunks(BODY_MAX // 2), headers={"content-type": JSON}, timeout=60)
    assert response.json() == {"data": {"__typename": "Query"}}


def test_a_connection_serves_many_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for body, status in ((b"null", 400), (json.dumps(ASK), 200), (b"\xff", 400), (json.dumps(ASK), 200)):
        connection.request("POST", "/graphql", body, {"content-type": JSON})
        response = connection.getresponse()
        assert (response.status, bool(response.read())) == (status, True)
        own_port = connection.sock.getsockname()[1]
    assert own_port == connection.sock.getsockname()[1]
    connection.close()


def test_a_body_that_breaks_off_harms_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
            b'content-length: 100\r\n\r\n{"query":'
        )
    assert httpx.get(f"http://127.0.0.1:{port}/graphql?{urlencode(ASK)}", timeout=60).status_code == 200
