"""The cursor that reads from MySQL's C extension answers, and fails, as the driver's own does."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Source
from gateway.sources.engines import Engines
from gateway.sources.mysql import DirectCursor, cursor_on
from tests.servers import database


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database(request.param, "gw_cursor", tmp_path_factory.mktemp("cursor")) as found:
        yield found


@pytest.fixture
def connection(url: sa.URL) -> Iterator[Any]:
    found = Engines(Source.from_models("crm", url, models=_Base)).connect()
    yield found
    found.close()


def told(cursor: Any, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
    """The rows, or the error's class and words."""
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
    except Exception as error:
        return type(error), str(error)


VALUES = [
    *(0, -(2**63), 2**64 - 1, True, None, 1.5, 1e300, Decimal("-0.10")),
    *('it\'s \\ "%s" %(x)s %%', "日本 🎈", "", "\x00\n\x1a", b"\x00'\\"),
    *(datetime(2024, 2, 29, 1, 2, 3, 4), date(1, 1, 1), timedelta(hours=-5)),
]


def test_values_of_every_type_are_sent_as_the_driver_sends_them(connection: Any) -> None:
    direct = cursor_on(connection)
    assert isinstance(direct, DirectCursor)
    for value in VALUES:
        row = told(direct, "SELECT %s, HEX(%s)", (value, value))
        assert row == told(connection.cursor(), "SELECT %s, HEX(%s)", (value, value))
        assert isinstance(row, list)


@pytest.mark.parametrize(
    "sql",
    ["SELECT nope", "SELECT 1 FROM nowhere", "SELEC 1", "SELECT 1 UNION SELECT 2", "SELECT 1 LIMIT 0"],
)
def test_errors_are_those_of_the_driver(connection: Any, sql: str) -> None:
    assert told(cursor_on(connection), sql) == told(connection.cursor(), sql)


NUMBERS = """
WITH RECURSIVE digits (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM digits WHERE n < 99),
numbers (seq) AS (SELECT 100 * high.n + low.n FROM digits high, digits low)
"""
"""0 to 9,999: so many rows do not come in one packet."""


def test_an_error_while_rows_arrive_leaves_the_connection_usable(connection: Any) -> None:
    cursor = cursor_on(connection)
    late = f"{NUMBERS} SELECT seq, IF(seq < 5000, 1, (SELECT 1 UNION SELECT seq)) FROM numbers"
    failure, words = told(cursor, late)
    assert issubclass(failure, Exception)
    assert "Subquery returns more than 1 row" in words
    assert told(cursor, "SELECT %s", (7,)) == [(7,)]


def test_rows_that_nobody_read_do_not_come_with_the_next_statement(connection: Any) -> None:
    cursor = cursor_on(connection)
    cursor.execute(f"{NUMBERS} SELECT seq FROM numbers LIMIT 100", ())
    assert told(cursor, "SELECT 'next'") == [("next",)]


def test_a_lost_connection_is_told_as_one(connection: Any, url: sa.URL) -> None:
    engines = Engines(Source.from_models("crm", url, models=_Base))
    cursor, killer = cursor_on(connection), engines.connect()
    killer.cmd_query(f"KILL {connection.connection_id}")
    killer.close()
    with pytest.raises(engines.failures) as failure:
        list(iter(lambda: cursor.execute("SELECT SLEEP(0.1)", ()) or cursor.fetchall(), None))
    assert engines.is_lost(failure.value, connection)


def test_as_many_values_as_places(connection: Any) -> None:
    with pytest.raises(ValueError, match="extended slice"):
        cursor_on(connection).execute("SELECT %s, %s", (1,))


def test_without_the_extension_the_drivers_cursor_serves() -> None:
    class Plain:
        def cursor(self) -> str:
            return "own"

    assert cursor_on(Plain()) == "own"
