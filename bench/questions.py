"""The queries, and how each server is asked."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench.client import PLACE
from bench.rows import Scale

FOLDER = Path(__file__).with_name("queries")
SERVERS = ("gateway", "floor", "dataloader")
CATEGORY = "Category 7"
POOL = 200
"""How many different orders Q1 asks for."""


@dataclass(frozen=True)
class Query:
    """One query. `must`, `goal`: server CPU relative to FLOOR; `times`: DataLoader's relative to ours."""

    name: str
    title: str
    statements: int | None = None
    must: float | None = None
    goal: float | None = None
    times: float | None = None


QUERIES: dict[str, Query] = {
    query.name: query
    for query in (
        Query("q1", "one order by id, with its customer", 2, 0.85, 0.55, 5),
        Query("q2", "50 newest orders, customer, items, product, category", 4, 0.70, 0.45, 25),
        Query("q3", "2,000 orders × 6 scalars", 1, 0.55, 0.35, 35),
        Query("q4", "50 orders by date of customers in DE", 3, 0.60, 0.35, 10),
        Query("q5", "200 customers, latest 5 orders, item counts", 2, 0.65, 0.45, 60),
        Query("q6", "Q2 with every scalar"),
        Query("q7", "200 customers, 5 orders having a product of a category"),
        Query("q8", "Q2 as a document never seen before"),
        Query("q9", "10,000 orders × 8 scalars"),
    )
}


def requests_of(server: str, query: str, scale: Scale) -> list[str]:
    """The HTTP requests a client sends in turn to one server for one query."""
    keys: list[int | None] = [None]
    if query == "q1":
        random = Random(1)
        keys = [random.randint(1, scale.orders) for _ in range(POOL)]
    if server == "floor":
        return [_get(_path(query, key)) for key in keys]
    return [post(_body(server, query, key)) for key in keys]


def _path(query: str, key: int | None) -> str:
    if query == "q7":
        return f"/q7?category={CATEGORY.replace(' ', '%20')}"
    return f"/q1/{key}" if query == "q1" else "/q2" if query == "q8" else f"/{query}"


def document(server: str, query: str) -> str:
    """The text of a query for the gateway or the DataLoader server, whose schema is spelt in its own way."""
    folder = FOLDER if server == "gateway" else FOLDER / server
    return (folder / f"{query}.graphql").read_text("utf-8").replace("NUMBER", PLACE.decode())


def variables(server: str, query: str, key: int | None) -> dict[str, Any] | None:
    if query == "q1":
        return {"id": order_id(key) if server == "gateway" else key}
    return {"category": CATEGORY} if query == "q7" else None


def order_id(key: int | None) -> str:
    """The id of an order, as the gateway gave it to a client before."""
    return (
        base64.urlsafe_b64encode(json.dumps(["Order", key], separators=(",", ":")).encode())
        .rstrip(b"=")
        .decode()
    )


def _body(server: str, query: str, key: int | None) -> str:
    asked: dict[str, Any] = {"query": document(server, query)}
    given = variables(server, query, key)
    return json.dumps(asked | ({"variables": given} if given else {}))


_COMMON = "Host: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: bench\r\n"


def _get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\n{_COMMON}\r\n"


def post(body: str) -> str:
    """The HTTP request that asks a GraphQL server with this JSON."""
    length = len(body.encode())
    kind = f"Content-Type: application/json\r\nContent-Length: {length}\r\n"
    return f"POST /graphql HTTP/1.1\r\n{_COMMON}{kind}\r\n{body}"


def normal(answer: Any) -> Any:
    """What a server answered, in FLOOR's form: no envelope, connections as lists, counts as numbers."""
    if isinstance(answer, dict) and "data" in answer:
        if answer.get("errors"):
            raise ValueError(f"the answer has errors: {answer['errors']}")
        (answer,) = answer["data"].values()
    return _collapsed(answer)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")


def _collapsed(value: Any) -> Any:
    if isinstance(value, list):
        return [_collapsed(element) for element in value]
    if isinstance(value, dict):
        if value.keys() == {"nodes"}:
            return _collapsed(value["nodes"])
        if value.keys() == {"totalCount"}:
            return value["totalCount"]
        return {key: _collapsed(part) for key, part in value.items()}
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return value.removesuffix("Z")
    return value
