"""Tables that other programs filled, and what has to be true of every field over them.

A `Stored` is one column as a model declares it, how a database really has it, and what is in it. `Shelf` is a
graph over one of them beside an innocent table; its checks ask documents and compare with plain Python.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from gateway import Context, Gateway, Link, Source
from gateway.schema.answer import Asked
from tests.servers import connected, database
from tests.setups import closing

UNSHOWN = object()
"""Stands for a value that the graph has no form for: null and one coded error."""


@dataclass(frozen=True)
class Stored:
    """`rows` are SQL literals and what the graph shows of each: JSON, None for NULL, or `UNSHOWN`.

    `ddl` is the column's real type, `kind` the one of the model. `order` says that it can be sorted.
    """

    name: str
    dialect: str
    ddl: str
    kind: Any
    rows: Sequence[tuple[str, Any]]
    before: Sequence[str] = ()
    order: bool = True
    filters: bool = True
    operators: Sequence[str] = ("eq", "neq", "in", "nin", "gt", "gte", "lt", "lte")

    def __str__(self) -> str:
        return f"{self.dialect}-{self.name}"


@dataclass
class Shelf:
    """A graph with the roots `things`, over the column `f`, and `others`."""

    gateway: Gateway
    stored: Stored
    shown: dict[int, Any] = field(default_factory=dict)

    def ask(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer as a client reads it."""
        return dict(json.loads(self.text(document, variables)))

    def text(self, document: str, variables: dict[str, Any] | None = None) -> str:
        """The answer as it is sent."""

        async def main() -> str:
            context = Context(self.gateway.databases)
            try:
                answer = await self.gateway.schema.answer(Asked(document, variables), context)
                return b"".join(answer.encode()).decode()
            finally:
                await context.close()

        return asyncio.run(main())

    def data(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.ask(document, variables)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])

    # What has to be true

    def check(self) -> None:
        self.check_shown()
        if self.stored.order:
            for direction in ("ASC", "DESC"):
                self.check_pages(f"[{{f: {direction}}}]")
                self.check_notes(direction)
        if self.stored.filters:
            self.check_filters()
            self.check_groups()

    def check_shown(self) -> None:
        """Each value, or one coded error for all that cannot be shown; nothing else is lost."""
        answer = self.ask(
            "{ things(orderBy: [{rowId: ASC}]) { totalCount nodes { rowId f } } others { nodes { rowId } } }"
        )
        assert answer["data"]["others"]["nodes"] == [{"rowId": 1}]
        rows = answer["data"]["things"]["nodes"]
        expected = [None if shown is UNSHOWN else shown for _, shown in self.stored.rows]
        assert [row["f"] for row in rows] == expected
        assert answer["data"]["things"]["totalCount"] == len(rows)
        broken = sum(shown is UNSHOWN for _, shown in self.stored.rows)
        errors = answer.get("errors", [])
        assert len(errors) == min(broken, 1), errors
        for error in errors:
            assert error["extensions"]["code"] == "VALUE_NOT_REPRESENTABLE"
            assert error["extensions"].get("affected", 1) == broken
        self.shown = {row["rowId"]: shown for row, (_, shown) in zip(rows, self.stored.rows, strict=True)}

    def check_pages(self, order: str) -> None:
        """Every row once, in both directions, with any page size, and the same order each time."""
        whole = self.walk(order, "first", "after", "endCursor", "hasNextPage", 100)
        assert sorted(whole) == sorted(self.shown)
        for size in (1, 2, 3):
            assert self.walk(order, "first", "after", "endCursor", "hasNextPage", size) == whole
            back = self.walk(order, "last", "before", "startCursor", "hasPreviousPage", size)
            assert sorted(back) == sorted(whole)
        page = f"things(orderBy: {order}) {{ edges {{ cursor node {{ rowId }} }} }}"
        edges = f"{{ {page} others {{ nodes {{ rowId }} }} }}"
        answer = self.data(edges)
        assert answer["others"]["nodes"] == [{"rowId": 1}]
        assert [edge["node"]["rowId"] for edge in answer["things"]["edges"]] == whole

    def check_notes(self, direction: str) -> None:
        """Rows of another database, sorted and grouped by the field: as the field's own rows are."""
        order = f"[{{thing: {{f: {direction}}}}}]"
        whole = self.walk(order, "first", "after", "endCursor", "hasNextPage", 100, "notes")
        assert self.walk(order, "first", "after", "endCursor", "hasNextPage", 1, "notes") == whole
        things = self.walk(f"[{{f: {direction}}}]", "first", "after", "endCursor", "hasNextPage", 100)
        at = {row: self.shown[row] for row in things}
        assert [at[1000 - note] for note in whole] == [at[thing] for thing in things]
        answer = self.ask(
            "{ notes { groups(by: [{thing: {field: f}}]) { "
            "key { thing { field { f } } } aggregate { count } } } }"
        )
        groups = answer["data"]["notes"]["groups"]
        assert sum(group["aggregate"]["count"] for group in groups) == len(self.shown)
        self.check_counts(
            [(group["key"]["thing"]["field"]["f"], group["aggregate"]["count"]) for group in groups]
        )

    def walk(
        self, order: str, size: str, at: str, end: str, more: str, number: int, root: str = "things"
    ) -> list[int]:
        found: list[int] = []
        cursor = None
        while True:
            document = (
                f"query($c: String) {{ {root}(orderBy: {order}, {size}: {number}, {at}: $c) "
                f"{{ nodes {{ rowId }} pageInfo {{ {end} {more} }} }} }}"
            )
            page = self.data(document, {"c": cursor})[root]
            found += [node["rowId"] for node in page["nodes"]]
            assert len(found) <= 2 * len(self.shown), "the pages repeat"
            if not page["pageInfo"][more]:
                return found
            cursor = page["pageInfo"][end]

    def check_filters(self) -> None:
        """What is shown is found: by equality exactly, by order consistently with the order of pages."""
        distinct = {repr(shown): shown for shown in self.shown.values() if shown not in (None, UNSHOWN)}
        for shown in distinct.values():
            same = {row for row, value in self.shown.items() if value == shown and type(value) is type(shown)}
            known = {row for row, value in self.shown.items() if value not in (None, UNSHOWN)}
            for operator in self.stored.operators:
                operand = [shown] if operator in ("in", "nin") else shown
                found = self.where({operator: operand})
                if operator in ("eq", "in"):
                    assert found == same, (operator, shown)
                elif operator in ("neq", "nin"):
                    assert found & known == known - same, (operator, shown)
                else:
                    self.check_range(operator, shown, found & known, same, known)

    def check_range(
        self, operator: str, shown: Any, found: set[int], same: set[int], known: set[int]
    ) -> None:
        assert (found >= same) is operator.endswith("e"), (operator, shown)
        assert found.isdisjoint(same) is not operator.endswith("e"), (operator, shown)
        key = float if isinstance(shown, int | float) or self.stored.name.startswith("decimal") else _instant
        beyond = {
            row for row in known - same if (key(self.shown[row]) > key(shown)) is operator.startswith("g")
        }
        assert found - same == beyond, (operator, shown)

    def where(self, condition: dict[str, Any]) -> set[int]:
        document = "query($w: ThingWhere) { things(where: $w) { nodes { rowId } totalCount } }"
        page = self.data(document, {"w": {"f": condition}})["things"]
        found = {node["rowId"] for node in page["nodes"]}
        assert page["totalCount"] == len(page["nodes"]) == len(found)
        return found

    def check_groups(self) -> None:
        """A group per value that is shown, and its rows; what cannot be shown is null there."""
        answer = self.ask(
            "{ things { totalCount groups(by: [{field: f}]) { key { field { f } } aggregate { count } } } }"
        )
        groups = answer["data"]["things"]["groups"]
        assert answer["data"]["things"]["totalCount"] == len(self.shown)
        assert sum(group["aggregate"]["count"] for group in groups) == len(self.shown)
        self.check_counts([(group["key"]["field"]["f"], group["aggregate"]["count"]) for group in groups])

    def check_counts(self, groups: list[tuple[Any, int]]) -> None:
        for shown in {repr(one): one for one in self.shown.values() if one not in (None, UNSHOWN)}.values():
            counts = [count for key, count in groups if key == shown]
            assert counts == [sum(value == shown for value in self.shown.values())], shown


