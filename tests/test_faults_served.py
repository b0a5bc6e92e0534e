"""Databases that hang, restart and fill up behind a real server: each figure of a fault is printed."""

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.naps import environment, make_views, napping
from tests.private import PRIVATE, create_database
from tests.process import free_port, serving, started
from tests.proxy import Proxy, proxied
from tests.servers import DIALECTS, database
from tests.setups import Urls, own_gateway
from tests.test_faults import GRACE, HEALING, PATIENCE, PLACES, QUERY, ask, healed, run, told, without
from tests.timed import Best

STUCK = 60
ARRIVAL = 0.01
"""Seconds between two of them, so that they do not end all at once either."""

GONE = 1.0
"""Seconds within which a statement nobody waits for is gone from its server."""

HEADERS = {"content-type": "application/json"}


class Client:
    """One connection to a server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, document: str) -> tuple[dict[str, Any], float]:
        """The answer and the seconds it took."""
        sent = time.perf_counter()
        self._connection.request("POST", "/graphql", json.dumps({"query": document}), HEADERS)
        payload = json.loads(self._connection.getresponse().read())
        return payload, time.perf_counter() - sent

    def close(self) -> None:
        self._connection.close()


def p99(port: int, document: str, count: int, longest: float = 60.0) -> float:
    """The seconds within which 99 in 100 operations are answered, asked one after the other.

    So many of them, or as many as there are in `longest` seconds.
    """
    with closing(Client(port)) as client:
        times: list[float] = []
        while len(times) < count and sum(times) < longest:
            payload, seconds = client.post(document)
            assert "errors" not in payload
            times.append(seconds)
    return sorted(times)[len(times) * 99 // 100 - (len(times) % 100 == 0)]


# A source that hangs


@contextmanager
def hanging(urls: Urls, source: str, deadline: float, log: Path) -> Iterator[tuple[int, Proxy]]:
    """The demo's graph served with a proxy before one of its databases: the port and the proxy."""
    port = free_port()
    with proxied(urls[source]) as (proxy, url):
        addresses = {**urls, source: url}
        settings = {
            f"GATEWAY_SOURCES__{name.upper()}__{key}": value
            for name in addresses
            for key, value in (
                ("URL", addresses[name].render_as_string(False)),
                ("DEADLINE", str(deadline)),
            )
        }
        with serving(["serve"], port, log, **settings):
            yield port, proxy


LIGHT = {
    "crm": "{ orders(first: 3) { nodes { number } } tags { totalCount } }",
    "sales": "{ customers(first: 3) { nodes { name } } tags { totalCount } }",
}
"""Source that hangs -> an operation that does not touch it."""


