"""What a mutation asks to be written: a tree of rows, and of keys of rows that are there already.

`schema/mutation_arguments.py` makes it from GraphQL. Values are as the graph's scalars parse them; a field
that was not sent is not there, one that was sent as null is None.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.catalog.types import Entity, Relation
from gateway.mutation.errors import Path
from gateway.query.conditions import Condition


@dataclass(frozen=True, slots=True)
class Ref:
    """A row that is there, by a unique key: `fields` are GraphQL names, `values` what their columns bind."""

    entity: Entity
    fields: tuple[str, ...]
    values: tuple[Any, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class ToOne:
    """A related row whose key the owner holds: a new one, one that is there, or None for no row."""

    relation: Relation
    target: "RowInput | Ref | None"
    path: Path


@dataclass(frozen=True, slots=True)
class ToMany:
    """Related rows that hold the owner's key, or are joined to it by a junction.

    With `sole` there is at most one such row, and it is let go when `clear` is true.
    """

    relation: Relation
    entity: Entity
    path: Path
    create: tuple["RowInput", ...] = ()
    connect: tuple[Ref, ...] = ()
    disconnect: tuple[Ref, ...] = ()
    delete: tuple[Ref, ...] = ()
    clear: bool = False


@dataclass(frozen=True, slots=True)
class RowInput:
    """The values of one row to be created or changed, by GraphQL name, and what is related to it.

    `filled` are the fields whose values come from the row above.
    """

    entity: Entity
    values: Mapping[str, Any]
    path: Path
    filled: tuple[str, ...] = ()
    ones: tuple[ToOne, ...] = ()
    manies: tuple[ToMany, ...] = ()


@dataclass(frozen=True, slots=True)
class Create:
    rows: tuple[RowInput, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """`version` is the one the client read, where the entity has versions."""

    ref: Ref
    row: RowInput
    version: int | None


@dataclass(frozen=True, slots=True)
class UpdateMany:
    condition: Condition | None
    row: RowInput


@dataclass(frozen=True, slots=True)
class Upsert:
    ref: Ref
    create: RowInput
    update: RowInput


@dataclass(frozen=True, slots=True)
class Delete:
    ref: Ref
    version: int | None


@dataclass(frozen=True, slots=True)
class DeleteMany:
    condition: Condition | None


Change = Create | Update | UpdateMany | Upsert | Delete | DeleteMany


def rows_of(change: Change) -> Iterator[tuple[RowInput, bool]]:
    """Every row of a change, nested ones too, and whether it is a new one."""
    match change:
        case Create(rows):
            for row in rows:
                yield from _rows(row, True)
        case Update(_, row) | UpdateMany(_, row):
            yield from _rows(row, False)
        case Upsert(_, create, update):
            yield from _rows(create, True)
            yield from _rows(update, False)


def _rows(row: RowInput, new: bool) -> Iterator[tuple[RowInput, bool]]:
    yield row, new
    for one in row.ones:
        if isinstance(one.target, RowInput):
            yield from _rows(one.target, True)
    for many in row.manies:
        for created in many.create:
            yield from _rows(created, True)
