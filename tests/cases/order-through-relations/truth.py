from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from tests.cases.truth import ANY, Rows, Tables


def ids(rows: Rows) -> dict[str, Any]:
    return {"nodes": [{"rowId": row["id"]} for row in rows]}


def answer(tables: Tables) -> object:
    customers = {row["id"]: row for row in tables["crm"]["customers"]}
    orders, items = tables["sales"]["orders"], tables["sales"]["order_items"]
    products = {row["id"]: row for row in tables["shop"]["products"]}
    categories = {row["id"]: row for row in tables["shop"]["categories"]}
    known = [row for row in orders if row["customer_id"] in customers]
    guests = [row for row in orders if row["customer_id"] not in customers]
    number = Counter(row["customer_id"] for row in orders)
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for row in known:
        totals[row["customer_id"]] += row["total"]
    prices: dict[int, Decimal] = {}
    for item in items:
        prices[item["order_id"]] = max(prices.get(item["order_id"], item["unit_price"]), item["unit_price"])
    by_date = sorted(known, key=lambda row: (row["placed_at"], row["id"]))
    by_country = sorted(by_date, key=lambda row: customers[row["customer_id"]]["country"], reverse=True)
    everyone = sorted(customers.values(), key=lambda row: row["id"])
    buyers = [row for row in everyone if row["id"] in totals]
    priced = sorted((row for row in orders if row["id"] in prices), key=lambda row: row["id"])
    priced.sort(key=lambda row: prices[row["id"]])
    unpriced = [row for row in orders if row["id"] not in prices]
    order_of = {row["id"]: row for row in orders}

    def email(item: dict[str, Any]) -> str:
        customer = customers.get(order_of[item["order_id"]]["customer_id"])
        return customer["email"] if customer is not None else ""

    lines = sorted(items, key=lambda row: row["id"])
    lines.sort(key=email, reverse=True)  # without a customer last
    lines.sort(key=lambda row: categories[products[row["product_id"]]["category_id"]]["name"])
    return {
        "First": {
            "orders": ids(by_country[:7]) | {"pageInfo": {"endCursor": ANY, "hasNextPage": True}},
            "guestsFirst": ids(sorted(guests, key=lambda row: row["id"])[:3]),
            "busiest": ids(sorted(everyone, key=lambda row: (-number[row["id"]], row["name"]))[:5]),
            "idle": ids(sorted(everyone, key=lambda row: number[row["id"]])[:5]),
            "best": ids(sorted(buyers, key=lambda row: -totals[row["id"]])[:5]),
            "largest": ids((priced + unpriced)[-4:]),
            "steps": ids(lines[:5]),
        },
        "Next": {"orders": ids(by_country[7:14])},
    }
