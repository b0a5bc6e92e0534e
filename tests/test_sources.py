"""Sources on live databases: reading, sessions, and what happens when a server dies, hangs or is slow."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.context import Caller, Context
from gateway.errors import (
    ConfigurationError,
    SourceBusy,
    SourceError,
    SourceTimeout,
    SourceUnavailable,
)
from gateway.observe import Trace
from gateway.sources.calls import Interruption
from gateway.sources.database import Database
from gateway.sources.databases import Databases
from gateway.sources.declare import EntityOptions
from gateway.sources.engines import gateway_like, gateway_lower
from gateway.sources.features import features_of
from gateway.sources.sessions import Sessions
from gateway.sources.source import Source
from gateway.sources.statement import Bind, Reader, Statement, padded_length
from tests.process import free_port
from tests.servers import DIALECTS, SERVERS, connected, database

T = TypeVar("T")


class Models(DeclarativeBase):
    pass


class Town(Models):
    __tablename__ = "towns"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50))


class Street(Models):
    __tablename__ = "streets"
    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(sa.ForeignKey("towns.id"))


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    with database(request.param, "gw_sources_towns", tmp_path) as empty:
        fill(empty)
        yield empty


@pytest.fixture(params=SERVERS)
def server_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    with database(request.param, "gw_sources_towns", tmp_path) as empty:
        fill(empty)
        yield empty


def fill(url: sa.URL) -> None:
    with connected(url) as engine:
        Models.metadata.create_all(engine)
        with engine.begin() as connection:
            names = ["Bern", "Aarau", "Chur", "Zug"]
            rows = [{"id": number, "name": name} for number, name in enumerate(names, 1)]
            connection.execute(sa.insert(Town), rows)


def source(url: sa.URL | str, name: str = "towns", **options: Any) -> Source:
    return Source.from_models(name, url, models=Models, **options)


def using(url: sa.URL | str, use: Callable[[Database], Awaitable[T]], **options: Any) -> T:
    """What `use` returns, given a database that is closed afterwards."""

    async def main() -> T:
        one = Database(source(url, **options))
        try:
            return await use(one)
        finally:
            await one.close()

    return asyncio.run(main())


def statement(one: Database, clause: sa.Select[Any], **arities: int) -> Statement:
    """A statement without conversions; `arities` names the parameters that are lists."""
    compiled = clause.compile(dialect=one.dialect)
    names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    binds = tuple(Bind(name, None, arities.get(name, 0)) for name in names or ())
    return Statement(str(compiled), binds, not compiled.positional, one.features.placeholder or "?")


Work = Callable[[Reader], list[tuple[Any, ...]]]


def reading(one: Database, clause: sa.Select[Any], **values: Any) -> Work:
    ready = statement(one, clause)
    return lambda reader: reader.rows(ready, values)


def text(sql: str) -> Work:
    """Work that runs one text without parameters, on whatever dialect."""
    return lambda reader: reader.rows(Statement(sql, named=True), {})


NAMES = sa.select(Town.name).order_by(Town.id)
ALL = [("Bern",), ("Aarau",), ("Chur",), ("Zug",)]

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "mysql": "SELECT /* gw_slow */ SLEEP(30) FROM towns",
    "postgresql": "SELECT /* gw_slow */ pg_sleep(30)",
}
RUNNING = {
    "mysql": "SELECT COUNT(*) FROM information_schema.processlist "
    "WHERE db = :name AND info LIKE '%gw_slow%' AND id <> CONNECTION_ID()",
    "postgresql": "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = :name AND query LIKE '%gw_slow%' AND state = 'active' AND pid <> pg_backend_pid()",
}
KILL = {
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = :name AND id <> CONNECTION_ID()",
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = :name AND pid <> pg_backend_pid()",
}


def running(url: sa.URL) -> int:
    """How many slow statements the server works on, in this database."""
    asked = sa.text(RUNNING[features_of(url).name])
    with connected(url) as engine, engine.connect() as connection:
        return int(connection.execute(asked, {"name": url.database}).scalar_one())


def kill_connections(url: sa.URL) -> int:
    """End every connection to the database from the server's side."""
    kind = features_of(url).name
    with connected(url) as engine, engine.connect() as connection:
        found = connection.execute(sa.text(KILL[kind]), {"name": url.database}).scalars().all()
        for identity in found if kind == "mysql" else ():
            connection.exec_driver_sql(f"KILL {identity}")
        return len(found)


