"""The rows as the plain evaluation sees them: by entity, by key, and across relations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Catalog, Entity, Relation
from tests.differential.data import Content, Row
from tests.differential.odd import IGNORE_CASE

WIDTH = 400
"""Longer than any text of the rows; texts are padded to it where a database pads."""


def spelled(value: Any) -> str | None:
    """A key as text: keys meet where they are spelled alike, whatever their types; NULL meets nothing."""
    match value:
        case None | str():
            return value
        case Enum():
            return value.name
        case datetime() | date():
            return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class Tables:
    """All rows of the graph. `padded` says per source whether text comparisons ignore trailing spaces."""

    catalog: Catalog
    content: Content
    padded: Mapping[str, bool]
    meetings: dict[tuple[str, str], dict[tuple[Any, ...], list[Row]]] = field(default_factory=dict)

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
        known = self.meetings.get((relation.owner, relation.name))
        if known is None:
            known = self.meetings[relation.owner, relation.name] = self._meetings(relation)
        return known.get(tuple(spelled(row[name]) for name in relation.owner_key), [])

    def _meetings(self, relation: Relation) -> dict[tuple[Any, ...], list[Row]]:
        """The rows a relation leads to, by the owner's key; none of the keys holds a NULL."""
        target = self.catalog.entities[relation.target]
        owners: dict[tuple[Any, ...], list[tuple[Any, ...]]] | None = None
        if relation.through is not None:
            owners, junction = {}, relation.through
            for pair in self.content[target.source][junction.table.name]:
                far = tuple(spelled(pair[column.name]) for column in junction.far)
                owners.setdefault(far, []).append(tuple(spelled(pair[each.name]) for each in junction.near))
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.rows(target):
            key = tuple(spelled(row[name]) for name in relation.target_key)
            for near in [key] if owners is None else owners.get(key, []):
                if None not in near:
                    found.setdefault(near, []).append(row)
        return found

    def comparable(self, entity: Entity, name: str) -> Callable[[Any], Any]:
        """From a value of a field to one that compares in Python as the column does; never given None."""
        scalar = entity.fields[name].scalar
        if scalar.is_enum:
            return lambda value: value if isinstance(value, str) else scalar.serialize(value)  # type: ignore[misc]
        if scalar.name != "String":
            return lambda value: value
        width = WIDTH if self.padded[entity.source] else 0
        if getattr(entity.fields[name].column.type, "collation", None) in IGNORE_CASE:
            return lambda value: value.lower().ljust(width)
        return lambda value: value.ljust(width)

    def primary_key(self, entity: Entity, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in entity.key_attributes)
