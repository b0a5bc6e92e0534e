"""The rows of the scale cases as lines of PostgreSQL's COPY text, the same on every machine.

Only `Random.random` is drawn from, whose numbers are the same in every version of Python.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

SEED = 20240501
BEGIN = datetime(2022, 1, 1)
SPAN = 3 * 365 * 86_400
"""Seconds over which the orders are spread."""
CHUNK = 20_000
"""Lines that are made and sent at once."""

COMMON, MIDDLE, RARE, ABSENT = "US", "GR", "MT", "AQ"
"""Countries of 30 % and 2 % of the customers, of three of them, and of none."""
RARE_CUSTOMERS = 3
SHARES = {COMMON: 0.30, "GB": 0.18, "FR": 0.16, "DE": 0.14, "PL": 0.10, "ES": 0.06, "SE": 0.04, MIDDLE: 0.02}
CATEGORIES = 40
GUESTS, GONE = 0.01, 0.001
"""Shares of orders without a customer, and of a customer who is no longer there."""
SKEW = 1.5
"""Exponent that gives some customers many orders: the first of a million has about 290."""

_ONSETS = ("B", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "Z", "Ç", "Ł", "Ø")
_SYLLABLES = (
    "an",
    "ber",
    "cho",
    "dé",
    "el",
    "fin",
    "gor",
    "hu",
    "is",
    "jon",
    "ka",
    "lo",
    "mi",
    "nø",
    "ri",
    "ta",
)


@dataclass(frozen=True)
class Scale:
    """How many rows each table has; an order has three items."""

    customers: int = 200_000
    orders: int = 1_000_000
    products: int = 2_000


FULL = Scale()
SMALL = Scale(customers=20_000, orders=100_000)
ITEMS = 3


def lines_of(table: str, scale: Scale) -> Iterator[str]:
    """The lines of a table without line ends, columns as declared, in primary key order."""
    made: dict[str, Callable[[Scale, Random], Iterator[str]]] = {
        "customers": _customers,
        "orders": _orders,
        "order_items": _items,
        "products": _products,
    }
    return made[table](scale, Random(f"{SEED}-{table}"))


def _name(draw: Callable[[], float]) -> str:
    def part(count: int) -> str:
        syllables = [_SYLLABLES[int(draw() * len(_SYLLABLES))] for _ in range(count)]
        return _ONSETS[int(draw() * len(_ONSETS))] + "".join(syllables)

    return f"{part(1)} {part(2)}"


def _customers(scale: Scale, random: Random) -> Iterator[str]:
    draw = random.random
    rare = {1 + (number * scale.customers) // RARE_CUSTOMERS for number in range(RARE_CUSTOMERS)}
    limits = list(accumulate(SHARES.values()))
    total = limits[-1]
    for key in range(1, scale.customers + 1):
        at = draw() * total
        country = next(
            name for name, limit in zip(SHARES, limits, strict=True) if at < limit or limit == total
        )
        yield f"{key}\t{_name(draw)}\t{RARE if key in rare else country}"


def _orders(scale: Scale, random: Random) -> Iterator[str]:
    draw, customers = random.random, scale.customers
    apart = SPAN / scale.orders
    for key in range(1, scale.orders + 1):
        # Multiplying by a number without a common factor scatters the busy customers over all keys.
        customer: int | str = int(draw() ** SKEW * customers) * 7_919 % customers + 1
        kind = draw()
        if kind < GUESTS + GONE:
            customer = "\\N" if kind < GUESTS else customers + 1 + int(draw() * 500)
        status = "CANCELLED" if (at := draw()) < 0.05 else "PAID" if at < 0.15 else "SHIPPED"
        placed = BEGIN + timedelta(seconds=int((key + 8 * draw()) * apart))
        yield f"{key}\t{customer}\t{status}\t{placed}\t{draw() * 2_000 + 1:.2f}"


def _items(scale: Scale, random: Random) -> Iterator[str]:
    draw, products = random.random, scale.products
    for key in range(scale.orders * ITEMS):
        yield f"{key + 1}\t{key // ITEMS + 1}\t{int(draw() * products) + 1}\t{int(draw() * 9) + 1}"


def _products(scale: Scale, random: Random) -> Iterator[str]:
    for key in range(1, scale.products + 1):
        yield f"{key}\tProduct {int(random.random() * 1e6):06d}\tCategory {key % CATEGORIES}"
