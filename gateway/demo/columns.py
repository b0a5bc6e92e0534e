"""Column types of the demo, chosen so that SQLite, MySQL, MariaDB and PostgreSQL agree on every value.

Text compares and sorts by code point on each of them, enums are stored as the name of the member,
moments are naive UTC, and a UUID sorts by its hexadecimal digits.
"""

import enum
import inspect
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import TEXT, VARCHAR
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declared_attr

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Every constraint has a name, so that any revision can drop it on any database."""

TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}

LABEL_LENGTH = 16


class Described:
    """Mixin of a mapped class: its docstring is also the comment of its table."""

    __checks__: ClassVar[Mapping[str, str]] = {}
    """Name -> condition; checks of the table, since MariaDB takes no named check on a column."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        checks = [sa.CheckConstraint(condition, name=name) for name, condition in cls.__checks__.items()]
        return (*checks, {**TABLE_OPTIONS, "comment": " ".join((inspect.getdoc(cls) or "").split())})


def exact_string(length: int) -> sa.String:
    """Text of at most `length` characters, compared and sorted by code point."""
    return (
        sa.String(length)
        .with_variant(VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.String(length, collation="C"), "postgresql")
    )


def exact_text() -> sa.Text:
    """Text without a declared length, compared and sorted by code point."""
    return (
        sa.Text()
        .with_variant(TEXT(collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(sa.Text(collation="C"), "postgresql")
    )


def label(choices: type[enum.Enum]) -> sa.Enum:
    """The name of a member of `choices`, as text without a check, compared and sorted by code point.

    A check would make each new member a migration, and no database compares checks reliably.
    """
    return (
        _collated(choices)
        .with_variant(_collated(choices, "utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(_collated(choices, "C"), "postgresql")
    )


class _Label(sa.Enum):
    """An enum with a collation; SQLAlchemy's own takes none and forgets it when a column is copied."""

    def copy(self, **_: Any) -> Self:
        copied = self.__class__.__new__(self.__class__)
        copied.__dict__.update(self.__dict__)
        return copied


def _collated(choices: type[enum.Enum], collation: str | None = None) -> sa.Enum:
    text = _Label(choices, native_enum=False, length=LABEL_LENGTH)
    text.collation = collation
    return text


def money() -> sa.Numeric[Any]:
    """An amount with two decimal places, exact up to ten digits before the point."""
    return sa.Numeric(12, 2)


def document() -> sa.JSON:
    """A JSON value; None is SQL's NULL, never the JSON literal null."""
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def uuid_key() -> sa.Uuid[Any]:
    """A UUID; on MariaDB too stored as 32 digits, since its own type sorts the groups in another order."""
    return sa.Uuid().with_variant(sa.Uuid(native_uuid=False), "mysql", "mariadb")


def utc_now() -> datetime:
    """The current moment, naive in UTC, in whole seconds as MySQL's DATETIME keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
