"""Commands that reached no database, or nothing to do there, say so and do not end well."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import cli
from tests.process import free_port


def run(*arguments: str, **settings: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments), env=settings)
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done.exit_code, done.stderr


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Three databases that cannot be reached, each for another reason."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no folder")
    return {
        "GATEWAY_SOURCES__CRM__URL": f"mysql://me:hunter2@127.0.0.1:{free_port()}/x",
        "GATEWAY_SOURCES__SALES__URL": f"postgresql://me:hunter2@127.0.0.1:{free_port()}/x",
        "GATEWAY_SOURCES__SHOP__URL": f"sqlite:///{tmp_path / 'file' / 'x.sqlite3'}",
    }


@pytest.mark.parametrize("command", ["migrate", "revision crm -m x", "check", "recover", "demo --port 0"])
def test_what_reached_nothing_fails(command: str, nowhere: dict[str, str]) -> None:
    code, said = run(*command.split(), **nowhere)
    assert code == 1
    assert "hunter2" not in said


def test_one_that_failed_among_others_is_enough(nowhere: dict[str, str]) -> None:
    del nowhere["GATEWAY_SOURCES__SHOP__URL"]
    code, said = run("migrate", **nowhere)
    assert code == 1
    assert "shop: at " in said


def test_going_back_on_a_file_that_is_not_there_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run("migrate", "crm", "base")
    assert code == 1
    assert "there is no file" in said
    assert not list(tmp_path.iterdir())
