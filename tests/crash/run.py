"""Rounds of writing, killing, starting again and counting."""

import asyncio
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Any

import httpx

from gateway.serving import address, listen
from tests.crash.app import STEPS, Orders, serve
from tests.crash.world import ORDER, World
from tests.ledger import ACCOUNTS

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash.app"])

LOGS = ("file", "source")
DATABASES = ("north", "south")
CLIENTS = 8
START_SECONDS = 60.0
SETTLE_SECONDS = 30.0
LONGEST = 0.8
"""Seconds of load before a kill at random, at most."""
UNTIL_STEP = 20.0
"""Seconds of load within which a step has to be taken."""


@dataclass(frozen=True)
class Round:
    """What is killed: the gateway at a step or at any moment, or the database of a source.

    With `stops`, the database is told to stop and started again instead, while the gateway lives.
    """

    victim: str = "gateway"
    step: str | None = None
    log: str = "file"
    stops: bool = False


@dataclass
class Result:
    """What was counted. `recovered` branches were prepared when everything was dead."""

    kills: int = 0
    acknowledged: int = 0
    written: int = 0
    recovered: int = 0
    torn: int = 0
    lost: int = 0
    in_doubt: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.written} units written, {self.acknowledged} of them acknowledged, "
            f"{self.recovered} branches recovered: "
            f"{self.torn} torn, {self.lost} lost, {self.in_doubt} in doubt"
        )

    @property
    def is_clean(self) -> bool:
        return not (self.torn or self.lost or self.in_doubt)


def rounds(kills: int, seed: int) -> Iterator[Round]:
    """Every step with every log, each database, and the gateway at random moments, as often as asked."""
    fixed = [Round(step=step, log=log) for log in LOGS for step in STEPS]
    fixed += [Round(victim, log=log) for log in LOGS for victim in DATABASES]
    fixed += stops(len(LOGS) * len(DATABASES))
    chance = random.Random(seed)
    for number, one in zip(range(kills), cycle(fixed), strict=False):
        yield one if number < len(fixed) or chance.random() < 0.4 else Round(log=chance.choice(LOGS))


def stops(number: int) -> Iterator[Round]:
    """Databases that are told to stop, in turn."""
    kinds = [Round(victim, log=log, stops=True) for log in LOGS for victim in DATABASES]
    return islice(cycle(kinds), number)


class Gateway:
    """The process that is killed. It is forked off one that has imported everything, to start at once."""

    def __init__(self, world: World, log: str, step: str | None = None, times: int = 1) -> None:
        place = f"file:{world.folder / 'decisions'}" if log == "file" else "source:south"
        urls = {name: url.render_as_string(hide_password=False) for name, url in world.urls.items()}
        listener = listen("127.0.0.1", 0)
        self.url = address(listener)
        orders = Orders(urls, place, world.folder / "gateway.log", step, times)
        self.process = PROCESSES.Process(target=serve, args=(listener, orders), daemon=True)
        self.process.start()
        listener.close()

    def in_doubt(self) -> list[Any]:
        """What `/health/ready` says."""
        return list(httpx.get(f"{self.url}/health/ready", timeout=10).json()["in_doubt"])

    def wait(self) -> None:
        """Until it serves."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.is_alive():
            with suppress(httpx.HTTPError):
                httpx.get(f"{self.url}/health/live", timeout=2)
                return
            time.sleep(0.02)
        raise RuntimeError(f"the gateway does not serve (exit code {self.process.exitcode})")

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def run(
    world: World, planned: Sequence[Round], seed: int, tell: Callable[[Result], None] = lambda _result: None
) -> Result:
    """Play the rounds. Returns what was counted; raises AssertionError for what is broken.

    `tell` is called after each round with what was counted until then.
    """
    chance, result = _Chance(random.Random(seed), count(1)), Result()
    for one in planned:
        gateway = Gateway(world, one.log, one.step, chance.random.randint(1, 6))
        try:
            gateway.wait()
            asyncio.run(_load(world, gateway, one, chance))
            if one.stops:
                result.in_doubt += _settled(world)
        finally:
            gateway.kill()
        for server in world.servers.values():
            server.start_again()
        result.kills += 1
        result.recovered += world.prepared()
        _recover(world, one, result)
        result.acknowledged, result.written = len(world.acknowledged), world.written()
        tell(result)
    return result


def _recover(world: World, one: Round, result: Result) -> None:
    """Start the gateway again, as an operator would, and see what it makes of what was left behind."""
    gateway = Gateway(world, one.log)
    try:
        gateway.wait()
        left, told = _settled(world), gateway.in_doubt()
    finally:
        gateway.kill()
    torn, lost = world.torn(), world.lost()
    result.torn, result.lost = result.torn + len(torn), result.lost + len(lost)
    result.in_doubt += left + len(told)
    if not result.is_clean:
        raise AssertionError(f"{one}, kill {result.kills}: torn {torn}, lost {lost}, in doubt {left}, {told}")


def _settled(world: World) -> int:
    """How many branches stay prepared although a gateway serves."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while world.prepared() and time.monotonic() < deadline:
        time.sleep(0.1)
    return world.prepared()


