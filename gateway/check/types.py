"""Columns whose types are the app's own: what they cannot be asked for."""

from collections.abc import Iterator

import sqlalchemy as sa

from gateway.catalog.kinds import ServerUuid
from gateway.catalog.types import Catalog
from gateway.check.findings import Finder, Finding
from gateway.sources.source import Source


def type_findings(source: Source, catalog: Catalog, connection: sa.Connection) -> Iterator[Finding]:
    """What fields lack that their scalars offer, and UUIDs in an order of their own."""
    find = Finder(source.name)
    own = set(_uuids_of_mariadb(connection))
    for entity in catalog.entities.values():
        if entity.source != source.name:
            continue
        for field in entity.fields.values():
            if isinstance(field.column.type, ServerUuid) and (entity.table.name, field.column.name) in own:
                message = "MariaDB sorts its own UUIDs by other digits first than other databases do"
                yield find.note(f"{entity.table.name}.{field.column.name}", message, _DIGITS)
            for use, reason in field.lacks.items():
                place = f"{entity.table.name}.{field.column.name}"
                hint = "Whoever asks is told so. A type that stores values in their order has them all."
                yield find.warning(place, f"{entity.name}.{field.name} has no {use}: {reason}", hint)


_DIGITS = "To sort as everywhere, write sa.Uuid(native_uuid=False), which is a CHAR(32)."


def _uuids_of_mariadb(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    if connection.dialect.name not in ("mysql", "mariadb"):
        return
    text = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND data_type = 'uuid'"
    )
    yield from ((str(table), str(column)) for table, column in connection.execute(sa.text(text)))
