"""A thread that goes on with another source: whose slot, deadline and health count then."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from math import inf
from typing import Any

import pytest

from gateway import Gateway
from gateway.context import Context
from gateway.errors import SourceError, SourceTimeout
from gateway.observe import StatementEvent
from gateway.query import prepare
from gateway.schema.answer import Asked
from gateway.sources.database import Database, Onward
from gateway.sources.source import Source
from gateway.sources.statement import Reader
from tests.setups import Urls, demo_gateway
from tests.test_sources import Models

Work = Callable[[Reader], Any]


def embedded(name: str, **options: Any) -> Database:
    """A source that is never connected to: here threads only wait."""
    return Database(Source.from_models(name, f"sqlite:///{name}.db", models=Models, **options))


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def run(use: Callable[..., Awaitable[None]], *databases: Database) -> None:
    async def main() -> None:
        try:
            await use(*databases)
        finally:
            for one in databases:
                await one.close()

    asyncio.run(main())


def once(database: Database, work: Work) -> Onward:
    """What goes on with one database, and then with nothing."""
    left: Iterator[tuple[Database, Work]] = iter([(database, work)])
    return lambda: next(left, None)


def test_the_thread_of_one_source_visits_the_next_one() -> None:
    seen: list[int] = []

    async def use(one: Database, other: Database) -> None:
        await one.run(
            lambda _: seen.append(threading.get_ident()),
            onward=once(other, lambda _: seen.append(threading.get_ident())),
        )

    run(use, embedded("one"), embedded("other"))
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_a_source_without_a_free_slot_is_not_visited() -> None:
    went: list[bool] = []

    async def use(one: Database, other: Database) -> None:
        begun, end = threading.Event(), threading.Event()

        def wait(_: Reader) -> None:
            begun.set()
            end.wait(20)

        holding = asyncio.create_task(other.run(wait))
        await asyncio.to_thread(begun.wait, 20)
        assert await one.run(lambda _: "done", onward=once(other, lambda _: went.append(True))) == "done"
        end.set()
        await holding

    run(use, embedded("one"), embedded("other", threads=1))
    assert went == []


def test_calls_that_wait_keep_their_thread() -> None:
    """Otherwise another thread would have to be woken for them."""
    went: list[bool] = []

    async def use(one: Database, other: Database) -> None:
        begun, queued = threading.Event(), threading.Event()

        def wait(_: Reader) -> None:
            begun.set()
            queued.wait(20)

        first = asyncio.create_task(one.run(wait, onward=once(other, lambda _: went.append(True))))
        await asyncio.to_thread(begun.wait, 20)
        second = asyncio.create_task(one.run(lambda _: None))
        await until(lambda: one.state()["waiting"])
        queued.set()
        await asyncio.gather(first, second)

    run(use, embedded("one", threads=1), embedded("other"))
    assert went == []


def test_a_visit_that_hangs_is_the_other_sources_trouble() -> None:
    end = threading.Event()

    async def use(one: Database, other: Database) -> None:
        for _ in range(2):
            with pytest.raises(SourceTimeout) as raised:
                await one.run(lambda _: None, onward=once(other, lambda _: end.wait(30)))
            assert raised.value.source == "other"
        assert (one.state()["stuck"], other.state()["stuck"]) == (0, 2)
        assert (one.state()["status"], other.state()["status"]) == ("ok", "failing")
        assert await one.run(lambda _: "free") == "free"
        end.set()
        await until(lambda: not other.state()["stuck"])
        assert await other.run(lambda _: "free") == "free"

    run(use, embedded("one", threads=1, deadline=0.3), embedded("other", threads=2, deadline=0.3))


def test_each_source_has_its_whole_deadline() -> None:
    pause = threading.Event()

    async def use(one: Database, other: Database) -> None:
        seen: list[bool] = []
        await one.run(
            lambda _: pause.wait(0.6),
            onward=once(other, lambda _: seen.append(pause.wait(0.6))),
        )
        assert seen == [False]

    run(use, embedded("one", deadline=1.0), embedded("other", deadline=1.0))


def test_a_shorter_deadline_than_the_one_that_runs_is_kept_by_another_visit() -> None:
    went: list[bool] = []

    async def use(one: Database, other: Database) -> None:
        await one.run(lambda _: None, onward=once(other, lambda _: went.append(True)))

    run(use, embedded("one", deadline=30), embedded("other", deadline=0.5))
    assert went == []


def test_a_cancelled_call_gives_both_slots_back() -> None:
    async def use(one: Database, other: Database) -> None:
        begun, end = threading.Event(), threading.Event()

        def wait(_: Reader) -> None:
            begun.set()
            end.wait(20)

        task = asyncio.create_task(one.run(lambda _: None, onward=once(other, wait)))
        await asyncio.to_thread(begun.wait, 20)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await one.run(lambda _: "free") == "free"
        assert await other.run(lambda _: "free") == "free"
        end.set()

    run(use, embedded("one", threads=1), embedded("other", threads=1))


def test_what_fails_there_is_raised() -> None:
    async def use(one: Database, other: Database) -> None:
        def fail(_: Reader) -> None:
            raise SourceError("It went wrong.", source="other")

        with pytest.raises(SourceError, match="went wrong"):
            await one.run(lambda _: None, onward=once(other, fail))
        assert await one.run(lambda _: "free") == "free"
        assert await other.run(lambda _: "free") == "free"

    run(use, embedded("one", threads=1), embedded("other", threads=1))


def test_no_source_is_visited_by_more_threads_than_it_has_slots() -> None:
    lock = threading.Lock()
    at_work: dict[str, int] = {"one": 0, "other": 0}
    most: dict[str, int] = {"one": 0, "other": 0}
    done: list[str] = []

    def busy(name: str) -> Work:
        def work(_: Reader) -> None:
            with lock:
                at_work[name] += 1
                most[name] = max(most[name], at_work[name])
            threading.Event().wait(0.001)
            with lock:
                at_work[name] -= 1
                done.append(name)

        return work

    async def use(one: Database, other: Database) -> None:
        def calls(first: Database, second: Database) -> list[Awaitable[None]]:
            onward = once(second, busy(second.name))
            return [
                first.run(busy(first.name), onward=onward),
                first.run(busy(first.name)),
            ]

        for _ in range(40):
            waiting = [call for _ in range(3) for call in (*calls(one, other), *calls(other, one))]
            await asyncio.gather(*waiting)

    run(use, embedded("one", threads=2), embedded("other", threads=3))
    assert len(done) >= 480
    assert most["one"] <= 2
    assert most["other"] <= 3


def test_closing_ends_visits_from_elsewhere() -> None:
    async def main() -> None:
        one, other = embedded("one"), embedded("other")
        begun, end = threading.Event(), threading.Event()

        def wait(_: Reader) -> None:
            begun.set()
            end.wait(20)

        task = asyncio.create_task(one.run(lambda _: None, onward=once(other, wait)))
        await asyncio.to_thread(begun.wait, 20)
        await other.close()
        with pytest.raises(SourceError, match="shutting down"):
            await task
        end.set()
        await one.close()

    asyncio.run(main())


class Threaded(list[StatementEvent]):
    """Statements of an operation, with the thread that ran each."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []

    def append(self, event: StatementEvent) -> None:
        self.threads.append(threading.get_ident())
        super().append(event)


