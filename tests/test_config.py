"""Settings: where they come from, and how mistakes in them are told."""

from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.errors import ConfigurationError, Problem


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory and an environment without settings."""
    import os

    for name in list(os.environ):
        if name.upper().startswith("GATEWAY_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problems(**values: object) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        Settings(**values)
    return caught.value.problems


def test_defaults_need_nothing() -> None:
    settings = Settings()
    assert (settings.page_size, settings.page_max, settings.port) == (50, 1000, 8000)
    assert settings.sources == {}


def test_environment_wins_over_file_and_arguments_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gateway.toml").write_text("page_size = 10\npage_max = 20\nin_max = 30\n")
    monkeypatch.setenv("GATEWAY_PAGE_MAX", "21")
    monkeypatch.setenv("GATEWAY_IN_MAX", "31")
    settings = Settings(in_max=32)
    assert (settings.page_size, settings.page_max, settings.in_max) == (10, 21, 32)


def test_a_source_is_put_together_from_file_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gateway.toml").write_text("[sources.crm]\ndeadline = 3\n")
    monkeypatch.setenv("GATEWAY_SOURCES__CRM__URL", "mysql+mysqlconnector://root@db.test/crm")
    source = Settings().sources["crm"]
    assert source.deadline == 3
    assert source.url is not None
    assert source.url.host == "db.test"


def test_config_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("port = 9000\n")
    monkeypatch.setenv("GATEWAY_CONFIG", str(file))
    assert Settings().port == 9000
    file.unlink()
    (problem,) = problems()
    assert problem.place == "GATEWAY_CONFIG"


def test_origins_are_comma_separated_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", "https://a.test, https://b.test")
    assert Settings().cors_origins == ["https://a.test", "https://b.test"]


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "")
    assert Settings().port == 8000


def test_all_problems_at_once_each_with_a_place_and_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gateway.toml").write_text("page_sise = 10\n[sources.crm]\nurl = 'somewhere'\ndeadlin = 3\n")
    monkeypatch.setenv("GATEWAY_PORT", "ninety")
    monkeypatch.setenv("GATEWAY_PAGEMAX", "9")
    found = {problem.place: problem.hint for problem in problems(in_max=0)}
    assert set(found) == {
        "gateway.toml: page_sise",
        "gateway.toml: sources.crm.url",
        "gateway.toml: sources.crm.deadlin",
        "GATEWAY_PORT",
        "GATEWAY_PAGEMAX",
        "Settings(in_max)",
    }
    assert "'page_size'" in found["gateway.toml: page_sise"]
    assert "'deadline'" in found["gateway.toml: sources.crm.deadlin"]
    assert "GATEWAY_PAGE_MAX" in found["GATEWAY_PAGEMAX"]
    assert all(found.values())


def test_variables_that_resemble_no_setting_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("GATEWAY_PORT_8000_TCP_ADDR", "10.0.0.1")
    assert Settings().port == 8000


def test_a_file_that_is_not_toml_is_named() -> None:
    Path("gateway.toml").write_text("port = \n")
    (problem,) = problems()
    assert problem.place == "gateway.toml"


def test_page_size_must_fit_page_max() -> None:
    (problem,) = problems(page_size=100, page_max=10)
    assert "page_max" in problem.message


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://me:hunter2@db.test:port/x", "mysql//me:hunter2@db.test/x", "hunter2"]
)
def test_secrets_are_never_repeated(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SOURCES__CRM__URL", url)
    with pytest.raises(ConfigurationError) as caught:
        Settings()
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    monkeypatch.setenv("GATEWAY_SOURCES__CRM__URL", "postgresql+psycopg://me:hunter2@db.test/x")
    settings = Settings()
    assert "hunter2" not in f"{settings!r} {settings} {settings.sources['crm'].url}"
