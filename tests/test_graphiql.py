"""GraphiQL works without a network: its page, its files, and a reader's first minute in a browser."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from gateway.http.graphiql import graphiql_assets, graphiql_files, graphiql_page
from tests.browser import Browser, open_browser

EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
ANSWER = "document.querySelector('.graphiql-response .CodeMirror').CodeMirror"
EXECUTE = ".graphiql-execute-button"


class Page(HTMLParser):
    """The URLs a page loads, its scripts' texts by type, and its inline styles and handlers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.scripts: dict[str, str] = {}
        self.inline: list[str] = []
        self._script: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.urls += [value or "" for name, value in attrs if name in ("src", "href")]
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self._script = dict(attrs).get("type") or "javascript" if tag == "script" else None
        if tag == "style":
            self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._script = None

    def handle_data(self, text: str) -> None:
        if self._script is not None:
            self.scripts[self._script] = self.scripts.get(self._script, "") + text


def test_page_holds_its_settings_as_json_and_nothing_inline() -> None:
    sample = "# </script><script>alert(1)</script> & <!-- ${assets} é \u2028\n{ customers { totalCount } }"
    page = Page(graphiql_page("/graphql?a=1&b=<2>", "/static/", sample))
    assert set(page.scripts) == {"application/json"}
    assert json.loads(page.scripts["application/json"]) == {
        "endpoint": "/graphql?a=1&b=<2>",
        "sample": sample,
    }
    assert page.inline == []


def fetch_assets(paths: list[str]) -> list[httpx.Response]:
    async def fetch() -> list[httpx.Response]:
        transport = httpx.ASGITransport(graphiql_files())
        async with httpx.AsyncClient(transport=transport, base_url="http://assets") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(fetch())


def test_page_loads_only_files_that_are_served() -> None:
    page = Page(graphiql_page("/graphql", "/static", "{ a }"))
    assert len(page.urls) == 9
    assert all(url.startswith("/static/") for url in page.urls)
    for response in fetch_assets([url.removeprefix("/static") for url in page.urls]):
        assert response.status_code == 200, response.url
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    for response in fetch_assets(["/boot.js", "/boot.js?v=of-another-release"]):
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-cache"


def test_asset_path_is_escaped() -> None:
    page = Page(graphiql_page("/graphql", '/a"><script>b', "{ a }"))
    assert all(url.startswith('/a"><script>b/') for url in page.urls)


def test_styles_refer_to_no_other_host() -> None:
    for path in graphiql_assets().rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text, path.name
        targets = re.findall(r"url\(\s*[\"']?(.{5})", text)
        assert [target for target in targets if target != "data:"] == [], path.name


def test_vendored_files_are_the_ones_the_licence_file_names() -> None:
    directory = graphiql_assets()
    licences = (directory / "LICENSES.txt").read_text(encoding="utf-8")
    named = dict(re.findall(r"^(\S+)\n    \S+@[\d.]+, \S+\n    sha256 (\w{64})$", licences, re.MULTILINE))
    present = {path.name: sha256(path.read_bytes()).hexdigest() for path in (directory / "vendor").iterdir()}
    assert present == named


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def graphiql(browser: Browser, demo_server: str, tmp_path: Path) -> Iterator[Browser]:
    """GraphiQL as a reader sees it on a first visit; leaves a screenshot in the test's folder."""
    browser.open(f"{demo_server}/graphql")
    browser.run("localStorage.clear()")
    browser.forget()
    browser.open(f"{demo_server}/graphql")
    browser.find(EXECUTE)
    yield browser
    browser.screenshot(tmp_path / "graphiql.png")


def execute(graphiql: Browser) -> dict[str, Any]:
    """Press the button and return the answer the response pane shows."""
    graphiql.run(f"{ANSWER}.setValue('')")
    graphiql.click(EXECUTE)

    def answered() -> str:
        text = str(graphiql.run(f"return {ANSWER}.getValue()"))
        return text if text.endswith("}") else ""

    answer: dict[str, Any] = json.loads(graphiql.wait(answered, "no answer in the response pane"))
    return answer


def assert_clean(graphiql: Browser) -> None:
    """The page has asked this machine only, and the console shows no error."""
    requests = graphiql.requests()
    assert requests
    assert [url for url in requests if urlsplit(url).hostname != "127.0.0.1"] == []
    assert graphiql.severe() == []


def root_keys(document: str) -> list[str]:
    operation = next(d for d in parse(document).definitions if isinstance(d, OperationDefinitionNode))
    fields = [field for field in operation.selection_set.selections if isinstance(field, FieldNode)]
    return [(field.alias or field.name).value for field in fields]


def test_endpoint_serves_the_page_to_browsers_only(demo_server: str) -> None:
    url = f"{demo_server}/graphql"
    response = httpx.get(url, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, timeout=60)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in response.headers["content-security-policy"]
    answer = httpx.get(url, params={"query": "{ __typename }"}, timeout=60)
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_first_visit_runs_the_sample(graphiql: Browser) -> None:
    assert graphiql.driver.title == "Gateway"
    config = json.loads(str(graphiql.run("return document.getElementById('config').textContent")))
    document = str(graphiql.run(f"return {EDITOR}.getValue()"))
    assert document == config["sample"]
    assert graphiql.find(".graphiql-explorer-root").text.startswith("query")

    answer = execute(graphiql)
    assert "errors" not in answer
    assert list(answer["data"]) == root_keys(document)
    assert all(answer["data"].values())
    assert_clean(graphiql)


def test_documentation_lists_the_query_type(graphiql: Browser) -> None:
    graphiql.click("button[aria-label='Show Documentation Explorer']")

    def listed() -> bool:
        return "query: Query" in graphiql.find(".graphiql-plugin").text.splitlines()

    graphiql.wait(listed, "the documentation does not list the root type")
    assert_clean(graphiql)


def test_errors_are_shown(graphiql: Browser) -> None:
    graphiql.run(f"{EDITOR}.setValue('query Mistaken {{ thereIsNoSuchField }}')")
    # GraphiQL reads the operation's name a moment after the text changes, and sends it along.
    graphiql.wait(lambda: graphiql.run(f"return {EDITOR}.operationName") == "Mistaken", "text not read")
    answer = execute(graphiql)
    assert "thereIsNoSuchField" in answer["errors"][0]["message"]
    assert_clean(graphiql)


def test_a_chosen_pane_stays_for_the_next_visit(graphiql: Browser) -> None:
    graphiql.click("button[aria-label='Hide GraphiQL Explorer']")
    graphiql.driver.refresh()
    graphiql.find("button[aria-label='Show GraphiQL Explorer']")
    graphiql.click("button[aria-label='Show GraphiQL Explorer']")
    graphiql.driver.refresh()
    graphiql.find(".graphiql-explorer-root")
    assert_clean(graphiql)
