"""createXs writes its rows together, and says of each what it would say of it alone."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.private import PRIVATE, Servers, create_database, forget_prepared
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

MANY = 500


class Base(DeclarativeBase): ...


class Kind(Base):
    __tablename__ = "kinds"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)


class Thing(Base):
    __tablename__ = "things"
    __table_args__ = (sa.CheckConstraint("size > 0", name="ck_things_size"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)
    size: Mapped[int] = mapped_column(default=lambda: 7)
    state: Mapped[str] = mapped_column(sa.String(10), server_default="new")
    details: Mapped[Any | None] = mapped_column(sa.JSON)
    kind_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Kind.id))
    kind: Mapped[Kind | None] = relationship()


class Tag(Base):
    __tablename__ = "tags"
    word: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    above: Mapped[str | None] = mapped_column(sa.ForeignKey("tags.word"))


class Word(Base):
    __tablename__ = "words"
    text: Mapped[str] = mapped_column(sa.String(20), primary_key=True)


class Other(DeclarativeBase): ...


class Entry(Other):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(20), unique=True)


@dataclass
class Store:
    """`together`: the database inserts several rows in one statement and tells their keys. MySQL does not."""

    gateway: Gateway
    url: sa.URL
    together: bool

    def ask(self, query: str, **variables: Any) -> tuple[Any, list[str]]:
        """The data and the inserts that were sent."""

        async def main() -> tuple[Any, list[str]]:
            context = Context(self.gateway.databases, coordinator=self.gateway.coordinator)
            try:
                answer = await self.gateway.schema.answer(Asked(query, variables), context)
            finally:
                await context.close()
            assert not answer.errors, answer.errors
            inserts = [each.sql for each in context.trace.statements if each.sql.startswith("INSERT")]
            return answer.data, inserts

        return asyncio.run(main())

    def many(
        self, entity: str, rows: list[dict[str, Any]], select: str = "__typename"
    ) -> tuple[Any, list[str]]:
        """The payload of createXs of an entity."""
        query = f"""mutation ($rows: [Create{entity}Input!]!) {{ it: create{entity}s(input: $rows) {{
          affectedCount {entity.lower()}s {{ {select} }}
          errors {{ code path ... on UniqueViolation {{ fields }} }} }} }}"""
        data, inserts = self.ask(query, rows=rows)
        return data["it"], inserts

    def names(self) -> list[str]:
        with connected(self.url) as engine, engine.connect() as connection:
            return list(connection.scalars(sa.select(Thing.name).order_by(Thing.id)))


@pytest.fixture(scope="module", params=[*DIALECTS, *(f"in two phases: {dialect}" for dialect in PRIVATE)])
def made(
    request: pytest.FixtureRequest, own_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A source alone, and one that is written as a branch of a unit over two."""
    folder: Path = tmp_path_factory.mktemp("many")
    dialect = request.param.removeprefix("in two phases: ")
    name = f"gw_many_{os.getpid()}"
    with ExitStack() as stack:
        if dialect == request.param:
            url = stack.enter_context(database(dialect, name, folder))
            sources = [Source.from_models("store", url, models=Base, mutations=True)]
        else:
            server = own_servers(dialect)
            stack.callback(forget_prepared, server)
            url, other = create_database(server, name), create_database(server, f"{name}_other")
            with connected(other) as engine:
                Other.metadata.create_all(engine)
            sources = [
                Source.from_models("store", url, models=Base, mutations=True),
                Source.from_models("other", other, models=Other, mutations=True),
            ]
        with connected(url) as engine:
            Base.metadata.create_all(engine)
        yield Store(stack.enter_context(closing(Gateway(sources))), url, dialect != "mysql")


