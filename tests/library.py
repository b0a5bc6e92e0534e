"""A library of two books behind a gateway, and ways to ask it over HTTP."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.app import Gateway
from gateway.config import Settings
from gateway.sources.source import Source

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
ASK = {"query": "{ __typename }"}
BODY_MAX = 10_000


class LibraryBase(DeclarativeBase):
    pass


class Book(LibraryBase):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def make_library(folder: Path) -> Path:
    """A new SQLite file with the books."""
    file = folder / "library.sqlite3"
    engine = sa.create_engine(f"sqlite:///{file}")
    LibraryBase.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Book), [{"id": 1, "title": "Emma"}, {"id": 2, "title": "Ulysses 🙂"}])
    engine.dispose()
    return file


def library_gateway(file: Path, *, caller: Any = None, **settings: Any) -> Gateway:
    source = Source.from_models("library", f"sqlite:///{file}", models=LibraryBase)
    return Gateway(
        [source], caller=caller, settings=Settings(**{"body_max": BODY_MAX, "profile": "debug", **settings})
    )


def ask(app: FastAPI, method: str, url: str = "/graphql", **request: Any) -> httpx.Response:
    """One request to the app in this process. An exception that leaves the app fails the test."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, url, **request)

    return asyncio.run(send())


def post(app: FastAPI, body: Any, accept: str = GRAPHQL, content_type: str = JSON) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(app, "POST", content=content, headers={"accept": accept, "content-type": content_type})


def get(app: FastAPI, parameters: Mapping[str, str], accept: str = GRAPHQL) -> httpx.Response:
    return ask(app, "GET", params=dict(parameters), headers={"accept": accept})


def assert_refused(response: httpx.Response, status: int, code: str = "BAD_USER_INPUT") -> dict[str, Any]:
    """A GraphQL answer of one coded error, without data and without a word about our insides."""
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    assert set(answer) == {"errors"}
    [error] = answer["errors"]
    assert error["extensions"]["code"] == code
    assert error["message"]
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    return error


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The app under uvicorn on a free port, which is yielded."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)
