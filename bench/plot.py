"""`python -m bench.plot`: pictures of the newest result, or of the one named, and of growth, in docs/."""

import argparse
from pathlib import Path

import matplotlib

from bench.growth import GROWTH
from bench.growth import read as read_growth
from bench.questions import QUERIES, SERVERS
from bench.report import BASELINE, RESULTS, of, ratio, read

DOCS = Path(__file__).parent.parent / "docs"
COLORS = {"gateway": "#2f6f4f", "floor": "#8a8a8a", "dataloader": "#b5533c"}
TITLES = {"gateway": "gateway", "floor": "FLOOR, by hand", "dataloader": "DataLoader"}


def newest() -> Path:
    """The newest result of this machine, else the committed one."""
    made = sorted(RESULTS.glob("2*.json"))
    return made[-1] if made else BASELINE


def draw(result: Path, output: Path) -> None:
    """Server CPU relative to FLOOR, per query, at the lowest concurrency measured; lines span the rounds."""
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    from matplotlib import pyplot

    rounds = read(result).rounds
    concurrency = min(one.concurrency for one in rounds)
    queries = list(dict.fromkeys(one.query for one in rounds))
    figure, axes = pyplot.subplots(figsize=(9, 4.2), layout="constrained")
    width = 0.8 / len(SERVERS)
    for place, server in enumerate(SERVERS):
        for number, query in enumerate(queries):
            found = of(rounds, query, concurrency, server)
            floor = of(rounds, query, concurrency, "floor")
            if not found or not floor:
                continue
            against = ratio(found, floor)
            at = number + (place - 1) * width
            spread = [[against.middle - against.least], [against.most - against.middle]]
            label = TITLES[server] if number == 0 else None
            axes.bar(at, against.middle, width * 0.92, color=COLORS[server], label=label, yerr=spread)
            axes.annotate(f"{against.middle:.2g}", (at, against.most), ha="center", va="bottom", fontsize=7)
    _targets(axes, queries)
    axes.set_yscale("log")
    axes.set_xticks(range(len(queries)), [query.upper() for query in queries])
    axes.set_ylabel("server CPU per request, FLOOR = 1")
    axes.set_title(f"Server CPU per request, {concurrency} at a time", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(output, metadata={"Date": None})
    print(f"Written to {output}")


def draw_growth(result: Path, output: Path) -> None:
    """CPU per request against the rows returned, and against the table's size."""
    from matplotlib import pyplot

    figure, pair = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    titles = {"rows": "orders returned, 8 columns", "sizes": "orders in the table (Q2, 50 newest)"}
    for axes, (name, points) in zip(pair, read_growth(result).items(), strict=True):
        at = [point.at for point in points]
        axes.plot(at, [point.server_ms for point in points], "o-", color=COLORS["gateway"], label="gateway")
        axes.plot(at, [point.database_ms for point in points], "o-", color=COLORS["floor"], label="databases")
        axes.set_xlabel(titles[name])
        axes.set_ylabel("ms of CPU per request")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        if name == "sizes":
            axes.set_xscale("log")
    pair[0].legend(frameon=False, fontsize=8)
    figure.savefig(output, metadata={"Date": None})
    print(f"Written to {output}")


def _targets(axes: "matplotlib.axes.Axes", queries: list[str]) -> None:
    for number, query in enumerate(queries):
        if (must := QUERIES[query].must) is not None:
            label = "target for the gateway" if number == 0 else ""
            axes.hlines(must, number - 0.4, number + 0.4, colors="black", linestyles=":", label=label)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.plot", description=__doc__)
    parser.add_argument("result", type=Path, nargs="?", help="a file of bench/results")
    arguments = parser.parse_args()
    draw(arguments.result or newest(), DOCS / "performance.svg")
    if GROWTH.exists():
        draw_growth(GROWTH, DOCS / "performance-growth.svg")


if __name__ == "__main__":
    main()
