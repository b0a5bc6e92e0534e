"""`context.run`: blocking code of one operation, in a thread, a piece at a time, stopped when late."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import Context, Gateway
from gateway.demo.crm import Customer
from gateway.errors import BlockingCall, ResolverTimeout, SourceBusy
from gateway.schema.answer import Asked
from gateway.worker import Workers
from tests.setups import Urls, closing, demo_gateway

NAMES = "{ customers(first: 3) { nodes { name } } }"
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "mysql": "SELECT SLEEP(20)",
    "postgresql": "SELECT pg_sleep(20)",
}


PATIENCE = 8
"""Seconds, fewer than the statement takes."""


def slow_work(
    name: str, statement: str, ended: threading.Event, begun: threading.Event | None = None
) -> Callable[[Mapping[str, Session]], None]:
    """A statement that takes long; `ended` is set when it is over, however it ends."""

    def work(sessions: Mapping[str, Session]) -> None:
        if begun is not None:
            begun.set()
        try:
            sessions[name].execute(sa.text(statement))
        finally:
            ended.set()

    return work


@pytest.fixture
def gateway(demo_urls: Urls) -> Iterator[Gateway]:
    with closing(demo_gateway(demo_urls)) as made:
        yield made


def test_work_runs_in_a_thread_and_its_result_comes_back(gateway: Gateway) -> None:
    async def main() -> None:
        context = Context(gateway.databases)
        name = await context.run(lambda sessions: sessions["crm"].get_one(Customer, 1).name)
        other = await context.run(lambda _: threading.current_thread())
        assert other is not threading.current_thread()
        answer = await gateway.schema.answer(Asked(NAMES), context)
        assert answer.data is not None
        assert answer.data["customers"]["nodes"][0]["name"] == name
        with pytest.raises(ZeroDivisionError):
            await context.run(lambda _: 1 / 0)
        await context.close()
        with pytest.raises(RuntimeError):
            await context.run(lambda sessions: sessions["sales"])

    asyncio.run(main())


def test_sessions_are_refused_on_the_event_loop(gateway: Gateway) -> None:
    async def main() -> None:
        context = Context(gateway.databases)
        for name in gateway.databases:
            with pytest.raises(BlockingCall) as caught:
                context.sessions[name].execute(sa.text("SELECT 1"))
            assert "context.run" in (caught.value.hint or "")
        loaded = await context.run(lambda sessions: sessions["crm"].get_one(Customer, 1))
        assert loaded.name
        with pytest.raises(BlockingCall):
            context.sessions["crm"].commit()
        with pytest.raises(BlockingCall):
            context.sessions["crm"].refresh(loaded)
        await context.close()

    asyncio.run(main())


def test_pieces_of_work_and_planned_reads_take_turns(gateway: Gateway) -> None:
    async def main() -> None:
        context = Context(gateway.databases)
        inside: list[int] = []
        most: list[int] = []

        def work(number: int) -> Any:
            inside.append(number)
            most.append(len(inside))
            session = context.sessions["crm"]
            session.get_one(Customer, number + 1).name = f"Name {number}"
            session.flush()
            session.expire_all()
            found = session.scalars(sa.select(Customer.name).where(Customer.id == number + 1)).one()
            inside.remove(number)
            return found

        works = [context.run(lambda _, number=number: work(number)) for number in range(20)]
        reads = [gateway.schema.answer(Asked(NAMES), context) for _ in range(20)]
        names, answers = await asyncio.gather(asyncio.gather(*works), asyncio.gather(*reads))
        assert names == [f"Name {number}" for number in range(20)]
        assert [answer.errors for answer in answers] == [[]] * 20
        assert max(most) == 1
        await context.close()

    asyncio.run(main())


def test_late_work_is_given_up_and_its_statement_stopped(gateway: Gateway) -> None:
    async def main() -> None:
        for name, database in gateway.databases.items():
            workers = Workers(deadline=0.4)
            context = Context(gateway.databases, workers=workers)
            ended = threading.Event()
            work = slow_work(name, SLOW[database.features.name], ended)

            started = time.monotonic()
            with pytest.raises(ResolverTimeout):
                await context.run(work)
            assert time.monotonic() - started < PATIENCE
            assert await asyncio.to_thread(ended.wait, PATIENCE)
            await context.close()
            workers.close()

    asyncio.run(main())


def test_work_is_given_up_when_its_operation_is_cancelled(gateway: Gateway) -> None:
    async def main() -> None:
        for name, database in gateway.databases.items():
            context = Context(gateway.databases)
            ended, begun = threading.Event(), threading.Event()
            work = slow_work(name, SLOW[database.features.name], ended, begun)

            task = asyncio.create_task(context.run(work))
            assert await asyncio.to_thread(begun.wait, PATIENCE)
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await context.close()
            assert await asyncio.to_thread(ended.wait, PATIENCE)

    asyncio.run(main())


def test_when_all_threads_are_taken_work_is_refused() -> None:
    async def main() -> None:
        workers = Workers(threads=1, deadline=5)
        contexts = [Context({}, workers=workers) for _ in range(3)]
        works = [context.run(lambda _: time.sleep(0.2)) for context in contexts]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "NoneType", "SourceBusy"]
        assert isinstance(next(one for one in results if one is not None), SourceBusy)
        workers.close()

    asyncio.run(main())


def test_new_objects_have_keys_afterwards(gateway: Gateway) -> None:
    async def main() -> None:
        context = Context(gateway.databases)
        new = Customer(name="New", email="new@example.net", country="CH")
        await context.run(lambda sessions: sessions["crm"].add(new))
        assert new.id > 0
        await context.close()

    asyncio.run(main())
