"""The types of an app's own resolvers: what their annotations stand for in the graph.

A mapped class is an entity of the graph, Python's scalars are the catalog's, and everything else is
Strawberry's. A field that gives entities is nullable whatever its annotation says: rows may be out of reach.
"""

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.scalars import JSON
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.types.union import StrawberryUnion

from gateway.catalog.types import Catalog, Entity

PYTHON_SCALARS: dict[Any, str] = {
    Decimal: "Decimal",
    datetime: "DateTime",
    date: "Date",
    time: "Time",
    UUID: "UUID",
    bytes: "Bytes",
    JSON: "JSON",
}
"""The catalog's scalars for Python's types; `strawberry.scalars.JSON` for any JSON."""

BUILT_IN: frozenset[Any] = frozenset({int, float, str, bool, strawberry.ID})


@dataclass(frozen=True, slots=True)
class Rows:
    """A type that is rows of an entity: one, or with `many` a list; `gaps` keeps nulls in the list."""

    entity: Entity
    many: bool = False
    gaps: bool = False


def rows_of(type_: Any, catalog: Catalog) -> Rows | None:
    """The rows that a resolved Strawberry type stands for; None for any other type."""
    inner = unwrapped(type_)
    if isinstance(inner, StrawberryList):
        item = inner.of_type
        entity = entity_of(unwrapped(item), catalog)
        return Rows(entity, True, isinstance(item, StrawberryOptional)) if entity is not None else None
    entity = entity_of(inner, catalog)
    return Rows(entity) if entity is not None else None


def unwrapped(type_: Any) -> Any:
    """A type without being optional."""
    return type_.of_type if isinstance(type_, StrawberryOptional) else type_


def entity_of(type_: Any, catalog: Catalog) -> Entity | None:
    if not isinstance(type_, type):
        return None
    return next((entity for entity in catalog.entities.values() if entity.mapped is type_), None)


def leaf_of(type_: Any) -> Any:
    """What a type is made of below lists and being optional."""
    while isinstance(type_, StrawberryContainer):
        type_ = type_.of_type
    return type_


def is_leaf(type_: Any) -> bool:
    """Whether a type without lists is a scalar or an enum."""
    return (
        type_ in BUILT_IN
        or type_ in PYTHON_SCALARS
        or isinstance(type_, StrawberryEnumDefinition)
        or hasattr(type_, "_scalar_definition")
    )


def object_definitions(type_: Any) -> list[StrawberryObjectDefinition]:
    """The own object types that a type without lists stands for; several for a union."""
    if isinstance(type_, LazyType):
        type_ = type_.resolve_type()
    if isinstance(type_, StrawberryUnion):
        return [found for each in type_.types for found in object_definitions(each)]
    if isinstance(type_, StrawberryObjectDefinition):
        return [type_]
    return [type_.__strawberry_definition__] if has_object_definition(type_) else []


def with_type(field: StrawberryField, type_: Any) -> StrawberryField:
    """A copy of a field with another type."""
    made = copy(field)
    made.type_annotation = StrawberryAnnotation(type_)
    return made


def row_arguments(field: StrawberryField, catalog: Catalog) -> dict[str, Rows]:
    """The arguments of a field that are rows, by their names in Python."""
    found = ((argument.python_name, rows_of(argument.type, catalog)) for argument in field.arguments)
    return {name: rows for name, rows in found if rows is not None}


def with_ids(field: StrawberryField, names: Collection[str]) -> StrawberryField:
    """A copy of a field whose arguments of these names are ids."""
    made = copy(field)
    made.arguments = [
        _as_id(argument) if argument.python_name in names else argument for argument in field.arguments
    ]
    return made


def _as_id(argument: StrawberryArgument) -> StrawberryArgument:
    made = copy(argument)
    made.type_annotation = StrawberryAnnotation(_id_type(argument.type))
    return made


def _id_type(type_: Any) -> Any:
    if isinstance(type_, StrawberryOptional):
        return StrawberryOptional(_id_type(type_.of_type))
    if isinstance(type_, StrawberryList):
        return StrawberryList(_id_type(type_.of_type))
    return strawberry.ID


def shown_type(rows: Rows, generated: Callable[[Entity], Any]) -> Any:
    """The type that clients see where a resolver gives rows."""
    one = generated(rows.entity)
    if not rows.many:
        return StrawberryOptional(one)
    return StrawberryOptional(StrawberryList(StrawberryOptional(one) if rows.gaps else one))
