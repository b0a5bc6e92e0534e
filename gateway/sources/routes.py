"""Which source a mapped class, an instance or a statement belongs to; what the blended session goes by."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapper, object_mapper
from sqlalchemy.sql import visitors

from gateway.sources.source import Source


class Unroutable(InvalidRequestError):
    """The blended session cannot tell which source is meant; the message says how to name one."""


class Routes:
    """From classes, tables and statements to the names of sources. Built once; nothing connects."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_table: dict[sa.Table, set[str]] = defaultdict(set)
        self._by_metadata: dict[sa.MetaData, set[str]] = defaultdict(set)
        self._names: list[str] = []
        for source in sources:
            self._names.append(source.name)
            self._by_metadata[source.metadata].add(source.name)
            for model in source.models:
                for table in sa.inspect(model).tables:
                    if isinstance(table, sa.Table):
                        self._by_table[table].add(source.name)

    def of_class(self, entity: Any) -> str:
        """The source of a mapped class (or alias of one). Raises Unroutable."""
        found = sa.inspect(entity, raiseerr=False)
        mapper = getattr(found, "mapper", None)
        if not isinstance(mapper, Mapper):
            raise self._unroutable(f"{entity!r} is no mapped class", self._names)
        return self._of_mapper(mapper)

    def of_instance(self, instance: object) -> str:
        """The source of an instance. Raises Unroutable, or SQLAlchemy's UnmappedInstanceError."""
        return self._of_mapper(object_mapper(instance))

    def of_statement(self, statement: Any) -> str:
        """The one source all tables of a statement are in. Raises Unroutable."""
        # The ORM's annotated tables are equal to the tables they stand for.
        tables = {element for element in visitors.iterate(statement) if isinstance(element, sa.Table)}
        if not tables:
            raise self._unroutable("this statement names no mapped class and no table", self._names)
        sources = [self._of_table(table) for table in tables]
        common = set.intersection(*sources)
        if not common:
            names = sorted(set().union(*sources)) or self._names
            raise self._unroutable("the tables of this statement are not in one source", names)
        return self._only(common, "this statement")

    def _of_mapper(self, mapper: Mapper[Any]) -> str:
        tables = [table for table in mapper.tables if isinstance(table, sa.Table)]
        found = set.intersection(*map(self._of_table, tables)) if tables else set()
        if not found:
            raise self._unroutable(f"{mapper.class_.__name__} belongs to no source", self._names)
        return self._only(found, mapper.class_.__name__)

    def _of_table(self, table: sa.Table) -> set[str]:
        """Sources that map the table or, for one without a class (a junction), that share its MetaData."""
        return self._by_table.get(table) or self._by_metadata.get(table.metadata, set())

    def _only(self, sources: set[str], what: str) -> str:
        if len(sources) > 1:
            raise self._unroutable(f"{what} belongs to {' and '.join(sorted(sources))}", sorted(sources))
        (name,) = sources
        return name

    def _unroutable(self, reason: str, names: Iterable[str]) -> Unroutable:
        ways = " or ".join(f'sessions["{name}"]' for name in names) or "the session of a source"
        return Unroutable(f"The blended session cannot tell which database is meant: {reason}. Use {ways}.")
