from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.cases.truth import Rows, Tables, shown


def mean(values: list[Any], places: int) -> str | None:
    """Rounded half to even at so many places, trailing zeros left out."""
    if not values:
        return None
    exact = sum(map(Fraction, values), Fraction()) / len(values)
    digits = Decimal(round(exact * 10**places)).scaleb(-places)
    text = f"{digits:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def total(values: list[Any]) -> str | None:
    return str(sum(values)) if values else None


def column(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows if row[name] is not None]


def answer(tables: Tables) -> object:
    customers = {row["id"]: row for row in tables["crm"]["customers"]}
    sales, shop = tables["sales"], tables["shop"]
    german = [
        row
        for row in sales["orders"]
        if row["customer_id"] in customers and customers[row["customer_id"]]["country"] == "DE"
    ]
    references, amounts = column(sales["payments"], "reference"), column(sales["payments"], "amount")
    products = shop["products"]

    def customer(key: int) -> dict[str, Any]:
        kept = [
            row for row in sales["orders"] if row["customer_id"] == key and row["status"].name != "CANCELLED"
        ]
        ratings = [row["rating"] for row in shop["reviews"] if row["customer_id"] == key]
        newest = max(column(kept, "placed_at"), default=None)
        return {
            "rowId": key,
            "orders": {
                "totalCount": len(kept),
                "aggregate": {
                    "sum": {"total": total(column(kept, "total"))},
                    "max": {"placedAt": shown(newest)},
                },
            },
            "reviews": {"aggregate": {"avg": {"rating": mean(ratings, 6)}}},
            "addresses": {
                "aggregate": {"count": sum(row["customer_id"] == key for row in tables["crm"]["addresses"])}
            },
        }

    return {
        "orders": {
            "totalCount": len(german),
            "aggregate": {
                "__typename": "OrderAggregate",
                "count": len(german),
                "sum": {"total": total(column(german, "total"))},
                "avg": {
                    "total": mean(column(german, "total"), 8),
                    "customerId": mean(column(german, "customer_id"), 6),
                },
                "min": {
                    "total": shown(min(column(german, "total"))),
                    "placedAt": shown(min(column(german, "placed_at"))),
                    "number": min(column(german, "number")),
                },
                "max": {
                    "total": shown(max(column(german, "total"))),
                    "placedAt": shown(max(column(german, "placed_at"))),
                },
                "countDistinct": {
                    "customerId": len(set(column(german, "customer_id"))),
                    "currency": len(set(column(german, "currency"))),
                    "status": len(set(column(german, "status"))),
                },
            },
        },
        "nothing": {
            "aggregate": {
                "count": 0,
                "sum": {"amount": None, "reference": None},
                "avg": {"amount": None},
                "min": {"paidAt": None},
                "countDistinct": {"method": 0},
            }
        },
        "payments": {
            "aggregate": {
                "sum": {"reference": total(references), "amount": total(amounts)},
                "avg": {"reference": mean(references, 6)},
                "max": {"reference": str(max(references))},
            }
        },
        "products": {
            "aggregate": {
                "count": len(products),
                "avg": {"price": mean(column(products, "price"), 8)},
                "max": {
                    "released": max(column(products, "released")).isoformat(),
                    "title": max(column(products, "title")),
                },
            }
        },
        "customers": {"nodes": [customer(key) for key in (1, 2, 3)]},
    }