@pytest.fixture
def store(made: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    monkeypatch.chdir(tmp_path)  # where the log of decisions is
    with connected(made.url) as engine, engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(sa.insert(Kind).values(id=1000, name="small"))
    return made


def test_many_rows_are_few_statements(store: Store) -> None:
    rows = [{"name": f"n{number}"} for number in reversed(range(MANY))]
    made, inserts = store.many("Thing", rows, "rowId name size state")
    assert made["errors"] == []
    assert [each["name"] for each in made["things"]] == [row["name"] for row in rows]
    numbers = [each["rowId"] for each in made["things"]]
    assert numbers == sorted(set(numbers))
    assert {(each["size"], each["state"]) for each in made["things"]} == {(7, "new")}
    assert store.names() == [row["name"] for row in rows]
    assert len(inserts) == (1 if store.together else MANY)


def test_rows_with_other_columns_keep_their_places(store: Store) -> None:
    kinds = [{"name": "a"}, {"name": "b", "size": 2}, {"name": "c", "size": 3}, {"name": "d"}]
    more = [
        {"name": "e", "kind": {"connect": {"name": "small"}}},
        {"name": "f", "kind": {"create": {"name": "x"}}},
    ]
    documents = [{"name": "g", "details": {"a": None}}, {"name": "h", "details": None}]
    made, inserts = store.many("Thing", [*kinds, *more, *documents], "name size kind { name } details")
    assert made["errors"] == []
    shown = [(each["name"], each["size"], (each["kind"] or {}).get("name")) for each in made["things"]]
    assert shown == [
        ("a", 7, None),
        ("b", 2, None),
        ("c", 3, None),
        ("d", 7, None),
        ("e", 7, "small"),
        ("f", 7, "x"),
        ("g", 7, None),
        ("h", 7, None),
    ]
    assert [each["details"] for each in made["things"][-2:]] == [{"a": None}, None]
    assert store.names() == list("abcdefgh")
    assert len(inserts) == (7 if store.together else 9)  # x; a; b c; d; e f; g; h


def test_keys_that_are_given_are_kept(store: Store) -> None:
    words = [f"{number}%s'" for number in reversed(range(20))]
    made, inserts = store.many("Word", [{"text": word} for word in words], "text")
    assert [each["text"] for each in made["words"]] == words
    assert len(inserts) == (1 if store.together else len(words))


WRONG: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "unique in the input": (
        "Thing",
        [{"name": "a"}, {"name": "b"}, {"name": "a"}, {"name": "b"}],
        {"code": "UNIQUE_VIOLATION", "path": ["it", "input", "2", "name"], "fields": ["name"]},
    ),
    "check": (
        "Thing",
        [{"name": "a", "size": 1}, {"name": "b", "size": 0}, {"name": "c", "size": -1}],
        {"code": "CHECK_VIOLATION", "path": ["it", "input", "1"]},
    ),
    "foreign key": (
        "Thing",
        [{"name": "a", "kindId": 1000}, {"name": "b", "kindId": 1000}, {"name": "c", "kindId": 99}],
        {"code": "FOREIGN_KEY_VIOLATION", "path": ["it", "input", "2", "kindId"]},
    ),
    "a row of the same input that comes later": (
        "Tag",
        [{"word": "a", "above": "b"}, {"word": "b", "above": None}],
        {"code": "FOREIGN_KEY_VIOLATION", "path": ["it", "input", "0", "above"]},
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_one_wrong_row_is_named_and_nothing_is_written(store: Store, kind: str) -> None:
    entity, rows, expected = WRONG[kind]
    made, _ = store.many(entity, rows)
    assert made["errors"] == [expected]
    assert store.names() == []
    assert store.many("Thing", [{"name": "a"}, {"name": "b"}])[0]["errors"] == []
    assert store.names() == ["a", "b"]


def test_many_rows_of_two_sources(store: Store) -> None:
    if len(store.gateway.databases) == 1:
        return
    query = """mutation {
      a: createThings(input: [{ name: "a" }, { name: "b" }]) { errors { code path } }
      b: createEntries(input: [{ text: "a" }, { text: "%s" }]) { errors { code path } }
    }"""
    data, _ = store.ask(query % "a")
    assert data["b"]["errors"] == [{"code": "UNIQUE_VIOLATION", "path": ["b", "input", "1", "text"]}]
    assert store.names() == []
    data, inserts = store.ask(query % "b")
    assert data == {"a": {"errors": []}, "b": {"errors": []}}
    assert len(inserts) == (2 if store.together else 4)
    assert store.names() == ["a", "b"]
