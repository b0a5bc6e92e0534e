"""Rows for the demo's tables that are few and nasty: ties, NULLs, odd text, dangling keys, extreme numbers.

What no supported database stores the same is left out: U+0000 (PostgreSQL refuses it), fractions of a
second (the demo's MariaDB columns have none), texts that differ only in trailing spaces in a unique column.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.demo.crm import Tier
from gateway.demo.sales import OrderStatus, PaymentMethod
from tests.differential.draws import Draws

Row = dict[str, Any]
Content = dict[str, dict[str, list[Row]]]

TEXTS = (
    "",
    " ",
    "a",
    "A",
    "b",
    "anna",
    "Anna",
    "ANNA",
    "Anna ",
    " Anna",
    "anna\tb",
    "anna b",
    "änne",
    "Änne",
    "ÄNNE",
    "a\u0308nne",
    "café",
    "cafe\u0301",
    "Straße",
    "STRASSE",
    "strasse",
    "Ж жук",
    "жук",
    "日本語",
    "👩‍🚀 rocket",
    "👍🏽",
    "￼",
    "100%",
    "100 %",
    "100_",
    "1000",
    "a_b",
    "a%b",
    "a\\b",
    "a\\%b",
    "\\",
    "O'Brien",
    "''",
    '"quoted"',
    "`tick`",
    "line\nbreak",
    "crlf\r\nend",
    "; DROP TABLE customers; --",
    ":p0 %(p1)s %s ? {0} $1",
    "null",
    "NULL",
    "0",
    "-1",
    "1e3",
    "z",
    "Z",
    "zz",
    "\u200bzero width",
)
"""Texts whose lower case every database finds as Python does."""

FOLDED_DIFFERENTLY = ("İstanbul", "ΟΔΟΣ", "ΟΔΟΣ.", "GROẞ", "𐐀", "i̇stanbul", "οδος", "οδοσ", "groß")
"""Texts whose lower case databases find differently: İ becomes one or two characters, a final sigma is
known or not, ẞ and newer letters have lower case or not. Fields that hold them get no `i` operators."""

MOMENTS = (
    datetime(1, 1, 2),
    datetime(1000, 1, 1),
    datetime(1900, 2, 28, 23, 59, 59),
    datetime(1969, 12, 31, 23, 59, 59),
    datetime(1970, 1, 1),
    datetime(2000, 2, 29, 12),
    datetime(2024, 3, 31, 1, 30),
    datetime(2024, 3, 31, 1, 30, 1),
    datetime(2024, 10, 27, 2, 30),
    datetime(2038, 1, 19, 3, 14, 8),
    datetime(9999, 12, 31, 23, 59, 59),
)
MONEY = tuple(
    map(Decimal, ("0.00", "0.01", "-0.01", "-12.50", "12.5", "0.10", "0.30", "100.00", "9.99", "10.00"))
)
LARGE_MONEY = (Decimal("9999999999.99"), Decimal("-9999999999.99"))
REFERENCES = (
    0,
    1,
    -1,
    2**31,
    -(2**31) - 1,
    2**53,
    2**53 + 1,
    2**53 + 2,
    -(2**53) - 1,
    2**63 - 1,
    2**63 - 2,
    -(2**63),
)
DAYS = (
    date(1000, 1, 1),
    date(1969, 12, 31),
    date(1970, 1, 1),
    date(2000, 2, 29),
    date(2024, 12, 30),
    date(9999, 12, 31),
)
TIMES = (None, time(0), time(0, 0, 1), time(12), time(12), time(23, 59, 59))
DOCUMENTS: tuple[Any, ...] = (
    None,
    sa.JSON.NULL,
    {},
    [],
    {"colour": "red", "sizes": [1, 2.5, None, True], "ä": {"nested": "😀"}},
    "text",
    0,
    False,
    1.5,
    [[]],
    {"null": None},
)
WEIGHTS = (None, 0.0, -1.5, 0.1, 0.1, 0.30000000000000004, 1e-300, 1.7976931348623157e308, 2.0)
PICTURES = (None, b"", b"\x00", b"GIF89a\xff\xfe", bytes(range(256)))

DANGLING = (9_001, 9_002, 2**31 - 1)
"""Keys that remote columns hold and no row has."""


def content(seed: int) -> Content:
    """Source -> table -> rows, parents before children; the same for every run with this seed.

    A row maps columns to what SQLAlchemy takes and returns, but for `sa.JSON.NULL`, which reads as None.
    """
    draws = Draws(f"rows {seed}")
    crm, shop = _crm(draws), _shop(draws)
    customers = [row["id"] for row in crm["customers"]]
    shop["reviews"] = list(_reviews(draws, shop["products"], customers))
    return {"crm": crm, "sales": _sales(draws, customers, shop["products"]), "shop": shop}


def _numbers(draws: Draws) -> Iterator[int]:
    """Growing primary keys with gaps, from below zero; without 0, which MariaDB would number anew."""
    number = -3
    while True:
        if number:
            yield number
        number += draws.choice((1, 1, 1, 2, 7))


def _unique_texts(draws: Draws, most: int) -> Iterator[str]:
    """Short texts, no two equal, not even if trailing spaces do not count."""
    found: set[str] = set()
    for text in draws.sample(TEXTS, len(TEXTS)):
        if len(text) <= most and text.rstrip(" ") not in found:
            found.add(text.rstrip(" "))
            yield text
    for number in count():
        yield f"#{number}"


def _crm(draws: Draws) -> dict[str, list[Row]]:
    """No addresses at all: one table is empty."""
    emails, numbers = _unique_texts(draws, 60), _numbers(draws)
    customers = [
        {
            "id": next(numbers),
            "name": draws.choice(TEXTS),
            "email": next(emails),
            "country": draws.choice(("DE", "de", "Ä", "", "%", "FR", "FR")),
            "tier": draws.choice(list(Tier)),
            "created_at": draws.choice(MOMENTS),
        }
        for _ in range(30)
    ]
    numbers, owners = _numbers(draws), customers[:20]
    tickets = [
        {
            "id": next(numbers),
            "customer_id": draws.choice(owners)["id"],
            "subject": draws.choice(TEXTS + FOLDED_DIFFERENTLY * 2),
            "opened_at": draws.choice(MOMENTS),
            "closed_at": draws.choice((None, *MOMENTS)) if draws.chance(0.7) else None,
            "callback_time": draws.choice(TIMES),
            "uuid": UUID(int=draws.getrandbits(128)),
        }
        for _ in range(40)
    ]
    tickets[0]["uuid"], tickets[1]["uuid"] = UUID(int=0), UUID(int=2**128 - 1)
    return {"customers": customers, "addresses": [], "tickets": tickets}


def _sales(draws: Draws, customers: list[int], products: list[Row]) -> dict[str, list[Row]]:
    codes, numbers = _unique_texts(draws, 20), _numbers(draws)
    orders = [
        {
            "id": next(numbers),
            "customer_id": draws.choice((None, *DANGLING, *draws.choices(customers[:15], k=12))),
            "number": next(codes),
            "status": draws.choice(list(OrderStatus)),
            "placed_at": draws.choice(MOMENTS),
            "total": draws.choice(MONEY + LARGE_MONEY),
            "currency": draws.choice(("EUR", "EUR", "eur", "€", "", "a%")),
        }
        for _ in range(45)
    ]
    numbers = _numbers(draws)
    sold = [row["id"] for row in products[:12]]
    items = [
        {
            "id": next(numbers),
            "order_id": draws.choice(orders[:30])["id"],
            "product_id": draws.choice((*DANGLING, *draws.choices(sold, k=15))),
            "quantity": draws.choice((1, 1, 2, 3, 2**31 - 1)),
            "unit_price": draws.choice(MONEY + LARGE_MONEY),
        }
        for _ in range(60)
    ]
    numbers = _numbers(draws)
    payments = [
        {
            "id": next(numbers),
            "order_id": draws.choice(orders[5:20])["id"],
            "method": draws.choice(list(PaymentMethod)),
            "amount": draws.choice(MONEY),
            "paid_at": draws.choice(MOMENTS),
            "reference": draws.choice(REFERENCES),
        }
        for _ in range(35)
    ]
    return {"orders": orders, "order_items": items, "payments": payments}


def _shop(draws: Draws) -> dict[str, list[Row]]:
    numbers = _numbers(draws)
    categories: list[Row] = []
    for _ in range(14):
        parent = draws.choice([None, None, *(row["id"] for row in categories)])
        categories.append({"id": next(numbers), "name": draws.choice(TEXTS), "parent_id": parent})
    # A row may be its own parent.
    categories[-1]["parent_id"] = categories[-1]["id"]
    skus, numbers = _unique_texts(draws, 20), _numbers(draws)
    products = [
        {
            "id": next(numbers),
            "sku": next(skus),
            "title": draws.choice(TEXTS),
            "price": draws.choice(MONEY + LARGE_MONEY),
            "active": draws.chance(0.6),
            "weight_kg": draws.choice(WEIGHTS),
            "attributes": draws.choice(DOCUMENTS),
            "category_id": draws.choice(categories[:8])["id"],
            "released": draws.choice(DAYS),
            "thumbnail": draws.choice(PICTURES),
        }
        for _ in range(25)
    ]
    for row in products:
        if row["weight_kg"] == WEIGHTS[-2]:
            row["weight_kg"] = 1e200
    products[4]["weight_kg"] = WEIGHTS[-2]  # once, as two of them have no sum
    words, numbers = _unique_texts(draws, 40), _numbers(draws)
    tags = [{"id": next(numbers), "name": next(words)} for _ in range(12)]
    pairs = sorted({(draws.choice(products[:18])["id"], draws.choice(tags[:9])["id"]) for _ in range(50)})
    product_tags = [{"product_id": product, "tag_id": tag} for product, tag in pairs]
    return {"categories": categories, "products": products, "tags": tags, "product_tags": product_tags}


def _reviews(draws: Draws, products: list[Row], customers: list[int]) -> Iterator[Row]:
    numbers = _numbers(draws)
    for _ in range(45):
        yield {
            "id": next(numbers),
            "product_id": draws.choice(products[3:15])["id"],
            "customer_id": draws.choice((*DANGLING, *draws.choices(customers[5:25], k=12))),
            "rating": draws.randint(1, 5),
            "body": draws.choice(TEXTS + FOLDED_DIFFERENTLY * 2),
            "created_at": draws.choice(MOMENTS),
        }
