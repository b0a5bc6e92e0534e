"""Tables whose keys differ across three sources: in type, in case, in number of columns, NULL and dangling.

Texts of columns that ignore case are letters and digits, which the three databases fold and sort alike.
"""

import enum
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.demo.columns import exact_string, label, uuid_key
from gateway.sources.declare import Link
from tests.differential.data import DAYS, MOMENTS, MONEY, Content, Row
from tests.differential.draws import Draws

FOLDING = "gateway_ignores_case"
IGNORE_CASE = frozenset({"NOCASE", "utf8mb4_general_ci", FOLDING})
"""The collations of `folded_string`."""


def folded_string(length: int) -> sa.String:
    """Text for which upper and lower case are equal."""
    return (
        sa.String(length, collation="NOCASE")
        .with_variant(VARCHAR(length, collation="utf8mb4_general_ci"), "mysql", "mariadb")
        .with_variant(sa.String(length, collation=FOLDING), "postgresql")
    )


class PlantBase(DeclarativeBase):
    pass


class DepotBase(DeclarativeBase):
    pass


class LedgerBase(DeclarativeBase):
    pass


MODELS: dict[str, type[DeclarativeBase]] = {"plant": PlantBase, "depot": DepotBase, "ledger": LedgerBase}

for base in MODELS.values():
    sa.event.listen(
        base.metadata,
        "before_create",
        sa.DDL(
            f"CREATE COLLATION IF NOT EXISTS {FOLDING} "
            "(provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        ).execute_if(dialect="postgresql"),
    )


class Colour(enum.Enum):
    """Colours, as the depot sorts them."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Part(PlantBase):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(folded_string(12), unique=True)
    serial: Mapped[str | None] = mapped_column(exact_string(24), unique=True)
    uid: Mapped[UUID | None] = mapped_column(uuid_key(), unique=True)
    made: Mapped[Any | None] = mapped_column(sa.Date(), unique=True)
    family: Mapped[str | None] = mapped_column(folded_string(12), index=True)
    weight: Mapped[int | None] = mapped_column(index=True)


class Machine(PlantBase):
    __tablename__ = "machines"

    hall: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[str] = mapped_column(folded_string(4), primary_key=True)
    name: Mapped[str] = mapped_column(folded_string(12))
    part_serial: Mapped[int | None] = mapped_column(sa.BigInteger(), index=True)


class Spare(PlantBase):
    """A table without rows."""

    __tablename__ = "spares"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_code: Mapped[str] = mapped_column(folded_string(12))


class Shade(DepotBase):
    __tablename__ = "shades"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(exact_string(10), unique=True)
    brightness: Mapped[int | None]


class Stock(DepotBase):
    __tablename__ = "stocks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part_id: Mapped[int | None] = mapped_column(sa.BigInteger(), index=True)
    part_code: Mapped[str | None] = mapped_column(folded_string(12), index=True)
    part_serial: Mapped[int | None] = mapped_column(sa.BigInteger(), index=True)
    part_uid: Mapped[str | None] = mapped_column(exact_string(36), index=True)
    made: Mapped[str | None] = mapped_column(exact_string(10), index=True)
    hall: Mapped[str | None] = mapped_column(exact_string(6))
    slot: Mapped[str | None] = mapped_column(folded_string(4))
    shade: Mapped[str | None] = mapped_column(folded_string(10))
    amount: Mapped[int]
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))


class Entry(LedgerBase):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(sa.BigInteger(), primary_key=True, autoincrement=False)
    stock_id: Mapped[str | None] = mapped_column(exact_string(12), index=True)
    part_id: Mapped[int | None] = mapped_column(index=True)
    colour: Mapped[Colour | None] = mapped_column(label(Colour))
    part_code: Mapped[str | None] = mapped_column(exact_string(12), index=True)
    note: Mapped[str] = mapped_column(folded_string(12))
    booked: Mapped[Any] = mapped_column(sa.DateTime())
    total: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))


LINKS = (
    Link("plant.machines.part_serial", "plant.parts.serial", name="part", back="machines"),
    Link("plant.spares.part_code", "plant.parts.code", name="part", back="spares"),
    Link("depot.stocks.part_id", "plant.parts.id", name="part", back="stocks"),
    Link("depot.stocks.part_code", "plant.parts.code", name="coded", back="codedStocks"),
    Link("depot.stocks.part_serial", "plant.parts.serial", name="numbered", back="numberedStocks"),
    Link("depot.stocks.part_uid", "plant.parts.uid", name="identified", back="identifiedStocks"),
    Link("depot.stocks.made", "plant.parts.made", name="dated", back="datedStocks"),
    Link(
        ("depot.stocks.hall", "depot.stocks.slot"),
        ("plant.machines.hall", "plant.machines.slot"),
        name="machine",
        back="stocks",
    ),
    Link("depot.stocks.shade", "depot.shades.name", name="hue", back="stocks"),
    Link("ledger.entries.stock_id", "depot.stocks.id", name="stock", back="entries"),
    Link("ledger.entries.part_id", "plant.parts.id", name="part", back="entries"),
    Link("ledger.entries.part_code", "plant.parts.code", name="coded", back="codedEntries"),
    Link("ledger.entries.colour", "depot.shades.name", name="tint", back="entries"),
)

CODES = ("ab", "AB1", "Ab2", "b", "C", "c1", "d9", "D8", "e", "E1", "f0", "1", "2a", "07", "7", "zz", "Zy")
FAMILIES = ("red", "RED", "Red", "blue", "Blue", "a1", "A1", "", "z")
SERIALS = ("0", "1", "2", "-3", "007", "7", "1abc", "1.0", "+4", "-0", "12", "abc", "99999999999999999999")
NUMBERS = (0, 1, 2, -3, 4, 7, 12, 2**53 + 1, 2**63 - 1, -(2**63))
UIDS = tuple(UUID(int=number) for number in (0, 1, 2**128 - 1, 0xABCDEF << 96, 7 << 64))


def content(seed: int) -> Content:
    """Source -> table -> rows, as `data.content` gives those of the demo."""
    draws = Draws(f"odd rows {seed}")
    plant = _plant(draws)
    return {"plant": plant, "depot": _depot(draws, plant), "ledger": _ledger(draws)}


def _plant(draws: Draws) -> dict[str, list[Row]]:
    serials = [*draws.sample(SERIALS, len(SERIALS)), str(2**53 + 1), None, None, None]
    parts = [
        {
            "id": number,
            "code": code,
            "serial": serial,
            "uid": uid,
            "made": made,
            "family": draws.choice((None, *FAMILIES)),
            "weight": draws.choice((None, 0, 1, 1, 2, 2**31 - 1)),
        }
        for number, code, serial, uid, made in zip(
            (-7, -1, 1, 2, 3, 4, 5, 6, 7, 12, 30, 31, 2**31 - 2, 2**31 - 1, 40, 41, 42),
            CODES,
            serials,
            (*UIDS, *[None] * 12),
            (*DAYS, *[None] * 11),
            strict=True,
        )
    ]
    machines = [
        {
            "hall": hall,
            "slot": slot,
            "name": draws.choice(FAMILIES),
            "part_serial": draws.choice((None, *NUMBERS)),
        }
        for hall, slot in product((1, 2, 10), ("a", "B", "c1"))
    ]
    return {"parts": parts, "machines": machines, "spares": []}


def _cased(draws: Draws, texts: tuple[str, ...]) -> str:
    """One of the texts, sometimes in another case, or with a space behind it."""
    text = draws.choice(texts)
    return draws.choice((text, text, text, text.upper(), text.lower(), text.swapcase(), f"{text} "))


def _depot(draws: Draws, plant: dict[str, list[Row]]) -> dict[str, list[Row]]:
    shades = [
        {"id": number, "name": name, "brightness": draws.choice((None, 1, 2))}
        for number, name in enumerate(("RED", "GREEN", "red", "Blue", "BLUE", "none"), 1)
    ]
    keys = [row["id"] for row in plant["parts"]]
    uids = tuple(str(uid) for uid in UIDS)
    days = tuple(day.isoformat() for day in DAYS)
    stocks = [
        {
            "id": number,
            "part_id": draws.choice((None, 2**31, -(2**31) - 1, 2**53, 99, *keys[:10])),
            "part_code": draws.choice((None, "none", *(_cased(draws, CODES[:9]) for _ in range(9)))),
            "part_serial": draws.choice((None, *NUMBERS, 1, 2, 7)),
            "part_uid": draws.choice((None, "", "none", uids[3].upper(), UIDS[1].hex, *uids, *uids)),
            "made": draws.choice((None, "", "2024-1-1", "2000-02-30", "20000229", *days, *days)),
            "hall": draws.choice((None, "1", "1", "2", "10", "01", "1x", "")),
            "slot": draws.choice((None, "a", "A", "B", "b", "c1", "C1", "a ")),
            "shade": draws.choice((None, "RED", "red", "Red", "GREEN", "blue", "pink")),
            "amount": draws.choice((0, 1, 1, 2, 5, -1)),
            "price": draws.choice(MONEY),
        }
        for number in range(1, 46)
    ]
    return {"shades": shades, "stocks": stocks}


def _ledger(draws: Draws) -> dict[str, list[Row]]:
    stocks = tuple(str(number) for number in range(1, 30))
    entries = [
        {
            "id": number if number % 5 else 2**53 + number,
            "stock_id": draws.choice(
                (None, "", "07", "7 ", "x", "1e1", "4000000000", *draws.sample(stocks, 12))
            ),
            "part_id": draws.choice((None, 99, 1, 2, 2, 3, 12, -1, 2**31 - 1)),
            "colour": draws.choice((None, *Colour)),
            "part_code": draws.choice((None, *(_cased(draws, CODES[:6]) for _ in range(5)))),
            "note": draws.choice(FAMILIES),
            "booked": draws.choice(MOMENTS),
            "total": draws.choice(MONEY),
        }
        for number in range(1, 51)
    ]
    return {"entries": entries}
