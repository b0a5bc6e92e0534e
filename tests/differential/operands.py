"""Operands for filters, mostly drawn from what the rows hold or close to it, in all their spellings."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import inf, nextafter
from typing import Any
from uuid import UUID

from gateway.catalog.types import Entity, Field
from tests.differential.data import FOLDED_DIFFERENTLY, TEXTS
from tests.differential.draws import Draws
from tests.differential.inputs import global_id
from tests.differential.odd import IGNORE_CASE
from tests.differential.spelling import Leaf, text_leaf
from tests.differential.tables import Tables

INT = 2**31
LONG = 2**63
WILDCARDS = ("_", "_", "%", "%", "\\", "\\%", "a_", "_b", "00_", "a%", "%b", "%%", "__")
"""Parts of texts that mean something else in a pattern."""
CASES = ("a", "A", "ä", "Ä", "é", "É", "e", "ß", "SS", "ss", "Ж", "ж", "NN", "nn")
EARLIEST, LATEST = datetime(1000, 1, 2), datetime(9998, 12, 31)


def is_folded(entity: Entity, field: Field) -> bool:
    """Whether a column ignores case; of its texts the databases sort letters and digits alike, no others."""
    return getattr(entity.column(field.attribute).type, "collation", None) in IGNORE_CASE


@dataclass(frozen=True)
class Operands:
    draws: Draws
    tables: Tables

    def stored(self, entity: Entity, field: Field) -> list[Any]:
        """The values of a field that are not null."""
        values = [row[field.attribute] for row in self.tables.rows(entity)]
        return [value for value in values if value is not None]

    def folds(self, entity: Entity, field: Field) -> bool:
        """Whether every database finds the same lower case for all texts of a field."""
        return not set(FOLDED_DIFFERENTLY) & set(self.stored(entity, field))

    def leaf(self, entity: Entity, field: Field) -> Leaf:
        """A value to compare a field with."""
        stored, scalar = self.stored(entity, field), field.scalar
        if scalar.is_enum:
            label = self.draws.choice(scalar.values)
            return Leaf(scalar.name, label, label)
        value = self.draws.choice(stored) if stored and self.draws.chance(0.85) else None
        if value is None and is_folded(entity, field):
            value = self.draws.choice(("", "0", "A", "b1", "M", "zz", "Z9"))
        made: Leaf = getattr(self, f"_{scalar.name.lower()}")(value)
        return made

    def id(self, entity: Entity) -> Leaf:
        """An id, mostly of a row."""
        rows = self.tables.rows(entity)
        if rows and self.draws.chance(0.9):
            key = self.tables.primary_key(entity, self.draws.choice(rows))
        else:
            key = (self.draws.choice((10**6, -(10**6), INT - 1, -INT)),)
            if len(entity.key) > 1:
                first, *rest = self.tables.primary_key(entity, self.draws.choice(rows))
                key = (first + 1, *rest)
        return text_leaf("ID", global_id(entity, key))

    # Text patterns

    def part(self, entity: Entity, field: Field, operator: str) -> Leaf:
        """A piece of a stored text: its start, its end, or any; or one that a pattern could misread."""
        if self.draws.chance(0.25):
            return text_leaf("String", self.draws.choice(self.draws.choice((WILDCARDS, CASES))))
        text: str = self.draws.choice(self.stored(entity, field) or [""])
        size = self.draws.choice((0, 1, 1, 2, 3, len(text)))
        if operator.lower().endswith("startswith"):
            text = text[:size]
        elif operator.lower().endswith("endswith"):
            text = text[len(text) - min(size, len(text)) :]
        else:
            start = self.draws.randint(0, max(0, len(text) - size))
            text = text[start : start + size]
        return text_leaf("String", self._other_case(text, operator))

    def pattern(self, entity: Entity, field: Field, operator: str) -> Leaf:
        """A stored text with wildcards in it."""
        text: str = self.draws.choice(self.stored(entity, field) or [""])
        pieces: list[str] = []
        for letter in text:
            kept = f"\\{letter}" if letter in "%_\\" and self.draws.chance(0.8) else letter
            pieces.append(self.draws.weighted({kept: 12, "_": 2, "%": 1, "": 0.3, f"\\{kept}"[-2:]: 0.5}))
        pattern = self.draws.choice(("", "", "%")) + "".join(pieces) + self.draws.choice(("", "%", "%", "_"))
        if self.draws.chance(0.03):
            pattern += "\\"  # an escape of nothing is a backslash
        return text_leaf("String", self._other_case(pattern, operator))

    def _other_case(self, text: str, operator: str) -> str:
        if not operator.startswith("i") or self.draws.chance(0.4):
            return text
        other = "".join(self.draws.choice((letter.upper(), letter.lower())) for letter in text)
        # ß has no upper case of one letter, so its way back is another text.
        return text if "ß" in text or len(other) != len(text) else other

    # Scalars; None asks for a value that the rows need not hold

    def _string(self, value: str | None) -> Leaf:
        if value is None:
            value = self.draws.choice((*TEXTS, *FOLDED_DIFFERENTLY))
            value = self.draws.choice((value, value.swapcase(), value + " ", value[:-1]))
        ascii_only = self.draws.chance(0.3)
        return Leaf("String", value, json.dumps(value, ensure_ascii=ascii_only))

    def _int(self, value: int | None) -> Leaf:
        if value is None:
            value = self.draws.choice((0, 1, -1, 2, 10, INT - 1, -INT))
        value = max(-INT, min(INT - 1, value + self.draws.choice((0, 0, 0, 1, -1))))
        return Leaf("Int", value, str(value))

    def _bigint(self, value: int | None) -> Leaf:
        if value is None:
            value = self.draws.choice((0, 2**53, 2**53 + 1, -(2**53) - 2, LONG - 1, -LONG))
        value = max(-LONG, min(LONG - 1, value + self.draws.choice((0, 0, 0, 1, -1))))
        if self.draws.chance(0.3):
            return Leaf("BigInt", value, str(value))
        return text_leaf("BigInt", str(value))

    def _decimal(self, value: Decimal | None) -> Leaf:
        if value is None:
            value = self.draws.choice((Decimal("0"), Decimal("0.005"), Decimal("-1e3"), Decimal("12.345")))
        value += self.draws.choice((Decimal(0),) * 4 + (Decimal("0.01"), Decimal("-0.001")))
        text = self.draws.choice((str(value), format(value, "f"), f"{value:.4f}", f"{value:E}"))
        if self.draws.chance(0.25):
            number = format(value, "f")
            return Leaf("Decimal", float(number), number)
        return text_leaf("Decimal", text)

    def _float(self, value: float | None) -> Leaf:
        if value is None:
            value = self.draws.choice((0.0, -0.0, 0.3, 1e10, -2.0, 1e308))
        value = self.draws.choice((value, value, nextafter(value, 0.0), nextafter(value, -1e308)))
        if value == inf:
            value = 1e308
        whole = value.is_integer() and abs(value) < INT and self.draws.chance(0.5)
        shown: float | int = int(value) if whole else value
        return Leaf("Float", shown, json.dumps(shown))

    def _boolean(self, value: bool | None) -> Leaf:
        value = self.draws.chance(0.5) if value is None else value
        return Leaf("Boolean", value, json.dumps(value))

    def _date(self, value: date | None) -> Leaf:
        value = value or date(2010, 6, 15)
        if EARLIEST.date() < value < LATEST.date():
            value += timedelta(days=self.draws.choice((0, 0, 1, -1)))
        return text_leaf("Date", value.isoformat())

    def _datetime(self, value: datetime | None) -> Leaf:
        value = value or datetime(2010, 6, 15, 8, 30)
        if not EARLIEST < value < LATEST:
            return text_leaf("DateTime", f"{value.isoformat()}Z")
        value += timedelta(seconds=self.draws.choice((0, 0, 0, 1, -1, 0.5)))
        hours = self.draws.choice((0, 0, 2, -3.5, 14))
        moved = value.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
        text = moved.isoformat(sep=self.draws.choice("TTt "))
        return text_leaf("DateTime", text.replace("+00:00", self.draws.choice(("Z", "z", "+00:00"))))

    def _time(self, value: time | None) -> Leaf:
        value = value or time(self.draws.randint(0, 23), self.draws.choice((0, 30)))
        text = value.isoformat()
        if text.endswith(":00") and self.draws.chance(0.3):
            text = text[:-3]
        elif self.draws.chance(0.2):
            text += ".5"
        return text_leaf("Time", text)

    def _uuid(self, value: UUID | None) -> Leaf:
        value = value or UUID(int=self.draws.getrandbits(128))
        return text_leaf("UUID", self.draws.choice((str(value), str(value).upper(), value.hex)))
