"""Read replicas: who reads there, and what happens when one lags, is down, hangs or comes back.

A replica here is a database of its own with another row in it, so that an answer tells who gave it, and an
app's function says how far it is behind. Real replication is measured at the end.
"""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from gateway import ConfigurationError, Context, Gateway, Settings, Source
from gateway.schema.answer import Asked
from gateway.sources.replicas import Replica, Replicated
from tests.private import Server, private_mariadb, private_mysql, private_postgresql
from tests.process import free_port
from tests.proxy import proxied
from tests.servers import DIALECTS, connected, database


class TownBase(DeclarativeBase):
    pass


class Town(TownBase):
    __tablename__ = "towns"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))


QUERY = "{ towns { nodes { name } } }"
PRIMARY, REPLICA = ["on the primary"], ["on the replica"]
DEADLINE = 4.0


@pytest.fixture(params=DIALECTS, scope="module")
def urls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[sa.URL]]:
    """The primary and the replica."""
    folder = tmp_path_factory.mktemp("replicas")
    with ExitStack() as stack:
        made = []
        for name in ("primary", "replica"):
            url = stack.enter_context(database(request.param, f"gw_replicas_{name}", folder))
            with connected(url) as engine:
                TownBase.metadata.create_all(engine)
                with Session(engine) as session:
                    session.add(Town(id=1, name=f"on the {name}"))
                    session.commit()
            made.append(url)
        yield made


class Lag:
    """What the replica says about itself."""

    def __init__(self, seconds: float | None = 0.0) -> None:
        self.seconds = seconds
        self.asked = 0

    def __call__(self, connection: sa.Connection) -> float | None:
        assert connection.scalar(sa.text("SELECT 1")) == 1
        self.asked += 1
        return self.seconds


@strawberry.type
class Mutation:
    @strawberry.field
    def touch(self) -> str:
        return "touched"

    @strawberry.field
    def touched(self) -> Town:
        return Town(id=1)


def gateway_on(primary: sa.URL, replica: Any, lag: Any, **limits: Any) -> Gateway:
    source = Source.from_models(
        "towns", primary, models=TownBase, replicas=replica, replica_lag=lag, **limits
    )
    return Gateway([source], settings=Settings(), mutation=Mutation)


def using(gateway: Gateway, use: Callable[[Gateway], Any]) -> None:
    async def main() -> None:
        try:
            await asyncio.wait_for(use(gateway), 60)
        finally:
            await gateway.close()

    asyncio.run(main())


async def read(gateway: Gateway) -> list[str]:
    answer = await gateway.execute(QUERY)
    assert not answer.errors, answer.errors
    assert answer.data is not None
    return [node["name"] for node in answer.data["towns"]["nodes"]]


async def reads(gateway: Gateway, expected: list[str], seconds: float = 10) -> None:
    """Wait until reads are answered so; a moment before they may be answered otherwise."""
    end = time.monotonic() + seconds
    while await read(gateway) != expected:
        assert time.monotonic() < end, f"not {expected}"
        await asyncio.sleep(0.02)


# Who reads where


def test_queries_read_a_replica_that_is_up_to_date(urls: list[sa.URL]) -> None:
    async def use(gateway: Gateway) -> None:
        assert await read(gateway) == PRIMARY, "nothing is known of the replica yet"
        await reads(gateway, REPLICA)
        answers = await asyncio.gather(*(read(gateway) for _ in range(20)))
        assert answers == [REPLICA] * 20

    using(gateway_on(urls[0], urls[1], Lag()), use)


def test_an_open_session_reads_the_primary(urls: list[sa.URL]) -> None:
    async def use(gateway: Gateway) -> None:
        await reads(gateway, REPLICA)
        context = Context(gateway.databases)
        await context.run(lambda sessions: sessions.get(Town, 1))
        answer = await gateway.schema.answer(Asked(QUERY), context)
        assert answer.data == {"towns": {"nodes": [{"name": "on the primary"}]}}
        await context.close()
        assert await read(gateway) == REPLICA

    using(gateway_on(urls[0], urls[1], Lag()), use)


def test_a_mutation_operation_reads_the_primary(urls: list[sa.URL]) -> None:
    async def use(gateway: Gateway) -> None:
        await reads(gateway, REPLICA)
        answer = await gateway.execute("mutation { touch touched { name } }")
        assert answer.errors == []
        assert answer.data == {"touch": "touched", "touched": {"name": "on the primary"}}
        assert await read(gateway) == REPLICA

    using(gateway_on(urls[0], urls[1], Lag()), use)


def test_replicas_take_turns(urls: list[sa.URL]) -> None:
    async def use(gateway: Gateway) -> None:
        found: list[list[str]] = []
        for _ in range(200):
            found.append(await read(gateway))
            if found[-2:] in ([PRIMARY, REPLICA], [REPLICA, PRIMARY]) and len(found) > 20:
                break
            await asyncio.sleep(0.01)
        assert found[-1] != found[-2]

    using(gateway_on(urls[0], [urls[0], urls[1]], Lag()), use)


# One that should not be read


