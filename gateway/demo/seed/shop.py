"""The rows of the shop source."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from gateway.demo.seed.draws import NOW, Draws, Row, value
from gateway.demo.seed.goods import COLOURS, ODD_TITLES, SERIES, SHELVES, TREE, Shelf
from gateway.demo.seed.opinions import DETAILS, MOODS, OPENINGS
from gateway.demo.seed.people import COUNTRIES

PRODUCTS = 200
REVIEWS = 900
DANGLING = 50
"""Every so many reviews one is by a customer the customer database does not know (any more)."""

FORGOTTEN = 9000
"""Customers above this number do not exist."""

RATINGS = {5: 40, 4: 27, 3: 14, 2: 9, 1: 10}
ODD_SHELVES = (
    "Blankets & Cushions",
    "Notebooks",
    "Cookware",
    "Coffee & Tea",
    "Notebooks",
    "Coffee & Tea",
    "Keyboards & Mice",
    "Board Games",
)
"""The shelves of `goods.ODD_TITLES`, one by one."""


def shop_rows(customers: list[Row]) -> dict[str, list[Row]]:
    """Table name -> rows, parents before children; `customers` are those of the customer source."""
    categories = list(_categories())
    tags = _tags()
    products = list(_products(categories))
    return {
        "categories": categories,
        "products": products,
        "tags": tags,
        "product_tags": list(_product_tags(products, categories, tags)),
        "reviews": list(_reviews(products, customers)),
    }


def _categories() -> Iterator[Row]:
    numbers: dict[str, int] = {}
    middles = [(name, top) for top, below in TREE.items() for name in below]
    leaves = [(leaf, name) for below in TREE.values() for name, shelf in below.items() for leaf in shelf]
    for name, parent in [*((top, None) for top in TREE), *middles, *leaves]:
        numbers[name] = len(numbers) + 1
        yield {"id": numbers[name], "name": name, "parent_id": numbers[parent] if parent else None}


def _tags() -> list[Row]:
    names = sorted({tag for shelf in SHELVES.values() for tag in shelf.tags} | {"clearance"})
    return [{"id": number, "name": name} for number, name in enumerate(names, start=1)]


def _products(categories: list[Row]) -> Iterator[Row]:
    draws = Draws("shop.products")
    numbers = {value(category, "name", str): category["id"] for category in categories}
    for number, (title, shelf, noun, level) in enumerate(_offers(draws), start=1):
        euros, grams = SHELVES[shelf].nouns[noun]
        released = _released(draws, number)
        yield {
            "id": number,
            "sku": f"{SHELVES[shelf].prefix}-{1000 + number}",
            "title": title,
            "price": _price(draws, euros * level),
            "active": released <= NOW.date() and draws.happens(90),
            "weight_kg": grams * draws.between(85, 115) // 100 / 1000 if draws.happens(85) else None,
            "attributes": _attributes(draws, SHELVES[shelf], title, grams) if draws.happens(85) else None,
            "category_id": numbers[shelf],
            "released": released,
            "thumbnail": _pixel(draws) if draws.happens(35) else None,
        }


def _offers(draws: Draws) -> list[tuple[str, str, str, int]]:
    """Title, shelf, kind of good and price level (percent) of each product."""
    plain = [
        (f"{series} {noun}", shelf, noun, level)
        for shelf, goods in SHELVES.items()
        for noun in goods.nouns
        for series, level in SERIES.items()
    ]
    odd = [
        (title, shelf, next(iter(SHELVES[shelf].nouns)), 110)
        for title, shelf in zip(ODD_TITLES, ODD_SHELVES, strict=True)
    ]
    seconds = [
        (f"{title}, {material}", shelf, noun, level + 20)
        for title, shelf, noun, level in plain
        for material in SHELVES[shelf].materials
    ]
    few = draws.some(plain, 120)
    return draws.some([*odd, *few, *draws.some(seconds, PRODUCTS - len(odd) - len(few))], PRODUCTS)


def _released(draws: Draws, number: int) -> date:
    """The first forty products have always been there; the last six are announced for this summer."""
    if number <= 40:
        return draws.moment(datetime(2018, 1, 1), datetime(2021, 12, 31)).date()
    if number > PRODUCTS - 6:
        return draws.moment(NOW + timedelta(days=7), NOW + timedelta(days=90)).date()
    return draws.moment(datetime(2022, 1, 1), NOW).date()


def _price(draws: Draws, cents: int) -> Decimal:
    whole = cents * draws.between(90, 110) // 10_000
    return Decimal(whole) + draws.one((Decimal("0.00"), Decimal("0.50"), Decimal("0.90"), Decimal("0.95")))


def _attributes(draws: Draws, shelf: Shelf, title: str, grams: int) -> dict[str, object]:
    colour = draws.one(list(COLOURS))
    named = title.rpartition(", ")[2]
    reach = 15 if grams < 200 else 30 if grams < 1000 else 70  # centimetres
    attributes: dict[str, object] = {
        "colour": colour,
        "materials": [named]
        if named in shelf.materials
        else draws.some(shelf.materials, draws.between(1, 2)),
        "dimensions": {"width_cm": draws.between(2, reach), "height_cm": draws.between(8, 4 * reach) / 4},
    }
    if draws.happens(60):
        attributes["labels"] = COLOURS[colour]
    if draws.happens(40):
        attributes["warranty_years"] = draws.one((2, 5, 10, None))
    if draws.happens(30):
        attributes["vegan"] = draws.happens(70)
    if draws.happens(15):
        attributes["spare_parts"] = [
            {"sku": f"{shelf.prefix}-P{part}", "stock": draws.below(90)} for part in range(1, 3)
        ]
    return attributes


def _pixel(draws: Draws) -> bytes:
    """A GIF of one pixel in one colour."""
    colour = bytes(draws.below(256) for _ in range(3))
    return (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + colour + b"\xff\xff\xff"
        b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    )


def _product_tags(products: list[Row], categories: list[Row], tags: list[Row]) -> Iterator[Row]:
    draws = Draws("shop.product_tags")
    shelves = {category["id"]: value(category, "name", str) for category in categories}
    numbers = {value(tag, "name", str): tag["id"] for tag in tags}
    for product in products:
        fitting = draws.some(SHELVES[shelves[product["category_id"]]].tags, draws.below(4))
        extra = ["clearance"] if not product["active"] and draws.happens(50) else []
        for name in [*fitting, *extra]:
            yield {"product_id": product["id"], "tag_id": numbers[name]}


def _reviews(products: list[Row], customers: list[Row]) -> Iterator[Row]:
    draws = Draws("shop.reviews")
    popularity = _popularity(draws, products)
    drawn = [_review(draws, popularity, products, customers) for _ in range(REVIEWS)]
    drawn.sort(key=lambda review: value(review, "created_at", datetime))
    for number, review in enumerate(drawn, start=1):
        dangling = FORGOTTEN + number if number % DANGLING == 0 else review["customer_id"]
        yield {"id": number, **review, "customer_id": dangling}


def _popularity(draws: Draws, products: list[Row]) -> dict[int, int]:
    """Index of a product -> weight; announced products have no reviews, some others neither."""
    return {
        index: 0 if value(product, "released", date) >= NOW.date() else draws.one((0, 1, 2, 3, 5, 8, 20))
        for index, product in enumerate(products)
    }


def _review(draws: Draws, popularity: dict[int, int], products: list[Row], customers: list[Row]) -> Row:
    product, customer = products[draws.weighted(popularity)], draws.one(customers)
    released = datetime.combine(value(product, "released", date), time(8))
    rating = draws.weighted(RATINGS)
    return {
        "product_id": product["id"],
        "customer_id": customer["id"],
        "rating": rating,
        "body": _body(draws, COUNTRIES[value(customer, "country", str)].language, MOODS[rating]),
        "created_at": draws.moment(max(released, value(customer, "created_at", datetime)), NOW),
    }


def _body(draws: Draws, language: str, mood: str) -> str:
    opening = draws.one(OPENINGS[language][mood])
    if language not in DETAILS or draws.happens(35):
        return opening
    return opening + draws.one((" ", " ", "\n\n")) + draws.one(DETAILS[language])
