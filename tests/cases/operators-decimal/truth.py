from decimal import Decimal

from tests.cases.truth import Tables, count, nodes


def answer(tables: Tables) -> object:
    orders = tables["sales"]["orders"]
    total = Decimal("466.85")
    several = (total, Decimal("1367.84"))
    same = [row for row in orders if row["total"] == total]
    return {
        "eq": nodes("Order", same, "number", "total"),
        "eqOtherScale": nodes("Order", same, "number"),
        "eqNumber": nodes("Order", same, "number"),
        "neq": {"totalCount": len(orders) - len(same)},
        "in": nodes("Order", [row for row in orders if row["total"] in several], "number"),
        "nin": count(orders, lambda row: row["total"] not in several),
        "gt": count(orders, lambda row: row["total"] > total),
        "gte": count(orders, lambda row: row["total"] >= total),
        "lt": count(orders, lambda row: row["total"] < Decimal("9.5")),
        "lte": count(orders, lambda row: row["total"] <= 10),
        "isNull": {"totalCount": 0},
        "negative": count(tables["sales"]["payments"], lambda row: row["amount"] < -1000),
        "betweenCents": {"totalCount": len(same)},
    }
