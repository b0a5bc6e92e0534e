"""Arrays of PostgreSQL: each element as its scalar has it elsewhere, or one error at the field."""

import asyncio
import enum
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.servers import connected, database
from tests.setups import closing


class Base(DeclarativeBase):
    pass


class Colour(enum.Enum):
    red = "r"
    blue = "b"


ITEMS: dict[str, Any] = {
    "int": sa.Integer(),
    "big": sa.BigInteger(),
    "exact": sa.Numeric(10, 2),
    "wide": sa.Numeric(),
    "loose": sa.Numeric(10, 2, asdecimal=False),
    "double": sa.Double(),
    "real": postgresql.REAL(),
    "flag": sa.Boolean(),
    "text": sa.Text(),
    "word": sa.String(10),
    "fixed": sa.CHAR(3),
    "free": postgresql.CITEXT(),
    "day": sa.Date(),
    "moment": sa.DateTime(),
    "zoned": sa.DateTime(timezone=True),
    "clock": sa.Time(),
    "key": sa.Uuid(),
    "json": sa.JSON(),
    "jsonb": postgresql.JSONB(),
    "octets": sa.LargeBinary(),
    "colour": sa.Enum(Colour, name="colour"),
    "address": postgresql.INET(),
}


class Box(Base):
    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)


for name, item in ITEMS.items():
    setattr(Box, name, mapped_column(postgresql.ARRAY(item)))

UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
ERROR = object()
CASES: list[tuple[str, str, Any]] = [
    ("int", "{1,NULL,-3}", [1, None, -3]),
    ("int", "{{1,2},{3,NULL}}", [[1, 2], [3, None]]),
    ("int", "[0:1]={7,8}", [7, 8]),
    ("big", "{9007199254740993,NULL}", ["9007199254740993", None]),
    ("exact", "{1.5,NULL,2}", ["1.50", None, "2.00"]),
    ("exact", "{{1,2}}", [["1.00", "2.00"]]),
    ("exact", "{1,NaN}", ERROR),
    ("wide", "{1.50,1e-9,NULL}", ["1.50", "0.000000001", None]),
    ("wide", "{Infinity}", ERROR),
    ("loose", "{1.5,NULL}", [1.5, None]),
    ("double", "{1.5,NULL,1e300}", [1.5, None, 1e300]),
    ("double", "{1,NaN}", ERROR),
    ("double", "{-Infinity}", ERROR),
    ("real", "{0.5,NULL}", [0.5, None]),
    ("flag", "{t,f,NULL}", [True, False, None]),
    ("text", '{a,"NULL",NULL,"x,y","q\\"z"}', ["a", "NULL", None, "x,y", 'q"z']),
    ("word", "{a}", ["a"]),
    ("fixed", "{a}", ["a"]),
    ("free", '{Ab,NULL,"x,\\\\ \\"y\\"",""}', ["Ab", None, 'x,\\ "y"', ""]),
    ("free", "{{a,b},{c,d}}", [["a", "b"], ["c", "d"]]),
    ("day", "{2024-05-01,NULL}", ["2024-05-01", None]),
    ("day", "{2024-05-01,infinity}", ERROR),
    ("day", '{"0044-03-15 BC"}', ERROR),
    ("moment", '{"2024-05-01 10:00:00",NULL}', ["2024-05-01T10:00:00Z", None]),
    ("moment", "{-infinity}", ERROR),
    ("zoned", '{"2024-05-01 10:00:00+02"}', ["2024-05-01T08:00:00Z"]),
    ("zoned", "{infinity}", ERROR),
    ("clock", "{10:00,NULL}", ["10:00:00", None]),
    ("clock", "{24:00}", ERROR),
    ("key", f"{{{UUID},NULL}}", [UUID, None]),
    ("json", '{"[1,2]","{\\"a\\":1}",NULL,"1"}', [[1, 2], {"a": 1}, None, 1]),
    ("jsonb", '{"[1,[2]]","{\\"a\\":1}",NULL,"\\"s\\""}', [[1, [2]], {"a": 1}, None, "s"]),
    ("octets", '{"\\\\x00ff",NULL}', ["AP8=", None]),
    ("colour", "{red,NULL,blue}", ["red", None, "blue"]),
    ("address", "{::1,10.0.0.0/8,NULL}", ["::1", "10.0.0.0/8", None]),
    *((name, "{}", []) for name in ITEMS),
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with database("postgresql", "gw_arrays", Path(tmp_path_factory.mktemp("arrays"))) as url:
        with connected(url) as engine, engine.begin() as connection:
            connection.execute(sa.text("CREATE EXTENSION citext"))
            Base.metadata.create_all(connection)
            for number, (name, value, _) in enumerate(CASES, 1):
                kind = postgresql.ARRAY(ITEMS[name]).compile(dialect=connection.dialect)
                row = {"id": number, "value": value}
                insert = f"INSERT INTO boxes (id, {name}) VALUES (:id, CAST(CAST(:value AS TEXT) AS {kind}))"
                connection.execute(sa.text(insert), row)
        with closing(Gateway([Source.from_models("app", url, models=Base, mutations=True)])) as opened:
            yield opened


def ask(gateway: Gateway, query: str, **variables: Any) -> Any:
    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()

    return json.loads(b"".join(asyncio.run(main()).encode()))


def test_arrays_are_shown_or_one_error_each(gateway: Gateway) -> None:
    names = " ".join(ITEMS)
    answer = ask(gateway, f"{{ boxes(first: 200, orderBy: [{{ rowId: ASC }}]) {{ nodes {{ {names} }} }} }}")
    shown = [node[name] for node, (name, _, _) in zip(answer["data"]["boxes"]["nodes"], CASES, strict=True)]
    assert shown == [None if wanted is ERROR else wanted for _, _, wanted in CASES]
    broken = [name for name, _, wanted in CASES if wanted is ERROR]
    assert [error["path"][-1] for error in answer["errors"]] == list(dict.fromkeys(broken))
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"VALUE_NOT_REPRESENTABLE"}


