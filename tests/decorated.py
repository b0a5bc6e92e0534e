"""Types as SQLAlchemy users write them, many from its documentation, and a table that has all of them."""

import enum
import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class TZDateTime(sa.TypeDecorator):
    """Aware moments only, stored naive in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None:
            if not value.tzinfo or value.tzinfo.utcoffset(value) is None:
                raise TypeError("tzinfo is required")
            value = value.astimezone(UTC).replace(tzinfo=None)
        return value

    def process_result_value(self, value, dialect):
        return None if value is None else value.replace(tzinfo=UTC)


class Level(enum.IntEnum):
    LOW = 1
    MID = 2
    HIGH = 10


class IntEnum(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value, dialect):
        return None if value is None else self.choices(value).value

    def process_result_value(self, value, dialect):
        return None if value is None else self.choices(value)


class YesNo(sa.TypeDecorator):
    impl = sa.CHAR(1)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else "Y" if value else "N"

    def process_result_value(self, value, dialect):
        return None if value is None else value == "Y"


class JaNein(sa.TypeDecorator):
    """True sorts before false."""

    impl = sa.CHAR(1)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else "J" if value else "N"

    def process_result_value(self, value, dialect):
        return None if value is None else value == "J"


class Cents(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value * 100)

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / 100


class Guid(sa.TypeDecorator):
    """The GUID of SQLAlchemy's documentation."""

    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        own = sa.UUID() if dialect.name == "postgresql" else sa.CHAR(32)
        return dialect.type_descriptor(own)

    def process_bind_param(self, value, dialect):
        if value is None or dialect.name == "postgresql":
            return value
        return value.hex if isinstance(value, uuid.UUID) else uuid.UUID(value).hex

    def process_result_value(self, value, dialect):
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


class TextGuid(sa.TypeDecorator):
    impl = sa.CHAR(36)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else str(value)

    def process_result_value(self, value, dialect):
        return None if value is None else uuid.UUID(value)


class BinaryGuid(sa.TypeDecorator):
    impl = sa.LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.bytes

    def process_result_value(self, value, dialect):
        return None if value is None else uuid.UUID(bytes=value)


class JSONEncodedDict(sa.TypeDecorator):
    impl = sa.VARCHAR(400)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else json.dumps(value)

    def process_result_value(self, value, dialect):
        return None if value is None else json.loads(value)


class Stripped(sa.TypeDecorator):
    """Old rows have spaces around them, which nobody sees."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.strip()

    def process_result_value(self, value, dialect):
        return None if value is None else value.strip()


class Lower(sa.TypeDecorator):
    impl = sa.String(40)
    cache_ok = True

    class comparator_factory(sa.String.Comparator):
        def operate(self, operator, *other, **kwargs):
            return sa.false()

    def process_bind_param(self, value, dialect):
        return None if value is None else value.lower()


class Epoch(sa.TypeDecorator):
    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value, dialect):
        return None if value is None else datetime.fromtimestamp(value, UTC)


class TextDecimal(sa.TypeDecorator):
    """How people keep decimals exact on SQLite."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else str(value)

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value)


class IntDate(sa.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value.strftime("%Y%m%d"))

    def process_result_value(self, value, dialect):
        return None if value is None else datetime.strptime(str(value), "%Y%m%d").date()


class Tags(sa.TypeDecorator):
    impl = sa.String(100)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else ",".join(sorted(value))

    def process_result_value(self, value, dialect):
        return None if value is None else set(value.split(","))


class Sealed(sa.TypeDecorator):
    """Text with a nonce in front, as encrypted text has one."""

    impl = sa.String(100)
    cache_ok = True
    used = 0

    def process_bind_param(self, value, dialect):
        Sealed.used += 1
        return None if value is None else f"{Sealed.used % 997:03d}{value[::-1]}"

    def process_result_value(self, value, dialect):
        return None if value is None else value[3:][::-1]


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[uuid.UUID] = mapped_column(Guid, primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"))
    moment: Mapped[datetime | None] = mapped_column(TZDateTime)
    level: Mapped[Level | None] = mapped_column(IntEnum(Level))
    rank = mapped_column(IntEnum(Level))
    open: Mapped[bool | None] = mapped_column(YesNo)
    offen = mapped_column(JaNein)
    price: Mapped[Decimal | None] = mapped_column(Cents)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONEncodedDict)
    details = mapped_column(JSONEncodedDict)
    name: Mapped[str | None] = mapped_column(Stripped)
    mail: Mapped[str | None] = mapped_column(Lower)
    seen = mapped_column(Epoch)
    exact: Mapped[Decimal | None] = mapped_column(TextDecimal)
    day = mapped_column(IntDate)
    tags: Mapped[set[str] | None] = mapped_column(Tags)
    secret: Mapped[str | None] = mapped_column(Sealed)
    text_guid: Mapped["uuid.UUID | None"] = mapped_column(TextGuid, unique=True)
    binary_guid = mapped_column(BinaryGuid)


MOMENT = datetime(2024, 5, 1, 10, 30, tzinfo=UTC)
DAY = date(2024, 5, 1)
