"""The summary of a test run says which databases it left out."""

import os
import subprocess
import sys

from tests.process import free_port
from tests.servers import ADDRESSES, SERVERS

RUN = [
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "no:cacheprovider",
    "tests/test_key_lists.py",
    "-k",
    "none or null",
]


def test_databases_that_do_not_answer_are_told_in_one_line() -> None:
    absent = ("mysql", "postgresql")
    ports = {dialect: free_port() for dialect in absent}
    urls = {
        f"GATEWAY_TEST_{dialect.upper()}_URL": ADDRESSES[dialect].partition("://")[0]
        + f"://somebody:secret@127.0.0.1:{port}/x"
        for dialect, port in ports.items()
    }
    kept = {name: value for name, value in os.environ.items() if name != "CI" and "PYTEST" not in name}
    done = subprocess.run(RUN, env=kept | urls, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("left out: ")]
    told = [part.partition(" (no answer at ") for part in line.removeprefix("left out: ").split("), ")]
    found = {dialect: why for dialect, _, why in told if dialect in SERVERS}
    for dialect, port in ports.items():
        assert f":{port}/" in found[dialect]
    assert "secret" not in line
    assert done.stdout.count("left out") == 1


def test_in_ci_such_a_database_is_a_failure() -> None:
    url = f"postgresql+psycopg://somebody@127.0.0.1:{free_port()}/x"
    environment = {**os.environ, "CI": "true", "GATEWAY_TEST_POSTGRESQL_URL": url}
    done = subprocess.run(
        [*RUN, "-k", "postgresql and null"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "postgresql: no answer at" in done.stdout
