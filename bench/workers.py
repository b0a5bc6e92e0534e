"""`python -m bench.workers`: requests per second and database connections with one worker and with two.

Where the databases and the load generator share the processors, two workers cannot do twice the work of one.
So the processor time that the workers had is printed too: if they answer as many requests per second of it as
one worker does, more processors mean more requests. `local` is a list of 500 reviews from SQLite, which costs
other processes nothing but reading it. The connections must stay within workers × threads per source.
"""

import argparse
import json
from dataclasses import dataclass
from threading import Event, Thread

import sqlalchemy as sa

from bench.client import Load
from bench.load import ensure
from bench.processes import Server, cpu_seconds_below, generate, serving
from bench.questions import post, requests_of
from bench.rows import FULL
from bench.servers.gateway import THREADS

LOCAL = "{ reviews(first: 500) { nodes { rowId productId customerId rating body createdAt } } }"
SERVERS = {1: "gateway", 2: "gateway, 2 workers"}
CONNECTIONS = {
    "crm": "SELECT count(*) FROM information_schema.processlist WHERE db = :name AND id <> connection_id()",
    "sales": "SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()",
}


class Watch:
    """Counts the connections to the servers' databases, again and again, and keeps the most of each."""

    def __init__(self, urls: dict[str, sa.URL]) -> None:
        self.most = dict.fromkeys(CONNECTIONS, 0)
        self._engines = {
            name: sa.create_engine(urls[name], poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
            for name in CONNECTIONS
        }
        self._names = {name: urls[name].database for name in CONNECTIONS}
        self._over = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for name, engine in self._engines.items():
                with engine.connect() as connection:
                    found = connection.scalar(sa.text(CONNECTIONS[name]), {"name": self._names[name]})
                self.most[name] = max(self.most[name], found or 0)


@dataclass(frozen=True)
class Rate:
    """Requests per second, how many processors the workers had the time of, and the median latency in ms."""

    rate: float
    cores: float
    p50: float

    def __str__(self) -> str:
        each = self.rate / self.cores
        rates = f"{self.rate:7.1f} requests/s, {self.cores:.2f} processors, {each:7.1f}/s each"
        return f"{rates}, p50 {self.p50:.1f} ms"


def rate(server: Server, query: str, seconds: float) -> Rate:
    """16 requests at a time, for some seconds."""
    requests = (
        [post(json.dumps({"query": LOCAL}))] if query == "local" else requests_of("gateway", query, FULL)
    )
    load = Load(server.port, 16, seconds, requests)
    generate(load)
    before = cpu_seconds_below(server.pid)
    measured = generate(load)
    spent = cpu_seconds_below(server.pid) - before
    return Rate(measured.requests / measured.elapsed, spent / measured.elapsed, measured.p50)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.workers", description=__doc__)
    parser.add_argument("--queries", default="local,q1,q2")
    parser.add_argument("--seconds", type=float, default=3.0)
    arguments = parser.parse_args()
    urls = ensure()
    for workers, name in SERVERS.items():
        with serving(name, urls) as server, Watch(urls) as watch:
            for query in arguments.queries.split(","):
                found = rate(server, query, arguments.seconds)
                print(f"{workers} worker(s) {query:5}: {found}", flush=True)
        bound = workers * THREADS
        shown = ", ".join(f"{source} {count}" for source, count in watch.most.items())
        print(f"{workers} worker(s): at most {shown} connections; {workers} × {THREADS} threads = {bound}")
        if max(watch.most.values()) > bound:
            raise SystemExit("More connections than workers × threads.")


if __name__ == "__main__":
    main()
