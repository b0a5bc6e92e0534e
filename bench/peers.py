"""`python -m bench.peers`: the gateway beside PostGraphile, on a PostgreSQL database that both of them serve.

Each is one process with as many connections as the other. PostGraphile and the Node.js it asks for come from
npm the first time, into bench/.cache. Both must give the same answers before they are timed, in turn, round
by round. The database's CPU is that of the PostgreSQL processes at the other end of the server's connections.
"""

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from bench.client import Load
from bench.load import ensure
from bench.measure import Round, one_round, turned
from bench.places import CACHE
from bench.processes import Server, cpu_seconds, generate, running, serving
from bench.questions import POOL, normal, order_id, post
from bench.report import middle, of, ratio
from bench.rows import FULL, Scale
from bench.servers.gateway import THREADS

POSTGRAPHILE = "5.1.5"
NODE = "22.23.3"
"""PostGraphile 5 asks for Node.js 22 or later, which npm has as a package too."""

INSTALLED = CACHE / f"postgraphile-{POSTGRAPHILE}-node-{NODE}"
PROGRAM = Path(__file__).with_name("servers") / "postgraphile.cjs"
PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}
FIRST_SECONDS, WARM_SECONDS = 5.0, 1.0
"""How long each question, timed or not, is asked before all rounds, since Node.js takes a while to compile
what it runs and does it anew when something else is asked; and how long before its own rounds."""


@dataclass(frozen=True)
class Question:
    """The same question in the words of both schemas."""

    title: str
    gateway: str
    postgraphile: str


_ITEM = "id: rowId productId quantity unitPrice"
_ORDER = "id: rowId number status placedAt total"
_ITEMS = f"items {{ nodes {{ {_ITEM} }} }}"
_LIST = f"items: orderItemsByOrderIdList {{ {_ITEM} }}"

QUESTIONS = {
    "one": Question(
        "one order by its id, with its items",
        f"query One($id: ID!) {{ order(id: $id) {{ {_ORDER} {_ITEMS} }} }}",
        f"query One($id: Int!) {{ orderByRowId(rowId: $id) {{ {_ORDER} {_LIST} }} }}",
    ),
    "newest": Question(
        "the 50 newest orders, with their items",
        "query Newest { orders(first: 50, orderBy: [{ placedAt: DESC }])"
        f" {{ nodes {{ {_ORDER} {_ITEMS} }} }} }}",
        f"query Newest {{ allOrdersList(first: 50, orderBy: [PLACED_AT_DESC]) {{ {_ORDER} {_LIST} }} }}",
    ),
    "flat": Question(
        "2,000 orders × 6 scalars",
        f"query Flat {{ orders(first: 2000) {{ nodes {{ {_ORDER} currency }} }} }}",
        f"query Flat {{ allOrdersList(first: 2000) {{ {_ORDER} currency }} }}",
    ),
    "top": Question(
        "200 orders, each with its last 3 items",
        "query Top { orders(first: 200) { nodes { id: rowId number"
        f" items(first: 3, orderBy: [{{ rowId: DESC }}]) {{ nodes {{ {_ITEM} }} }} }} }} }}",
        "query Top { allOrdersList(first: 200) { id: rowId number"
        f" items: orderItemsByOrderIdList(first: 3, orderBy: [ROW_ID_DESC]) {{ {_ITEM} }} }} }}",
    ),
}


def requests_to(server: str, name: str, scale: Scale) -> list[str]:
    """The HTTP requests that ask one of the two servers a question, in turn."""
    question = QUESTIONS[name]
    document = question.gateway if server == "gateway" else question.postgraphile
    if name != "one":
        return [post(json.dumps({"query": document}))]
    random = Random(1)
    keys = [random.randint(1, scale.orders) for _ in range(POOL)]
    ids: list[Any] = [order_id(key) for key in keys] if server == "gateway" else keys
    return [post(json.dumps({"query": document, "variables": {"id": one}})) for one in ids]


def main() -> None:
    arguments = _arguments()
    names = arguments.questions.split(",")
    cells = [(name, int(number)) for name in names for number in arguments.concurrency.split(",")]
    urls = ensure()
    _install()
    engine = sa.create_engine(urls["sales"], isolation_level="AUTOCOMMIT")
    with serving("gateway", urls) as gateway, _postgraphile(urls["sales"]) as postgraphile:
        servers = (gateway, postgraphile)
        for name in names:
            _check(servers, name)
        print("Both answer the same data.", flush=True)
        for server in servers:
            for name in QUESTIONS:
                generate(Load(server.port, 4, FIRST_SECONDS, requests_to(server.name, name, FULL)))
        rounds = [
            one
            for name, concurrency in cells
            for one in _timed(servers, engine, (name, concurrency), arguments)
        ]
    print("\n".join(_table(rounds, cells)))
    print(f"\nPostGraphile {POSTGRAPHILE}, Node.js {NODE}, Python {platform.python_version()},", end=" ")
    print(f"load {os.getloadavg()[1]:.1f} over the last five minutes")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--questions", default=",".join(QUESTIONS), help="such as one,flat; all by default")
    parser.add_argument("--concurrency", default="1,16", help="requests at a time, such as 1,16,64")
    parser.add_argument("--rounds", type=int, default=9, help="rounds, interleaved over both servers")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each server is asked per round")
    return parser.parse_args()


