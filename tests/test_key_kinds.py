"""Relations between keys of different kinds, and of different case: what meets, found by an index."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, Gateway, Link, Settings, Source
from gateway.demo.columns import uuid_key
from gateway.schema.answer import Asked
from tests.servers import connected, database
from tests.setups import closing


class RightBase(DeclarativeBase):
    pass


class LeftBase(DeclarativeBase):
    pass


def any_case(length: int) -> sa.String:
    """Text whose column takes upper and lower case for equal, and on MariaDB ignores spaces at its end."""
    return (
        sa.String(length, collation="NOCASE")
        .with_variant(VARCHAR(length, collation="utf8mb4_unicode_ci"), "mysql", "mariadb")
        .with_variant(CITEXT(), "postgresql")
    )


class Thing(RightBase):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    uid: Mapped[UUID] = mapped_column(uuid_key(), unique=True)
    day: Mapped[date] = mapped_column(sa.Date(), unique=True)
    code: Mapped[str] = mapped_column(any_case(10), unique=True)
    name: Mapped[str] = mapped_column(sa.String(20))


class Use(LeftBase):
    __tablename__ = "uses"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    big: Mapped[int | None] = mapped_column(sa.BigInteger(), index=True)
    text: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    uid: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    digits: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    day: Mapped[str | None] = mapped_column(sa.String(10), index=True)
    code: Mapped[str | None] = mapped_column(any_case(10), index=True)
    amount: Mapped[int]


sa.event.listen(
    RightBase.metadata,
    "before_create",
    sa.DDL("CREATE EXTENSION IF NOT EXISTS citext").execute_if(dialect="postgresql"),
)
sa.event.listen(
    LeftBase.metadata,
    "before_create",
    sa.DDL("CREATE EXTENSION IF NOT EXISTS citext").execute_if(dialect="postgresql"),
)

ENDS = {
    "wide": ("big", "id"),
    "spelled": ("text", "id"),
    "numbered": ("big", "number"),
    "identified": ("uid", "uid"),
    "packed": ("digits", "uid"),
    "dated": ("day", "day"),
    "coded": ("code", "code"),
}
"""Relation -> its columns on both sides; `…Uses` is the way back."""
LINKS = tuple(
    Link(f"left.uses.{own}", f"right.things.{other}", name=name, back=f"{name}Uses")
    for name, (own, other) in ENDS.items()
)

THINGS = [
    {
        "id": number,
        "number": spelled,
        "uid": UUID(int=number + 10),
        "day": date(2024, 1, number + 1),
        "code": code,
        "name": f"thing {9 - number}",
    }
    for number, spelled, code in (
        (1, "3", "abc"),
        (2, "007", "ABD"),
        (3, "-1", "x1"),
        (4, "1abc", "y"),
        (5, str(2**63 - 1), "Z9"),
    )
]
BIGS = (1, 1, 3, -1, 7, None, 2**31 + 1, 2**63 - 1, 5, 2)
TEXTS = ("1", "01", "1abc", " 1", "1 ", "1.0", "3", None, "99999999999999999999", "-0")
UIDS = [*(str(UUID(int=number)) for number in (11, 12, 13)), str(UUID(int=14)).upper(), UUID(int=11).hex]
DAYS = (
    "2024-01-02",
    "2024-01-03",
    "2024-1-2",
    "20240102",
    "2024-13-01",
    "",
    None,
    "2024-01-02",
    "x",
    "2024-01-04",
)
CODES = ("abc", "ABC", "Abc", "abc ", "abd", "ABD", "X1", None, "none", "y")
USES = [
    {
        "id": at + 1,
        "big": BIGS[at],
        "text": TEXTS[at],
        "uid": (UIDS * 2)[at],
        "digits": [
            UUID(int=11).hex,
            UUID(int=12).hex.upper(),
            str(UUID(int=13))[:32],
            UUID(int=15).hex,
            None,
        ][at % 5],
        "day": DAYS[at],
        "code": CODES[at],
        "amount": at + 1,
    }
    for at in range(10)
]


def met(name: str, use: dict[str, Any]) -> dict[str, Any] | None:
    """The thing that a use leads to: keys meet where they are written alike."""
    own, other = ENDS[name]
    if use[own] is None:
        return None
    for thing in THINGS:
        written = thing[other].hex if name == "packed" else str(thing[other])
        if str(use[own]) == written:
            return thing
    return None


PLACES = (
    ("mariadb", "postgresql"),
    ("postgresql", "sqlite"),
    ("sqlite", "mariadb"),
    ("sqlite", "sqlite"),
    ("mysql", "mariadb"),
    ("mariadb", "mysql"),
    ("postgresql", "mysql"),
)


@pytest.fixture(
    scope="module",
    params=[
        *((*place, 100_000) for place in PLACES),
        ("mariadb", "postgresql", 2),
        ("postgresql", "mariadb", 2),
        ("mysql", "postgresql", 2),
        ("postgresql", "mysql", 2),
    ],
    ids=lambda each: "-".join(map(str, each)),
)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    left, right, keys_max = request.param
    folder: Path = tmp_path_factory.mktemp("kinds")
    with ExitStack() as stack:
        urls = [
            stack.enter_context(database(dialect, f"gw_kinds_{name}", folder))
            for name, dialect in (("left", left), ("right", right))
        ]
        for url, base, mapped, rows in zip(
            urls, (LeftBase, RightBase), (Use, Thing), (USES, THINGS), strict=True
        ):
            with connected(url) as engine, engine.begin() as connection:
                base.metadata.create_all(connection)
                connection.execute(sa.insert(mapped), rows)
        sources = [
            Source.from_models("left", urls[0], models=LeftBase),
            Source.from_models("right", urls[1], models=RightBase),
        ]
        settings = Settings(keys_max=keys_max, walk_max=100)
        yield stack.enter_context(closing(Gateway(sources, LINKS, settings=settings)))


def ask(gateway: Gateway, query: str) -> Any:
    """The answer's data; None where a budget is too small for it."""

    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            answer = await gateway.schema.answer(Asked(query, {}), context)
        finally:
            await context.close()
        found = answer.payload()
        errors = found.get("errors", ())
        assert all(error["extensions"]["code"] == "BUDGET_EXCEEDED" for error in errors), errors
        assert not errors or gateway.settings.keys_max == 2
        return None if errors else found["data"]

    return asyncio.run(main())


