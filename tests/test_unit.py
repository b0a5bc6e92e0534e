"""The unit of work of a mutation operation: its sessions, its commit, what spoils it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import Context, Gateway
from gateway.errors import UnitRolledBack, WriteConflict
from gateway.mutation.unit import Unit
from gateway.schema.answer import Asked
from tests.ledger import OPENING, NorthAccount, NorthEntry, Urls, fill, ledger, transfers
from tests.servers import DIALECTS, database
from tests.setups import closing

BALANCE = "{ northAccountBy(key: { rowId: %s }) { balance } }"


@pytest.fixture(params=DIALECTS)
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    with database(request.param, "gw_unit", tmp_path) as url:
        made = {"north": url}
        fill(made)
        yield made


@pytest.fixture
def gateway(urls: Urls) -> Iterator[Gateway]:
    with closing(ledger(urls)) as made:
        yield made


def operation(gateway: Gateway, use: Callable[[Context, Unit], Awaitable[Any]]) -> Any:
    """What `use` returns, within one mutation operation."""

    async def main() -> Any:
        context = Context(gateway.databases)
        try:
            return await use(context, await context.begin())
        finally:
            await context.close()

    return asyncio.run(main())


def enter(transfer: str, amount: int = 1) -> Callable[[Session], None]:
    return lambda session: session.add(NorthEntry(transfer=transfer, amount=amount))


def entered(urls: Urls) -> dict[str, int]:
    return transfers(urls)["north"]


def test_what_was_written_is_committed_together(gateway: Gateway, urls: Urls) -> None:
    async def use(_context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))
        await unit.run("north", enter("b", 2))
        assert entered(urls) == {}
        await unit.commit()

    operation(gateway, use)
    assert entered(urls) == {"a": 1, "b": 2}


def test_without_a_commit_nothing_stays(gateway: Gateway, urls: Urls) -> None:
    async def left(_context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))

    async def rolled_back(context: Context, unit: Unit) -> None:
        await left(context, unit)
        await unit.rollback()

    operation(gateway, left)
    operation(gateway, rolled_back)
    assert entered(urls) == {}


def test_own_statements_and_objects_belong_to_the_unit(gateway: Gateway, urls: Urls) -> None:
    async def use(context: Context, unit: Unit) -> None:
        def own() -> None:
            session = context.sessions["north"]
            session.execute(sa.text("UPDATE north_accounts SET balance = 7 WHERE id = 1"))
            account = session.get(NorthAccount, 2)
            assert account is not None
            account.balance = 8

        await asyncio.to_thread(own)
        (one, two) = [await gateway.schema.answer(Asked(BALANCE % n), context) for n in (1, 2)]
        assert (one.data, two.data) == (
            {"northAccountBy": {"balance": 7}},
            {"northAccountBy": {"balance": 8}},
        )
        others = await gateway.execute(BALANCE % 1)
        assert others.data == {"northAccountBy": {"balance": OPENING}}
        await unit.commit()

    operation(gateway, use)
    answer = asyncio.run(gateway.execute(BALANCE % 2))
    assert answer.data == {"northAccountBy": {"balance": 8}}


@pytest.mark.parametrize(
    "end",
    [
        lambda session: session.commit(),
        lambda session: session.connection().commit(),
        lambda session: session.execute(sa.text("COMMIT")),
        lambda session: session.execute(sa.text(" -- now\n (BEGIN")),
        lambda session: session.execute(sa.text("ROLLBACK")),
    ],
    ids=["session", "connection", "text", "begin", "rollback"],
)
def test_only_the_gateway_commits(gateway: Gateway, urls: Urls, end: Callable[[Session], Any]) -> None:
    async def use(_context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))
        with pytest.raises(RuntimeError, match="the gateway commits"):
            await unit.run("north", end)

    operation(gateway, use)
    assert entered(urls) == {}


def test_a_session_rolled_back_rolls_everything_back(gateway: Gateway, urls: Urls) -> None:
    async def use(_context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))
        await unit.run("north", lambda session: session.rollback())
        for go_on in (unit.run("north", enter("b")), unit.commit()):
            with pytest.raises(UnitRolledBack):
                await go_on

    operation(gateway, use)
    assert entered(urls) == {}


def test_a_savepoint_takes_back_only_what_is_its_own(gateway: Gateway, urls: Urls) -> None:
    def twice(session: Session) -> None:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(NorthEntry(transfer="a", amount=2))
        session.add(NorthEntry(transfer="b", amount=3))

    async def use(_context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))
        await unit.run("north", twice)
        await unit.commit()

    operation(gateway, use)
    assert entered(urls) == {"a": 1, "b": 3}


def test_what_fails_while_flushing_at_the_end_rolls_back(gateway: Gateway, urls: Urls) -> None:
    async def use(context: Context, unit: Unit) -> None:
        await unit.run("north", enter("a"))
        context.sessions["north"].add(NorthEntry(transfer="a", amount=2))
        with pytest.raises(IntegrityError):
            await unit.commit()

    operation(gateway, use)
    assert entered(urls) == {}


def test_a_failed_statement_that_was_not_heeded_is_no_success(gateway: Gateway, urls: Urls) -> None:
    """PostgreSQL rolls such a transaction back when told to commit, without an error."""

    def swallow(session: Session) -> None:
        with pytest.raises(IntegrityError):
            session.execute(sa.insert(NorthEntry).values(transfer="a", amount=2))

    async def use(_context: Context, unit: Unit) -> bool:
        await unit.run("north", enter("a"))
        await unit.run("north", swallow)
        try:
            await unit.commit()
        except UnitRolledBack:
            return False
        return True

    committed = operation(gateway, use)
    assert entered(urls) == ({"a": 1} if committed else {})


def test_writers_of_the_same_rows_deadlock_and_say_so(gateway: Gateway, urls: Urls) -> None:
    """Each holds what the other wants; SQLite has the second one wait for the first."""

    def pay(account: int) -> Callable[[Session], Any]:
        statement = sa.update(NorthAccount).where(NorthAccount.id == account)
        return lambda session: session.execute(statement.values(balance=NorthAccount.balance - 1))

    async def one(first: int, second: int, started: asyncio.Barrier) -> bool:
        context = Context(gateway.databases)
        unit = await context.begin()
        try:
            await unit.run("north", pay(first))
            with suppress(TimeoutError):
                await asyncio.wait_for(started.wait(), 1)
            await unit.run("north", pay(second))
            await unit.commit()
        except WriteConflict:
            return False
        finally:
            await context.close()
        return True

    async def both() -> list[bool]:
        started = asyncio.Barrier(2)
        return await asyncio.gather(one(1, 2, started), one(2, 1, started))

    outcomes = asyncio.run(both())
    answer = asyncio.run(gateway.execute(BALANCE % 1))
    assert any(outcomes)
    assert answer.data == {"northAccountBy": {"balance": OPENING - sum(outcomes)}}