def _install() -> None:
    """PostGraphile and Node.js, unless they are there."""
    # npm writes this file when everything else is in place.
    if (INSTALLED / "node_modules" / ".package-lock.json").exists():
        return
    print(f"Installing PostGraphile {POSTGRAPHILE} ...", flush=True)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    # Without a package.json of its own npm would look for one further up.
    (INSTALLED / "package.json").write_text('{ "private": true }\n', "utf-8")
    node = f"node-linux-{PROCESSORS[platform.machine()]}@{NODE}"
    options = [
        "--loglevel=error",
        "--no-save",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ]
    command = ["npm", "install", *options, f"postgraphile@{POSTGRAPHILE}", node]
    subprocess.run(command, cwd=INSTALLED, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _postgraphile(url: sa.URL) -> Iterator[Server]:
    modules = INSTALLED / "node_modules"
    more = {
        "NODE_PATH": str(modules),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
        "DATABASE_URL": url.set(drivername="postgresql").render_as_string(hide_password=False),
        "BENCH_THREADS": str(THREADS),
    }
    with running("postgraphile", [str(modules / ".bin" / "node"), str(PROGRAM)], more) as server:
        yield server


def _check(servers: Sequence[Server], name: str) -> None:
    """Raise AssertionError when the servers answer a question with different data, or with none."""
    asked = [requests_to(server.name, name, FULL)[:20] for server in servers]
    for requests in zip(*asked, strict=True):
        ours, theirs = (
            _whole_seconds(normal(server.ask(request)))
            for server, request in zip(servers, requests, strict=True)
        )
        assert ours, f"{name} is answered with nothing"
        assert ours == theirs, f"{name} is answered differently:\n{ours!s:.500}\n{theirs!s:.500}"


def _whole_seconds(value: Any) -> Any:
    """What was answered, moments without PostGraphile's fraction of a second, which is nought in all rows."""
    if isinstance(value, list):
        return [_whole_seconds(element) for element in value]
    if isinstance(value, dict):
        return {
            key: part.removesuffix(".000000") if key == "placedAt" else _whole_seconds(part)
            for key, part in value.items()
        }
    return value


def _timed(
    servers: Sequence[Server], engine: sa.Engine, cell: tuple[str, int], arguments: argparse.Namespace
) -> Iterator[Round]:
    """The rounds of a question at a number of requests at a time."""
    name, concurrency = cell
    loads = {
        server: Load(server.port, concurrency, arguments.seconds, requests_to(server.name, name, FULL))
        for server in servers
    }
    for load in loads.values():
        generate(replace(load, seconds=WARM_SECONDS))
    for turn in range(arguments.rounds):
        for server in turned(servers, turn):
            before = {pid: cpu_seconds(pid) for pid in _backends(server, engine)}
            measured = one_round(server, loads[server], name, turn)
            spent = sum(cpu_seconds(pid) - before.get(pid, 0.0) for pid in _backends(server, engine))
            yield replace(measured, database_ms=1000 * spent / measured.requests)


def _backends(server: Server, engine: sa.Engine) -> list[int]:
    """The PostgreSQL processes at the other end of a server's connections.

    Other programs use PostgreSQL too, so that what all of its processes do says little of this server.
    """
    links = [os.readlink(entry) for entry in Path(f"/proc/{server.pid}/fd").iterdir()]
    sockets = {link[8:-1] for link in links if link.startswith("socket:[")}
    lines = Path(f"/proc/{server.pid}/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    ports = [int(local.rpartition(":")[2], 16) for _, local, *rest in fields if rest[7] in sockets]
    with engine.connect() as connection:
        asked = sa.text("SELECT pid FROM pg_stat_activity WHERE client_port = ANY(:ports)")
        return list(connection.scalars(asked, {"ports": ports}))


def _table(rounds: Sequence[Round], cells: Sequence[tuple[str, int]]) -> list[str]:
    """What was measured, a row per question and number of requests at a time."""
    lines = [
        "| | at | gateway / PostGraphile | (least–most) | with the database's | CPU ms (PostGraphile) "
        "| database ms (PostGraphile) | p50 ms (PostGraphile) | p99 ms (PostGraphile) "
        "| requests/s (PostGraphile) |",
        "|" + " --- |" * 10,
    ]
    for name, concurrency in cells:
        ours, theirs = (of(rounds, name, concurrency, server) for server in ("gateway", "postgraphile"))
        against, together = ratio(ours, theirs), ratio(_together(ours), _together(theirs))
        pairs = [
            f"{middle(ours, value):.{digits}f} ({middle(theirs, value):.{digits}f})"
            for value, digits in (
                (lambda one: one.server_ms, 2),
                (lambda one: one.database_ms, 2),
                (lambda one: one.p50, 1),
                (lambda one: one.p99, 1),
                (lambda one: one.rate, 0),
            )
        ]
        row = [
            QUESTIONS[name].title,
            str(concurrency),
            f"{against.middle:.2f}",
            f"{against.least:.2f}–{against.most:.2f}",
            f"{together.middle:.2f}",
            *pairs,
        ]
        lines.append(f"| {' | '.join(row)} |")
    return lines


def _together(rounds: Sequence[Round]) -> list[Round]:
    """The rounds, with the database's CPU counted as the server's."""
    return [replace(one, server_ms=one.server_ms + one.database_ms) for one in rounds]


if __name__ == "__main__":
    main()
