"""Types with variants: what counts is the type that the source's own database has."""

import asyncio
import enum
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.decorated import Cents, YesNo
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

MYSQL = ("mysql", "mariadb")
OTHERS = ("sqlite", *MYSQL)


class Base(DeclarativeBase):
    pass


class Tone(enum.Enum):
    low = 1
    high = 2


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    document: Mapped[Any | None] = mapped_column(
        sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    )
    amount: Mapped[Any | None] = mapped_column(sa.Numeric(12, 2).with_variant(sa.String(20), "sqlite"))
    cents: Mapped[Any | None] = mapped_column(sa.Numeric(12, 2).with_variant(sa.Integer(), "sqlite"))
    exact: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2).with_variant(Cents(), "sqlite"))
    text: Mapped[str | None] = mapped_column(sa.String(5).with_variant(mysql.LONGTEXT(), *MYSQL))
    moment: Mapped[datetime | None] = mapped_column(sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *MYSQL))
    tags: Mapped[Any | None] = mapped_column(postgresql.ARRAY(sa.Integer).with_variant(sa.JSON(), *OTHERS))
    key: Mapped[Any | None] = mapped_column(sa.Uuid().with_variant(sa.CHAR(36), *OTHERS))
    tone: Mapped[Tone | None] = mapped_column(
        sa.Enum(Tone, name="tone").with_variant(sa.Enum(Tone, native_enum=False), *MYSQL)
    )
    flag: Mapped[bool | None] = mapped_column(YesNo().with_variant(sa.Boolean(), "postgresql"))
    double: Mapped[Any | None] = mapped_column(sa.Double(asdecimal=True))
    small: Mapped[int | None] = mapped_column(sa.Integer().with_variant(mysql.BIGINT(unsigned=True), *MYSQL))


CREATE = """mutation Make($input: CreateItemInput!) {
  createItem(input: $input) { item { rowId } errors { code } }
}"""
FLOATS = [1e-12, 0.1, 3.0, 12345.678901234567]
UUIDS = [f"{each}81d4fae-7dec-41d0-a765-00a0c91e6bf6" for each in "f0a"]


@pytest.fixture(scope="module", params=[*DIALECTS, "mariadb://"])
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("variants")
    named = request.param.removesuffix("://")
    with database(named, "gw_variants", folder) as url:
        if named != request.param:
            url = url.set(drivername="mariadb+mysqlconnector")
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
        with closing(Gateway([Source.from_models("app", url, models=Base, mutations=True)])) as opened:
            fill(opened)
            yield opened


def ask(gateway: Gateway, query: str, **variables: Any) -> Any:
    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()

    answer = json.loads(b"".join(asyncio.run(main()).encode()))
    assert not answer.get("errors"), answer["errors"]
    return answer["data"]


def kinds(gateway: Gateway) -> dict[str, str]:
    return {name: field.scalar.name for name, field in gateway.catalog.entities["Item"].fields.items()}


def rows(gateway: Gateway) -> list[dict[str, Any]]:
    """What is written, and shown again."""
    scalars = kinds(gateway)
    made = []
    for at in range(6):
        amount = f"{at * 5 - 7}.50"
        made.append(
            {
                "document": {"at": at},
                "amount": amount,
                "cents": at * 100 if scalars["cents"] == "Int" else f"{at}.00",
                "exact": amount,
                "text": f"t{at}" * (1 if at else 2),
                "moment": f"2024-05-0{at + 1}T10:00:00{'.500000' if at % 2 else ''}Z",
                "tags": [at, 7],
                "key": UUIDS[at % 3],
                "tone": ("low", "high")[at % 2],
                "flag": at % 2 == 0,
                "double": FLOATS[at % len(FLOATS)],
                "small": at - 3 if scalars["small"] == "Int" else str(2**63 + at),
            }
        )
    return made


def fill(gateway: Gateway) -> None:
    for each in rows(gateway):
        assert ask(gateway, CREATE, input=each)["createItem"]["errors"] == []


def test_scalars_are_those_of_the_database(gateway: Gateway) -> None:
    found, name = kinds(gateway), gateway.databases["app"].features.name
    assert found["rowId"] == ("Int" if name == "sqlite" else "BigInt")
    assert found["amount"] == ("String" if name == "sqlite" else "Decimal")
    assert found["cents"] == ("Int" if name == "sqlite" else "Decimal")
    assert found["exact"] == "Decimal"
    assert found["key"] == ("UUID" if name == "postgresql" else "String")
    assert found["small"] == ("BigInt" if name == "mysql" else "Int")
    assert (found["tags"], found["document"], found["tone"]) == ("JSON", "JSON", "Tone")
    assert (found["flag"], found["moment"], found["double"]) == ("Boolean", "DateTime", "Float")


def test_what_is_written_is_shown(gateway: Gateway) -> None:
    names = " ".join(rows(gateway)[0])
    found = ask(gateway, f"{{ items(orderBy: [{{ rowId: ASC }}]) {{ nodes {{ {names} }} }} }}")
    shown = [shape(each) for each in found["items"]["nodes"]]
    assert shown == [shape(each) for each in rows(gateway)]


def shape(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "exact": Decimal(row["exact"])}


@pytest.mark.parametrize(
    "name", ["amount", "cents", "exact", "text", "moment", "key", "tone", "flag", "double", "small"]
)
def test_it_is_found_and_paged(gateway: Gateway, name: str) -> None:
    made = rows(gateway)
    for value in {each[name] for each in made}:
        text = value if name == "tone" else json.dumps(value)
        query = f"""{{ items(where: {{ {name}: {{ eq: {text} }} }}, orderBy: [{{ rowId: ASC }}]) {{
          nodes {{ document }}
        }} }}"""
        found = [each["document"]["at"] for each in ask(gateway, query)["items"]["nodes"]]
        assert found == [at for at, each in enumerate(made) if each[name] == value]
    query = f"""query Page($after: String) {{
      items(first: 2, after: $after, orderBy: [{{ {name}: ASC }}]) {{
        nodes {{ document }} pageInfo {{ endCursor hasNextPage }}
      }}
    }}"""
    seen: list[int] = []
    page: Any = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"]:
        page = ask(gateway, query, after=page["pageInfo"]["endCursor"])["items"]
        seen += [each["document"]["at"] for each in page["nodes"]]
    assert sorted(seen) == list(range(6))


def test_sums_are_exact(gateway: Gateway) -> None:
    found = ask(gateway, "{ items { aggregate { sum { exact } } } }")["items"]["aggregate"]["sum"]["exact"]
    assert Decimal(found) == sum(Decimal(each["exact"]) for each in rows(gateway))


def test_lengths_are_those_of_the_database(gateway: Gateway) -> None:
    made = ask(gateway, CREATE, input={"text": "x" * 20})["createItem"]
    if gateway.databases["app"].features.name == "mysql":
        assert made["errors"] == []
        gone = "mutation Gone($key: BigInt!) { deleteItem(key: { rowId: $key }) { errors { code } } }"
        ask(gateway, gone, key=made["item"]["rowId"])
    else:
        assert [each["code"] for each in made["errors"]] == ["VALIDATION_ERROR"]
