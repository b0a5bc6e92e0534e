"""Answers do not depend on the defaults that a server, a database or a user has for its sessions."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.servers import connected, database
from tests.setups import closing


class Base(DeclarativeBase): ...


worn = sa.Table(
    "worn",
    Base.metadata,
    sa.Column("item", sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("tag", sa.ForeignKey("tags.id"), primary_key=True),
)


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    code: Mapped[str] = mapped_column(sa.CHAR(8).with_variant(sa.String(8), "postgresql"))
    note: Mapped[str | None] = mapped_column(sa.Text)
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    weight: Mapped[float] = mapped_column(sa.Double)
    at: Mapped[datetime] = mapped_column(
        sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql")
    )
    tags: Mapped[list["Tag"]] = relationship(secondary=worn)


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))


LONG = "x" * 100
NAMES = [
    "50%",
    "50_",
    "50x",
    "a\\b",
    "a\\\\b",
    "it's",
    'say "hi"',
    "\\' OR 1=1 -- ",
    f"{LONG}b",
    f"{LONG}a",
    "",
    "Ελένη 🎈",
]
ROWS: list[dict[str, Any]] = [
    {
        "id": at,
        "name": name,
        "code": f"c{at}",
        "note": None if at % 3 == 0 else "" if at % 3 == 1 else name,
        "price": Decimal(at) / 4,
        "weight": at / 3,
        "at": datetime(2024, 2, 3, 4, 5, 6, 700_000 + at),
    }
    for at, name in enumerate(NAMES, 1)
]

MYSQL_MODES = [
    "sql_mode = 'NO_BACKSLASH_ESCAPES'",
    "sql_mode = 'ANSI_QUOTES'",
    "sql_mode = 'PIPES_AS_CONCAT'",
    "sql_mode = 'HIGH_NOT_PRECEDENCE'",
    "sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'",
    "sql_mode = 'ONLY_FULL_GROUP_BY'",
    "sql_mode = 'IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION'",
    "sql_mode = ''",
    "sql_safe_updates = 1",
    "sql_select_limit = 2",
    "max_join_size = 1, sql_big_selects = 0",
    "sql_auto_is_null = 1",
    "max_sort_length = 64",
    "lc_messages = 'de_DE'",
    "foreign_key_checks = 0",
    "completion_type = 2",
    "character_set_results = latin1, collation_connection = latin1_german1_ci",
]
MODES = [
    *(("mariadb", mode) for mode in MYSQL_MODES),
    ("mariadb", "sql_mode = 'ORACLE'"),
    ("mariadb", "sql_mode = 'EMPTY_STRING_IS_NULL'"),
    ("mariadb", "sql_mode = 'SIMULTANEOUS_ASSIGNMENT'"),
    ("mariadb", "sql_mode = 'TIME_ROUND_FRACTIONAL'"),
    *(("mysql", mode) for mode in MYSQL_MODES),
    ("mysql", "sql_mode = 'TIME_TRUNCATE_FRACTIONAL'"),
    ("mysql", "sql_mode = 'ANSI'"),
    ("postgresql", "standard_conforming_strings = off"),
    ("postgresql", "DateStyle = 'German, DMY'"),
    ("postgresql", "IntervalStyle = 'iso_8601'"),
    ("postgresql", "bytea_output = 'escape'"),
    ("postgresql", "extra_float_digits = -5"),
    ("postgresql", "transform_null_equals = on"),
    ("postgresql", "client_encoding = 'LATIN1'"),
    ("postgresql", "TimeZone = 'Asia/Tokyo'"),
    ("postgresql", "array_nulls = off"),
]


@contextmanager
def graph(dialect: str, mode: str | None, folder: Path) -> Iterator[Gateway]:
    """A gateway on a database with the rows, whose sessions begin with `mode`."""
    with database(dialect, "gw_defaults", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Item), ROWS)
            connection.execute(sa.insert(Tag), [{"id": at, "name": f"t{at}"} for at in (1, 2)])
            connection.execute(
                sa.insert(worn), [{"item": item, "tag": tag} for item in (1, 2) for tag in (1, 2)]
            )
            if dialect == "postgresql" and mode is not None:
                connection.execute(sa.text(f'ALTER DATABASE "{url.database}" SET {mode}'))
        if dialect in ("mariadb", "mysql") and mode is not None:  # told before whatever the gateway says
            url = url.update_query_dict({"init_command": f"SET SESSION {mode}"})
        with closing(Gateway([Source.from_models("depot", url, models=Base, mutations=True)])) as made:
            yield made


ITEM = "rowId name code note price weight at"
ALL = f"{{ items {{ totalCount nodes {{ {ITEM} tags {{ nodes {{ name }} }} }} }} }}"
NAMED = "query ($text: String!) { items(where: { name: { %s: $text } }) { nodes { rowId name } } }"
PATTERNS = ("contains", "iContains", "startsWith", "endsWith", "like", "eq")
TEXTS = ["%", "_", "\\", "'", '"', "50%", "\\' OR 1=1 -- ", "a\\b", "a\\\\b"]
ASKED: list[tuple[str, dict[str, str]]] = [
    (ALL, {}),
    *((NAMED % operator, {"text": text}) for operator in PATTERNS for text in TEXTS),
    ("""{ items(where: { not: { name: { in: ["50%", "it's"] } } }) { nodes { rowId } } }""", {}),
    ("{ items(where: { note: { isNull: true } }) { nodes { rowId } } }", {}),
    ("""{ items(where: { code: { eq: "c3" } }) { nodes { rowId code } } }""", {}),
    (
        """{ items(where: { name: { startsWith: "xx" } }, orderBy: [{ name: ASC }]) { nodes { rowId } } }""",
        {},
    ),
    (
        """{ items { groups(by: [{ field: note }], orderBy: [{ count: DESC }], first: 1)
        { key { field { note } } aggregate { count } } } }""",
        {},
    ),
    ("{ items { aggregate { count sum { price weight } avg { price } max { at } } } }", {}),
    (
        """{ items(where: { tags: { some: { name: { eq: "t1" } } } })
        { nodes { tags { nodes { name } } } } }""",
        {},
    ),
    (
        f"""mutation {{ createItem(input: {{ rowId: 100, name: "new's \\\\ %", code: "n", note: "",
        price: "1.25", weight: 0.1, at: "2024-05-06T07:08:09.999999Z" }})
        {{ item {{ {ITEM} }} errors {{ message }} }} }}""",
        {},
    ),
    (
        """mutation { updateItem(key: { rowId: 1 }, set: { note: "", name: "\\\\'" })
        { item { rowId note name } errors { message } } }""",
        {},
    ),
    (
        """mutation { updateItem(key: { rowId: 2 }, set: { tags: { disconnect: [{ rowId: 1 }] } })
        { item { tags { nodes { name } } } errors { message } } }""",
        {},
    ),
    (
        """mutation { createTag(input: { rowId: 0, name: "zero" }) { tag { rowId } errors { message } } }""",
        {},
    ),
    (
        """mutation { createTag(input: { rowId: 1, name: "twice" }) { tag { rowId } errors { message } } }""",
        {},
    ),
    ("mutation { deleteItem(key: { rowId: 1 }) { errors { message } } }", {}),
    ("mutation { deleteItem(key: { rowId: 5 }) { errors { message } } }", {}),
    ("""mutation { deleteItems(where: { name: { contains: "%" } }) { errors { message } } }""", {}),
    ("mutation { deleteTag(key: { rowId: 1 }) { errors { message } } }", {}),
    (ALL, {}),
]


def told(gateway: Gateway) -> list[Any]:
    """What is answered to each query, to each write, and what is there afterwards."""

    async def one(document: str, variables: dict[str, str]) -> Any:
        context = Context(gateway.databases, coordinator=gateway.coordinator)
        try:
            answer = await gateway.schema.answer(Asked(document, variables), context)
        finally:
            await context.close()
        return document, variables, answer.data, answer.errors

    async def main() -> list[Any]:
        return [await one(document, variables) for document, variables in ASKED]

    return asyncio.run(main())


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What SQLite says, which has no such defaults."""
    with graph("sqlite", None, tmp_path_factory.mktemp("ordinary")) as made:
        return told(made)


@pytest.mark.parametrize(("dialect", "mode"), MODES)
def test_a_default_changes_no_answer(dialect: str, mode: str, ordinary: list[Any], tmp_path: Path) -> None:
    with graph(dialect, mode, tmp_path) as made:
        for answer, expected in zip(told(made), ordinary, strict=True):
            assert answer == expected
