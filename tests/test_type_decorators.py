"""Columns whose type the app made: what the graph shows, filters find, orders place and cursors pass."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.decorated import Base, Level
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


def guid(number: int) -> UUID:
    return UUID(int=number * 0x1234567_89AB_4DEF_8123_456789ABCDEF % 2**128)


@dataclass(frozen=True)
class Row:
    """One row: what is stored, by column, and what is shown, by field."""

    stored: dict[str, Any]
    shown: dict[str, Any]


def row(number: int) -> Row:
    """Row `number`; some values repeat, and every seventh row has none."""
    key, second = guid(number), number * 86_399
    none = number % 7 == 3
    level = list(Level)[number % 3]
    cents = (number * 37 % 11 - 3) * 125
    moment = datetime.fromtimestamp(1_700_000_000 + second % 500_000, UTC)
    day = moment.date()
    text = f"{'aAbB'[number % 4]}{number % 5}"
    document = {"n": number, "list": [1, None]}
    stored = {
        "moment": moment.replace(tzinfo=None),
        "level": level.value,
        "rank": level.value,
        "open": "YN"[number % 2],
        "offen": "JN"[number % 2],
        "price": cents,
        "document": json.dumps(document),
        "details": json.dumps(document),
        "name": f"{' ' * (number % 3)}{text}{' ' * (number % 2)}",
        "mail": text.lower(),
        "seen": int(moment.timestamp()),
        "exact": str(Decimal(cents) / 100),
        "day": int(day.strftime("%Y%m%d")),
        "tags": "a,b" if number % 2 else "b",
        "secret": f"{number:03d}terces",
        "text_guid": str(key),
        "binary_guid": key.bytes,
    }
    shown = {
        "moment": moment.isoformat().replace("+00:00", "Z"),
        "level": level.name,
        "rank": level.name,
        "open": number % 2 == 0,
        "offen": number % 2 == 0,
        "price": Decimal(cents) / 100,
        "document": document,
        "details": document,
        "name": text,
        "mail": text.lower(),
        "seen": moment.isoformat().replace("+00:00", "Z"),
        "exact": Decimal(cents) / 100,
        "day": day.isoformat(),
        "tags": ["a", "b"] if number % 2 else ["b"],
        "secret": "secret",
        "textGuid": str(key),
        "binaryGuid": str(key),
    }
    if none:
        stored, shown = dict.fromkeys(stored), dict.fromkeys(shown)
    return Row(stored | {"number": number}, shown | {"number": str(number), "rowId": str(key)})


ROWS = [row(number) for number in range(1, 31)]
FIELDS = tuple(ROWS[0].shown)
DECIMALS = ("price", "exact")
TYPES: dict[str, Any] = {"moment": sa.DateTime()}
COMPARED = tuple(name for name in FIELDS if name not in ("document", "details", "tags", "secret"))
SORTED = tuple(name for name in COMPARED if name not in ("offen", "exact", "name"))
"""Stripped names are sorted with the spaces that are stored."""


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("decorated")
    with database(request.param, "gw_decorated", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            fill(connection)
        with closing(Gateway([Source.from_models("app", url, models=Base, mutations=True)])) as opened:
            yield opened


def fill(connection: sa.Connection) -> None:
    """The rows as they are stored, without any of the types at work."""
    plain = sa.table(
        "things", sa.column("id"), *(sa.column(name, TYPES.get(name)) for name in ROWS[0].stored)
    )
    for number, each in enumerate(ROWS, 1):
        key = guid(number)
        own: Any = key if connection.dialect.name == "postgresql" else key.hex
        connection.execute(sa.insert(plain).values(id=own, **each.stored))


def ask(gateway: Gateway, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The data, and the codes of errors by path."""

    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await gateway.schema.answer(Asked(query, variables or {}), context)
        finally:
            await context.close()

    return json.loads(b"".join(asyncio.run(main()).encode()))