@dataclass
class _Chance:
    random: random.Random
    names: Iterator[int]

    def request(self, sources: Sequence[str]) -> tuple[str, str]:
        """The name of a transfer or an order, and its document."""
        number = next(self.names)
        if self.random.random() < 0.3:
            name = f"{ORDER}{number}"
            return name, order(name, self.random.randint(1, 3), sources)
        giver, taker = self.random.sample(list(sources), 2)
        name, amount = f"transfer{number}", self.random.randint(1, 9)
        sides = ((giver, -amount), (taker, amount))
        return name, "".join(
            pay(source, self.random.randint(1, ACCOUNTS), side, source)
            + create(source, name, side, f"{source}Entry")
            for source, side in sides
        )


def pay(source: str, account: int, amount: int, key: str) -> str:
    """The own mutation that changes a balance."""
    return f'{key}: pay(source: "{source}", account: {account}, amount: {amount}) '


def create(source: str, name: str, amount: int, key: str) -> str:
    """The generated mutation that makes an entry."""
    made = f'{{transfer: "{name}", amount: {amount}}}'
    return f"{key}: create{source.title()}Entry(input: {made}) {{ errors {{ message }} }} "


def order(name: str, items: int, sources: Sequence[str]) -> str:
    """A row in the first source, `items` rows in the second and one in the third."""
    first, second, third = sources
    rows = ", ".join(f'{{transfer: "{name}/{number}", amount: 0}}' for number in range(items))
    many = f"items: create{second.title()}Entries(input: [{rows}]) {{ errors {{ message }} }} "
    return create(first, name, items, "head") + many + create(third, name, 0, "tail")


async def _load(world: World, gateway: Gateway, one: Round, chance: _Chance) -> None:
    """Clients that write until the victim is dead."""
    dead = asyncio.Event()
    async with httpx.AsyncClient(base_url=gateway.url, timeout=20) as client:
        clients = [asyncio.create_task(_client(world, client, chance, dead)) for _ in range(CLIENTS)]
        if one.step is not None:
            await asyncio.to_thread(gateway.process.join, UNTIL_STEP)
        else:
            await asyncio.sleep(chance.random.uniform(0.05, LONGEST))
            if one.victim != "gateway":
                await _take_away(world, one)
                await asyncio.sleep(chance.random.uniform(0.05, LONGEST))
            if not one.stops:
                gateway.kill()
        dead.set()
        await asyncio.gather(*clients)


async def _take_away(world: World, one: Round) -> None:
    """Kill a database, or stop it and start it again."""
    server = world.servers[one.victim]
    if not one.stops:
        server.kill()
        return
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start_again)


async def _client(world: World, client: httpx.AsyncClient, chance: _Chance, dead: asyncio.Event) -> None:
    while not dead.is_set():
        name, fields = chance.request(list(world.urls))
        try:
            answer = (await client.post("/graphql", json={"query": f"mutation {{ {fields} }}"})).json()
        except (httpx.HTTPError, ValueError):
            await asyncio.sleep(0.02)
            continue
        if not answer.get("errors") and not any(_errors(payload) for payload in answer["data"].values()):
            world.acknowledged.add(name)


def _errors(payload: Any) -> bool:
    return isinstance(payload, dict) and bool(payload["errors"])
