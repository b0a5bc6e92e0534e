"""Text from clients never becomes text of a statement, and whatever a table is called, it can be used."""

import asyncio
import base64
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Context, Gateway, Source
from gateway.errors import ConfigurationError
from gateway.schema.answer import Answer, Asked
from tests.cases.truth import node_id
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

MARK = "zq7"
"""Part of every text, and of no name."""
HOSTILE = [
    f"{MARK}'",
    f'{MARK}"',
    f"{MARK}`",
    f"{MARK}\\",
    f"{MARK}\\' OR 1=1",
    f"'; DROP TABLE {MARK}; --",
    f"{MARK} -- x",
    f"{MARK} /* x",
    f"{MARK} # x",
    f"{MARK} %",
    f"{MARK} %%",
    f"{MARK} %s",
    f"{MARK} %(p0)s",
    f"{MARK} :name",
    f"{MARK} ?",
    f"{MARK} {{}}",
    f"{MARK} {{0}}",
    f"{MARK} $1",
    f"{MARK} __[POSTCOMPILE_p0]",
    f"{MARK}\n\r\t",
    f"{MARK}_%",
]


class Base(DeclarativeBase): ...


class Shelf(Base):
    __tablename__ = """the "best" shelf's 50% of:all"""
    id: Mapped[int] = mapped_column("key", primary_key=True)
    name: Mapped[str] = mapped_column("Select", sa.String(60), unique=True)
    books: Mapped[list["Book"]] = relationship(back_populates="shelf")


class Book(Base):
    __tablename__ = "Order"
    id: Mapped[str] = mapped_column("from `where`", sa.String(60), primary_key=True)
    title: Mapped[str] = mapped_column("Mixed Case %", sa.String(60))
    note: Mapped[str | None] = mapped_column('it\'s: (a) "note"?', sa.String(60))
    details: Mapped[Any | None] = mapped_column("{json}", sa.JSON)
    pages: Mapped[int] = mapped_column("50%:pages", default=1)
    version: Mapped[int] = mapped_column("group", default=1)
    shelf_id: Mapped[int | None] = mapped_column("of :shelf [%]", sa.ForeignKey(Shelf.id))
    shelf: Mapped[Shelf | None] = relationship(back_populates="books")


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with database(request.param, f"gw_hostile_{os.getpid()}", folder) as made:
        with connected(made) as engine:
            Base.metadata.create_all(engine)
        yield made


@pytest.fixture
def gateway(url: sa.URL) -> Iterator[Gateway]:
    with connected(url) as engine, engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    with closing(Gateway([Source.from_models("library", url, models=Base, mutations=True)])) as made:
        yield made


def ask(gateway: Gateway, query: str, **variables: Any) -> Answer:
    """The answer, of which no statement has a text from the variables."""

    async def main() -> Answer:
        context = Context(gateway.databases, coordinator=gateway.coordinator)
        try:
            answer = await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()
        sent = [event.sql for event in context.trace.statements]
        assert sent or answer.errors
        assert [sql for sql in sent if MARK in sql.lower()] == []
        return answer

    return asyncio.run(main())


def data(gateway: Gateway, query: str, **variables: Any) -> Any:
    answer = ask(gateway, query, **variables)
    assert not answer.errors, answer.errors
    for payload in (answer.data or {}).values():
        assert not (payload or {}).get("errors"), payload
    return answer.data


CREATE = """mutation ($shelf: String!, $rows: [CreateBookInput!]!, $one: CreateBookInput!) {
  createShelf(input: { name: $shelf }) { shelf { rowId name } errors { message } }
  createBooks(input: $rows) { books { rowId title note details } errors { message } }
  createBook(input: $one) { book { shelf { name } } errors { message } }
}"""


def stored(url: sa.URL) -> list[tuple[Any, ...]]:
    """The rows as they stand in the database."""
    with connected(url) as engine, engine.connect() as connection:
        columns = (Book.id, Book.title, Book.note, Book.details)
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(Book.pages))]


def row(text: str, pages: int = 1) -> dict[str, Any]:
    return {"rowId": text, "title": text, "note": text, "details": {text: [text]}, "pages": pages}


def fill(gateway: Gateway) -> None:
    rows = [row(text, number) for number, text in enumerate(HOSTILE)]
    last = {**row(f"{MARK}last", len(rows)), "shelf": {"connect": {"name": HOSTILE[0]}}}
    made = data(gateway, CREATE, shelf=HOSTILE[0], rows=rows, one=last)
    assert made["createBook"]["book"] == {"shelf": {"name": HOSTILE[0]}}
    shown = [{name: each[name] for name in ("rowId", "title", "note", "details")} for each in rows]
    assert made["createBooks"]["books"] == shown


def test_what_is_written_is_stored_as_it_came(gateway: Gateway, url: sa.URL) -> None:
    fill(gateway)
    assert stored(url)[:-1] == [(text, text, text, {text: [text]}) for text in HOSTILE]
    change = """mutation ($k: String!, $id: ID!, $set: UpdateBookInput!, $create: CreateBookInput!) {
      a: updateBook(key: { rowId: $k }, set: $set) { book { note } errors { message } }
      b: updateBook(key: { id: $id }, set: $set) { book { note } errors { message } }
      c: updateBooks(where: { title: { eq: $k } }, set: $set) { books { note } errors { message } }
      d: upsertBook(key: { rowId: $k }, create: $create, update: $set) { created errors { message } }
      e: deleteBook(key: { rowId: $k }) { book { note } errors { message } }
      f: upsertBook(key: { rowId: $k }, create: $create, update: $set) { book { title } errors { message } }
      g: deleteBooks(where: { id: { in: [$id] } }) { affectedCount errors { message } }
    }"""
    for text in HOSTILE:
        node = node_id("Book", text)
        new = {"note": f"{text}!"}
        made = data(gateway, change, k=text, id=node, set=new, create={"rowId": text, "title": text})
        assert made["a"]["book"] == made["b"]["book"] == made["e"]["book"] == new
        assert made["c"]["books"] == [new]
        assert made["d"]["created"] is False
        assert made["f"]["book"] == {"title": text}
        assert made["g"]["affectedCount"] == 1
    assert [each[0] for each in stored(url)] == [f"{MARK}last"]