def data(gateway: Gateway, query: str, variables: dict[str, Any] | None = None) -> Any:
    answer = ask(gateway, query, variables)
    assert not answer.get("errors"), answer["errors"]
    return answer["data"]


def code(gateway: Gateway, query: str, variables: dict[str, Any] | None = None) -> str:
    (error,) = ask(gateway, query, variables)["errors"]
    assert error["extensions"]["hint"]
    return str(error["extensions"]["code"])


def as_shown(name: str, value: Any) -> Any:
    return Decimal(value) if name in DECIMALS and value is not None else value


def numbers(found: Any) -> list[int]:
    return [int(each["number"]) for each in found["nodes"]]


def literal(name: str, value: Any) -> str:
    """A value as it is written into a document."""
    if name in ("level", "rank"):
        return str(value)
    return json.dumps(str(value) if isinstance(value, Decimal) else value)


def comparable(name: str, value: Any) -> Any:
    return UUID(value) if name in ("rowId", "textGuid", "binaryGuid") else value


def test_scalars_follow_the_types_of_python(gateway: Gateway) -> None:
    kinds = {name: field.scalar.name for name, field in gateway.catalog.entities["Thing"].fields.items()}
    assert kinds == {
        "rowId": "UUID",
        "number": "BigInt" if gateway.databases["app"].features.name != "sqlite" else "Int",
        "moment": "DateTime",
        "level": "Level",
        "rank": "Level",
        "open": "Boolean",
        "offen": "Boolean",
        "price": "Decimal",
        "document": "JSON",
        "details": "JSON",
        "name": "String",
        "mail": "String",
        "seen": "DateTime",
        "exact": "Decimal",
        "day": "Date",
        "tags": "JSON",
        "secret": "String",
        "textGuid": "UUID",
        "binaryGuid": "UUID",
    }


def test_values_are_shown(gateway: Gateway) -> None:
    found = data(
        gateway,
        f"{{ things(first: 100, orderBy: [{{ number: ASC }}]) {{ nodes {{ {' '.join(FIELDS)} }} }} }}",
    )
    for each, wanted in zip(found["things"]["nodes"], ROWS, strict=True):
        assert {name: as_shown(name, value) for name, value in each.items()} | {
            "number": str(each["number"])
        } == wanted.shown


LIST = """{{ things(first: 100, where: {{ {} }}, orderBy: [{{ number: ASC }}]) {{ nodes {{ number }} }} }}"""


@pytest.mark.parametrize("name", COMPARED)
def test_filters_find_what_is_shown(gateway: Gateway, name: str) -> None:
    if name in ("number", "name"):
        return
    values = [each.shown[name] for each in ROWS]
    for value in dict.fromkeys(each for each in values if each is not None):
        wanted = [at for at, each in enumerate(values, 1) if each == value]
        others = [at for at, each in enumerate(values, 1) if each not in (value, None)]
        text = literal(name, value)
        for condition, expected in (
            (f"eq: {text}", wanted),
            (f"in: [{text}]", wanted),
            (f"neq: {text}", others),
        ):
            query = LIST.format(f"{name}: {{ {condition} }}")
            assert numbers(data(gateway, query)["things"]) == expected, condition


@pytest.mark.parametrize("name", ["moment", "price", "mail", "seen", "day"])
def test_comparisons(gateway: Gateway, name: str) -> None:
    values = [each.shown[name] for each in ROWS]
    for value in dict.fromkeys(each for each in values if each is not None):
        less = [at for at, each in enumerate(values, 1) if each is not None and each < value]
        query = LIST.format(f"{name}: {{ lt: {literal(name, value)} }}")
        assert numbers(data(gateway, query)["things"]) == less


