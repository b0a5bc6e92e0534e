"""The log says why a source fails: the driver's reason in one line, without values, not over and over."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway import Context, Gateway, Source
from gateway.schema.answer import Asked
from tests.process import free_port
from tests.servers import DIALECTS, connected, database


class Base(DeclarativeBase): ...


class Town(Base):
    __tablename__ = "towns"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))


async def ask(gateway: Gateway, query: str) -> str:
    """The code of the only error."""
    context = Context(gateway.databases)
    try:
        answer = await gateway.schema.answer(Asked(query), context)
    finally:
        await context.close()
    (error,) = answer.errors
    return str(error["extensions"]["code"])


def codes(url: sa.URL, query: str, times: int) -> set[str]:
    async def main() -> set[str]:
        gateway = Gateway([Source.from_models("maps", url, models=Base)])
        try:
            return {await ask(gateway, query) for _ in range(times)}
        finally:
            await gateway.close()

    return asyncio.run(main())


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "gateway.sources"]


def broken(url: sa.URL, way: str) -> sa.URL:
    match way:
        case "password":
            return url.set(username="gw_nobody", password="hunter2")
        case "database":
            return url.set(database="gw_no_such_database")
        case "host":
            return url.set(host="no-such-host.invalid")
        case "session":
            name = "options" if url.drivername.startswith("postgresql") else "init_command"
            return url.update_query_dict(
                {name: "-c no_such_thing=1" if name == "options" else "SET no_such_thing=1"}
            )
    return url.set(host="127.0.0.1", port=free_port(), password="hunter2")


REASONS = {
    "password": ("denied", 'role "gw_nobody" does not exist'),
    "database": ("gw_no_such_database", "gw_no_such_database"),
    "host": ("no-such-host.invalid", "no-such-host.invalid"),
    "port": ("127.0.0.1", "refused"),
    "session": ("no_such_thing", "no_such_thing"),
}


@pytest.mark.parametrize("way", REASONS)
@pytest.mark.parametrize("dialect", ["mariadb", "mysql", "postgresql"])
def test_why_a_server_cannot_be_reached(
    dialect: str, way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database(dialect, "gw_complaints", tmp_path) as url:
        assert codes(broken(url, way), "{ towns { nodes { name } } }", 5) == {"SOURCE_UNAVAILABLE"}
    (line,) = lines(caplog)
    assert line.startswith("maps cannot be reached: ")
    assert REASONS[way][dialect == "postgresql"] in line
    assert "hunter2" not in line
    assert "\n" not in line


def test_why_a_file_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "missing.sqlite3"))
    assert codes(url, "{ towns { nodes { name } } }", 5) == {"SOURCE_UNAVAILABLE"}
    assert lines(caplog) == ["maps cannot be reached: unable to open database file"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_that_fails_is_told_once_per_burst(
    dialect: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database(dialect, "gw_complaints", tmp_path) as url:
        with connected(url) as engine, engine.begin() as connection:  # a SQLite file, without the table
            connection.execute(sa.text("CREATE TABLE other (id INTEGER)"))
        query = '{ towns(where: { name: { eq: "tell-nobody" } }) { nodes { name } } }'
        assert codes(url, query, 4) == {"SOURCE_ERROR"}
    first, rest = lines(caplog)
    assert first.startswith("maps could not run a statement: SOURCE_ERROR: ")
    assert "towns" in first
    assert "3 times more" in rest
    assert "tell-nobody" not in first + rest


@pytest.mark.parametrize("dialect", ["mariadb", "mysql", "postgresql"])
def test_values_in_a_drivers_words_are_left_out(
    dialect: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database(dialect, "gw_complaints", tmp_path) as url:
        failing = (
            "CAST(CONCAT('secret', id) AS INTEGER)"
            if dialect == "postgresql"
            else "(SELECT 1 UNION SELECT id)"
        )
        with connected(url) as engine, engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE kept (id INTEGER)"))
            connection.execute(sa.text("INSERT INTO kept VALUES (7)"))
            view = f"CREATE VIEW towns AS SELECT {failing} AS id, 'x' AS name FROM kept"
            connection.execute(sa.text(view))
        assert codes(url, "{ towns { nodes { rowId } } }", 1) == {"SOURCE_ERROR"}
    (line,) = lines(caplog)
    assert "secret7" not in line
    assert "secret" not in line
