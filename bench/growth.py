"""`python -m bench.growth`: how the gateway's cost grows with the rows it returns, and with the tables' size.

Writes bench/results/growth.json, which `make bench-plot` draws. The larger sales databases are dropped at the
end.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.client import Load
from bench.load import drop, ensure, fill, recreate
from bench.places import DEFAULTS
from bench.processes import Server, cpu_seconds, database_clocks, database_cpu, generate, serving
from bench.questions import post, requests_of
from bench.report import RESULTS
from bench.rows import FULL

LENGTHS = (10, 100, 1_000, 2_500, 5_000, 10_000)
SIZES = (1_000, 10_000, 100_000, 300_000)
ROUNDS = 7
SECONDS = 1.0
GROWTH = RESULTS / "growth.json"
DOCUMENT = """query Rows($first: Int!) {
  orders(first: $first) { nodes { id: rowId customerId number status placedAt total shipping currency } }
}"""


@dataclass(frozen=True)
class Point:
    """What one request costs, in ms of CPU; `at` is the number of rows."""

    at: int
    server_ms: float
    database_ms: float


def main() -> None:
    urls = ensure()
    with serving("gateway", urls) as server:
        rows = [_point(server, length, [_rows(length)]) for length in LENGTHS]
    sizes = []
    for size in SIZES:
        with _sales(size) as sales, serving("gateway", {**urls, "sales": sales}) as server:
            sizes.append(_point(server, size, requests_of("gateway", "q2", FULL)))
    for title, points in (("rows returned, 8 columns", rows), ("orders in the table, Q2", sizes)):
        print(f"\n{title:26} server ms  database ms")
        for point in points:
            print(f"{point.at:26,} {point.server_ms:9.2f} {point.database_ms:12.2f}")
    write(GROWTH, rows, sizes)


def write(path: Path, rows: list[Point], sizes: list[Point]) -> None:
    content = {"rows": [asdict(point) for point in rows], "sizes": [asdict(point) for point in sizes]}
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def read(path: Path) -> dict[str, list[Point]]:
    """What `write` wrote: the points of "rows" and of "sizes"."""
    return {name: [Point(**one) for one in points] for name, points in json.loads(path.read_text()).items()}


@contextmanager
def _sales(size: int) -> Iterator[sa.URL]:
    """A sales database with this many orders."""
    url = DEFAULTS["sales"].set(database=f"gw_bench_sales_{size}")
    recreate(url)
    try:
        fill("sales", url, replace(FULL, orders=size))
        yield url
    finally:
        drop(url)


def _rows(length: int) -> str:
    return post(json.dumps({"query": DOCUMENT, "variables": {"first": length}}))


def _point(server: Server, at: int, requests: list[str]) -> Point:
    load = Load(server.port, 1, SECONDS, requests)
    generate(load)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        databases, before = database_clocks(), cpu_seconds(server.pid)
        count = generate(load).requests
        ours.append(1000 * (cpu_seconds(server.pid) - before) / count)
        theirs.append(1000 * database_cpu(databases) / count)
    return Point(at, median(ours), median(theirs))


if __name__ == "__main__":
    main()
