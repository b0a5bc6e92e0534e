"""The rows of the workload, the same on every machine: drawn with a fixed seed, in primary key order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bench.models import OrderStatus, Tier

SEED = 20240501
BEGIN = datetime(2021, 1, 1)
APART = 900
"""Seconds between two orders; each falls somewhere in its own slot, so no two are placed at one moment."""

COUNTRIES = {"DE": 7.5, "FR": 12.5, "GB": 14.0, "US": 30.0, "NL": 8.0, "ES": 9.0, "PL": 10.0, "SE": 9.0}
GIVEN = ("Ada", "Ben", "Chloé", "Dara", "Emil", "Fatma", "Georg", "Hana", "Ivo", "Jørgen", "Kim", "Łucja")
FAMILY = ("Andersson", "Brown", "Çelik", "Dubois", "Esposito", "Fischer", "García", "Huang", "Ito", "Jansen")
CITIES = ("Berlin", "Lyon", "Leeds", "Austin", "Utrecht", "Sevilla", "Gdańsk", "Malmö")
GOODS = ("lamp", "chair", "kettle", "notebook", "backpack", "radio", "blanket", "mug", "clock", "shelf")
WORDS = ("good", "light", "sturdy", "arrived", "late", "would", "buy", "again", "colour", "fades", "fine")

Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Scale:
    """How many rows each table has. `orders` is a multiple of 5 and has three items per order."""

    customers: int = 20_000
    addresses: int = 30_000
    orders: int = 100_000
    categories: int = 40
    products: int = 2_000
    reviews: int = 40_000


FULL = Scale()
TINY = Scale(customers=300, addresses=400, orders=3_000, categories=8, products=80, reviews=100)


def tables_of(source: str, scale: Scale) -> dict[str, Rows]:
    """Table -> its rows, columns as declared, parents before children."""
    if source == "crm":
        return {"customers": customers(scale), "addresses": addresses(scale)}
    if source == "sales":
        return {"orders": orders(scale), "order_items": order_items(scale)}
    return {"categories": categories(scale), "products": products(scale), "reviews": reviews(scale)}


def _random(table: str) -> Random:
    return Random(f"{SEED}-{table}")


def _money(random: Random, most: int) -> Decimal:
    return Decimal(random.randrange(100, most * 100)).scaleb(-2)


def customers(scale: Scale) -> Rows:
    random = _random("customers")
    countries = random.choices(list(COUNTRIES), list(COUNTRIES.values()), k=scale.customers)
    for key, country in enumerate(countries, 1):
        name = f"{random.choice(GIVEN)} {random.choice(FAMILY)}"
        created = BEGIN + timedelta(seconds=random.randrange(90_000_000))
        tier = random.choices([tier.name for tier in Tier], [70, 25, 5])[0]
        yield key, name, f"customer{key}@example.com", country, tier, created


def addresses(scale: Scale) -> Rows:
    random = _random("addresses")
    for key in range(1, scale.addresses + 1):
        owner = key if key <= scale.customers else random.randint(1, scale.customers)
        place = random.choice(CITIES)
        yield key, owner, f"{random.choice(FAMILY)} Street {random.randint(1, 200)}", place, "DE"


def orders(scale: Scale) -> Rows:
    random = _random("orders")
    states = [status.name for status in OrderStatus]
    for key in range(1, scale.orders + 1):
        placed = BEGIN + timedelta(seconds=APART * key + random.randrange(APART))
        yield (
            key,
            random.randint(1, scale.customers),
            f"SO-{placed.year}-{key:06d}",
            random.choice(states),
            placed,
            _money(random, 2_000),
            _money(random, 20),
            "EUR",
        )


def order_items(scale: Scale) -> Rows:
    random = _random("order_items")
    lengths = [length for length in range(1, 6) for _ in range(scale.orders // 5)]
    random.shuffle(lengths)
    key = 0
    for order, length in enumerate(lengths, 1):
        for _ in range(length):
            key += 1
            yield key, order, random.randint(1, scale.products), random.randint(1, 9), _money(random, 400)


def categories(scale: Scale) -> Rows:
    for key in range(1, scale.categories + 1):
        yield key, f"Category {key}"


def products(scale: Scale) -> Rows:
    random = _random("products")
    for key in range(1, scale.products + 1):
        title = f"{random.choice(WORDS).title()} {random.choice(GOODS)} {key}"
        active = random.random() < 0.9
        yield key, f"SKU-{key:05d}", title, _money(random, 400), active, (key - 1) % scale.categories + 1


def reviews(scale: Scale) -> Rows:
    random = _random("reviews")
    for key in range(1, scale.reviews + 1):
        body = " ".join(random.choices(WORDS, k=random.randint(4, 40)))
        product, customer = random.randint(1, scale.products), random.randint(1, scale.customers)
        written = BEGIN + timedelta(seconds=random.randrange(90_000_000))
        yield key, product, customer, random.randint(1, 5), body, written
