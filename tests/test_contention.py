"""Many clients that write the same rows of two databases at once."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import Gateway
from tests.crash.app import Mutation
from tests.crash.run import create, pay
from tests.ledger import OPENING, Urls, balances, fill, ledger, transfers
from tests.private import Servers, create_database
from tests.setups import closing

CLIENTS = 32
ACCOUNTS = 8  # of each source, all but one untouched


@pytest.fixture(params=["sqlite", "mariadb", "mysql"])
def urls(request: pytest.FixtureRequest, own_servers: Servers, tmp_path: Path) -> Urls:
    """Two SQLite files, or two servers: this one and PostgreSQL."""
    if request.param == "sqlite":
        made = {
            name: sa.URL.create("sqlite", database=str(tmp_path / f"{name}.sqlite3"))
            for name in ("north", "south")
        }
    else:
        name = f"contention_{request.param}"
        servers = {"north": request.param, "south": "postgresql"}
        made = {source: create_database(own_servers(dialect), name) for source, dialect in servers.items()}
    fill(made)
    return made


async def transfer(gateway: Gateway, number: int) -> str | None:
    """Moves one from one source to the other, which it does in either order; the error's code."""
    sides = [("north", -1), ("south", 1)]
    if number % 8 == 0:  # deadlocks across databases, which only a timeout ends
        sides.reverse()
    fields = "".join(
        pay(source, 1 + number % 2, side, source) + create(source, f"t{number}", side, f"{source}Entry")
        for source, side in sides
    )
    answer = await gateway.execute(f"mutation {{ {fields} }}")
    if answer.errors:
        return str(answer.errors[0]["extensions"]["code"])
    assert answer.data is not None
    assert all(not payload["errors"] for payload in answer.data.values() if isinstance(payload, Mapping))
    return None


def test_conflicts_are_tried_again_or_reported_and_sums_hold(urls: Urls, tmp_path: Path) -> None:
    async def everybody(gateway: Gateway) -> list[str | None]:
        return await asyncio.gather(*(transfer(gateway, number) for number in range(CLIENTS)))

    place = f"file:{tmp_path / 'log'}"
    with closing(ledger(urls, mutation=Mutation, decision_log=place)) as gateway:
        codes = asyncio.run(everybody(gateway))
    done = {f"t{number}" for number, code in enumerate(codes) if code is None}
    print(f"{len(done)} of {CLIENTS} done, others: {sorted(code for code in codes if code)}")
    assert {code for code in codes if code} <= {"WRITE_CONFLICT"}
    assert done
    assert {source: set(book) for source, book in transfers(urls).items()} == {"north": done, "south": done}
    assert balances(urls) == {
        "north": ACCOUNTS * OPENING - len(done),
        "south": ACCOUNTS * OPENING + len(done),
    }
