"""Relations that no database knows of: `Link("sales.orders.customer_id", "crm.customers.id", …)`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gateway.catalog.draft import Draft, Drafts, Problems, close_to
from gateway.catalog.key_kinds import shared_kind
from gateway.catalog.keys import Columns, is_unique, unique_columns
from gateway.catalog.relations import Edge, add_edge
from gateway.sources.declare import Link, OnWrite
from gateway.sources.source import Source

_NAME_HINT = 'Write "source.table.column", or a tuple of such for a composite key.'
_KIND_HINT = (
    "Give both columns the same type: integers of any width, text, UUID, Decimal, dates, or enums with the "
    "same labels. Text may also stand for integers, UUIDs, dates and labels."
)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link. `draft` is None when its entity is hidden, or refused for another problem."""

    draft: Draft | None
    columns: Columns


class Links:
    """Finds the ends of links among the sources and adds the relations to the drafts."""

    def __init__(self, sources: Sequence[Source], drafts: Drafts, problems: Problems) -> None:
        self.problems = problems
        self.drafts = drafts
        self.tables: dict[str, dict[str, type[Any]]] = {}
        for source in sources:
            tables = self.tables.setdefault(source.name, {})
            for mapped in source.models:
                table = sa.inspect(mapped).local_table
                if isinstance(table, sa.Table):
                    tables.setdefault(table.fullname, mapped)

    def add(self, link: Link) -> None:
        place = f"Link {_shown(link.owner)} -> {_shown(link.target)}"
        owner = self._end(place, link.owner)
        target = self._end(place, link.target)
        if owner is None or target is None:
            return
        if owner.draft is not None:
            owner.draft.names.add(link.name)
        if target.draft is not None and link.back is not None:
            target.draft.names.add(link.back)
        if owner.draft is None or target.draft is None or not self._match(place, owner, target):
            return
        there = Edge(link.name, owner.draft, target.draft, owner.columns, target.columns, False, refers=True)
        checked = link.on_write is OnWrite.CHECK
        add_edge(replace(there, description=link.describe, checked=checked), self.problems)
        if link.back is not None:
            many = not is_unique(owner.draft, owner.columns)
            back = Edge(link.back, target.draft, owner.draft, target.columns, owner.columns, many)
            add_edge(replace(back, description=link.back_describe), self.problems)

    def _end(self, place: str, written: str | tuple[str, ...]) -> End | None:
        texts = (written,) if isinstance(written, str) else tuple(written)
        tables = {text.rpartition(".")[0] for text in texts}
        if len(tables) != 1 or any(text.count(".") < 2 for text in texts):
            self.problems.add(place, f"{_shown(written)} names no column of one table", _NAME_HINT)
            return None
        source, _, table = tables.pop().partition(".")
        mapped = self._mapped(place, source, table)
        if mapped is None:
            return None
        columns = [self._column(place, mapped, text.rpartition(".")[2]) for text in texts]
        found = tuple(column for column in columns if column is not None)
        return End(self.drafts.by_class.get(mapped), found) if len(found) == len(columns) else None

    def _mapped(self, place: str, source: str, table: str) -> type[Any] | None:
        if source not in self.tables:
            self.problems.add(place, f"there is no source {source!r}", close_to(source, self.tables))
            return None
        tables = self.tables[source]
        if table not in tables:
            message = f"source {source!r} has no model of a table {table!r}"
            self.problems.add(place, message, close_to(table, tables))
            return None
        mapped = tables[table]
        if mapped in self.drafts.junctions:
            name = mapped.__name__
            hint = f"Keep it as an entity: entities={{{name}: EntityOptions()}}."
            self.problems.add(place, f"{name} is a pure junction, which is no entity", hint)
            return None
        return mapped

    def _column(self, place: str, mapped: type[Any], name: str) -> sa.Column[Any] | None:
        table: sa.Table = sa.inspect(mapped).local_table
        found = next((column for column in table.columns if column.name == name), None)
        if found is None:
            hint = close_to(name, (column.name for column in table.columns))
            self.problems.add(place, f"table {table.fullname!r} has no column {name!r}", hint)
        return found

    def _match(self, place: str, owner: End, target: End) -> bool:
        assert owner.draft is not None
        assert target.draft is not None
        if len(owner.columns) != len(target.columns):
            message = f"{len(owner.columns)} columns cannot meet {len(target.columns)}"
            self.problems.add(place, message, "Name as many columns of the owner as of the target.")
            return False
        if not is_unique(target.draft, target.columns):
            keys = "; ".join(", ".join(column.name for column in key) for key in unique_columns(target.draft))
            message = "the target is neither a primary nor a unique key"
            hint = f"Keys of {target.draft.table.fullname}: {keys}. Or declare the link from the other end."
            self.problems.add(place, message, hint)
            return False
        for own, other in zip(owner.columns, target.columns, strict=True):
            if shared_kind(owner.draft.typed(own), target.draft.typed(other)) is None:
                message = f"{own.name} ({own.type!r}) can never exactly equal {other.name} ({other.type!r})"
                self.problems.add(place, message, _KIND_HINT)
                return False
        return True


def _shown(end: str | tuple[str, ...]) -> str:
    return end if isinstance(end, str) else f"({', '.join(end)})"
