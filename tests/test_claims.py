"""A claim of the caller is of its column's type, or nothing is read or written: on every database."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from gateway import Caller, EntityOptions, Gateway, Source, claim
from tests.servers import DIALECTS, connected, database
from tests.setups import closing


class Base(DeclarativeBase): ...


TEXT = sa.String(20).with_variant(sa.String(20, collation="utf8mb4_bin"), "mysql", "mariadb")
"""Text of which only the same is equal."""


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Wrapped(sa.types.TypeDecorator[str]):
    """Text with something in front of it."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: Any, _: Any) -> Any:
        return value if value is None else "w" + value

    def process_result_value(self, value: Any, _: Any) -> Any:
        return value if value is None else value[1:]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(TEXT)
    number: Mapped[int | None]
    small: Mapped[int | None] = mapped_column(sa.SmallInteger)
    big: Mapped[int | None] = mapped_column(sa.BigInteger)
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    ratio: Mapped[float | None] = mapped_column(sa.Double)
    flag: Mapped[bool | None]
    at: Mapped[datetime | None]
    day: Mapped[date | None]
    clock: Mapped[time | None]
    uid: Mapped[UUID | None] = mapped_column(sa.Uuid(native_uuid=False))
    colour: Mapped[Colour | None]
    raw: Mapped[bytes | None] = mapped_column(
        sa.BINARY(2).with_variant(sa.LargeBinary(), "postgresql", "sqlite")
    )
    wrapped: Mapped[str | None] = mapped_column(Wrapped)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notes.id"))
    parent: Mapped["Note | None"] = relationship(remote_side=[id], back_populates="notes")
    notes: Mapped[list["Note"]] = relationship(back_populates="parent")


COLUMNS = [column.key for column in Note.__table__.columns if column.key not in ("id", "parent_id")]
UID, MOMENT = UUID(int=7), datetime(2024, 5, 1, 10)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "text": "north", "number": 7, "small": 7, "big": 2**40, "amount": Decimal("7.00"), "ratio": 7.0}
    | {"flag": True, "at": MOMENT, "day": date(2024, 5, 1), "clock": time(10), "uid": UID}
    | {"colour": Colour.RED, "raw": b"\x00\x01", "wrapped": "north", "parent_id": None},
    {"id": 2, "text": "7", "number": 0, "small": 0, "big": 0, "amount": Decimal("0.00"), "ratio": 0.0}
    | {
        "flag": False,
        "at": MOMENT + timedelta(1),
        "day": date(2024, 5, 2),
        "clock": time(0),
        "uid": UUID(int=0),
    }
    | {"colour": Colour.BLUE, "raw": b"00", "wrapped": "7", "parent_id": 1},
    {"id": 3, "text": "0", "number": 1, "small": 1, "big": 1, "amount": Decimal("1.50"), "ratio": 1.5}
    | {"flag": None, "at": None, "day": None, "clock": None, "uid": None}
    | {"colour": None, "raw": None, "wrapped": "0", "parent_id": 1},
    {"id": 4, "text": "", "parent_id": 2, **dict.fromkeys(COLUMNS[1:])},
]
"""With texts that are numbers, or that count as zero where text is compared with a number."""

VALUES: list[Any] = [
    *(True, False, 0, 1, 7, -1, 2**31, 2**40, 2**70, 0.0, 7.0, 1.5, float("nan"), float("inf")),
    *(
        "",
        "0",
        "7",
        "07",
        " 7",
        "+7",
        "7x",
        "٧",
        "1.5",
        "north",
        "NORTH",
        "n\0",
        "\ud800",
        "true",
        "RED",
        "r",
    ),
    *("1099511627776", "9" * 30, "2024-05-01", "2024-05-01T10:00:00Z", "10:00:00", str(UID), "AAE="),
    *(Decimal(0), Decimal("1.5"), Decimal("NaN"), Decimal("1E+50"), MOMENT, MOMENT.replace(tzinfo=UTC)),
    *(date(2024, 5, 1), time(10), time(10, tzinfo=UTC), UID, b"\x00\x01", b"", Colour.RED, timedelta(1)),
    *([], ["north"], [0], (), {}, {"a": 1}, {"north"}, object(), Ellipsis, range(3)),
    MOMENT.replace(tzinfo=timezone(timedelta(hours=2))) + timedelta(hours=2),
]


