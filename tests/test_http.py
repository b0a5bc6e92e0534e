"""GraphQL over HTTP: media types, methods, what the specification's audit asks, the page, CORS."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.http.negotiate import Media, negotiate
from tests.library import (
    ASK,
    BROWSER,
    GRAPHQL,
    JSON,
    ask,
    assert_refused,
    get,
    library_gateway,
    make_library,
    post,
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def app(library: Path) -> Iterator[FastAPI]:
    graph = library_gateway(library)
    yield graph.app()
    asyncio.run(graph.close())


# Media types


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("Application/JSON; charset=utf-8", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON};q=0.9,{GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, */*;q=0.8", JSON),
        (f"{JSON};q=0.5, */*", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        ("text/event-stream, application/json;q=0.1", JSON),
        (f"{GRAPHQL};q=nonsense", GRAPHQL),
        (BROWSER, JSON),
        ("text/html", None),
        ("text/event-stream", None),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
        (",;,q=1", None),
    ],
)
def test_media_type_follows_quality_then_order(app: FastAPI, accept: str, media: str | None) -> None:
    response = post(app, ASK, accept)
    if media is None:
        assert_refused(response, 406)
        assert response.headers["content-type"] == "application/json; charset=utf-8"
    else:
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{media}; charset=utf-8"
        assert response.json() == {"data": {"__typename": "Query"}}


def test_a_page_is_never_meant_by_a_wildcard() -> None:
    offers = (Media.JSON, Media.GRAPHQL, Media.HTML)
    assert negotiate("*/*", offers) is Media.JSON
    assert negotiate("text/*", offers) is None
    assert negotiate("application/json;q=0.1, */*;q=0.2", offers) is Media.GRAPHQL
    assert negotiate(BROWSER, offers) is Media.HTML
    assert negotiate("application/json, text/html", offers) is Media.JSON


def test_a_missing_accept_header_means_json(app: FastAPI) -> None:
    async def send() -> httpx.Response:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")
        del client.headers["accept"]
        async with client:
            return await client.post("/graphql", json=ASK)

    response = asyncio.run(send())
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_repeated_accept_headers_are_one_list(app: FastAPI) -> None:
    headers = [("accept", "text/html"), ("accept", GRAPHQL), ("content-type", JSON)]
    response = ask(app, "POST", content=json.dumps(ASK), headers=headers)
    assert response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"


def test_answers_are_not_cached_nor_sniffed(app: FastAPI) -> None:
    headers = get(app, ASK).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "accept"
    assert headers["x-content-type-options"] == "nosniff"


# What the specification's audit asks


@pytest.mark.parametrize("accept", [GRAPHQL, JSON, "*/*"])
@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ __typename }"},
        {"query": "{ __typename }", "variables": None, "operationName": None, "extensions": None},
        {"query": "query Query { __typename }", "operationName": "Query"},
        {"query": "{ __typename }", "extensions": {"some": "value"}, "unknown": [1]},
        {
            "query": "query Type($name: String!) { __type(name: $name) { name } }",
            "variables": {"name": "Book"},
        },
        {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
        {"query": "{ books(first: 2) { nodes { title } } }"},
    ],
)
def test_well_formed_requests_are_answered(app: FastAPI, accept: str, body: dict[str, Any]) -> None:
    response = post(app, body, accept, "application/json; charset=utf-8")
    assert response.status_code == 200
    assert set(response.json()) == {"data"}


def test_values_of_the_database_arrive(app: FastAPI) -> None:
    answer = post(app, {"query": "{ books(first: 2) { nodes { title } } }"}).json()
    assert answer == {"data": {"books": {"nodes": [{"title": "Emma"}, {"title": "Ulysses 🙂"}]}}}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "{ __typename }"},
        {"query": "{ __typename }", "variables": "", "operationName": "", "extensions": ""},
        {"query": "{ __typename }", "variables": "null", "extensions": '{"some": "value"}'},
        {
            "query": "query T($name: String!) { __typename __type(name: $name) { name } }",
            "variables": '{"name": "Book"}',
            "operationName": "T",
        },
    ],
)
def test_get_answers_queries(app: FastAPI, accept: str, parameters: dict[str, str]) -> None:
    response = get(app, parameters, accept)
    assert response.status_code == 200
    assert response.json()["data"]["__typename"] == "Query"


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL, 400), (JSON, 200), ("*/*", 200)])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ 8f31403dfe404bccbb0e835f2629c6a7 }", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ thereIsNoSuchField }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query CoerceFailure($id: ID!) { __typename }", {"id": None}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: String!) { __type(name: $n) { name } }", {"n": None}, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", {}, "BAD_USER_INPUT"),
    ],
)
def test_request_errors_have_no_data(
    app: FastAPI, accept: str, status: int, method: str, query: str, variables: Any, code: str
) -> None:
    if method == "POST":
        response = post(app, {"query": query, "variables": variables}, accept)
    else:
        response = get(app, {"query": query, "variables": json.dumps(variables)}, accept)
    assert response.status_code == status
    assert set(response.json()) == {"errors"}
    assert response.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("accept", [GRAPHQL, JSON, "*/*"])
@pytest.mark.parametrize("parameter", ["query", "variables", "operationName", "extensions"])
@pytest.mark.parametrize("value", [0, False, True, 1.5, "text", [], ["a"], {"a": 1}])
def test_parameters_of_a_wrong_type_are_refused(
    app: FastAPI, accept: str, parameter: str, value: object
) -> None:
    fits = dict if parameter in ("variables", "extensions") else str
    response = post(app, {**ASK, parameter: value}, accept)
    if not isinstance(value, fits):
        assert parameter in assert_refused(response, 400)["message"]
    else:
        assert response.status_code in (200, 400)


# Methods and URLs


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "QUERY"])
def test_other_methods_are_refused(app: FastAPI, method: str) -> None:
    response = ask(app, method, content=json.dumps(ASK), headers={"content-type": JSON})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    if method != "HEAD":
        assert_refused(response, 405)


@pytest.mark.parametrize("accept", [GRAPHQL, JSON, "*/*", BROWSER])
@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_get_changes_nothing(app: FastAPI, accept: str, kind: str) -> None:
    response = get(app, {"query": f"{kind} {{ __typename }}"}, accept)
    assert_refused(response, 405)
    assert response.headers["allow"] == "POST"


def test_get_refuses_the_mutation_beside_a_query(app: FastAPI) -> None:
    document = "query Q { __typename } mutation M { __typename }"
    assert_refused(get(app, {"query": document, "operationName": "M"}), 405)


# GraphiQL


def test_a_browser_gets_the_page(app: FastAPI) -> None:
    response = ask(app, "GET", headers={"accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "books(first: 5)" in response.text
    asset = ask(app, "GET", "/graphql/static/boot.js")
    assert asset.status_code == 200
    assert "graphql/static/boot.js" in response.text


def test_a_browser_that_asks_gets_an_answer(app: FastAPI) -> None:
    assert get(app, ASK, BROWSER).json() == {"data": {"__typename": "Query"}}


def test_the_page_can_be_switched_off(library: Path) -> None:
    app = library_gateway(library, graphiql=False).app()
    assert_refused(ask(app, "GET", headers={"accept": BROWSER}), 400)
    assert ask(app, "GET", "/graphql/static/boot.js").status_code == 404


# CORS


def test_cors_is_off_by_default(app: FastAPI) -> None:
    response = ask(app, "POST", json=ASK, headers={"origin": "https://shop.example"})
    assert "access-control-allow-origin" not in response.headers


def test_cors_lets_the_listed_origins_in(library: Path) -> None:
    app = library_gateway(library, cors_origins=["https://shop.example"]).app()
    preflight = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,authorization",
    }
    response = ask(app, "OPTIONS", headers=preflight)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "https://shop.example"
    assert "authorization" in response.headers["access-control-allow-headers"].lower()
    answer = ask(app, "POST", json=ASK, headers={"origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert ask(app, "OPTIONS", headers={**preflight, "origin": "https://evil.example"}).status_code == 400
