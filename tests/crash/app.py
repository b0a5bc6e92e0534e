"""The server that is killed: three account books, and mutations that write to several of them in one unit."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import Session

from gateway import Context, Gateway
from gateway.mutation.coordinator import Coordinator
from gateway.serving import run
from tests.ledger import ACCOUNT, ENTRY, ledger

STEPS = ("begin", "prepared", "deciding", "decided", "finished", "end")
"""The steps of a commit over several databases, in order."""


@dataclass(frozen=True)
class Orders:
    """How to serve. With `step`, the process `sends` itself a signal the `times`th time a commit takes it."""

    urls: Mapping[str, str]
    decision_log: str
    output: Path
    step: str | None = None
    times: int = 1
    sends: signal.Signals = signal.SIGKILL
    tenants: Mapping[str, str] = field(default_factory=dict)

    def gateway(self) -> Gateway:
        """The account books."""
        urls = {name: sa.make_url(url) for name, url in self.urls.items()}
        tenants = {name: sa.make_url(url) for name, url in self.tenants.items()}
        return ledger(urls, Mutation, tenants, decision_log=self.decision_log)


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
    gateway = orders.gateway()
    gateway.coordinator.pause = 1.0
    gateway.coordinator.on_step = partial(_die, orders, count(1))
    run(gateway, listener)


def enter_once(
    orders: Orders, sources: Sequence[str], transfer: str = "a", tenant: str | None = None
) -> None:
    """The process of one operation that enters a transfer in these sources."""
    coordinator = orders.gateway().coordinator
    coordinator.on_step = partial(_die, orders, count(1))
    asyncio.run(write(coordinator, sources, transfer, tenant))


async def write(
    coordinator: Coordinator, sources: Sequence[str], transfer: str, tenant: str | None = None
) -> None:
    """One operation that enters a transfer in these sources."""
    databases = coordinator.databases
    context = Context(
        await databases.hold(tenant) if tenant is not None else databases, coordinator=coordinator
    )
    try:
        unit = await context.begin()
        for source in sources:
            await unit.run(source, partial(_enter, source, 1, transfer))
        await unit.commit()
    finally:
        await context.close()


def _die(orders: Orders, times: "count[int]", step: str) -> None:
    if step == orders.step and next(times) == orders.times:
        os.kill(os.getpid(), orders.sends)


def _enter(source: str, amount: int, name: str, session: Session) -> None:
    session.add(ENTRY[source](transfer=name, amount=amount))
