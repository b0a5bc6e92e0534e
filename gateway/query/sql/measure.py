"""Aggregate functions as SQL, exact on every database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gateway.catalog.measures import DEFAULT_SCALE, Measure, average, scalar_of_measure
from gateway.catalog.types import Entity, Field
from gateway.query.sql.scope import Scope
from gateway.query.sql.stored import group_form, sort_form
from gateway.query.sql.text import kept_collation
from gateway.query.values import Convert, from_driver, sort_to_json, to_json
from gateway.sources.features import Features


class WholeNumber(sa.types.TypeDecorator[int]):
    """A sum of integers; MySQL gives it as a Decimal."""

    impl = sa.BigInteger
    cache_ok = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(value)


class ScaledInteger(sa.types.TypeDecorator[Decimal]):
    """A decimal as a whole number of its smallest units, for databases that would sum it as a float."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def __repr__(self) -> str:
        return f"ScaledInteger({self.scale})"

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(Decimal(value).scaleb(self.scale))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value).scaleb(-self.scale)


def measure_sql(measure: Measure, scope: Scope, features: Features) -> list[sa.ColumnElement[Any]]:
    """The columns of a measure: one, or for an average the sum and the count it is made of."""
    if measure.field is None:
        return [sa.func.count()]
    field = scope.entity.fields[measure.field]
    column = scope.column(field.attribute)
    match measure.function:
        case "countDistinct":
            return [sa.func.count(sa.distinct(group_form(column, features)))]
        case "sum":
            return [_sum(column, field, features)]
        case "avg":
            return [_sum(column, field, features), sa.func.count(column)]
        case "min":
            return [kept_collation(sa.func.min(sort_form(column, features)), column, features)]
    return [kept_collation(sa.func.max(sort_form(column, features)), column, features)]


def sum_type(field: Field, features: Features) -> sa.types.TypeEngine[Any]:
    """The type of a field's sum, as `measure_sql` writes it."""
    name, kind = field.scalar.name, field.column.type
    if name in ("Int", "BigInt"):
        return WholeNumber()
    if name == "Decimal" and not features.exact_decimals:
        return ScaledInteger(getattr(kind, "scale", None) or DEFAULT_SCALE)
    return kind


def _sum(column: sa.ColumnElement[Any], field: Field, features: Features) -> sa.ColumnElement[Any]:
    kind = sum_type(field, features)
    if field.scalar.name == "BigInt" and not features.exact_decimals:
        return sa.type_coerce(sa.func.gateway_sum(column), kind)
    if isinstance(kind, ScaledInteger):
        units = sa.func.round(column * sa.literal_column(str(10**kind.scale)))
        return sa.type_coerce(sa.func.sum(sa.cast(units, sa.BigInteger)), kind)
    return sa.type_coerce(sa.func.sum(column), kind)


@dataclass(frozen=True, slots=True)
class MeasureValues:
    """Measures of one entity as JSON, from what its database gives for `measure_sql`."""

    entity: Entity
    dialect: sa.Dialect
    features: Features

    def of(self, entity: Entity) -> "MeasureValues":
        """The same database's measures of another entity."""
        return replace(self, entity=entity)

    def python(self, measure: Measure) -> Convert | None:
        """Driver value (not None) of a measure with one column to what given values are compared with."""
        if measure.field is None or measure.function == "countDistinct":
            return int
        field = self.entity.fields[measure.field]
        kind = sum_type(field, self.features) if measure.function == "sum" else field.column.type
        return from_driver(kind, self.dialect)

    def leaf(self, measure: Measure) -> Callable[[Any], Any] | None:
        """Driver value (not None) of a measure with one column to JSON; None when it is JSON already."""
        if measure.field is None or measure.function == "countDistinct":
            return int
        field = self.entity.fields[measure.field]
        if measure.function != "sum":
            return to_json(field, self.dialect)
        process = from_driver(sum_type(field, self.features), self.dialect)
        serialize = scalar_of_measure(measure, self.entity).serialize
        return _chained(process, serialize)

    def sort_leaf(self, measure: Measure) -> Callable[[Any], Any] | None:
        """The same for cursors, where a value stands as it is compared."""
        if measure.field is None or measure.function not in ("min", "max"):
            return self.leaf(measure)
        return sort_to_json(self.entity.fields[measure.field], self.dialect)

    def average(self, measure: Measure) -> Callable[[Any, Any], Any]:
        """Driver sum (not None) and count of a field to the JSON of its average."""
        assert measure.field is not None
        field = self.entity.fields[measure.field]
        process = from_driver(sum_type(field, self.features), self.dialect)
        serialize, mean = scalar_of_measure(measure, self.entity).serialize, average(field)
        shown = serialize or (lambda value: value)
        if process is None:
            return lambda total, count: shown(mean(total, int(count)))
        return lambda total, count: shown(mean(process(total), int(count)))


def _chained(process: Convert | None, serialize: Convert | None) -> Convert | None:
    if process is None or serialize is None:
        return process or serialize
    return lambda value: serialize(process(value))
