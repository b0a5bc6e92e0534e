"""A server that is told to stop answers what is nearly done, tells the others, and leaves nothing running."""

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.naps import environment, make_views, napping
from tests.process import free_port, started
from tests.servers import DIALECTS, database
from tests.timed import Best

GRACE = 2.0
LEAVING = 1.0
"""Seconds beyond the grace within which the process has ended and its statements are gone."""

SUPERVISING = 5.0
"""Seconds within which the supervisor of several processes has seen all of them end."""

PATIENCE = 15.0


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, sa.URL]]:
    folder = tmp_path_factory.mktemp("naps")
    with ExitStack() as stack:
        found = {}
        for dialect in DIALECTS:
            found[dialect] = stack.enter_context(database(dialect, "gw_stop", folder))
            make_views(dialect, found[dialect])
        yield found


def sleep(client: httpx.Client, dialect: str, kind: str) -> httpx.Response:
    return client.post("/graphql", json={"query": f"{{ {dialect}{kind}s {{ nodes {{ slept }} }} }}"})


@pytest.mark.parametrize("workers", [1, 2])
def test_requests_within_the_grace_are_answered_and_others_told(
    urls: dict[str, sa.URL], tmp_path: Path, workers: int
) -> None:
    best = Best(3)
    while best.round():
        _stopped_in_the_middle(best, urls, tmp_path / "log", workers)
    print(f"{workers} workers, grace {GRACE} s: {best}")
    best.check()


def _stopped_in_the_middle(best: Best, urls: dict[str, sa.URL], log: Path, workers: int) -> None:
    port = free_port()
    arguments = ["serve", "--app", "tests.naps:gateway", "--workers", str(workers)]
    with (
        started(arguments, port, log, GATEWAY_GRACE=str(GRACE), **environment(urls, deadline=20)) as process,
        ThreadPoolExecutor(12) as senders,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        for dialect in DIALECTS:  # connects, and makes the plans
            warm = sleep(client, dialect, "Blink")
            assert "errors" not in warm.json(), warm.text
        naps = [senders.submit(sleep, client, dialect, "Nap") for dialect in DIALECTS]
        until(lambda: running(urls) == len(urls) - 1)
        blinks = [senders.submit(sleep, client, dialect, "Blink") for dialect in DIALECTS]
        time.sleep(0.3)
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        for blink in blinks:
            assert blink.result().status_code == 200
            assert "errors" not in blink.result().json()
        for nap in naps:
            response = nap.result()
            assert response.status_code == 503, response.text
            assert response.headers["retry-after"]
            [error] = response.json()["errors"]
            assert error["extensions"]["code"] == "SHUTTING_DOWN"
        answered = time.monotonic() - told
        assert answered > GRACE - 0.1
        best.add("answered", answered, GRACE + LEAVING)
        process.wait(GRACE + PATIENCE)
        supervising = SUPERVISING if workers > 1 else 0
        best.add("ended", time.monotonic() - told, GRACE + LEAVING + supervising)
        until(lambda: running(urls) == 0)


def running(urls: dict[str, sa.URL]) -> int:
    """How many naps the servers work on."""
    return sum(napping(dialect, url) for dialect, url in urls.items() if dialect != "sqlite")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_idle_server_ends_at_once_and_closes_its_connections(
    urls: dict[str, sa.URL], tmp_path: Path
) -> None:
    best = Best(3)
    while best.round():
        port = free_port()
        arguments = ["serve", "--app", "tests.naps:gateway"]
        with (
            started(arguments, port, tmp_path / "log", **environment(urls, deadline=20)) as process,
            httpx.Client(timeout=60) as client,
        ):
            asked = client.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"})
            assert asked.is_success
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            best.add("ended after SIGTERM", time.monotonic() - told, LEAVING)
    print(f"an idle server: {best}")
    best.check()


def test_a_body_that_does_not_come_is_told_when_the_grace_ends(
    urls: dict[str, sa.URL], tmp_path: Path
) -> None:
    port = free_port()
    with started(
        ["serve", "--app", "tests.naps:gateway"],
        port,
        tmp_path / "log",
        GATEWAY_GRACE="0.3",
        **environment(urls, deadline=20),
    ) as process:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(_HEAD)
            httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=60)  # so the one before it was accepted
            process.send_signal(signal.SIGTERM)
            status, answer = _read(client)
        assert status == 503
        assert answer["errors"][0]["extensions"]["code"] == "SHUTTING_DOWN"
        process.wait(PATIENCE)


def test_a_body_has_a_deadline(urls: dict[str, sa.URL], tmp_path: Path) -> None:
    port = free_port()
    with (
        started(
            ["serve", "--app", "tests.naps:gateway"],
            port,
            tmp_path / "log",
            GATEWAY_BODY_DEADLINE="0.3",
            **environment(urls, deadline=20),
        ),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(_HEAD)
        sent = time.monotonic()
        status, answer = _read(client)
        assert 0.2 < time.monotonic() - sent < 9  # by default it is ten
        assert status == 408
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


_HEAD = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"


def _read(client: socket.socket) -> tuple[int, dict[str, object]]:
    """The status and the JSON of an answer after which the connection is closed."""
    client.settimeout(60)
    received = b""
    while chunk := client.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)
