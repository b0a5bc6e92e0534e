"""The whole numbers that a column can hold."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql


def integer_range(kind: sa.types.TypeEngine[Any]) -> tuple[int, int]:
    """The smallest and the largest number a column of integers holds."""
    bits = next((width for types, width in _WIDTHS if isinstance(kind, types)), 32)
    if getattr(kind, "unsigned", False):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


_WIDTHS: tuple[tuple[type[Any], int], ...] = (
    (mysql.TINYINT, 8),
    (mysql.MEDIUMINT, 24),
    (sa.SmallInteger, 16),
    (sa.BigInteger, 64),
)
