"""What the cases cost, as a table and as a file."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.report import RESULTS
from bench.scale.cases import CASES
from bench.scale.rows import Scale
from bench.scale.worker import Measured


@dataclass(frozen=True)
class Compared:
    """One case by the gateway beside one SQL statement. `ideal`: least rows; `equal`: None when not asked."""

    measured: Measured
    sql_ms: float
    ideal: int
    equal: bool | None

    @property
    def moved(self) -> int:
        """Rows that all sources sent to the gateway."""
        return sum(self.measured.rows.values())

    @property
    def outcome(self) -> str:
        """`equal`, or what went wrong."""
        if self.equal is None:
            return "not in this graph"
        if self.measured.errors:
            return self.measured.errors[0].partition(":")[0]
        return "equal" if self.equal else "DIFFERENT"


COLUMNS = (
    "case",
    "answer",
    "ms",
    "one database, ms",
    "stmts",
    "rows moved",
    "ideal",
    "keys sent",
    "peak MB",
)


def table(compared: Sequence[Compared]) -> str:
    """A Markdown table, aligned, with a line per case."""
    lines = [COLUMNS, *(_cells(one) for one in compared)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    shown = []
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        shown.append(f"| {' | '.join(cells)} |")
        if number == 0:
            marks = ["-" * width if at < 2 else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
            shown.append(f"| {' | '.join(marks)} |")
    return "\n".join(shown)


def _cells(one: Compared) -> tuple[str, ...]:
    measured = one.measured
    if one.equal is None:
        return (measured.case, one.outcome, "", f"{one.sql_ms:,.1f}", "", "", f"{one.ideal:,}", "", "")
    return (
        measured.case,
        one.outcome,
        f"{measured.ms:,.1f}",
        f"{one.sql_ms:,.1f}",
        str(measured.statements),
        _by_source(measured.rows),
        f"{one.ideal:,}",
        _by_source(measured.sent),
        f"{measured.peak / 1e6:.1f}",
    )


def _by_source(counts: dict[str, int]) -> str:
    """The total, and what it adds up from when there is more than one source."""
    total = f"{sum(counts.values()):,}"
    if len(counts) < 2:
        return total
    return f"{total} ({', '.join(f'{name} {count:,}' for name, count in counts.items())})"


def directions(compared: Sequence[Compared]) -> str:
    """What each case asks, the reasoning behind its ideal, and which directions were taken."""
    lines = []
    for one in compared:
        case = CASES[one.measured.case]
        lines += [f"{case.name}: {case.title}", f"    ideal {one.ideal:,}: {case.why}"]
        lines += [f"    {note}" for note in (*one.measured.notes, *one.measured.errors)]
    return "\n".join(lines)


def save(compared: Sequence[Compared], scale: Scale, folder: Path = RESULTS) -> Path:
    """Write everything measured to a file named after the time."""
    now = datetime.now(UTC)
    content = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "scale": asdict(scale),
        "cases": [asdict(one) | {"moved": one.moved, "outcome": one.outcome} for one in compared],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"scale-{now:%Y-%m-%dT%H%M%S}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return path