FORK = """{ orders(first: 3, orderBy: [{placedAt: DESC}]) { nodes {
    number customer { name } items(first: 2) { nodes { product { sku } } } } } }"""


def test_brief_visits_share_a_thread_and_others_do_not(
    setup_urls: Callable[[str], Urls], monkeypatch: pytest.MonkeyPatch
) -> None:
    def threads_of(gateway: Gateway) -> tuple[set[int], Any]:
        async def use() -> tuple[set[int], Any]:
            for _ in range(3):  # how long visits take is known after the first one
                context = Context(gateway.databases)
                seen = Threaded()
                context.trace.statements = seen
                answer = await gateway.schema.answer(Asked(FORK), context)
                await context.close()
            assert not answer.errors
            assert {event.source for event in seen} == {"crm", "sales", "shop"}
            return set(seen.threads), answer.payload()

        try:
            return asyncio.run(use())
        finally:
            asyncio.run(gateway.close())

    monkeypatch.setattr(prepare, "BRIEF", inf)
    together, answer = threads_of(demo_gateway(setup_urls("sqlite")))
    assert len(together) == 1
    monkeypatch.setattr(prepare, "BRIEF", 0.0)
    apart, same = threads_of(demo_gateway(setup_urls("sqlite")))
    assert len(apart) == 3
    assert answer == same