def _instant(shown: str) -> str:
    """A date, time or moment as a text that sorts like it."""
    return shown.removesuffix("Z") if "." in shown else f"{shown.removesuffix('Z')}.000000"


@contextmanager
def shelf(stored: Stored, folder: Path) -> Iterator[Shelf]:
    """The graph over one column."""

    class Base(DeclarativeBase): ...

    class Thing(Base):
        __table__ = sa.Table(
            "things",
            Base.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("f", stored.kind, nullable=True),
        )

    class Other(Base):
        __table__ = sa.Table("others", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))

    class DeskBase(DeclarativeBase): ...

    class Note(DeskBase):
        __table__ = sa.Table(
            "notes",
            DeskBase.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("thing_id", sa.Integer, nullable=False),
        )

    link = Link("desk.notes.thing_id", "shelf.things.id", name="thing", back="notes")
    with (
        database(stored.dialect, "gw_stored", folder) as url,
        database("sqlite", "gw_stored_desk", folder) as desk,
    ):
        fill(url, stored)
        with connected(desk) as engine, engine.begin() as connection:
            DeskBase.metadata.create_all(connection)
            notes = [{"id": 1000 - number, "thing_id": number} for number in range(1, len(stored.rows) + 1)]
            connection.execute(sa.insert(Note), notes)
        sources = [
            Source.from_models("shelf", url, models=[Thing, Other]),
            Source.from_models("desk", desk, models=[Note]),
        ]
        with closing(Gateway(sources, [link])) as gateway:
            yield Shelf(gateway, stored)


def fill(url: sa.URL, stored: Stored) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "mysql":
            connection.exec_driver_sql("SET sql_mode = 'ALLOW_INVALID_DATES'")
        for statement in stored.before:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"CREATE TABLE things (id INTEGER PRIMARY KEY, f {stored.ddl})")
        connection.exec_driver_sql("CREATE INDEX things_f ON things (f)") if stored.order else None
        connection.exec_driver_sql("CREATE TABLE others (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO others VALUES (1)")
        for number, (literal, _) in enumerate(stored.rows, 1):
            connection.exec_driver_sql(f"INSERT INTO things VALUES ({number}, {literal})".replace("%", "%%"))
