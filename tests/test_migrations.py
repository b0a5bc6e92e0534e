"""The revisions build the models' tables on every dialect, and take them away again."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import migrate
from gateway.demo.histories import METADATA, DemoHistory, demo_history, demo_url, migrations_directory
from tests.servers import DIALECTS, connected, database

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    with database(request.param, "gw_migrations_demo", tmp_path) as empty:
        yield empty


@pytest.fixture
def histories(url: sa.URL) -> list[DemoHistory]:
    """The three demo sources, all in one database."""
    return [demo_history(name, url) for name in METADATA]


def structure(url: sa.URL, metadata: sa.MetaData) -> dict[str, Any]:
    """What the database says about each table: enough to tell two ways of building it apart."""
    with connected(url) as engine:
        inspector = sa.inspect(engine)
        return {table: table_structure(inspector, table) for table in metadata.tables}


def table_structure(inspector: sa.Inspector, table: str) -> dict[str, Any]:
    columns = [
        {**column, "type": repr(column["type"]), "default": None} for column in inspector.get_columns(table)
    ]
    return {
        "columns": columns,
        "primary key": inspector.get_pk_constraint(table),
        "foreign keys": sorted(inspector.get_foreign_keys(table), key=str),
        "indexes": sorted(inspector.get_indexes(table), key=str),
        "unique": sorted(inspector.get_unique_constraints(table), key=str),
        "checks": sorted(inspector.get_check_constraints(table), key=str),
        "comment": inspector.get_table_comment(table) if inspector.dialect.supports_comments else None,
        "options": inspector.get_table_options(table).get("mysql_collate"),
    }


def test_upgrade_leaves_no_difference_to_the_models(histories: list[DemoHistory]) -> None:
    for history in histories:
        assert migrate.current(history) is None
        migrate.upgrade(history)
    for history in histories:
        assert migrate.current(history) is not None
        assert migrate.differences(history) == []


def test_upgrade_builds_exactly_what_the_models_would(histories: list[DemoHistory]) -> None:
    for history in histories:
        migrate.upgrade(history)
        migrated = structure(history.url, history.metadata)
        with connected(history.url) as engine:
            history.metadata.drop_all(engine)
            history.metadata.create_all(engine)
        assert structure(history.url, history.metadata) == migrated


def test_downgrade_leaves_only_version_tables(histories: list[DemoHistory], url: sa.URL) -> None:
    for history in histories:
        migrate.upgrade(history)
    for history in histories:
        migrate.downgrade(history, "base")
        assert migrate.current(history) is None
    with connected(url) as engine:
        assert sorted(sa.inspect(engine).get_table_names()) == [
            "alembic_version_crm",
            "alembic_version_sales",
            "alembic_version_shop",
        ]
    for history in histories:
        migrate.upgrade(history)
        assert migrate.differences(history) == []


def test_one_source_downgrades_alone(histories: list[DemoHistory]) -> None:
    for history in histories:
        migrate.upgrade(history)
    crm, sales, shop = histories
    migrate.downgrade(sales, "base")
    assert migrate.current(sales) is None
    assert migrate.differences(crm) == []
    assert migrate.differences(shop) == []


def test_offline_writes_the_statements_and_touches_nothing(histories: list[DemoHistory]) -> None:
    for history in histories:
        written = io.StringIO()
        migrate.upgrade(history, sql=True, output=written)
        for table in history.metadata.tables:
            assert f"CREATE TABLE {table} (" in written.getvalue()
        assert f"INSERT INTO alembic_version_{history.name}" in written.getvalue()
        assert migrate.current(history) is None


def test_offline_statements_build_the_same_tables(histories: list[DemoHistory], url: sa.URL) -> None:
    history = histories[2]
    written = io.StringIO()
    migrate.upgrade(history, sql=True, output=written)
    with connected(url) as engine, engine.begin() as connection:
        for statement in written.getvalue().split(";\n"):
            if statement.strip() not in ("", "BEGIN", "COMMIT"):
                connection.exec_driver_sql(statement)
    assert migrate.current(history) is not None
    assert migrate.differences(history) == []


def test_offline_downgrade_drops_every_table(histories: list[DemoHistory]) -> None:
    for history in histories:
        written = io.StringIO()
        migrate.downgrade(history, "head:base", sql=True, output=written)
        for table in history.metadata.tables:
            assert f"DROP TABLE {table}" in written.getvalue()


def test_a_difference_is_seen(histories: list[DemoHistory]) -> None:
    crm = histories[0]
    migrate.upgrade(crm)
    with connected(crm.url) as engine, engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE customers ADD COLUMN nickname VARCHAR(40)"))
    (difference,) = migrate.differences(crm)
    assert difference[0] == "remove_column"
    assert difference[3].name == "nickname"


def test_a_new_revision_holds_the_difference_of_its_source_only(url: sa.URL, tmp_path: Path) -> None:
    metadata = sa.MetaData()
    sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True))
    migrate.upgrade(demo_history("crm", url))

    own = DemoHistory("own", url, metadata, empty_migrations(tmp_path, "own"))
    (path,) = migrate.new_revision(own, "add notes")
    text = path.read_text()
    assert path.parent == tmp_path / "own" / "versions"
    assert "create_table('notes'" in text
    assert "drop_table('customers'" not in text
    migrate.upgrade(own)
    assert migrate.differences(own) == []
    assert migrate.differences(demo_history("crm", url)) == []


def test_a_generated_revision_builds_every_type_of_the_models(url: sa.URL, tmp_path: Path) -> None:
    for name, metadata in METADATA.items():
        history = DemoHistory(name, url, metadata, empty_migrations(tmp_path, name))
        migrate.new_revision(history, "everything")
        migrate.upgrade(history)
        generated = structure(url, metadata)
        with connected(url) as engine:
            metadata.drop_all(engine)
            metadata.create_all(engine)
        for table, built in structure(url, metadata).items():
            assert generated[table] == {**built, "checks": generated[table]["checks"]}


def empty_migrations(folder: Path, name: str) -> Path:
    """A migrations folder whose source `name` has no revision yet."""
    (folder / name / "versions").mkdir(parents=True)
    for file in ("env.py", "script.py.mako"):
        (folder / file).write_text((migrations_directory() / file).read_text())
    return folder


def alembic(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", METADATA)
def test_plain_alembic_takes_the_source_from_the_section(name: str, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.sqlite3"
    place = {f"GATEWAY_SOURCES__{name.upper()}__URL": f"sqlite:///{file}"}
    upgraded = alembic("-n", name, "upgrade", "head", folder=tmp_path, **place)
    checked = alembic("-n", name, "check", folder=tmp_path, **place)
    assert upgraded.returncode == 0, upgraded.stderr
    assert "No new upgrade operations detected" in checked.stdout
    assert migrate.differences(demo_history(name, f"sqlite:///{file}")) == []


def test_plain_alembic_defaults_to_the_embedded_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_SOURCES__CRM__URL", raising=False)
    upgraded = alembic("-n", "crm", "upgrade", "head", folder=tmp_path)
    assert upgraded.returncode == 0, upgraded.stderr
    assert (tmp_path / "demo-data" / "crm.sqlite3").is_file()


def test_plain_alembic_without_a_source_says_how(tmp_path: Path) -> None:
    refused = alembic("upgrade", "head", folder=tmp_path)
    assert refused.returncode != 0
    assert "alembic -n crm" in refused.stdout + refused.stderr


def test_an_environment_variable_moves_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SOURCES__SHOP__URL", "postgresql+psycopg://shop@db/shop")
    monkeypatch.delenv("GATEWAY_SOURCES__CRM__URL", raising=False)
    assert demo_url("shop").host == "db"
    assert demo_url("crm", Path("here")).database == str(Path("here") / "crm.sqlite3")
