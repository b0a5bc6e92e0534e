"""The statements of one hop, run on the unit's connection in a thread of the source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway.catalog.types import Entity, Junction
from gateway.mutation import sql
from gateway.mutation.errors import MutationError, Path, Refused
from gateway.mutation.refusals import Attempt, refusal, report_of
from gateway.mutation.sql import Record, Test
from gateway.observe import StatementEvent, Trace
from gateway.sources.letters import is_beyond_charset

CHUNK = 1_000
"""Most rows that one statement names by their keys."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes in one source. Raises Refused for what the database refuses because of the values."""

    session: Session
    source: str
    trace: Trace

    def execute(
        self,
        statement: sa.Executable,
        rows: Sequence[Mapping[str, Any]] | None = None,
        attempt: Attempt | None = None,
    ) -> sa.CursorResult[Any]:
        """Runs a statement, of `rows` for all of them. With an `attempt`, what refuses it is Refused."""
        connection = self.session.connection()
        started = perf_counter()
        try:
            result = connection.execute(statement, rows)
        except DBAPIError as error:
            self._record(error.statement or "", started, 0, type(error.orig).__name__)
            found = refusal(error, attempt, connection) if attempt is not None else None
            if found is None:
                raise
            raise Refused([found]) from error
        self._record(result.context.statement or "", started, max(result.rowcount, 0), None)
        return result

    def insert(self, entity: Entity, values: Mapping[str, Any], path: Path) -> Record:
        """Inserts a row. Returns what is known of it: the values given and the primary key."""
        result = self.execute(sql.insert_row(entity, values), attempt=Attempt(entity, values, path))
        made = dict(zip(entity.table.primary_key.columns, result.inserted_primary_key or (), strict=False))
        names = {entity.column(name): name for name in entity.key_attributes}
        found = {**values, **{names[column]: value for column, value in made.items() if column in names}}
        return sql.stored(entity, found, self.session.connection().dialect)

    def insert_all(
        self, entity: Entity, rows: Sequence[Mapping[str, Any]], paths: Sequence[Path]
    ) -> list[Record]:
        """Inserts rows in their order, as `insert` does each, those with the same columns together.

        Together they are refused without a word about which one it was; then each is inserted by itself.
        """
        records: list[Record] = []
        while len(records) < len(rows):
            start = len(records)
            same = takewhile(lambda row, first=rows[start]: row.keys() == first.keys(), rows[start:])  # type: ignore[misc]
            chunk = list(same)
            made = self._insert_together(entity, chunk)
            if made is None:
                several = zip(chunk, paths[start : start + len(chunk)], strict=True)
                made = [self.insert(entity, row, path) for row, path in several]
            records += made
        return records

    def _insert_together(self, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> list[Record] | None:
        """The records of rows with the same columns, None when they have to be inserted one by one."""
        connection = self.session.connection()
        if len(rows) == 1 or not sql.can_be_together(entity, rows, connection.dialect):
            return None
        point = connection.begin_nested()
        try:
            result = self.execute(*sql.insert_rows(entity, rows))
        except DBAPIError as error:
            if report_of(error.orig) is None:
                raise
            point.rollback()
            return None
        keys = result.all()
        point.commit()
        names = entity.key_attributes
        made = [{**dict(zip(names, key, strict=True)), **row} for key, row in zip(keys, rows, strict=True)]
        return [sql.stored(entity, record, connection.dialect) for record in made]

    def find(
        self, entity: Entity, attributes: Sequence[str], tests: Sequence[Test], lock: bool
    ) -> list[Record]:
        """The values of these attributes in the rows that meet all tests, locked against other writers."""
        statement = sql.select_rows(entity, attributes, tests)
        try:
            rows = self.execute(statement.with_for_update() if lock else statement)
        except DBAPIError as error:
            if not is_beyond_charset(error.orig):
                raise
            return []  # a key with letters that its column lacks
        return [dict(zip(attributes, row, strict=True)) for row in rows]

    def exists(self, entity: Entity, tests: Sequence[Test]) -> bool:
        """Whether a row meets all tests; it cannot go away before this unit has ended."""
        statement = sql.select_rows(entity, entity.key_attributes, tests)
        return self.execute(statement.with_for_update(read=True, key_share=True)).first() is not None

    def complete(self, entity: Entity, record: Record, attributes: Sequence[str]) -> Record:
        """The record with the attributes that the database has made."""
        missing = [name for name in attributes if name not in record]
        if not missing:
            return record
        (found,) = self.find(entity, missing, sql.is_row(entity, record), lock=False)
        return record | found

    def update(
        self, entity: Entity, records: Sequence[Record], values: Mapping[str, Any], path: Path
    ) -> list[Record]:
        """Changes rows to the same values. Returns their records as they are now."""
        if values:
            for start in range(0, len(records), CHUNK):
                chunk = records[start : start + CHUNK]
                tests = sql.is_row(entity, chunk[0]) if len(chunk) == 1 else sql.is_one_of(entity, chunk)
                self.execute(sql.update_rows(entity, values, tests), attempt=Attempt(entity, values, path))
        now = sql.stored(entity, values, self.session.connection().dialect)
        return [{**record, **now} for record in records]

    def delete(self, entity: Entity, records: Sequence[Record], path: Path) -> None:
        for start in range(0, len(records), CHUNK):
            tests = sql.is_one_of(entity, records[start : start + CHUNK])
            self.execute(sql.delete_rows(entity, tests), attempt=Attempt(entity, {}, path, deletes=True))

    def allow(
        self, entity: Entity, records: Sequence[Record], visible: Sequence[Test], refusal: MutationError
    ) -> None:
        """Raises Refused when one of the rows, as it is now, is none that the caller may see."""
        for record in records if visible else ():
            tests = [*sql.is_row(entity, record), *visible]
            if not self.find(entity, entity.key_attributes, tests, lock=False):
                raise Refused([refusal])

    def join(self, junction: Junction, near: Sequence[Any], far: Sequence[Any]) -> None:
        """Joins two rows, unless they are joined already."""
        columns = (*junction.near, *junction.far)
        if self.execute(sa.select(*columns).where(*sql.joined(junction, near, far))).first() is None:
            self.execute(sql.join_rows(junction, near, far))

    def part(self, junction: Junction, near: Sequence[Any], far: Sequence[Any]) -> bool:
        """Parts two rows. Returns whether they were joined."""
        return self.execute(sql.part_rows(junction, near, far)).rowcount > 0

    def _record(self, text: str, started: float, rows: int, error: str | None) -> None:
        spent = (perf_counter() - started) * 1000
        self.trace.statements.append(StatementEvent(self.source, text, spent, rows, error))
