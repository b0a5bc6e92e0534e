"""`python -m bench.startup`: how much CPU a graph takes to start, and what memory it holds then.

Measured for the demo of three sources and for a generated app of 200 tables, each in a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, relationship

from bench.processes import memory

TABLES = 200
RUNS = 3


def generated(tables: int) -> list[type[DeclarativeBase]]:
    """Models of so many tables: eight columns each, and a relation both ways to the table before."""

    class Base(DeclarativeBase):
        pass

    made: list[type[DeclarativeBase]] = []
    for number in range(tables):
        columns: dict[str, object] = {
            "id": sa.Column(sa.Integer, primary_key=True),
            "name": sa.Column(sa.String(80), nullable=False),
            "code": sa.Column(sa.String(20), unique=True),
            "amount": sa.Column(sa.Numeric(12, 2), nullable=False),
            "created_at": sa.Column(sa.DateTime, nullable=False),
            "active": sa.Column(sa.Boolean, nullable=False),
            "status": sa.Column(sa.Enum("NEW", "DONE", name=f"status_{number}")),
        }
        if number:
            before = f"Thing{number - 1}"
            columns["before_id"] = sa.Column(sa.ForeignKey(f"thing_{number - 1}.id"), index=True)
            columns["before"] = relationship(before, back_populates="after")
        if number < tables - 1:
            columns["after"] = relationship(f"Thing{number + 1}", back_populates="before")
        made.append(type(f"Thing{number}", (Base,), {"__tablename__": f"thing_{number}", **columns}))
    return made


def start_generated() -> None:
    from gateway import Gateway, Source

    models = generated(TABLES)
    Gateway([Source.from_models("things", "sqlite:///none.sqlite3", models=models)]).app()


def start_demo() -> None:
    from gateway.demo.graph import gateway

    gateway().app()


STARTED: dict[str, Callable[[], None]] = {
    "demo, 3 sources": start_demo,
    f"{TABLES} tables": start_generated,
}


def measured(name: str) -> dict[str, float]:
    """In this process: seconds of CPU and MB for what is imported, and for the graph on top of it."""
    before, _ = memory_of_self()
    started = time.process_time()
    import gateway.app
    import gateway.demo.graph  # noqa: F401

    imported, (held, _) = time.process_time(), memory_of_self()
    STARTED[name]()
    done, (now, peak) = time.process_time(), memory_of_self()
    return {
        "import_s": imported - started,
        "graph_s": done - imported,
        "import_mb": (held - before) / 1e6,
        "graph_mb": (now - held) / 1e6,
        "resident_mb": now / 1e6,
        "peak_mb": peak / 1e6,
    }


def memory_of_self() -> tuple[int, int]:
    """Resident bytes: now, and at most so far."""
    return memory(os.getpid())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.startup", description=__doc__)
    parser.add_argument("--one", choices=STARTED, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments.one)))
        return
    print(f"{'':20} imports s   graph s   imports MB   graph MB   resident MB")
    for name in STARTED:
        runs = [_run(name) for _ in range(RUNS)]
        best = {key: min(run[key] for run in runs) for key in runs[0]}
        print(
            f"{name:20} {best['import_s']:9.2f} {best['graph_s']:9.2f} {best['import_mb']:12.1f}"
            f" {best['graph_mb']:10.1f} {best['resident_mb']:13.1f}"
        )


def _run(name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.startup", "--one", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