PATIENCE = 8.0
"""Seconds to wait for what should be there at once: fewer than a default deadline or a slow statement takes,
and more than a machine that is busy with something else."""


async def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; fails after `seconds`."""
    started = time.monotonic()
    while not await asyncio.to_thread(condition):
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        await asyncio.sleep(0.02)


class Proxy:
    """A TCP server in front of another one, that can hang (accept, pass nothing on) and refuse."""

    def __init__(self, target: sa.URL | None) -> None:
        self._target = (target.host, target.port) if target is not None else None
        self._hung = threading.Event()
        self._sockets: list[socket.socket] = []
        self.port = free_port()
        self.listen()

    def listen(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def hang(self, *, on: bool = True) -> None:
        self._hung.set() if on else self._hung.clear()

    def refuse(self) -> None:
        """Stop listening and drop every connection."""
        _close(self._listener)
        self.cut()

    def cut(self) -> None:
        """Drop every connection."""
        while self._sockets:
            _close(self._sockets.pop())

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                self._sockets.append(near)
                if self._target is None:
                    continue
                far = socket.create_connection(self._target)
                self._sockets.append(far)
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._copy, args=ends, daemon=True).start()

    def _copy(self, giver: socket.socket, taker: socket.socket) -> None:
        with suppress(OSError):
            while received := giver.recv(65536):
                while self._hung.is_set():
                    time.sleep(0.01)
                taker.sendall(received)
        for one in (giver, taker):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.fixture
def proxy(server_url: sa.URL) -> Iterator[Proxy]:
    one = Proxy(server_url)
    yield one
    one.hang(on=False)
    one.refuse()


# Reading


def test_rows_are_read_and_recorded(url: sa.URL) -> None:
    trace = Trace()
    rows = using(url, lambda one: one.run(reading(one, NAMES), trace=trace))
    assert rows == ALL
    [event] = trace.statements
    assert (event.source, event.rows, event.error) == ("towns", 4, None)
    assert "FROM towns" in event.sql
    assert event.ms > 0


def test_one_hop_may_run_several_statements(url: sa.URL) -> None:
    async def use(one: Database) -> list[int]:
        count = reading(one, sa.select(sa.func.count()).select_from(Town))
        names = reading(one, NAMES)
        return await one.run(lambda reader: [len(names(reader)), *count(reader)[0]])

    assert using(url, use) == [4, 4]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_list_of_values_expands(url: sa.URL, length: int) -> None:
    async def use(one: Database) -> list[tuple[Any, ...]]:
        clause = NAMES.where(
            Town.id.in_(sa.bindparam("ids", expanding=True)), Town.name != sa.bindparam("not")
        )
        ready = statement(one, clause, ids=1)
        return await one.run(lambda reader: reader.rows(ready, {"ids": [4, 2, 1][:length], "not": "Bern"}))

    assert using(url, use) == [("Zug",)] if length == 1 else [("Aarau",), ("Zug",)]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_list_of_tuples_expands(url: sa.URL, length: int) -> None:
    async def use(one: Database) -> list[tuple[Any, ...]]:
        pairs = sa.tuple_(Town.id, Town.name).in_(sa.bindparam("pairs", expanding=True))
        ready = statement(one, NAMES.where(pairs), pairs=2)
        asked = [(1, "Bern"), (2, "Bern"), (3, "Chur")][:length]
        return await one.run(lambda reader: reader.rows(ready, {"pairs": asked}))

    assert using(url, use) == ([("Bern",), ("Chur",)] if length == 3 else [("Bern",)])


def test_lists_are_padded_to_few_lengths() -> None:
    assert [padded_length(n) for n in (1, 2, 3, 4, 5, 1000, 1024, 1025, 2000, 10_000)] == [
        *(1, 2, 4, 4, 8, 1024, 1024, 2048, 2048, 10_240),
    ]
    ready = Statement("a IN (__[POSTCOMPILE_k]) AND b = %s", (Bind("k", str, 1), Bind("b")), False, "%s")
    assert ready.render({"k": [1, 2, 3], "b": 9}) == (
        "a IN (%s, %s, %s, %s) AND b = %s",
        ("1", "2", "3", "3", 9),
    )


def test_tuples_are_processed_by_column_and_cast() -> None:
    pairs = Bind("p", (str, None), 2, cast="::TEXT")
    sql, values = Statement("(__[POSTCOMPILE_p])", (pairs,), named=True).render({"p": [(1, 2)]})
    assert sql == "((%(p__0)s::TEXT, %(p__1)s::TEXT))"
    assert values == {"p__0": "1", "p__1": 2}


def test_reads_see_what_others_committed_since(url: sa.URL) -> None:
    async def use(one: Database) -> tuple[int, int]:
        before = await one.run(reading(one, NAMES))
        with connected(url) as engine, engine.begin() as connection:
            connection.execute(sa.insert(Town), {"id": 5, "name": "Wil"})
        return len(before), len(await one.run(reading(one, NAMES)))

    assert using(url, use, threads=1) == (4, 5)


def test_a_refused_statement_says_nothing_of_the_driver(url: sa.URL) -> None:
    trace = Trace()
    with pytest.raises(SourceError) as caught:
        using(url, lambda one: one.run(text("SELECT secret FROM nowhere"), trace=trace))
    assert type(caught.value) is SourceError
    assert caught.value.message == "The database of towns could not run a statement."
    assert caught.value.source == "towns"
    assert caught.value.__cause__ is not None
    assert trace.statements[0].error == "SOURCE_ERROR"


def test_an_error_of_the_work_itself_comes_through(url: sa.URL) -> None:
    async def use(one: Database) -> list[tuple[Any, ...]]:
        with pytest.raises(ZeroDivisionError):
            await one.run(lambda reader: 1 // 0)
        return await one.run(reading(one, NAMES))

    assert using(url, use) == ALL


def test_a_value_the_driver_cannot_encode_is_an_error_of_the_source(url: sa.URL) -> None:
    async def use(one: Database) -> None:
        clause = NAMES.where(Town.name == sa.bindparam("name"))
        with pytest.raises(SourceError):
            await one.run(reading(one, clause, name="\ud800"))
        assert await one.run(reading(one, clause, name="Zug")) == [("Zug",)]

    using(url, use)


# Connections


def test_new_connections_speak_utc_and_enforce_rules(url: sa.URL) -> None:
    asked = {
        "sqlite": "PRAGMA foreign_keys",
        "mysql": "SELECT @@time_zone, @@sql_mode LIKE '%STRICT_ALL_TABLES%', @@character_set_client",
        "postgresql": "SHOW TimeZone",
    }
    told = {"sqlite": (1,), "mysql": ("+00:00", 1, "utf8mb4"), "postgresql": ("UTC",)}
    kind = features_of(url).name

    async def use(one: Database) -> list[tuple[Any, ...]]:
        rows = await one.run(text(asked[kind]))
        sessions = Sessions({"towns": one.new_session})
        assert await asyncio.to_thread(lambda: sessions["towns"].execute(sa.text(asked[kind])).all()) == rows
        await one.close_session(sessions)
        return rows

    assert using(url, use) == [told[kind]]


def test_a_read_survives_that_the_server_dropped_its_connections(server_url: sa.URL) -> None:
    async def use(one: Database) -> None:
        barrier = threading.Barrier(3)

        def together(reader: Reader) -> list[tuple[Any, ...]]:
            rows = text("SELECT 1")(reader)
            barrier.wait(PATIENCE)
            return rows

        await asyncio.gather(*(one.run(together) for _ in range(3)))
        for _ in range(3):
            assert await asyncio.to_thread(kill_connections, server_url) >= 1
            answers = await asyncio.gather(*(one.run(reading(one, NAMES)) for _ in range(6)))
            assert answers == [ALL] * 6
        assert one.state()["status"] == "ok"

    using(server_url, use)


def test_a_session_survives_that_the_server_dropped_its_idle_connection(server_url: sa.URL) -> None:
    async def use(one: Database) -> None:
        for _ in range(2):
            sessions = Sessions({"towns": one.new_session})
            names = await asyncio.to_thread(lambda: sessions["towns"].scalars(NAMES).all())  # noqa: B023
            assert len(names) == 4
            await one.close_session(sessions)
            await asyncio.to_thread(kill_connections, server_url)

    using(server_url, use)


def test_a_source_that_refuses_connections_is_unavailable_at_once() -> None:
    proxy = Proxy(None)
    proxy.refuse()
    for scheme in ("mysql", "postgresql"):
        started = time.monotonic()
        with pytest.raises(SourceUnavailable) as caught:
            using(f"{scheme}://u:secret@127.0.0.1:{proxy.port}/x", lambda one: one.run(text("SELECT 1")))
        assert time.monotonic() - started < PATIENCE
        assert caught.value.retryable
        assert "secret" not in str(caught.value)


def test_a_sqlite_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    for file in (tmp_path / "a b%20#?.db", tmp_path / "nowhere" / "x.db"):
        with pytest.raises(SourceUnavailable):
            using(sa.URL.create("sqlite", database=str(file)), lambda one: one.run(text("SELECT 1")))
        assert not file.exists()


def test_a_sqlite_file_may_have_any_name(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "a b%20#?é.db"))
    fill(url)
    assert using(url, lambda one: one.run(reading(one, NAMES))) == ALL


# Deadlines


def test_a_hanging_server_costs_its_own_source_only(tmp_path: Path) -> None:
    hung = Proxy(None)
    local = sa.URL.create("sqlite", database=str(tmp_path / "towns.db"))
    fill(local)

    async def ask(one: Database) -> float:
        started = time.monotonic()
        with pytest.raises((SourceTimeout, SourceUnavailable)):  # the breaker opens with the third of them
            await one.run(text("SELECT 1"))
        return time.monotonic() - started

    async def main(scheme: str) -> None:
        address = f"{scheme}://u:p@127.0.0.1:{hung.port}/x"
        one = Database(source(address, deadline=1.5, connect_timeout=60))
        other = Database(source(local))
        asked = [asyncio.create_task(ask(one)) for _ in range(6)]
        await asyncio.sleep(0.1)
        assert await other.run(reading(other, NAMES)) == ALL
        assert not any(task.done() for task in asked)
        # One after the other they would take six deadlines, or a time-out of connecting.
        assert all(1.49 < seconds < PATIENCE for seconds in await asyncio.gather(*asked))
        hung.cut()  # nothing waits for the connections that are still being made
        await one.close()
        await other.close()

    for scheme in ("mysql", "postgresql"):
        asyncio.run(main(scheme))
    hung.refuse()


def test_a_slow_statement_is_gone_soon_after_the_deadline(url: sa.URL) -> None:
    kind = features_of(url).name

    async def use(one: Database) -> None:
        started = time.monotonic()
        slow = asyncio.create_task(one.run(text(SLOW[kind])))
        if kind != "sqlite":
            await eventually(lambda: running(url) == 1)
        with pytest.raises(SourceTimeout) as caught:
            await slow
        assert 1.49 < time.monotonic() - started < PATIENCE
        assert caught.value.message == "The database of towns did not answer within 1.5 s."
        await eventually(lambda: one.state()["stuck"] == 0)
        if kind != "sqlite":
            await eventually(lambda: running(url) == 0)
        assert await one.run(reading(one, NAMES)) == ALL

    using(url, use, deadline=1.5)


@dataclass
class Slowly:
    """Asks a while after it is told to, as on a machine that is busy."""

    real: Interruption

    def ask(self, connection: Any) -> None:
        time.sleep(0.4)
        self.real.ask(connection)

    def force(self, connection: Any) -> None:
        self.real.force(connection)


def test_a_slow_statement_is_gone_even_if_its_server_is_told_late(server_url: sa.URL) -> None:
    async def use(one: Database) -> None:
        one._interruption = Slowly(one._interruption)
        slow = asyncio.create_task(one.run(text(SLOW[one.features.name])))
        await eventually(lambda: running(server_url) == 1)
        with pytest.raises(SourceTimeout):
            await slow
        await eventually(lambda: running(server_url) == 0)

    using(server_url, use, deadline=1.0)


def test_a_locked_sqlite_file_costs_a_deadline(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "towns.db"))
    fill(url)

    async def use(one: Database) -> None:
        with connected(url) as engine, engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            with pytest.raises(SourceTimeout):
                await one.run(reading(one, NAMES))
            await eventually(lambda: one.state()["stuck"] == 0)
        assert await one.run(reading(one, NAMES)) == ALL

    using(url, use, deadline=1.0)


def test_a_statement_ends_when_its_caller_leaves(url: sa.URL) -> None:
    kind = features_of(url).name

    async def use(one: Database) -> None:
        slow = asyncio.create_task(one.run(text(SLOW[kind])))
        if kind != "sqlite":
            await eventually(lambda: running(url) == 1)
        await asyncio.sleep(0.2)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await eventually(lambda: one.state()["stuck"] == 0)
        if kind != "sqlite":
            await eventually(lambda: running(url) == 0)
        assert one.state()["status"] == "ok"

    using(url, use, deadline=60)


def test_a_connection_that_falls_silent_frees_its_thread(server_url: sa.URL, proxy: Proxy) -> None:
    async def use(one: Database) -> None:
        assert await one.run(reading(one, NAMES)) == ALL
        proxy.hang()
        started = time.monotonic()
        with pytest.raises(SourceTimeout):
            await one.run(reading(one, NAMES))
        assert time.monotonic() - started < PATIENCE
        await eventually(lambda: one.state()["stuck"] == 0)
        proxy.hang(on=False)
        assert await one.run(reading(one, NAMES)) == ALL

    using(server_url.set(host="127.0.0.1", port=proxy.port), use, deadline=1.0, connect_timeout=1.0)


def test_stuck_threads_are_replaced(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "towns.db"))
    fill(url)
    release = threading.Event()

    async def use(one: Database) -> None:
        with pytest.raises(SourceTimeout):
            await one.run(lambda reader: release.wait(30))
        assert one.state()["stuck"] == 1
        assert await one.run(reading(one, NAMES)) == ALL
        release.set()
        await eventually(lambda: one.state()["stuck"] == 0)

    using(url, use, deadline=1.0, threads=1)


def test_a_full_queue_is_refused_and_the_deadline_covers_waiting(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "towns.db"))
    fill(url)
    release = threading.Event()

    async def use(one: Database) -> None:
        def hold(reader: Reader) -> bool:
            return release.wait(30)

        calls = [asyncio.create_task(one.run(hold)) for _ in range(3)]
        await eventually(lambda: one.state()["waiting"] == 2)
        with pytest.raises(SourceBusy):
            await one.run(hold)
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(answer) for answer in answers] == [SourceTimeout] * 3
        release.set()

    using(url, use, deadline=1.0, threads=1, queue=2)


# A source that is down


def test_a_source_that_is_down_fails_fast_and_heals_by_itself(server_url: sa.URL, proxy: Proxy) -> None:
    async def use(one: Database) -> None:
        assert await one.run(reading(one, NAMES)) == ALL
        proxy.refuse()
        for _ in range(4):
            with pytest.raises(SourceUnavailable):
                await one.run(reading(one, NAMES))
        assert one.state()["status"] == "down"
        waits = []
        for _ in range(20):
            started = time.monotonic()
            with pytest.raises(SourceUnavailable):
                await one.run(reading(one, NAMES))
            waits.append(time.monotonic() - started)
        assert min(waits) < 0.01
        with pytest.raises(SourceUnavailable):
            await one.ping(1)
        proxy.listen()
        await eventually(lambda: one.state()["status"] == "ok")
        assert await one.run(reading(one, NAMES)) == ALL
        await one.ping(1)

    using(server_url.set(host="127.0.0.1", port=proxy.port), use)


def test_slow_statements_alone_do_not_close_a_source(url: sa.URL) -> None:
    slow = text(SLOW[features_of(url).name])

    async def use(one: Database) -> None:
        for _ in range(2):
            answers = await asyncio.gather(*(one.run(slow) for _ in range(3)), return_exceptions=True)
            assert {type(answer) for answer in answers} == {SourceTimeout}
            await eventually(lambda: one.state()["status"] == "ok")
            assert await one.run(reading(one, NAMES)) == ALL

    using(url, use, deadline=1.0)


def test_closing_gives_up_what_runs(server_url: sa.URL) -> None:
    async def main() -> None:
        one = Database(source(server_url))
        slow = asyncio.create_task(one.run(text(SLOW[one.features.name])))
        await eventually(lambda: running(server_url) == 1)
        await one.close()
        with pytest.raises(SourceUnavailable):
            await slow
        with pytest.raises(SourceUnavailable):
            await one.run(reading(one, NAMES))
        await eventually(lambda: running(server_url) == 0)

    asyncio.run(main())


# Sessions


def test_sessions_are_lazy_and_closed(url: sa.URL) -> None:
    async def use(one: Database) -> None:
        context = Context(Databases([one]), caller=Caller("clerk", {"canton": "BE"}))
        sessions = context.sessions
        assert list(sessions) == ["towns"]
        assert "towns" in sessions
        assert not sessions.is_open("towns")
        with pytest.raises(KeyError, match="no source 'crm'; there are: towns"):
            sessions["crm"]
        session = sessions["towns"]
        assert sessions["towns"] is session
        assert sessions.is_open("towns")
        await asyncio.to_thread(session.scalars, NAMES)
        assert session.in_transaction()
        await context.close()
        assert not session.in_transaction()
        with pytest.raises(KeyError):
            sessions["crm"]
        other = Context(Databases([one]))
        await other.close()
        assert not other.sessions.is_open("towns")

    using(url, use)


def test_reads_over_a_session_see_what_it_has_not_committed(url: sa.URL) -> None:
    async def use(one: Database) -> None:
        context = Context(Databases([one]))
        context.sessions["towns"].add(Town(id=9, name="Olten"))
        within = await one.run(reading(one, NAMES), context.sessions, context.trace)
        without = await one.run(reading(one, NAMES), trace=context.trace)
        assert (within, without) == ([*ALL, ("Olten",)], ALL)
        assert [event.rows for event in context.trace.statements] == [5, 4]
        await context.close()
        assert await one.run(reading(one, NAMES)) == ALL

    using(url, use)


def test_two_reads_over_one_session_take_turns(url: sa.URL) -> None:
    async def use(one: Database) -> None:
        context = Context(Databases([one]))
        context.sessions["towns"].add(Town(id=9, name="Olten"))
        reads = (one.run(reading(one, NAMES), context.sessions) for _ in range(8))
        assert {len(rows) for rows in await asyncio.gather(*reads)} == {5}
        await context.close()

    using(url, use)


def test_a_session_whose_read_was_given_up_cannot_commit(url: sa.URL) -> None:
    slow = text(SLOW[features_of(url).name])

    async def use(one: Database) -> None:
        context = Context(Databases([one]))
        session = context.sessions["towns"]
        session.add(Town(id=9, name="Olten"))
        with pytest.raises(SourceTimeout):
            await one.run(slow, context.sessions)
        await eventually(lambda: one.state()["stuck"] == 0)
        with pytest.raises(sa.exc.SQLAlchemyError):
            await asyncio.to_thread(session.commit)
        await context.close()
        assert await one.run(reading(one, NAMES)) == ALL

    using(url, use, deadline=1.0)


def test_a_session_with_a_rejected_row_is_an_error_of_the_source(url: sa.URL) -> None:
    async def use(one: Database) -> None:
        context = Context(Databases([one]))
        context.sessions["towns"].add(Street(id=1, town_id=77))
        with pytest.raises(SourceError) as caught:
            await one.run(reading(one, NAMES), context.sessions)
        assert type(caught.value) is SourceError
        await context.close()

    using(url, use)


def test_a_session_on_a_dead_server_is_unavailable() -> None:
    proxy = Proxy(None)
    proxy.refuse()

    async def use(one: Database) -> None:
        context = Context(Databases([one]))
        context.sessions["towns"].add(Town(id=9, name="Olten"))
        with pytest.raises(SourceUnavailable):
            await one.run(text("SELECT 1"), context.sessions)
        await context.close()

    for scheme in ("mysql", "postgresql"):
        using(f"{scheme}://u:p@127.0.0.1:{proxy.port}/x", use)


# Declarations


def test_all_mistakes_of_a_source_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Source.from_models(
            "my towns",
            "oracle://u:secret@h/x",
            models=[Town, int],
            entities={str: EntityOptions()},
            deadline=0,
        )
    assert len(caught.value.problems) == 5
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("sqlite://", "use a file"),
        ("sqlite:///:memory:", "use a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "use a file"),
        ("sqlite://towns.db", "three slashes"),
        ("mysql://u:secret@h", "/database"),
        ("postgresql+asyncpg://u:secret@h/x", r"postgresql\+psycopg"),
        ("u:secret@h", "dialect://"),
    ],
)
def test_a_url_that_cannot_work_is_refused_with_a_hint(url: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=hint) as caught:
        source(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "name"),
    [("mysql", "mysql"), ("mariadb", "mysql"), ("postgres", "postgresql"), ("postgresql", "postgresql")],
)
def test_a_url_without_a_driver_gets_ours(scheme: str, name: str) -> None:
    one = source(f"{scheme}://u:secret@h/x")
    assert features_of(one.url).name == name
    assert one.url.drivername == features_of(one.url).drivername
    assert Database(one).dialect.name == (scheme if scheme == "mariadb" else name)  # as variants are named
    assert "secret" not in repr(one)
    assert "secret" not in str(one.url)


def test_a_base_stands_for_its_classes_in_the_order_of_their_tables() -> None:
    one = source("sqlite:///towns.db", entities={Town: EntityOptions(hide=True)})
    assert one.models == (Town, Street)
    assert one.metadata is Models.metadata
    moved = one.at("mysql://h/x", deadline=3)
    assert (moved.url.drivername, moved.deadline, moved.models) == ("mysql+mysqlconnector", 3, one.models)
    with pytest.raises(ConfigurationError):
        one.at("sqlite://", threads=0)


# Functions of SQLite


@pytest.mark.parametrize(
    ("value", "pattern", "matches"),
    [
        ("Äpfel", "Ä%", True),
        ("Äpfel", "ä%", False),
        ("100%", "100\\%", True),
        ("1000", "100\\%", False),
        ("a_b", "a\\_b", True),
        ("axb", "a\\_b", False),
        ("axb", "a_b", True),
        ("a\nb", "a%b", True),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("a\\b", "a\\\\b", True),
        ("abc", "ab", False),
        (12, "1_", True),
        (None, "%", None),
        ("a", None, None),
    ],
)
def test_like_heeds_case_and_escapes(value: Any, pattern: Any, matches: bool | None) -> None:
    assert gateway_like(value, pattern) is matches


def test_sqlite_connections_have_the_gateways_functions(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "towns.db"))
    fill(url)
    asked = "SELECT gateway_lower('ÄÖ'), gateway_lower(NULL), gateway_like('Zug', 'z%')"
    assert using(url, lambda one: one.run(text(asked))) == [("äö", None, 0)]
    assert gateway_lower(5) == 5


# The trace


def test_a_trace_adds_up() -> None:
    trace = Trace(operation_name="Towns")
    for _ in range(2):
        with trace.stage("plan"):
            time.sleep(0.002)
    assert 3 < trace.stages["plan"] < 3000  # milliseconds
    assert trace.summary() == {}
