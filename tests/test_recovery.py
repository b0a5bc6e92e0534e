"""What is left behind by a process, a database or a network that went away in the middle of a commit."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.check.units import findings_of_units
from gateway.errors import GatewayError, UnitRolledBack
from gateway.mutation.coordinator import Coordinator
from gateway.mutation.recovery import Outcome
from tests.crash.app import Orders, enter_once, write
from tests.crash.run import PROCESSES
from tests.ledger import Urls, fill, ledger, transfers
from tests.private import Servers, create_database, forget_prepared
from tests.proxy import Proxy, proxied
from tests.setups import closing

NUMBERS = count()
LOGS = ("file", "source:south")


@pytest.fixture(params=["mariadb", "mysql"])
def urls(request: pytest.FixtureRequest, own_servers: Servers, tmp_path: Path) -> Iterator[Urls]:
    """MariaDB or MySQL, PostgreSQL, SQLite."""
    north = own_servers(request.param)
    name = f"gw_recovery_{next(NUMBERS)}"
    made = {
        "north": create_database(north, name),
        "south": create_database(own_servers("postgresql"), name),
        "west": sa.URL.create("sqlite", database=str(tmp_path / "west.sqlite3")),
    }
    fill(made)
    yield made
    forget_prepared(north)


@pytest.fixture(params=LOGS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The log of decisions."""
    return f"file:{tmp_path / 'log'}" if request.param == "file" else str(request.param)


@contextmanager
def coordinating(urls: Urls, place: str) -> Iterator[Coordinator]:
    """A coordinator of its own over these databases, as another process would have."""
    with closing(ledger(urls)) as gateway:
        yield Coordinator(gateway.databases, place, writes=True)


def outcomes(found: list[Any]) -> dict[str, Outcome]:
    return {doubt.source: doubt.outcome for doubt in found}


@contextmanager
def cut_at(urls: Urls, place: str, step: str) -> Iterator[tuple[Coordinator, Proxy]]:
    """A coordinator that cannot reach the first source any more once a commit takes this step."""
    with (
        proxied(urls["north"]) as (proxy, north),
        coordinating({**urls, "north": north}, place) as made,
    ):

        def cut(name: str) -> None:
            if name == step:
                proxy.refuse()

        made.on_step = cut
        yield made, proxy


@pytest.mark.parametrize("sources", [("north", "south"), ("north", "south", "west")])
def test_once_decided_it_is_a_success_whatever_is_gone(
    urls: Urls, place: str, sources: tuple[str, ...]
) -> None:
    async def main(coordinator: Coordinator, proxy: Proxy) -> None:
        await write(coordinator, sources, "a")
        found = transfers(urls)
        assert (found["north"], found["south"]) == ({}, {"a": 1})
        proxy.heal()
        coordinator.on_step = lambda _name: None
        await reachable(coordinator)
        await asyncio.sleep(1.1)
        await until(
            lambda: coordinator.in_doubt(), lambda doubts: [one.source for one in doubts] == ["north"]
        )
        assert outcomes(await coordinator.recover(dry_run=True)) == {"north": Outcome.COMMIT}
        assert outcomes(await coordinator.recover()) == {"north": Outcome.COMMIT}
        assert await coordinator.in_doubt() == []
        await coordinator.close()

    with cut_at(urls, place, "decided") as (coordinator, proxy):
        asyncio.run(main(coordinator, proxy))
    assert transfers(urls) == {name: {"a": 1} if name in sources else {} for name in urls}


async def until(look: Callable[[], Any], wanted: Callable[[Any], bool]) -> None:
    for _ in range(150):
        if wanted(await look()):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"still {await look()}")


async def reachable(coordinator: Coordinator) -> None:
    """Wait for the breakers to close again."""

    async def look() -> list[str]:
        return [str(database.state()["status"]) for database in coordinator.databases.values()]

    await until(look, lambda states: "down" not in states)


def test_before_the_decision_everything_is_undone(urls: Urls, place: str) -> None:
    async def main(coordinator: Coordinator, proxy: Proxy) -> None:
        with pytest.raises(GatewayError):
            await write(coordinator, ("north", "south", "west"), "a")
        proxy.heal()
        coordinator.on_step = lambda _name: None
        await reachable(coordinator)
        await coordinator.recover()
        assert await coordinator.in_doubt() == []
        await write(coordinator, ("north", "south", "west"), "b")
        await coordinator.close()

    with cut_at(urls, place, "begin") as (coordinator, proxy):
        asyncio.run(main(coordinator, proxy))
    assert transfers(urls) == {name: {"b": 1} for name in urls}


