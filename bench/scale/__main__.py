"""`python -m bench.scale`: questions across three databases beside one database. See docs/scale.md."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.report import RESULTS
from bench.scale.cases import CASES, Case
from bench.scale.load import Urls, ensure
from bench.scale.report import Compared, directions, save, table
from bench.scale.rows import FULL, SMALL
from bench.scale.worker import WARM_RUNS, Measured

_PATIENCE = 600
"""Seconds after which a case counts as hanging."""


def main() -> int:
    """Run the cases and print the table; 1 when an answer differs from the SQL statement's or is missing."""
    arguments = _arguments()
    scale = SMALL if arguments.small else FULL
    names = arguments.cases.split(",")
    if unknown := sorted(set(names) - CASES.keys()):
        print(f"No such cases: {', '.join(unknown)}. There are {', '.join(CASES)}.", file=sys.stderr)
        return 2
    urls = ensure(scale, reload=arguments.reload)
    found = []
    with psycopg.connect(_conninfo(urls), autocommit=True) as one:
        for name in names:
            found.append(_compare(one, CASES[name], small=arguments.small))
            print(f"{name}: {found[-1].outcome}, {found[-1].measured.ms:,.0f} ms", flush=True)
    print(f"\n{table(found)}\n\n{directions(found)}\n\nWritten to {save(found, scale, arguments.output)}")
    return int(any(one.equal is False for one in found))


def _conninfo(urls: Urls) -> str:
    return urls["one"].set(drivername="postgresql").render_as_string(hide_password=False)


def _compare(one: psycopg.Connection[Any], case: Case, *, small: bool) -> Compared:
    expected, sql_ms = _timed(one, case.sql)
    ((ideal,),) = one.execute(case.ideal.encode()).fetchall()
    measured = _measure(case, small=small)
    equal: bool | None = None
    if measured.errors:
        equal = False
    elif measured.answer is not None:
        equal = _comparable(case, measured.answer) == _comparable(case, expected)
    return Compared(measured, sql_ms, int(ideal), equal)


def _comparable(case: Case, answer: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """An answer as tuples; the order of groups is nobody's promise."""
    rows = [tuple(row) for row in answer]
    return sorted(rows, key=repr) if case.member == "groups" else rows


def _timed(one: psycopg.Connection[Any], sql: str) -> tuple[list[Any], float]:
    """The rows of a statement, and the median ms of its warm runs."""
    times, rows = [], []
    for _ in range(1 + WARM_RUNS):
        began = time.perf_counter()
        rows = one.execute(sql.encode()).fetchall()
        times.append((time.perf_counter() - began) * 1000)
    return rows, median(times[1:])


def _measure(case: Case, *, small: bool) -> Measured:
    """The case in a process of its own; one that breaks or hangs is an error of the case."""
    command = [sys.executable, "-m", "bench.scale.worker", case.name, *(["--small"] if small else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return Measured(case.name, errors=[f"HANGING: no answer in {_PATIENCE} s"])
    if done.returncode:
        return Measured(case.name, errors=[f"BROKEN: {done.stderr.strip()}"])
    return Measured(**json.loads(done.stdout))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--cases", default=",".join(CASES), help="such as name,by-sum; all by default")
    parser.add_argument("--small", action="store_true", help="a tenth of the data, in databases of its own")
    parser.add_argument("--reload", action="store_true", help="load the databases again")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of the results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
