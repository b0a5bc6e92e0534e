"""What the build collects before a `Catalog` stands: entities without frozen relations, and problems."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.exc import NoReferencedColumnError as _NoReferencedColumnError
from sqlalchemy.exc import NoReferencedTableError, NoSuchColumnError
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.exc import UnmappedColumnError

from gateway.catalog import naming
from gateway.catalog.scalars import Place, own_column
from gateway.catalog.types import Field, Relation, RowsRule
from gateway.errors import Problem
from gateway.sources.declare import EntityOptions, FieldOptions
from gateway.sources.features import dialect_of
from gateway.sources.source import Source

Pairs = list[tuple[Column[Any], Column[Any]]]


class Problems(list[Problem]):
    """Mistakes in the order they were found."""

    def add(self, place: str, message: str, hint: str) -> None:
        self.append(Problem(place, message, hint))


@dataclass(slots=True, eq=False)
class Draft:
    """One entity while it is built.

    `relations` come with their key, the word that options call them by; `names` holds those keys, of hidden
    ones too.
    """

    name: str
    source: Source
    mapper: Mapper[Any]
    table: Table
    options: EntityOptions
    rows: RowsRule | None = None
    fields: list[Field] = field(default_factory=list)
    relations: list[tuple[str, Relation]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    columns: dict[Column[Any], Column[Any]] = field(default_factory=dict)

    @property
    def mapped(self) -> type[Any]:
        return self.mapper.class_

    @property
    def place(self) -> str:
        return f"{self.source.name}.{self.mapped.__name__}"

    @property
    def singular(self) -> str:
        return naming.camel_case(self.name)

    @property
    def plural(self) -> str:
        return naming.plural(self.singular)

    @property
    def restricted(self) -> bool:
        """Whether some callers do not see some rows, so that even an enforced reference may show none."""
        return self.rows is not None or bool(self.options.hide_from)

    def attribute(self, column: Column[Any]) -> str | None:
        """The attribute a column is mapped to; None when it is not mapped."""
        try:
            return str(self.mapper.get_property_by_column(column).key)
        except UnmappedColumnError:
            return None

    def typed(self, column: Column[Any]) -> Column[Any]:
        """One of the table's columns as the source's database has it."""
        found = self.columns.get(column)
        if found is None:
            key = self.attribute(column) or ""
            name = self.field_options(key).rename or naming.camel_case(key)
            place = Place(self.mapped, key, self.name + naming.capitalized(name))
            found = self.columns[column] = own_column(column, dialect_of(self.source.url), place)
        return found

    def field_options(self, key: str) -> FieldOptions:
        return self.options.fields.get(key, FieldOptions())


@dataclass(slots=True, eq=False)
class Drafts:
    """The entities to be, by mapped class; `junctions` are mapped pure junctions, which have no root."""

    by_class: dict[type[Any], Draft] = field(default_factory=dict)
    junctions: dict[type[Any], Draft] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Draft]:
        return iter(self.by_class.values())


def role_set(roles: Collection[str], place: str, problems: Problems) -> frozenset[str]:
    """The roles of `hide_from`. A bare string would be a collection of letters."""
    if isinstance(roles, str):
        problems.add(place, f"hide_from is the text {roles!r}", f"Write a set of roles: {{{roles!r}}}.")
        return frozenset()
    return frozenset(roles)


def foreign_keys(table: Table) -> Iterator[tuple[Table, Pairs]]:
    """The enforced foreign keys of a table: the table they lead to and the pairs (own, other column)."""
    # The set of constraints has no order of its own; names would do, but need not exist.
    order = {column: position for position, column in enumerate(table.columns)}
    constraints = sorted(
        table.foreign_key_constraints, key=lambda constraint: [order[column] for column in constraint.columns]
    )
    for constraint in constraints:
        try:
            pairs: Pairs = [(element.parent, element.column) for element in constraint.elements]
        except (NoReferencedTableError, _NoReferencedColumnError, NoSuchColumnError):
            continue  # it leads to a table that is no part of the models
        yield constraint.referred_table, pairs


def is_enforced(owner: Table, pairs: Iterable[tuple[Column[Any], Column[Any]]]) -> bool:
    """Whether NOT NULL and a foreign key of `owner` make sure that every row has its counterpart."""
    wanted = set(pairs)
    if any(own.nullable for own, _ in wanted):
        return False
    return any(set(found) == wanted for _, found in foreign_keys(owner))


def close_to(name: str, known: Iterable[str]) -> str:
    """A sentence for a hint: the known name that looks most like `name`, or all of them."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"There are {', '.join(names)}." if names else "There are none."