WRITTEN = {
    "int": [1, None],
    "big": ["9007199254740993"],
    "exact": ["1.50", "2.00"],
    "double": [1.5],
    "flag": [True, False],
    "text": ["a", 'q"', ""],
    "free": ["A"],
    "day": ["2024-05-01"],
    "moment": ["2024-05-01T10:00:00Z"],
    "zoned": ["2024-05-01T08:00:00Z"],
    "clock": ["10:00:00"],
    "key": [UUID],
    "jsonb": [{"a": 1}, None],
    "octets": ["AP8="],
    "colour": ["blue"],
    "address": ["::1"],
}
CREATE = """mutation Make($input: CreateBoxInput!) {{
  createBox(input: $input) {{ box {{ {} }} errors {{ code path }} }}
}}"""


def test_arrays_are_written_as_they_are_shown(gateway: Gateway) -> None:
    query = CREATE.format(" ".join(WRITTEN))
    made = ask(gateway, query, input={"rowId": 1000, **WRITTEN})["data"]["createBox"]
    assert made == {"box": WRITTEN, "errors": []}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int", ["x"]),
        ("int", 5),
        ("int", [2**40]),
        ("int", [[1], [2, 3]]),
        ("int", [1, [2]]),
        ("exact", ["abc"]),
        ("key", ["zz"]),
        ("day", ["2024"]),
        ("octets", [5]),
        ("colour", ["green"]),
        ("text", [5]),
        ("jsonb", [[1], {"a": 1}]),
    ],
)
def test_elements_that_do_not_fit_are_refused(gateway: Gateway, name: str, value: Any) -> None:
    made = ask(gateway, CREATE.format(name), input={"rowId": 2000, name: value})["data"]["createBox"]
    assert made["errors"] == [{"code": "VALIDATION_ERROR", "path": ["createBox", "input", name]}]
