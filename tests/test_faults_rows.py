"""Stored values the graph cannot show: the field is null, or the nearest place above that may be."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Gateway, Source
from tests.cases.truth import node_id


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="shelf", foreign_keys="Book.shelf_id")


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]
    copies: Mapped[int]
    shelf_id: Mapped[int] = mapped_column(sa.ForeignKey("shelves.id"))
    spare_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shelves.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="books", foreign_keys=[shelf_id])
    spare: Mapped[Shelf | None] = relationship(foreign_keys=[spare_id])


# The tables as somebody made them by hand: no NOT NULL, no foreign keys, larger numbers.
BY_HAND = """
CREATE TABLE shelves (id INTEGER PRIMARY KEY, label TEXT);
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, pages INTEGER, copies INTEGER,
                    shelf_id INTEGER, spare_id INTEGER);
INSERT INTO shelves VALUES (1, 'A'), (2, NULL), (3, 'C');
INSERT INTO books VALUES
    (1, 'One', 100, 1, 1, NULL),
    (2, NULL, 200, 1, 1, 2),
    (3, 'Three', 1099511627776, 1, 1, 3),
    (4, 'Four', 400, 1099511627776, 3, 2),
    (5, 'Five', NULL, 1, 9, 9),
    (6, 'Six', 8589934592, 1, 2, NULL);
