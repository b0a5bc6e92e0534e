"""The gateway as a process of its own."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import httpx
import pytest

START_SECONDS = 60.0
STOP_SECONDS = 20.0


_PORTS = count(random.SystemRandom().randrange(20_000))


def free_port() -> int:
    """A port nobody listens on, for a server that is yet to start.

    It is below those that systems hand out themselves, which a client beside us could be given meanwhile, and
    comes around again only after many others.
    """
    while True:
        port = 11_000 + next(_PORTS) % 20_000
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def bare_environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of the gateway, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GATEWAY_")}
    return kept | more


@contextmanager
def serving(arguments: list[str], port: int, log: Path, **environment: str) -> Iterator[str]:
    """A `gateway` server process; yields its URL once `/health/live` answers. Fails with its log."""
    with started(arguments, port, log, **environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def started(
    arguments: list[str], port: int, log: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """As `serving`; yields the process."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", *arguments, "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=bare_environment(**environment),
        )
        try:
            _wait_until_live(process, url, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_live(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/live", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    pytest.fail(f"no server at {url} (exit code {process.poll()}):\n{log.read_text('utf-8', 'replace')}")
