"""`gateway check` on databases that differ from the models in every way it looks for."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from typer.testing import CliRunner

from gateway import Gateway, Link, Settings, Source
from gateway.check.check import check
from gateway.check.findings import Finding
from gateway.cli import cli
from gateway.sources.engines import Engines, most_connections, most_to_a_replica
from tests.servers import DIALECTS, SERVERS, connected, database
from tests.setups import SETUPS, Urls, demo_gateway


class People(DeclarativeBase):
    pass


class Person(People):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(50))
    born: Mapped[int | None]
    pets: Mapped[list["Pet"]] = relationship(back_populates="owner")


class Pet(People):
    __tablename__ = "pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    owner: Mapped[Person] = relationship(back_populates="pets")


class Gone(People):
    __tablename__ = "gone"
    id: Mapped[int] = mapped_column(primary_key=True)


class Visits(DeclarativeBase):
    pass


class Visit(Visits):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_code: Mapped[str] = mapped_column(sa.String(20))


LINK = Link("visits.visits.person_code", "people.people.code", name="person", back="visits")

LOOSE = {
    "sqlite": "VARCHAR(20) COLLATE NOCASE",
    "mariadb": "VARCHAR(20) COLLATE utf8mb4_general_ci",
    "mysql": "VARCHAR(20) COLLATE utf8mb4_general_ci",
    "postgresql": "VARCHAR(20) COLLATE loose",
}
EXACT = {
    "sqlite": "VARCHAR(20)",
    "mariadb": "VARCHAR(20) COLLATE utf8mb4_bin",
    "mysql": "VARCHAR(20) COLLATE utf8mb4_bin",
    "postgresql": "VARCHAR(20)",
}

BROKEN = """
CREATE TABLE people (id INT PRIMARY KEY NOT NULL, code {loose} NOT NULL, name INT NOT NULL,
    shoe INT NOT NULL);
