"""Text with letters that a column's character set, or a database, lacks: found nowhere, and no error."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Gateway, Link, Source
from tests.servers import ADDRESSES, connected, database
from tests.setups import ask, closing

CHARSETS = ("utf8mb3", "latin1", "ascii", "greek", "ucs2", "utf8mb4")
PLACES = [
    *(("mysql", charset) for charset in CHARSETS),
    *(("mariadb", charset) for charset in CHARSETS),
    ("postgresql", "LATIN1"),
    ("postgresql", "UTF8"),
]
FOREIGN = ("abc😀", "漢", "😀")
"""Texts that no row has, of letters that some of these lack."""


class Hall(DeclarativeBase):
    pass


class Owner(Hall):
    __tablename__ = "owners"

    code: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    rank: Mapped[int]


class Depot(DeclarativeBase):
    pass


class Item(Depot):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(sa.String(20))
    note: Mapped[str | None] = mapped_column(sa.String(20))
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)


NAMES = ["abc", "b", None, "Abd", "zz"]
OWNERS = ["abc", "b", "😀", "漢", "x"]


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    dialect, charset = request.param
    folder: Path = tmp_path_factory.mktemp("letters")
    with ExitStack() as stack:
        hall = stack.enter_context(database("sqlite", "gw_letters_hall", folder))
        depot = stack.enter_context(database(dialect, "gw_letters", folder))
        if dialect == "postgresql":
            encoded = f"ENCODING '{charset}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
            server = sa.create_engine(ADDRESSES[dialect], isolation_level="AUTOCOMMIT")
            with server.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {depot.database}"))
                connection.execute(sa.text(f"CREATE DATABASE {depot.database} {encoded}"))
            server.dispose()
        with connected(hall) as engine, engine.begin() as connection:
            Hall.metadata.create_all(connection)
            owners = [{"code": code, "rank": at} for at, code in enumerate(OWNERS)]
            connection.execute(sa.insert(Owner), owners)
        with connected(depot) as engine, engine.begin() as connection:
            Depot.metadata.create_all(connection)
            if dialect != "postgresql":
                for name in ("name", "code"):
                    connection.exec_driver_sql(
                        f"ALTER TABLE items MODIFY {name} VARCHAR(20) CHARACTER SET {charset}"
                        f"{' NOT NULL' if name == 'code' else ''}"
                    )
            rows = [
                {"id": at, "name": name, "note": name, "code": name or "null"}
                for at, name in enumerate(NAMES, 1)
            ]
            connection.execute(sa.insert(Item), rows)
        sources = [
            Source.from_models("hall", hall, models=Hall),
            Source.from_models("depot", depot, models=Depot, mutations=True),
        ]
        links = [Link("depot.items.name", "hall.owners.code", name="owner", back="items")]
        yield stack.enter_context(closing(Gateway(sources, links)))


def asked(gateway: Gateway, query: str) -> Any:
    answer, _ = ask(gateway, query)
    assert not answer.errors, answer.errors
    return answer.data


def found(gateway: Gateway, condition: str) -> list[int]:
    query = f"{{ items(where: {{ {condition} }}) {{ nodes {{ rowId }} }} }}"
    return [row["rowId"] for row in asked(gateway, query)["items"]["nodes"]]


@pytest.mark.parametrize("text", FOREIGN)
def test_filters(gateway: Gateway, text: str) -> None:
    assert found(gateway, f'name: {{ eq: "{text}" }}') == []
    assert found(gateway, f'name: {{ neq: "{text}" }}') == [1, 2, 4, 5]
    assert found(gateway, f'name: {{ in: ["b", "{text}", "zz"] }}') == [2, 5]
    assert found(gateway, f'name: {{ nin: ["b", "{text}"] }}') == [1, 4, 5]
    assert found(gateway, f'name: {{ in: ["{text}"] }}') == []
    assert found(gateway, f'name: {{ nin: ["{text}"] }}') == [1, 2, 4, 5]
    for operator in ("contains", "startsWith", "endsWith", "like", "iContains", "iLike"):
        assert found(gateway, f'name: {{ {operator}: "{text}" }}') == []
        assert found(gateway, f'not: {{ name: {{ {operator}: "{text}" }} }}') == [1, 2, 4, 5]
    assert asked(gateway, f'{{ itemBy(key: {{ code: "{text}" }}) {{ rowId }} }}') == {"itemBy": None}


@pytest.mark.parametrize("text", FOREIGN)
def test_a_text_without_a_place_is_refused_in_comparisons_by_order(gateway: Gateway, text: str) -> None:
    """Where the column has its letters, every row is on one side of it."""
    for one, other in (("gt", "lte"), ("lt", "gte")):
        conditions = [f'name: {{ {each}: "{text}" }}' for each in (one, other)]
        answers = [
            ask(gateway, f"{{ items(where: {{ {each} }}) {{ nodes {{ rowId }} }} }}")[0]
            for each in conditions
        ]
        if answers[0].errors:
            codes = {error["extensions"]["code"] for answer in answers for error in answer.errors}
            assert codes == {"BAD_USER_INPUT"}
            assert [answer.data for answer in answers] == [{"items": None}] * 2
        else:
            below, above = map(found, [gateway] * 2, conditions)
            assert sorted(below + above) == [1, 2, 4, 5]


def test_columns_of_two_character_sets_in_one_statement(gateway: Gateway) -> None:
    condition = 'or: [{ name: { eq: "😀" } }, { note: { eq: "漢" } }, { rowId: { eq: 1 } }]'
    assert found(gateway, condition) == [1]


def test_keys_from_another_database(gateway: Gateway) -> None:
    query = "{ owners { nodes { code items { nodes { rowId } totalCount } } } }"
    for row in asked(gateway, query)["owners"]["nodes"]:
        own = [at for at, name in enumerate(NAMES, 1) if name == row["code"]]
        assert row["items"] == {"nodes": [{"rowId": at} for at in own], "totalCount": len(own)}
    assert found(gateway, "owner: { rank: { gte: 1 } }") == [2]
    query = "{ items(last: 10, orderBy: [{ owner: { rank: DESC } }]) { nodes { rowId } } }"
    assert [row["rowId"] for row in asked(gateway, query)["items"]["nodes"]] == [2, 1, 3, 4, 5]


def test_writes_are_refused_by_name(gateway: Gateway, request: pytest.FixtureRequest) -> None:
    query = """mutation { createItem(input: { rowId: 9, name: "😀", code: "q" }) {
      item { name } errors { code }
    } }"""
    made = asked(gateway, query)["createItem"]
    if "utf8mb4" in request.node.name or "UTF8" in request.node.name:
        assert made == {"item": {"name": "😀"}, "errors": []}
        asked(gateway, "mutation { deleteItem(key: { rowId: 9 }) { errors { code } } }")
    else:
        assert made["item"] is None
        assert [error["code"] for error in made["errors"]] == ["VALIDATION_ERROR"]
    assert asked(gateway, "{ items { totalCount } }") == {"items": {"totalCount": 5}}
    if gateway.databases["depot"].features.name == "mysql":
        lost = asked(gateway, 'mutation { deleteItem(key: { code: "😀" }) { errors { code } } }')
        assert lost == {"deleteItem": {"errors": [{"code": "NOT_FOUND"}]}}


def test_long_lists_in_another_encoding(gateway: Gateway) -> None:
    """PostgreSQL writes them as JSON, whatever its own encoding."""
    code = "é" if gateway.databases["depot"].features.name == "postgresql" else "e"
    asked(
        gateway,
        f'mutation {{ updateItem(key: {{ rowId: 5 }}, set: {{ code: "{code}" }}) {{ errors {{ code }} }} }}',
    )
    query = "{ items(first: 500) { nodes { code } } }"
    assert [row["code"] for row in asked(gateway, query)["items"]["nodes"]][-1] == code
    asked(gateway, 'mutation { updateItem(key: { rowId: 5 }, set: { code: "zz" }) { errors { code } } }')
