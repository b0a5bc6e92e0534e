"""The cursor that reads from PostgreSQL through libpq answers, and fails, as psycopg's own does."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal
from itertools import chain
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from psycopg.types.string import TextLoader
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Source
from gateway.errors import ConfigurationError
from gateway.sources.engines import Engines
from gateway.sources.interrupt import PostgresqlInterruption
from gateway.sources.postgresql import FIRST, LONGEST, DirectCursor
from tests.servers import database

TIMES = 8
"""More often than a statement is sent before it is prepared."""
PREPARED = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time"


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    with database("postgresql", "gw_direct", tmp_path_factory.mktemp("direct")) as found:
        yield found


@pytest.fixture
def engines(url: sa.URL) -> Engines:
    return Engines(Source.from_models("sales", url, models=_Base))


@pytest.fixture
def connect(engines: Engines) -> Iterator[Callable[[], Any]]:
    made: list[Any] = []

    def one() -> Any:
        made.append(engines.connect())
        made[-1].autocommit = True
        return made[-1]

    yield one
    for connection in made:
        connection.close()


@pytest.fixture
def connection(connect: Callable[[], Any]) -> Any:
    return connect()


def told(cursor: Any, sql: str, parameters: dict[str, Any]) -> Any:
    """The rows, or the error's class and words."""
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
    except Exception as error:
        return type(error), str(error), getattr(error, "sqlstate", None)


def asked(cursor: Any, sql: str, **parameters: Any) -> Any:
    cursor.execute(sql, parameters)
    return cursor.fetchall()


TYPES = {
    "smallint": "-32768",
    "integer": "7",
    "bigint": "9223372036854775807",
    "boolean": "true",
    "real": "1.5",
    "double precision": "1e300",
    "numeric": "-0.10",
    "numeric(12,2)": "1234567890.10",
    "text": "日本 🎈 %(x)s %%",
    "varchar(9)": "Ærø",
    "char(4)": "ab",
    '"char"': "x",
    "mood": "so so",
    "bytea": r"\x00ff27",
    "date": "2024-02-29",
    "time": "01:02:03.000004",
    "timetz": "01:02:03+02",
    "timestamp": "0001-01-01 00:00:00",
    "timestamptz": "2024-02-29 01:02:03.000004+05",
    "interval": "1 mon -5 days 3 hours",
    "uuid": "6f1d8f6e-6a5b-4b39-8b58-1f3e7a4d0c55",
    "json": '{"a": [1, null, "x"]}',
    "jsonb": '{"a": [1, null, "x"]}',
    "inet": "10.0.0.1/8",
    "xml": "<a/>",
    "int4range": "[1,5)",
    "integer[]": "{1,NULL,3}",
    "text[]": '{a,"b,c",NULL}',
    "numeric[]": "{1.10,2}",
    "timestamptz[]": "{2024-02-29 00:00:00+00}",
    "mood[]": "{so so,NULL}",
}


def test_columns_of_every_type_are_read_as_psycopg_reads_them(connection: Any) -> None:
    connection.execute("CREATE TYPE mood AS ENUM ('so so', 'well')")
    direct = DirectCursor(connection)
    for name, text in TYPES.items():
        sql = f"SELECT v::{name}, NULL::{name} FROM (VALUES (%(v)s), (NULL)) AS t (v)"
        expected = told(connection.cursor(), sql, {"v": text})
        assert isinstance(expected, list), expected
        for _ in range(TIMES):
            rows = told(direct, sql, {"v": text})
            assert rows == expected
            assert [list(map(type, row)) for row in rows] == [list(map(type, row)) for row in expected]


VALUES = [
    *(0, 40_000, -(2**31) - 1, 2**63 - 1, 2**64, True, None, 1.5, float("inf"), Decimal("-0.10")),
    *("it's \\ %s %(x)s %%", "日本 🎈", "", b"\x00'\\", date(1, 1, 1), clock(1, 2), UUID(int=5)),
    *(datetime(2024, 2, 29, 1, 2, 3, 4), datetime(2024, 2, 29, tzinfo=UTC), Jsonb({"a": 1})),
    *([1, 2], [1, 2**40], ["a", None], [Decimal(1)], [UUID(int=7)], []),
]


