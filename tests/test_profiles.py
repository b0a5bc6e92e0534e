"""What strangers learn: the defaults of `production`, those of `debug`, and that explicit settings win."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway import Caller, Settings
from gateway.demo.graph import demo
from tests.library import ASK, BROWSER, GRAPHQL, ask, assert_refused, get, library_gateway, make_library, post

SCHEMA = {"query": "{ __schema { queryType { name } } }"}
TYPE = {
    "query": 'query { books { nodes { title } } ...a } fragment a on Query { __type(name: "Book") { name } }'
}
MISSPELT = {"query": "{ bokks { nodes { title } } }"}


def app(library: Path, **settings: Any) -> FastAPI:
    """A role of `X-Role`, anonymous without."""

    def caller(request: Any) -> Caller:
        return Caller(role=request.headers.get("x-role", "anonymous"))

    return library_gateway(library, caller=caller, **settings).app()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("profiles"))


@pytest.fixture(scope="module")
def production(library: Path) -> FastAPI:
    return app(library, profile="production")


@pytest.fixture(scope="module")
def debug(library: Path) -> FastAPI:
    return app(library, profile="debug")


def as_role(application: FastAPI, body: Any, role: str) -> dict[str, Any]:
    headers = {"accept": GRAPHQL, "x-role": role}
    answer: dict[str, Any] = ask(application, "POST", json=body, headers=headers).json()
    return answer


def test_production_is_the_default_and_the_demo_is_for_looking_around(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().profile == "production"
    assert demo().settings.profile == "debug"
    assert demo().settings.graphiql
    monkeypatch.setenv("GATEWAY_PROFILE", "production")
    assert demo().settings.profile == "production"
    assert not demo().settings.graphiql


def test_explicit_settings_win_over_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_GRAPHIQL", "false")
    chosen = Settings(profile="debug", introspection="nobody")
    assert (chosen.graphiql, chosen.introspection, chosen.suggestions) == (False, "nobody", True)
    assert Settings(suggestions=True).suggestions


@pytest.mark.parametrize("body", [SCHEMA, TYPE])
def test_strangers_do_not_get_the_schema(production: FastAPI, debug: FastAPI, body: Any) -> None:
    error = assert_refused(post(production, body), 400, "FORBIDDEN")
    assert "schema.graphql" in error["extensions"]["hint"]
    assert "errors" not in post(debug, body).json()
    assert as_role(production, SCHEMA, "clerk") == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert post(production, {"query": "{ __typename }"}).status_code == 200


def test_nobody_gets_the_schema(library: Path) -> None:
    assert as_role(app(library, introspection="nobody"), SCHEMA, "clerk")["errors"]


def test_errors_suggest_names_to_developers_only(production: FastAPI, debug: FastAPI) -> None:
    assert "Did you mean" not in post(production, MISSPELT).text
    assert "Did you mean 'books'" in post(debug, MISSPELT).text
    variables = {"query": "query ($o: [BookOrderBy!]) { books(orderBy: $o) { totalCount } }"}
    assert "Did you mean" not in post(production, variables | {"variables": {"o": [{"titel": "ASC"}]}}).text


def test_browsers_get_a_page_from_developers_only(production: FastAPI, debug: FastAPI) -> None:
    assert ask(debug, "GET", "/graphql", headers={"accept": BROWSER}).status_code == 200
    assert ask(production, "GET", "/graphql", headers={"accept": BROWSER}).status_code != 200
    assert ask(production, "GET", "/graphql/static/index.html").status_code == 404


def test_a_get_needs_a_header_that_no_other_site_can_send(production: FastAPI, debug: FastAPI) -> None:
    assert get(debug, ASK).status_code == 200
    assert "GraphQL-Require-Preflight" in assert_refused(get(production, ASK), 400)["extensions"]["hint"]
    for name, value in (
        ("GraphQL-Require-Preflight", "1"),
        ("Apollo-Require-Preflight", "true"),
        ("X-Apollo-Operation-Name", "Books"),
        ("Content-Type", "application/json"),
    ):
        response = ask(production, "GET", "/graphql", params=ASK, headers={name: value})
        assert response.json() == {"data": {"__typename": "Query"}}
    simple = {"content-type": "text/plain"}
    assert_refused(ask(production, "GET", "/graphql", params=ASK, headers=simple), 400)


def test_too_many_requests_at_once_are_refused(library: Path) -> None:
    """One waits in the app's caller function; there is room for no other."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def caller(request: Any) -> Caller:
        entered.set()
        await leave.wait()
        return Caller()

    application = library_gateway(library, caller=caller, operations_max=1).app()

    async def main() -> None:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            first = asyncio.create_task(client.post("/graphql", json=ASK))
            await entered.wait()
            refused = await client.post("/graphql", json=ASK)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert refused.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
            leave.set()
            assert (await first).status_code == 200
            assert (await client.post("/graphql", json=ASK)).status_code == 200

    asyncio.run(main())
