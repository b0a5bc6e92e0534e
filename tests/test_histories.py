"""`gateway migrate` and `gateway revision` over the databases of all sources and tenants."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from gateway.cli import main
from tests.servers import DIALECTS, connected, database

ROOT = Path(__file__).parents[1]
TENANTS = ("acme", "globex", "initech")

APP = """
import os
from pathlib import Path
from typing import NamedTuple
import sqlalchemy as sa
from gateway import Gateway, Settings, Source, TenantHeader
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class CrmBase(DeclarativeBase): ...
class Customer(CrmBase):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    {more}

class ShopBase(DeclarativeBase): ...
class Product(ShopBase):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)

urls = {urls!r}
folder = Path(__file__).parent / "migrations"
sources = [
    Source.from_models("crm", {kind!r}, tenants={tenants}, models=CrmBase, migrations=folder),
    Source.from_models("shop", urls["acme"], models=ShopBase, migrations=folder),
]
gateway = Gateway(sources, tenant=TenantHeader(), settings=Settings())
"""
MAPPING = '{name: url for name, url in urls.items() if name != "shop"}'


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


class Project:
    """An app in a folder, with empty histories, and the command line in it."""

    def __init__(self, folder: Path, urls: dict[str, sa.URL], capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.urls, self.capture = folder, urls, capture
        self.modules = 0
        (folder / "migrations").mkdir()
        extending = (ROOT / "docs" / "extending.md").read_text("utf-8")
        (env,) = re.findall(r"^```python\n(# migrations/env.py\n.*?)^```", extending, re.M | re.S)
        (folder / "migrations" / "env.py").write_text(env, "utf-8")
        shutil.copy(ROOT / "migrations" / "script.py.mako", folder / "migrations")
        self.write()

    def write(self, more: str = "", kind: str | None = None, tenants: str = MAPPING) -> None:
        """The app, in a module of a new name, since each is imported once."""
        urls = {name: url.render_as_string(hide_password=False) for name, url in self.urls.items()}
        self.modules += 1
        self.module = f"graph_{os.getpid()}_{self.folder.name}_{self.modules}"
        text = APP.format(more=more, urls=urls, kind=kind, tenants=tenants)
        (self.folder / f"{self.module}.py").write_text(text, "utf-8")

    def run(self, *arguments: str) -> Ran:
        self.capture.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["gateway", *arguments, "--app", f"{self.module}:gateway"])
            with pytest.raises(SystemExit) as ended:
                main()
        return Ran(int(ended.value.code or 0), *self.capture.readouterr())

    def tables(self, tenant: str) -> set[str]:
        with connected(self.urls[tenant]) as engine:
            return set(sa.inspect(engine).get_table_names())

    def columns(self, tenant: str) -> set[str]:
        with connected(self.urls[tenant]) as engine:
            return {column["name"] for column in sa.inspect(engine).get_columns("customers")}


@pytest.fixture(params=DIALECTS)
def project(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Project]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with ExitStack() as stack:
        urls = {
            tenant: stack.enter_context(database(request.param, f"gw_histories_{tenant}", tmp_path))
            for tenant in TENANTS
        }
        yield Project(tmp_path, urls, capsys)


def test_a_revision_sees_one_source_and_migrations_reach_every_tenant(project: Project) -> None:
    for source in ("crm", "shop"):
        written = project.run("revision", source, "-m", f"tables of {source}")
        assert written.code == 0, written.stderr
    (crm,) = (project.folder / "migrations" / "crm" / "versions").glob("*.py")
    (shop,) = (project.folder / "migrations" / "shop" / "versions").glob("*.py")
    assert "customers" in crm.read_text()
    assert "products" not in crm.read_text()
    assert "customers" not in shop.read_text()

    migrated = project.run("migrate")
    assert migrated.code == 0, migrated.stderr
    for tenant in TENANTS:
        assert f"crm of {tenant}: at " in migrated.stderr
        assert "customers" in project.tables(tenant)
    assert "products" in project.tables("acme")
    assert "products" not in project.tables("globex")

    nothing = project.run("revision", "crm", "-m", "nothing")
    assert "nothing to write" in nothing.stderr
    project.write("phone: Mapped[str | None] = mapped_column(sa.String(20))")
    assert project.run("revision", "crm", "-m", "phone").code == 0
    one = project.run("migrate", "--tenant", "globex")
    assert one.code == 0, one.stderr
    assert "acme" not in one.stderr
    assert project.columns("globex") == {"id", "name", "phone"}
    assert project.columns("acme") == {"id", "name"}
    assert project.run("migrate", "crm").code == 0
    assert project.columns("acme") == project.columns("initech") == {"id", "name", "phone"}


def test_one_tenant_that_fails_is_reported_and_the_others_are_migrated(project: Project) -> None:
    assert project.run("revision", "crm", "-m", "tables").code == 0
    with connected(project.urls["globex"]) as engine, engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE customers (id INTEGER)"))  # in the way
    migrated = project.run("migrate", "crm")
    assert migrated.code == 1
    assert "crm of globex: " in migrated.stderr
    assert "crm of globex: at" not in migrated.stderr
    assert "Traceback" not in migrated.stderr
    for tenant in ("acme", "initech"):
        assert f"crm of {tenant}: at " in migrated.stderr
        assert project.columns(tenant) == {"id", "name"}
    with connected(project.urls["globex"]) as engine, engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE customers"))
    assert project.run("migrate", "crm").code == 0
    assert project.columns("globex") == {"id", "name"}


@pytest.mark.parametrize("project", ["sqlite"], indirect=True)
def test_tenants_only_a_function_knows_are_named(project: Project) -> None:
    assert project.run("revision", "crm", "-m", "tables").code == 0
    project.write(kind="sqlite://", tenants="urls.get")
    unnamed = project.run("migrate", "crm")
    assert unnamed.code == 2
    assert "--tenant acme --tenant globex" in unnamed.stderr
    unknown = project.run("migrate", "--tenant", "nobody")
    assert unknown.code == 2
    assert "no tenant 'nobody'" in unknown.stderr
    assert project.run("migrate", "--tenant", "acme", "--tenant", "globex").code == 0
    assert "customers" in project.tables("globex")


@pytest.mark.parametrize("project", ["sqlite"], indirect=True)
def test_explain_for_a_tenant(project: Project) -> None:
    assert project.run("revision", "crm", "-m", "tables").code == 0
    assert project.run("migrate", "crm").code == 0
    query = project.folder / "query.graphql"
    query.write_text("{ customers { nodes { id name } } }")
    assert "SELECT" in project.run("explain", str(query)).stdout
    ran = project.run("explain", str(query), "--run", "--tenant", "acme")
    assert ran.code == 0, ran.stderr
    assert "0 rows" in ran.stdout
    for options in ((), ("--tenant", "nobody")):
        refused = project.run("explain", str(query), "--run", *options)
        assert refused.code == 2
        assert "tenant" in refused.stderr