def left_behind(urls: Urls, place: str, step: str, sources: tuple[str, ...]) -> None:
    """Have a process die at a step of its commit."""
    shown = {name: url.render_as_string(hide_password=False) for name, url in urls.items()}
    orders = Orders(shown, place, Path(os.devnull), step)
    process = PROCESSES.Process(target=enter_once, args=(orders, sources))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(("step", "outcome"), [("prepared", Outcome.ROLLBACK), ("decided", Outcome.COMMIT)])
def test_another_process_finishes_what_a_dead_one_left(
    urls: Urls, place: str, step: str, outcome: Outcome
) -> None:
    left_behind(urls, place, step, ("north", "south", "west"))

    async def main(coordinator: Coordinator) -> None:
        assert outcomes(await coordinator.recover(dry_run=True))["north"] is outcome
        assert set(outcomes(await coordinator.recover()).values()) == {outcome}
        assert await coordinator.recover() == []
        await coordinator.close()

    with coordinating(urls, place) as coordinator:
        asyncio.run(main(coordinator))
    entered = {"a": 1} if outcome is Outcome.COMMIT else {}
    assert transfers(urls) == dict.fromkeys(urls, entered)


def test_what_a_live_process_is_at_work_on_is_left_alone(urls: Urls, place: str) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def wait(step: str) -> None:
        if step == "deciding":
            deciding.set()
            go_on.wait(4)

    async def main(worker: Coordinator, other: Coordinator) -> None:
        worker.on_step = wait
        writing = asyncio.create_task(write(worker, ("north", "west"), "a"))
        await asyncio.to_thread(deciding.wait)
        try:
            assert outcomes(await other.recover()) == {"north": Outcome.LIVE}
        finally:
            go_on.set()
        await writing
        await worker.close()
        await other.close()

    with coordinating(urls, place) as worker, coordinating(urls, place) as other:
        asyncio.run(main(worker, other))
    assert transfers(urls) == {"north": {"a": 1}, "south": {}, "west": {"a": 1}}


def test_what_another_log_knows_is_left_alone(urls: Urls, place: str, tmp_path: Path) -> None:
    left_behind(urls, place, "prepared", ("north", "south"))

    async def main(coordinator: Coordinator) -> None:
        await asyncio.sleep(1.1)
        assert "north" in {each.source for each in await findings_of_units(coordinator)}
        assert set(outcomes(await coordinator.recover()).values()) == {Outcome.STRANGER}
        await coordinator.close()

    with coordinating(urls, f"file:{tmp_path / 'another'}") as coordinator:
        asyncio.run(main(coordinator))
    with coordinating(urls, place) as coordinator:
        asyncio.run(coordinator.recover())


def test_as_long_as_a_place_of_decisions_is_away_nothing_is_decided(urls: Urls, place: str) -> None:
    left_behind(urls, place, "decided", ("north", "west"))
    file = str(urls["west"].database)
    away = f"{file}.away"

    async def main(coordinator: Coordinator) -> None:
        os.rename(file, away)
        assert outcomes(await coordinator.recover()) == {"north": Outcome.UNDECIDED}
        os.rename(away, file)
        assert outcomes(await coordinator.recover()) == {"north": Outcome.COMMIT}
        await coordinator.close()

    with coordinating(urls, place) as coordinator:
        asyncio.run(main(coordinator))
    assert transfers(urls) == {"north": {"a": 1}, "south": {}, "west": {"a": 1}}


def test_who_was_taken_for_dead_cannot_commit_any_more(urls: Urls) -> None:
    """An instance that loses its lock on the server of the log: the first row in the table decides."""

    found: list[dict[str, Outcome]] = []

    async def main(worker: Coordinator, other: Coordinator) -> None:
        def interfere(step: str) -> None:
            if step == "prepared":
                robber = threading.Thread(target=lambda: asyncio.run(rob()))
                robber.start()
                robber.join()

        async def rob() -> None:
            holder = worker.log._holder  # type: ignore[attr-defined]
            holder.dbapi_connection.close()
            found.append(outcomes(await other.recover()))

        worker.on_step = interfere
        with pytest.raises(UnitRolledBack):
            await write(worker, ("north", "south"), "a")
        assert found == [{"north": Outcome.ROLLBACK}]
        await worker.close()
        await other.close()

    with coordinating(urls, "source:south") as worker, coordinating(urls, "source:south") as other:
        asyncio.run(main(worker, other))
    assert transfers(urls) == {"north": {}, "south": {}, "west": {}}
