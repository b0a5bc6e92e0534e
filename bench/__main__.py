"""`python -m bench`: measure the servers against each other. See docs/performance.md."""

import argparse
from pathlib import Path

from bench.load import ensure
from bench.measure import Round, check, memory_times, statements, timed
from bench.processes import serving_all
from bench.questions import QUERIES, SERVERS
from bench.report import RESULTS, Result, print_report, save, write_table
from bench.rows import FULL

PAGE = Path("docs/performance.md")


def main() -> None:
    arguments = _arguments()
    queries = arguments.queries.split(",")
    servers = tuple(server for server in SERVERS if server in arguments.servers.split(","))
    concurrencies = [int(number) for number in arguments.concurrency.split(",")]
    urls = ensure(arguments.reload)
    with serving_all(servers, urls, counting=True) as counting:
        check(counting, queries, FULL)
        sent = statements(counting, queries, FULL)
    print("All servers answer the same data.", flush=True)
    rounds: list[Round] = []
    memory: dict[str, float] = {}
    try:
        with serving_all(servers, urls) as running:
            memory = memory_times(running, "q9") if "q9" in queries else {}
            rounds.extend(
                timed(running, queries, concurrencies, rounds=arguments.rounds, seconds=arguments.seconds)
            )
    except KeyboardInterrupt:
        print("\nStopped; this is what was measured.")
    if rounds:
        result = Result(rounds, sent, memory)
        print_report(result)
        print(f"\nWritten to {save(result, arguments.output)}")
        if arguments.docs:
            write_table(result, PAGE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--queries", default=",".join(QUERIES), help="such as q1,q4; all by default")
    parser.add_argument("--servers", default=",".join(SERVERS), help="such as gateway,floor; all by default")
    parser.add_argument("--concurrency", default="1,16", help="requests at a time, such as 1,16,64")
    parser.add_argument("--rounds", type=int, default=9, help="rounds, interleaved over the servers")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each server is asked per round")
    parser.add_argument("--reload", action="store_true", help="load the databases again")
    parser.add_argument("--docs", action="store_true", help="write the table in docs/performance.md")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of the results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
