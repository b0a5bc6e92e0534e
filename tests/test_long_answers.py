"""Long answers over HTTP: they leave in pieces, and say what short ones would."""

import asyncio
import gzip
import http.client
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import Gateway, Settings, Source
from gateway.observe import Finished
from tests.library import served, wait_until
from tests.servers import DIALECTS, connected, database

COUNT = 3_000
SHELVES = 3
POST = {"content-type": "application/json", "accept": "application/json"}


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    books: Mapped[list["Volume"]] = relationship(back_populates="shelf")


class Volume(Base):
    __tablename__ = "volumes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    lent: Mapped[bool]
    shelf_id: Mapped[int] = mapped_column(sa.ForeignKey("shelves.id"), index=True)
    shelf: Mapped[Shelf] = relationship(back_populates="books")


def title(n: int) -> str:
    return f"{n} — “Ærø” \\ \x7f 本 {'x' * (n % 90)}"


def volume(n: int) -> dict[str, Any]:
    return {"id": n, "title": title(n), "lent": n % 2 == 0, "shelf_id": n % SHELVES + 1}


VOLUMES = [volume(n) for n in range(1, COUNT + 1)]
SHOWN = [{"rowId": row["id"], "title": row["title"], "lent": row["lent"]} for row in VOLUMES]
FIELDS = "nodes { rowId title lent }"
ALL = f"{{ volumes(first: {COUNT}) {{ {FIELDS} }} }}"


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database(request.param, f"gw_long_{os.getpid()}", tmp_path_factory.mktemp("long")) as found:
        with connected(found) as engine, engine.begin() as connection:
            if engine.dialect.name == "mysql":
                connection.exec_driver_sql("ALTER DATABASE CHARACTER SET utf8mb4")
            loose().create_all(connection)
            connection.execute(sa.insert(Shelf), [{"id": n, "name": f"Shelf {n}"} for n in (1, 2, 3)])
            connection.execute(sa.insert(Volume), VOLUMES)
        yield found


def loose() -> sa.MetaData:
    """The tables, but a title may be missing."""
    made = sa.MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(made)
    made.tables["volumes"].c.title.nullable = True
    return made


class Seen:
    """Every message of an app's answers, and what its observers are told."""

    def __init__(self) -> None:
        self.bodies: list[int] = []
        self.finished: list[Finished] = []


class Watching:
    """Notes how long the parts are in which an app sends its answers."""

    def __init__(self, app: ASGIApp, seen: Seen) -> None:
        self._app, self._seen = app, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.body":
                self._seen.bodies.append(len(message.get("body", b"")))
            await send(message)

        await self._app(scope, receive, noted)


@pytest.fixture
def server(url: sa.URL) -> Iterator[Callable[..., tuple[int, Seen]]]:
    """Starts a server of the graph; `prepared` may add to its app."""
    stops: list[Callable[[], None]] = []

    def serve(prepared: Callable[[FastAPI], None] = lambda _: None) -> tuple[int, Seen]:
        seen = Seen()
        source = Source.from_models("library", url, models=Base)
        settings = Settings(page_max=COUNT, graphiql=False, preflight=False)
        graph = Gateway([source], settings=settings, observers=[seen.finished.append])
        app = graph.app()
        prepared(app)
        app.add_middleware(Watching, seen=seen)
        context = served(app)
        port = context.__enter__()
        stops.extend([lambda: asyncio.run(graph.close()), lambda: context.__exit__(None, None, None)])
        return port, seen

    yield serve
    while stops:
        stops.pop()()


