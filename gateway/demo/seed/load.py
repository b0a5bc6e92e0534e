"""Fills the demo's databases."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.demo.histories import METADATA
from gateway.demo.seed.draws import Row
from gateway.demo.seed.rows import rows

BATCH = 1000
"""Rows sent to the database at once."""


def is_seeded(source: str, engine: sa.Engine) -> bool:
    """Whether any table of the demo source `source` has a row; its tables must exist."""
    with engine.connect() as connection:
        return any(
            connection.execute(sa.select(sa.exists(sa.select(table)))).scalar_one()
            for table in METADATA[source].tables.values()
        )


def seed(engines: Mapping[str, sa.Engine], progress: bool = False) -> list[str]:
    """Fill the sources in `engines` that are still empty; returns their names.

    The keys are demo sources, whose tables must exist. Each source is filled in one transaction; one with
    rows of any kind is left as it is. With `progress`, a bar on the terminal.
    """
    empty = {source: engine for source, engine in engines.items() if not is_seeded(source, engine)}
    if not empty:
        return []
    content = rows()
    with _bar(progress) as bar:
        for source, engine in empty.items():
            task = bar.add_task(f"Filling {source}", total=sum(map(len, content[source].values())))
            with engine.begin() as connection:
                for sent in _insert(connection, METADATA[source], content[source]):
                    bar.advance(task, sent)
    return list(empty)


def _bar(shown: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, disable=not shown)


def _insert(
    connection: sa.Connection, metadata: sa.MetaData, content: Mapping[str, list[Row]]
) -> Iterator[int]:
    """Insert the rows of one source; yields how many were sent each time."""
    for name, table_rows in content.items():
        table = metadata.tables[name]
        for start in range(0, len(table_rows), BATCH):
            batch = table_rows[start : start + BATCH]
            connection.execute(sa.insert(table), batch)
            yield len(batch)
        if connection.dialect.name == "postgresql" and table.autoincrement_column is not None:
            _move_sequence(connection, table, table.autoincrement_column)


def _move_sequence(connection: sa.Connection, table: sa.Table, column: sa.Column[int]) -> None:
    """PostgreSQL's sequences do not notice numbers that come with the row."""
    sequence = sa.func.pg_get_serial_sequence(table.fullname, column.name)
    connection.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.max(column)).scalar_subquery())))
