"""What is faster is done only where it is the same: folds by index, rows as JSON, a way around layers."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.middleware.base import BaseHTTPMiddleware

from gateway import Gateway, Source
from gateway.context import Context
from gateway.schema.answer import Asked


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="shelf")
    notes: Mapped[list["Note"]] = relationship(back_populates="shelf")


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    rating: Mapped[int]
    shelf_id: Mapped[int] = mapped_column(sa.ForeignKey("shelves.id"), index=True)
    shelf: Mapped[Shelf] = relationship(back_populates="books")


class Note(Base):
    """Its foreign key has no index."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(sa.ForeignKey("shelves.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="notes")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "library.sqlite3"
    engine = sa.create_engine(f"sqlite:///{found}")
    Base.metadata.create_all(engine)
    engine.dispose()
    with sqlite3.connect(found) as connection:
        connection.executescript(
            "INSERT INTO shelves VALUES (1, 'A'), (2, 'B');"
            "INSERT INTO books VALUES (1, 'One', 5, 1), (2, 'Two', 4, 1), (3, 'Three', 3, 2);"
            "INSERT INTO notes VALUES (1, 1), (2, 1);"
        )
    connection.close()
    return found


def graph(file: Path) -> Gateway:
    return Gateway([Source.from_models("library", f"sqlite:///{file}", models=Base)])


def ask(file: Path, query: str) -> tuple[dict[str, Any], int]:
    """The answer, and how many statements it took."""

    async def main() -> tuple[dict[str, Any], int]:
        made = graph(file)
        context = Context(made.databases)
        try:
            answer = await made.schema.answer(Asked(query), context)
            return answer.payload(), len(context.trace.statements)
        finally:
            await context.close()
            await made.close()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ("{ books { nodes { title shelf { label } } } }", 1),
        ("{ books(orderBy: [{ title: DESC }]) { nodes { title shelf { label } } } }", 1),
        ("{ books(orderBy: [{ rating: ASC }]) { nodes { title shelf { label } } } }", 2),
        ("{ books(orderBy: [{ shelf: { label: ASC } }]) { nodes { title shelf { label } } } }", 2),
        ("{ shelves { nodes { label books { totalCount } } } }", 1),
        ("{ shelves(orderBy: [{ label: ASC }]) { nodes { label books { totalCount } } } }", 2),
        ("{ shelves { nodes { label notes { totalCount } } } }", 2),
        ("{ shelves { nodes { label books { totalCount aggregate { max { rating } } } } } }", 2),
    ],
)
def test_relations_and_counts_are_folded_only_where_an_index_finds_them(
    file: Path, query: str, statements: int
) -> None:
    """Without an index, or before a sort, a database might join or count for all rows before it cuts."""
    answer, sent = ask(file, query)
    assert "errors" not in answer
    assert sent == statements


def test_folded_and_separate_statements_answer_the_same(file: Path) -> None:
    query = "{ books(orderBy: [{ ORDER }]) { nodes { title shelf { label books { totalCount } } } } }"
    answers = []
    for order in ("title: ASC", "rating: DESC"):
        answer, _ = ask(file, query.replace("ORDER", order))
        answers.append({book["title"]: book["shelf"] for book in answer["data"]["books"]["nodes"]})
    first, second = (
        {"label": label, "books": {"totalCount": count}} for label, count in (("A", 2), ("B", 1))
    )
    assert answers[0] == answers[1] == {"One": first, "Two": first, "Three": second}


def test_rows_that_json_cannot_hold_are_read_once_more(file: Path) -> None:
    query = "{ books { nodes { rowId title } } }"
    good, sent = ask(file, query)
    assert sent == 1
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE books SET title = X'FF00' WHERE id = 2")
    connection.close()
    answer, sent = ask(file, "{ books { nodes { rowId } } }")
    assert sent == 1
    _, sent = ask(file, query)
    assert sent == 2
    assert [book["rowId"] for book in answer["data"]["books"]["nodes"]] == [1, 2, 3]
    assert good["data"]["books"]["nodes"][0] == {"rowId": 1, "title": "One"}


class Stamp(BaseHTTPMiddleware):
    """Marks what went through it."""

    async def dispatch(self, request: Any, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["x-stamp"] = "1"
        return response


def post(app: FastAPI, url: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(
                url,
                content=json.dumps({"query": "{ books { nodes { rowId } } }"}),
                headers={"content-type": "application/json"},
            )

    return asyncio.run(send())


def test_middleware_of_an_app_sees_the_graphs_requests(file: Path) -> None:
    made = graph(file)
    plain, wrapped, outer = made.app(), made.app(), FastAPI()
    wrapped.add_middleware(Stamp)
    outer.mount("/below", made.app())
    responses = [post(plain, "/graphql"), post(wrapped, "/graphql"), post(outer, "/below/graphql")]
    assert [response.status_code for response in responses] == [200, 200, 200]
    assert [response.headers.get("x-stamp") for response in responses] == [None, "1", None]
    assert len({response.text for response in responses}) == 1
    asyncio.run(made.close())