@pytest.mark.parametrize("seconds", [5.1, None], ids=["lagging", "unknown"])
def test_a_replica_that_lags_or_cannot_tell_is_skipped(urls: list[sa.URL], seconds: float | None) -> None:
    lag = Lag(seconds)

    async def use(gateway: Gateway) -> None:
        while not lag.asked:
            assert await read(gateway) == PRIMARY
            await asyncio.sleep(0.01)
        for _ in range(10):
            assert await read(gateway) == PRIMARY
        lag.seconds = 0.0
        await reads(gateway, REPLICA)
        lag.seconds = seconds
        await reads(gateway, PRIMARY)

    using(gateway_on(urls[0], urls[1], lag), use)


def test_an_old_measurement_is_not_trusted(urls: list[sa.URL]) -> None:
    async def use(gateway: Gateway) -> None:
        await reads(gateway, REPLICA)
        await asyncio.sleep(0.5)
        assert await read(gateway) == PRIMARY
        await reads(gateway, REPLICA)

    using(gateway_on(urls[0], urls[1], Lag(), replica_lag_max=0.4), use)


def test_a_function_that_fails_costs_no_answer(urls: list[sa.URL]) -> None:
    def fails(connection: sa.Connection) -> float:
        raise ZeroDivisionError

    async def use(gateway: Gateway) -> None:
        for _ in range(5):
            assert await read(gateway) == PRIMARY
            await asyncio.sleep(0.02)

    using(gateway_on(urls[0], urls[1], fails), use)


def test_a_statement_the_replica_refuses_is_run_on_the_primary(urls: list[sa.URL]) -> None:
    """Such as one about a table that has not arrived there yet."""

    async def use(gateway: Gateway) -> None:
        await reads(gateway, REPLICA)
        with connected(urls[1]) as engine:
            await asyncio.to_thread(TownBase.metadata.drop_all, engine)
        try:
            assert await read(gateway) == PRIMARY
        finally:
            with connected(urls[1]) as engine:
                await asyncio.to_thread(TownBase.metadata.create_all, engine)
                with Session(engine) as session:
                    session.add(Town(id=1, name="on the replica"))
                    await asyncio.to_thread(session.commit)

    using(gateway_on(urls[0], urls[1], Lag()), use)


@pytest.mark.parametrize("urls", ["mariadb", "mysql", "postgresql"], indirect=True)
def test_a_replica_that_is_down_costs_no_answer_and_comes_back_by_itself(urls: list[sa.URL]) -> None:
    with proxied(urls[1]) as (proxy, url):

        async def use(gateway: Gateway) -> None:
            await reads(gateway, REPLICA)
            proxy.refuse()
            for _ in range(20):
                assert await read(gateway) == PRIMARY
            proxy.heal()
            await reads(gateway, REPLICA)

        using(gateway_on(urls[0], url, Lag()), use)


@pytest.mark.parametrize("urls", ["mariadb", "mysql", "postgresql"], indirect=True)
def test_a_replica_that_hangs_is_left_within_the_deadline(urls: list[sa.URL]) -> None:
    with proxied(urls[1]) as (proxy, url):

        async def use(gateway: Gateway) -> None:
            await reads(gateway, REPLICA)
            proxy.hang()
            started = time.monotonic()
            assert await read(gateway) == PRIMARY
            first = time.monotonic() - started
            started = time.monotonic()
            for _ in range(10):
                assert await read(gateway) == PRIMARY
            rest = time.monotonic() - started
            print(f"hanging replica: first read {first:.2f} s of {DEADLINE:.0f} s, ten more {rest:.2f} s")
            assert first < DEADLINE
            assert rest < 5, "nobody else waits for it"
            proxy.heal()
            await reads(gateway, REPLICA)

        using(gateway_on(urls[0], url, Lag(), deadline=DEADLINE, connect_timeout=1.0), use)


def test_health_shows_replicas(urls: list[sa.URL]) -> None:
    lag = Lag(1.0)

    async def use(gateway: Gateway) -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(gateway.app()), base_url="http://gateway"
        ) as client:
            for seconds, state in ((1.0, "up"), (9.0, "lagging"), (None, "down")):
                lag.seconds = seconds
                found = (await client.get("/health/ready")).json()
                assert found["status"] == "ready"
                [replica] = found["sources"]["towns"]["replicas"]
                assert replica["state"] == state
                assert replica["lag"] is None if seconds is None else replica["lag"] >= seconds

    using(gateway_on(urls[0], urls[1], lag), use)


# Mistakes


def test_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Source.from_models(
            "towns",
            f"sqlite:///{tmp_path / 'x'}",
            models=TownBase,
            replicas=["postgresql://h/x", "oracle://h/x"],
            replica_lag_max=0,
        )
    told = str(caught.value)
    assert "replica 1" in told
    assert "'oracle' is not a supported database" in told
    assert "cannot tell their lag" in told
    assert "replica_lag_max=0 is not positive" in told
    with pytest.raises(ConfigurationError, match="tenants and replicas"):
        Source.from_models("towns", models=TownBase, tenants={"a": "mysql://h/x"}, replicas="mysql://h/y")


