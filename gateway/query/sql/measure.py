"""Aggregate functions as SQL, exact on every database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated, plain_kind
from gateway.catalog.measures import DEFAULT_SCALE, Measure, average, scalar_of_measure
from gateway.catalog.python_types import stored_class
from gateway.catalog.types import Entity, Field
from gateway.query.drivers import Convert, from_driver
from gateway.query.sql.scope import Scope
from gateway.query.sql.stored import group_form, measured_form
from gateway.query.sql.text import kept_collation
from gateway.query.values import sort_to_json, to_json
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
            return [kept_collation(sa.func.min(measured_form(column, features)), column, features)]
    return [kept_collation(sa.func.max(measured_form(column, features)), column, features)]


def sorted_measure(measure: Measure, scope: Scope, features: Features) -> sa.ColumnElement[Any]:
    """The one column of a measure, as rows are sorted by it: a least value is what is stored."""
    (column,) = measure_sql(measure, scope, features)
    return sa.type_coerce(column, column.type.stored) if isinstance(column.type, Decorated) else column


def sum_type(field: Field, features: Features) -> sa.types.TypeEngine[Any]:
    """The type of a field's sum, as `measure_sql` writes it."""
    stored = field.sorted_as
    name, kind = stored.scalar.name, stored.column.type
    if name in ("Int", "BigInt"):
        return WholeNumber()
    if name == "Decimal" and not features.exact_decimals:
        return ScaledInteger(getattr(kind, "scale", None) or DEFAULT_SCALE)
    return kind


def _sum(column: sa.ColumnElement[Any], field: Field, features: Features) -> sa.ColumnElement[Any]:
    kind = sum_type(field, features)
    if field.stored is not None:
        column, field = sa.type_coerce(column, field.stored.column.type), field.stored
    if field.scalar.name == "BigInt" and not features.exact_decimals:
        return sa.type_coerce(sa.func.gateway_sum(column), kind)
    if isinstance(kind, ScaledInteger):
        units = sa.func.round(column * sa.literal_column(str(10**kind.scale)))
        return sa.type_coerce(sa.func.sum(sa.cast(units, sa.BigInteger)), kind)
    return sa.type_coerce(sa.func.sum(column), kind)


@dataclass(frozen=True, slots=True)
class MeasureValues:
    """Measures of one entity as JSON, from what its database gives for `measure_sql`; `stored`: of what is
    stored, as orders and cursors have it."""

    entity: Entity
    dialect: sa.Dialect
    features: Features
    stored: bool = False

    def field(self, measure: Measure) -> Field:
        assert measure.field is not None
        found = self.entity.fields[measure.field]
        return found.sorted_as if self.stored else found

    def of(self, entity: Entity) -> "MeasureValues":
        """The same database's measures of another entity."""
        return replace(self, entity=entity)

    def python(self, measure: Measure) -> Convert | None:
        """Driver value (not None) of a measure with one column to what given values are compared with."""
        if measure.field is None or measure.function == "countDistinct":
            return int
        field = self.field(measure)
        return (
            self.total(field) if measure.function == "sum" else from_driver(field.column.type, self.dialect)
        )

    def total(self, field: Field) -> Convert | None:
        """Driver value (not None) of a sum to Python."""
        process = from_driver(sum_type(field, self.features), self.dialect)
        kind = field.column.type
        if not isinstance(kind, Decorated):
            return process
        plain = stored_class(plain_kind(kind.stored)) or Decimal
        return _chained(_chained(process, plain), kind.made)

    def leaf(self, measure: Measure) -> Callable[[Any], Any] | None:
        """Driver value (not None) of a measure with one column to JSON; None when it is JSON already."""
        if measure.field is None or measure.function == "countDistinct":
            return int
        field = self.field(measure)
        if measure.function != "sum":
            return to_json(field, self.dialect)
        return _chained(self.total(field), scalar_of_measure(measure, self.entity, self.stored).serialize)

    def sort_leaf(self, measure: Measure) -> Callable[[Any], Any] | None:
        """The same for cursors, where a value stands as it is compared."""
        if measure.field is None or measure.function not in ("min", "max"):
            return replace(self, stored=True).leaf(measure)
        return sort_to_json(self.entity.fields[measure.field], self.dialect)

    def average(self, measure: Measure) -> Callable[[Any, Any], Any]:
        """Driver sum (not None) and count of a field to the JSON of its average."""
        field = self.field(measure)
        process = self.total(field)
        serialize, mean = scalar_of_measure(measure, self.entity).serialize, average(field)
        shown = serialize or (lambda value: value)
        if process is None:
            return lambda total, count: shown(mean(total, int(count)))
        return lambda total, count: shown(mean(process(total), int(count)))


def _chained(process: Convert | None, serialize: Convert | None) -> Convert | None:
    if process is None or serialize is None:
        return process or serialize
    return lambda value: serialize(process(value))