@pytest.mark.parametrize("name", [*SORTED, "name"])
@pytest.mark.parametrize("direction", ["ASC", "DESC_NULLS_FIRST"])
def test_pages_have_every_row_once_and_in_order(gateway: Gateway, name: str, direction: str) -> None:
    query = f"""query Page($after: String) {{
      things(first: 4, after: $after, orderBy: [{{ {name}: {direction} }}]) {{
        edges {{ cursor node {{ number value: {name} }} }} pageInfo {{ hasNextPage endCursor }}
      }}
    }}"""
    found: list[Any] = []
    after = None
    while True:
        page = data(gateway, query, {"after": after})["things"]
        found += [each["node"] for each in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(int(each["number"]) for each in found) == list(range(1, 31))
    values = [as_shown(name, each["value"]) for each in found]
    there = [comparable(name, each) for each in values if each is not None]
    if name not in ("name", "number"):
        assert there == sorted(there, reverse=direction != "ASC")
    nulls = values[: values.count(None)] if direction != "ASC" else values[len(values) - values.count(None) :]
    assert set(nulls) <= {None}


def test_numbers_about_them(gateway: Gateway) -> None:
    query = """{ things { aggregate {
      sum { price } avg { price } min { price day seen moment } max { price day seen moment }
      countDistinct { level price offen textGuid }
    } } }"""
    found = data(gateway, query)["things"]["aggregate"]
    there = {name: [each.shown[name] for each in ROWS if each.shown[name] is not None] for name in FIELDS}
    assert Decimal(found["sum"]["price"]) == sum(there["price"])
    assert abs(Decimal(found["avg"]["price"]) - sum(there["price"]) / len(there["price"])) < Decimal(
        "0.00001"
    )
    for name in ("price", "day", "seen", "moment"):
        assert as_shown(name, found["min"][name]) == min(there[name])
        assert as_shown(name, found["max"][name]) == max(there[name])
    for name, count in found["countDistinct"].items():
        assert count == len(set(there[name]))


@pytest.mark.parametrize("name", ["level", "open", "offen", "price", "day", "mail"])
def test_groups(gateway: Gateway, name: str) -> None:
    query = f"""{{ things {{ groups(by: [{{ field: {name} }}]) {{
      key {{ field {{ {name} }} }} aggregate {{ count }}
    }} }} }}"""
    found = data(gateway, query)["things"]["groups"]
    counts = {as_shown(name, each["key"]["field"][name]): each["aggregate"]["count"] for each in found}
    values = [each.shown[name] for each in ROWS]
    assert counts == {value: values.count(value) for value in values}


def test_groups_by_the_sum_of_them(gateway: Gateway) -> None:
    query = """{ things { groups(
      by: [{ field: level }], having: { sum: { price: { gt: "5.005" } } }, orderBy: [{ sum: { price: DESC } }]
    ) { key { field { level } } aggregate { sum { price } } } } }"""
    sums: dict[Any, Decimal] = {}
    for each in ROWS:
        if each.shown["price"] is not None:
            level = each.shown["level"]
            sums[level] = sums.get(level, Decimal(0)) + each.shown["price"]
    found = data(gateway, query)["things"]["groups"]
    wanted = sorted(
        ((total, level) for level, total in sums.items() if total > Decimal("5.005")), reverse=True
    )
    assert [Decimal(each["aggregate"]["sum"]["price"]) for each in found] == [total for total, _ in wanted]


def test_one_row_by_its_keys(gateway: Gateway) -> None:
    query = "query One($key: UUID!) { thingBy(key: { rowId: $key }) { id number } }"
    found = data(gateway, query, {"key": str(guid(5))})["thingBy"]
    assert int(found["number"]) == 5
    again = data(
        gateway, "query Node($id: ID!) { node(id: $id) { ... on Thing { number } } }", {"id": found["id"]}
    )
    assert int(again["node"]["number"]) == 5
    query = "query One($key: UUID!) { thingBy(key: { textGuid: $key }) { number } }"
    assert int(data(gateway, query, {"key": str(guid(5)).upper()})["thingBy"]["number"]) == 5


@pytest.mark.parametrize(
    "query",
    [
        '{ things(where: { secret: { eq: "secret" } }) { totalCount } }',
        "{ things(orderBy: [{ secret: ASC }]) { totalCount } }",
        '{ things(where: { secret: { contains: "s" } }) { totalCount } }',
        "{ things(orderBy: [{ exact: ASC }]) { totalCount } }",
        '{ things(where: { exact: { gt: "1" } }) { totalCount } }',
        "{ things { aggregate { sum { exact } } } }",
        "{ things { aggregate { max { exact } } } }",
        "{ things { groups(by: [{ field: secret }]) { aggregate { count } } } }",
        "{ things { groups(by: [{ date: { field: seen, unit: MONTH } }]) { aggregate { count } } } }",
        "{ things(orderBy: [{ offen: ASC }]) { totalCount } }",
        '{ things(where: { price: { eq: "1e30" } }) { totalCount } }',
    ],
)
def test_what_a_type_cannot_do_is_refused(gateway: Gateway, query: str) -> None:
    assert code(gateway, query) == "BAD_USER_INPUT"


def test_what_a_type_cannot_do_is_told_at_the_start(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    url = gateway.databases["app"].source.url
    with closing(Gateway([Source.from_models("app", url, models=Base)])):
        told = caplog.text
    assert "Thing.secret" in told
    assert "Thing.exact" in told
    assert "Thing.price" not in told


def test_rows_are_written(gateway: Gateway) -> None:
    written = {
        "number": 100,
        "moment": "2024-05-01T12:30:00+02:00",
        "level": "HIGH",
        "rank": "LOW",
        "open": True,
        "offen": False,
        "price": "12.50",
        "document": {"a": [1]},
        "details": ["b"],
        "name": "  x ",
        "mail": "ME@X.Org",
        "seen": "2024-05-01T10:30:00Z",
        "exact": "1.10",
        "day": "2024-05-01",
        "tags": ["y", "x"],
        "secret": "hush",
        "textGuid": str(guid(99)),
        "binaryGuid": str(guid(98)),
    }
    query = f"""mutation Make($input: CreateThingInput!) {{
      createThing(input: $input) {{ thing {{ {" ".join(written)} rowId }} errors {{ code message path }} }}
    }}"""
    made = data(
        gateway, query, {"input": {**written, "number": fitted(gateway, 100), "rowId": str(guid(97))}}
    )["createThing"]
    assert not made["errors"]
    shown = {**written, "moment": "2024-05-01T10:30:00Z", "name": "x", "mail": "me@x.org", "tags": ["x", "y"]}
    shown |= {"rowId": str(guid(97)), "price": "12.5", "number": fitted(gateway, 100)}
    assert made["thing"] == shown
    query = """mutation Change($key: UUID!) {
      updateThing(key: { rowId: $key }, set: { level: MID, price: "0.10" }) { thing { level price } }
    }"""
    changed = data(gateway, query, {"key": str(guid(97))})["updateThing"]
    assert changed["thing"] == {"level": "MID", "price": "0.1"}
    query = "mutation Gone($key: UUID!) { deleteThing(key: { rowId: $key }) { thing { number } } }"
    assert data(gateway, query, {"key": str(guid(97))})["deleteThing"]["thing"]


def fitted(gateway: Gateway, number: int) -> Any:
    return number if gateway.databases["app"].features.name == "sqlite" else str(number)


def test_a_value_the_type_refuses_is_not_written(gateway: Gateway) -> None:
    query = """mutation Make($input: CreateThingInput!) {
      createThing(input: $input) { errors { code path } }
    }"""
    for name, value in (("tags", {"a": 1}), ("price", "1e30"), ("name", "x" * 50)):
        given = {"number": fitted(gateway, 200), "rowId": str(guid(96)), name: value}
        (error,) = data(gateway, query, {"input": given})["createThing"]["errors"]
        assert (error["code"], error["path"][-1]) == ("VALIDATION_ERROR", name)
