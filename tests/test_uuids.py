"""UUIDs as each database keeps them, also MariaDB's own: keys, filters, pages, links and writes."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Context, Gateway, Link, Source
from gateway.schema.answer import Asked
from tests.decorated import BinaryGuid, TextGuid
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class HomeBase(DeclarativeBase):
    pass


class Home(HomeBase):
    __tablename__ = "homes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))


class FarBase(DeclarativeBase):
    pass


class Thing(FarBase):
    __tablename__ = "things"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    other: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("things.id"))
    digits: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid(native_uuid=False))
    text: Mapped[uuid.UUID | None] = mapped_column(TextGuid)
    octets: Mapped[uuid.UUID | None] = mapped_column(BinaryGuid)
    words: Mapped[str | None] = mapped_column(sa.Uuid(as_uuid=False))

    next: Mapped["Thing | None"] = relationship(remote_side=[id])


KEYS = [uuid.uuid1(node=7, clock_seq=at) if at % 2 else uuid.UUID(int=at << 120 | at) for at in range(1, 13)]

EXTRA = uuid.UUID(int=77 << 64)
"""The key of a home that nothing leads to."""


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("uuids")
    with ExitStack() as stack:
        far = stack.enter_context(database(request.param, "gw_uuids_far", folder))
        home = stack.enter_context(database("postgresql", "gw_uuids_home", folder))
        with connected(home) as engine, engine.begin() as connection:
            HomeBase.metadata.create_all(connection)
            rows = [{"id": key, "name": f"home {at}"} for at, key in enumerate([*KEYS, EXTRA])]
            connection.execute(sa.insert(Home), rows)
        with connected(far) as engine, engine.begin() as connection:
            FarBase.metadata.create_all(connection)
            plain = sa.table("things", *map(sa.column, Thing.__mapper__.columns.keys()))
            own = connection.dialect.name == "postgresql"
            for at, key in enumerate(KEYS):
                values = {
                    "id": key if own else key.hex,
                    "number": at,
                    "other": (KEYS[at - 1] if own else KEYS[at - 1].hex) if at else None,
                    "digits": key.hex,
                    "text": str(key),
                    "octets": key.bytes,
                    "words": key if own else key.hex,
                }
                connection.execute(sa.insert(plain).values(values))
        links = [
            Link(f"far.things.{name}", "home.homes.id", name=f"{name}Home", back=f"{name}Things")
            for name in ("id", "digits", "text", "octets", "words")
        ]
        sources = [
            Source.from_models("far", far, models=FarBase, mutations=True),
            Source.from_models("home", home, models=HomeBase),
        ]
        yield stack.enter_context(closing(Gateway(sources, links)))


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


FIELDS = ("rowId", "other", "digits", "text", "octets", "words")
VALUES = {name: list(map(str, KEYS)) for name in FIELDS} | {"other": [None, *map(str, KEYS[:-1])]}


def test_they_are_shown(gateway: Gateway) -> None:
    found = ask(gateway, f"{{ things(orderBy: [{{ number: ASC }}]) {{ nodes {{ {' '.join(FIELDS)} }} }} }}")
    for name in FIELDS:
        assert [each[name] for each in found["things"]["nodes"]] == VALUES[name]


@pytest.mark.parametrize("name", FIELDS)
def test_they_are_found(gateway: Gateway, name: str) -> None:
    query = f"""query Found($one: UUID!, $several: [UUID!]!) {{
      one: things(where: {{ {name}: {{ eq: $one }} }}) {{ nodes {{ number }} }}
      several: things(where: {{ {name}: {{ in: $several }} }}, orderBy: [{{ number: ASC }}]) {{
        nodes {{ number }}
      }}
      others: things(where: {{ {name}: {{ neq: $one }} }}) {{ totalCount }}
    }}"""
    values = VALUES[name]
    for at in (1, 2, 7):
        found = ask(gateway, query, one=values[at].upper(), several=[values[at], values[9], values[9]])
        assert [each["number"] for each in found["one"]["nodes"]] == [at]
        assert [each["number"] for each in found["several"]["nodes"]] == [at, 9]
        assert found["others"]["totalCount"] == len(values) - values.count(None) - 1


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_have_each_once(gateway: Gateway, name: str, direction: str) -> None:
    query = f"""query Page($after: String) {{
      things(first: 5, after: $after, orderBy: [{{ {name}: {direction} }}]) {{
        nodes {{ number }} pageInfo {{ endCursor hasNextPage }}
      }}
    }}"""
    found: list[int] = []
    page: Any = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"]:
        page = ask(gateway, query, after=page["pageInfo"]["endCursor"])["things"]
        found += [each["number"] for each in page["nodes"]]
    assert sorted(found) == list(range(len(KEYS)))


def test_relations_meet_by_them(gateway: Gateway) -> None:
    names = ("id", "digits", "text", "octets", "words")
    homes = " ".join(f"{name}Home {{ name }}" for name in names)
    found = ask(
        gateway, f"{{ things(orderBy: [{{ number: ASC }}]) {{ nodes {{ {homes} next {{ number }} }} }} }}"
    )
    for at, each in enumerate(found["things"]["nodes"]):
        assert all(each[f"{name}Home"] == {"name": f"home {at}"} for name in names)
        assert each["next"] == ({"number": at - 1} if at else None)
    back = " ".join(f"{name}Things {{ nodes {{ number }} }}" for name in names if name != "id")
    found = ask(gateway, f"{{ homes {{ nodes {{ name idThings {{ number }} {back} }} }} }}")
    for each in found["homes"]["nodes"]:
        thing = {"number": int(each["name"].removeprefix("home "))}
        there = thing["number"] < len(KEYS)
        assert each["idThings"] == (thing if there else None)
        assert all(each[f"{name}Things"]["nodes"] == [thing] * there for name in names if name != "id")
    query = """{ things(
      where: { textHome: { name: { eq: "home 3" } }, digitsHome: { name: { eq: "home 3" } } },
      orderBy: [{ octetsHome: { name: ASC } }]) { nodes { number } } }"""
    assert ask(gateway, query)["things"]["nodes"] == [{"number": 3}]
    query = "{ homes(where: { wordsThings: { some: { number: { eq: 4 } } } }) { nodes { name } } }"
    assert ask(gateway, query)["homes"]["nodes"] == [{"name": "home 4"}]


def test_they_are_written(gateway: Gateway) -> None:
    query = f"""mutation Make($input: CreateThingInput!) {{
      createThing(input: $input) {{ thing {{ id {" ".join(FIELDS)} }} errors {{ code }} }}
    }}"""
    given = dict.fromkeys(FIELDS, str(EXTRA)) | {"other": None}
    made = ask(gateway, query, input={**given, "number": 50})["createThing"]
    assert made["errors"] == []
    assert made["thing"].items() >= given.items()
    again = ask(gateway, query, input={**given, "number": 50})["createThing"]
    assert [each["code"] for each in again["errors"]] == ["UNIQUE_VIOLATION"]
    nowhere = ask(gateway, query, input={**given, "text": str(uuid.UUID(int=5)), "number": 50})["createThing"]
    assert [each["code"] for each in nowhere["errors"]] == ["FOREIGN_KEY_VIOLATION"]
    query = f"""mutation Change($key: UUID!, $to: UUID!) {{
      updateThing(
        key: {{ rowId: $key }}, set: {{ text: $to, digits: $to, octets: $to, words: $to, other: $to }}
      ) {{
        thing {{ {" ".join(FIELDS)} }} errors {{ code }}
      }}
    }}"""
    changed = ask(gateway, query, key=str(EXTRA), to=str(KEYS[5]))["updateThing"]
    assert changed["errors"] == []
    assert changed["thing"] == {**dict.fromkeys(FIELDS, str(KEYS[5])), "rowId": str(EXTRA)}
    query = "mutation Gone($id: ID!) { deleteThing(key: { id: $id }) { errors { code } } }"
    assert ask(gateway, query, id=made["thing"]["id"])["deleteThing"]["errors"] == []
