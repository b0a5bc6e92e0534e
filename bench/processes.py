"""Server processes, and what the kernel knows about processes: CPU time and memory."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.client import Load, Measured
from bench.places import CACHE, environment

START_SECONDS = 60.0
DATABASE_PROCESSES = ("mariadbd", "mysqld", "postgres")

PATIENCE = ("--timeout-keep-alive", "120")
"""Without it uvicorn closes connections of clients it leaves waiting for more than 5 seconds."""

COMMANDS: Mapping[str, list[str]] = {
    # The gateway on the network stack it ships with; the others as uvicorn's documentation has it.
    "gateway": ["gateway", "serve", "--app", "bench.servers.gateway:graph"],
    "gateway, 2 workers": ["gateway", "serve", "--app", "bench.servers.gateway:graph", "--workers", "2"],
    "floor": ["uvicorn", "bench.servers.floor:app", "--no-access-log", *PATIENCE],
    "dataloader": ["uvicorn", "bench.servers.dataloader:app", "--no-access-log", *PATIENCE],
}


@dataclass(frozen=True)
class Server:
    """A running server process."""

    name: str
    pid: int
    port: int

    def ask(self, request: str) -> Any:
        """The JSON a request of `requests_of` is answered with. Raises ValueError if not 200."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(request.replace("\r\n", "\r\nConnection: close\r\n", 1).encode())
            with connection.makefile("rb") as received:
                head, _, body = received.read().partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(f"{self.name} answered {head[:100]!r} {body[:1000]!r}")
        return json.loads(body)

    def statements(self) -> int:
        """Statements sent so far; only of a server started with `counting`."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/bench/statements")
        return int(connection.getresponse().read())


@contextmanager
def serving(name: str, urls: Mapping[str, sa.URL], *, counting: bool = False) -> Iterator[Server]:
    """One server with one worker on these databases. Raises RuntimeError if it does not start."""
    more = {**environment(dict(urls)), **({"BENCH_COUNTING": "1"} if counting else {})}
    with running(name, [sys.executable, "-m", *COMMANDS[name]], more) as server:
        yield server


@contextmanager
def running(name: str, command: Sequence[str], more: Mapping[str, str]) -> Iterator[Server]:
    """A server started by a command, which is told its port, with more in its environment than ours has."""
    port = _free_port()
    CACHE.mkdir(exist_ok=True)
    log = CACHE / f"{name}.log"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GATEWAY_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=output, stderr=subprocess.STDOUT, env={**kept, **more}
        )
    try:
        _wait(process, port, log)
        yield Server(name, process.pid, port)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def serving_all(
    names: Sequence[str], urls: Mapping[str, sa.URL], *, counting: bool = False
) -> Iterator[list[Server]]:
    """Several servers, started at the same time."""
    with ExitStack() as stack:
        with ThreadPoolExecutor(len(names)) as pool:
            contexts = [serving(name, urls, counting=counting) for name in names]
            servers = list(pool.map(stack.enter_context, contexts))
        yield servers


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"a server did not start:\n{log.read_text('utf-8', 'replace')}")


def generate(load: Load) -> Measured:
    """Run the load generator. Raises RuntimeError with what it complains about."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Measured(**json.loads(done.stdout))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, threads that ended included; 0 when it is gone."""
    # A process's CPU clock has nanoseconds, /proc ticks of 10 ms. The number is clock_getcpuclockid(3)'s.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def cpu_seconds_below(pid: int) -> float:
    """As `cpu_seconds`, of a process and those it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_seconds(pid) + sum(cpu_seconds_below(int(child)) for child in children)


def database_pids() -> list[int]:
    """Processes of the database servers on this machine."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "comm").read_text().strip()
            except OSError:
                continue
            if command in DATABASE_PROCESSES:
                found.append(int(folder.name))
    return found


def database_cpu(before: Mapping[int, float]) -> float:
    """Seconds the database servers have worked since `database_clocks`; new processes count from zero."""
    return sum(cpu_seconds(pid) - before.get(pid, 0.0) for pid in database_pids())


def database_clocks() -> dict[int, float]:
    return {pid: cpu_seconds(pid) for pid in database_pids()}


def memory(pid: int) -> tuple[int, int]:
    """Resident bytes of a process: now, and the most since `forget_peak`."""
    sizes = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("VmRSS", "VmHWM"):
            sizes[name] = int(rest.split()[0]) * 1024
    return sizes["VmRSS"], sizes["VmHWM"]


def forget_peak(pid: int) -> None:
    """Let the peak of a process's memory start from what it holds now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
