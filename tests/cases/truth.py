"""What the cases' `truth.py` files are written with: plain Python over the seed's rows, no query code.

`Rows` is a table of the seed, a record a JSON object as the graph shows it.
"""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from unittest.mock import ANY

Row = dict[str, Any]
Rows = list[Row]
Tables = dict[str, dict[str, Rows]]

__all__ = ["ANY", "Row", "Rows", "Tables", "count", "node_id", "nodes", "one", "ordered", "record"]


def node_id(entity: str, *key: Any) -> str:
    """The global id of a row: base64url of the JSON list of the entity's name and the key, unpadded."""
    text = json.dumps([entity, *key], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def shown(value: Any, big: bool = False) -> Any:
    """A column's value in JSON; `big` for a 64-bit integer."""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if (
        value is None
        or isinstance(value, bool | float | str | dict | list)
        or (type(value) is int and not big)
    ):
        return value
    return str(value)


def record(entity: str, row: Row, *names: str, **more: Any) -> dict[str, Any]:
    """The named fields of a row in their order, then `more`, which are relations and aliases."""
    found: dict[str, Any] = {}
    for name in names:
        if name == "id":
            found[name] = node_id(entity, row["id"])
        elif name == "__typename":
            found[name] = entity
        elif name == "rowId":
            found[name] = row["id"]
        else:
            column = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
            found[name] = shown(row[column], big=name == "reference")
    return found | more


def nodes(
    entity: str, rows: Iterable[Row], *names: str, **more: Callable[[Row], Any]
) -> dict[str, list[dict[str, Any]]]:
    """`{nodes: […]}` of the rows; `more` makes further fields of a row."""
    return {
        "nodes": [
            record(entity, row, *names, **{name: make(row) for name, make in more.items()}) for row in rows
        ]
    }


def one(rows: Rows, **where: Any) -> Row:
    """The only row with these values."""
    (found,) = [row for row in rows if all(row[column] == value for column, value in where.items())]
    return found


def count(rows: Rows, meets: Callable[[Row], Any]) -> dict[str, int]:
    """`{totalCount}` of the rows that meet a condition."""
    return {"totalCount": sum(bool(meets(row)) for row in rows)}


def ordered(rows: Iterable[Row], **order: str) -> Rows:
    """Rows sorted by columns, each `ASC`, `DESC` or either with `_NULLS_FIRST`; then by id."""
    found = sorted(rows, key=lambda row: row["id"])
    for column, direction in reversed(order.items()):

        def sort_value(row: Row, column: str = column) -> Any:
            value = row[column]
            return value.name if isinstance(value, Enum) else value

        present = [row for row in found if row[column] is not None]
        present.sort(key=sort_value, reverse=direction.startswith("DESC"))
        absent = [row for row in found if row[column] is None]
        found = absent + present if direction.endswith("_NULLS_FIRST") else present + absent
    return found
