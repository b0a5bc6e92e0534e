"""The examples of docs/extending.md about sessions are run as they stand there."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.library import ask
from tests.servers import connected, database
from tests.setups import closing

EXTENDING = Path(__file__).parents[1] / "docs" / "extending.md"


def blocks(language: str) -> list[str]:
    """The examples in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", EXTENDING.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def example(*beginnings: str) -> dict[str, Any]:
    """The names defined by the Python examples that begin so, run one after the other."""
    names: dict[str, Any] = {"__name__": "example"}
    for beginning in beginnings:
        (block,) = [block for block in blocks("python") if block.startswith(beginning)]
        exec(compile(block, beginning, "exec"), names)
    return names


PLACES = (("sqlite", "sqlite"), ("mariadb", "postgresql"), ("mysql", "mariadb"), ("postgresql", "mysql"))


@pytest.fixture(params=PLACES, ids=str)
def library(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """The library of the example, on two empty databases."""
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(database(dialect, f"gw_library_{name}", tmp_path))
            for name, dialect in zip(("members", "books"), request.param, strict=True)
        }
        for name, url in urls.items():
            monkeypatch.setenv(
                f"GATEWAY_SOURCES__{name.upper()}__URL", url.render_as_string(hide_password=False)
            )
        names = example("# library/app.py", "from gateway import BlendedSession")
        for name, base in (("members", "MembersBase"), ("books", "BooksBase")):
            with connected(urls[name]) as engine:
                names[base].metadata.create_all(engine)
        stack.enter_context(closing(names["gateway"]))
        yield names


def test_two_databases_with_a_session_dependency_each(library: dict[str, Any]) -> None:
    app = library["app"]
    ann, bob = (ask(app, "POST", f"/members?name={name}").json() for name in ("Ann", "Bob"))
    for number, title in ((ann, "Emma"), (ann, "Ulysses"), (bob, "Middlemarch")):
        assert ask(app, "POST", f"/members/{number}/loans?title={title}").status_code == 201
    assert ask(app, "POST", "/members/99/loans?title=Persuasion").status_code == 404
    assert ask(app, "GET", "/loans").json() == {"Ann": 2, "Bob": 1}

    query = "{ members { nodes { name loans { nodes { title } } } } }"
    graph = ask(app, "POST", "/graphql", json={"query": query}).json()
    assert graph == {
        "data": {
            "members": {
                "nodes": [
                    {"name": "Ann", "loans": {"nodes": [{"title": "Emma"}, {"title": "Ulysses"}]}},
                    {"name": "Bob", "loans": {"nodes": [{"title": "Middlemarch"}]}},
                ]
            }
        }
    }

    assert ask(app, "DELETE", f"/members/{ann}").json() == 2
    assert ask(app, "GET", "/loans").json() == {"Bob": 1}
    assert ask(app, "DELETE", f"/members/{bob}/at-once").status_code == 200
    assert ask(app, "GET", "/loans").json() == {}


def test_a_second_loan_of_a_book_commits_nothing(library: dict[str, Any]) -> None:
    app = library["app"]
    ann = ask(app, "POST", "/members?name=Ann").json()
    ask(app, "POST", f"/members/{ann}/loans?title=Emma")
    with pytest.raises(sa.exc.IntegrityError):
        ask(app, "POST", f"/members/{ann}/loans?title=Emma")
    assert ask(app, "GET", "/loans").json() == {"Ann": 1}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The notebook of the example, configured by the example's own gateway.toml."""
    (settings,) = [block for block in blocks("toml") if "sources.people.tenants" in block]
    (tmp_path / "gateway.toml").write_text(settings, "utf-8")
    monkeypatch.chdir(tmp_path)
    names = example("# notebook/app.py")
    for tenant in ("acme", "globex"):
        (tmp_path / tenant).mkdir()
        for name, base in (("people", "PeopleBase"), ("notes", "NotesBase")):
            with connected(sa.URL.create("sqlite", database=f"{tenant}/{name}.sqlite3")) as engine:
                names[base].metadata.create_all(engine)
    with closing(names["gateway"]):
        yield names


def test_one_blended_session_over_two_databases_per_tenant(notebook: dict[str, Any]) -> None:
    app = notebook["app"]

    def at(tenant: str, method: str, path: str, **request: Any) -> Any:
        return ask(app, method, path, headers={"x-company": tenant}, **request)

    for tenant, name in (("acme", "Ann"), ("globex", "Gus")):
        number = at(tenant, "POST", f"/people?name={name}").json()
        assert number == 1, "numbers are each tenant's own"
        assert at(tenant, "POST", f"/people/{number}/notes?text=by {name}").status_code == 201
    assert at("acme", "POST", "/people/2/notes?text=lost").status_code == 404

    query = "{ people { nodes { id name notes { nodes { text } } } } }"
    ids = {}
    for tenant, name in (("acme", "Ann"), ("globex", "Gus")):
        assert at(tenant, "GET", "/notes").json() == [[name, f"by {name}"]]
        (node,) = at(tenant, "POST", "/graphql", json={"query": query}).json()["data"]["people"]["nodes"]
        assert (node["name"], node["notes"]["nodes"]) == (name, [{"text": f"by {name}"}])
        ids[tenant] = node["id"]

    theirs = {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": ids["globex"]}}
    assert at("globex", "POST", "/graphql", json=theirs).json() == {"data": {"node": {"id": ids["globex"]}}}
    assert at("acme", "POST", "/graphql", json=theirs).json() == {"data": {"node": None}}
    for path in ("/notes", "/people?name=Eve"):
        assert at("initech", "GET" if path == "/notes" else "POST", path).status_code == 404
