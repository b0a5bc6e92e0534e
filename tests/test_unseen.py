"""On MySQL, a user who may not see prepared transactions: it is said once, and nothing fails for it."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from gateway import Gateway, Settings, Source
from gateway.check.units import findings_of_units
from tests.crash.app import Orders
from tests.ledger import BASES, Urls, fill, ledger
from tests.servers import ADDRESSES, connected, database
from tests.setups import closing
from tests.test_recover_command import command

USER = f"gw_unseen_{os.getpid()}"


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[Urls]:
    """North and south on MySQL, of a user without XA_RECOVER_ADMIN."""
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(database("mysql", f"gw_unseen_{name}", tmp_path))
            for name in ("north", "south")
        }
        fill(made)
        server = stack.enter_context(connected(sa.make_url(ADDRESSES["mysql"])))
        with server.begin() as connection:
            connection.exec_driver_sql(f"CREATE USER {USER} IDENTIFIED BY 'x'")
            for url in made.values():
                connection.exec_driver_sql(f"GRANT ALL ON {url.database}.* TO {USER}")
        yield {name: url.set(username=USER, password="x") for name, url in made.items()}
        with server.begin() as connection:
            connection.exec_driver_sql(f"DROP USER {USER}")


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("gateway")]


async def served(gateway: Gateway) -> dict[str, object]:
    """What /health/ready says after a start and some recoveries."""
    coordinator = gateway.coordinator
    coordinator.pause = 0.05
    await coordinator.start()
    await asyncio.sleep(0.5)
    try:
        return await looked(gateway)
    finally:
        await gateway.close()


async def looked(gateway: Gateway) -> dict[str, object]:
    transport = httpx.ASGITransport(app=gateway.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/health/ready")
        return dict((await client.get("/health/ready")).json())


def test_it_is_said_once(urls: Urls, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ready = asyncio.run(served(ledger(urls, decision_log=f"file:{tmp_path / 'log'}")))
    assert ready["status"] == "ready"
    assert ready["in_doubt_unseen"] == ["north", "south"]
    lines = said(caplog)
    assert len(lines) == 2
    for name, line in zip(("north", "south"), sorted(lines), strict=True):
        assert name in line
        assert "XA_RECOVER_ADMIN" in line
        assert "\n" not in line


def test_a_source_that_is_not_written_across_databases_is_not_bothered(
    urls: Urls, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = [
        Source.from_models(name, url, models=BASES[name], mutations=name == "north")
        for name, url in urls.items()
    ]
    ready = asyncio.run(served(Gateway(sources, settings=Settings(decision_log=f"file:{tmp_path / 'log'}"))))
    assert "in_doubt_unseen" not in ready
    assert said(caplog) == []


def test_commands_name_what_is_missing(urls: Urls, tmp_path: Path) -> None:
    shown = {name: url.render_as_string(hide_password=False) for name, url in urls.items()}
    orders = Orders(shown, f"file:{tmp_path / 'log'}", tmp_path / "output")
    done = command("recover", orders=orders)
    assert done.exit_code == 0
    assert "0 in doubt" in done.stderr
    assert "not asked: north: its user may not see prepared transactions" in done.stderr
    assert "XA_RECOVER_ADMIN" in done.stderr
    with closing(ledger(urls, decision_log=f"file:{tmp_path / 'log'}")) as gateway:
        found = asyncio.run(findings_of_units(gateway.coordinator))
    assert [each.source for each in found] == ["north", "south"]
    assert all("XA_RECOVER_ADMIN" in str(each.hint) for each in found)


def test_a_user_who_may_not_connect_is_another_matter(urls: Urls, tmp_path: Path) -> None:
    shown = {name: url.set(password="no").render_as_string(hide_password=False) for name, url in urls.items()}
    done = command("recover", orders=Orders(shown, f"file:{tmp_path / 'log'}", tmp_path / "output"))
    assert done.exit_code == 1
    assert "XA_RECOVER_ADMIN" not in done.stderr
    assert done.stderr.count("does not answer") == 2