def ids(rows: Any) -> list[int]:
    return [row["rowId"] for row in rows["nodes"]]


@pytest.mark.parametrize("name", ENDS)
def test_both_ways(gateway: Gateway, name: str) -> None:
    data = ask(
        gateway,
        f"{{ uses {{ nodes {{ {name} {{ rowId }} }} }}"
        f"  things {{ nodes {{ rowId {name}Uses(first: 9) {{ totalCount nodes {{ rowId }} }} }} }} }}",
    )
    things = [met(name, use) for use in USES]
    assert [use[name] for use in data["uses"]["nodes"]] == [
        thing and {"rowId": thing["id"]} for thing in things
    ]
    assert {thing["rowId"]: ids(thing[f"{name}Uses"]) for thing in data["things"]["nodes"]} == {
        thing["id"]: [use["id"] for use in USES if met(name, use) is thing] for thing in THINGS
    }


@pytest.mark.parametrize("name", ENDS)
def test_conditions(gateway: Gateway, name: str) -> None:
    for where, test in (
        ("gte: 1", lambda thing: thing is not None),
        ("in: [1, 3]", lambda thing: thing is not None and thing["id"] in (1, 3)),
    ):
        inner = f"{{ {name}: {{ rowId: {{ {where} }} }} }}"
        passing = [use["id"] for use in USES if test(met(name, use))]
        data = ask(gateway, f"{{ uses(where: {inner}) {{ nodes {{ rowId }} }} }}")
        assert ids(data["uses"]) == passing
        data = ask(gateway, f"{{ uses(where: {inner}) {{ totalCount aggregate {{ sum {{ amount }} }} }} }}")
        if data is not None:
            assert data["uses"]["totalCount"] == len(passing)
        data = ask(gateway, f"{{ uses(where: {{ not: {inner} }}) {{ nodes {{ rowId }} }} }}")
        assert ids(data["uses"]) == [use["id"] for use in USES if use["id"] not in passing]
    owned = {thing["id"]: [use["id"] for use in USES if met(name, use) is thing] for thing in THINGS}
    for where, passes in (
        ("some: { amount: { gt: 2 } }", lambda found: any(use > 2 for use in found)),
        ("every: { amount: { gt: 2 } }", lambda found: all(use > 2 for use in found)),
        ("none: {}", lambda found: not found),
        ("count: { lt: 2 }", lambda found: len(found) < 2),
    ):
        data = ask(gateway, f"{{ things(where: {{ {name}Uses: {{ {where} }} }}) {{ nodes {{ rowId }} }} }}")
        assert ids(data["things"]) == [thing for thing, found in owned.items() if passes(found)]


@pytest.mark.parametrize("name", ENDS)
def test_orders_and_groups(gateway: Gateway, name: str) -> None:
    names = {use["id"]: (met(name, use) or {"name": None})["name"] for use in USES}
    data = ask(gateway, f"{{ uses(orderBy: [{{ {name}: {{ name: ASC }} }}]) {{ nodes {{ rowId }} }} }}")
    if data is not None:
        by_name = sorted(names, key=lambda use: (names[use] is None, names[use] or "", use))
        assert ids(data["uses"]) == by_name
    amounts = {thing["id"]: sum(use["amount"] for use in USES if met(name, use) is thing) for thing in THINGS}
    order = f"[{{ {name}Uses: {{ sum: {{ amount: DESC }} }} }}]"
    data = ask(gateway, f"{{ things(orderBy: {order}) {{ nodes {{ rowId }} }} }}")
    if data is not None:
        assert ids(data["things"]) == sorted(amounts, key=lambda thing: (-amounts[thing], thing))
    counts = {thing["id"]: sum(met(name, use) is thing for use in USES) for thing in THINGS}
    data = ask(
        gateway, f"{{ things(orderBy: [{{ {name}Uses: {{ count: DESC }} }}]) {{ nodes {{ rowId }} }} }}"
    )
    if data is not None:
        assert ids(data["things"]) == sorted(counts, key=lambda thing: (-counts[thing], thing))
    data = ask(
        gateway,
        f"{{ uses {{ groups(by: [{{ {name}: {{ field: name }} }}]) {{"
        f"  key {{ {name} {{ field {{ name }} }} }} aggregate {{ count }} }} }} }}",
    )
    if data is not None:
        found = {
            group["key"][name]["field"]["name"]: group["aggregate"]["count"]
            for group in data["uses"]["groups"]
        }
        wanted = list(names.values())
        assert found == {each: wanted.count(each) for each in wanted}


def test_keys_are_converted_and_not_columns(gateway: Gateway) -> None:
    """So an index of the column serves: what is compared is the column as it is."""

    async def statements() -> list[str]:
        context = Context(gateway.databases)
        query = "{ things(first: 1) { nodes { spelledUses { nodes { rowId } } } } }"
        await gateway.schema.answer(Asked(query, {}), context)
        await context.close()
        return [event.sql for event in context.trace.statements if event.source == "left"]

    (sql,) = asyncio.run(statements())
    assert "uses.text IN" in sql or "uses.text = any" in sql
