"""Scalars: which one a column becomes, and exact values both ways."""

import enum
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql

from gateway.catalog.scalars import SCALARS, scalar_of
from gateway.catalog.types import Operators, Scalar
from gateway.errors import BadUserInput, ValueNotRepresentable

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
HERE = timezone(timedelta(hours=2, minutes=30))


class Tier(enum.Enum):
    """How much a customer pays."""

    FREE = "free"
    PRO = "pro"


class Upper(sa.TypeDecorator[str]):
    impl = sa.String
    cache_ok = True


class IntTier(sa.TypeDecorator[Tier]):
    impl = sa.Integer
    cache_ok = True

    def process_result_value(self, value, dialect):
        return enum.Enum("Number", {"X": value}).X


class TextUuid(sa.TypeDecorator[UUID]):
    impl = sa.String(36)
    cache_ok = True

    def process_result_value(self, value, dialect):
        return UUID(value)


class TextDocument(sa.TypeDecorator[dict]):
    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value, dialect):
        return json.loads(value)


def scalar(type_, enum_name: str = "") -> Scalar:
    found = scalar_of(sa.Column("c", type_), enum_name)
    assert found is not None
    return found


def out(type_, value):
    serialize = scalar(type_).serialize
    return value if serialize is None else serialize(value)


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (sa.Integer(), "Int"),
        (sa.SmallInteger(), "Int"),
        (sa.BigInteger(), "BigInt"),
        (sa.BigInteger().with_variant(sa.Integer(), "sqlite"), "BigInt"),
        (mysql.INTEGER(unsigned=True), "BigInt"),
        (mysql.SMALLINT(unsigned=True), "Int"),
        (mysql.TINYINT(1), "Boolean"),
        (mysql.TINYINT(), "Int"),
        (mysql.MEDIUMINT(), "Int"),
        (mysql.YEAR(), "Int"),
        (mysql.BIT(8), "Int"),
        (mysql.BIT(64), "BigInt"),
        (sa.Numeric(12, 2), "Decimal"),
        (mysql.DECIMAL(12, 2), "Decimal"),
        (sa.Numeric(12, 2, asdecimal=False), "Float"),
        (sa.Float(), "Float"),
        (sa.Double(), "Float"),
        (postgresql.DOUBLE_PRECISION(), "Float"),
        (sa.String(10), "String"),
        (sa.Unicode(), "String"),
        (sa.Text(), "String"),
        (sa.CHAR(2), "String"),
        (mysql.LONGTEXT(), "String"),
        (postgresql.CITEXT(), "String"),
        (sa.Boolean(), "Boolean"),
        (sa.DateTime(), "DateTime"),
        (sa.TIMESTAMP(timezone=True), "DateTime"),
        (mysql.DATETIME(fsp=6), "DateTime"),
        (sa.Date(), "Date"),
        (sa.Time(), "Time"),
        (mysql.TIME(), "Time"),
        (sa.Uuid(), "UUID"),
        (sa.Uuid(as_uuid=False), "UUID"),
        (postgresql.UUID(), "UUID"),
        (sa.JSON(), "JSON"),
        (postgresql.JSONB(), "JSON"),
        (postgresql.HSTORE(), "JSON"),
        (postgresql.ARRAY(sa.Integer()), "JSON"),
        (sa.LargeBinary(), "Bytes"),
        (sa.BINARY(16), "Bytes"),
        (postgresql.BYTEA(), "Bytes"),
        (postgresql.INET(), "NetworkAddress"),
        (postgresql.DOMAIN("positive", sa.Integer()), "Int"),
        (sa.Enum(Tier), "Tier"),
        (Upper(), "String"),
        (TextUuid(), "String"),
        (IntTier(), "Int"),
    ],
    ids=repr,
)
def test_scalar_of_a_column_type(type_, name):
    assert scalar(type_).name == name


@pytest.mark.parametrize(
    "type_",
    [
        sa.Interval(),
        sa.PickleType(),
        sa.types.NullType(),
        sa.Time(timezone=True),
        mysql.SET("a", "b"),
        postgresql.TSVECTOR(),
        postgresql.INT4RANGE(),
        postgresql.MONEY(),
        postgresql.ARRAY(sa.Interval()),
    ],
    ids=repr,
)
def test_types_without_a_place_in_the_graph(type_):
    assert scalar_of(sa.Column("c", type_)) is None


def test_standard_scalars():
    names = "String Int Float Boolean ID BigInt Decimal DateTime Date Time UUID JSON Bytes NetworkAddress"
    assert list(SCALARS) == names.split()
    built_in = {"String", "Int", "Float", "Boolean", "ID"}
    assert {name for name, found in SCALARS.items() if found.specified_by is None} == built_in
    assert SCALARS["JSON"].operators is SCALARS["Bytes"].operators is Operators.NONE
    assert not SCALARS["JSON"].sortable


