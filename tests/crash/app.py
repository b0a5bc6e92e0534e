"""The server that is killed: three account books, and mutations that write to several of them in one unit."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import Session

from gateway import Context
from gateway.mutation.coordinator import Coordinator
from gateway.serving import run
from tests.ledger import ACCOUNT, ENTRY, ledger

STEPS = ("begin", "prepared", "deciding", "decided", "finished", "end")
"""The steps of a commit over several databases, in order."""


@dataclass(frozen=True)
class Orders:
    """How to serve. With `step`, the process kills itself the `times`th time a commit takes it."""

    urls: Mapping[str, str]
    decision_log: str
    output: Path
    step: str | None = None
    times: int = 1


@strawberry.type
class Mutation:
    """A mutation of the app's own, whose writes belong to the same units as the generated ones."""

    @strawberry.mutation(metadata={"retryable": True})
    def pay(self, source: str, account: int, amount: int, info: strawberry.Info[Context]) -> bool:
        table = ACCOUNT[source]
        statement = sa.update(table).where(table.id == account).values(balance=table.balance + amount)
        info.context.sessions[source].execute(statement)
        return True


def serve(listener: socket.socket, orders: Orders) -> None:
    """The server's process."""
    with orders.output.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    urls = {name: sa.make_url(url) for name, url in orders.urls.items()}
    gateway = ledger(urls, mutation=Mutation, decision_log=orders.decision_log)
    gateway.coordinator.pause = 1.0
    gateway.coordinator.on_step = partial(_die, orders, count(1))
    run(gateway, listener)


def enter_once(orders: Orders, sources: Sequence[str]) -> None:
    """The process of one operation that enters a transfer in these sources."""
    gateway = ledger({name: sa.make_url(url) for name, url in orders.urls.items()})
    coordinator = Coordinator(gateway.databases, orders.decision_log)
    coordinator.on_step = partial(_die, orders, count(1))
    asyncio.run(write(coordinator, sources, "a"))


async def write(coordinator: Coordinator, sources: Sequence[str], transfer: str) -> None:
    """One operation that enters a transfer in these sources."""
    context = Context(coordinator.databases, coordinator=coordinator)
    try:
        unit = await context.begin()
        for source in sources:
            await unit.run(source, partial(_enter, source, 1, transfer))
        await unit.commit()
    finally:
        await context.close()


def _die(orders: Orders, times: "count[int]", step: str) -> None:
    if step == orders.step and next(times) == orders.times:
        os.kill(os.getpid(), signal.SIGKILL)


def _enter(source: str, amount: int, name: str, session: Session) -> None:
    session.add(ENTRY[source](transfer=name, amount=amount))
