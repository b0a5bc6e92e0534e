"""Tables and columns may have names that a database reserves: all statements quote them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from gateway import Context, Gateway, Source
from gateway.check.check import check
from gateway.check.findings import Weight
from gateway.schema.answer import Asked
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

WORDS = [
    "library",
    "external",
    "manual",
    "parallel",
    "qualify",
    "tablesample",
    "value",
    "sql_no_cache",
    "sql_buffer_result",
    "portion",
    "delete_domain_id",
    "master_demote_to_slave",
    "offset",
    "returning",
    "page_checksum",
    "current_role",
    "sql_cache",
    "collation",
    "concurrently",
    "lateral",
    "system_user",
    "nothing",
    "rank",
    "groups",
    "of",
    "lead",
    "row",
    "function",
]
RESERVED = {
    "mysql": "SELECT LOWER(word) FROM information_schema.keywords WHERE reserved = 1",
    "postgresql": "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')",
}
"""What a server says itself. MariaDB lists words without saying which are reserved."""


class Base(DeclarativeBase): ...


def entity(number: int, word: str) -> type[Any]:
    columns = {
        "__tablename__": word,
        "id": sa.Column(sa.Integer, primary_key=True),
        "amount": sa.Column(word, sa.Integer, index=True),
        "above_id": sa.Column(f"{word}_id", sa.ForeignKey(f"{word}.id")),
    }
    return type(f"Thing{number}", (Base,), columns)


ENTITIES = [entity(number, word) for number, word in enumerate(WORDS)]


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database(request.param, "gw_reserved", tmp_path_factory.mktemp("reserved")) as made:
        with connected(made) as engine:
            Base.metadata.create_all(engine)
        yield made


DOCUMENT = """mutation {
  a: createThingN(input: { rowId: 1, amount: 4 }) { errors { message } }
  b: createThingN(input: { rowId: 2, amount: 5, aboveId: 1 }) { errors { message } }
  c: updateThingN(key: { rowId: 2 }, set: { amount: 6 }) { thingN { amount } errors { message } }
  d: updateThingNs(where: { amount: { gt: 5 } }, set: { amount: 7 }) { errors { message } }
  e: createThingN(input: { rowId: 3, amount: 1 }) { errors { message } }
  f: deleteThingN(key: { rowId: 3 }) { errors { message } }
}"""
QUERY = """{ thingNs(where: { amount: { gte: 4 } }, orderBy: [{ amount: DESC }]) {
  totalCount nodes { rowId amount aboveId } aggregate { sum { amount } }
  groups(by: [{ field: amount }]) { key { field { amount } } aggregate { count } } } }"""


def test_rows_are_read_and_written(url: sa.URL) -> None:
    async def one(gateway: Gateway, document: str) -> Any:
        context = Context(gateway.databases, coordinator=gateway.coordinator)
        try:
            answer = await gateway.schema.answer(Asked(document, {}), context)
        finally:
            await context.close()
        assert not answer.errors, (document, answer.errors)
        return answer.data

    async def main(gateway: Gateway) -> None:
        for number in range(len(WORDS)):
            written = await one(
                gateway, DOCUMENT.replace("ThingN", f"Thing{number}").replace("thingN", f"thing{number}")
            )
            assert all(payload["errors"] == [] for payload in written.values()), (WORDS[number], written)
            found = await one(gateway, QUERY.replace("thingN", f"thing{number}"))
            assert found[f"thing{number}s"] == {
                "totalCount": 2,
                "nodes": [
                    {"rowId": 2, "amount": 7, "aboveId": 1},
                    {"rowId": 1, "amount": 4, "aboveId": None},
                ],
                "aggregate": {"sum": {"amount": "11"}},
                "groups": [
                    {"key": {"field": {"amount": amount}}, "aggregate": {"count": 1}} for amount in (4, 7)
                ],
            }

    with closing(Gateway([Source.from_models("depot", url, models=Base, mutations=True)])) as made:
        asyncio.run(main(made))


def test_they_are_checked(url: sa.URL) -> None:
    with closing(Gateway([Source.from_models("depot", url, models=Base, mutations=True)])) as made:
        sources = [one.source for one in made.databases.values()]
        found = check(sources, made.catalog)
    assert [str(each) for each in found if each.weight is Weight.ERROR] == []


def test_whatever_a_server_reserves_is_quoted(url: sa.URL) -> None:
    with connected(url) as engine, engine.connect() as connection:
        if getattr(engine.dialect, "is_mariadb", False) or engine.dialect.name not in RESERVED:
            return
        words = connection.scalars(sa.text(RESERVED[engine.dialect.name])).all()
        quote = engine.dialect.identifier_preparer.quote
    assert len(words) > 50
    assert [word for word in words if quote(word) == word] == []