def test_values_of_every_type_are_sent_as_psycopg_sends_them(connection: Any) -> None:
    direct = DirectCursor(connection)
    for value in VALUES * TIMES:
        parameters = {"v": value, "w": 1, "unused": 2}
        for sql in ("SELECT %(v)s, %(w)s, %(v)s", "SELECT pg_typeof(%(v)s)::text"):
            assert told(direct, sql, parameters) == told(connection.cursor(), sql, parameters)
        assert isinstance(told(direct, "SELECT %(v)s", parameters), list)


@pytest.mark.parametrize(
    "sql",
    [
        *("SELECT 1 WHERE false", "SELECT", "SELECT '100 %%' LIKE '%%0 %%'", "SELECT '%%(v)s', 5 %% 3"),
        *("SELECT nope", "SELECT 1 FROM nowhere", "SELEC 1", "SELECT 1 / (%(v)s::int - 1)"),
        *("SELECT %(v)s::date", "SELECT '5 %'", "SELECT '%d'", "SELECT %s", "SELECT %(v)b"),
        "SELECT %(v)s + %s",
        "SELECT generate_series(1, 3) / (2 - generate_series(1, 3))",
    ],
)
def test_statements_and_errors_are_those_of_psycopg(connection: Any, sql: str) -> None:
    direct = DirectCursor(connection)
    for _ in range(TIMES):
        assert told(direct, sql, {"v": 1}) == told(connection.cursor(), sql, {"v": 1})


def test_a_value_that_cannot_be_sent_is_refused_as_by_psycopg(connection: Any) -> None:
    sql = "SELECT %(v)s::text"
    for value in ("\x00", "\ud800", object()):
        expected = told(connection.cursor(), sql, {"v": value})
        assert told(DirectCursor(connection), sql, {"v": value}) == expected
    assert asked(DirectCursor(connection), sql, v="fine") == [("fine",)]


def test_very_long_statements(connection: Any) -> None:
    direct, names = DirectCursor(connection), [f"p__{number}" for number in range(LONGEST)]
    sql = f"SELECT v FROM (VALUES (1), (9999)) AS t (v) WHERE v IN ({', '.join(f'%({n})s' for n in names)})"
    for _ in range(TIMES):
        assert told(direct, sql, {name: number for number, name in enumerate(names)}) == [(1,)]


def test_adapters_of_the_connection_are_heeded(connection: Any) -> None:
    class Loud(TextLoader):
        def load(self, data: Any) -> str:
            return str(super().load(data)).upper()

    connection.adapters.register_loader("text", Loud)
    assert asked(DirectCursor(connection), "SELECT 'a'::text, 'a'::varchar") == [("A", "a")]


def test_notices_arrive(connection: Any) -> None:
    said: list[str | None] = []
    connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
    connection.execute(
        "CREATE FUNCTION loud() RETURNS int LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'hey'; RETURN 1; END$$"
    )
    assert asked(DirectCursor(connection), "SELECT loud()") == [(1,)]
    assert said == ["hey"]


# Prepared statements


def prepared(connection: Any) -> list[str]:
    return [text for (text,) in connection.execute(PREPARED, prepare=False).fetchall()]


def test_a_statement_is_prepared_when_it_has_come_often(connection: Any) -> None:
    direct = DirectCursor(connection)
    for time_ in range(TIMES):
        assert prepared(connection) == (["SELECT $1::int"] if time_ > connection.prepare_threshold else [])
        assert asked(direct, "SELECT %(v)s::int", v=time_) == [(time_,)]


def test_without_a_threshold_nothing_is_prepared(connection: Any) -> None:
    connection.prepare_threshold = None
    direct = DirectCursor(connection)
    assert [asked(direct, "SELECT %(v)s::int", v=v) for v in range(20)] == [[(v,)] for v in range(20)]
    assert prepared(connection) == []
    connection.prepare_threshold, connection.prepared_max = 0, 0
    assert asked(direct, "SELECT 1") == [(1,)]
    assert prepared(connection) == []


def test_no_more_are_prepared_than_psycopg_would(connection: Any) -> None:
    connection.prepare_threshold, connection.prepared_max = 0, 3
    direct = DirectCursor(connection)
    for number in range(10):
        assert asked(direct, f"SELECT {number}") == [(number,)]
        assert asked(direct, "SELECT 'often'") == [("often",)]
    assert sorted(prepared(connection)) == ["SELECT 'often'", "SELECT 8", "SELECT 9"]


