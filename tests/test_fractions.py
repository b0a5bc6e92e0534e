"""Moments and times with fractions of a second, against indexed columns that hold none."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.servers import DIALECTS
from tests.stored import Shelf, Stored, shelf

SECONDS = [f"10:00:0{second}" for second in (0, 0, 1, 2)]
OPERANDS = ["10:00:00", "10:00:00.4", "10:00:00.6", "10:00:01", "10:00:01.999999", "09:59:59.9", "10:00:02.5"]
KINDS: dict[str, tuple[str, Any]] = {
    "DATETIME": ("2024-05-01", sa.DateTime()),
    "TIMESTAMP NULL": ("2024-05-01", sa.TIMESTAMP()),
    "TIME": ("", sa.Time()),
}


def columns() -> list[Stored]:
    found = []
    for dialect in DIALECTS:
        for ddl, (day, kind) in KINDS.items():
            if dialect == "postgresql":
                ddl = "TIME(0)" if ddl == "TIME" else "TIMESTAMP(0)"
            rows = [(f"'{day} {second}'".replace("' ", "'"), None) for second in SECONDS]
            found.append(Stored(f"{ddl}-{type(kind).__name__}", dialect, ddl, kind, rows))
    return found


def asked(column: Stored, operand: str) -> str:
    return operand if isinstance(column.kind, sa.Time) else f"2024-05-01T{operand}Z"


@pytest.mark.parametrize("column", columns(), ids=str)
def test_every_comparison_heeds_the_fraction(column: Stored, tmp_path: Path) -> None:
    with shelf(column, tmp_path) as found:
        for operand in OPERANDS:
            check(found, asked(column, operand), operand)
        every = {"in": [asked(column, operand) for operand in OPERANDS]}
        assert found.where(every) == {1, 2, 3}
        assert found.where({"nin": every["in"]}) == {4}


def check(found: Shelf, given: str, operand: str) -> None:
    def rows(test: Any) -> set[int]:
        padded = operand if "." in operand else f"{operand}."
        return {
            number
            for number, second in enumerate(SECONDS, 1)
            if test(f"{second}.000000", padded.ljust(15, "0"))
        }

    assert found.where({"eq": given}) == rows(lambda own, other: own == other)
    assert found.where({"neq": given}) == rows(lambda own, other: own != other)
    assert found.where({"in": [given]}) == rows(lambda own, other: own == other)
    assert found.where({"nin": [given]}) == rows(lambda own, other: own != other)
    assert found.where({"gt": given}) == rows(lambda own, other: own > other)
    assert found.where({"gte": given}) == rows(lambda own, other: own >= other)
    assert found.where({"lt": given}) == rows(lambda own, other: own < other)
    assert found.where({"lte": given}) == rows(lambda own, other: own <= other)
