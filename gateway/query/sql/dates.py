"""Dates and moments cut down to the first day of their period, the same on every database."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class PeriodStart(sa.ColumnElement[Any]):
    """The first day of the day, week (from Monday), month, quarter or year of a column, in UTC."""

    inherit_cache = False
    type = sa.Date()

    def __init__(self, column: sa.ColumnElement[Any], unit: str) -> None:
        self.column = column
        self.unit = unit


@compiles(PeriodStart, "sqlite")
def _sqlite(element: PeriodStart, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    # Moments are text; date() would round the last microseconds of a day up to the next.
    day = f"substr({column}, 1, 10)"
    match element.unit:
        case "DAY":
            return day
        case "WEEK":
            return f"date({day}, 'weekday 0', '-6 days')"
        case "MONTH":
            return f"(substr({column}, 1, 7) || '-01')"
        case "QUARTER":
            month = f"substr({column}, 6, 2)"
            first = (
                f"CASE WHEN {month} < '04' THEN '-01-01' WHEN {month} < '07' THEN '-04-01'"
                f" WHEN {month} < '10' THEN '-07-01' ELSE '-10-01' END"
            )
            return f"(substr({column}, 1, 4) || {first})"
    return f"(substr({column}, 1, 4) || '-01-01')"


@compiles(PeriodStart, "postgresql")
def _postgresql(element: PeriodStart, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    zoned = getattr(element.column.type, "timezone", False)
    # A bare date would be taken for a moment in the session's time zone.
    moment = f"{column} AT TIME ZONE 'UTC'" if zoned else f"CAST({column} AS TIMESTAMP)"
    return f"CAST(date_trunc('{element.unit.lower()}', {moment}) AS DATE)"


@compiles(PeriodStart, "mysql")
@compiles(PeriodStart, "mariadb")
def _mysql(element: PeriodStart, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    day = f"DATE({column})"
    month = f"DATE_SUB({day}, INTERVAL DAYOFMONTH({column}) - 1 DAY)"
    match element.unit:
        case "DAY":
            return day
        case "WEEK":
            return f"DATE_SUB({day}, INTERVAL WEEKDAY({column}) DAY)"
        case "MONTH":
            return month
        case "QUARTER":
            return f"DATE_SUB({month}, INTERVAL MOD(MONTH({column}) - 1, 3) MONTH)"
    return f"DATE_SUB({day}, INTERVAL DAYOFYEAR({column}) - 1 DAY)"
