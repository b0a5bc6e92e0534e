"""`python -m tests.crash --kills 300 --north mysql`: how many kills, and what they tore."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.run import Result, rounds, run, stops
from tests.crash.world import world


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--north", choices=("mariadb", "mysql"), default="mariadb", help="beside PostgreSQL")
    parser.add_argument("--stops", action="store_true", help="only tell databases to stop, and start them")
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), given.north) as databases:
        planned = stops(given.kills) if given.stops else rounds(given.kills, given.seed)
        result = run(databases, list(planned), given.seed, _tell)
    print(f"{result} ({time.monotonic() - started:.0f} s)")
    return 0 if result.is_clean else 1


def _tell(result: Result) -> None:
    if result.kills % 10 == 0:
        print(result, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