def number(value: Any) -> Any:
    if isinstance(value, str):
        whole = value.isascii() and (value.isdigit() and str(int(value)) == value)
        return int(value) if whole else ...
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ...
    finite = value == value and abs(value) != float("inf")
    return int(value) if finite and int(value) == value else ...


def within(least: int, most: int) -> Callable[[Any], Any]:
    return lambda value: found if (found := number(value)) is not ... and least <= found <= most else ...


def decimal(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return ...
    try:
        found = ... if isinstance(value, str) and value in (" 7", "٧") else Decimal(str(value))
    except ArithmeticError:
        return ...
    return (
        found
        if found is not ...
        and found.is_finite()
        and len(str(found).replace(".", "").rstrip("0")) <= 15
        and abs(found) < 10**29
        else ...
    )


def moment(value: Any) -> Any:
    if isinstance(value, str):
        value = MOMENT if value == "2024-05-01T10:00:00Z" else ...
    if not isinstance(value, datetime):
        return ...
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def of(kind: type, **texts: Any) -> Callable[[Any], Any]:
    """A value of this very type, or one of these texts."""

    def fit(value: Any) -> Any:
        found = {str(text): each for text, each in texts.get("texts", {}).items()}
        if isinstance(value, str) and value in found:
            return found[value]
        return value if type(value) is kind else ...

    return fit


def plain(value: Any) -> Any:
    return value if isinstance(value, str) and "\0" not in value and "\ud800" not in value else ...


def ratio(value: Any) -> Any:
    usable = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return float(value) if usable and value == value and abs(value) != float("inf") else ...


def clock(value: Any) -> Any:
    found = of(time, texts={"10:00:00": time(10)})(value)
    return ... if getattr(found, "tzinfo", None) else found


def raw(value: Any) -> Any:
    """Bytes, or base64 as an argument of a field of bytes is."""
    return (
        {"AAE=": b"\x00\x01", "": b"", "true": b"\xb6\xbb\x9e"}.get(value, ...)
        if isinstance(value, str)
        else of(bytes)(value)
    )


FITTED: dict[str, Callable[[Any], Any]] = {
    "text": plain,
    "number": within(-(2**31), 2**31 - 1),
    "small": within(-(2**15), 2**15 - 1),
    "big": within(-(2**63), 2**63 - 1),
    "amount": decimal,
    "ratio": ratio,
    "flag": of(bool),
    "at": moment,
    "day": of(date, texts={"2024-05-01": date(2024, 5, 1)}),
    "clock": clock,
    "uid": of(UUID, texts={str(UID): UID, UID.hex: UID}),
    "colour": of(Colour, texts={"RED": Colour.RED, "BLUE": Colour.BLUE}),
    "raw": raw,
    "wrapped": plain,
}
"""Column -> from a claim to the value that rows are compared with, `...` for one that is refused."""


def rows(role: str) -> sa.ColumnElement[bool] | None:
    """A role is called after the column that the claim is compared with, or after a condition."""
    if role in CONDITIONS:
        return CONDITIONS[role][0]
    return None if role not in COLUMNS else Note.__table__.c[role] == claim("value")


Condition = tuple[sa.ColumnElement[bool], Callable[[Any], Callable[[dict[str, Any]], bool]]]
CONDITIONS: dict[str, Condition] = {
    "reversed": (claim("value") == Note.text, lambda value: lambda row: row["text"] == value),
    "lower": (
        sa.func.lower(Note.text) == claim("value"),
        lambda value: lambda row: (row["text"] or "").lower() == value,
    ),
    "folded": (
        Note.text == sa.func.lower(claim("value")),
        lambda value: lambda row: row["text"] == value.lower(),
    ),
    "like": (Note.text.like(claim("value")), lambda value: lambda row: row["text"] == value),
    "starts": (Note.text.startswith(claim("value")), lambda value: lambda row: row["text"].startswith(value)),
    "joined": (
        Note.text + claim("value") == "northx",
        lambda value: lambda row: row["text"] + value == "northx",
    ),
    "given": (
        sa.func.coalesce(Note.text, claim("value")) == claim("value"),
        lambda value: lambda row: row["text"] == value,
    ),
    "above": (Note.text >= claim("value"), lambda value: lambda row: row["text"] >= value),
    "between": (
        Note.text.between(claim("value"), claim("value")),
        lambda value: lambda row: row["text"] == value,
    ),
    "not": (sa.not_(Note.text == claim("value")), lambda value: lambda row: row["text"] != value),
    "either": (
        sa.or_(Note.number == 7, Note.text == claim("value")),
        lambda value: lambda row: row["number"] == 7 or row["text"] == value,
    ),
}
"""Of text: the condition, and the same in Python."""


@pytest.fixture(scope="module", params=DIALECTS)
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("claims")
    with database(request.param, "gw_claims", folder) as url:
        with connected(url) as engine, engine.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(sa.insert(Note), ROWS)
        source = Source.from_models(
            "notes", url, models=Base, entities={Note: EntityOptions(rows=rows)}, mutations=True
        )
        with closing(Gateway([source])) as opened:
            yield opened


def ask(gateway: Gateway, query: str, role: str, value: Any) -> Any:
    """The data, or the codes of the errors."""
    answer = asyncio.run(gateway.execute(query, caller=Caller(role, {"value": value}))).payload()
    if "errors" in answer:
        assert all("hint" in error["extensions"] for error in answer["errors"]), answer
        return [error["extensions"]["code"] for error in answer["errors"]]
    return answer["data"]


def ids(gateway: Gateway, role: str, value: Any) -> Any:
    found = ask(gateway, "{ notes(orderBy: [{ rowId: ASC }]) { nodes { rowId } } }", role, value)
    return found if isinstance(found, list) else [row["rowId"] for row in found["notes"]["nodes"]]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_claim_is_held_against_the_type_of_its_column(gateway: Gateway, column: str) -> None:
    for value in VALUES:
        taken = value.value if isinstance(value, Enum) and column not in ("colour", "wrapped") else value
        fitted = FITTED[column](taken)
        if fitted is ...:
            expected: list[Any] = ["FORBIDDEN"]
        else:
            expected = [row["id"] for row in ROWS if row[column] is not None and row[column] == fitted]
        assert ids(gateway, column, value) == expected, (column, value)
    assert ids(gateway, column, None) == []  # NULL, which nothing equals


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_claim_inside_a_function_or_an_expression(gateway: Gateway, name: str) -> None:
    for value in ("north", "7", "0", "x"):
        meets = CONDITIONS[name][1](value)
        assert ids(gateway, name, value) == [row["id"] for row in ROWS if meets(row)], value
    for value in (0, False, True, 7, 0.0, Decimal(0), b"", [], {}, MOMENT):
        assert ids(gateway, name, value) == ["FORBIDDEN"], value


def test_relations_and_numbers_about_rows(gateway: Gateway) -> None:
    for query in (
        "{ notes { totalCount } }",
        "{ notes { aggregate { count } } }",
        "{ notes(where: { notes: { some: { text: { neq: null } } } }) { totalCount } }".replace(
            "neq: null", "isNull: false"
        ),
        "{ notes(orderBy: [{ parent: { text: ASC } }]) { nodes { parent { text } notes { totalCount } } } }",
        "{ noteBy(key: { rowId: 1 }) { text } }",
    ):
        for value in (0, False, ["north"]):
            assert ask(gateway, query, "text", value) == ["FORBIDDEN"], query
        assert isinstance(ask(gateway, query, "text", "north"), dict), query


def test_writes(gateway: Gateway) -> None:
    everything = "{ notes(orderBy: [{ rowId: ASC }]) { nodes { rowId text small } } }"
    before = ask(gateway, everything, "staff", None)
    for value in (0, False, 7, ["north"]):
        for write in (
            "mutation { updateNotes(where: { rowId: { gt: 0 } }, set: { small: 9 }) { affectedCount } }",
            "mutation { deleteNotes(where: { rowId: { gt: 2 } }) { affectedCount } }",
            'mutation { createNote(input: { text: "x" }) { note { rowId } } }',
            "mutation { updateNote(key: { rowId: 2 }, set: { small: 9 }) { note { rowId } } }",
            "mutation { deleteNote(key: { rowId: 4 }) { note { rowId } } }",
        ):
            assert ask(gateway, write, "text", value) == ["FORBIDDEN"], write
            assert ask(gateway, everything, "staff", None) == before
