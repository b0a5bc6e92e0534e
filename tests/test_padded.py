"""CHAR(n) is shown without the blanks behind it, and found, sorted and related as it is shown."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, Gateway, Link, Source
from gateway.schema.answer import Asked
from tests.cases.truth import node_id
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Land(DeclarativeBase):
    pass


class Country(Land):
    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(sa.CHAR(5), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))


class Town(Land):
    """Refers by a VARCHAR."""

    __tablename__ = "towns"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country_code: Mapped[str | None] = mapped_column(sa.String(8))


class Trade(DeclarativeBase):
    pass


class Parcel(Trade):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country: Mapped[str | None] = mapped_column(sa.String(8))
    place: Mapped[str | None] = mapped_column(sa.CHAR(8))


CODES = ["a", "ab", "abc", "b", "gr", "x"]
TOWNS = ["a", "ab", "ab ", "abc", None, "AB", "gr", "zz"]
PARCELS: list[tuple[str | None, str | None]] = [
    ("ab", "ab"),
    ("ab ", "abc"),
    ("a", None),
    (None, "x"),
    ("gr", "gr"),
    ("zz", "zz"),
]
LINKS = (
    Link("land.towns.country_code", "land.countries.code", name="country", back="towns"),
    Link("trade.parcels.country", "land.countries.code", name="origin", back="sent"),
    Link("trade.parcels.place", "land.countries.code", name="goal", back="received"),
)


@pytest.fixture(scope="module", params=[*DIALECTS, "across"])
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("padded")
    land_on, trade_on = (
        ("postgresql", "mysql") if request.param == "across" else (request.param, request.param)
    )
    with ExitStack() as stack:
        land = stack.enter_context(database(land_on, "gw_padded_land", folder))
        trade = stack.enter_context(database(trade_on, "gw_padded_trade", folder))
        with connected(land) as engine, engine.begin() as connection:
            Land.metadata.create_all(connection)
            connection.execute(sa.insert(Country), [{"code": code, "name": f"land {code}"} for code in CODES])
            connection.execute(
                sa.insert(Town), [{"id": at, "country_code": code} for at, code in enumerate(TOWNS, 1)]
            )
        with connected(trade) as engine, engine.begin() as connection:
            Trade.metadata.create_all(connection)
            rows = [{"id": at, "country": one, "place": two} for at, (one, two) in enumerate(PARCELS, 1)]
            connection.execute(sa.insert(Parcel), rows)
        sources = [
            Source.from_models("land", land, models=Land, mutations=True),
            Source.from_models("trade", trade, models=Trade, mutations=True),
        ]
        yield stack.enter_context(closing(Gateway(sources, LINKS)))


def ask(gateway: Gateway, query: str, **variables: Any) -> Any:
    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            answer = await gateway.schema.answer(Asked(query, variables), context)
        finally:
            await context.close()
        assert not answer.errors, answer.errors
        return answer.data

    return asyncio.run(main())


def codes(gateway: Gateway, condition: str) -> list[str]:
    found = ask(gateway, f"{{ countries(where: {{ code: {{ {condition} }} }}) {{ nodes {{ code }} }} }}")
    return [row["code"] for row in found["countries"]["nodes"]]


def test_filters_see_what_is_shown(gateway: Gateway) -> None:
    assert codes(gateway, 'eq: "ab"') == ["ab"]
    assert codes(gateway, 'in: ["ab", "x", "q"]') == ["ab", "x"]
    assert codes(gateway, 'nin: ["ab", "x"]') == ["a", "abc", "b", "gr"]
    assert codes(gateway, 'neq: "ab"') == ["a", "abc", "b", "gr", "x"]
    assert codes(gateway, 'endsWith: "b"') == ["ab", "b"]
    assert codes(gateway, 'contains: " "') == []
    assert codes(gateway, 'like: "a_"') == ["ab"]
    assert codes(gateway, 'iLike: "A_"') == ["ab"]
    assert codes(gateway, 'iEndsWith: "B"') == ["ab", "b"]
    assert codes(gateway, 'gt: "ab"') == ["abc", "b", "gr", "x"]
    assert codes(gateway, 'lte: "ab"') == ["a", "ab"]
    assert codes(gateway, 'eq: "abcdefgh"') == []


@pytest.mark.parametrize("gateway", ["sqlite", "postgresql", "across"], indirect=True)
def test_blanks_of_a_filter_count_where_the_database_heeds_them(gateway: Gateway) -> None:
    """MySQL's and MariaDB's own collations decide there, as for other text."""
    assert codes(gateway, 'eq: "ab "') == []
    assert codes(gateway, 'in: ["ab ", "x "]') == []
    assert codes(gateway, 'nin: ["ab "]') == CODES
    assert codes(gateway, 'neq: "ab "') == CODES
    assert codes(gateway, 'lt: "ab "') == ["a", "ab"]
    assert codes(gateway, 'gte: "ab "') == ["abc", "b", "gr", "x"]


def test_pages_and_cursors(gateway: Gateway) -> None:
    seen, after = [], ""
    for _ in CODES:
        page = "nodes { code } pageInfo { endCursor }"
        query = f"{{ countries(first: 1, orderBy: [{{ code: DESC }}]{after}) {{ {page} }} }}"
        found = ask(gateway, query)["countries"]
        seen += [row["code"] for row in found["nodes"]]
        after = f', after: "{found["pageInfo"]["endCursor"]}"'
    assert seen == CODES[::-1]


def test_relations_inside_one_database(gateway: Gateway) -> None:
    found = ask(gateway, "{ towns { nodes { rowId countryCode country { code } } } }")["towns"]["nodes"]
    assert [(row["countryCode"], row["country"] and row["country"]["code"]) for row in found] == [
        (code, code if code in CODES else None) for code in TOWNS
    ]
    query = "{ countries { nodes { code towns { totalCount nodes { rowId } aggregate { count } } } } }"
    for row in ask(gateway, query)["countries"]["nodes"]:
        own = [at for at, code in enumerate(TOWNS, 1) if code == row["code"]]
        assert row["towns"] == {
            "totalCount": len(own),
            "nodes": [{"rowId": at} for at in own],
            "aggregate": {"count": len(own)},
        }
    order = "orderBy: [{ country: { code: DESC } }]"
    where = 'where: { country: { code: { startsWith: "a" } } }'
    query = f"{{ towns({where}, {order}) {{ nodes {{ rowId }} }} }}"
    assert [row["rowId"] for row in ask(gateway, query)["towns"]["nodes"]] == [4, 2, 1]


def test_relations_between_databases(gateway: Gateway) -> None:
    query = "{ parcels { nodes { country place origin { code name } goal { code } } } }"
    shown = ask(gateway, query)["parcels"]["nodes"]
    assert [(row["country"], row["place"]) for row in shown] == PARCELS
    for row in shown:
        for end, key in (("origin", row["country"]), ("goal", row["place"])):
            assert (row[end] and row[end]["code"]) == (key if key in CODES else None)
    query = (
        "{ countries { nodes { code sent { totalCount nodes { rowId } } received { nodes { rowId } } } } }"
    )
    for row in ask(gateway, query)["countries"]["nodes"]:
        sent = [at for at, (code, _) in enumerate(PARCELS, 1) if code == row["code"]]
        received = [at for at, (_, code) in enumerate(PARCELS, 1) if code == row["code"]]
        assert row["sent"] == {"totalCount": len(sent), "nodes": [{"rowId": at} for at in sent]}
        assert row["received"] == {"nodes": [{"rowId": at} for at in received]}
    where = '{ goal: { name: { gte: "land ab" } } }'
    query = f"{{ parcels(orderBy: [{{ goal: {{ name: DESC }} }}], where: {where}) {{ nodes {{ place }} }} }}"
    assert [row["place"] for row in ask(gateway, query)["parcels"]["nodes"]] == ["x", "gr", "abc", "ab"]
    query = "{ countries(where: { received: { some: { rowId: { gt: 1 } } } }) { nodes { code } } }"
    assert [row["code"] for row in ask(gateway, query)["countries"]["nodes"]] == ["abc", "gr", "x"]


def test_ids_and_unique_look_ups(gateway: Gateway) -> None:
    query = (
        '{ countries { nodes { id code } } country(id: "%s") { name } countryBy(key: { code: "ab" }) { id } }'
    )
    found = ask(gateway, query % node_id("Country", "ab"))
    assert [row["id"] for row in found["countries"]["nodes"]] == [node_id("Country", code) for code in CODES]
    assert found["country"] == {"name": "land ab"}
    assert found["countryBy"] == {"id": node_id("Country", "ab")}


def test_groups(gateway: Gateway) -> None:
    shown = "key { goal { field { code } } } aggregate { count }"
    query = f"{{ parcels {{ groups(by: [{{ goal: {{ field: code }} }}]) {{ {shown} }} }} }}"
    found = ask(gateway, query)["parcels"]["groups"]
    assert {row["key"]["goal"]["field"]["code"]: row["aggregate"]["count"] for row in found} == {
        "ab": 1,
        "abc": 1,
        "x": 1,
        "gr": 1,
        None: 2,
    }
    query = "{ parcels { groups(by: [{ field: place }]) { key { field { place } } aggregate { count } } } }"
    found = ask(gateway, query)["parcels"]["groups"]
    assert [row["key"]["field"]["place"] for row in found] == ["ab", "abc", "gr", "x", "zz", None]
    found = ask(gateway, "{ countries { aggregate { max { code } min { code } } } }")["countries"][
        "aggregate"
    ]
    assert found == {"max": {"code": "x"}, "min": {"code": "a"}}


def test_long_lists_that_the_database_writes(gateway: Gateway) -> None:
    query = "{ countries(first: 500) { nodes { code name } } }"
    expected = {"nodes": [{"code": code, "name": f"land {code}"} for code in CODES]}
    assert ask(gateway, query)["countries"] == expected


def test_mutations(gateway: Gateway) -> None:
    def change(name: str, arguments: str) -> Any:
        document = f"mutation {{ {name}({arguments}) {{ country {{ id code name }} errors {{ code }} }} }}"
        return ask(gateway, document)[name]

    # SQLite pads nothing and forgets nothing.
    code = "new  " if gateway.databases["land"].features.name == "sqlite" else "new"
    row = {"id": node_id("Country", code), "code": code}
    made = change("createCountry", 'input: { code: "new  ", name: "n" }')
    assert made == {"country": {**row, "name": "n"}, "errors": []}
    changed = change("updateCountry", f'key: {{ code: "{code}" }}, set: {{ name: "m" }}')
    assert changed == {"country": {**row, "name": "m"}, "errors": []}
    gone = change("deleteCountry", f'key: {{ code: "{code}" }}')
    assert gone == {"country": {**row, "name": "m"}, "errors": []}
    if gateway.databases["land"].features.name != "mysql":
        lost = change("deleteCountry", 'key: { code: "ab " }')
        assert lost == {"country": None, "errors": [{"code": "NOT_FOUND"}]}
