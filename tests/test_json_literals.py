"""Literals of JSON with variables inside: the same answers as when the whole is one variable."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from httpx import ASGITransport, AsyncClient
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from strawberry.scalars import JSON

from gateway import Gateway, Source, computed, extend
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Base(DeclarativeBase): ...


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    doc: Mapped[Any | None] = mapped_column(sa.JSON(none_as_null=True))
    colour: Mapped[Colour | None]
    big: Mapped[int | None] = mapped_column(sa.BigInteger)
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    at: Mapped[datetime | None]
    day: Mapped[date | None]
    ratio: Mapped[float | None]


@strawberry.enum
class Mood(Enum):
    GOOD = 1
    BAD = strawberry.enum_value(2, name="POOR")


@extend(Note)
class Fields:
    id: int

    @computed(needs=("id",))
    def told(self, doc: JSON) -> JSON:
        return doc


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, doc: JSON, mood: Mood | None = None) -> JSON:
        return doc


@strawberry.type
class Mutation:
    @strawberry.mutation
    def keep(self, doc: JSON) -> JSON:
        return doc


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("json")
    with database(request.param, "gw_json", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Note).values(big=1))
        source = Source.from_models("notes", url, models=Base, mutations=True)
        with closing(Gateway([source], extensions=[Fields], query=Query, mutation=Mutation)) as opened:
            yield opened


PLACES = (
    ("query", "{ found: echo(doc: %s) }"),
    ("mutation", "{ found: keep(doc: %s) }"),
    ("query", "{ made: notes(where: { rowId: { eq: 1 } }) { notes: nodes { found: told(doc: [%s]) } } }"),
    ("mutation", "{ made: createNote(input: { doc: %s }) { note { found: doc } errors { message } } }"),
    ("mutation", "{ made: updateNote(key: { rowId: 1 }, set: { doc: %s }) { note { found: doc } } }"),
    (
        "mutation",
        "{ made: createNotes(input: [{ doc: [%s] }, { doc: 1 }]) { notes { found: doc } } }",
    ),
)


def post(gateway: Gateway, query: str, variables: str) -> Any:
    """As a client sends it, so that numbers are what JSON says."""

    async def main() -> Any:
        transport = ASGITransport(app=gateway.app())
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
            answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
            return json.loads(answer.content)

    return asyncio.run(main())


def found(place: int, payload: Any) -> Any:
    """The JSON, or the code of the error."""
    if "errors" in payload:
        return payload["errors"][0]["extensions"]["code"]
    data = payload["data"]
    if "made" not in data:
        return data["found"]
    made = data["made"]
    rows = made.get("notes") or [made["note"]]
    return rows[0]["found"][0] if place in (2, 5) else rows[0]["found"]


def echoed(gateway: Gateway, place: int, declared: str, literal: str, variables: str = "{}") -> Any:
    kind, body = PLACES[place]
    return found(place, post(gateway, f"{kind} Q{declared} {body % literal}", variables))


EVERYWHERE = pytest.mark.parametrize("place", range(len(PLACES)))
LITERALS: list[tuple[str, str, str, Any]] = [
    ("($n: Int)", "{ x: $n, y: [1, $n] }", '{"n": 7}', {"x": 7, "y": [1, 7]}),
    ("($n: Int)", "[[$n], { a: { b: [$n, [$n]] } }]", '{"n": 7}', [[7], {"a": {"b": [7, [7]]}}]),
    ("($n: Int)", "{ x: $n, y: [1, $n], z: { n: $n } }", "{}", {"y": [1, None], "z": {}}),
    ("($n: Int)", "{ x: $n, y: [1, $n] }", '{"n": null}', {"x": None, "y": [1, None]}),
    ("($n: Int = 5)", "{ x: $n, y: [$n] }", "{}", {"x": 5, "y": [5]}),
    ("($n: Int = 5)", "{ x: $n, y: [$n] }", '{"n": null}', {"x": None, "y": [None]}),
    ("($l: [Int])", "{ x: $l, y: [$l] }", '{"l": [1, null]}', {"x": [1, None], "y": [[1, None]]}),
    ("($l: [Int])", "{ x: $l }", '{"l": 3}', {"x": [3]}),
    ("($c: Colour)", "{ x: $c, y: [$c] }", '{"c": "RED"}', {"x": "RED", "y": ["RED"]}),
    ("($c: Colour = BLUE)", "{ x: [$c] }", "{}", {"x": ["BLUE"]}),
    ("($m: Mood)", "{ x: [$m] }", '{"m": "POOR"}', {"x": ["POOR"]}),
    ("($k: NoteUniqueKey)", "{ x: [$k] }", '{"k": {"rowId": 1}}', {"x": [{"rowId": 1}]}),
    ("($j: JSON)", "{ x: [$j] }", '{"j": {"a b": [1.5, {"": null}]}}', {"x": [{"a b": [1.5, {"": None}]}]}),
    ("($j: JSON = { a: [1] })", "{ x: [$j] }", "{}", {"x": [{"a": [1]}]}),
    ("($i: ID)", "{ x: [$i] }", '{"i": "5"}', {"x": ["5"]}),
    ("($b: BigInt)", "{ x: [$b] }", '{"b": "9007199254740993"}', {"x": [9007199254740993]}),
    ("($d: Decimal)", "{ x: [$d] }", '{"d": "1.50"}', {"x": ["1.50"]}),
    ("($d: Date)", "{ x: [$d] }", '{"d": "2024-05-01"}', {"x": ["2024-05-01"]}),
    ("($t: DateTime)", "{ x: [$t] }", '{"t": "2024-05-01T10:00:00+02:00"}', {"x": ["2024-05-01T08:00:00Z"]}),
    ("($b: Boolean, $s: String)", "[$b, $s, $b]", '{"b": false, "s": "é\\"\\\\"}', [False, 'é"\\', False]),
    ("($f: Float)", "[$f]", '{"f": 1.5e10}', [1.5e10]),
    (
        "",
        '{ a: """\n  two\n  lines\n""", b: null, c: [null], d: {}, e: [] }',
        "{}",
        {"a": "two\nlines", "b": None, "c": [None], "d": {}, "e": []},
    ),
    (
        "",
        "[18446744073709551615, -9223372036854775808, 9007199254740993]",
        "{}",
        [2**64 - 1, -(2**63), 2**53 + 1],
    ),
]


@EVERYWHERE
@pytest.mark.parametrize(("declared", "literal", "variables", "expected"), LITERALS, ids=range(len(LITERALS)))
def test_a_literal_is_what_its_parts_are(
    gateway: Gateway, place: int, declared: str, literal: str, variables: str, expected: Any
) -> None:
    assert echoed(gateway, place, declared, literal, variables) == expected
    assert echoed(gateway, place, "($doc: JSON!)", "$doc", json.dumps({"doc": expected})) == expected


@EVERYWHERE
def test_numbers_beyond_what_json_holds_exactly_are_refused(gateway: Gateway, place: int) -> None:
    for number in ("18446744073709551616", "-9223372036854775809", "1e400", "9" * 5000):
        for literal in (number, f"[{number}]", f"{{ a: {{ b: [{number}] }} }}"):
            code = echoed(gateway, place, "", literal)
            assert code in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"), (literal, code)
    for number in ("18446744073709551616", "-9223372036854775809"):
        assert echoed(gateway, place, "($n: JSON!)", "$n", f'{{"n": [{number}]}}') == "BAD_USER_INPUT"
        assert echoed(gateway, place, "($n: JSON!)", "{ x: $n }", f'{{"n": {number}}}') == "BAD_USER_INPUT"


@EVERYWHERE
def test_a_bare_word_is_no_json(gateway: Gateway, place: int) -> None:
    for literal in ("RED", "[RED]", "{ x: [RED] }"):
        assert echoed(gateway, place, "", literal) == "BAD_USER_INPUT"
    assert echoed(gateway, place, "", "{ x: [$nobody] }") == "GRAPHQL_VALIDATION_FAILED"


def test_requests_share_a_plan_and_no_values(gateway: Gateway) -> None:
    query = """query Q($n: Int, $s: String) {
      found: echo(doc: { x: [$n, $s], y: $n })
      notes(first: 1) { nodes { rowId } }
    }"""
    sent: list[dict[str, Any]] = [{"n": 1, "s": "a"}, {"n": 2}, {"s": "b"}, {"n": 1, "s": "a"}, {}]
    sent += [{"n": number, "s": str(number)} for number in range(20)]

    async def main() -> list[Any]:
        return await asyncio.gather(*(gateway.execute(query, each) for each in sent))

    for given, answer in zip(sent, asyncio.run(main()), strict=True):
        expected: dict[str, Any] = {"x": [given.get("n"), given.get("s")]} | (
            {"y": given["n"]} if "n" in given else {}
        )
        assert answer.payload()["data"]["found"] == expected