def test_what_is_asked_for_is_found(gateway: Gateway) -> None:
    fill(gateway)
    query = """query ($t: String!, $id: ID!) {
      eq: books(where: { title: { eq: $t } }) { nodes { title } }
      in: books(where: { title: { in: [$t, "x"] } }) { nodes { title } totalCount }
      near: books(where: { and: [{ title: { startsWith: $t } }, { note: { contains: $t } },
        { note: { endsWith: $t } }] }) { nodes { title } }
      far: shelves(where: { books: { some: { title: { eq: $t } } } }) { nodes { name } }
      by: bookBy(key: { rowId: $t }) { title }
      node(id: $id) { id }
      groups: books(where: { title: { eq: $t } }) {
        groups(by: [{ field: title }], having: { min: { note: { eq: $t } } }) { key { field { title } } }
        aggregate { count min { note } }
      }
    }"""
    for text in HOSTILE:
        node = node_id("Book", text)
        found = data(gateway, query, t=text, id=node)
        assert found["eq"]["nodes"] == found["in"]["nodes"] == [{"title": text}]
        assert {"title": text} in found["near"]["nodes"]
        assert found["by"] == {"title": text}
        assert found["far"]["nodes"] == []
        assert found["node"] is not None
        assert found["groups"]["aggregate"] == {"count": 1, "min": {"note": text}}
        assert found["groups"]["groups"] == [{"key": {"field": {"title": text}}}]


def test_pages_go_through_hostile_texts(gateway: Gateway) -> None:
    fill(gateway)
    query = """query ($after: String) {
      books(first: 2, after: $after, orderBy: [{ title: DESC }, { shelf: { name: ASC } }]) {
        nodes { title } pageInfo { endCursor hasNextPage } } }"""
    seen: list[str] = []
    page: Mapping[str, Any] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        found = data(gateway, query, after=page["endCursor"])["books"]
        seen += [each["title"] for each in found["nodes"]]
        page = found["pageInfo"]
    assert sorted(seen) == sorted([*HOSTILE, f"{MARK}last"])


def test_what_is_no_value_is_refused(gateway: Gateway) -> None:
    fill(gateway)
    query = """query ($o: [BookOrderBy!], $after: String, $id: ID = "x") {
      books(first: 1, after: $after, orderBy: $o, where: { id: { eq: $id } }) { nodes { title } } }"""
    cursor = base64.urlsafe_b64encode(json.dumps([HOSTILE[5]]).encode()).decode()
    for variables in (
        {"o": [{"title": HOSTILE[5]}]},
        {"o": [{HOSTILE[5]: "ASC"}]},
        {"after": HOSTILE[5]},
        {"after": cursor},
        {"id": HOSTILE[5]},
    ):
        answer = ask(gateway, query, **variables)
        assert answer.errors, variables


def test_every_use_of_hostile_names(gateway: Gateway) -> None:
    fill(gateway)
    query = """{
      shelves(first: 5, orderBy: [{ name: ASC }, { books: { max: { pages: DESC } } }]) {
        totalCount aggregate { count max { name } }
        nodes {
          name
          books(
            first: 2, where: { shelf: { name: { neq: "x" } }, pages: { gt: 0 } }, orderBy: [{ title: ASC }]
          ) {
            totalCount aggregate { sum { pages } avg { pages } }
            nodes { title pages shelf { name } }
            groups(by: [{ field: note }], orderBy: [{ count: DESC }]) { key { field { note } }
              aggregate { count countDistinct { title } } }
          }
        }
      }
      books(where: { shelf: { name: { neq: "x" } } }, orderBy: [{ shelf: { name: DESC } }]) {
        groups(by: [{ shelf: { field: name } }]) {
          aggregate { sum { pages } } key { shelf { field { name } } }
        }
        nodes { title details }
      }
    }"""
    last, number = f"{MARK}last", len(HOSTILE)
    found = data(gateway, query)
    (shelf,) = found["shelves"]["nodes"]
    assert shelf["books"]["nodes"] == [{"title": last, "pages": number, "shelf": {"name": HOSTILE[0]}}]
    assert shelf["books"]["aggregate"] == {"sum": {"pages": str(number)}, "avg": {"pages": str(number)}}
    assert shelf["books"]["groups"] == [
        {"key": {"field": {"note": last}}, "aggregate": {"count": 1, "countDistinct": {"title": 1}}}
    ]
    assert found["books"]["nodes"] == [{"title": last, "details": {last: [last]}}]


@pytest.mark.parametrize("dialect", ["mysql+mysqlconnector", "postgresql+psycopg", "sqlite"])
def test_names_that_a_driver_takes_for_parameters_are_refused(dialect: str) -> None:
    """MySQL's driver replaces %s wherever it stands, so that a value would be part of the name."""

    class Odd(DeclarativeBase): ...

    type("Thing", (Odd,), {"__tablename__": "things", "id": sa.Column("a%s", sa.Integer, primary_key=True)})
    source = Source.from_models("odd", sa.URL.create(dialect, database="/odd"), models=Odd)
    if dialect.startswith("mysql"):
        with pytest.raises(ConfigurationError) as caught:
            Gateway([source])
        (problem,) = caught.value.problems
        assert "'a%s'" in problem.message
    else:
        Gateway([source])