def ask(port: int, query: str, **headers: str) -> tuple[Any, http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/graphql", json.dumps({"query": query}), {**POST, **headers})
        response = connection.getresponse()
        body = response.read()
    return (body if headers else json.loads(body)), response


def test_a_long_answer_leaves_in_pieces(server: Any) -> None:
    port, seen = server()
    answer, response = ask(port, ALL)
    assert answer == {"data": {"volumes": {"nodes": SHOWN}}}
    assert response.status == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert int(response.headers["content-length"]) == sum(seen.bodies)
    assert len(seen.bodies) > 2
    assert max(seen.bodies) < sum(seen.bodies) / 2


def test_a_short_answer_is_one_piece(server: Any) -> None:
    port, seen = server()
    answer, _ = ask(port, f"{{ volumes(first: 100) {{ {FIELDS} }} }}")
    assert answer == {"data": {"volumes": {"nodes": SHOWN[:100]}}}
    assert len(seen.bodies) == 1


def test_long_answers_to_get_are_the_same_and_the_connection_stays(server: Any) -> None:
    port, _ = server()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for _again in range(3):
            connection.request("GET", f"/graphql?query={quote(ALL)}", headers={"accept": "application/json"})
            response = connection.getresponse()
            assert json.loads(response.read()) == {"data": {"volumes": {"nodes": SHOWN}}}
            assert not response.will_close


@pytest.mark.parametrize(
    ("arguments", "expected", "more"),
    [
        ("first: 2000", SHOWN[:2000], True),
        (f"first: {COUNT}", SHOWN, False),
        ("last: 2000", SHOWN[-2000:], False),
        ("first: 2000, offset: 700", SHOWN[700:2700], True),
        ("first: 1000, where: { rowId: { gt: 9999 } }", [], False),
    ],
)
def test_pages_begin_and_end_where_they_should(
    server: Any, arguments: str, expected: list[Any], more: bool
) -> None:
    port, _ = server()
    answer, _ = ask(port, f"{{ volumes({arguments}) {{ {FIELDS} pageInfo {{ hasNextPage }} }} }}")
    assert answer == {"data": {"volumes": {"nodes": expected, "pageInfo": {"hasNextPage": more}}}}


def test_several_long_lists_stand_in_their_places(server: Any) -> None:
    port, _ = server()
    page = f"volumes(first: {COUNT})"
    query = f"""{{ begin: __typename a: {page} {{ __typename {FIELDS} more: nodes {{ rowId }} totalCount }}
        b: {page} {{ edges {{ node {{ rowId }} }} }}
        shelves {{ nodes {{ name books(first: 900) {{ {FIELDS} }} }} }} end: __typename }}"""
    answer, _ = ask(port, query)
    ids = [{"rowId": row["rowId"]} for row in SHOWN]
    on = {n: [s for s, row in zip(SHOWN, VOLUMES, strict=True) if row["shelf_id"] == n] for n in (1, 2, 3)}
    assert answer == {
        "data": {
            "begin": "Query",
            "a": {"__typename": "VolumeConnection", "nodes": SHOWN, "more": ids, "totalCount": COUNT},
            "b": {"edges": [{"node": each} for each in ids]},
            "shelves": {"nodes": [{"name": f"Shelf {n}", "books": {"nodes": on[n][:900]}} for n in on]},
            "end": "Query",
        }
    }
    assert list(answer["data"]) == ["begin", "a", "b", "shelves", "end"]


def test_a_row_that_cannot_be_shown_is_an_error_beside_the_other_list(server: Any, url: sa.URL) -> None:
    port, _ = server()
    bad = COUNT - 100
    with connected(url) as engine, engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE volumes SET title = NULL WHERE id = {bad}"))
    try:
        page = f"volumes(first: {COUNT})"
        answer, response = ask(port, f"{{ ids: {page} {{ nodes {{ rowId }} }} all: {page} {{ {FIELDS} }} }}")
    finally:
        with connected(url) as engine, engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE volumes SET title = :title WHERE id = :id"), {"id": bad, "title": title(bad)}
            )
    assert response.status == 200
    assert answer["data"] == {"ids": {"nodes": [{"rowId": row["rowId"]} for row in SHOWN]}, "all": None}
    [error] = answer["errors"]
    assert error["path"] == ["all", "nodes", bad - 1, "title"]


def test_lists_that_are_alike_are_shown_as_each_is_asked_for(server: Any) -> None:
    port, _ = server()
    page = f"volumes(first: {COUNT})"
    edges = [{"__typename": "VolumeEdge"}] * COUNT
    assert ask(port, ALL)[0]["data"]["volumes"] == {"nodes": SHOWN}
    answer, _ = ask(port, f"{{ {page} {{ {FIELDS} edges {{ __typename }} }} }}")
    assert answer["data"]["volumes"] == {"nodes": SHOWN, "edges": edges}
    answer, _ = ask(port, f"{{ {page} {{ edges {{ node {{ rowId title lent }} }} }} }}")
    assert answer["data"]["volumes"] == {"edges": [{"node": each} for each in SHOWN]}


def test_long_answers_pass_middleware(server: Any) -> None:
    port, _ = server(lambda app: app.add_middleware(GZipMiddleware))
    body, response = ask(port, ALL, **{"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(body)) == {"data": {"volumes": {"nodes": SHOWN}}}


def test_a_client_that_leaves_between_pieces_costs_nobody_else(server: Any) -> None:
    port, seen = server()
    body = json.dumps({"query": ALL}).encode()
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
            assert connection.recv(12) == b"HTTP/1.1 200"
    assert ask(port, ALL)[0] == {"data": {"volumes": {"nodes": SHOWN}}}
    wait_until(lambda: len(seen.finished) == 6)
    assert [each.status for each in seen.finished] == [200] * 6
