"""Filters, orders and values nested deeply: an answer, or a limit that says so, on every database."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Gateway, Settings, Source
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Base(DeclarativeBase): ...


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    doc: Mapped[Any | None] = mapped_column(sa.JSON)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("items.id"), index=True)
    parent: Mapped["Item | None"] = relationship(remote_side=[id], back_populates="kids")
    kids: Mapped[list["Item"]] = relationship(back_populates="parent")


CHAIN = 15
"""Each item is the parent of the next."""


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    folder: Path = tmp_path_factory.mktemp("nesting")
    with database(request.param, "gw_nesting", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            for key in range(1, CHAIN + 1):
                connection.execute(sa.insert(Item).values(id=key, parent_id=key - 1 or None))
        yield url


@pytest.fixture
def gateway(url: sa.URL) -> Iterator[Gateway]:
    source = Source.from_models("tree", url, models=Base, mutations=True, deadline=2.0)
    with closing(Gateway([source])) as opened:
        yield opened


Where = dict[str, Any]
LEAF: Where = {"rowId": {"gt": 0}}


def nested(levels: int, step: Callable[[int, Where], Where]) -> Where:
    found = LEAF
    for level in range(levels):
        found = step(level, found)
    return found


SHAPES: dict[str, Callable[[int, Where], Where]] = {
    "some": lambda _, inner: {"kids": {"some": inner}},
    "none": lambda _, inner: {"kids": {"none": inner}},
    "parent": lambda _, inner: {"parent": inner},
    "not": lambda _, inner: {"not": inner},
    "not-some": lambda _, inner: {"not": {"kids": {"some": inner}}},
    "and-or": lambda level, inner: {"and" if level % 2 else "or": [inner, LEAF]},
    "all": lambda level, inner: [
        {"and": [LEAF, inner]},
        {"or": [{"parent": inner}, {"rowId": {"lt": 0}}]},
        {"not": inner},
    ][level % 3],
}


def told(gateway: Gateway, query: str, **variables: Any) -> Any:
    """The data, or the code of the only error."""
    payload = asyncio.run(gateway.execute(query, variables)).payload()
    if "errors" not in payload:
        return payload["data"]
    (error,) = payload["errors"]
    late = error["extensions"]["code"] == "SOURCE_TIMEOUT"
    assert late or "hint" in error["extensions"] or "nested too deeply" in error["message"], error
    return error["extensions"]["code"]


LIMITS = ("BUDGET_EXCEEDED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "SOURCE_TIMEOUT")
"""The gateway's or the database's, and graphql-core's for documents and for variables; some databases take
longer than their deadline to plan ten relations inside each other.
"""


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key}: {literal(part)}" for key, part in value.items()) + " }"
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else str(value)


@pytest.mark.parametrize("shape", SHAPES)
def test_filters(gateway: Gateway, shape: str) -> None:
    for levels in (1, 5, 7, 10, 12, 13, 25, 31, 40, 63, 90, 150, 300, 2000):
        where = nested(levels, SHAPES[shape])
        query = "query Q($where: ItemWhere) { items(where: $where) { totalCount } }"
        answers = [told(gateway, query, where=where)]
        if levels < 100:
            answers.append(told(gateway, f"{{ items(where: {literal(where)}) {{ totalCount }} }}"))
        for answer in answers:
            if isinstance(answer, str):
                assert levels >= 10, answer
                assert answer in LIMITS, levels
        if shape == "some" and isinstance(answers[0], dict):
            assert answers[0]["items"]["totalCount"] == max(0, CHAIN - levels)
        if shape == "parent" and isinstance(answers[0], dict):
            assert answers[0]["items"]["totalCount"] == max(0, CHAIN - levels)


def test_orders(gateway: Gateway) -> None:
    for levels in (1, 5, 12, 13, 40, 64, 120, 300):
        order: Any = "ASC"
        order = {"rowId": order}
        for _ in range(levels):
            order = {"parent": order}
        query = "query Q($by: [ItemOrderBy!]) { items(orderBy: $by) { nodes { rowId } } }"
        for answer in (
            told(gateway, query, by=[order]),
            told(gateway, f"{{ items(orderBy: [{literal(order)}]) {{ nodes {{ rowId }} }} }}"),
        ):
            if levels <= 12:
                known = range(levels + 1, CHAIN + 1)
                expected = [*known, *(key for key in range(1, CHAIN + 1) if key not in known)]
                assert [row["rowId"] for row in answer["items"]["nodes"]] == expected
            else:
                assert answer in LIMITS


def test_the_limit_is_a_setting_and_named(url: sa.URL) -> None:
    source = Source.from_models("tree", url, models=Base)
    with closing(Gateway([source], settings=Settings(relations_max=2))) as gateway:
        query = "query Q($where: ItemWhere) { items(where: $where) { totalCount } }"
        assert isinstance(told(gateway, query, where=nested(2, SHAPES["some"])), dict)
        payload = asyncio.run(gateway.execute(query, {"where": nested(3, SHAPES["some"])})).payload()
        (error,) = payload["errors"]
        assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
        assert "relations_max is 2" in error["message"]


def test_values_in_variables(gateway: Gateway) -> None:
    query = "mutation Q($doc: JSON) { updateItem(key: { rowId: 1 }, set: { doc: $doc }) { item { doc } } }"
    for levels in (10, 3000):
        doc: Any = 1
        for _ in range(levels):
            doc = {"a": [doc]}
        answer = told(gateway, query, doc=doc)
        assert levels > 100 or answer == {"updateItem": {"item": {"doc": doc}}}
        assert levels < 3000 or answer in LIMITS
    write = "mutation Q($input: CreateItemInput!) { createItem(input: $input) { item { rowId } } }"
    given: Any = {"doc": 1}
    for _ in range(1000):
        given = {"kids": {"create": [given]}}
    assert told(gateway, write, input=given) in LIMITS
