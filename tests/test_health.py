"""Liveness, readiness, and starting with sources down."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.app import Gateway
from gateway.config import Settings
from gateway.sources.source import Source
from tests.process import free_port


class LibraryBase(DeclarativeBase):
    pass


class Book(LibraryBase):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class ShopBase(DeclarativeBase):
    pass


class Product(ShopBase):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]


BOTH = "{ books { nodes { title } } products { nodes { price } } }"


@pytest.fixture
def up(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'library.sqlite3'}"
    engine = sa.create_engine(url)
    LibraryBase.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Book), [{"id": 1, "title": "Emma"}])
    engine.dispose()
    return url


@pytest.fixture
def shop(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    create(url, ShopBase)
    return url


def create(url: str, models: type[DeclarativeBase]) -> None:
    engine = sa.create_engine(url)
    models.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(params=["mysql+mysqlconnector", "postgresql+psycopg"])
def refusing(request: pytest.FixtureRequest) -> str:
    """A URL where nobody listens."""
    return f"{request.param}://somebody:secret@127.0.0.1:{free_port()}/shop"


@pytest.fixture(params=["mysql+mysqlconnector", "postgresql+psycopg"])
def hanging(request: pytest.FixtureRequest) -> Iterator[str]:
    """A URL of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"{request.param}://somebody:secret@127.0.0.1:{listener.getsockname()[1]}/shop"


def gateway(library: str, shop: str) -> Gateway:
    sources = [
        Source.from_models("library", library, models=LibraryBase, connect_timeout=1.0),
        Source.from_models("shop", shop, models=ShopBase, connect_timeout=1.0),
    ]
    return Gateway(sources, settings=Settings())


def ask_all(app: FastAPI, *requests: tuple[str, Any]) -> list[httpx.Response]:
    """GET each path, or POST to it when there is a body, within the app's lifespan."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
        ):
            return [
                await (client.get(path) if body is None else client.post(path, json=body))
                for path, body in requests
            ]

    return asyncio.run(send())


def test_all_sources_up(up: str, shop: str) -> None:
    live, ready = ask_all(
        gateway(up, shop).app(),
        ("/health/live", None),
        ("/health/ready", None),
    )
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert ready.status_code == 200
    assert ready.headers["cache-control"] == "no-store"
    assert ready.json()["status"] == "ready"
    assert list(ready.json()["sources"]) == ["library", "shop"]
    for state in ready.json()["sources"].values():
        assert state["state"] == "up"
        assert state["ms"] >= 0


def test_one_source_down_is_degraded_and_serves(up: str, refusing: str) -> None:
    ready, answer = ask_all(
        gateway(up, refusing).app(), ("/health/ready", None), ("/graphql", {"query": BOTH})
    )
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert ready.json()["sources"]["library"]["state"] == "up"
    assert ready.json()["sources"]["shop"]["state"] == "down"
    assert ready.json()["sources"]["shop"]["code"] == "SOURCE_UNAVAILABLE"
    assert "secret" not in ready.text

    assert answer.status_code == 200
    assert answer.json()["data"] == {"books": {"nodes": [{"title": "Emma"}]}, "products": None}
    [error] = answer.json()["errors"]
    assert error["path"] == ["products"]
    assert error["extensions"]["code"] == "SOURCE_UNAVAILABLE"
    assert error["extensions"]["source"] == "shop"
    assert "secret" not in answer.text


def test_starts_with_every_source_down(refusing: str) -> None:
    live, ready, answer = ask_all(
        gateway(refusing, refusing).app(),
        ("/health/live", None),
        ("/health/ready", None),
        ("/graphql", {"query": BOTH}),
    )
    assert live.status_code == 200
    assert (ready.status_code, ready.json()["status"]) == (503, "down")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"books": None, "products": None}
    assert len(answer.json()["errors"]) == 2


def test_a_hanging_source_does_not_hang_readiness(up: str, hanging: str) -> None:
    started = time.monotonic()
    [ready] = ask_all(gateway(up, hanging).app(), ("/health/ready", None))
    assert time.monotonic() - started < 9  # a default deadline is ten
    assert ready.json()["status"] == "degraded"
    assert ready.json()["sources"]["shop"]["state"] == "down"
    assert ready.json()["sources"]["shop"]["code"] in ("SOURCE_TIMEOUT", "SOURCE_UNAVAILABLE")


def test_a_source_that_comes_up_is_seen(up: str, tmp_path: Path) -> None:
    late = f"sqlite:///{tmp_path / 'late.sqlite3'}"
    graph = gateway(up, late)

    async def healed() -> None:
        transport = httpx.ASGITransport(graph.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            assert (await client.get("/health/ready")).json()["status"] == "degraded"
            create(late, ShopBase)
            while (await client.get("/health/ready")).json()["status"] != "ready":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            answer = await client.post("/graphql", json={"query": BOTH})
            assert answer.json()["data"]["products"] == {"nodes": []}
        await graph.close()

    asyncio.run(asyncio.wait_for(healed(), 60))


def test_operations_run_without_http(up: str, shop: str) -> None:
    graph = gateway(up, shop)

    async def run() -> Any:
        try:
            document = "query One($n: Int) { books(first: $n) { nodes { title } } } query Two { __typename }"
            return await graph.execute(document, {"n": 1}, "One")
        finally:
            await graph.close()

    answer = asyncio.run(run())
    assert answer.data == {"books": {"nodes": [{"title": "Emma"}]}}
    assert answer.errors == []


def test_own_lifespan_and_options_of_the_app_are_kept(up: str, shop: str) -> None:
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        events.append("start")
        yield
        events.append("stop")

    app = gateway(up, shop).app(lifespan=lifespan, title="Mine")
    assert app.title == "Mine"
    ask_all(app, ("/health/live", None))
    assert events == ["start", "stop"]
