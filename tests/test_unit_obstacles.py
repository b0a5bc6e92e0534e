"""What stands in the way of two-phase commits is told: at the start, by the check, and to who needs them."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing as closed
from pathlib import Path
from typing import Any

import pytest

from gateway.check.findings import Weight
from gateway.check.units import findings_of_units
from gateway.errors import NotAtomic
from gateway.mutation.coordinator import Coordinator
from gateway.sources.twophase import DENIED, TWO_PHASE
from tests.crash.app import write
from tests.ledger import Urls, fill, ledger, transfers
from tests.private import Server, Servers, create_database, forget_prepared, private_postgresql
from tests.servers import connected, database
from tests.setups import closing

NAME = f"gw_obstacles_{os.getpid()}"
HINT = "set max_prepared_transactions to 8 per gateway process or more and restart the server"


@pytest.fixture(params=["mariadb", "mysql"])
def urls(request: pytest.FixtureRequest, own_servers: Servers, tmp_path: Path) -> Iterator[Urls]:
    """A PostgreSQL as it comes, beside a MariaDB or MySQL and a SQLite file."""
    north = own_servers(request.param)
    with private_postgresql(prepared=0) as server, database("sqlite", NAME, tmp_path) as west:
        made = {"north": create_database(north, NAME), "south": server.url, "west": west}
        fill(made)
        yield made


def test_a_postgresql_as_it_comes_is_told_with_a_hint(
    urls: Urls, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main(coordinator: Coordinator) -> None:
        await coordinator.start()
        (found,) = await findings_of_units(coordinator)
        assert (found.weight, found.source, found.hint) == (Weight.WARNING, "south", HINT)
        with pytest.raises(NotAtomic) as caught:
            await write(coordinator, ("south", "west"), "a")
        assert HINT in str(caught.value.hint)
        await write(coordinator, ("north", "south"), "b")  # it decides
        await coordinator.close()

    with closing(ledger(urls)) as gateway:
        asyncio.run(main(Coordinator(gateway.databases, f"file:{tmp_path / 'log'}", writes=True)))
    (told,) = [record.getMessage() for record in caplog.records if "two-phase" in record.getMessage()]
    assert "source 'south'" in told
    assert HINT in told
    assert transfers(urls) == {"north": {"b": 1}, "south": {"b": 1}, "west": {}}


def test_a_user_of_mariadb_needs_no_privilege(
    own_mariadb: Server, prepared_postgresql: Server, tmp_path: Path
) -> None:
    name = f"{NAME}_user"
    north = create_database(own_mariadb, name)
    urls = {"north": north, "south": create_database(prepared_postgresql, name)}
    fill(urls)
    with connected(own_mariadb.url) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'x'")
        rights = "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"GRANT {rights} ON {name}.* TO {name}@'127.0.0.1'")

    async def main(coordinator: Coordinator) -> None:
        assert await coordinator.problems() == []
        await write(coordinator, ("north", "south"), "a")
        await coordinator.close()

    with closing(ledger({**urls, "north": north.set(username=name, password="x")})) as gateway:
        asyncio.run(main(Coordinator(gateway.databases, f"file:{tmp_path / 'log'}", writes=True)))
    assert transfers(urls) == {"north": {"a": 1}, "south": {"a": 1}}
    forget_prepared(own_mariadb)


class Refusing:
    """A driver's connection of whose user the server says, when asked for prepared transactions, this.

    MariaDB asks for no privilege, so it is made to say what MySQL does.
    """

    def __init__(self, connection: Any, number: int) -> None:
        self._connection = connection
        self._number = number

    def cursor(self) -> Any:
        cursor = self._connection.cursor()
        signal = f"SIGNAL SQLSTATE '42000' SET MYSQL_ERRNO = {self._number}"
        execute = cursor.execute
        cursor.execute = lambda sql: execute(signal if sql == "XA RECOVER" else sql)
        return cursor


@pytest.mark.parametrize("number", sorted(DENIED))
def test_a_user_of_mysql_who_may_not_see_prepared_transactions_is_told(
    own_mariadb: Server, number: int
) -> None:
    with connected(own_mariadb.url) as engine, closed(engine.raw_connection()) as connection:
        problem = TWO_PHASE["mysql"].obstacle(Refusing(connection, number), "source 'crm'")
        assert problem is not None
        assert "XA_RECOVER_ADMIN" in problem.hint
        assert TWO_PHASE["mysql"].obstacle(connection, "source 'crm'") is None
        with pytest.raises(Exception, match="1205"):
            TWO_PHASE["mysql"].obstacle(Refusing(connection, 1205), "source 'crm'")
