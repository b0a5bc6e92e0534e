from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.cases.truth import Row, Rows, Tables, shown


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, Rows]:
    """Rows by key, keys in order, None last."""
    found: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(sorted(found.items(), key=lambda group: (group[0] is None, group[0])))


def quarter(moment: datetime) -> str:
    return f"{moment.year}-{(moment.month - 1) // 3 * 3 + 1:02}-01"


def answer(tables: Tables) -> Any:
    customers = {row["id"]: row for row in tables["crm"]["customers"]}
    orders = tables["sales"]["orders"]

    def country(row: Row) -> Any:
        return customers[row["customer_id"]]["country"] if row["customer_id"] in customers else None

    def revenue(rows: Rows) -> Decimal:
        return sum((row["total"] for row in rows), Decimal(0))

    chosen = [
        row
        for row in orders
        if row["placed_at"] >= datetime(2026, 1, 1)
        and row["customer_id"] in customers
        and customers[row["customer_id"]]["tier"].name == "PRO"
    ]
    by_both = [
        (key, rows)
        for key, rows in grouped(chosen, lambda row: (country(row), quarter(row["placed_at"]))).items()
        if revenue(rows) >= 5000
    ]
    by_both.sort(key=lambda group: revenue(group[1]), reverse=True)
    reviews = list(grouped(tables["shop"]["reviews"], country).items())
    reviews.sort(key=lambda group: len(group[1]), reverse=True)
    return {
        "orders": {
            "revenue": [
                {
                    "key": {"customer": {"field": {"country": place}}, "date": {"placedAt": start}},
                    "aggregate": {"count": len(rows), "sum": {"total": shown(revenue(rows))}},
                }
                for (place, start), rows in by_both[:5]
            ]
        },
        "customers": {
            "nodes": [
                {
                    "name": customer["name"],
                    "orders": {
                        "groups": [
                            {"key": {"field": {"status": status}}, "aggregate": {"count": len(rows)}}
                            for status, rows in grouped(
                                [row for row in orders if row["customer_id"] == customer["id"]],
                                lambda row: row["status"].name,
                            ).items()
                        ]
                    },
                }
                for customer in tables["crm"]["customers"][:3]
            ]
        },
        "reviews": {
            "groups": [
                {"key": {"customer": {"field": {"country": place}}}, "aggregate": {"count": len(rows)}}
                for place, rows in reviews[:3]
            ]
        },
    }
