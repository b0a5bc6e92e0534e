"""`python -m bench.profile q2`: where a server's CPU time goes for one query.

Measures CPU per request under load without a profiler, then samples the process under the same load with
py-spy. Only threads that hold the interpreter's lock are sampled: waiting for databases is no part of it, C
code counts for its caller, and what system calls and drivers do without the lock is seen less than it costs.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.client import Load
from bench.load import ensure
from bench.processes import Server, cpu_seconds, generate, serving
from bench.questions import SERVERS, requests_of
from bench.rows import FULL

AREAS: tuple[tuple[str, str], ...] = (
    ("access log", r"structlog|http/access_log|logging/"),
    ("driver", r"psycopg|mysql/connector|sqlite3"),
    ("SQLAlchemy", r"sqlalchemy"),
    ("server: uvicorn, h11", r"uvicorn|h11|httptools|uvloop"),
    ("event loop", r"asyncio/|selectors\.py"),
    ("FastAPI, Starlette", r"fastapi|starlette|anyio"),
    ("GraphQL libraries", r"graphql/(?!\.py)|strawberry"),
    ("JSON", r"http/reply\.py|http/body\.py|orjson"),
    ("gateway.http", r"gateway/http|gateway/app|gateway/context"),
    ("gateway.schema", r"gateway/schema"),
    ("gateway.query: shape", r"query/(shape|settle|present|ids)|<shape of"),
    ("gateway.query: join", r"query/join"),
    ("gateway.query: execute", r"query/(execute|parameters)"),
    ("values to JSON", r"catalog/(values|scalars)|query/values"),
    ("gateway.query: plan, prepare", r"gateway/query|gateway/catalog"),
    ("driver", r"_execute \(gateway/sources/statement"),
    ("gateway.sources: statement", r"gateway/sources/statement"),
    (
        "gateway.sources: threads",
        r"gateway/sources/(threads|database|leases|sessions|engines)|threading\.py|queue\.py",
    ),
    ("gateway.observe", r"gateway/observe"),
    ("bench", r"bench/"),
)
RATE = 400
"""Samples per second."""
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in AREAS)
_FOLDER = re.compile(r"[^( ]*(?:site-packages|python3\.\d+)/")


def area(frame: str) -> str:
    """The area of a frame written as `function (path:line)`."""
    return next((name for name, pattern in _COMPILED if pattern.search(frame)), "other")


def blamed(frames: list[str]) -> str:
    """The area of the innermost frame that has one: generated and standard code counts for its caller."""
    return next((found for frame in reversed(frames) if (found := area(frame)) != "other"), "other")


def sampled(server: Server, seconds: float) -> list[tuple[list[str], int]]:
    """Stacks, outermost first, and how often each was seen. Raises RuntimeError when py-spy cannot sample."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(server.pid), "--gil"]
        command += [
            "--rate",
            str(RATE),
            "--duration",
            str(int(seconds)),
            "--format",
            "raw",
            "--output",
            file.name,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"py-spy: {done.stderr}")
        lines = Path(file.name).read_text("utf-8").splitlines()
    found = []
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = [_FOLDER.sub("", frame).replace(f"{os.getcwd()}/", "") for frame in stack.split(";")]
        found.append((frames, int(count)))
    return found


def shares(
    stacks: list[tuple[list[str], int]],
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Shares of the samples: by area and by line of the innermost frame, of functions anywhere in a stack."""
    areas: dict[str, float] = defaultdict(float)
    lines: dict[str, float] = defaultdict(float)
    functions: dict[str, float] = defaultdict(float)
    total = sum(count for _, count in stacks)
    for frames, count in stacks:
        areas[blamed(frames)] += count / total
        lines[frames[-1]] += count / total
        for frame in {re.sub(r":\d+\)$", ")", frame) for frame in frames}:
            functions[frame] += count / total
    return areas, lines, functions


def report(cost: float, stacks: list[tuple[list[str], int]], rows: int) -> None:
    """Print the shares as µs of `cost`, the milliseconds of CPU per request."""
    areas, lines, functions = shares(stacks)
    for title, found, most in (
        ("own time by area", areas, len(areas)),
        ("own time by line", lines, rows),
        ("time in functions and what they call", functions, rows),
    ):
        print(f"\n{title}, µs per request")
        for name, share in sorted(found.items(), key=lambda item: -item[1])[:most]:
            print(f"  {1000 * cost * share:8.1f} {100 * share:5.1f} %  {name}")


def profile(server: Server, query: str, concurrency: int, seconds: float, rows: int) -> None:
    def load(length: float, first: int) -> Load:
        unique = first if query == "q8" else None
        return Load(server.port, concurrency, length, requests_of(server.name, query, FULL), unique)

    generate(load(2, 0))
    before = cpu_seconds(server.pid)
    measured = generate(load(seconds / 2, 1_000_000))
    cost = 1000 * (cpu_seconds(server.pid) - before) / measured.requests
    with ThreadPoolExecutor(1) as pool:
        pressure = pool.submit(generate, load(seconds + 1, 2_000_000))
        stacks = sampled(server, seconds)
        pressure.result()
    print(f"\n== {server.name} {query} at {concurrency}: {cost:.3f} ms of CPU per request")
    report(cost, stacks, rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("queries", help="such as q2, or q1,q2")
    parser.add_argument("--server", choices=SERVERS, default="gateway")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rows", type=int, default=25, help="lines and functions to show")
    arguments = parser.parse_args()
    with serving(arguments.server, ensure()) as server:
        for query in arguments.queries.split(","):
            profile(server, query, arguments.concurrency, arguments.seconds, arguments.rows)


if __name__ == "__main__":
    main()
