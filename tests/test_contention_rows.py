"""Many clients that write the same rows of one database: with versions, without, and into deadlocks."""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, EntityOptions, Gateway, Settings, Source
from tests.servers import DIALECTS, connected, database
from tests.setups import closing

CLIENTS = 32
ROWS = (1, 2)
TRIES = 3
"""Updates that each client tries."""


class Base(DeclarativeBase): ...


class Counted(Base):
    __tablename__ = "counted"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hits: Mapped[int]
    version: Mapped[int]


class Purse(Base):
    __tablename__ = "purses"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    coins: Mapped[int]


@dataclass
class Meeting:
    """Where two units meet that hold one row each and want the other's; only the first time."""

    calls: list[int] = field(default_factory=list)
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    expected: bool = False

    def come(self, number: int) -> None:
        self.calls.append(number)
        if self.expected and self.calls.count(number) == 1:
            with suppress(threading.BrokenBarrierError):
                self.barrier.wait(10)


MEETING = Meeting()


@strawberry.type
class Mutation:
    @strawberry.mutation(metadata={"retryable": True})
    def hand_over(self, giver: int, taker: int, info: strawberry.Info[Context]) -> bool:
        session = info.context.sessions["rows"]
        for number, coins in ((giver, -1), (taker, 1)):
            changed = sa.update(Purse).where(Purse.id == number).values(coins=Purse.coins + coins)
            session.execute(changed)
            if coins < 0:
                MEETING.come(giver)
        return True


@pytest.fixture(scope="module", params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    folder: Path = tmp_path_factory.mktemp("rows")
    with database(request.param, f"gw_rows_{os.getpid()}", folder) as made:
        with connected(made) as engine:
            Base.metadata.create_all(engine)
        yield made


@pytest.fixture
def gateway(url: sa.URL) -> Iterator[Gateway]:
    with connected(url) as engine, engine.begin() as connection:
        for model in (Counted, Purse):
            connection.execute(sa.delete(model))
        for number in ROWS:
            connection.execute(sa.insert(Counted).values(id=number, hits=0, version=1))
            connection.execute(sa.insert(Purse).values(id=number, coins=100))
    options = {Counted: EntityOptions(version="version")}
    source = Source.from_models("rows", url, models=Base, entities=options, mutations=True, deadline=60)
    MEETING.__init__()  # type: ignore[misc]
    settings = Settings(resolver_deadline=120, time_max=120)  # a busy machine refuses nobody
    with closing(Gateway([source], mutation=Mutation, settings=settings)) as made:
        yield made


def stored(url: sa.URL, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
    with connected(url) as engine, engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


async def update(gateway: Gateway, row: int) -> str:
    """Read a row, and write it back changed; what became of it."""
    read = await gateway.execute(f"{{ countedBy(key: {{rowId: {row}}}) {{ hits version }} }}")
    assert read.data is not None, read.errors
    seen = read.data["countedBy"]
    change = f"key: {{rowId: {row}}}, version: {seen['version']}, set: {{hits: {seen['hits'] + 1}}}"
    answer = await gateway.execute(
        f"mutation {{ it: updateCounted({change}) {{ counted {{ version }} errors {{ code path }} }} }}"
    )
    if answer.errors:
        return str(answer.errors[0]["extensions"]["code"])
    assert answer.data is not None
    shown = answer.data["it"]
    if not shown["errors"]:
        assert shown["counted"] == {"version": seen["version"] + 1}
        return "done"
    (error,) = shown["errors"]
    assert shown["counted"] is None
    assert error["path"] == ["it", "key"]
    return str(error["code"])


def test_with_versions_every_conflict_is_told_and_every_success_counted_once(
    gateway: Gateway, url: sa.URL
) -> None:
    async def client(number: int) -> list[tuple[int, str]]:
        row = ROWS[number % len(ROWS)]
        return [(row, await update(gateway, row)) for _ in range(TRIES)]

    async def everybody() -> list[list[tuple[int, str]]]:
        return await asyncio.gather(*map(client, range(CLIENTS)))

    outcomes = Counter(outcome for each in asyncio.run(everybody()) for outcome in each)
    assert {what for _, what in outcomes} <= {"done", "CONFLICT"}
    assert sum(count for (_, what), count in outcomes.items() if what == "CONFLICT") > 0
    assert stored(url, sa.select(Counted.id, Counted.hits, Counted.version).order_by(Counted.id)) == [
        (row, outcomes[row, "done"], outcomes[row, "done"] + 1) for row in ROWS
    ]


async def hand_over(gateway: Gateway, giver: int, taker: int) -> str:
    answer = await gateway.execute(f"mutation {{ handOver(giver: {giver}, taker: {taker}) }}")
    return str(answer.errors[0]["extensions"]["code"]) if answer.errors else "done"


def test_without_versions_sums_hold(gateway: Gateway, url: sa.URL) -> None:
    async def everybody() -> list[str]:
        pairs = [ROWS if number % 8 else ROWS[::-1] for number in range(CLIENTS)]
        return await asyncio.gather(*(hand_over(gateway, *pair) for pair in pairs))

    codes = asyncio.run(everybody())
    assert set(codes) <= {"done", "WRITE_CONFLICT"}
    there = [code for number, code in enumerate(codes) if number % 8]
    moved = there.count("done") - (codes.count("done") - there.count("done"))
    coins = sa.select(Purse.coins).order_by(Purse.id)
    assert stored(url, coins) == [(100 - moved,), (100 + moved,)]


def test_a_deadlock_is_tried_again(gateway: Gateway, url: sa.URL) -> None:
    """On SQLite, which has none, writers wait for each other."""

    async def both() -> list[str]:
        return await asyncio.gather(hand_over(gateway, 1, 2), hand_over(gateway, 2, 1))

    MEETING.expected = url.get_backend_name() != "sqlite"
    assert asyncio.run(both()) == ["done", "done"]
    assert stored(url, sa.select(Purse.coins)) == [(100,), (100,)]
    assert len(MEETING.calls) > 2 or not MEETING.expected
