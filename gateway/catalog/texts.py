"""What the declaration of a text column says of how its database keeps and compares its values."""

import re
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect

from gateway.catalog.decorated import Decorated, plain_kind
from gateway.sources.features import Features

Type = sa.types.TypeEngine[Any]

_DIALECTS: dict[str, Dialect] = {
    "postgresql": postgresql.dialect(),  # type: ignore[no-untyped-call]
    "mysql": mysql.dialect(),
    "sqlite": sqlite.dialect(),
}
_ORDINARY = re.compile(r"C|POSIX|default|ucs_basic|unicode|pg_\w+|C\.[\w-]+|[a-z]{2,3}_[A-Z]{2}.*|.*-x-icu")
"""PostgreSQL's own collations, under which equal text has equal bytes. Others may ignore differences."""
_NO_PAD = re.compile(r".*_(0900|nopad)_bin|binary")
"""Collations of MySQL and MariaDB under which equal text has equal bytes. Others pad: 'x' = 'x '."""


def is_text(kind: Type) -> bool:
    """Whether a column holds text that any collation compares: enums and UUIDs are no such text."""
    kind = plain_kind(kind)
    return isinstance(kind, sa.String) and not isinstance(kind, sa.Enum)


def collation(kind: Type, name: str = "postgresql") -> str | None:
    """The collation that a type declares for a kind of database."""
    found: str | None = getattr(plain_kind(kind).dialect_impl(_DIALECTS[name]), "collation", None)
    return found


@lru_cache(maxsize=4096)
def is_padded(kind: Type) -> bool:
    """Whether PostgreSQL pads the values with blanks: CHAR(n). They are shown without."""
    if isinstance(kind, Decorated):
        return is_padded(plain_kind(kind))
    if isinstance(kind, sa.types.TypeDecorator):
        return is_padded(kind.load_dialect_impl(_DIALECTS["postgresql"]))
    if isinstance(kind, postgresql.DOMAIN):
        return is_padded(kind.data_type)
    if not is_text(kind):
        return False
    # The type as it is declared for PostgreSQL: what SQLAlchemy adapts it to forgets that it is a CHAR.
    try:
        written = kind.compile(dialect=_DIALECTS["postgresql"])
    except sa.exc.UnsupportedCompilationError:  # a type of another database
        return False
    return re.match(r"(CHAR|CHARACTER|BPCHAR)\b(?! VARYING)", written) is not None


@lru_cache(maxsize=4096)
def is_loose(kind: Type, features: Features) -> bool:
    """Whether different texts of a column may be equal. Where nothing is declared, MySQL may do anything."""
    if not is_text(kind):
        return False
    declared = collation(kind, features.name)
    if features.name == "postgresql":
        ignores_case = isinstance(plain_kind(kind).dialect_impl(_DIALECTS["postgresql"]), postgresql.CITEXT)
        return ignores_case or not (declared is None or _ORDINARY.fullmatch(declared) is not None)
    return not (features.name == "mysql" and declared is not None and _NO_PAD.fullmatch(declared) is not None)


def meet_exactly(one: Type, other: Type, features: Features) -> bool:
    """Whether a foreign key between two text columns holds only where their texts are the same."""
    if not is_text(one) and not is_text(other):
        return True
    if features.name == "sqlite":  # the declaration says it all: BINARY is the default
        return all(collation(kind, "sqlite") in (None, "BINARY") for kind in (one, other))
    if features.name == "postgresql" and is_padded(one) != is_padded(other):
        return False
    return not is_loose(one, features) and not is_loose(other, features)
