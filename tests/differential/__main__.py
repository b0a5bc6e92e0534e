"""`python -m tests.differential --documents N --seed S --setup mixed`."""

import argparse
import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.differential.campaign import DATA_SEED, Campaign, Result
from tests.differential.setups import SETUPS, graph

WIDTH = 140
"""Columns of the output: the table of features is not to be cut."""


def main() -> int:
    """Run campaigns as asked on the command line; 1 when an answer differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--documents", type=int, default=2000, help="documents per set-up")
    parser.add_argument("--seed", type=int, default=1, help="what the documents are drawn from")
    parser.add_argument("--setup", choices=[*SETUPS, "all"], default="sqlite", help="which databases")
    options = parser.parse_args()
    console = Console(width=WIDTH)
    failed = False
    for setup in SETUPS if options.setup == "all" else [options.setup]:
        started = perf_counter()
        result = run(setup, options.documents, options.seed, console)
        show(result, console)
        spent = perf_counter() - started
        console.print(f"{setup}: seed {options.seed}, {result.documents} documents, {spent:.1f} s")
        if result.counterexample is not None:
            failed = True
            console.print(str(result.counterexample), markup=False, highlight=False, soft_wrap=True)
    return int(failed)


def run(setup: str, documents: int, seed: int, console: Console) -> Result:
    """One campaign, with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory() as folder, Progress(*columns, console=console) as progress:
        task = progress.add_task(setup, total=documents)

        async def campaign() -> Result:
            try:
                return await Campaign(opened, seed).run(documents, lambda: progress.advance(task))
            finally:
                await opened.close()

        with graph(setup, DATA_SEED, Path(folder)) as opened:
            return asyncio.run(campaign())


def show(result: Result, console: Console) -> None:
    """What the documents made use of, and how much they brought."""
    table = Table("Feature", "Times", "Feature", "Times", "Feature", "Times")
    found = sorted(result.features.items())
    height = -(-len(found) // 3)
    for row in range(height):
        cells = [found[place] for place in range(row, len(found), height)]
        table.add_row(*(str(part) for cell in cells for part in cell))
    console.print(table)
    console.print(
        f"{result.requests} requests, {result.share_with_rows:.0%} with rows, "
        f"{result.rows / max(1, result.requests):.0f} rows on average, {result.invalid} documents invalid, "
        f"{result.refused} requests beyond a budget; directions: {dict(result.directions) or 'the first'}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
