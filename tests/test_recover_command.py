"""`gateway recover`, `gateway check` and `/health/ready` with transactions that processes left prepared."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, product
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from gateway.cli import cli
from gateway.errors import ConfigurationError
from tests.crash.app import Orders, enter_once
from tests.crash.run import PROCESSES
from tests.ledger import Urls, fill, transfers
from tests.ledger_app import environment
from tests.private import PRIVATE, Servers, create_database, forget_prepared
from tests.process import free_port, serving
from tests.proxy import proxied
from tests.servers import connected, database

NUMBERS = count()
APP = ("--app", "tests.ledger_app:gateway")
LOGS = ("file", "source:south")
ALL = ("north", "south", "west")


@dataclass
class Books:
    """Account books on MariaDB or MySQL, on PostgreSQL and SQLite, and what the command says about them."""

    urls: Urls
    orders: Orders

    def leave(self, step: str, transfer: str, sources: tuple[str, ...] = ALL, **changes: Any) -> None:
        """Have a process die at a step of its commit."""
        tenant = changes.pop("tenant", None)
        process = self.begin(replace(self.orders, step=step, **changes), transfer, sources, tenant)
        process.join()
        assert process.exitcode == -signal.SIGKILL

    def begin(
        self, orders: Orders, transfer: str, sources: tuple[str, ...] = ALL, tenant: str | None = None
    ) -> Any:
        process = PROCESSES.Process(target=enter_once, args=(orders, sources, transfer, tenant))
        process.start()
        return process

    def recover(self, *arguments: str, orders: Orders | None = None) -> tuple[int, dict[str, list[str]], str]:
        """The exit code, what became of how many branches in which places, and what was noted."""
        done = command("recover", *arguments, orders=orders or self.orders)
        said: dict[str, list[str]] = {}
        for line in done.stdout.splitlines():
            place, _unit_and_age, outcome = line.split(": ")
            said.setdefault(outcome, []).append(place)
        return done.exit_code, {outcome: sorted(places) for outcome, places in said.items()}, done.stderr


def command(*arguments: str, orders: Orders) -> Result:
    """What a command says in the end, and its exit code."""
    done = CliRunner().invoke(cli, [*arguments, *APP], env=environment(orders))
    if isinstance(done.exception, ConfigurationError):  # as `gateway.cli.main` does
        done.exit_code = 2
    else:
        assert isinstance(done.exception, SystemExit | None), done.exception
    return done


def shown(urls: Urls) -> dict[str, str]:
    return {name: url.render_as_string(hide_password=False) for name, url in urls.items()}


@pytest.fixture(params=product(("mariadb", "mysql"), LOGS), ids=", ".join)
def books(request: pytest.FixtureRequest, own_servers: Servers, tmp_path: Path) -> Iterator[Books]:
    dialect, log = request.param
    server, name = own_servers(dialect), f"gw_recover_{os.getpid()}_{next(NUMBERS)}"
    place = f"file:{tmp_path / 'log'}" if log == "file" else log
    north, south = create_database(server, name), create_database(own_servers("postgresql"), name)
    with database("sqlite", name, tmp_path) as west:
        urls = {"north": north, "south": south, "west": west}
        fill(urls)
        yield Books(urls, Orders(shown(urls), place, tmp_path / "output"))
    forget_prepared(server)


def branches(connection: sa.Connection) -> set[str]:
    """What MariaDB or MySQL holds prepared."""
    rows = connection.execute(sa.text("XA RECOVER")).all()
    return {row[3] if isinstance(row[3], str) else bytes(row[3]).decode() for row in rows}


def prepared(urls: Urls) -> set[str]:
    with connected(urls["north"]) as engine, engine.connect() as connection:
        return branches(connection)


@contextmanager
def stopped(books: Books, transfer: str) -> Iterator[None]:
    """A process that lives and does not go on, in the middle of a commit; at the end it does."""
    before = prepared(books.urls)
    orders = replace(books.orders, step="prepared", sends=signal.SIGSTOP)
    process = books.begin(orders, transfer, ("north", "south"))
    try:
        deadline = time.monotonic() + 30
        while prepared(books.urls) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.join()
    assert process.exitcode == 0


BOTH = ["north", "south"]


def test_what_dead_processes_left_is_finished_and_the_rest_left_alone(books: Books, tmp_path: Path) -> None:
    other = replace(books.orders, decision_log=f"file:{tmp_path / 'other'}")
    books.leave("decided", "decided", ("north", "south"))
    books.leave("prepared", "undecided", ("north", "south"))
    books.leave("prepared", "other", ("north", "south"), decision_log=other.decision_log)
    # A log in south decides by the commit there, so that only north is prepared.
    places = BOTH if books.orders.decision_log.startswith("file") else ["north"]
    with stopped(books, "live"):
        told = {
            "commit": places,
            "roll back": places,
            "its process is at work on it": places,
            "it is of another gateway or has another log": BOTH,
        }
        before = prepared(books.urls)
        code, found, noted = books.recover("--dry-run")
        assert (code, found) == (0, told), noted
        assert "would be finished" in noted
        assert prepared(books.urls) == before
        code, found, noted = books.recover()
        assert (code, found) == (0, told), noted
        entered = {name: set(book) for name, book in transfers(books.urls).items()}
        assert entered == {"north": {"decided"}, "south": {"decided"}, "west": set()}
        code, found, _ = books.recover()
        assert code == 0
        assert set(found) == set(told) - {"commit", "roll back"}
    assert {"live", "decided"} == set(transfers(books.urls)["north"])
    code, found, _ = books.recover(orders=other)
    assert (code, found) == (0, {"roll back": BOTH})
    assert books.recover()[:2] == (0, {})


def test_what_could_not_be_finished_is_a_failure(books: Books, tmp_path: Path) -> None:
    books.leave("decided", "a", ("north", "west"))
    with proxied(books.urls["north"]) as (proxy, north):
        proxy.refuse()
        away = replace(books.orders, urls=shown({**books.urls, "north": north}))
        code, found, noted = books.recover(orders=away)
        assert (code, found) == (1, {})
        assert "north does not answer" in noted
    file = Path(str(books.urls["west"].database))
    file.rename(tmp_path / "away")
    for arguments in (["--dry-run"], []):
        code, found, _ = books.recover(*arguments)
        assert (code, found) == (1, {"a place where its decision may stand does not answer": ["north"]})
    (tmp_path / "away").rename(file)
    assert books.recover()[:2] == (0, {"commit": ["north"]})
    assert transfers(books.urls)["north"] == {"a": 1}


def test_what_is_in_doubt_is_shown_with_its_age(books: Books, tmp_path: Path) -> None:
    """What another gateway left, since what is its own is finished when the server starts."""
    other = replace(books.orders, decision_log=f"file:{tmp_path / 'other'}")
    before = time.time()
    books.leave("prepared", "a", ("north", "south"), decision_log=other.decision_log)
    arguments = ["serve", *APP]
    with serving(arguments, free_port(), tmp_path / "log", **environment(books.orders)) as url:
        time.sleep(max(0.0, before + 2 - time.time()))
        first = httpx.get(f"{url}/health/ready", timeout=20).json()["in_doubt"]
        oldest = time.time() - before
        second = httpx.get(f"{url}/health/ready", timeout=20).json()["in_doubt"]
        (unit,) = {doubt["unit"] for doubt in first}
        assert [doubt["source"] for doubt in first] == BOTH
        for earlier, later in zip(first, second, strict=True):
            assert 1 <= earlier["age"] <= oldest + 0.1
            assert earlier["age"] <= later["age"]
        said = command("check", "--format", "json", orders=books.orders)
    found = [each for each in json.loads(said.stdout) if "in doubt" in each["message"]]
    assert [each["source"] for each in found] == BOTH
    for each in found:
        assert each["message"].startswith(f"{unit} is in doubt for ")
        assert 1 <= int(each["message"].split()[-2]) <= time.time() - before + 1
        assert "gateway recover" in each["hint"]
    assert books.recover(orders=other)[:2] == (0, {"roll back": BOTH})
    said = command("check", "--format", "json", orders=books.orders)
    assert "in doubt" not in said.stdout


@pytest.fixture(params=PRIVATE)
def tenants(request: pytest.FixtureRequest, own_servers: Servers, tmp_path: Path) -> Iterator[Books]:
    """North is a database per tenant; the log is a folder."""
    name = f"gw_recover_{os.getpid()}_{next(NUMBERS)}"
    server = own_servers(request.param)
    theirs = {tenant: create_database(server, f"{name}_{tenant}") for tenant in ("acme", "globex")}
    south = {"south": create_database(own_servers("postgresql"), name)}
    fill(south)
    for url in theirs.values():
        fill({"north": url})
    log = f"file:{tmp_path / 'log'}"
    yield Books({**theirs, **south}, Orders(shown(south), log, tmp_path / "output", tenants=shown(theirs)))
    forget_prepared(server)


def entries(books: Books) -> dict[str, list[str]]:
    """Tenant -> transfers."""
    found = {}
    for tenant in books.orders.tenants:
        with connected(books.urls[tenant]) as engine, engine.connect() as connection:
            found[tenant] = list(connection.scalars(sa.text("SELECT transfer FROM north_entries")))
    return found


def test_every_tenant_is_recovered(tenants: Books, tmp_path: Path) -> None:
    for tenant in tenants.orders.tenants:
        tenants.leave("decided", f"of {tenant}", ("north", "south"), tenant=tenant)
    everywhere = ["north of acme", "north of globex", "south", "south"]
    time.sleep(1.1)
    found = json.loads(command("check", "--format", "json", orders=tenants.orders).stdout)
    assert sorted(each["place"] for each in found if "in doubt" in each["message"]) == everywhere
    assert tenants.recover("--dry-run")[:2] == (0, {"commit": everywhere})
    assert entries(tenants) == {"acme": [], "globex": []}
    code, _, noted = tenants.recover("--tenant", "acme")
    assert code == 0, noted
    assert entries(tenants) == {"acme": ["of acme"], "globex": []}
    assert tenants.recover()[0] == 0
    assert entries(tenants) == {"acme": ["of acme"], "globex": ["of globex"]}
    assert tenants.recover()[:2] == (0, {})
    assert list((tmp_path / "log").glob("*.log")) == []  # no decision is needed any more
    assert tenants.recover("--tenant", "nobody")[0] == 2
