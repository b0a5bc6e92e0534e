"""Asking running servers: whether they agree, how many statements they send, and what their answers cost."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.client import Load
from bench.processes import Server, cpu_seconds, database_clocks, database_cpu, forget_peak, generate, memory
from bench.questions import normal, requests_of
from bench.rows import FULL, Scale

WARM_SECONDS = 1.0
ANSWERS = 8
"""After how many a server's memory is looked at: each of its threads has had some."""

_unseen = time.time_ns() // 1_000_000 % 10**9 * 10
"""The next number for documents never seen before."""


@dataclass(frozen=True)
class Round:
    """One round of one query at one concurrency on one server; times are ms per request.

    `resident` is the most memory the process has held, `length` that of the response's body, both in bytes.
    """

    query: str
    concurrency: int
    server: str
    turn: int
    server_ms: float
    database_ms: float
    p50: float
    p99: float
    rate: float
    requests: int
    resident: int
    length: int


def check(servers: Sequence[Server], queries: Sequence[str], scale: Scale) -> None:
    """Raise AssertionError when two servers answer a query with different data, or with none."""
    for query in queries:
        answers = {server.name: _answers(server, query, scale) for server in servers}
        (first, expected), *others = answers.items()
        assert all(expected), f"{first} answers {query} with nothing"
        for name, found in others:
            if found != expected:
                raise AssertionError(f"{query}: {name} and {first} differ:\n{_difference(found, expected)}")


def _answers(server: Server, query: str, scale: Scale) -> list[object]:
    return [normal(server.ask(request)) for request in requests_of(server.name, query, scale)[:10]]


def _difference(found: object, expected: object) -> str:
    one, other = str(found), str(expected)
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    begin = max(0, at - 80)
    return f"{one[begin : at + 200]}\n{other[begin : at + 200]}"


def statements(servers: Sequence[Server], queries: Sequence[str], scale: Scale) -> dict[str, dict[str, int]]:
    """Query -> server -> statements of one request; the servers were started with `counting`."""
    return {
        query: {
            server.name: _statements(server, requests_of(server.name, query, scale)[0]) for server in servers
        }
        for query in queries
    }


def _statements(server: Server, request: str) -> int:
    before = server.statements()
    server.ask(request)
    return server.statements() - before


def memory_times(servers: Sequence[Server], query: str, answers: int = ANSWERS) -> dict[str, float]:
    """Server -> what answers to a query, one after another, add to its memory at most, in lengths of one.

    The servers have just started: memory that an earlier answer left free would hide what these take.
    """
    found = {}
    for server in servers:
        for request in requests_of(server.name, "q1", FULL)[:50]:
            server.ask(request)
        forget_peak(server.pid)
        before, _ = memory(server.pid)
        length = max(generate(_load(server, query, 1, 0)).bytes for _ in range(answers))
        _, peak = memory(server.pid)
        found[server.name] = (peak - before) / length
    return found


def timed(
    servers: Sequence[Server],
    queries: Sequence[str],
    concurrencies: Sequence[int],
    *,
    rounds: int,
    seconds: float,
) -> Iterator[Round]:
    """Measure every combination `rounds` times, the servers in turn, so that drift meets all alike.

    A round whose requests are not all answered is reported on stderr and left out.
    """
    cells = [(query, concurrency) for query in queries for concurrency in concurrencies]
    for number, (query, concurrency) in enumerate(cells, 1):
        for server in servers:
            _warm(server, query, concurrency)
        for turn in range(rounds):
            _progress(f"{query} at {concurrency}: round {turn + 1} of {rounds} ({number}/{len(cells)})")
            for server in turned(servers, turn):
                try:
                    yield one_round(server, _load(server, query, concurrency, seconds), query, turn)
                except RuntimeError as error:
                    print(f"{query} at {concurrency} on {server.name}: {error}", file=sys.stderr)
    _progress("")


def turned(servers: Sequence[Server], turn: int) -> Iterator[Server]:
    """The servers, another one first each time."""
    for place in range(len(servers)):
        yield servers[(place + turn) % len(servers)]


def _warm(server: Server, query: str, concurrency: int) -> None:
    generate(_load(server, query, concurrency, WARM_SECONDS))


def one_round(server: Server, load: Load, query: str, turn: int) -> Round:
    """Put a load on a server, and what that cost; `database_ms` is that of all database processes."""
    forget_peak(server.pid)
    databases, before = database_clocks(), cpu_seconds(server.pid)
    measured = generate(load)
    spent, by_databases = cpu_seconds(server.pid) - before, database_cpu(databases)
    _, peak = memory(server.pid)
    return Round(
        query=query,
        concurrency=load.concurrency,
        server=server.name,
        turn=turn,
        server_ms=1000 * spent / measured.requests,
        database_ms=1000 * by_databases / measured.requests,
        p50=measured.p50,
        p99=measured.p99,
        rate=measured.requests / measured.elapsed,
        requests=measured.requests,
        resident=peak,
        length=measured.bytes,
    )


def _load(server: Server, query: str, concurrency: int, seconds: float) -> Load:
    global _unseen
    requests = requests_of(server.name, query, FULL)
    unique = None
    if query == "q8":
        unique = _unseen
        _unseen += 100_000
    return Load(server.port, concurrency, seconds, requests, unique)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
