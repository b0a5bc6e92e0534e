"""The rows of the customer relations source."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from gateway.demo.crm import Tier
from gateway.demo.seed.draws import NOW, Draws, Row, value
from gateway.demo.seed.people import COUNTRIES, Country, mail_word, shown

CUSTOMERS = 300
OPENED = datetime(2021, 3, 1, 9)
"""When the first customer could register, UTC."""

TIERS = {Tier.FREE: 68, Tier.PRO: 25, Tier.ENTERPRISE: 7}
ADDRESS_COUNTS = {1: 62, 2: 28, 3: 10}
TICKET_COUNTS = {0: 55, 1: 24, 2: 12, 3: 6, 5: 3}

SUBJECTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Parcel has not arrived",
        "Wrong item in the box",
        "How do I change my address?",
        "Refund for a returned order",
        "Invoice with VAT number",
        "Charged twice, please check",
        "50% voucher is not accepted",
    ),
    "de": (
        "Paket ist nicht angekommen",
        "Rechnung für das Finanzamt",
        "Rückerstattung fehlt noch",
        "Gerät lässt sich nicht einschalten",
        "Straße im Adressfeld falsch geschrieben",
    ),
    "fr": ("Colis abîmé à la réception", "Où est ma commande ?", "Remboursement non reçu"),
    "es": ("¿Cuándo llega mi pedido?", "El artículo llegó dañado"),
    "ja": ("商品が届きません", "領収書をお願いします"),
}
"""Language -> first lines of mails to support; customers of other languages write in English."""


def crm_rows() -> dict[str, list[Row]]:
    """Table name -> rows, parents before children."""
    customers = list(_customers())
    return {
        "customers": customers,
        "addresses": list(_addresses(customers)),
        "tickets": list(_tickets(customers)),
    }


def _customers() -> Iterator[Row]:
    draws = Draws("crm.customers")
    weights = {code: country.weight for code, country in COUNTRIES.items()}
    taken: set[str] = set()
    moments = sorted(draws.moment(OPENED, NOW) for _ in range(CUSTOMERS))
    for number, created_at in enumerate(moments, start=1):
        code = draws.weighted(weights)
        given, family = draws.one(COUNTRIES[code].given), draws.one(COUNTRIES[code].family)
        yield {
            "id": number,
            "name": _full_name(COUNTRIES[code], given, family),
            "email": _free_email(f"{mail_word(given)}.{mail_word(family)}", taken),
            "country": code,
            "tier": draws.weighted(TIERS),
            "created_at": created_at,
        }


def _full_name(country: Country, given: str, family: str) -> str:
    names = (family, given) if country.family_first else (given, family)
    return " ".join(shown(name) for name in names)


def _free_email(local: str, taken: set[str]) -> str:
    domain = "example.org" if len(taken) % 3 == 0 else "example.com"
    same = sum(email.partition("@")[0].rstrip("0123456789") == local for email in taken)
    email = f"{local}{same + 1 if same else ''}@{domain}"
    taken.add(email)
    return email


def _addresses(customers: list[Row]) -> Iterator[Row]:
    draws = Draws("crm.addresses")
    number = 0
    for customer in customers:
        for place in range(draws.weighted(ADDRESS_COUNTS)):
            number += 1
            abroad = place > 0 and draws.happens(10)
            code = draws.one(list(COUNTRIES)) if abroad else value(customer, "country", str)
            country = COUNTRIES[code]
            yield {
                "id": number,
                "customer_id": customer["id"],
                "line1": country.street.format(name=draws.one(country.streets), number=draws.between(1, 180)),
                "city": draws.one(country.cities),
                "country": code,
            }


def _tickets(customers: list[Row]) -> Iterator[Row]:
    draws = Draws("crm.tickets")
    opened = sorted(
        (draws.moment(value(customer, "created_at", datetime), NOW), value(customer, "id", int))
        for customer in customers
        for _ in range(draws.weighted(TICKET_COUNTS))
    )
    countries = {customer["id"]: value(customer, "country", str) for customer in customers}
    for number, (opened_at, customer_id) in enumerate(opened, start=1):
        yield {
            "id": number,
            "customer_id": customer_id,
            "subject": draws.one(_subjects(countries[customer_id])),
            "opened_at": opened_at,
            "closed_at": _closed_at(draws, opened_at),
            "callback_time": _callback_time(draws),
            "uuid": _uuid(draws),
        }


def _subjects(country: str) -> tuple[str, ...]:
    return SUBJECTS.get(COUNTRIES[country].language, SUBJECTS["en"])


def _closed_at(draws: Draws, opened_at: datetime) -> datetime | None:
    closed_at = opened_at + timedelta(minutes=draws.between(7, 60 * 24 * 21))
    return closed_at if closed_at < NOW and draws.happens(92) else None


def _callback_time(draws: Draws) -> time | None:
    return time(draws.between(8, 19), draws.one((0, 15, 30, 45))) if draws.happens(30) else None


def _uuid(draws: Draws) -> UUID:
    bits = 0
    for _ in range(4):
        bits = bits << 32 | draws.below(1 << 32)
    return UUID(int=bits, version=4)
