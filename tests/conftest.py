"""What several test modules share: a running demo server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.private import own_mariadb, own_mysql, own_servers, prepared_postgresql  # noqa: F401
from tests.process import free_port, serving
from tests.servers import left_out
from tests.setups import demo_urls, setup_urls  # noqa: F401


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite what the golden cases expect")


TIMED = ("faults_served", "limits_load", "faults", "shutdown", "worker", "lane")
"""Test modules that measure seconds."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes that run the tests one takes a whole module, and all of those that measure."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            name = item.path.stem.removeprefix("test_")
            item.add_marker(pytest.mark.xdist_group("timed" if name in TIMED else name))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out and why: a line for all databases, since a laptop may have SQLite alone, and one per
    other reason."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        if isinstance(report.longrepr, tuple):
            reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
    absent = left_out(reasons)
    if absent:
        told = ", ".join(f"{dialect} ({why})" for dialect, why in absent.items())
        terminalreporter.write_line(f"left out: {told}")
    for reason, tests in reasons.items():
        if reason.partition(":")[0] not in absent:
            terminalreporter.write_line(f"left out {tests} tests: {reason.splitlines()[0]}")


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo server's three SQLite files."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo_server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of `gateway demo` on three fresh SQLite files, as a process of its own."""
    log = tmp_path_factory.mktemp("log") / "demo.log"
    with serving(["demo", "--data", str(demo_data)], free_port(), log) as url:
        yield url