CREATE TABLE pets (id INTEGER NOT NULL PRIMARY KEY, owner_id INTEGER);
CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY, person_code {exact} NOT NULL)
"""


def fill(url: sa.URL, dialect: str) -> None:
    with connected(url) as engine, engine.begin() as connection:
        if dialect == "postgresql":
            connection.execute(
                sa.text(
                    "CREATE COLLATION loose"
                    " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
                )
            )
        for statement in BROKEN.format(loose=LOOSE[dialect], exact=EXACT[dialect]).strip().split(";\n"):
            connection.execute(sa.text(statement))


def graph_of(url: sa.URL, **options: object) -> Gateway:
    people = Source.from_models("people", url, models=People, mutations=True, **options)  # type: ignore[arg-type]
    return Gateway([people, Source.from_models("visits", url, models=Visits)], [LINK], settings=Settings())


def found_in(graph: Gateway, workers: int = 1) -> list[Finding]:
    return check([database.source for database in graph.databases.values()], graph.catalog, workers)


@pytest.fixture(params=DIALECTS)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateway]:
    with database(request.param, "gw_check", tmp_path) as url:
        if request.param == "sqlite":
            Path(str(url.database)).touch()
        fill(url, request.param)
        yield graph_of(url)


def test_every_difference_is_found_with_its_place_and_weight(broken: Gateway) -> None:
    found = {(finding.place, finding.weight.value): finding.message for finding in found_in(broken)}
    assert "no such table" in found["gone", "error"]
    assert "no such column" in found["people.born", "error"]
    assert "no row can be created" in found["people.shoe", "error"]
    assert "INTEGER" in found["people.name", "warning"]
    assert "allows NULL" in found["pets.owner_id", "warning"]
    assert "unique" in found["people", "error"]  # of code
    assert "different text for equal" in found["people.code", "warning"]
    assert "no index begins with (person_code)" in found["visits", "warning"]
    assert ("visits.person_code", "warning") not in found


def test_a_missing_index_is_told_for_local_relations_too(broken: Gateway) -> None:
    messages = [finding.message for finding in found_in(broken) if finding.place == "pets"]
    assert any("no index begins with (owner_id)" in message for message in messages)
    assert any("no foreign key on (owner_id)" in message for message in messages)


@pytest.mark.parametrize("setup", SETUPS)
def test_the_demos_own_databases_have_nothing_but_notes(setup_urls: object, setup: str) -> None:
    urls: Urls = setup_urls(setup)  # type: ignore[operator]
    graph = demo_gateway(urls)
    assert [finding for finding in found_in(graph) if finding.weight.value != "note"] == []


def test_a_source_that_is_down_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    dead = sa.make_url("postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    there = tmp_path / "visits.sqlite3"
    there.touch()
    people = Source.from_models("people", dead, models=People)
    visits = Source.from_models("visits", f"sqlite:///{there}", models=Visits)
    found = found_in(Gateway([people, visits], [LINK], settings=Settings()))
    (down,) = [finding for finding in found if finding.source == "people"]
    assert (down.weight.value, down.place) == ("error", "people")
    assert "secret" not in f"{down.message} {down.hint}"
    assert any("no such table" in finding.message for finding in found if finding.source == "visits")


@pytest.mark.parametrize("dialect", SERVERS)
def test_more_connections_than_the_server_takes_are_told(dialect: str, tmp_path: Path) -> None:
    with database(dialect, "gw_check_load", tmp_path) as url:
        graph = graph_of(url, threads=8)
        assert not crowded_in(found_in(graph))
        # Both sources live on one server, so their connections add up.
        one = sum(most_connections(database.source) for database in graph.databases.values())
        assert crowded_in(found_in(graph, 100)) == [f"100 processes may open {100 * one} connections"]


@pytest.mark.parametrize("dialect", SERVERS)
def test_replicas_and_the_tenants_that_may_be_open_count_too(dialect: str, tmp_path: Path) -> None:
    with database(dialect, "gw_check_load", tmp_path) as url:
        people = Source.from_models("people", url, models=People, replicas=[url, url])
        visits = Source.from_models("visits", models=Visits, tenants=dict.fromkeys("abc", url))
        found = check([people, visits], Gateway([people], settings=Settings()).catalog, 100, tenants_open=2)
        one = most_connections(people) + 2 * most_to_a_replica(people) + 2 * most_connections(visits)
        assert crowded_in(found) == [f"100 processes may open {100 * one} connections"]


def crowded_in(found: list[Finding]) -> list[str]:
    return [each.message.partition(" for ")[0] for each in found if "may open" in each.message]


def test_the_most_connections_are_those_of_all_pools(tmp_path: Path) -> None:
    source = Source.from_models("people", f"sqlite:///{tmp_path / 'x'}", models=People, threads=3)
    engines = Engines(source)
    pools = [engine.pool for engine in (engines.sessions, engines.units)]
    most = sum(pool.size() + pool._max_overflow for pool in pools)  # type: ignore[attr-defined]
    assert most_connections(source) == 3 + most


@contextmanager
def environment_of(folder: Path) -> Iterator[dict[str, str]]:
    """Settings of a demo graph whose files are empty."""
    with ExitStack():
        names = ("crm", "sales", "shop")
        for name in names:
            (folder / f"{name}.sqlite3").touch()
        yield {
            f"GATEWAY_SOURCES__{name.upper()}__URL": f"sqlite:///{folder / name}.sqlite3" for name in names
        }


def test_the_command_fails_for_errors_and_prints_them(tmp_path: Path) -> None:
    with environment_of(tmp_path) as environment:
        run = CliRunner().invoke(cli, ["check"], env=environment)
        assert run.exit_code == 1, run.output
        assert "the database has no such table" in run.stdout
        listed = CliRunner().invoke(cli, ["check", "--format", "json"], env=environment)
    assert listed.exit_code == 1
    found = json.loads(listed.stdout)
    assert {each["place"] for each in found if each["weight"] == "error"} >= {
        "customers",
        "orders",
        "products",
    }
    assert set(found[0]) == {"weight", "source", "place", "message", "hint"}