def test_columns_of_one_type_share_one_scalar():
    assert scalar(sa.Numeric(12, 2)) is scalar(sa.Numeric(10, 2))
    assert scalar(sa.Integer()) is SCALARS["Int"]


ROUND_TRIPS = [
    (sa.Integer(), st.integers(-(2**31), 2**31 - 1)),
    (sa.BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    (mysql.BIGINT(unsigned=True), st.integers(0, 2**64 - 1)),
    (sa.Numeric(38, 6), st.decimals(allow_nan=False, allow_infinity=False, places=6)),
    (sa.Numeric(), st.decimals(-(10**300), 10**300, allow_nan=False, allow_infinity=False)),
    (sa.Float(), st.floats(allow_nan=False, allow_infinity=False)),
    (sa.Boolean(), st.booleans()),
    (sa.String(), TEXT),
    (sa.DateTime(), st.datetimes()),
    (
        sa.DateTime(timezone=True),
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(HERE)),
    ),
    (sa.Date(), st.dates()),
    (sa.Time(), st.times()),
    (sa.Uuid(), st.uuids()),
    (sa.Uuid(as_uuid=False), st.uuids().map(str)),
    (sa.LargeBinary(), st.binary()),
    (sa.Enum(Tier), st.sampled_from(Tier)),
    (sa.Enum("a", "b"), st.sampled_from("ab")),
]


@pytest.mark.parametrize(("type_", "values"), ROUND_TRIPS, ids=lambda value: repr(value)[:40])
def test_what_goes_out_comes_back_in(type_, values):
    kind = scalar(type_)

    @given(values)
    def holds(value):
        sent = json.loads(json.dumps(out(type_, value)))
        assert kind.parse(sent) == value

    holds()


@pytest.mark.parametrize(
    ("type_", "value", "sent"),
    [
        (sa.Numeric(12, 2), Decimal("1.50"), "1.50"),
        (sa.Numeric(12, 2), Decimal("1.5"), "1.50"),
        (sa.Numeric(12, 2), Decimal("-1.5"), "-1.50"),
        (sa.Numeric(12, 2), Decimal("1.505"), "1.505"),
        (sa.Numeric(12, 2), Decimal("-0.00"), "0.00"),
        (sa.Numeric(12, 2), 7, "7.00"),
        (sa.Numeric(12, 2), Decimal("1E+3"), "1000.00"),
        (sa.Numeric(20, 10), Decimal("1E-9"), "0.0000000010"),
        (sa.Numeric(60, 2), Decimal("9" * 50), "9" * 50 + ".00"),
        (sa.Numeric(12, 0), Decimal("5"), "5"),
        (sa.Numeric(), Decimal("1E-9"), "0.000000001"),
        (sa.BigInteger(), 2**53 + 1, "9007199254740993"),
        (sa.BigInteger(), Decimal(12), "12"),
        (sa.Integer(), True, 1),
        (mysql.TINYINT(1), 1, True),
        (sa.DateTime(), datetime(2024, 5, 1, 10), "2024-05-01T10:00:00Z"),
        (sa.DateTime(), datetime(2024, 5, 1, 10, microsecond=120), "2024-05-01T10:00:00.000120Z"),
        (sa.DateTime(timezone=True), datetime(2024, 5, 1, 12, 30, tzinfo=HERE), "2024-05-01T10:00:00Z"),
        (sa.Date(), date(2024, 5, 1), "2024-05-01"),
        (sa.Time(), time(10), "10:00:00"),
        (sa.Uuid(), UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (sa.LargeBinary(), b"\x00\xff", "AP8="),
        (sa.Enum(Tier), Tier.PRO, "PRO"),
        (sa.Enum(Tier), "PRO", "PRO"),
        (postgresql.INET(), ip_address("::1"), "::1"),
        (postgresql.ARRAY(sa.Numeric(5, 2)), [[Decimal("1.5"), None]], [["1.50", None]]),
        (TextUuid(), UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (IntTier(), IntTier().process_result_value(5, None), 5),
    ],
)
def test_serialized(type_, value, sent):
    assert out(type_, value) == sent


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (sa.Integer(), 2**31),
        (sa.Integer(), "7"),
        (sa.Integer(), 1.5),
        (sa.Float(), float("nan")),
        (sa.Float(), float("inf")),
        (sa.Numeric(12, 2), Decimal("NaN")),
        (sa.Numeric(12, 2), Decimal("-Infinity")),
        (sa.DateTime(), "0000-00-00"),
        (sa.DateTime(timezone=True), datetime(1, 1, 1, tzinfo=HERE)),
        (sa.Time(), timedelta(hours=30)),
        (sa.LargeBinary(), "text"),
        (sa.Enum(Tier), "GOLD"),
        (TextDocument(), {"a": 1}),
    ],
)
def test_stored_values_that_do_not_fit(type_, value):
    with pytest.raises(ValueNotRepresentable) as caught:
        out(type_, value)
    assert caught.value.hint


