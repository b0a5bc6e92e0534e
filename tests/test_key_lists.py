"""Keys that a database brings as one text are those that it would bring row by row."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Source
from gateway.query.sql.bind import Binder
from gateway.query.sql.compile import compile_statement
from gateway.query.sql.pack import packed_keys
from gateway.sources.database import Database
from gateway.sources.features import CONCATENATED, MYSQL, POSTGRESQL
from gateway.sources.statement import Packing, Reader, Statement
from tests.servers import DIALECTS, connected, database


class _Base(DeclarativeBase):
    pass


class _Thing(_Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    large: Mapped[int | None] = mapped_column(sa.BigInteger())
    same: Mapped[int] = mapped_column(sa.SmallInteger())
    positive: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(mysql.BIGINT(unsigned=True), "mysql", "mariadb")
    )
    name: Mapped[str] = mapped_column(sa.String(20))


THINGS = _Thing.__table__
LARGE = [-(2**63), 2**63 - 1, 0, None, -1, 12, 123, 1234, 9, 10]


def rows(largest: int) -> list[dict[str, Any]]:
    return [
        {"id": at, "large": large, "same": at % 3 - 1, "positive": largest - at, "name": str(at)}
        for at, large in enumerate(LARGE, 8)
    ]


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database(request.param, "gw_key_lists", tmp_path_factory.mktemp("keys")) as found:
        with connected(found) as engine, engine.begin() as connection:
            _Base.metadata.create_all(connection)
            largest = 2**64 - 1 if request.param in ("mariadb", "mysql") else 2**63 - 1
            connection.execute(sa.insert(THINGS), rows(largest))
        yield found


def statement(select: sa.Select[Any], asked: Database) -> Statement:
    """The packed statement of a SELECT, which has the plain one with it."""
    together, packing = packed_keys(select, 100, asked.features)
    assert together is not None
    plain = compile_statement(select, asked, Binder())
    text = compile_statement(together, asked, Binder()).text
    return Statement(text, named=plain.named, mark=plain.mark, plain=plain, packing=packing)


def read(url: sa.URL, selects: Sequence[sa.Select[Any]]) -> list[tuple[list[Any], list[Any]]]:
    """The keys of each SELECT, packed and row by row, in order."""

    async def keys() -> list[tuple[list[Any], list[Any]]]:
        asked = Database(Source.from_models("things", url, models=_Base))
        packed = [statement(select, asked) for select in selects]

        def both(reader: Reader) -> list[tuple[list[Any], list[Any]]]:
            plain = [[key for (key,) in reader.rows(each.plain or each, {})] for each in packed]
            return [
                (sorted(reader.rows(each, {})), sorted(found))
                for each, found in zip(packed, plain, strict=True)
            ]

        try:
            return await asked.run(both)
        finally:
            await asked.close()

    return asyncio.run(keys())


def test_packed_keys_are_those_of_the_rows(url: sa.URL) -> None:
    columns = [THINGS.c.id, THINGS.c.large, THINGS.c.same, THINGS.c.positive]
    selects = [sa.select(column).where(column.is_not(None)) for column in columns]
    selects += [select.distinct() for select in selects]
    found = read(url, selects)
    assert all(packed == plain for packed, plain in found)
    assert found[1][0] == sorted(key for key in LARGE if key is not None)
    assert found[6][0] == [-1, 0, 1]


def test_no_keys_are_none(url: sa.URL) -> None:
    assert read(url, [sa.select(THINGS.c.id).where(sa.false())]) == [([], [])]


def test_a_key_that_is_null_is_not_lost(url: sa.URL) -> None:
    select = sa.select(THINGS.c.large).where(THINGS.c.large.is_(None))
    assert read(url, [select]) == [([None], [None])]


@pytest.mark.parametrize("url", ["mariadb", "mysql"], indirect=True)
def test_a_text_that_the_database_cut_short_is_not_believed(url: sa.URL) -> None:
    selects = [sa.select(THINGS.c.id), sa.select(THINGS.c.large).where(THINGS.c.large.is_not(None))]
    whole = read(url, selects)
    for most in range(4, 90):
        command = f"SET SESSION group_concat_max_len = {most}"
        assert read(url.update_query_dict({"init_command": command}), selects) == whole


def test_only_whole_numbers_are_packed() -> None:
    for select in (sa.select(THINGS.c.name), sa.select(THINGS.c.id, THINGS.c.large)):
        assert packed_keys(select, 100, POSTGRESQL) == (None, Packing.ROWS)


def test_lists_longer_than_a_text_may_be_are_not_packed() -> None:
    assert packed_keys(sa.select(THINGS.c.id), CONCATENATED, MYSQL) == (None, Packing.ROWS)
    assert packed_keys(sa.select(THINGS.c.id), 100_001, MYSQL)[0] is not None
