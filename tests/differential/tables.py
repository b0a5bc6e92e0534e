"""The rows as the plain evaluation sees them: by entity, by key, and across relations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Catalog, Entity, Relation
from tests.differential.data import Content, Row

WIDTH = 400
"""Longer than any text of the rows; texts are padded to it where a database pads."""


@dataclass(frozen=True)
class Tables:
    """All rows of the graph. `padded` says per source whether text comparisons ignore trailing spaces."""

    catalog: Catalog
    content: Content
    padded: Mapping[str, bool]

    @classmethod
    def of(cls, catalog: Catalog, content: Content, padded: Mapping[str, bool]) -> "Tables":
        """Tables in which SQL NULL and a JSON null are both None."""
        read = {
            source: {
                name: [
                    {key: None if value is sa.JSON.NULL else value for key, value in row.items()}
                    for row in rows
                ]
                for name, rows in tables.items()
            }
            for source, tables in content.items()
        }
        return cls(catalog, read, padded)

    def rows(self, entity: Entity) -> list[Row]:
        """Every row."""
        return self.content[entity.source][entity.table.name]

    def related(self, row: Row, relation: Relation) -> list[Row]:
        """The rows a row is related to; a NULL in the key meets nothing."""
        key = tuple(row[name] for name in relation.owner_key)
        if None in key:
            return []
        target = self.catalog.entities[relation.target]
        if relation.through is None:
            found = {key}
        else:
            junction = relation.through
            found = {
                tuple(pair[column.name] for column in junction.far)
                for pair in self.content[target.source][junction.table.name]
                if tuple(pair[column.name] for column in junction.near) == key
            }
        return [other for other in self.rows(target) if tuple(other[n] for n in relation.target_key) in found]

    def comparable(self, entity: Entity, name: str) -> Callable[[Any], Any]:
        """From a value of a field to one that compares in Python as the column does; never given None."""
        scalar = entity.fields[name].scalar
        if scalar.is_enum:
            return lambda value: value if isinstance(value, str) else scalar.serialize(value)  # type: ignore[misc]
        if scalar.name == "String" and self.padded[entity.source]:
            return lambda value: value.ljust(WIDTH)
        return lambda value: value

    def primary_key(self, entity: Entity, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in entity.key_attributes)
