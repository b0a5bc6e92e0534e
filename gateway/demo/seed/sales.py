"""The rows of the sales source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from gateway.demo.sales import OrderStatus, PaymentMethod
from gateway.demo.seed.draws import NOW, Draws, Row, value

ORDERS = 4000
GUESTS = 5
"""Percent of the orders that are placed without an account."""

FIRST = datetime(2022, 1, 1)
"""The first order can be this old, UTC."""

ITEM_COUNTS = {1: 34, 2: 28, 3: 19, 4: 11, 5: 8}
QUANTITIES = {1: 72, 2: 17, 3: 6, 4: 3, 6: 1, 12: 1}
OUTCOMES = {
    OrderStatus.DELIVERED: 86,
    OrderStatus.CANCELLED: 7,
    OrderStatus.RETURNED: 5,
    OrderStatus.SHIPPED: 2,
}
METHODS = {
    PaymentMethod.CARD: 48,
    PaymentMethod.WALLET: 27,
    PaymentMethod.BANK_TRANSFER: 12,
    PaymentMethod.INVOICE: 13,
}
CURRENCIES = {"US": "USD", "GB": "GBP"}
"""Country -> currency; all others pay in euros."""

RATES = {"EUR": 100, "USD": 110, "GBP": 86}
"""Currency -> hundredths of it for one euro."""


@dataclass(frozen=True)
class Offer:
    """What an order needs to know of a product."""

    product_id: int
    cents: int
    released: date
    popularity: int


def sales_rows(customers: list[Row], products: list[Row]) -> dict[str, list[Row]]:
    """Table name -> rows, parents before children, for customers and products of the other sources."""
    orders = list(_orders(customers))
    items = list(_items(orders, _offers(products)))
    totals: dict[object, Decimal] = {}
    for item in items:
        line = value(item, "quantity", int) * value(item, "unit_price", Decimal)
        totals[item["order_id"]] = totals.get(item["order_id"], Decimal()) + line
    for order in orders:
        order["total"] = totals[order["id"]]
    return {"orders": orders, "order_items": items, "payments": list(_payments(orders))}


def _orders(customers: list[Row]) -> Iterator[Row]:
    draws = Draws("sales.orders")
    eagerness = {index: draws.one((0, 1, 1, 2, 3, 5, 8, 13)) for index in range(len(customers))}
    drawn = sorted(_placed(draws, customers, eagerness) for _ in range(ORDERS))
    in_year: dict[int, int] = {}
    for number, (placed_at, customer_id, country) in enumerate(drawn, start=1):
        in_year[placed_at.year] = in_year.get(placed_at.year, 0) + 1
        yield {
            "id": number,
            "customer_id": customer_id or None,
            "number": f"SO-{placed_at.year}-{in_year[placed_at.year]:06}",
            "status": _status(draws, placed_at),
            "placed_at": placed_at,
            "total": Decimal(),
            "currency": CURRENCIES.get(country, "EUR"),
        }


def _placed(draws: Draws, customers: list[Row], eagerness: dict[int, int]) -> tuple[datetime, int, str]:
    """When, by whom and from which country one order is placed; a guest is customer 0."""
    customer = customers[draws.weighted(eagerness)]
    earliest = max(value(customer, "created_at", datetime), FIRST)
    placed_at = draws.moment(earliest, NOW)
    hour = placed_at.replace(minute=0, second=0)
    if draws.happens(15) and hour >= earliest:  # ordered by telephone, noted by the hour
        placed_at = hour
    customer_id = 0 if draws.happens(GUESTS) else value(customer, "id", int)
    return placed_at, customer_id, value(customer, "country", str)


def _status(draws: Draws, placed_at: datetime) -> OrderStatus:
    age = (NOW - placed_at).days
    if age < 2:
        return draws.one((OrderStatus.PENDING, OrderStatus.PENDING, OrderStatus.PAID))
    if age < 10:
        return draws.one((OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.SHIPPED))
    return draws.weighted(OUTCOMES)


def _offers(products: list[Row]) -> list[Offer]:
    draws = Draws("sales.offers")
    offers = [
        Offer(
            product_id=value(product, "id", int),
            cents=int(value(product, "price", Decimal) * 100),
            released=value(product, "released", date),
            popularity=draws.one((1, 1, 2, 3, 5, 9)),
        )
        for product in products
    ]
    return sorted(offers, key=lambda offer: (offer.released, offer.product_id))


def _items(orders: list[Row], offers: list[Offer]) -> Iterator[Row]:
    draws = Draws("sales.order_items")
    number = 0
    popularity: dict[int, int] = {}
    for order in orders:  # by date, so that the products on sale only ever become more
        placed_at = value(order, "placed_at", datetime)
        while len(popularity) < len(offers) and offers[len(popularity)].released <= placed_at.date():
            popularity[len(popularity)] = offers[len(popularity)].popularity
        wanted = draws.weighted(ITEM_COUNTS)
        for place in sorted({draws.weighted(popularity) for _ in range(wanted)}):
            number += 1
            yield {
                "id": number,
                "order_id": order["id"],
                "product_id": offers[place].product_id,
                "quantity": draws.weighted(QUANTITIES),
                "unit_price": _unit_price(offers[place], placed_at.year, value(order, "currency", str)),
            }


def _unit_price(offer: Offer, year: int, currency: str) -> Decimal:
    """The price of that year, two percent a year below the one of 2026, in the order's currency."""
    return Decimal(offer.cents * (100 - 2 * (2026 - year)) * RATES[currency] // 10_000).scaleb(-2)


def _payments(orders: list[Row]) -> Iterator[Row]:
    draws = Draws("sales.payments")
    number = 0
    for order in orders:
        placed_at, total = value(order, "placed_at", datetime), value(order, "total", Decimal)
        for method, amount, minutes in _bookings(draws, order["status"], total):
            paid_at = placed_at + timedelta(minutes=minutes)
            if paid_at < NOW:
                number += 1
                yield {
                    "id": number,
                    "order_id": order["id"],
                    "method": method,
                    "amount": amount,
                    "paid_at": paid_at,
                    "reference": _reference(draws, method, number),
                }


def _bookings(draws: Draws, status: object, total: Decimal) -> list[tuple[PaymentMethod, Decimal, int]]:
    """Method, amount and minutes after the order of each payment."""
    if status is OrderStatus.PENDING or (status is OrderStatus.CANCELLED and draws.happens(70)):
        return []
    method, voucher = (
        draws.weighted(METHODS),
        draws.one((Decimal("10.00"), Decimal("25.00"), Decimal("50.00"))),
    )
    late = draws.between(1, 12) * 1440 if method is PaymentMethod.INVOICE else 0
    if draws.happens(8) and voucher < total:
        booked = [(PaymentMethod.GIFT_CARD, voucher, 0), (method, total - voucher, draws.below(30) + late)]
    else:
        booked = [(method, total, draws.below(30) + late)]
    if status in (OrderStatus.RETURNED, OrderStatus.CANCELLED):
        booked.append((method, -booked[-1][1], late + draws.between(2, 30) * 1440))
    return booked


def _reference(draws: Draws, method: PaymentMethod, number: int) -> int:
    """Card and wallet providers count with 19 digits, more than a double holds; the others in a row."""
    if method in (PaymentMethod.CARD, PaymentMethod.WALLET):
        return (4_000_000_000 + draws.below(5_000_000_000)) * 1_000_000_000 + draws.below(1_000_000_000)
    return 100_000 + number