def test_a_statement_with_values_of_other_types_is_another_one(connection: Any) -> None:
    connection.prepare_threshold = 0
    direct = DirectCursor(connection)
    for value in (1, 2**40, None, "5", 2, 2**41):
        assert asked(direct, "SELECT %(v)s::bigint", v=value) == [(None if value is None else int(value),)]
    assert prepared(connection) == ["SELECT $1::bigint"] * 3


def test_prepared_statements_that_are_gone_are_sent_anew(connection: Any) -> None:
    connection.prepare_threshold = 0
    direct = DirectCursor(connection)
    for order in ("DISCARD ALL", "DEALLOCATE ALL"):
        assert asked(direct, "SELECT %(v)s::int", v=1) == [(1,)]
        connection.execute(order)
        for value in range(3):
            assert asked(direct, "SELECT %(v)s::int", v=value) == [(value,)]
        assert prepared(connection) == ["SELECT $1::int"]


def test_a_table_may_change_after_its_statement_was_prepared(
    connection: Any, connect: Callable[[], Any]
) -> None:
    connection.execute("CREATE TABLE changing (a int)")
    connection.execute("INSERT INTO changing VALUES (1)")
    connection.prepare_threshold = 0
    direct, other = DirectCursor(connection), connect()
    assert asked(direct, "SELECT * FROM changing") == [(1,)]
    other.execute("ALTER TABLE changing ALTER a TYPE text, ADD b int")
    for _ in range(TIMES):
        assert asked(direct, "SELECT * FROM changing") == [("1", None)]
    assert prepared(connection) == ["SELECT * FROM changing"]
    other.execute("DROP TABLE changing")
    assert told(direct, "SELECT * FROM changing", {})[2] == "42P01"


# Losing connections


def failure_of(direct: DirectCursor) -> psycopg.OperationalError:
    """What a statement fails with that is sent again and again."""
    while True:
        try:
            direct.execute("SELECT 1", {})
        except psycopg.OperationalError as failure:
            return failure


def test_a_connection_that_the_server_ends_is_told_as_lost(
    connection: Any, engines: Engines, connect: Callable[[], Any]
) -> None:
    for threshold in (None, 0):
        victim = connect()
        victim.prepare_threshold = threshold
        direct = DirectCursor(victim)
        assert asked(direct, "SELECT 1") == [(1,)]
        connection.execute("SELECT pg_terminate_backend(%s)", (victim.info.backend_pid,))
        for _ in range(3):
            assert engines.is_lost(failure_of(direct), victim)


def test_a_closed_connection_is_told_as_lost(connection: Any, engines: Engines) -> None:
    direct = DirectCursor(connection)
    connection.close()
    with pytest.raises(psycopg.OperationalError, match="closed") as failure:
        direct.execute("SELECT 1", {})
    assert engines.is_lost(failure.value, connection)


def test_another_thread_can_stop_a_statement(connection: Any, engines: Engines) -> None:
    direct, interruption = DirectCursor(connection), PostgresqlInterruption()

    def stop(how: Callable[[Any], None]) -> Any:
        ended = Event()

        def ask() -> None:
            while not ended.wait(0.1):
                with suppress(OSError):
                    how(connection)

        thread = Thread(target=ask)
        thread.start()
        with pytest.raises(psycopg.OperationalError) as failure:
            direct.execute("SELECT pg_sleep(30)", {})
        ended.set()
        thread.join()
        return failure.value

    assert stop(interruption.ask).sqlstate == "57014"
    assert asked(direct, "SELECT 1") == [(1,)]
    assert engines.is_lost(stop(interruption.force), connection)


# Transactions, and what is out of the ordinary


def test_in_a_transaction_reads_are_part_of_it(connection: Any, connect: Callable[[], Any]) -> None:
    connection.execute("CREATE TABLE part (a int)")
    writer = connect()
    writer.autocommit = False
    direct = DirectCursor(writer)
    assert asked(direct, "SELECT count(*) FROM part") == [(0,)]
    assert writer.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    writer.execute("INSERT INTO part VALUES (1)")
    assert asked(direct, "SELECT count(*) FROM part") == [(1,)]
    assert told(direct, "SELECT nope", {})[2] == "42703"
    assert told(direct, "SELECT 1", {})[2] == "25P02"
    writer.rollback()
    assert asked(direct, "SELECT count(*) FROM part") == [(0,)]