# Real replication


@contextmanager
def postgresql_pair() -> Iterator[tuple[Server, Server]]:
    """A primary and its streaming replica."""
    with private_postgresql() as primary:
        port = free_port()
        place = primary.folder / "standby"
        copy = ["pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-D", str(place)]
        copy += ["-h", "127.0.0.1", "-p", str(primary.url.port), "-U", "postgres"]
        done = subprocess.run(copy, capture_output=True, text=True, check=False, **user_of(primary))
        assert done.returncode == 0, done.stderr
        command = [primary.command[0], "-D", str(place)]
        command += [each for each in primary.command[3:] if not each.startswith("--port")]
        folder = place / "log_folder"
        subprocess.run(["mkdir", str(folder)], check=True, **user_of(primary))
        standby = Server(folder, [*command, f"--port={port}"], primary.user, primary.url.set(port=port))
        standby.start()
        try:
            yield primary, standby
        finally:
            standby.stop()


@contextmanager
def mariadb_pair() -> Iterator[tuple[Server, Server]]:
    """A primary and its replica."""
    with (
        private_mariadb("--server-id=1", "--log-bin") as primary,
        private_mariadb("--server-id=2") as replica,
    ):
        execute(primary.url, "CREATE USER copier@'%' IDENTIFIED BY 'x'")
        execute(primary.url, "GRANT REPLICATION SLAVE ON *.* TO copier@'%'")
        change = "MASTER_HOST='127.0.0.1', MASTER_USER='copier', MASTER_PASSWORD='x', MASTER_CONNECT_RETRY=1"
        execute(replica.url, f"CHANGE MASTER TO {change}, MASTER_PORT={primary.url.port}")
        execute(replica.url, "START SLAVE")
        yield primary, replica


@contextmanager
def mysql_pair() -> Iterator[tuple[Server, Server]]:
    """A primary and its replica; MySQL 8.4 knows none of the words that MariaDB has for it."""
    with private_mysql("--server-id=1") as primary, private_mysql("--server-id=2") as replica:
        execute(primary.url, "CREATE USER copier@'%' IDENTIFIED BY 'x'")
        execute(primary.url, "GRANT REPLICATION SLAVE ON *.* TO copier@'%'")
        change = "SOURCE_HOST='127.0.0.1', SOURCE_USER='copier', SOURCE_PASSWORD='x', SOURCE_CONNECT_RETRY=1"
        change += f", GET_SOURCE_PUBLIC_KEY=1, SOURCE_PORT={primary.url.port}"
        execute(replica.url, f"CHANGE REPLICATION SOURCE TO {change}")
        execute(replica.url, "START REPLICA")
        yield primary, replica


def user_of(server: Server) -> dict[str, Any]:
    return {"user": server.user, "group": server.user, "extra_groups": []} if server.user else {}


def execute(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


PAIRS = {
    "postgresql": (postgresql_pair, "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"),
    "mysql": (mysql_pair, "STOP REPLICA SQL_THREAD", "START REPLICA SQL_THREAD"),
    "mariadb": (mariadb_pair, "STOP SLAVE SQL_THREAD", "START SLAVE SQL_THREAD"),
}


@pytest.mark.parametrize("dialect", PAIRS)
def test_real_replication_is_measured(dialect: str) -> None:
    pair, pause, resume = PAIRS[dialect]
    with pair() as (primary, standby):
        execute(primary.url, "CREATE DATABASE towns")
        url, copy = primary.url.set(database="towns"), standby.url.set(database="towns")
        with connected(url) as engine:
            TownBase.metadata.create_all(engine)
        execute(url, "INSERT INTO towns (id, name) VALUES (1, 'Bern')")
        source = Source.from_models("towns", url, models=TownBase, replicas=copy, replica_lag_max=2.0)

        async def use(gateway: Gateway) -> None:
            towns = gateway.databases["towns"]
            assert isinstance(towns, Replicated)
            (replica,) = towns.replicas
            await until(lambda: replica.is_fit(), replica)
            assert await read(gateway) == ["Bern"]
            assert await answered_by(gateway) == "towns (replica 1)"

            await asyncio.to_thread(execute, standby.url, pause)
            await asyncio.to_thread(execute, url, "INSERT INTO towns (id, name) VALUES (2, 'Thun')")
            await until(lambda: not replica.is_fit(), replica)
            assert await read(gateway) == ["Bern", "Thun"], "the primary knows"

            await asyncio.to_thread(execute, standby.url, resume)
            await until(lambda: replica.is_fit(), replica)
            assert await answered_by(gateway) == "towns (replica 1)"
            assert await read(gateway) == ["Bern", "Thun"]

        using(Gateway([source], settings=Settings()), use)


async def until(condition: Callable[[], bool], replica: Replica) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, replica.behind
        await asyncio.sleep(0.05)


async def answered_by(gateway: Gateway) -> str:
    context = Context(gateway.databases)
    await gateway.schema.answer(Asked(QUERY), context)
    await context.close()
    return context.trace.statements[0].source
