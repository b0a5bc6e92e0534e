"""Rounds to a table with ratios and targets, and to a file."""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import Round
from bench.questions import QUERIES, SERVERS

RESULTS = Path(__file__).with_name("results")
BASELINE = RESULTS / "baseline.json"
PACKAGES = ("fastapi", "graphql-core", "mysql-connector-python", "orjson", "psycopg", "sqlalchemy", "uvicorn")

MARKS = ("<!-- measured: begin -->", "<!-- measured: end -->")
"""Between them stands the table of a page."""

COLD_MS = 10.0
MEMORY_TIMES = 3.0

Statements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Ratio:
    """The median over rounds of one server's CPU divided by another's, and the least and the most."""

    middle: float
    least: float
    most: float


def of(rounds: Sequence[Round], query: str, concurrency: int, server: str) -> list[Round]:
    """The rounds of one cell, in order."""
    return [one for one in rounds if (one.query, one.concurrency, one.server) == (query, concurrency, server)]


def ratio(one: Sequence[Round], other: Sequence[Round]) -> Ratio:
    """Server CPU of one cell by another's, round by round."""
    theirs = {round_.turn: round_.server_ms for round_ in other}
    found = [round_.server_ms / theirs[round_.turn] for round_ in one if round_.turn in theirs]
    return Ratio(median(found), min(found), max(found))


def middle(rounds: Sequence[Round], value: Callable[[Round], float]) -> float:
    return median(value(one) for one in rounds)


@dataclass(frozen=True)
class Result:
    """Everything one run measured. `memory`: server -> what Q9 takes, as a multiple of its response."""

    rounds: Sequence[Round]
    statements: Statements
    memory: Mapping[str, float]


def print_report(result: Result) -> None:
    """The table of all cells, then the targets."""
    rounds, statements = result.rounds, result.statements
    print(
        "\nq   conc server      cpu ms  ratio to floor (min–max)   db ms  stmts     p50     p99    req/s"
        "   RSS MB  body kB"
    )
    cells = dict.fromkeys((one.query, one.concurrency) for one in rounds)
    for query, concurrency in cells:
        floor = of(rounds, query, concurrency, "floor")
        for server in SERVERS:
            if found := of(rounds, query, concurrency, server):
                print(_line(found, floor, statements.get(query, {}).get(server)))
    _print_targets(rounds, statements, list(cells))
    for server, times in result.memory.items():
        mark = f"{_mark(times <= MEMORY_TIMES)} " if server == "gateway" else ""
        limit = f", at most {MEMORY_TIMES:g}×" if server == "gateway" else ""
        print(f"q9       {mark}{server}'s memory grows by {times:.1f}× the response in all{limit}")


def _line(found: Sequence[Round], floor: Sequence[Round], statements: int | None) -> str:
    first = found[0]
    shown = ""
    if floor:
        against = ratio(found, floor)
        shown = f"{against.middle:7.2f} ({against.least:.2f}–{against.most:.2f})"
    return (
        f"{first.query:3} {first.concurrency:4} {first.server:10}"
        f" {middle(found, lambda one: one.server_ms):7.2f}  {shown:25}"
        f" {middle(found, lambda one: one.database_ms):7.2f} {_shown(statements):>6}"
        f" {middle(found, lambda one: one.p50):7.2f} {middle(found, lambda one: one.p99):7.2f}"
        f" {middle(found, lambda one: one.rate):8.1f} {max(one.resident for one in found) / 1e6:8.1f}"
        f" {first.length / 1000:8.1f}"
    )


def _shown(statements: int | None) -> str:
    return "" if statements is None else str(statements)


