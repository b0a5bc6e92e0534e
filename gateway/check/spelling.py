"""Servers that keep the names of tables in lower case: these are told as the models spell them."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

Spell = Callable[[str], str]
"""The name of a table as the models write it, for one as the database does."""


def spelling(metadata: sa.MetaData, connection: sa.Connection) -> Spell:
    """How a server's names of tables become those of the models."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        return str
    if not int(connection.scalar(sa.text("SELECT @@lower_case_table_names")) or 0):
        return str
    known = {table.name.lower(): table.name for table in metadata.tables.values()}
    return lambda name: known.get(name.lower(), name)


def spell(metadata: sa.MetaData, connection: sa.Connection) -> None:
    """Have whatever inspects over this connection's dialect, the check's own, find the models' names."""
    as_modelled = spelling(metadata, connection)
    dialect: Any = connection.dialect
    if as_modelled is str:
        return
    tables, references = dialect.get_table_names, dialect.get_foreign_keys

    def get_table_names(*arguments: Any, **options: Any) -> list[str]:
        return [as_modelled(name) for name in tables(*arguments, **options)]

    def get_foreign_keys(*arguments: Any, **options: Any) -> list[dict[str, Any]]:
        found = references(*arguments, **options)
        return [{**each, "referred_table": as_modelled(each["referred_table"])} for each in found]

    dialect.get_table_names, dialect.get_foreign_keys = get_table_names, get_foreign_keys
