"""Columns whose types are the app's own: what they cannot be asked for."""

from collections.abc import Iterator

from gateway.catalog.types import Catalog
from gateway.check.findings import Finder, Finding
from gateway.sources.source import Source


def type_findings(source: Source, catalog: Catalog) -> Iterator[Finding]:
    """What fields lack that their scalars offer."""
    find = Finder(source.name)
    for entity in catalog.entities.values():
        if entity.source != source.name:
            continue
        for field in entity.fields.values():
            for use, reason in field.lacks.items():
                place = f"{entity.table.name}.{field.column.name}"
                hint = "Whoever asks is told so. A type that stores values in their order has them all."
                yield find.warning(place, f"{entity.name}.{field.name} has no {use}: {reason}", hint)
