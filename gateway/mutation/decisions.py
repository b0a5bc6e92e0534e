"""The table of decisions: one row says that a unit is committed, in the database whose commit decides it.

An app declares it among the tables of a source and migrates it like the others:

    decisions_table(SalesBase.metadata, "sales")
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gateway.sources.database import Database
from gateway.sources.source import Source
from gateway.sources.twophase import PREFIX, UnitId

KEPT = timedelta(days=1)
"""How long it is remembered that a unit must not be committed any more."""


class Decision(StrEnum):
    """What a row says. A `MEMBER` is no unit but an instance that uses the table as its log."""

    COMMIT = "commit"
    ROLLBACK = "rollback"
    MEMBER = "member"


def decisions_table(metadata: sa.MetaData, source: str) -> sa.Table:
    """Declare the table in which units that write to `source` may be decided. Returns it; it is no entity."""
    return sa.Table(
        table_name(source),
        metadata,
        sa.Column("unit", sa.String(64), primary_key=True),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def table_name(source: str) -> str:
    """Sources may share a database, so each has a table of its own."""
    return f"gateway_decisions_{source}"


def declared_table(source: Source) -> sa.Table | None:
    """The table of decisions among the source's tables, None when the app declares none."""
    return source.metadata.tables.get(table_name(source.name))


class Decisions:
    """The decisions in one database. All methods block and raise what SQLAlchemy raises."""

    def __init__(self, database: Database, table: sa.Table) -> None:
        self.database = database
        self._table = table

    def add(self, connection: sa.Connection, unit: str, decision: Decision = Decision.COMMIT) -> None:
        """Write a decision that its transaction's commit makes one. Raises IntegrityError after `settle`."""
        row = {"unit": unit, "decision": decision.value, "decided_at": _now()}
        connection.execute(self._table.insert().values(row))

    def record(self, unit: str, decision: Decision = Decision.COMMIT) -> None:
        """Write a decision and commit it."""
        with self.database.units.begin() as connection:
            self.add(connection, unit, decision)

    def settle(self, unit: UnitId) -> bool:
        """Whether the unit is committed; when it is not, it cannot be any more.

        Its row is written here unless it is there. A transaction on its way to commit is waited for.
        """
        try:
            self.record(str(unit), Decision.ROLLBACK)
        except IntegrityError:
            return self.read(str(unit)) is Decision.COMMIT
        return False

    def is_committed(self, unit: UnitId) -> bool:
        """What `settle` would answer, without deciding anything."""
        return self.read(str(unit)) is Decision.COMMIT

    def read(self, unit: str) -> Decision | None:
        """The row, None when there is none."""
        statement = sa.select(self._table.c.decision).where(self._table.c.unit == unit)
        with self.database.units.connect() as connection:
            found = connection.execute(statement).scalar()
        return None if found is None else Decision(found)

    def members(self) -> list[str]:
        """The instances that use the table as their log."""
        statement = sa.select(self._table.c.unit).where(self._table.c.decision == Decision.MEMBER.value)
        with self.database.units.connect() as connection:
            return list(connection.execute(statement).scalars())

    def forget(self, units: Iterable[str]) -> None:
        """Delete the rows of units that are finished everywhere, and what is older than anybody remembers."""
        columns = self._table.c
        late = sa.and_(columns.decision == Decision.ROLLBACK.value, columns.decided_at < _now() - KEPT)
        with self.database.units.begin() as connection:
            connection.execute(self._table.delete().where(sa.or_(columns.unit.in_(list(units)), late)))

    def forget_instances(self, instances: Iterable[str]) -> None:
        """Delete what these instances have committed."""
        columns = self._table.c
        theirs = sa.or_(*(columns.unit.startswith(f"{PREFIX}:{instance}:") for instance in instances))
        with self.database.units.begin() as connection:
            connection.execute(self._table.delete().where(columns.decision == Decision.COMMIT.value, theirs))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