def test_an_int_out_of_range_hints_at_big_int():
    with pytest.raises(ValueNotRepresentable, match="32-bit Int") as caught:
        out(sa.Integer(), 2**40)
    assert "BigInt" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("type_", "sent", "value"),
    [
        (sa.Integer(), 3.0, 3),
        (sa.BigInteger(), 5, 5),
        (sa.Numeric(12, 2), 1.5, Decimal("1.5")),
        (sa.Numeric(12, 2), 3, Decimal(3)),
        (sa.Numeric(12, 2), "1e3", Decimal(1000)),
        (sa.Float(), 3, 3.0),
        (sa.DateTime(), "2024-05-01T12:30:00+02:30", datetime(2024, 5, 1, 10)),
        (sa.DateTime(), "2024-05-01t10:00:00.5z", datetime(2024, 5, 1, 10, microsecond=500_000)),
        (sa.DateTime(timezone=True), "2024-05-01T12:30:00+02:30", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (sa.Time(), "10:00", time(10)),
        (sa.Uuid(), "00000000000000000000000000000001", UUID(int=1)),
        (sa.Uuid(as_uuid=False), "0" * 31 + "A", "00000000-0000-0000-0000-00000000000a"),
    ],
)
def test_parsed(type_, sent, value):
    found = scalar(type_).parse(sent)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("type_", "sent"),
    [
        *((sa.Integer(), value) for value in (2**31, True, "1", 1.5, float("inf"), None)),
        *((sa.BigInteger(), value) for value in (2**63, "9" * 5000, True, 1.0, "1.0", "", " 1", "١")),
        *((mysql.BIGINT(unsigned=True), value) for value in (-1, 2**64)),
        *((sa.Numeric(), value) for value in ("NaN", "Infinity", "1e9999", "1e-9999", "9" * 2001, "1_0")),
        *((sa.Numeric(), value) for value in (True, float("nan"), 10**5000, "", ".", None, [])),
        *((sa.Float(), value) for value in (True, "1", float("nan"), 10**400)),
        *((sa.Boolean(), value) for value in (0, "true", None)),
        *((sa.String(), value) for value in (1, None, "\ud800", ["a"])),
        *((sa.DateTime(), value) for value in ("2024-05-01T10:00:00", "2024-05-01", 5, "", "now")),
        *((sa.DateTime(), value) for value in ("2024-02-30T10:00:00Z", "0001-01-01T00:00:00+01:00")),
        (sa.DateTime(), "2024-05-01T10:00:00.1234567Z"),
        *(
            (sa.Date(), value)
            for value in ("20240501", "2024-W01-1", "2024-02-30", "2024-05-01T00:00:00Z", 1)
        ),
        *((sa.Time(), value) for value in ("24:00", "10", "10:00:00Z", 10)),
        *((sa.Uuid(), value) for value in ("", "{" + "0" * 32 + "}", "urn:uuid:" + "0" * 32, 1)),
        *((sa.LargeBinary(), value) for value in ("a", "é===", 1)),
        *((sa.Enum(Tier), value) for value in ("free", "GOLD", 1, None, [])),
    ],
    ids=lambda value: "number" if isinstance(value, int) else ascii(value)[:30],
)
def test_refused_input(type_, sent):
    with pytest.raises(BadUserInput) as caught:
        scalar(type_).parse(sent)
    assert len(caught.value.message) < 120
    assert caught.value.hint


def test_an_enum_has_the_labels_as_stored():
    by_name = scalar(sa.Enum(Tier))
    assert (by_name.name, by_name.values) == ("Tier", ("FREE", "PRO"))
    assert by_name.description == "How much a customer pays."
    by_value = scalar(sa.Enum(Tier, values_callable=lambda cls: [member.value for member in cls]))
    assert by_value.values == ("free", "pro")
    assert by_value.parse("pro") is Tier.PRO
    plain = scalar(sa.Enum("open", "closed"), "TicketState")
    assert (plain.name, plain.values, plain.parse("open")) == ("TicketState", ("open", "closed"), "open")
    assert plain.is_enum
    assert plain.operators is Operators.EQUALITY


def test_an_alias_of_an_enum_member_goes_out_as_the_member():
    aliased = enum.Enum("Aliased", {"NEW": 1, "FRESH": 1, "OLD": 2})
    kind = sa.Enum(aliased, omit_aliases=False)
    assert out(kind, aliased.NEW) == "NEW"
    assert scalar(kind).parse("FRESH") is aliased.NEW