@pytest.mark.parametrize(("setup", "source"), PLACES)
def test_sixty_stuck_operations_delay_no_other_and_end_at_the_deadline(
    setup_urls: Callable[[str], Urls], tmp_path: Path, setup: str, source: str
) -> None:
    deadline = 3.0
    with (
        hanging(setup_urls(setup), source, deadline, tmp_path / "log") as (port, proxy),
        ThreadPoolExecutor(STUCK) as senders,
        ExitStack() as stack,
    ):
        clients = [stack.enter_context(closing(Client(port))) for _ in range(STUCK)]

        def arriving() -> list[Future[tuple[dict[str, Any], float]]]:
            sent = []
            for client in clients:
                sent.append(senders.submit(client.post, QUERY))
                time.sleep(ARRIVAL)
            return sent

        for client in clients[:8]:
            assert "errors" not in client.post(QUERY)[0]
        best = Best()
        while best.round():
            # Their number alone makes them wait for each other, on a slow machine longer.
            crowd = max(one.result()[1] for one in arriving())
            before = p99(port, LIGHT[source], 200)
            proxy.hang()
            stuck = arriving()
            during = p99(port, LIGHT[source], 150, deadline / 2)
            assert not any(one.done() for one in stuck[STUCK // 2 :]), "nothing was stuck"
            answers = [one.result() for one in stuck]
            for payload, _ in answers:
                assert payload["data"] == without(source)
                assert {error["extensions"]["source"] for error in payload["errors"]} == {source}
                assert {error["extensions"]["retryable"] for error in payload["errors"]} == {True}
            proxy.heal()
            healing = time.perf_counter()
            while "errors" in clients[0].post(QUERY)[0]:
                time.sleep(0.01)
            best.add("p99 of others", during, 1.5 * before + 0.02)
            best.add("ended after the deadline", max(took for _, took in answers) - deadline, GRACE + crowd)
            best.add("good again after healing", time.perf_counter() - healing, HEALING)
    print(f"{source} of {setup} hangs, {STUCK} operations stuck: {best}")
    best.check()


class Abyss:
    """A port that takes connections and never says a word, not even when it is gone."""

    def __init__(self) -> None:
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._held.append(self._listener.accept()[0])

    def give_way(self) -> None:
        """Let something else listen on the port; what was accepted stays silent."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        for one in self._held:
            one.close()


@pytest.mark.parametrize(("setup", "source"), PLACES)
def test_a_source_is_found_well_while_older_connections_still_hang(
    setup_urls: Callable[[str], Urls], setup: str, source: str
) -> None:
    urls = setup_urls(setup)

    async def use(gateway: Any) -> float:
        for _ in range(4):
            payload = await ask(gateway)
            assert payload["data"] == without(source)
            assert told(payload)
        abyss.give_way()
        target = urls[source]
        assert target.host is not None
        server = Proxy((target.host, target.port or 0), port=abyss.port)
        try:
            return await healed(gateway)
        finally:
            await gateway.close()
            server.refuse()

    best = Best()
    while best.round():
        with closing(Abyss()) as abyss:
            url = urls[source].set(host="127.0.0.1", port=abyss.port)
            seconds = run(own_gateway({**urls, source: url}, deadline=1.0, connect_timeout=5.0), use)
        best.add("good answers after healing, while connecting still hangs", seconds, HEALING)
    print(f"{source} of {setup}: {best}")
    best.check()


# Statements that nobody waits for


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, sa.URL]]:
    folder = tmp_path_factory.mktemp("naps")
    with ExitStack() as stack:
        found = {}
        for dialect in DIALECTS:
            found[dialect] = stack.enter_context(database(dialect, "gw_naps", folder))
            make_views(dialect, found[dialect])
        yield found


NAPS = ["serve", "--app", "tests.naps:gateway"]


def at_work(dialect: str, url: sa.URL, pid: int) -> bool:
    """Whether the statement runs: on the server, or for SQLite in the gateway's own process."""
    if dialect != "sqlite":
        return napping(dialect, url) > 0
    before = spent(pid)
    time.sleep(0.1)
    return spent(pid) - before > 0.02


def spent(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait(condition: Callable[[], bool]) -> float:
    """Seconds until it holds, which are fewer than a nap takes."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < PATIENCE, f"not within {PATIENCE} s"
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_is_gone_at_the_deadline_and_when_its_client_leaves(
    views: dict[str, sa.URL], tmp_path: Path, dialect: str
) -> None:
    port, deadline, url = free_port(), 3.0, views[dialect]
    document = f"{{ {dialect}Naps {{ nodes {{ slept }} }} __typename }}"
    with started(NAPS, port, tmp_path / "log", **environment({dialect: url}, deadline)) as process:

        def working() -> bool:
            return at_work(dialect, url, process.pid)

        best = Best()
        while best.round():
            with ThreadPoolExecutor(1) as sender, closing(Client(port)) as client:
                slow = sender.submit(client.post, document)
                wait(working)
                payload, took = slow.result()
                best.add("answered after the deadline", took - deadline, 2 * GRACE)
                best.add("gone after that", wait(lambda: not working()), GONE)
            [error] = payload["errors"]
            assert error["extensions"]["code"] == "SOURCE_TIMEOUT"
            assert payload["data"] == {f"{dialect}Naps": None, "__typename": "Query"}
            with socket.create_connection(("127.0.0.1", port)) as leaving:
                leaving.sendall(_request(document))
                wait(working)
            best.add("gone after a client left", wait(lambda: not working()), GONE)
    print(f"{dialect}: {best}")
    best.check()


def _request(document: str) -> bytes:
    body = json.dumps({"query": document})
    head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json"
    return f"{head}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


def test_an_operation_ends_when_its_time_is_over(views: dict[str, sa.URL], tmp_path: Path) -> None:
    port, limit = free_port(), 1.0
    roots = " ".join(f"{dialect}Naps {{ nodes {{ slept }} }}" for dialect in DIALECTS)
    settings = environment(views, deadline=20) | {"GATEWAY_TIME_MAX": str(limit)}
    with started(NAPS, port, tmp_path / "log", **settings) as process, closing(Client(port)) as client:
        best = Best()
        while best.round():
            payload, took = client.post(f"{{ {roots} }}")
            gone = wait(lambda: not any(at_work(name, views[name], process.pid) for name in DIALECTS))
            [error] = payload["errors"]
            assert payload["data"] is None
            assert error["extensions"]["code"] == "BUDGET_EXCEEDED"
            assert "time_max" in error["message"]
            assert took >= limit
            best.add("ended after time_max", took - limit, 5 * GRACE)
            best.add("all statements gone after that", gone, GONE)
    print(best)
    best.check()


def test_a_full_queue_is_told_with_retry_after(views: dict[str, sa.URL], tmp_path: Path) -> None:
    port = free_port()
    settings = environment({"sqlite": views["sqlite"]}, deadline=6) | {"NAPS_THREADS": "1", "NAPS_QUEUE": "1"}
    with (
        serving(NAPS, port, tmp_path / "log", **settings),
        ThreadPoolExecutor(2) as senders,
        closing(Client(port)) as first,
        closing(Client(port)) as second,
        closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
    ):
        for client in (first, second):  # one is at work and one waits
            senders.submit(client.post, "{ sqliteNaps { nodes { slept } } }")
            time.sleep(1.0)
        answers = []
        for document in (
            "{ sqliteNaps { nodes { slept } } }",
            "{ sqliteNaps { totalCount } __typename }",
        ):
            connection.request("POST", "/graphql", json.dumps({"query": document}), HEADERS)
            response = connection.getresponse()
            answers.append((response.status, response.headers["retry-after"], json.loads(response.read())))
    for _, _, payload in answers:
        assert [error["extensions"]["code"] for error in payload["errors"]] == ["SOURCE_BUSY"]
    assert [status for status, _, _ in answers] == [503, 200]
    assert [after for _, after, _ in answers] == ["1", None]
    assert answers[0][2]["data"] == {"sqliteNaps": None}
    assert answers[1][2]["data"] == {"sqliteNaps": {"totalCount": None}, "__typename": "Query"}


# A restart


@pytest.mark.parametrize("dialect", PRIVATE)
def test_a_restart_under_pooled_connections_loses_no_read(tmp_path: Path, dialect: str) -> None:
    port = free_port()
    document = f"{{ {dialect}Blinks {{ nodes {{ slept }} }} }}"
    with PRIVATE[dialect]() as server:
        url = create_database(server, "restarted")
        make_views(dialect, url)
        with (
            serving(NAPS, port, tmp_path / "log", **environment({dialect: url}, deadline=20)),
            ThreadPoolExecutor(4) as senders,
            ExitStack() as stack,
        ):
            clients = [stack.enter_context(closing(Client(port))) for _ in range(4)]
            lost = 0
            for restart in range(3):
                for payload, _ in senders.map(lambda client: client.post(document), clients):
                    lost += "errors" in payload
                if restart < 2:
                    server.stop()
                    server.start()
    print(f"{dialect}: {lost} of 8 reads lost after two restarts under 4 pooled connections")
    assert lost == 0