def test_pipelines_and_other_cursors_serve(connection: Any, connect: Callable[[], Any]) -> None:
    direct = DirectCursor(connection)
    with connection.pipeline():
        assert asked(direct, "SELECT %(v)s::int", v=5) == [(5,)]
    assert asked(direct, "SELECT %(v)s::int", v=6) == [(6,)]
    other = connect()
    other.cursor_factory = psycopg.ClientCursor
    assert asked(DirectCursor(other), "SELECT %(v)s", v=7) == [(7,)]


# Texts


def taken(direct: DirectCursor, sql: str, size: int, **parameters: Any) -> tuple[int, list[Any]]:
    """How many texts there were, and the portions of them, all but the first of which are of `size`."""
    portions: list[Any] = []

    def take(rows: list[tuple[Any, ...]]) -> int:
        portions.append([text for (text,) in rows])
        return size

    return direct.texts(sql, parameters, take), portions


MANY = "SELECT 'Ærø 🎈 ' || n FROM generate_series(1, %(count)s) AS t (n) ORDER BY n"


@pytest.mark.parametrize("autocommit", [True, False])
@pytest.mark.parametrize("count", [0, 1, FIRST, FIRST + 1, 3 * FIRST])
def test_texts_come_as_bytes_in_portions(connection: Any, autocommit: bool, count: int) -> None:
    connection.autocommit = autocommit
    direct = DirectCursor(connection)
    for _ in range(TIMES):
        number, portions = taken(direct, MANY, 300, count=count)
        assert number == count
        assert list(chain(*portions)) == [f"Ærø 🎈 {n}".encode() for n in range(1, count + 1)]
        assert [len(part) for part in portions[:-1]] == [FIRST, *[300] * len(portions)][: len(portions) - 1]


@pytest.mark.parametrize("autocommit", [True, False])
def test_no_more_texts_are_given_than_are_wanted(connection: Any, autocommit: bool) -> None:
    connection.autocommit = autocommit
    direct = DirectCursor(connection)
    number, [portion] = taken(direct, MANY, 0, count=2_000)
    assert number == len(portion) == FIRST
    assert taken(direct, "SELECT NULL::text", 0) == (1, [[None]])
    assert asked(direct, "SELECT 'a'::text") == [("a",)]


def test_a_taker_that_fails_leaves_the_cursor_usable(connection: Any) -> None:
    def take(_rows: list[tuple[Any, ...]]) -> int:
        raise ZeroDivisionError

    direct = DirectCursor(connection)
    with pytest.raises(ZeroDivisionError):
        direct.texts(MANY, {"count": 5}, take)
    assert taken(direct, MANY, 300, count=1) == (1, [["Ærø 🎈 1".encode()]])


def test_a_connection_of_another_encoding_gives_the_same(connection: Any) -> None:
    connection.execute("SET client_encoding TO latin1")
    direct = DirectCursor(connection)
    assert asked(direct, "SELECT %(v)s::text", v="Ærø") == [("Ærø",)]
    assert taken(direct, "SELECT %(v)s::text", 1, v="Ærø") == (1, [["Ærø".encode()]])


@pytest.mark.parametrize(("given", "prepares"), [("1", True), ("none", False)])
def test_a_url_says_whether_statements_are_prepared(url: sa.URL, given: str, prepares: bool) -> None:
    engines = Engines(
        Source.from_models("sales", url.update_query_dict({"prepare_threshold": given}), models=_Base)
    )
    with engines.sessions.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    pooled = engines.lend()
    cursor = DirectCursor(pooled.dbapi_connection)
    for _ in range(TIMES):
        cursor.execute("SELECT %(n)s::int", {"n": 1})
        assert cursor.fetchall() == [(1,)]
    cursor.execute(PREPARED, {})
    assert bool(cursor.fetchall()) is prepares
    pooled.invalidate()
    engines.dispose()


def test_a_url_with_another_word_for_it_is_refused(url: sa.URL) -> None:
    with pytest.raises(ConfigurationError, match="prepare_threshold cannot be read"):
        Source.from_models("sales", url.update_query_dict({"prepare_threshold": "often"}), models=_Base)
