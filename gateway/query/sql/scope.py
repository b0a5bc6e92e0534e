"""Where columns are looked up: an entity's table, under its own name or an alias, inside one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.util import ClauseAdapter

from gateway.catalog.kinds import typed_alike
from gateway.catalog.types import Entity, Junction, Relation
from gateway.query.sql.text import Blanks, Exact, collated_as, exact, pads
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]


@dataclass(slots=True)
class Scope:
    """One entity in a FROM clause. Scopes made by `related` have aliases of their own."""

    entity: Entity
    table: sa.FromClause
    aliases: Iterator[int] = field(default_factory=lambda: count(1))

    def column(self, attribute: str) -> Column:
        return self._adapted(self.entity.column(attribute))

    def columns(self, attributes: Sequence[str]) -> list[Column]:
        return [self.column(attribute) for attribute in attributes]

    def adapt(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """An app's condition on the entity's table, as it reads under this scope's alias."""
        if self.table is self.entity.table:
            return condition
        adapted: sa.ColumnElement[bool] = ClauseAdapter(self.table).traverse(condition)
        return adapted

    def alias(self, table: sa.FromClause) -> sa.FromClause:
        return table.alias(f"t{next(self.aliases)}")

    def related(self, entity: Entity) -> "Scope":
        """A scope for another entity's rows in the same statement."""
        return Scope(entity, self.alias(entity.table), self.aliases)

    def _adapted(self, column: sa.Column[Any]) -> Column:
        return column if self.table is self.entity.table else _of(self.table, column)


def root_scope(entity: Entity) -> Scope:
    return Scope(entity, entity.table)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Related rows in a FROM clause and the condition under which they belong to the owner's row."""

    rows: sa.FromClause
    condition: sa.ColumnElement[bool]


def meet(
    owner: Scope, relation: Relation, target: Scope, features: Features, *, once: bool = True
) -> Meeting:
    """The rows of a local relation, as seen from one row of `owner`; each `once`, if that matters."""
    own, theirs = owner.columns(relation.owner_key), target.columns(relation.target_key)
    if relation.through is None:
        return Meeting(target.table, keys_equal(theirs, own, features))
    pairs = joining(relation.through, features, once=once)
    junction = owner.alias(pairs)
    near = junction_columns(junction, relation.through.near)
    far = junction_columns(junction, relation.through.far)
    rows = junction.join(target.table, keys_equal(far, theirs, features))
    return Meeting(rows, keys_equal(near, own, features))


def joining(
    through: Junction, features: Features, *tests: sa.ColumnElement[bool], once: bool = True
) -> sa.FromClause:
    """The rows of a junction; if it may have a pair several times, the pairs of rows that meet `tests`."""
    if through.unique or not once:
        return through.table
    columns = list(dict.fromkeys((*through.near, *through.far)))
    groups = [exact(column, features) for column in columns]
    if all(group is column for group, column in zip(groups, columns, strict=True)):
        return sa.select(*columns).where(*tests).distinct().subquery("pairs")
    shown = [
        (column if group is column else sa.func.min(column)).label(column.name)
        for group, column in zip(groups, columns, strict=True)
    ]
    return sa.select(*shown).where(*tests).group_by(*groups).subquery("pairs")


def keys_equal(left: Sequence[Column], right: Sequence[Column], features: Features) -> sa.ColumnElement[bool]:
    """Keys match byte by byte: what an index can find first, then the exact comparison of text."""
    tests: list[sa.ColumnElement[bool]] = []
    for one, other in zip(left, right, strict=True):
        padded = pads(one, features)
        if padded != pads(other, features):
            blank, plain = (one, other) if padded else (other, one)
            # Each side as the other one's index has it.
            tests += [blank == sa.cast(plain, Blanks()), plain == sa.cast(blank, sa.Text())]
            tests.append(Exact(one) == Exact(other))
            continue
        tests.append(one == collated_as(other, one, features))
        if not padded and exact(one, features) is not one:
            tests.append(exact(one, features) == Exact(other))
    return sa.and_(*tests)


def junction_columns(junction: sa.FromClause, columns: Sequence[sa.Column[Any]]) -> list[Column]:
    """A junction's columns, whose names are the same wherever its pairs come from."""
    named: dict[str, Any] = {column.name: column for column in junction.columns}
    return [typed_alike(named[column.name], column) for column in columns]


def _of(table: sa.FromClause, column: sa.Column[Any]) -> Column:
    found = table.corresponding_column(column)
    assert isinstance(found, sa.Column)
    return typed_alike(found, column)
