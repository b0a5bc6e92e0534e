"""Units that write to several databases: committed everywhere or nowhere, whatever fails in between."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import Context
from gateway.errors import NotAtomic, PartiallyCommitted, UnitRolledBack
from gateway.mutation.coordinator import Coordinator
from gateway.mutation.decisions import decisions_table
from gateway.mutation.unit import Unit
from tests.ledger import ENTRY, Urls, WestBase, fill, ledger, transfers
from tests.private import PRIVATE, Servers, create_database, forget_prepared
from tests.servers import connected, database
from tests.setups import closing

NUMBERS = count()
COMBINATIONS: Mapping[str, Mapping[str, str]] = {
    "mariadb+postgresql": {"north": "mariadb", "south": "postgresql"},
    "mariadb+postgresql+sqlite": {"north": "mariadb", "south": "postgresql", "west": "sqlite"},
    "mysql+postgresql+sqlite": {"north": "mysql", "south": "postgresql", "west": "sqlite"},
    "mariadb+mysql": {"north": "mariadb", "south": "mysql"},
    "mysql+mysql": {"north": "mysql", "south": "mysql"},
    "mariadb+mariadb": {"north": "mariadb", "south": "mariadb"},
    "postgresql+postgresql": {"north": "postgresql", "south": "postgresql"},
    "postgresql+sqlite": {"north": "postgresql", "west": "sqlite"},
    "mysql+sqlite": {"north": "mysql", "west": "sqlite"},
    "mariadb+sqlite": {"north": "mariadb", "west": "sqlite"},
    "sqlite+sqlite+sqlite": {"north": "sqlite", "south": "sqlite", "west": "sqlite"},
    "mariadb+postgresql unprepared": {"north": "mariadb", "south": "postgresql unprepared"},
}


@pytest.fixture
def make(tmp_path: Path, own_servers: Servers) -> Iterator[Callable[[Mapping[str, str]], Urls]]:
    """Fresh databases, by source and dialect."""
    with ExitStack() as stack:

        def made(dialects: Mapping[str, str]) -> Urls:
            urls = {}
            for source, dialect in dialects.items():
                name = f"gw_several_{next(NUMBERS)}"
                if dialect in PRIVATE:
                    urls[source] = create_database(own_servers(dialect), name)
                    stack.callback(forget_prepared, own_servers(dialect))
                else:
                    one = database(dialect.removesuffix(" unprepared"), name, tmp_path)
                    urls[source] = stack.enter_context(one)
            fill(urls)
            return urls

        yield made


@pytest.fixture(params=COMBINATIONS)
def urls(request: pytest.FixtureRequest, make: Callable[[Mapping[str, str]], Urls]) -> Urls:
    return make(COMBINATIONS[request.param])


@contextmanager
def coordinating(urls: Urls, place: str, **options: Any) -> Iterator[Coordinator]:
    """A coordinator of its own over these databases, as another process would have."""
    with closing(ledger(urls)) as gateway:
        coordinator = Coordinator(gateway.databases, place, writes=True, **options)
        yield coordinator
        asyncio.run(coordinator.close())


def operation(coordinator: Coordinator, use: Callable[[Unit], Awaitable[Any]]) -> Any:
    """What `use` returns, within one mutation operation."""

    async def main() -> Any:
        context = Context(coordinator.databases, coordinator=coordinator)
        try:
            return await use(await context.begin())
        finally:
            await context.close()

    return asyncio.run(main())


def enter(source: str, transfer: str) -> Callable[[Session], None]:
    return lambda session: session.add(ENTRY[source](transfer=transfer, amount=1))


async def enter_everywhere(unit: Unit, urls: Urls, transfer: str) -> None:
    for source in urls:
        await unit.run(source, enter(source, transfer))


@pytest.fixture
def coordinator(urls: Urls, tmp_path: Path) -> Iterator[Coordinator]:
    with coordinating(urls, f"file:{tmp_path / 'log'}") as made:
        yield made


def everywhere(urls: Urls, *names: str) -> dict[str, dict[str, int]]:
    return {source: dict.fromkeys(names, 1) for source in urls}


def test_all_or_none(coordinator: Coordinator, urls: Urls) -> None:
    async def commit(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "a")
        assert transfers(urls) == everywhere(urls)
        await unit.commit()

    async def roll_back(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "b")
        await unit.rollback()

    for _ in range(2):
        operation(coordinator, roll_back)
    operation(coordinator, commit)
    assert transfers(urls) == everywhere(urls, "a")
    assert asyncio.run(coordinator.in_doubt()) == []


def test_what_fails_while_flushing_in_one_database_is_undone_in_all(
    coordinator: Coordinator, urls: Urls
) -> None:
    *_, last = urls

    async def use(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "a")
        unit.sessions[last].add(ENTRY[last](transfer="a", amount=2))
        with pytest.raises(IntegrityError):
            await unit.commit()

    operation(coordinator, use)
    assert transfers(urls) == everywhere(urls)


def test_a_session_rolled_back_undoes_every_database(coordinator: Coordinator, urls: Urls) -> None:
    first, *_ = urls

    async def use(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "a")
        await unit.run(first, lambda session: session.rollback())
        with pytest.raises(UnitRolledBack):
            await unit.commit()

    operation(coordinator, use)
    assert transfers(urls) == everywhere(urls)


Make = Callable[[Mapping[str, str]], Urls]


@pytest.mark.parametrize("north", ["mariadb", "mysql"])
def test_only_those_that_wrote_are_prepared(make: Make, tmp_path: Path, north: str) -> None:
    steps: list[str] = []
    urls = make({"north": north, "south": "postgresql"})

    async def use(unit: Unit) -> None:
        await unit.run("north", lambda session: session.execute(sa.text("SELECT 1 FROM north_entries")))
        await unit.run("south", enter("south", "a"))
        await unit.commit()

    with coordinating(urls, f"file:{tmp_path}") as coordinator:
        coordinator.on_step = steps.append
        operation(coordinator, use)
    assert steps == ["begin", "end"]
    assert transfers(urls) == {"north": {}, "south": {"a": 1}}
    assert list(tmp_path.glob("*.log")) == []


def defer(url: sa.URL, table: str) -> None:
    """Have equal amounts refused, but not before the commit."""
    with connected(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD UNIQUE (amount) DEFERRABLE INITIALLY DEFERRED")


async def enter_twice(unit: Unit, urls: Urls) -> None:
    for transfer in ("a", "b"):
        await enter_everywhere(unit, urls, transfer)


@pytest.mark.parametrize("north", ["mariadb", "mysql"])
@pytest.mark.parametrize("south", ["postgresql", "postgresql unprepared"])
def test_what_fails_while_preparing_or_deciding_is_undone_in_all(
    make: Make, tmp_path: Path, north: str, south: str
) -> None:
    urls = make({"north": north, "south": south})
    defer(urls["south"], "south_entries")

    async def use(unit: Unit) -> None:
        await enter_twice(unit, urls)
        with pytest.raises(IntegrityError):
            await unit.commit()

    with coordinating(urls, f"file:{tmp_path}") as coordinator:
        operation(coordinator, use)
        assert transfers(urls) == everywhere(urls)
        assert asyncio.run(coordinator.recover()) == []


def journal(url: sa.URL, mode: str) -> None:
    with sqlite3.connect(str(url.database)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")


def share_a_name(urls: Urls) -> None:
    with sqlite3.connect(str(urls["north"].database)) as connection:
        connection.execute("CREATE TABLE West_Entries (n INTEGER)")


IMPOSSIBLE: Mapping[str, tuple[Mapping[str, str], Callable[[Urls], None]]] = {
    "one has a write-ahead log": (
        {"north": "sqlite", "west": "sqlite"},
        lambda urls: journal(urls["west"], "WAL"),
    ),
    "a table's name means two tables": ({"north": "sqlite", "west": "sqlite"}, share_a_name),
    "two without two phases": ({"north": "postgresql unprepared", "west": "sqlite"}, lambda urls: None),
}


@pytest.mark.parametrize("reason", IMPOSSIBLE)
def test_what_cannot_be_atomic_is_refused(make: Make, tmp_path: Path, reason: str) -> None:
    dialects, spoil = IMPOSSIBLE[reason]
    urls = make(dialects)
    spoil(urls)

    async def use(unit: Unit) -> None:
        with pytest.raises(NotAtomic) as caught:
            await enter_everywhere(unit, urls, "a")
        assert caught.value.code.value == "NOT_ATOMIC"

    async def alone(unit: Unit) -> None:
        await unit.run("west", enter("west", "b"))
        await unit.commit()

    with coordinating(urls, f"file:{tmp_path}") as coordinator:
        operation(coordinator, use)
        assert transfers(urls) == everywhere(urls)
        operation(coordinator, alone)
    assert transfers(urls) == {"north": {}, "west": {"b": 1}}


@pytest.mark.parametrize("north", ["mariadb", "mysql"])
def test_a_database_that_decides_needs_its_table(make: Make, tmp_path: Path, north: str) -> None:
    urls = make({"north": north, "west": "sqlite"})

    async def use(unit: Unit) -> None:
        await unit.run("north", enter("north", "a"))
        with pytest.raises(NotAtomic, match="north and west") as caught:
            await unit.run("west", enter("west", "a"))
        assert "decisions_table" in str(caught.value.hint)

    table = WestBase.metadata.tables["gateway_decisions_west"]
    WestBase.metadata.remove(table)
    try:
        with coordinating(urls, f"file:{tmp_path}") as coordinator:
            operation(coordinator, use)
    finally:
        decisions_table(WestBase.metadata, "west")
    assert transfers(urls) == everywhere(urls)


@pytest.mark.parametrize("west", ["mariadb", "mysql"])
def test_best_effort_says_which_part_is_committed(make: Make, tmp_path: Path, west: str) -> None:
    urls = make({"north": "sqlite", "west": west, "south": "postgresql unprepared"})
    defer(urls["south"], "south_entries")

    async def good(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "a")
        await unit.commit()

    async def bad(unit: Unit) -> None:
        await enter_everywhere(unit, urls, "b")
        with pytest.raises(PartiallyCommitted) as caught:
            await unit.commit()
        assert (caught.value.committed, caught.value.failed) == (("north", "west"), ("south",))

    with coordinating(urls, f"file:{tmp_path}", best_effort=True) as coordinator:
        operation(coordinator, good)
        assert transfers(urls) == everywhere(urls, "a")
        operation(coordinator, bad)
    assert transfers(urls) == {**everywhere(urls, "a", "b"), "south": {"a": 1}}