"""


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    file = tmp_path / "library.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.executescript(BY_HAND)
    connection.close()
    return Gateway([Source.from_models("library", f"sqlite:///{file}", models=Base)])


def answer(gateway: Gateway, query: str) -> tuple[Any, list[tuple[Any, ...]]]:
    """The data, and of each error the code, the path and how many places it has."""

    async def main() -> dict[str, Any]:
        try:
            return (await gateway.execute(query)).payload()
        finally:
            await gateway.close()

    payload = asyncio.run(main())
    told = [
        (error["extensions"]["code"], error["path"], error["extensions"].get("affected", 1))
        for error in payload.get("errors", [])
    ]
    assert not any(error["extensions"]["retryable"] for error in payload.get("errors", []))
    return payload["data"], told


def test_a_value_out_of_range_costs_its_own_field(gateway: Gateway) -> None:
    data, errors = answer(gateway, "{ books { nodes { rowId pages } totalCount } }")
    pages = {1: 100, 2: 200, 3: None, 4: 400, 5: None, 6: None}
    assert data == {
        "books": {"nodes": [{"rowId": at, "pages": count} for at, count in pages.items()], "totalCount": 6}
    }
    assert errors == [("VALUE_NOT_REPRESENTABLE", ["books", "nodes", 2, "pages"], 2)]


def test_aliases_are_selections_of_their_own(gateway: Gateway) -> None:
    data, errors = answer(gateway, f'{{ book(id: "{node_id("Book", 3)}") {{ a: pages b: pages title }} }}')
    assert data == {"book": {"a": None, "b": None, "title": "Three"}}
    assert errors == [
        ("VALUE_NOT_REPRESENTABLE", ["book", "a"], 1),
        ("VALUE_NOT_REPRESENTABLE", ["book", "b"], 1),
    ]


def test_a_non_null_value_takes_its_row_along(gateway: Gateway) -> None:
    data, errors = answer(
        gateway,
        f"""{{
          bad: book(id: "{node_id("Book", 4)}") {{ title copies }}
          good: book(id: "{node_id("Book", 1)}") {{ title copies }}
        }}""",
    )
    assert data == {"bad": None, "good": {"title": "One", "copies": 1}}
    assert errors == [("VALUE_NOT_REPRESENTABLE", ["bad", "copies"], 1)]


def test_a_null_where_none_may_be_takes_the_list_along(gateway: Gateway) -> None:
    data, errors = answer(
        gateway, "{ books { nodes { title } totalCount } shelves(first: 1) { nodes { label } } }"
    )
    assert data == {"books": None, "shelves": {"nodes": [{"label": "A"}]}}
    assert errors == [("NULL_IN_NON_NULL", ["books", "nodes", 1, "title"], 1)]


def test_edges_lose_their_list_too(gateway: Gateway) -> None:
    data, errors = answer(gateway, "{ books { edges { cursor node { title } } } }")
    assert data == {"books": None}
    assert errors == [("NULL_IN_NON_NULL", ["books", "edges", 1, "node", "title"], 1)]


def test_a_page_of_a_relation_is_the_nearest_place(gateway: Gateway) -> None:
    data, errors = answer(gateway, "{ shelves { nodes { rowId books { nodes { title } totalCount } } } }")
    assert data == {
        "shelves": {
            "nodes": [
                {"rowId": 1, "books": None},
                {"rowId": 2, "books": {"nodes": [{"title": "Six"}], "totalCount": 1}},
                {"rowId": 3, "books": {"nodes": [{"title": "Four"}], "totalCount": 1}},
            ]
        }
    }
    assert errors == [("NULL_IN_NON_NULL", ["shelves", "nodes", 0, "books", "nodes", 1, "title"], 1)]


def test_a_nullable_relation_is_the_nearest_place(gateway: Gateway) -> None:
    data, errors = answer(gateway, "{ books(first: 4) { nodes { rowId spare { label } } } }")
    assert data == {
        "books": {
            "nodes": [
                {"rowId": 1, "spare": None},
                {"rowId": 2, "spare": None},
                {"rowId": 3, "spare": {"label": "C"}},
                {"rowId": 4, "spare": None},
            ]
        }
    }
    assert errors == [("NULL_IN_NON_NULL", ["books", "nodes", 1, "spare", "label"], 2)]


def test_a_non_null_relation_passes_the_null_on(gateway: Gateway) -> None:
    data, errors = answer(
        gateway,
        f"""{{
          bad: book(id: "{node_id("Book", 6)}") {{ title shelf {{ label }} }}
          good: book(id: "{node_id("Book", 4)}") {{ title shelf {{ label }} }}
        }}""",
    )
    assert data == {"bad": None, "good": {"title": "Four", "shelf": {"label": "C"}}}
    assert errors == [("NULL_IN_NON_NULL", ["bad", "shelf", "label"], 1)]


def test_a_row_that_must_be_there_is_missing(gateway: Gateway) -> None:
    """A dangling key is null where that is allowed, and an error where it is not."""
    data, errors = answer(
        gateway,
        f"""{{
          dangling: book(id: "{node_id("Book", 5)}") {{ spare {{ label }} }}
          broken: book(id: "{node_id("Book", 5)}") {{ shelf {{ label }} }}
        }}""",
    )
    assert data == {"dangling": {"spare": None}, "broken": None}
    assert errors == [("NULL_IN_NON_NULL", ["broken", "shelf"], 1)]


def test_nodes_are_null_one_by_one(gateway: Gateway) -> None:
    ids = ", ".join(f'"{node_id("Book", number)}"' for number in (1, 2, 4, 2))
    data, errors = answer(gateway, f"{{ nodes(ids: [{ids}]) {{ ... on Book {{ rowId title }} }} }}")
    one, four = {"rowId": 1, "title": "One"}, {"rowId": 4, "title": "Four"}
    assert data == {"nodes": [one, None, four, None]}
    assert errors == [("NULL_IN_NON_NULL", ["nodes", 1, "title"], 2)]


def test_two_causes_at_one_selection_are_two_errors(gateway: Gateway) -> None:
    data, errors = answer(
        gateway, "{ books(where: { pages: { gt: 300 } }) { nodes { title pages copies } } }"
    )
    assert data == {"books": None}
    assert ("VALUE_NOT_REPRESENTABLE", ["books", "nodes", 0, "pages"], 2) in errors
    assert ("VALUE_NOT_REPRESENTABLE", ["books", "nodes", 1, "copies"], 1) in errors


def test_a_missing_table_costs_its_own_branch(tmp_path: Path) -> None:
    file = tmp_path / "half.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "CREATE TABLE shelves (id INTEGER PRIMARY KEY, label TEXT); INSERT INTO shelves VALUES (1, 'A')"
        )
    connection.close()
    gateway = Gateway([Source.from_models("library", f"sqlite:///{file}", models=Base)])
    data, errors = answer(
        gateway, "{ books { totalCount } shelves { nodes { label books { nodes { rowId } totalCount } } } }"
    )
    assert data == {"books": {"totalCount": None}, "shelves": {"nodes": [{"label": "A", "books": None}]}}
    assert errors == [
        ("SOURCE_ERROR", ["books", "totalCount"], 1),
        ("SOURCE_ERROR", ["shelves", "nodes", 0, "books"], 1),
    ]