def _print_targets(rounds: Sequence[Round], statements: Statements, cells: Sequence[tuple[str, int]]) -> None:
    print("\nTargets (server CPU)")
    for query, concurrency in cells:
        target = QUERIES[query]
        ours = of(rounds, query, concurrency, "gateway")
        for line in _targets(target.name, ours, of(rounds, query, concurrency, "floor")):
            print(f"{query:3} {concurrency:4} {line}")
        loaders = of(rounds, query, concurrency, "dataloader")
        if ours and loaders and target.times:
            times = ratio(loaders, ours).middle
            shown = f"DataLoader costs {times:.1f}×, at least {target.times:g}×"
            print(f"{query:3} {concurrency:4} {_mark(times >= target.times)} {shown}")
    for query, counts in statements.items():
        expected, sent = QUERIES[query].statements, counts.get("gateway")
        if expected is not None and sent is not None:
            print(f"{query:3}      {_mark(sent == expected)} {sent} statements, exactly {expected}")


def _targets(query: str, ours: Sequence[Round], floor: Sequence[Round]) -> list[str]:
    target, lines = QUERIES[query], []
    if not ours or not floor:
        return []
    against = ratio(ours, floor).middle
    for name, limit in (("must", target.must), ("goal", target.goal)):
        if limit is not None:
            lines.append(f"{_mark(against <= limit)} {name} {against:.2f} ≤ {limit:.2f}")
    if ours[0].concurrency == 16:
        for name in ("p50", "p99"):
            mine, theirs = (middle(found, lambda one: getattr(one, name)) for found in (ours, floor))  # noqa: B023
            lines.append(f"{_mark(mine <= theirs)} {name} {mine:.1f} ms, FLOOR {theirs:.1f} ms")
    if query == "q8":
        cost = middle(ours, lambda one: one.server_ms)
        lines.append(f"{_mark(cost < COLD_MS)} cold document {cost:.1f} ms CPU < {COLD_MS:g} ms")
    return lines


def _mark(passed: bool) -> str:
    return "✓" if passed else "✗"


def write_table(result: Result, page: Path) -> None:
    """Replace the table between the marks of a page of the documents."""
    text = page.read_text("utf-8")
    begin, end = (text.index(mark) for mark in MARKS)
    table = "\n".join(_table(result))
    page.write_text(f"{text[: begin + len(MARKS[0])]}\n{table}\n{text[end:]}", "utf-8")


def _table(result: Result) -> list[str]:
    """Targets and what was measured, a row per query and concurrency."""
    lines = [
        "| | at | must | gateway / FLOOR | (least–most) | DataLoader / gateway | CPU ms (FLOOR) "
        "| database ms (FLOOR) | statements | p50 ms (FLOOR) | p99 ms (FLOOR) |",
        "|" + " --- |" * 11,
    ]
    for query, concurrency in dict.fromkeys((one.query, one.concurrency) for one in result.rounds):
        ours, floor, loaders = (of(result.rounds, query, concurrency, server) for server in SERVERS)
        if not ours or not floor:
            continue
        against, must = ratio(ours, floor), QUERIES[query].must
        pairs = [
            f"{middle(ours, value):.1f} ({middle(floor, value):.1f})"
            for value in (
                lambda one: one.server_ms,
                lambda one: one.database_ms,
                lambda one: one.p50,
                lambda one: one.p99,
            )
        ]
        sent = result.statements.get(query, {}).get("gateway")
        cells = [
            query.upper(),
            str(concurrency),
            "" if must is None else f"{must:.2f}",
            f"{against.middle:.2f}",
            f"{against.least:.2f}–{against.most:.2f}",
            f"{ratio(loaders, ours).middle:.1f}" if loaders else "",
            *pairs[:2],
            _shown(sent),
            *pairs[2:],
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def save(result: Result, folder: Path) -> Path:
    """Write everything measured to a file named after the time."""
    now = datetime.now(UTC)
    content: dict[str, Any] = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        **asdict(result),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%dT%H%M%S}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return path


def read(path: Path) -> Result:
    """What `save` wrote."""
    content = json.loads(path.read_text("utf-8"))
    rounds = [Round(**one) for one in content["rounds"]]
    return Result(rounds, content["statements"], content["memory"])
